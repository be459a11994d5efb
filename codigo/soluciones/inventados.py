# Extraído de libro/11-inventados.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: fcd1464c5473daa9

"""Soluciones del capítulo «Los municipios que no existen»."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo, nats_por_nombre


def masa(modelo: Modelo, nombres: Sequence[str], vocabulario: Vocabulario) -> float:
    """La fracción, de 0 a 1, de lo que escribe el modelo que está en la lista."""
    distintos = sorted(set(nombres))
    return float(np.exp(-nats_por_nombre(modelo, distintos, vocabulario)).sum())


def pedazo_copiado(nombre: str, lista: Sequence[str]) -> str:
    """El pedazo más largo de un nombre que ya estaba en otro."""
    todos, fin = "\n".join(lista), len(nombre)
    pedazos = (nombre[i:j] for i in range(fin) for j in range(i + 1, fin + 1))
    return max((p for p in pedazos if p in todos), key=len, default="")


def cuantos_sabe(inventados: Sequence[str]) -> float:
    """De cuántos nombres parece sortear un modelo, según lo que se repite."""
    iguales = sum(math.comb(veces, 2) for veces in Counter(inventados).values())
    return math.comb(len(inventados), 2) / iguales if iguales else math.inf


class MezclaDeNombres:
    """Escribe como quien escoge un modelo al azar para cada nombre."""

    def __init__(
        self,
        modelos: Sequence[Modelo],
        pesos: Sequence[float],
        vocabulario: Vocabulario,
    ) -> None:
        self.modelos, self.V = modelos, len(vocabulario)
        self.pesos = np.asarray(pesos)

    def estado_inicial(self, B: int) -> tuple[Any, ...]:
        """El estado de cada modelo y cuánto se le cree, en logaritmos."""
        estados = tuple(modelo.estado_inicial(B) for modelo in self.modelos)
        creencias = np.log(self.pesos)[:, None, None] + np.zeros((B, self.V))
        return estados, creencias

    def paso(
        self, indices: np.ndarray, estado: tuple[Any, ...]
    ) -> tuple[np.ndarray, tuple[Any, ...]]:
        """De símbolos ``(B,)`` a logitos ``(B, V)`` y lo que se cree después de leer."""
        estados, creencias = estado  # (modelos, B, V): del nombre hasta cada símbolo
        pares = [m.paso(indices, uno) for m, uno in zip(self.modelos, estados)]
        leido = creencias[:, np.arange(len(indices)), indices, None]
        nuevas = leido + np.array([log_softmax(logitos) for logitos, _ in pares])
        return reduce(np.logaddexp, nuevas), (tuple(e for _, e in pares), nuevas)
