# Extraído de libro/10-afinar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 40b7d834056a91af

"""Soluciones del capítulo «Afinar sin engañarse»."""

from collections.abc import Sequence

import numpy as np

from codigo.corrida import Corrida


def optimismo(
    cuantas: int, desviacion: float, rng: np.random.Generator, veces: int = 10_000
) -> float:
    """Nats que se regala la mejor de ``cuantas`` recetas igual de buenas."""
    notas = desviacion * rng.normal(size=(veces, cuantas))
    return float(-notas.min(axis=1).mean())


def orden_seguro(
    una: np.ndarray,
    otra: np.ndarray,
    cuantos: int,
    rng: np.random.Generator,
    sorteos: int = 2000,
) -> float:
    """Qué tan seguido una muestra de la validación ordena las recetas como toda ella."""
    ventaja = una - otra  # (N,): positiva donde la otra se sorprende menos
    barajada = rng.permuted(np.tile(ventaja, (sorteos, 1)), axis=1)
    muestras = barajada[:, :cuantos].sum(axis=1)
    return float(np.mean(np.sign(muestras) == np.sign(ventaja.sum())))


def mitades(corridas: Sequence[Corrida], epocas: int = 1) -> Corrida:
    """La que sobrevive si cada ronda elimina a la peor mitad y dobla las épocas."""
    if len(corridas) == 1:
        return corridas[0]
    for corrida in corridas:
        while len(corrida.validadas) < epocas and not corrida.termino:
            corrida.epoca()
    mejores = sorted(corridas, key=lambda corrida: min(corrida.validadas))
    return mitades(mejores[: len(corridas) // 2], 2 * epocas)
