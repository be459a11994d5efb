"""Soluciones ajenas del capítulo «La red original, tal cual»."""

from itertools import islice, pairwise

import numpy as np

from codigo.lotes import Lote, tramos
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Olvida la última iteración.", " + 1\n", "\n")
mal(
    1,
    "Redondea hacia arriba: no pasa de la fracción exacta.",
    "floor(math.log(fraccion) / math.log(0.999)) + 1",
    "ceil(math.log(fraccion) / math.log(0.999))",
)
mal(
    1,
    "Confunde lo que queda con lo que se pierde.",
    "math.log(0.999)",
    "math.log(0.001)",
)


@bien(1)
def cuanto_tarda(fraccion):
    """Multiplica hasta que ya pesa menos."""
    pesa, cuantas = 0.999, 1
    while pesa >= fraccion:
        pesa, cuantas = 0.999 * pesa, cuantas + 1
    return cuantas


mal(
    2,
    "Cuenta la primera vuelta.",
    "perdidas[vuelta : completas * vuelta].reshape(completas - 1, ",
    "perdidas[: completas * vuelta].reshape(completas, ",
)
mal(2, "No resta la media.", " - perfil.mean()", "")
mal(
    2,
    "Toma la mediana de las vueltas.",
    "vueltas.mean(axis=0)",
    "np.median(vueltas, axis=0)",
)
mal(
    2,
    "Tira siempre la última vuelta.",
    "len(perdidas) // vuelta",
    "(len(perdidas) - 1) // vuelta",
)


@bien(2)
def ola(perdidas, vuelta):
    """Vuelta por vuelta, sumando lo que se aparta de la media de cada una."""
    suma, cuantas = np.zeros(vuelta), 0
    for inicio in range(vuelta, len(perdidas) - vuelta + 1, vuelta):
        una = np.array(perdidas[inicio : inicio + vuelta])
        suma, cuantas = suma + una - una.mean(), cuantas + 1
    return suma / cuantas


mal(
    3,
    "Van en orden.",
    "rng.permutation((len(indices) - 1) // T)",
    "range((len(indices) - 1) // T)",
)


@mal(3)
def tramos_barajados(indices, T, rng):
    """Empieza cada tramo donde caiga: se enciman y se saltan letras."""
    for _ in range((len(indices) - 1) // T):
        inicio = rng.integers(len(indices) - T)
        ventana = indices[inicio : inicio + T + 1, None]
        yield Lote(ventana[:-1], ventana[1:], np.ones((T, 1)))


@mal(3)
def tramos_barajados(indices, T, rng):
    """Da vueltas sin fin, como «tramos»."""
    while True:
        for cual in rng.permutation((len(indices) - 1) // T):
            ventana = indices[cual * T : (cual + 1) * T + 1, None]
            yield Lote(ventana[:-1], ventana[1:], np.ones((T, 1)))


mal(
    3,
    "Dice que el tramo continúa el anterior.",
    "np.ones((T, 1)))",
    "np.ones((T, 1)), True)",
)


@bien(3)
def tramos_barajados(indices, T, rng):
    """En una lista: los de siempre, barajados y sin seguir a nadie."""
    largo = np.append(indices, np.zeros(T, indices.dtype))
    todos = list(islice(tramos(largo, T), (len(indices) - 1) // T))
    rng.shuffle(orden := list(range(len(todos))))
    return [todos[i]._replace(sigue=False) for i in orden]


mal(
    4,
    "Olvida el estado en cada tramo.",
    "_, gradientes, estado = red",
    "_, gradientes, _ = red",
)
mal(
    4,
    "Promedia los tramos.",
    "suma[nombre] += g",
    "suma[nombre] += g * T / (len(indices) - 1)",
)
mal(
    4,
    "Tira el último tramo si es más corto.",
    "len(indices) - 1, T)",
    "len(indices) - T, T)",
)


@bien(4)
def gradiente_cortado(red, indices, T):
    """Primero lee todo letra por letra y luego le pregunta a cada tramo."""
    letras, estados = np.array(indices)[:, None], [red.estado_inicial(1)]
    for letra in letras[:-1]:
        estados.append(red.paso(letra, estados[-1])[1])
    cortes = [*range(0, len(letras) - 1, T), len(letras) - 1]
    partes = []
    for a, b in pairwise(cortes):
        unos = np.ones((b - a, 1))
        leido = letras[a:b], letras[a + 1 : b + 1], estados[a], unos
        partes.append(red.perdida_y_gradientes(*leido)[1])
    return {n: np.sum([parte[n] for parte in partes], axis=0) for n in red.NOMBRES}
