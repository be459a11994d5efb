# Extraído de libro/taller-dibujos.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 192a746598c5085c

"""Los planos de las redes, y cómo se trazan, de ida y de regreso.

Se explica en el apéndice «Dibujar una red».
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from codigo.taller.dibujo import Ancla, Dibujo, Pieza, Punto


@dataclass(frozen=True)
class Flecha:
    """Lo que va de una pieza a otra; de regreso, el gradiente que vuelve."""

    de: str
    a: str
    cantidad: str = ""
    lleva: str = ""
    vuelve: str = ""
    aplica: str = ""
    por: tuple[Punto, ...] = ()
    solo_de_ida: bool = False


@dataclass(frozen=True)
class Plano:
    """Una red: sus piezas ``(x, y, letrero, cantidad)`` y sus flechas.

    ``cobran`` dice qué se le suma a cada peso de regreso, y ``suman``, dónde se juntan
    dos gradientes.
    """

    titulo: str
    dice: str
    dice_de_regreso: str
    alto: float
    piezas: Mapping[str, tuple[float, float, str, str]]
    flechas: tuple[Flecha, ...]
    cobran: Mapping[str, str]
    suman: tuple[str, ...]
    desde: float = 0


def trazar(
    plano: Plano, arreglos: Mapping[str, np.ndarray], atras: bool = False
) -> Dibujo:
    """El dibujo de un plano, con las formas de esos arreglos; o el de su regreso."""
    dice = plano.dice_de_regreso if atras else plano.dice
    if not atras and "Why" in plano.piezas:
        dice += DICE_LA_SALIDA
    titulo = f"{plano.titulo}, de regreso" if atras else plano.titulo
    dibujo = Dibujo(350, plano.alto, titulo, dice, plano.desde)
    formas = {} if atras else arreglos
    puestas = {}
    for nombre in plano.piezas:
        with dibujo.grupo(parte=nombre):
            puestas[nombre] = _pieza(dibujo, plano, nombre, formas)
    for flecha in plano.flechas:
        if not (atras and flecha.solo_de_ida):
            # ⟨trazar una flecha⟩
            x, y, ancla = _al_lado(puestas[flecha.de], puestas[flecha.a], flecha.por)
            extremos, por = [flecha.de, flecha.a], flecha.por
            if atras:
                extremos, por = extremos[::-1], por[::-1]
            de, a = (puestas[extremo] for extremo in extremos)
            with dibujo.grupo(flecha="-".join(extremos)):
                dibujo.flecha(de, a, flecha.cantidad, atras, por)
                if flecha.lleva and not atras:
                    dibujo.forma(x, y, arreglos[flecha.lleva], flecha.cantidad, ancla)
                elif junto := flecha.vuelve if atras else flecha.aplica:
                    dibujo.texto(x, y, junto, flecha.cantidad, 11, ancla)
    if atras:
        # ⟨decir dónde se suman⟩
        for nombre in plano.suman:
            pieza, (x, y, letrero, cantidad) = puestas[nombre], plano.piezas[nombre]
            if letrero != "•":
                x, y = x + pieza.ancho / 2, y + pieza.alto / 2
            with dibujo.grupo(parte=nombre):
                dibujo.operacion(x, y, "+", cantidad)
    return dibujo


OPERACIONES = {"+", "×", "σ", "tanh"}
ANCHOS = {"z": 224, "perdida": 58}  # las demás cajas miden 44


def _pieza(
    dibujo: Dibujo, plano: Plano, nombre: str, formas: Mapping[str, np.ndarray]
) -> Pieza:
    x, y, letrero, cantidad = plano.piezas[nombre]
    if letrero in ("", "•"):
        suma = nombre in plano.suman and not formas
        if letrero and not suma:
            dibujo.punto(x, y, cantidad)
        return Pieza(x, y, 18 * suma, 18 * suma)
    if letrero in OPERACIONES:
        return dibujo.operacion(x, y, letrero, cantidad)
    if nombre not in plano.cobran:
        return dibujo.caja(x, y, letrero, cantidad, ANCHOS.get(nombre, 44))
    caja = dibujo.caja(x, y, "", cantidad, 64, 36)
    dibujo.texto(x, y - 3, letrero, cantidad)
    if formas:
        dibujo.forma(x, y + 12, formas[nombre], cantidad)
    else:
        dibujo.texto(x, y + 12, plano.cobran[nombre], cantidad, 10)
    return caja


def _al_lado(de: Pieza, a: Pieza, por: Sequence[Punto]) -> tuple[float, float, Ancla]:
    """Dónde va el letrero del primer tramo de una flecha, y cómo se alinea."""
    siguiente = Pieza(*por[0]) if por else a
    inicio, final = de.orilla(siguiente), siguiente.orilla(de)
    largo = np.hypot(final[0] - inicio[0], final[1] - inicio[1])
    x, y = np.add(inicio, min(0.5, 22 / largo) * np.subtract(final, inicio))
    if abs(inicio[0] - final[0]) > abs(inicio[1] - final[1]):
        return x, y - 5, "middle"
    return x + 8, y + 4, "start"


def _de_la_salida(x: float) -> dict[str, tuple[float, float, str, str]]:
    return {
        "Why": (x, 152, "W_hy", ""),
        "by": (x - 78, 102, "b_y", ""),
        "y": (x, 102, "y_t", "y"),
        "p": (x, 60, "p_t", "y"),
        "perdida": (x, 18, "−log p", "y"),
        "objetivo": (x - 78, 18, "x_t+1", "x"),
    }


A_LA_SALIDA = (
    Flecha("h", "despues", "h", "h", "futuro"),
    Flecha("h", "Why", "h", "h", "ȳWᵀ"),
    Flecha("Why", "y", "y", "y", "ȳ"),
    Flecha("by", "y", "y", "by", "ȳ"),
    Flecha("y", "p", "y", "y", "p − e"),
    Flecha("p", "perdida", "y"),
    Flecha("objetivo", "perdida", "x", "x", solo_de_ida=True),
)
COBRA_LA_SALIDA = {"Why": "+= hᵀ_t ȳ", "by": "+= ȳ"}
DICE_LA_SALIDA = (
    " De ahí salen, por Why, los logitos y las probabilidades; la de la letra que "
    "seguía da la sorpresa."
)


def sin_salida(plano: Plano) -> Plano:
    """El mismo plano, hasta el estado nuevo."""
    salida = _de_la_salida(0).keys()
    piezas = {n: pieza for n, pieza in plano.piezas.items() if n not in salida}
    flechas = tuple(f for f in plano.flechas if not salida & {f.de, f.a})
    desde = min(y for _, y, *_ in piezas.values()) - 30
    alto = plano.alto - desde
    return replace(plano, piezas=piezas, flechas=flechas, alto=alto, desde=desde)


RNN = Plano(
    titulo="Un paso de la red simple",
    dice="De abajo arriba: la letra x escoge un renglón de Wxh; de izquierda a "
    "derecha, el estado anterior pasa por Whh; los dos y el sesgo bh se suman, y la "
    "tangente da el estado nuevo, que va al paso siguiente.",
    dice_de_regreso="Las mismas piezas con las flechas al revés: al estado le llegan "
    "dos gradientes, el de sus logitos y el del paso siguiente, y se suman; cruza la "
    "tangente y se reparte entre el renglón de la letra, el sesgo, Whh y el estado "
    "anterior.",
    alto=340,
    piezas={
        "antes": (22, 210, "h_t−1", "h"),
        "Whh": (103, 210, "W_hh", ""),
        "bh": (165, 155, "b_h", ""),
        # ⟨las piezas que siguen a la suma⟩
        "suma": (165, 210, "+", "h"),
        "tanh": (222, 210, "tanh", "h"),
        "h": (284, 210, "h_t", "h"),
        "despues": (348, 210, "", ""),
        **_de_la_salida(284),
        "Wxh": (165, 262, "W_xh", ""),
        "x": (165, 318, "x_t", "x"),
    },
    # ⟨las flechas de la red simple⟩
    flechas=(
        Flecha("antes", "Whh", "h", "h", "z̄Wᵀ"),
        Flecha("Whh", "suma", "h", "h", "z̄"),
        Flecha("bh", "suma", "h", "bh", "z̄"),
        Flecha("x", "Wxh", "x", "x", solo_de_ida=True),
        Flecha("Wxh", "suma", "h", "h", "z̄"),
        Flecha("suma", "tanh", "h", "", "z̄"),
        Flecha("tanh", "h", "h", "", "h̄"),
        *A_LA_SALIDA,
    ),
    cobran={
        "Wxh": "[x] += z̄",
        "Whh": "+= hᵀ_t−1 z̄",
        "bh": "+= z̄",
        **COBRA_LA_SALIDA,
    },
    suman=("h",),
)


LSTM = Plano(
    titulo="Un paso de la LSTM",
    dice="De abajo arriba: la letra x y el estado anterior dan las cuatro sumas z; de "
    "ellas salen las compuertas f, i y o, por la logística, y la candidata g, por la "
    "tangente. La celda anterior se multiplica por f, se le suma i por g y es la celda "
    "nueva; su tangente, por o, es el estado nuevo, que va al paso siguiente.",
    dice_de_regreso="Las mismas piezas con las flechas al revés. Hay dos caminos al "
    "paso anterior: por la celda, donde solo se multiplica por f, y por el estado, que "
    "cruza las compuertas y Wh. A h y a c les llegan dos gradientes, y se suman.",
    alto=562,
    piezas={
        "c_antes": (26, 300, "c_t−1", "c"),
        "antes": (22, 494, "h_t−1", "h"),
        "Wh": (104, 494, "W_h", ""),
        "x": (172, 544, "x_t", "x"),
        "Wx": (172, 494, "W_x", ""),
        "b": (240, 494, "b", ""),
        "z": (170, 440, "z_t", ""),
        # ⟨las compuertas en su lugar⟩
        "f": (84, 390, "f_t", "f"),
        "i": (136, 390, "i_t", "i"),
        "g": (188, 390, "g_t", "g"),
        "o": (240, 390, "o_t", "o"),
        "por_i": (162, 345, "×", ""),
        # ⟨la celda y el estado en su lugar⟩
        "por_f": (84, 300, "×", ""),
        "suma": (162, 300, "+", "c"),
        "bifurca": (196, 300, "•", "c"),
        "c": (284, 300, "c_t", "c"),
        "c_despues": (348, 300, "", ""),
        "tanh": (196, 246, "tanh", "c"),
        "por_o": (240, 206, "×", ""),
        "h": (284, 206, "h_t", "h"),
        "despues": (348, 206, "", ""),
        **_de_la_salida(284),
    },
    # ⟨las flechas de la LSTM⟩
    flechas=(
        Flecha("antes", "Wh", "h", "h", "z̄Wᵀ"),
        Flecha("x", "Wx", "x", "x", solo_de_ida=True),
        Flecha("Wh", "z", "", "b", "z̄"),
        Flecha("Wx", "z", "", "b", "z̄"),
        Flecha("b", "z", "", "b", "z̄"),
        Flecha("z", "f", "f", "", "z̄^f", "σ"),
        Flecha("z", "i", "i", "", "z̄^i", "σ"),
        Flecha("z", "g", "g", "", "z̄^g", "tanh"),
        Flecha("z", "o", "o", "", "z̄^o", "σ"),
        # ⟨las flechas de la celda⟩
        Flecha("c_antes", "por_f", "c", "h", "c̄ f"),
        Flecha("f", "por_f", "f", "h", "f̄"),
        Flecha("i", "por_i", "i", "", "ī"),
        Flecha("g", "por_i", "g", "", "ḡ"),
        Flecha("por_i", "suma", "g", "h", "c̄"),
        Flecha("por_f", "suma", "c", "h", "c̄"),
        Flecha("suma", "bifurca", "c", "", "c̄"),
        Flecha("bifurca", "c", "c"),
        Flecha("c", "c_despues", "c", "h", "futuro"),
        Flecha("bifurca", "tanh", "c", "", "por h"),
        Flecha("tanh", "por_o", "c", "h", "h̄ o", por=((196, 206),)),
        Flecha("o", "por_o", "o", "", "ō"),
        Flecha("por_o", "h", "h", "", "h̄"),
        *A_LA_SALIDA,
    ),
    cobran={
        "Wx": "[x] += z̄",
        "Wh": "+= hᵀ_t−1 z̄",
        "b": "+= z̄",
        **COBRA_LA_SALIDA,
    },
    suman=("h", "bifurca"),
)


GRU = Plano(
    titulo="Un paso de la GRU",
    dice="De abajo arriba: la letra y el estado anterior dan las sumas de las "
    "compuertas r y z; el estado, solo, da q, y r dice cuánto de q se le suma a lo de "
    "la letra: su tangente es la candidata n. El estado nuevo es z por el anterior más "
    "uno menos z por la candidata.",
    dice_de_regreso="Las mismas piezas con las flechas al revés: al estado anterior se "
    "vuelve por z, donde solo se multiplica, y por las compuertas y Wh.",
    alto=590,
    piezas={
        "antes": (26, 206, "h_t−1", "h"),
        "por_z": (96, 206, "×", ""),
        "suma": (176, 206, "+", "h"),
        # ⟨las piezas de la candidata⟩
        "por_n": (176, 258, "×", ""),
        "n": (176, 308, "n_t", "g"),
        "tanh": (176, 352, "tanh", "g"),
        "mas": (176, 400, "+", "g"),
        "z_t": (96, 366, "z_t", "i"),
        "por_r": (252, 366, "×", ""),
        "q": (226, 410, "q_t", "h"),
        "r": (278, 410, "r_t", "i"),
        "z": (184, 466, "lo de la letra y lo del estado", ""),
        "b": (260, 520, "b", ""),
        "Wx": (180, 520, "W_x", ""),
        "x": (180, 572, "x_t", "x"),
        "Wh": (104, 520, "W_h", ""),
        "antes_abajo": (24, 520, "h_t−1", "h"),
        "h": (294, 206, "h_t", "h"),
        "despues": (348, 206, "", ""),
        **_de_la_salida(294),
    },
    # ⟨las flechas de la GRU⟩
    flechas=(
        Flecha("antes_abajo", "Wh", "h", "h", "h̄"),
        Flecha("x", "Wx", "x", "x", solo_de_ida=True),
        Flecha("Wh", "z", "", "b", "ū"),
        Flecha("Wx", "z", "", "b", "ā"),
        Flecha("b", "z", "", "b", "ā"),
        Flecha("z", "z_t", "i", aplica="σ"),
        Flecha("z", "r", "i", aplica="σ"),
        Flecha("z", "q", "h", aplica="estado"),
        Flecha("z", "mas", "g", aplica="letra"),
        Flecha("mas", "tanh", "g"),
        Flecha("tanh", "n", "g"),
        Flecha("r", "por_r", "i"),
        Flecha("q", "por_r", "h"),
        Flecha("por_r", "mas", "h"),
        # ⟨las flechas del estado de la GRU⟩
        Flecha("antes", "por_z", "h", "h", "h̄"),
        Flecha("z_t", "por_z", "i", "", "z̄"),
        Flecha("z_t", "por_n", "i", aplica="1 − z"),
        Flecha("n", "por_n", "g", "h", "n̄"),
        Flecha("por_n", "suma", "g"),
        Flecha("por_z", "suma", "h", "h", "h̄"),
        Flecha("suma", "h", "h", "", "h̄"),
        *A_LA_SALIDA,
    ),
    cobran={"Wx": "[x] += ā", "Wh": "+= hᵀ_t−1 ū", "b": "+= ā", **COBRA_LA_SALIDA},
    suman=("h",),
)


JUNTO = (("W_hh", "W_hy", "W_xh"), ("z̄Wᵀ", "ȳWᵀ", "z̄"))
TITULOS = ("La red, desenrollada", "La red, desenrollada, de regreso")
DICEN = (
    "Cada letra y el estado anterior dan el estado siguiente, con los mismos Wxh y Whh; "
    "cada estado da, por Why, la probabilidad de la letra que sigue.",
    "Arriba, p menos uno. Las flechas van al revés, del final al principio: a cada "
    "estado, menos al último y a h0, le llegan dos gradientes, el de su salida y el del "
    "estado siguiente, y se suman; de cada estado baja lo que le toca al renglón de "
    "Wxh de su letra.",
)


def desenrollar(
    entran: Sequence[str],
    salen: Sequence[str],
    probabilidades: Sequence[float],
    pesos: Mapping[str, np.ndarray],
    atras: bool = False,
) -> Dibujo:
    """La red, letra por letra: de ida, p de la que seguía; de regreso, p − 1."""
    leido = f"Entran {', '.join(entran)}, y debe salir {', '.join(salen)}. "
    dibujo = Dibujo(350, 240, TITULOS[atras], leido + DICEN[atras])
    anterior = dibujo.caja(24, 110, "h_0", "h", 38)
    for t, (entra, sale) in enumerate(zip(entran, salen)):
        x = 82 + 290 / len(entran) * t
        # ⟨poner una letra⟩
        h = dibujo.caja(x, 110, f"h_{t + 1}", "h", 38)
        numero = f"{probabilidades[t] - atras:.2f}".replace("-", "−")
        p = dibujo.caja(x, 42, numero, "y", 46)
        dibujo.texto(x, 18, sale, "y")
        letra = dibujo.caja(
            x, 180, "W_xh" if atras else entra, "" if atras else "x", 38
        )
        if atras:
            dibujo.texto(x, 210, entra, "x")
        # ⟨unir la letra con la anterior⟩
        caminos = [(letra, h, "h" if atras else "x"), (h, p, "y"), (anterior, h, "h")]
        for abajo, arriba, cantidad in caminos:
            extremos = (arriba, abajo) if atras else (abajo, arriba)
            dibujo.flecha(*extremos, cantidad, atras)
        del_lado, de_arriba, de_abajo = JUNTO[atras]
        dibujo.texto(x - 29, 136, del_lado, "", 11)
        dibujo.texto(x + 6, 80, de_arriba, "", 11, "start")
        dibujo.texto(x + 6, 152, de_abajo, "", 11, "start")
        if atras and t < len(entran) - 1:
            dibujo.operacion(x + 19, 96, "+", "h")
        anterior = h
    for lugar, peso in enumerate(("Wxh", "Whh", "Why")):
        dibujo.texto(30 + 120 * lugar, 232, f"W_{peso[1:]}", "", 11)
        dibujo.forma(50 + 120 * lugar, 232, pesos[peso], ancla="start")
    return dibujo
