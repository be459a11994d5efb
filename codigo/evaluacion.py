# Extraído de libro/01-municipios.qmd
# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 6474b8c7ca5b327d

"""Cómo se califica a un modelo: su sorpresa ante lo que no vio y lo que inventa.

Se explica en el capítulo «Los municipios».
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from codigo.datos import Lote, Vocabulario
from codigo.numeros import log_softmax


class Modelo(Protocol):
    """Lo que cualquier modelo del libro sabe hacer, sea de cuentas o una red."""

    def estado_inicial(self, B: int) -> Any:
        """El estado de ``B`` nombres que todavía no empiezan."""
        ...

    def paso(self, indices: np.ndarray, estado: Any) -> tuple[np.ndarray, Any]:
        """De símbolos ``(B,)`` a logitos ``(B, V)`` del siguiente, y estado nuevo."""
        ...


def nats_por_simbolo(
    modelo: Modelo, nombres: Sequence[str], vocabulario: Vocabulario
) -> float:
    """Entropía cruzada de un modelo, en nats por símbolo, con los ``FIN``.

    Capítulo «Los municipios», sección «Qué tan sorprendido queda un modelo».
    """
    nats = simbolos = 0.0
    for nombre in nombres:
        estado, anterior = modelo.estado_inicial(1), 0
        for actual in [*vocabulario.codificar(nombre), 0]:
            logitos, estado = modelo.paso(np.array([anterior]), estado)
            nats -= log_softmax(logitos[0])[actual]
            anterior = actual
        simbolos += len(nombre) + 1
    return float(nats / simbolos)


def clasificar(nombre: str, entrenamiento: set[str], existentes: set[str]) -> str:
    """«copia» si lo estudió, «real» si existe pero no lo vio y «nuevo» si no existe.

    Capítulo «Los municipios», sección «Lo que inventa un contador».
    """
    if nombre in entrenamiento:
        return "copia"
    return "real" if nombre in existentes else "nuevo"


def nats_en_lotes(modelo: Modelo, lotes: Sequence[Lote]) -> float:
    """Lo mismo que ``nats_por_simbolo``, con los nombres ya en lotes.

    Capítulo «Entrenar en serio», sección «La receta y la corrida».
    """
    nats = simbolos = 0.0
    for lote in lotes:
        B = lote.mascara.shape[1]
        estado, columnas = modelo.estado_inicial(B), np.arange(B)
        for x, objetivo, mascara in zip(lote.entradas, lote.objetivos, lote.mascara):
            logitos, estado = modelo.paso(x, estado)
            nats -= float((log_softmax(logitos)[columnas, objetivo] * mascara).sum())
        simbolos += float(lote.mascara.sum())
    return nats / simbolos
