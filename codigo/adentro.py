# Extraído de libro/14-por-dentro.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 403b1048bc2048e1

"""Qué hacen las unidades de una red mientras lee, con una medida y un testigo.

Se explica en el capítulo «Por dentro».
"""

from collections.abc import Callable, Sequence

import numpy as np

from codigo.alcance import alcance_rnn
from codigo.celda import alcance_lstm
from codigo.datos import Vocabulario
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.rnn import RNN

RASGOS: dict[str, Callable[[str, str], float]] = {
    "cuántas letras lleva la palabra": lambda leido, resto: len(leido.split(" ")[-1]),
    "cuántas palabras van": lambda leido, resto: leido.count(" "),
    "ya pasó un San o una Santa": lambda leido, resto: leido.startswith(
        ("San ", "Santa ")
    ),
    "la palabra acaba aquí": lambda leido, resto: resto[:1] in ("", " "),
    "sigue una vocal": lambda leido, resto: resto[:1].lower() in tuple("aeiouáéíóú"),
    "sigue un «de»": lambda leido, resto: resto.startswith(
        ("de ", "del ", " de ", " del ")
    ),
}


def rasgos(nombres: Sequence[str]) -> dict[str, np.ndarray]:
    """Cada rasgo, ``(n,)``, en las ``n`` letras de unos nombres, una tras otra."""
    cortes = [(nombre, i) for nombre in nombres for i in range(1, len(nombre) + 1)]
    return {
        rasgo: np.array([float(mide(n[:i], n[i:])) for n, i in cortes])
        for rasgo, mide in RASGOS.items()
    }


def memoria(
    red: RNN | LSTM, nombres: Sequence[str], vocabulario: Vocabulario
) -> np.ndarray:
    """El estado oculto o la celda ``(n, H)`` después de cada letra, en ese orden."""
    largos, vivos = np.array([len(n) for n in nombres]), np.arange(len(nombres))
    antes, estado = largos.cumsum() - largos, red.estado_inicial(len(nombres))
    guardado = np.empty((largos.sum(), estado.shape[-1]), estado.dtype)
    for t, letras in enumerate(hacer_lote(nombres, vocabulario).entradas):
        siguen = largos[vivos] >= t
        vivos, estado = vivos[siguen], estado[..., siguen, :]
        _, estado = red.paso(letras[vivos], estado)
        if t:  # la primera entrada es el FIN de antes
            suyo = estado[1] if isinstance(red, LSTM) else estado
            guardado[antes[vivos] + t - 1] = suyo
    return guardado


def explica(guardado: np.ndarray, rasgo: np.ndarray) -> np.ndarray:
    """Fracción ``(H,)`` de lo que varía un rasgo ``(n,)`` que explica cada unidad.

    De varios rasgos a la vez, ``(n, R)``, da ``(H, R)``.
    """
    unidades, centrado = guardado - guardado.mean(axis=0), rasgo - rasgo.mean(axis=0)
    juntas = unidades.T @ centrado
    varian = np.multiply.outer((unidades**2).sum(axis=0), (centrado**2).sum(axis=0))
    return juntas**2 / (varian + 1e-12)


def explican_juntas(
    guardado: np.ndarray, rasgo: np.ndarray, otro: np.ndarray, otro_rasgo: np.ndarray
) -> np.ndarray:
    """Fracción de ``otro_rasgo`` que predice una regresión ajustada con los primeros.

    De varios rasgos, ``(n, R)``, da la de cada uno, ``(R,)``.
    """
    media, nivel = guardado.mean(axis=0), rasgo.mean(axis=0)
    X, cresta = guardado - media, 1.0 * np.eye(guardado.shape[1])
    pesos = np.linalg.solve(X.T @ X + cresta, X.T @ (rasgo - nivel))
    error = otro_rasgo - nivel - (otro - media) @ pesos
    varia = otro_rasgo - otro_rasgo.mean(axis=0)
    return 1 - (error**2).sum(axis=0) / (varia**2).sum(axis=0)


def a_quien_le_importa(
    red: RNN | LSTM, nombre: str, vocabulario: Vocabulario
) -> np.ndarray:
    """Normas ``(T, T)``: del gradiente de cada letra adivinada, por letra ya leída.

    Capítulo «Por dentro», sección «A quién le importa cada letra».
    """
    lote = hacer_lote([nombre], vocabulario)
    T = len(lote.entradas)
    normas = np.full((T, T), np.nan)
    for t in range(T):
        leidas, objetivo = lote.entradas[: t + 1], lote.objetivos[t]
        if isinstance(red, LSTM):
            atras = alcance_lstm(red, leidas, objetivo)
        else:
            atras = alcance_rnn(red, leidas, objetivo)
        normas[t, : t + 1] = atras[: t + 1, 0][::-1]
    return normas
