# Extraído de libro/12-alumna.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 0dba8cf42fe03d14

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


PISO, TEMPERATURA = 0.002, 1.08


class Corte:
    """Un modelo que calienta a otro y deja fuera los símbolos con menos que un piso.

    El más probable siempre se queda. Con ``piso`` 0 y ``temperatura`` 1 es el de antes.
    Capítulo «Una alumna de seis maestras», sección «Sin manchas».

    Raises:
        ValueError: si la temperatura no es un número mayor que cero.
    """

    def __init__(
        self, modelo: Modelo, piso: float = PISO, temperatura: float = TEMPERATURA
    ) -> None:
        if not temperatura > 0:
            queja = f"la temperatura debe ser mayor que cero, y es {temperatura}"
            raise ValueError(queja)
        self.modelo, self.piso, self.temperatura = modelo, piso, temperatura

    def estado_inicial(self, B: int) -> Any:
        """El estado del modelo."""
        return self.modelo.estado_inicial(B)

    def paso(self, indices: np.ndarray, estado: Any) -> tuple[np.ndarray, Any]:
        """De símbolos ``(B,)`` a logitos ``(B, V)``, con −∞ en lo cortado, y estado."""
        # ⟨cortar la cola⟩
        logitos, nuevo = self.modelo.paso(indices, estado)
        logitos = logitos - logitos.max(axis=1, keepdims=True)
        with np.errstate(over="ignore"):  # muy fría: menos infinito está bien
            logitos /= max(self.temperatura, np.finfo(logitos.dtype).tiny)
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
