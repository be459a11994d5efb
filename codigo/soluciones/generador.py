# Extraído de libro/13-generador.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 9a2ddda6718afeba

"""Soluciones del capítulo «El generador»."""

import heapq
from itertools import count

import numpy as np

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo


def siguientes(modelo: Modelo, prefijo: str, vocabulario: Vocabulario) -> np.ndarray:
    """La probabilidad ``(V,)`` de cada símbolo después de un principio."""
    estado = modelo.estado_inicial(1)
    for indice in (0, *vocabulario.codificar(prefijo)):
        logitos, estado = modelo.paso(np.array([indice]), estado)
    return np.exp(log_softmax(logitos[0]))


def desacuerdo(
    uno: Modelo, otro: Modelo, prefijo: str, vocabulario: Vocabulario
) -> float:
    """Qué tan distinto apuestan dos modelos a la letra que sigue, de 0 a 1."""
    p, q = (siguientes(modelo, prefijo, vocabulario) for modelo in (uno, otro))
    return float(np.abs(p - q).sum() / 2)


def sin_cola(logitos: np.ndarray, masa: float) -> np.ndarray:
    """Los logitos ``(B, V)`` con −∞ en lo que no hace falta para juntar la masa."""
    orden = np.argsort(-logitos, axis=1, kind="stable")
    p = np.take_along_axis(np.exp(log_softmax(logitos)), orden, axis=1)
    antes = np.cumsum(p, axis=1) - p  # la masa de los que van adelante
    cortados = np.empty_like(logitos)
    de_mayor_a_menor = np.take_along_axis(logitos, orden, axis=1)
    np.put_along_axis(
        cortados, orden, np.where(antes < masa, de_mayor_a_menor, -np.inf), axis=1
    )
    return cortados


def en_ocho_bits(peso: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Un peso en 256 valores parejos: cuál es cada uno, el menor y el escalón."""
    menor = float(peso.min())
    escalon = (float(peso.max()) - menor) / 255 or 1.0
    return np.rint((peso - menor) / escalon).astype(np.uint8), menor, escalon


def de_ocho_bits(bytes_: np.ndarray, menor: float, escalon: float) -> np.ndarray:
    """Los pesos que ``en_ocho_bits`` redondeó, a lo más a medio escalón."""
    return menor + escalon * bytes_


def mas_probables(
    modelo: Modelo, vocabulario: Vocabulario, cuantos: int
) -> list[tuple[str, float]]:
    """Los nombres más probables de un modelo, de mayor a menor, y su probabilidad."""
    turno, hallados = count(), list[tuple[str, float]]()
    fila = [(0.0, next(turno), [0], modelo.estado_inicial(1))]
    while fila and len(hallados) < cuantos:
        nats, _, leido, estado = heapq.heappop(fila)
        if leido[1:] and leido[-1] == 0:
            hallados.append((vocabulario.decodificar(leido[1:]), float(np.exp(-nats))))
            continue
        logitos, nuevo = modelo.paso(np.array([leido[-1]]), estado)
        for indice, costo in enumerate(-log_softmax(logitos[0])):
            if np.isfinite(costo):
                lugar = (nats + costo, next(turno), [*leido, indice], nuevo)
                heapq.heappush(fila, lugar)
    return hallados
