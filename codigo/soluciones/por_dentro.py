# Extraído de libro/14-por-dentro.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 6ba4eb3b78fdee1e

"""Soluciones del capítulo «Por dentro»."""

import re
from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_nombre
from codigo.lstm import LSTM
from codigo.rnn import RNN


def sin_vocal(leido: str, resto: str) -> float:
    """Cuántas letras van desde la última vocal o el último espacio."""
    return len(re.split("[aeiouáéíóúü ]", leido.lower())[-1])


def sin_unidad(red: RNN, unidad: int) -> RNN:
    """La misma red con una unidad apagada para siempre."""
    otra = RNN.con({nombre: peso.copy() for nombre, peso in red.parametros.items()})
    for nombre in ("Wxh", "Whh", "bh"):
        otra.parametros[nombre][..., unidad] = 0
    return otra


def cuanto_duele(
    red: RNN, nombres: Sequence[str], vocabulario: Vocabulario
) -> np.ndarray:
    """Los nats por símbolo ``(H,)`` que cuesta perder cada unidad."""
    redes = [red, *(sin_unidad(red, u) for u in range(len(red.parametros["bh"])))]
    nats = [nats_por_nombre(una, nombres, vocabulario).sum() for una in redes]
    simbolos = sum(len(nombre) + 1 for nombre in nombres)
    return (np.array(nats[1:]) - nats[0]) / simbolos


def borrones(
    red: RNN | LSTM, nombre: str, vocabulario: Vocabulario, con: str
) -> np.ndarray:
    """Los nats ``(T, T)`` que sube cada símbolo por cada letra que se lee mal."""
    letras = vocabulario.codificar(nombre).tolist()
    T, lecturas = (
        len(letras) + 1,
        np.tile([[0], *([n] for n in letras)], len(letras) + 2),
    )
    np.fill_diagonal(lecturas, vocabulario.codificar(con)[0])  # la última queda intacta
    estado, nats = red.estado_inicial(T + 1), []
    for leidas, objetivo in zip(lecturas, [*letras, 0]):
        logitos, estado = red.paso(leidas, estado)
        nats.append(-log_softmax(logitos)[:, objetivo])
    sorpresas = np.array(nats)
    return sorpresas[:, :T] - sorpresas[:, T:]
