# Extraído de libro/11-inventados.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 2bf9df3257435918

"""Varios modelos que escriben juntos: se promedian los logaritmos de sus probabilidades.

Se explica en el capítulo «Los municipios que no existen», «Varios modelos juntos».
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from codigo.activaciones import log_softmax
from codigo.evaluacion import Modelo


class Mezcla:
    """El promedio geométrico de otros modelos, con pesos que suman 1."""

    def __init__(self, modelos: Sequence[Modelo], pesos: Sequence[float]) -> None:
        self.modelos, self.pesos = modelos, pesos

    def estado_inicial(self, B: int) -> tuple[Any, ...]:
        """El estado de cada modelo."""
        return tuple(modelo.estado_inicial(B) for modelo in self.modelos)

    # ⟨preguntarles a todos⟩
    def paso(
        self, indices: np.ndarray, estado: tuple[Any, ...]
    ) -> tuple[np.ndarray, tuple[Any, ...]]:
        """De símbolos ``(B,)`` a logitos ``(B, V)`` y los estados nuevos."""
        pares = [m.paso(indices, uno) for m, uno in zip(self.modelos, estado)]
        logitos = sum(peso * log_softmax(y) for peso, (y, _) in zip(self.pesos, pares))
        return np.asarray(logitos), tuple(nuevo for _, nuevo in pares)
