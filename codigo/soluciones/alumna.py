# Extraído de libro/12-alumna.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: b3f2362ad076397b

"""Soluciones del capítulo «Una alumna de seis maestras»."""

import math
from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.alumna import Leccion
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo
from codigo.lotes import hacer_lote
from codigo.ngramas import WittenBell


def descuento(probabilidades: np.ndarray, pesos: np.ndarray) -> float:
    """Los nats que una mezcla se ahorra en un lugar porque sus partes discrepan."""
    Z = np.prod(probabilidades ** pesos[:, None], axis=0).sum()
    return -math.log(Z) if Z > 0 else math.inf


def divergencia(
    maestra: Modelo, alumna: Modelo, nombres: Sequence[str], vocabulario: Vocabulario
) -> float:
    """Los nats por símbolo que a la alumna le falta aprender de la maestra."""
    lote, nats = hacer_lote(nombres, vocabulario), 0.0
    de_una, de_otra = (m.estado_inicial(len(nombres)) for m in (maestra, alumna))
    for x, cuentan in zip(lote.entradas, lote.mascara > 0):
        logitos, de_una = maestra.paso(x, de_una)
        log_q = log_softmax(logitos[cuentan].astype(np.float64))
        logitos, de_otra = alumna.paso(x, de_otra)
        log_p = log_softmax(logitos[cuentan].astype(np.float64))
        q, posible = np.exp(log_q), np.exp(log_q) > 0
        nats += float(q[posible] @ (log_q[posible] - log_p[posible]))
    return nats / float(lote.mascara.sum())


def ablandar(esperadas: np.ndarray, temperatura: float) -> np.ndarray:
    """Lo que se esperaría ``(…, V)`` a otra temperatura, sin ver los logitos."""
    p = esperadas.astype(np.float64)
    p = (p / p.max(axis=-1, keepdims=True)) ** (1 / temperatura)
    return p / p.sum(axis=-1, keepdims=True)


class ContadorDestilado(WittenBell):
    """Un contador que en vez de letras cuenta lo que de cada una se esperaba."""

    def __init__(self, orden: int, leccion: Leccion, vocabulario: Vocabulario) -> None:
        super().__init__(orden, (), vocabulario)
        for nombre, esperadas in leccion.items():
            simbolos = (0, *vocabulario.codificar(nombre).tolist())
            for posicion, q in enumerate(esperadas, 1):
                for k in range(min(orden, posicion + 1)):
                    self.cuentas[k][simbolos[posicion - k : posicion]] += q

    def _mezclar(self, k: int, cuentas: np.ndarray, p: np.ndarray) -> np.ndarray:
        return (cuentas + p) / (cuentas.sum() + 1)
