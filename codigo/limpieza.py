# Extraído de libro/12-alumna.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 451008147b5af67d

"""Escribir sin manchas: lo que ningún nombre lleva, y un modelo que no se arriesga tanto.

Se explica en el capítulo «Una alumna de seis maestras», sección «Sin manchas».
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo, clasificar
from codigo.generacion import generar


def con_mancha(nombre: str) -> bool:
    """Si tiene mayúscula a media palabra, un espacio de más o inicial minúscula.

    Capítulo «Una alumna de seis maestras», sección «Sin manchas».
    """
    return (
        not all(nombre.split(" "))
        or nombre[0].islower()
        or any(a.isalpha() and b.isupper() for a, b in pairwise(nombre))
    )


PISO = 0.001


class Corte:
    """Un modelo que no escribe los símbolos a los que otro les da menos que un piso.

    El más probable siempre se queda. Con ``piso`` 0 es el de antes.
    Capítulo «Una alumna de seis maestras», sección «Sin manchas».
    """

    def __init__(self, modelo: Modelo, piso: float = PISO) -> None:
        self.modelo, self.piso = modelo, piso

    def estado_inicial(self, B: int) -> Any:
        """El estado del modelo."""
        return self.modelo.estado_inicial(B)

    def paso(self, indices: np.ndarray, estado: Any) -> tuple[np.ndarray, Any]:
        """De símbolos ``(B,)`` a logitos ``(B, V)``, con −∞ en lo cortado, y estado."""
        logitos, nuevo = self.modelo.paso(indices, estado)
        p = np.exp(log_softmax(logitos))
        cortados = (p < self.piso) & (p < p.max(axis=1, keepdims=True))
        return np.where(cortados, -np.inf, logitos), nuevo


def los_primeros(
    modelo: Modelo,
    vocabulario: Vocabulario,
    cuantos: int,
    existentes: Iterable[str],
    rng: np.random.Generator,
) -> list[str]:
    """Los primeros nombres distintos que escribe un modelo y que no existen.

    Capítulo «Una alumna de seis maestras», sección «Cien de cada una».
    """
    escritos = generar(modelo, vocabulario, 2 * cuantos, rng)
    clases = clasificar(escritos, (), existentes)
    nuevos = [n for n, clase in zip(escritos, clases) if clase == "nuevo"]
    return list(dict.fromkeys(nuevos))[:cuantos]
