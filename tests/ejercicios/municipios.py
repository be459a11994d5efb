"""Soluciones ajenas del capítulo «Los municipios»."""

import numpy as np

from codigo.activaciones import log_softmax
from codigo.lotes import hacer_lote
from tests.ejercicios import de, libro

LIBRO = libro("municipios")
bien, mal = de(__name__)

mal(1, "Olvida el FIN del final.", "(nombre), 0]:", "(nombre)]:")


@mal(1)
def sorpresas(modelo, nombre, vocabulario):
    """En bits y no en nats."""
    return LIBRO.sorpresas(modelo, nombre, vocabulario) / np.log(2)


@bien(1)
def sorpresas(modelo, nombre, vocabulario):
    """Con las entradas y los objetivos de un lote, y en una lista."""
    entradas, objetivos, *_ = hacer_lote([nombre], vocabulario)
    estado, nats = modelo.estado_inicial(1), []
    for x, objetivo in zip(entradas, objetivos):
        logitos, estado = modelo.paso(x, estado)
        p = np.exp(logitos[0] - max(logitos[0]))
        nats.append(float(np.log(p.sum()) - np.log(p[objetivo[0]])))
    return nats


mal(
    2,
    "A cada letra que puede seguir le da lo mismo, sin ver cuántos nombres van por ahí.",
    "vistos[simbolos[n]] += 1",
    "vistos[simbolos[n]] = 1",
)
mal(
    2,
    "Donde ya nadie empieza así, acaba el nombre.",
    "(leido, self.parejo)",
    "(leido, np.eye(len(self.parejo))[0])",
)


@bien(2)
class Memorioso:
    """Guarda los nombres y los compara letra por letra; no mira el FIN del principio."""

    def __init__(self, nombres, vocabulario):
        self.nombres = [n + vocabulario.simbolos[0] for n in nombres]
        self.vocabulario = vocabulario

    def estado_inicial(self, B):
        return [None] * B

    def paso(self, indices, estado):
        letras = [self.vocabulario.simbolos[i] for i in indices]
        leidos = ["" if v is None else v + c for v, c in zip(estado, letras)]
        return np.array([self._logp(leido) for leido in leidos]), leidos

    def _logp(self, leido):
        siguen = [n[len(leido)] for n in self.nombres if n.startswith(leido)]
        if not siguen:
            return np.zeros(len(self.vocabulario))
        cuenta = np.array([siguen.count(s) for s in self.vocabulario.simbolos])
        with np.errstate(divide="ignore"):
            return np.log(cuenta / len(siguen))


mal(
    3,
    "Da cada símbolo entero al modelo que más puso.",
    "(partes / partes.sum(axis=0))",
    "(partes == partes.max(axis=0))",
)


@mal(3)
def repartir(modelos, nombres, vocabulario, vueltas=50):
    """Reparte nombres y no símbolos."""
    p = np.array(
        [
            [np.exp(-np.sum(LIBRO.sorpresas(m, n, vocabulario))) for n in nombres]
            for m in modelos
        ]
    )
    pesos = np.full(len(modelos), 1 / len(modelos))
    for _ in range(vueltas):
        pesos = (pesos[:, None] * p / (pesos @ p)).mean(axis=1)
    return pesos


@bien(3)
def repartir(modelos, nombres, vocabulario, vueltas=50):
    """Símbolo por símbolo y en logaritmos, en una lista."""
    columnas = [
        c
        for n in nombres
        for c in zip(*(LIBRO.sorpresas(m, n, vocabulario) for m in modelos))
    ]
    log_pesos = [-np.log(len(modelos))] * len(modelos)
    for _ in range(vueltas):
        partes = [log_softmax(np.array(log_pesos) - np.array(c)) for c in columnas]
        log_pesos = np.log(np.mean(np.exp(partes), axis=0)).tolist()
    return np.exp(log_pesos)
