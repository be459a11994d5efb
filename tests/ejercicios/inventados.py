"""Soluciones ajenas del capítulo «Los municipios que no existen»."""

import math
from difflib import SequenceMatcher
from itertools import combinations

import numpy as np

from codigo.activaciones import log_softmax
from codigo.generacion import generar
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Cuenta los repetidos.", "sorted(set(nombres))", "nombres")


@mal(1)
def masa(modelo, nombres, vocabulario):
    """Genera y cuenta, en vez de calcular."""
    inventados = generar(modelo, vocabulario, 2000, np.random.default_rng(0))
    return np.mean([nombre in set(nombres) for nombre in inventados])


@mal(1)
def masa(modelo, nombres, vocabulario):
    """Olvida el FIN: da la probabilidad de que el nombre empiece así."""
    total = 0.0
    for nombre in set(nombres):
        estado, anterior, nats = modelo.estado_inicial(1), 0, 0.0
        for actual in vocabulario.codificar(nombre):
            logitos, estado = modelo.paso(np.array([anterior]), estado)
            nats, anterior = nats - log_softmax(logitos[0])[actual], actual
        total += np.exp(-nats)
    return total


@bien(1)
def masa(modelo, nombres, vocabulario):
    """Multiplica, letra por letra, y se acuerda de los que ya vio."""
    vistos, total = [], 0
    for nombre in nombres:
        if nombre in vistos:
            continue
        vistos.append(nombre)
        estado, p, leido = modelo.estado_inicial(1), 1.0, [0]
        for actual in [*vocabulario.codificar(nombre), 0]:
            y, estado = modelo.paso(np.array(leido[-1:]), estado)
            p *= np.exp(y[0, actual]) / np.exp(y[0]).sum()
            leido.append(actual)
        total += p
    return total


mal(
    2,
    "Pega los nombres: vale un pedazo de dos.",
    "(lista), ",
    "(lista).replace(chr(10), ''), ",
)
mal(
    2,
    "Solo mira los principios.",
    "for i in range(fin) for j in range(i + 1, fin + 1)",
    "for i in [0] for j in range(i + 1, fin + 1)",
)
mal(
    2,
    "De los igual de largos se queda con el último.",
    "max((p for p in pedazos if p in todos)",
    "max(reversed([p for p in pedazos if p in todos])",
)
mal(2, "No distingue mayúsculas.", "if p in todos", "if p.lower() in todos.lower()")


@bien(2)
def pedazo_copiado(nombre, lista):
    """Nombre por nombre, con el comparador de la biblioteca estándar."""
    hallados = [(0, 0)]
    for otro in lista:
        comparador = SequenceMatcher(None, nombre, otro, autojunk=False)
        igual = comparador.find_longest_match(0, len(nombre), 0, len(otro))
        hallados.append((igual.size, -igual.a))
    largo, lugar = max(hallados)
    return nombre[-lugar : largo - lugar]


mal(
    3,
    "Cuenta cada pareja dos veces de un lado.",
    "math.comb(veces, 2)",
    "veces * (veces - 1)",
)
mal(
    3,
    "Cada nombre hace pareja consigo mismo.",
    "return math.comb(len(inventados), 2)",
    "return len(inventados) ** 2 / 2",
)


@mal(3)
def cuantos_sabe(inventados):
    """Cuenta nombres repetidos y no parejas."""
    repetidos = len(inventados) - len(set(inventados))
    return math.comb(len(inventados), 2) / repetidos if repetidos else math.inf


@bien(3)
def cuantos_sabe(inventados):
    """Mira todas las parejas."""
    iguales = [a == b for a, b in combinations(inventados, 2)]
    return len(iguales) / sum(iguales) if any(iguales) else float("inf")


@mal(4)
class MezclaDeNombres:
    """A todos les cree siempre lo mismo."""

    def __init__(self, modelos, pesos, vocabulario):
        self.modelos, self.pesos = modelos, pesos

    def estado_inicial(self, B):
        return tuple(modelo.estado_inicial(B) for modelo in self.modelos)

    def paso(self, indices, estado):
        pares = [m.paso(indices, uno) for m, uno in zip(self.modelos, estado)]
        p = [w * np.exp(log_softmax(y)) for w, (y, _) in zip(self.pesos, pares)]
        return np.log(np.sum(p, axis=0)), tuple(nuevo for _, nuevo in pares)


mal(
    4,
    "Empieza creyéndoles igual, sin ver los pesos.",
    "np.log(self.pesos)[:, None, None]",
    "np.log(0 * self.pesos + 0.5)[:, None, None]",
)
mal(4, "Promedia los logaritmos.", "reduce(np.logaddexp, nuevas)", "sum(nuevas)")


@bien(4)
class MezclaDeNombres:
    """Cada nombre lleva su cuenta aparte, en una lista, y las creencias suman uno."""

    def __init__(self, modelos, pesos, vocabulario):
        self.modelos, self.pesos = list(modelos), list(pesos)

    def estado_inicial(self, B):
        return [
            (self.pesos, [m.estado_inicial(1) for m in self.modelos], None)
            for _ in range(B)
        ]

    def paso(self, indices, estado):
        hechos = [self._uno(int(i), *de) for i, de in zip(indices, estado)]
        return np.array([y for y, _ in hechos]), [nuevo for _, nuevo in hechos]

    def _uno(self, indice, creencias, estados, antes):
        if antes is not None:
            creencias = [w * p[indice] for w, p in zip(creencias, antes)]
        pares = [m.paso(np.array([indice]), e) for m, e in zip(self.modelos, estados)]
        ps = [np.exp(log_softmax(y[0])) for y, _ in pares]
        creencias = np.array(creencias) / sum(creencias)
        return np.log(creencias @ ps), (creencias, [e for _, e in pares], ps)
