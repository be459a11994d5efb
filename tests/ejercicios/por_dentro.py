"""Soluciones ajenas del capítulo «Por dentro»."""

import unicodedata
from itertools import takewhile

import numpy as np

from codigo.evaluacion import nats_por_nombre, nats_por_simbolo
from codigo.rnn import RNN
from tests.ejercicios import de, libro

bien, mal = de(__name__)
LIBRO = libro("por_dentro")

mal(1, "Toma la «y» por vocal.", "[aeiou", "[aeiouy")
mal(1, "Olvida la diéresis.", "úü ", "ú ")
mal(1, "Olvida las mayúsculas.", "leido.lower()", "leido")
mal(1, "El espacio no empieza otra cuenta.", "úü ]", "úü]")


@mal(1)
def sin_vocal(leido, resto):
    """Cuenta todas las consonantes de la palabra."""
    return sum(letra not in "aeiouáéíóúü" for letra in leido.lower().split(" ")[-1])


@bien(1)
def sin_vocal(leido, resto):
    """De atrás para adelante y sin acentos."""
    pelado = unicodedata.normalize("NFD", leido[::-1]).casefold()
    letras = [letra for letra in pelado if not unicodedata.combining(letra)]
    return sum(1 for _ in takewhile(lambda letra: letra not in "aeiou ", letras))


mal(2, "Cambia la original.", "peso.copy()", "peso")
mal(2, "Olvida el sesgo.", '("Wxh", "Whh", "bh")', '("Wxh", "Whh")')


@mal(2)
def sin_unidad(red, unidad):
    """Corta lo que sale de la unidad, y ella sigue valiendo algo."""
    otra = RNN.con({nombre: peso.copy() for nombre, peso in red.parametros.items()})
    otra.parametros["Whh"][unidad] = otra.parametros["Why"][unidad] = 0
    return otra


@mal(2)
def sin_unidad(red, unidad):
    """La quita de verdad: queda una red con una unidad menos."""
    p, H = red.parametros, len(red.parametros["bh"])
    quedan = np.delete(np.arange(H), unidad)
    chica = {"Wxh": p["Wxh"][:, quedan], "Whh": p["Whh"][np.ix_(quedan, quedan)]}
    return RNN.con({**p, **chica, "bh": p["bh"][quedan], "Why": p["Why"][quedan]})


@bien(2)
def sin_unidad(red, unidad):
    """Multiplica por una diagonal, y de paso borra lo que sale."""
    p, D = red.parametros, np.eye(len(red.parametros["bh"]))
    D[unidad, unidad] = 0
    entra = {"Wxh": p["Wxh"] @ D, "Whh": D @ p["Whh"] @ D, "bh": p["bh"] @ D}
    return RNN.con({**entra, "Why": D @ p["Why"], "by": +p["by"]})


mal(
    3,
    "Al revés: lo que baja.",
    "np.array(nats[1:]) - nats[0]",
    "nats[0] - np.array(nats[1:])",
)
mal(3, "Por nombre y no por símbolo.", "/ simbolos", "/ len(nombres)")
mal(
    3,
    "Olvida los FIN en la cuenta de símbolos.",
    "len(nombre) + 1 for",
    "len(nombre) for",
)


@mal(3)
def cuanto_duele(red, nombres, vocabulario):
    """Promedia lo que sube por símbolo en cada nombre, sea corto o largo."""
    letras = np.array([len(nombre) + 1 for nombre in nombres])
    antes = nats_por_nombre(red, nombres, vocabulario) / letras
    redes = [LIBRO.sin_unidad(red, u) for u in range(len(red.parametros["bh"]))]
    despues = [nats_por_nombre(una, nombres, vocabulario) / letras for una in redes]
    return np.mean(despues - antes, axis=1)


@bien(3)
def cuanto_duele(red, nombres, vocabulario):
    """Una por una, con la medida del primer capítulo, en una lista vuelta arreglo."""
    duele, antes = [], nats_por_simbolo(red, nombres, vocabulario)
    for unidad in range(len(red.parametros["bh"])):
        p = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
        p["Why"][unidad] = 0
        p["Whh"][unidad] = 0
        duele.append(nats_por_simbolo(RNN.con(p), nombres, vocabulario) - antes)
    return np.array(duele)


mal(
    4,
    "Voltea renglones y columnas.",
    "return sorpresas[:, :T] - sorpresas[:, T:]",
    "return (sorpresas[:, :T] - sorpresas[:, T:]).T",
)
mal(
    4,
    "No resta lo que ya sorprendía.",
    "return sorpresas[:, :T] - sorpresas[:, T:]",
    "return sorpresas[:, :T]",
)
mal(
    4,
    "Lee mal una letra y todas las que siguen.",
    "np.fill_diagonal(lecturas, vocabulario.codificar(con)[0])",
    "lecturas[:, :T][np.tril_indices(T)] = vocabulario.codificar(con)[0]",
)


@bien(4)
def borrones(red, nombre, vocabulario, con):
    """De uno en uno, y solo lo que viene después de lo que se leyó mal."""
    (otra,), letras = vocabulario.codificar(con), vocabulario.codificar(nombre)
    leidas, objetivos = [0, *letras], [*letras, 0]

    def nats(leidas):
        estado, cada = red.estado_inicial(1), []
        for leida, objetivo in zip(leidas, objetivos):
            y, estado = red.paso(np.array([leida]), estado)
            cada.append(np.log(np.exp(y[0] - y[0, objetivo]).sum()))
        return np.array(cada)

    bien, sube = nats(leidas), np.zeros((len(leidas), len(leidas)))
    for s in range(len(leidas)):
        sube[s:, s] = (nats([*leidas[:s], otra, *leidas[s + 1 :]]) - bien)[s:]
    return sube
