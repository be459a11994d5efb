# Extraído de libro/02-rnn.qmd
# Extraído de libro/04-original.qmd
# Extraído de libro/05-lotes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 6d7bd26986a02525

"""Juntar nombres en lotes, y de dónde salen los lotes de un entrenamiento.

Se explica en los capítulos «Una red recurrente, a pie», «La red original, tal cual» y
«De una letra a un lote».
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from codigo.datos import Vocabulario


class Lote(NamedTuple):
    """Varios nombres que la red lee a la vez, rellenos hasta el largo del mayor.

    Capítulo «Una red recurrente, a pie», sección «De un nombre a un lote».
    """

    entradas: np.ndarray  # (T, B), enteros
    objetivos: np.ndarray  # (T, B), las entradas corridas un lugar
    mascara: np.ndarray  # (T, B), uno donde hay símbolo y cero en el relleno
    sigue: bool = False  # si continúa el texto del lote anterior


def rellenar(codificados: Sequence[np.ndarray]) -> Lote:
    """Un lote con nombres codificados; ``T`` es el largo del mayor más su ``FIN``."""
    T = max(len(letras) for letras in codificados) + 1
    entradas = np.zeros((T, len(codificados)), dtype=np.intp)
    objetivos, mascara = entradas.copy(), np.zeros(entradas.shape, np.float32)
    for b, letras in enumerate(codificados):
        entradas[1 : len(letras) + 1, b] = objetivos[: len(letras), b] = letras
        mascara[: len(letras) + 1, b] = 1
    return Lote(entradas, objetivos, mascara)


def hacer_lote(nombres: Sequence[str], vocabulario: Vocabulario) -> Lote:
    """Un lote con unos nombres, tal como se escriben."""
    return rellenar([vocabulario.codificar(nombre) for nombre in nombres])


def lotes_por_epoca(
    nombres: Sequence[str], vocabulario: Vocabulario, B: int, rng: np.random.Generator
) -> Iterator[Lote]:
    """Lotes de ``B`` nombres barajados, época tras época, sin fin."""
    while True:
        orden = rng.permutation(len(nombres))
        for inicio in range(0, len(orden), B):
            yield hacer_lote(
                [nombres[i] for i in orden[inicio : inicio + B]], vocabulario
            )


def tramos(indices: np.ndarray, T: int) -> Iterator[Lote]:
    """Un texto ``(letras,)`` en tramos de ``T`` letras, de principio a fin y sin parar.

    El estado pasa de un tramo al siguiente y se reinicia al volver al principio.
    Capítulo «La red original, tal cual», sección «El régimen en línea».
    """
    unos = np.ones((T, 1))
    while True:
        for inicio in range(0, len(indices) - T - 1, T):
            ventana = indices[inicio : inicio + T + 1, None]
            yield Lote(ventana[:-1], ventana[1:], unos, sigue=inicio > 0)


def lotes_por_largo(
    codificados: Sequence[np.ndarray], B: int, rng: np.random.Generator
) -> Iterator[Lote]:
    """Una época en lotes de ``B`` nombres de largo parecido, con azar.

    Capítulo «De una letra a un lote», sección «Leer relleno».
    """
    orden, lotes = rng.permutation(len(codificados)).tolist(), []
    for inicio in range(0, len(orden), 8 * B):
        monton = sorted(
            orden[inicio : inicio + 8 * B], key=lambda i: len(codificados[i])
        )
        lotes += [monton[i : i + B] for i in range(0, len(monton), B)]
    for cual in rng.permutation(len(lotes)):
        yield rellenar([codificados[i] for i in lotes[cual]])
