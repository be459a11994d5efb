"""Soluciones ajenas del capítulo «Afinar sin engañarse»."""

import heapq

import numpy as np

from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Toma la mediana.", "-notas.min(axis=1).mean()", "-np.median(notas.min(axis=1))")
mal(
    1,
    "Cuenta lo que se aparta para cualquier lado.",
    "-notas.min(axis=1)",
    "np.abs(notas).max(axis=1)",
)
mal(1, "Usa la varianza.", "= desviacion *", "= desviacion**2 *")


@bien(1)
def optimismo(cuantas, desviacion, rng, veces=10_000):
    """Compara las notas, de una en una, alrededor de una verdad cualquiera."""
    mejores = np.full(veces, np.inf)
    for _ in range(cuantas):
        mejores = np.minimum(mejores, rng.normal(1.5, desviacion, veces))
    return 1.5 - sum(mejores) / veces


@mal(2)
def orden_seguro(una, otra, cuantos, rng, sorteos=2000):
    """Sin los mismos nombres para las dos."""
    gana, veces = np.sign(una.sum() - otra.sum()), 0
    for _ in range(sorteos):
        suyos = [rng.permutation(x)[:cuantos].sum() for x in (una, otra)]
        veces += np.sign(suyos[0] - suyos[1]) == gana
    return veces / sorteos


mal(
    2,
    "Repite nombres.",
    "rng.permuted(np.tile(ventaja, (sorteos, 1)), axis=1)",
    "rng.choice(ventaja, (sorteos, len(ventaja)))",
)
mal(
    2,
    "Cuenta las veces que gana la segunda.",
    "np.sign(muestras) == np.sign(ventaja.sum())",
    "muestras > 0",
)
mal(
    2,
    "Compara nombre por nombre: por mayoría.",
    "barajada[:, :cuantos].sum",
    "np.sign(barajada[:, :cuantos]).sum",
)


@bien(2)
def orden_seguro(una, otra, cuantos, rng, sorteos=2000):
    """Sorteo por sorteo, con promedios."""
    gana, veces = una.mean() < otra.mean(), 0
    for _ in range(sorteos):
        cuales = rng.choice(len(una), cuantos, replace=False)
        veces += (una[cuales].mean() < otra[cuales].mean()) == gana
    return veces / sorteos


mal(
    3,
    "Mira la última época y no la mejor.",
    "min(corrida.validadas)",
    "corrida.validadas[-1]",
)
mal(3, "No ve que una ya terminó.", " and not corrida.termino", "")
mal(
    3,
    "Da las épocas que tocan, además de las que ya dio.",
    "while len(corrida.validadas) < epocas and not corrida.termino:",
    "for _ in range(0 if corrida.termino else epocas):",
)
mal(3, "Agrega una época en vez de doblarlas.", "2 * epocas", "epocas + 1")
mal(3, "Elimina de una en una.", "len(corridas) // 2", "len(corridas) - 1")


@bien(3)
def mitades(corridas, epocas=1):
    """Con un ciclo y un montículo."""
    quedan = list(corridas)
    while len(quedan) > 1:
        for corrida in quedan:
            while not corrida.termino and len(corrida.validadas) != epocas:
                corrida.epoca()
        notas = [(min(c.validadas), turno, c) for turno, c in enumerate(quedan)]
        quedan = [c for *_, c in heapq.nsmallest(len(quedan) // 2, notas)]
        epocas *= 2
    return quedan[0]
