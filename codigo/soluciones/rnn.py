# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: aa26cedb2d175859

"""Soluciones del capítulo «Una red recurrente, a pie»."""

from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.lotes import Lote, rellenar
from codigo.pizarron import Parametros, adelante, atras, un_paso


def derivada(
    p: Parametros,
    entradas: Sequence[int],
    objetivos: Sequence[int],
    h: np.ndarray,
    nombre: str,
    posicion: tuple[int, ...],
    delta: float = 1e-5,
) -> float:
    """La derivada de la pérdida en un peso, moviéndolo ``delta`` a cada lado."""
    perdidas = []
    for cuanto in (delta, -delta):
        movido = p[nombre].copy()
        movido[posicion] += cuanto
        perdidas.append(adelante({**p, nombre: movido}, entradas, objetivos, h)[0])
    return (perdidas[0] - perdidas[1]) / (2 * delta)


def rellenar_con(codificados: Sequence[np.ndarray], relleno: int) -> Lote:
    """Un lote ``(T, B)`` como el de ``rellenar``, con otro símbolo en lo que sobra."""
    entradas, objetivos, mascara, _ = rellenar(codificados)
    entradas[mascara == 0] = objetivos[mascara == 0] = relleno
    return Lote(entradas, objetivos, mascara)


def gradiente_atado(
    p: Parametros, entradas: Sequence[int], objetivos: Sequence[int], h: np.ndarray
) -> tuple[float, Parametros]:
    """Pérdida y gradiente de la red que lee y apuesta con la misma ``Wxh (V, H)``."""
    completa = {**p, "Why": p["Wxh"].T}
    perdida, *leido = adelante(completa, entradas, objetivos, h)
    g = atras(completa, entradas, objetivos, *leido)
    g["Wxh"] += g.pop("Why").T
    return perdida, g


def sin_volver(
    p: Parametros, entradas: Sequence[int], objetivos: Sequence[int], h: np.ndarray
) -> np.ndarray:
    """El gradiente de ``Whh (H, H)``, calculado de la primera letra a la última."""
    H = len(h)
    g, cambio = np.zeros((H, H)), np.zeros((H, H, H))  # ∂h[k] / ∂Whh[i, j]
    for x, objetivo in zip(entradas, objetivos):
        directo = h[:, None, None] * np.eye(H)
        h, y = un_paso(p, x, h)
        cambio = (directo + cambio @ p["Whh"]) * (1 - h**2)
        dy = np.exp(log_softmax(y))
        dy[objetivo] -= 1
        g += cambio @ (p["Why"] @ dy)
    return g
