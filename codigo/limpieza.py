# Extraído de libro/12-alumna.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 4805e86eab4e960c

"""Escribir sin manchas: lo que ningún nombre lleva, y un modelo que se arriesga menos.

Se explica en el capítulo «Una alumna de seis maestras», sección «Sin manchas».
"""

from itertools import pairwise
from typing import Any

import numpy as np

from codigo.activaciones import log_softmax
from codigo.evaluacion import Modelo


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
