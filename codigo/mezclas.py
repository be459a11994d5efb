# Extraído de libro/11-inventados.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 5519756d08b68b2a

"""Varios modelos que escriben juntos: se promedian sus probabilidades.

Se explica en el capítulo «Los municipios que no existen», sección «Varios modelos juntos».
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from codigo.evaluacion import Modelo
from codigo.numeros import log_softmax


class Mezcla:
    """Un modelo que promedia las probabilidades de otros, con pesos que suman 1."""

    def __init__(self, modelos: Sequence[Modelo], pesos: Sequence[float]) -> None:
        self.modelos, self.pesos = modelos, pesos

    def estado_inicial(self, B: int) -> tuple[Any, ...]:
        """El estado de cada modelo."""
        return tuple(modelo.estado_inicial(B) for modelo in self.modelos)

    # ⟨preguntarles a todos⟩
    def paso(
        self, indices: np.ndarray, estado: tuple[Any, ...]
    ) -> tuple[np.ndarray, tuple[Any, ...]]:
        """De símbolos ``(B,)`` a log-probabilidades ``(B, V)`` y los estados nuevos."""
        pares = [m.paso(indices, uno) for m, uno in zip(self.modelos, estado)]
        p = sum(
            peso * np.exp(log_softmax(y)) for peso, (y, _) in zip(self.pesos, pares)
        )
        return np.log(p), tuple(nuevo for _, nuevo in pares)
