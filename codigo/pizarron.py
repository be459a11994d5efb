# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 559c4b853c849a0a

"""La red recurrente como en un pizarrón: un nombre, una letra a la vez.

No es rápida; es la que se entiende, y contra ella se prueba la otra. Se explica en el
capítulo «Una red recurrente, a pie».
"""

from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax

Parametros = dict[str, np.ndarray]


def pesos_iniciales(
    V: int, H: int, rng: np.random.Generator, escala: float = 0.01
) -> Parametros:
    """Los cinco parámetros: matrices normales por ``escala`` y sesgos en cero."""
    return {
        "Wxh": rng.normal(size=(V, H)) * escala,
        "Whh": rng.normal(size=(H, H)) * escala,
        "bh": np.zeros(H),
        "Why": rng.normal(size=(H, V)) * escala,
        "by": np.zeros(V),
    }


def un_paso(p: Parametros, x: int, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """De una letra y el estado ``(H,)``, al estado nuevo y los logitos ``(V,)``."""
    h = np.tanh(p["Wxh"][x] + h @ p["Whh"] + p["bh"])
    return h, h @ p["Why"] + p["by"]


def adelante(
    p: Parametros, entradas: Sequence[int], objetivos: Sequence[int], h: np.ndarray
) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    """La pérdida en nats, los estados (uno más que letras) y las probabilidades."""
    estados, probabilidades, perdida = [h], [], 0.0
    for x, objetivo in zip(entradas, objetivos):
        h, y = un_paso(p, x, h)
        logp = log_softmax(y)
        perdida -= logp[objetivo]
        estados.append(h)
        probabilidades.append(np.exp(logp))
    return float(perdida), estados, probabilidades


def atras(
    p: Parametros,
    entradas: Sequence[int],
    objetivos: Sequence[int],
    estados: list[np.ndarray],
    probabilidades: list[np.ndarray],
) -> Parametros:
    """El gradiente de la pérdida respecto de cada parámetro, con su misma forma."""
    g = {nombre: np.zeros_like(peso) for nombre, peso in p.items()}
    futuro = np.zeros_like(estados[0])
    for t in reversed(range(len(entradas))):
        # ⟨retroceder un paso⟩
        h_anterior, h = estados[t], estados[t + 1]
        dy = probabilidades[t].copy()
        dy[objetivos[t]] -= 1
        dz = (dy @ p["Why"].T + futuro) * (1 - h**2)
        g["Why"] += np.outer(h, dy)
        g["by"] += dy
        g["Whh"] += np.outer(h_anterior, dz)
        g["bh"] += dz
        g["Wxh"][entradas[t]] += dz
        futuro = dz @ p["Whh"].T
    return g
