"""Soluciones ajenas del capítulo «El generador»."""

import numpy as np

from codigo.activaciones import log_softmax
from tests.ejercicios import de, libro

bien, mal = de(__name__)
LIBRO = libro("generador")

mal(1, "Olvida la mitad.", ".sum() / 2", ".sum()")
mal(1, "Solo ve la letra en que más difieren.", ".sum() / 2", ".max()")
mal(
    1,
    "No lee el FIN con que se empieza.",
    "(0, *vocabulario.codificar(prefijo))",
    "vocabulario.codificar(prefijo) if prefijo else [0]",
)


@bien(1)
def desacuerdo(uno, otro, prefijo, vocabulario):
    """Uno menos lo que tienen en común."""
    p, q = (LIBRO.siguientes(modelo, prefijo, vocabulario) for modelo in (uno, otro))
    return 1 - sum(map(min, p, q))


mal(2, "Deja fuera el que completa la masa.", "antes < masa", "antes + p <= masa")
mal(2, "Si ya la juntó exacta, deja uno más.", "antes < masa", "antes <= masa")
mal(
    2,
    "Corta sobre lo recibido.",
    "cortados = np.empty_like(logitos)",
    "cortados = logitos",
)


@mal(2)
def sin_cola(logitos, masa):
    """Deja todos los empatados en el corte, aunque sobren."""
    cortados = LIBRO.sin_cola(logitos, masa)
    menor = np.where(np.isfinite(cortados), cortados, np.inf).min(axis=1, keepdims=True)
    return np.where(logitos >= menor, logitos, -np.inf)


@bien(2)
def sin_cola(logitos, masa):
    """Renglón por renglón, sacando de uno en uno; los empates, del último al primero."""
    cortados = np.full(logitos.shape, -np.inf)
    for renglon, y in zip(cortados, logitos):
        p = np.exp(y - y.max())
        p /= p.sum()
        faltan, junta = list(range(len(y))), 0.0
        while junta < masa and faltan:
            mayor = max(reversed(faltan), key=lambda i: p[i])
            faltan.remove(mayor)
            junta, renglon[mayor] = junta + p[mayor], y[mayor]
    return cortados


mal(
    3,
    "Corta los decimales en vez de redondear.",
    "np.rint((peso - menor) / escalon)",
    "((peso - menor) / escalon)",
)
mal(3, "Hace 256 escalones.", ") / 255 or 1.0", ") / 256 or 1.0")
mal(
    3,
    "El cero de los bytes vale cero.",
    "return menor + escalon * bytes_",
    "return escalon * bytes_",
)


@bien(3)
def en_ocho_bits(peso):
    """Busca el valor más cercano entre los 256."""
    valores = np.linspace(peso.min(), peso.max(), 256)
    cual = np.abs(np.ravel(peso)[:, None] - valores).argmin(axis=1)
    en_bytes = cual.astype(np.uint8).reshape(peso.shape)
    return en_bytes, valores[0], (valores[-1] - valores[0]) / 255


mal(4, "Devuelve nats.", "float(np.exp(-nats))", "float(nats)")


@mal(4)
def mas_probables(modelo, vocabulario, cuantos):
    """De cada largo abre solo el principio más probable."""
    leido, p_leido, hallados = "", 1.0, []
    for _ in range(4 * cuantos):
        p = p_leido * LIBRO.siguientes(modelo, leido, vocabulario)
        hallados.append((leido, p[0]))
        mejor = 1 + p[1:].argmax()
        leido, p_leido = leido + vocabulario.simbolos[mejor], p[mejor]
    return sorted(hallados, key=lambda par: -par[1])[:cuantos]


@mal(4)
def mas_probables(modelo, vocabulario, cuantos):
    """Los ordena por lo que sorprenden por letra: prefiere los largos."""
    hallados = LIBRO.mas_probables(modelo, vocabulario, 10 * cuantos)
    por_letra = sorted(hallados, key=lambda par: -(par[1] ** (1 / (len(par[0]) + 1))))
    return por_letra[:cuantos]


@bien(4)
def mas_probables(modelo, vocabulario, cuantos):
    """A fondo por cada rama, con un piso que baja hasta que alcanzan."""

    def recorrer(leido, p, indice, estado):
        logitos, estado = modelo.paso(np.array([indice]), estado)
        for i, q in enumerate(p * np.exp(log_softmax(logitos[0]))):
            if q >= piso and i == 0:
                hallados.append((leido, q))
            elif q >= piso:
                recorrer(leido + vocabulario.simbolos[i], q, i, estado)

    piso, hallados = 1.0, []
    while len(hallados) < cuantos:
        piso, hallados = piso / 4, []
        recorrer("", 1.0, 0, modelo.estado_inicial(1))
    return sorted(hallados, key=lambda par: par[1], reverse=True)[:cuantos]
