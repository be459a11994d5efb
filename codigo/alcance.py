# Extraído de libro/06-olvido.qmd
# Extraído de libro/09-lstm-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 34cacab835fda6dd

"""Hasta dónde llega, hacia atrás, el gradiente de una sola letra.

Se explica en los capítulos «Lo que la red simple olvida» y «La LSTM aprende municipios».
"""

import numpy as np

from codigo.lstm import LSTM, activar, retroceder
from codigo.numeros import log_softmax
from codigo.rnn import RNN


def alcance_rnn(red: RNN, entradas: np.ndarray, objetivos: np.ndarray) -> np.ndarray:
    """Norma ``(T + 1, B)`` del gradiente de la última pérdida, por pasos hacia atrás.

    ``entradas (T, B)`` y ``objetivos (B,)``. Capítulo «Lo que la red simple olvida».
    """
    estados = [red.estado_inicial(entradas.shape[1])]
    for letras in entradas:
        logitos, h = red.paso(letras, estados[-1])
        estados.append(h)
    dh = _al_ultimo_estado(red, logitos, objetivos)
    normas = [np.linalg.norm(dh, axis=1)]
    for h in reversed(estados[1:]):
        dh = (dh * (1 - h**2)) @ red.parametros["Whh"].T
        normas.append(np.linalg.norm(dh, axis=1))
    return np.array(normas)


def _al_ultimo_estado(
    red: RNN | LSTM, logitos: np.ndarray, objetivos: np.ndarray
) -> np.ndarray:
    dy = np.exp(log_softmax(logitos))
    dy[np.arange(len(dy)), objetivos] -= 1
    return dy @ red.parametros["Why"].T


def alcance_lstm(red: LSTM, entradas: np.ndarray, objetivos: np.ndarray) -> np.ndarray:
    """Lo mismo que ``alcance_rnn``, con el gradiente de ``h`` y el de ``c`` juntos.

    Capítulo «La LSTM aprende municipios».
    """
    p = red.parametros
    compuertas, celdas, logitos = recorrer(red, entradas)
    dh = _al_ultimo_estado(red, logitos, objetivos)
    dc = np.zeros_like(dh)
    normas = [np.linalg.norm(dh, axis=1)]
    for t in reversed(range(len(entradas))):
        dz, dc = retroceder(compuertas[t], celdas[t], celdas[t + 1], dh, dc)
        dh = dz @ p["Wh"].T
        normas.append(np.hypot(np.linalg.norm(dh, axis=1), np.linalg.norm(dc, axis=1)))
    return np.array(normas)


def recorrer(
    red: LSTM, entradas: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compuertas ``(T, 4, B, H)``, celdas ``(T + 1, B, H)`` y los últimos logitos.

    Capítulo «La LSTM aprende municipios».
    """
    p, estado = red.parametros, red.estado_inicial(entradas.shape[1])
    compuertas, celdas, logitos = [], [estado[1]], np.empty(0)
    for letras in entradas:
        compuertas.append(activar(p["Wx"][letras] + estado[0] @ p["Wh"] + p["b"]))
        logitos, estado = red.paso(letras, estado)
        celdas.append(estado[1])
    return np.array(compuertas), np.array(celdas), logitos
