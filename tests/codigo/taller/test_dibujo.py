"""Los dibujos: lo que dicen sale de los arreglos, y se ve y se oye en todas las ediciones."""

import re
from functools import reduce
from xml.etree import ElementTree

import numpy as np
import pytest

from codigo import pizarron, pizarron_lstm
from codigo.gru import GRU
from codigo.lstm import LSTM
from codigo.pizarron import pesos_iniciales
from codigo.taller import dibujo, planos
from codigo.taller.dibujo import Dibujo, Pieza, junto_a
from tests.conftest import RAIZ

V, H = 5, 3
AZAR = np.random.default_rng(0)
COMUNES = {"x": np.array(0), "h": np.zeros(H), "y": np.zeros(V)}
PLANOS = {
    "rnn": (planos.RNN, pesos_iniciales(V, H, AZAR)),
    "lstm": (planos.LSTM, LSTM(V, H, AZAR).parametros),
    "gru": (planos.GRU, GRU(V, H, AZAR).parametros),
}


def nuevo():
    return Dibujo(100, 100, "Título", "Dice.")


def letras(svg):
    """Lo que se lee en cada texto de un SVG."""
    textos = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(texto.itertext()) for texto in textos]


def partes(svg, que):
    return re.findall(rf'data-{que}="([^"]+)"', svg)


def test_una_forma_y_unos_numeros_son_los_del_arreglo():
    hecho = nuevo()
    arreglo = np.array([[-0.25, 1.5, 0.0]])
    hecho.forma(0, 0, arreglo)
    hecho.casillas(0, 0, arreglo, cifras=2)
    assert letras(hecho._repr_svg_()) == ["1 × 3", "−0.25", "1.50", "0.00"]


@pytest.mark.parametrize("cual", PLANOS)
def test_cada_peso_lleva_su_forma_y_de_regreso_lo_que_cobra(cual):
    plano, pesos = PLANOS[cual]
    ida = letras(planos.trazar(plano, pesos | COMUNES)._repr_svg_())
    vuelta = letras(planos.trazar(plano, {}, atras=True)._repr_svg_())
    assert set(plano.cobran) == set(pesos)
    for nombre, peso in pesos.items():
        assert " × ".join(map(str, peso.shape)) in ida
        assert plano.cobran[nombre].replace("_", "") in vuelta


@pytest.mark.parametrize("cual", PLANOS)
def test_de_regreso_son_las_mismas_flechas_al_reves(cual):
    plano, pesos = PLANOS[cual]
    ida = planos.trazar(plano, pesos | COMUNES)._repr_svg_()
    vuelta = planos.trazar(plano, {}, atras=True)._repr_svg_()
    assert [*partes(ida, "parte"), *plano.suman] == partes(vuelta, "parte")
    al_reves = {"-".join(reversed(f.split("-"))) for f in partes(vuelta, "flecha")}
    assert set(partes(ida, "flecha")) - al_reves <= {
        "x-Wxh",
        "x-Wx",
        "objetivo-perdida",
    }
    assert "stroke-dasharray" in vuelta and "stroke-dasharray" not in ida


@pytest.mark.parametrize("cual", PLANOS)
@pytest.mark.parametrize("atras", [False, True])
def test_todo_lo_trazado_va_en_el_grupo_de_su_pieza_o_de_su_flecha(cual, atras):
    plano, pesos = PLANOS[cual]
    trazado = planos.trazar(plano, {} if atras else pesos | COMUNES, atras)
    sueltos = [
        hijo
        for hijo in ElementTree.fromstring(trazado._repr_svg_())[0]
        if not {"data-parte", "data-flecha"} & set(hijo.keys())
    ]
    assert [hijo.tag.split("}")[1] for hijo in sueltos] == ["title", "desc"]


