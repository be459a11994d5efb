# Extraído de libro/09-lstm-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 139ab6e99cb6841a

"""Mirar la celda de una LSTM: lo que guarda y hasta dónde le llega el gradiente.

Se explica en el capítulo «La LSTM aprende municipios».
"""

import numpy as np

from codigo.alcance import al_ultimo_estado
from codigo.lstm import LSTM, activar, retroceder


def recorrer(
    red: LSTM, entradas: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compuertas ``(T, 4, B, H)``, celdas ``(T + 1, B, H)`` y los últimos logitos.

    Capítulo «La LSTM aprende municipios», sección «Hasta dónde llega la corrección».
    """
    p, estado = red.parametros, red.estado_inicial(entradas.shape[1])
    compuertas, celdas, logitos = [], [estado[1]], np.empty(0)
    for letras in entradas:
        compuertas.append(activar(p["Wx"][letras] + estado[0] @ p["Wh"] + p["b"]))
        logitos, estado = red.paso(letras, estado)
        celdas.append(estado[1])
    return np.array(compuertas), np.array(celdas), logitos


def alcance_lstm(red: LSTM, entradas: np.ndarray, objetivos: np.ndarray) -> np.ndarray:
    """Lo mismo que ``alcance_rnn``, con el gradiente de ``h`` y el de ``c`` juntos.

    Capítulo «La LSTM aprende municipios», sección «Hasta dónde llega la corrección».
    """
    compuertas, celdas, logitos = recorrer(red, entradas)
    dh = al_ultimo_estado(red, logitos, objetivos)
    dc = np.zeros_like(dh)
    normas = [np.linalg.norm(dh, axis=1)]
    for t in reversed(range(len(entradas))):
        dz, dc = retroceder(compuertas[t], celdas[t], celdas[t + 1], dh, dc)
        dh = dz @ red.parametros["Wh"].T
        normas.append(np.hypot(np.linalg.norm(dh, axis=1), np.linalg.norm(dc, axis=1)))
    return np.array(normas)
