# Extraído de libro/07-lstm.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: eefee4c542716254

"""La LSTM como en un pizarrón: un nombre, una letra a la vez.

No es rápida; es la que se entiende, y contra ella se prueba la otra. Se explica en el
capítulo «La LSTM».
"""

from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax, sigmoide
from codigo.pizarron import Parametros


def compuertas(p: Parametros, x: int, h: np.ndarray) -> np.ndarray:
    """Las compuertas ``(4, H)`` ante una letra: i, f, o y la candidata g."""
    i, f, o, g = np.split(p["Wx"][x] + h @ p["Wh"] + p["b"], 4)
    return np.array([sigmoide(i), sigmoide(f), sigmoide(o), np.tanh(g)])


def un_paso(
    p: Parametros, x: int, h: np.ndarray, c: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """De una letra, el estado y la celda ``(H,)``, a los nuevos y a los logitos."""
    i, f, o, g = compuertas(p, x, h)
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c, h @ p["Why"] + p["by"]


def adelante(
    p: Parametros,
    entradas: Sequence[int],
    objetivos: Sequence[int],
    h: np.ndarray,
    c: np.ndarray,
) -> tuple[float, list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """La pérdida en nats, los estados, las celdas y las probabilidades."""
    estados, celdas, probabilidades, perdida = [h], [c], [], 0.0
    for x, objetivo in zip(entradas, objetivos):
        h, c, y = un_paso(p, x, h, c)
        logp = log_softmax(y)
        perdida -= logp[objetivo]
        estados.append(h)
        celdas.append(c)
        probabilidades.append(np.exp(logp))
    return float(perdida), estados, celdas, probabilidades


def atras(
    p: Parametros,
    entradas: Sequence[int],
    objetivos: Sequence[int],
    estados: list[np.ndarray],
    celdas: list[np.ndarray],
    probabilidades: list[np.ndarray],
) -> Parametros:
    """El gradiente de la pérdida respecto de cada parámetro, con su misma forma."""
    gradientes = {nombre: np.zeros_like(peso) for nombre, peso in p.items()}
    del_estado, de_la_celda = np.zeros_like(estados[0]), np.zeros_like(celdas[0])
    for t in reversed(range(len(entradas))):
        # ⟨retroceder por la celda⟩
        i, f, o, g = compuertas(p, entradas[t], estados[t])
        c_anterior, visible = celdas[t], np.tanh(celdas[t + 1])
        dy = probabilidades[t].copy()
        dy[objetivos[t]] -= 1
        dh = dy @ p["Why"].T + del_estado
        dc = dh * o * (1 - visible**2) + de_la_celda
        dz_i = dc * g * i * (1 - i)
        dz_f = dc * c_anterior * f * (1 - f)
        dz_o = dh * visible * o * (1 - o)
        dz_g = dc * i * (1 - g**2)
        dz = np.concatenate([dz_i, dz_f, dz_o, dz_g])
        del_estado, de_la_celda = dz @ p["Wh"].T, dc * f
        # ⟨sumar la parte de una letra⟩
        gradientes["Why"] += np.outer(estados[t + 1], dy)
        gradientes["by"] += dy
        gradientes["Wh"] += np.outer(estados[t], dz)
        gradientes["b"] += dz
        gradientes["Wx"][entradas[t]] += dz
    return gradientes
