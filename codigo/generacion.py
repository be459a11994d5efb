# Extraído de libro/01-municipios.qmd
# Extraído de libro/04-original.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 5dd4a1ef5bb5343d

"""Inventar nombres: sortear un símbolo tras otro hasta el ``FIN``.

Se explica en el capítulo «Los municipios», sección «Lo que inventa un contador».
"""

from typing import Any

import numpy as np

from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo
from codigo.numeros import log_softmax


def sortear(logitos: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Un símbolo al azar ``(B,)`` por cada renglón de ``logitos (B, V)``."""
    acumulada = np.exp(log_softmax(logitos)).cumsum(axis=1)
    dardos = rng.random((len(logitos), 1)) * acumulada[:, -1:]
    return (acumulada <= dardos).sum(axis=1)


def generar(
    modelo: Modelo,
    vocabulario: Vocabulario,
    cuantos: int,
    rng: np.random.Generator,
    temperatura: float = 1.0,
    maximo: int = 80,
) -> list[str]:
    """Inventa nombres con cualquier modelo; corta los que pasen de ``maximo`` letras.

    Capítulo «Los municipios», sección «Lo que inventa un contador».

    Raises:
        ValueError: si la temperatura no es un número mayor que cero.
    """
    if not temperatura > 0:
        raise ValueError(f"la temperatura debe ser mayor que cero, y es {temperatura}")
    # ⟨escribir todos los nombres a la vez⟩
    indices, estado = np.zeros(cuantos, dtype=np.intp), modelo.estado_inicial(cuantos)
    vivos = np.ones(cuantos, dtype=bool)
    escritos: list[np.ndarray] = []
    while vivos.any() and len(escritos) < maximo:
        logitos, estado = modelo.paso(indices, estado)
        indices = sortear(logitos / temperatura, rng)
        escritos.append(indices)
        vivos &= indices != 0
    return [vocabulario.decodificar(columna) for columna in np.array(escritos).T]


def continuar(
    modelo: Modelo, indice: int, estado: Any, cuantas: int, rng: np.random.Generator
) -> list[int]:
    """Los símbolos que el modelo escribe después de uno, sin detenerse en ``FIN``.

    Capítulo «La red original, tal cual», sección «El régimen en línea».
    """
    escritos = []
    for _ in range(cuantas):
        logitos, estado = modelo.paso(np.array([indice]), estado)
        indice = int(sortear(logitos, rng)[0])
        escritos.append(indice)
    return escritos
