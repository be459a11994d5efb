# Extraído de libro/06-olvido.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 20faa6e9dce3f89e

"""Hasta dónde llega, hacia atrás, el gradiente de una sola letra.

Se explica en el capítulo «Lo que la red simple olvida».
"""

import numpy as np

from codigo.activaciones import log_softmax
from codigo.red import Red
from codigo.rnn import RNN


def alcance_rnn(red: RNN, entradas: np.ndarray, objetivos: np.ndarray) -> np.ndarray:
    """Norma ``(T + 1, B)`` del gradiente de la última pérdida, por pasos hacia atrás.

    ``entradas (T, B)`` y ``objetivos (B,)``. Capítulo «Lo que la red simple olvida».
    """
    estados = [red.estado_inicial(entradas.shape[1])]
    for letras in entradas:
        logitos, h = red.paso(letras, estados[-1])
        estados.append(h)
    dh = al_ultimo_estado(red, logitos, objetivos)
    normas = [np.linalg.norm(dh, axis=1)]
    for h in reversed(estados[1:]):
        dh = (dh * (1 - h**2)) @ red.parametros["Whh"].T
        normas.append(np.linalg.norm(dh, axis=1))
    return np.array(normas)


def al_ultimo_estado(
    red: Red, logitos: np.ndarray, objetivos: np.ndarray
) -> np.ndarray:
    """Gradiente ``(B, H)`` de la última pérdida respecto del estado que la dio."""
    dy = np.exp(log_softmax(logitos))
    dy[np.arange(len(dy)), objetivos] -= 1
    return dy @ red.parametros["Why"].T
