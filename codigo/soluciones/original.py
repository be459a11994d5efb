# Extraído de libro/04-original.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 37449b9a510e50e6

"""Soluciones del capítulo «La red original, tal cual»."""

import math
from collections.abc import Iterator

import numpy as np

from codigo.lotes import Lote
from codigo.optimizadores import Arreglos
from codigo.rnn import RNN


def cuanto_tarda(fraccion: float) -> int:
    """Cuántas iteraciones pasan hasta que lo inicial pesa menos que ``fraccion``."""
    return math.floor(math.log(fraccion) / math.log(0.999)) + 1


def ola(perdidas: np.ndarray, vuelta: int) -> np.ndarray:
    """Lo que se aparta cada tramo de la media de su vuelta, ``(vuelta,)``, en nats."""
    completas = len(perdidas) // vuelta
    vueltas = perdidas[vuelta : completas * vuelta].reshape(completas - 1, vuelta)
    perfil = vueltas.mean(axis=0)
    return perfil - perfil.mean()


def tramos_barajados(
    indices: np.ndarray, T: int, rng: np.random.Generator
) -> Iterator[Lote]:
    """Una vuelta a los tramos de ``T`` letras, en desorden y sin memoria entre ellos."""
    for cual in rng.permutation((len(indices) - 1) // T):
        ventana = indices[cual * T : (cual + 1) * T + 1, None]
        yield Lote(ventana[:-1], ventana[1:], np.ones((T, 1)))


def gradiente_cortado(red: RNN, indices: np.ndarray, T: int) -> Arreglos:
    """La suma de los gradientes de cada tramo; el estado sí pasa de uno a otro."""
    estado = red.estado_inicial(1)
    suma = {nombre: np.zeros_like(peso) for nombre, peso in red.parametros.items()}
    for inicio in range(0, len(indices) - 1, T):
        ventana = indices[inicio : inicio + T + 1, None]
        entradas, objetivos = ventana[:-1], ventana[1:]
        _, gradientes, estado = red.perdida_y_gradientes(
            entradas, objetivos, estado, np.ones(entradas.shape)
        )
        for nombre, g in gradientes.items():
            suma[nombre] += g
    return suma