@pytest.mark.parametrize(
    ("cual", "a_mano", "sesgo"), [("rnn", pizarron, "bh"), ("lstm", pizarron_lstm, "b")]
)
def test_lo_que_dice_cada_letrero_de_regreso_es_el_gradiente(cual, a_mano, sesgo):
    plano, pesos = PLANOS[cual]
    antes = AZAR.normal(size=(1 if cual == "rnn" else 2, H))
    _, *recuerdos = a_mano.adelante(pesos, [2], [3], *antes)
    gradientes = a_mano.atras(pesos, [2], [3], *recuerdos)
    vale = {"ȳ": recuerdos[-1][0] - np.eye(V)[3], "z̄": gradientes[sesgo]}
    vale |= {"hᵀ_t−1": antes[0][:, None], "hᵀ_t": recuerdos[0][1][:, None]}
    for nombre, letrero in plano.cobran.items():
        donde, formula = letrero.split("+= ")
        recibe = gradientes[nombre][2] if donde else gradientes[nombre]
        producto = reduce(np.multiply, (vale[factor] for factor in formula.split()))
        np.testing.assert_allclose(producto, recibe)
    (del_estado,) = [f for f in plano.flechas if f.de == "antes"]
    assert del_estado.vuelve == "z̄Wᵀ"
    llega = vale["z̄"] @ pesos[del_estado.a].T
    for k, empujon in enumerate(1e-6 * np.eye(H)):
        mas, menos = antes.copy(), antes.copy()
        mas[0] += empujon
        menos[0] -= empujon
        de_mas, de_menos = (
            a_mano.adelante(pesos, [2], [3], *m)[0] for m in (mas, menos)
        )
        assert (de_mas - de_menos) / 2e-6 == pytest.approx(llega[k], rel=1e-5)


@pytest.mark.parametrize("cual", PLANOS)
def test_sin_salida_queda_de_la_letra_al_estado_nuevo(cual):
    plano, pesos = PLANOS[cual]
    hasta_h = planos.trazar(planos.sin_salida(plano), pesos | COMUNES)
    suyas = set(partes(hasta_h._repr_svg_(), "parte"))
    assert {"x", "h", "suma"} <= suyas and not {"Why", "y", "p", "perdida"} & suyas
    assert (
        "Why" not in hasta_h.dice
        and "Why" in planos.trazar(plano, pesos | COMUNES).dice
    )


def test_donde_se_suman_dos_gradientes_hay_dos_flechas_que_llegan():
    for plano, _ in PLANOS.values():
        for nombre in plano.suman:
            llegan = [f for f in plano.flechas if f.de == nombre]
            assert len(llegan) == 2


def test_la_red_desenrollada_suma_en_todos_los_estados_menos_en_el_ultimo():
    atras = planos.desenrollar(*["abc", "bcd"], [0.1, 0.2, 0.3], PLANOS["rnn"][1], True)
    assert letras(atras._repr_svg_()).count("+") == 2
    assert {"−0.90", "−0.80", "−0.70"} <= set(letras(atras._repr_svg_()))


def test_una_flecha_va_de_orilla_a_orilla():
    caja, otra = Pieza(0, 0, 40, 20), Pieza(100, 0, 40, 20)
    assert caja.orilla(otra) == (20, 0)
    assert otra.orilla(caja) == (80, 0)
    ancha = Pieza(0, 50, 200, 20)
    assert caja.orilla(ancha) == (0, 10)
    assert ancha.orilla(Pieza(80, 0, 40, 20)) == (80, 40)


def test_los_colores_escritos_son_los_claros_de_la_hoja():
    hoja = (RAIZ / "libro/recursos/libro.css").read_text("utf-8")
    claros = dict(re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6})", hoja))
    nombres = (
        "ocre",
        "anil",
        "jade",
        "grana",
        "jacaranda",
        "turquesa",
        "tinta",
        "papel",
    )
    for nombre in nombres:
        assert getattr(dibujo, nombre.upper()) == claros[nombre]


def test_dos_dibujos_juntos_dicen_los_dos_lo_suyo_y_caben(monkeypatch):
    juntos = junto_a(nuevo(), Dibujo(50, 120, "Otro", "Calla & <mira>."))
    arbol = ElementTree.fromstring(juntos._repr_svg_())
    assert (arbol.get("width"), arbol.get("height")) == ("174.0", "120.0")
    tres = ElementTree.fromstring(junto_a(*juntos, nuevo())._repr_svg_())
    assert [dibujo.get("y") for dibujo in tres] == [None, None, "144.0"]
    monkeypatch.delenv("QUARTO_DOCUMENT_FILE", raising=False)
    assert juntos._repr_markdown_() is None  # en una libreta basta la imagen
    monkeypatch.setenv("QUARTO_DOCUMENT_FILE", "02-rnn.qmd")
    en_la_pagina = juntos._repr_markdown_()
    assert en_la_pagina.startswith("```{=html}") and en_la_pagina.endswith("```")
    assert en_la_pagina.count('role="img"') == 2
    assert "Calla &amp; &lt;mira&gt;." in en_la_pagina
    assert not hasattr(juntos, "_repr_html_")  # Quarto pediría bibliotecas a la red
