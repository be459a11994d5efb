"""Soluciones ajenas del capítulo «De una letra a un lote»."""

import numpy as np

from codigo.activaciones import log_softmax
from codigo.evaluacion import nats_por_nombre
from codigo.generacion import elegir
from codigo.lotes import rellenar
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Los dos llegan a infinito.", "[-200, -201]", "[200, 201]")
mal(1, "En 64 bits caben.", "100], np.float32", "100], np.float64")
mal(1, "El segundo se salva con el cero.", "[-200, -201]", "[-200, 0]")


@bien(1)
def dos_desbordes():
    """Una sola matriz, con muchos símbolos."""
    return np.array([np.linspace(-50, 90, 30), np.full(30, -150.0)]).astype("float32")


mal(2, "No baraja.", "rng.permutation(", "np.array(")
mal(2, "Olvida los FIN.", "len(letras) + 1 for", "len(letras) for")
mal(2, "Ordena todos los nombres y no cada montón.", "rng.permutation(", "np.sort(")


@mal(2)
def relleno_con_montones(codificados, B, cuantos, rng):
    """Promedia la fracción de cada lote, aunque uno quede incompleto."""
    largos, fracciones = rng.permutation([len(x) + 1 for x in codificados]), []
    for inicio in range(0, len(largos), cuantos * B):
        monton = np.sort(largos[inicio : inicio + cuantos * B])
        lotes = [monton[i : i + B] for i in range(0, len(monton), B)]
        fracciones += [1 - lote.mean() / lote.max() for lote in lotes]
    return np.mean(fracciones)


@bien(2)
def relleno_con_montones(codificados, B, cuantos, rng):
    """Arma los lotes de verdad y cuenta sus máscaras."""
    rng.shuffle(quedan := list(codificados))
    unos = lugares = 0
    while quedan:
        monton, quedan = sorted(quedan[: B * cuantos], key=len), quedan[B * cuantos :]
        while monton:
            lote, monton = rellenar(monton[:B]), monton[B:]
            unos, lugares = unos + lote.mascara.sum(), lugares + lote.mascara.size
    return (lugares - unos) / lugares


@mal(3)
def sumar_rachas(letras, dz, V):
    """Con lo prohibido."""
    suma = np.zeros((V, dz.shape[1]))
    np.add.at(suma, letras, dz)
    return suma


@mal(3)
def sumar_rachas(letras, dz, V):
    """De las letras repetidas guarda una sola."""
    suma = np.zeros((V, dz.shape[1]))
    suma[letras] += dz
    return suma


@mal(3)
def sumar_rachas(letras, dz, V):
    """A la letra que no sale le pone el renglón de la siguiente."""
    orden = np.argsort(letras, kind="stable")
    inicios = np.searchsorted(letras[orden], np.arange(V))
    return np.add.reduceat(dz[orden], np.minimum(inicios, len(dz) - 1), axis=0)


@bien(3)
def sumar_rachas(letras, dz, V):
    """Cuenta con pesos, columna por columna."""
    columnas = [np.bincount(letras, columna, minlength=V) for columna in dz.T]
    return np.transpose(columnas)


@mal(4)
def nats_sin_relleno(modelo, nombres, vocabulario):
    """Lee el relleno y no lo cuenta."""
    return nats_por_nombre(modelo, nombres, vocabulario)


@mal(4)
def nats_sin_relleno(modelo, nombres, vocabulario):
    """Lee cada nombre por su lado."""
    return np.concatenate([nats_por_nombre(modelo, [n], vocabulario) for n in nombres])


mal(4, "No lee el FIN.", "mascara[vivos] > 0", "objetivos[vivos] > 0")


@bien(4)
def nats_sin_relleno(modelo, nombres, vocabulario):
    """Los acomoda del más largo al más corto y los va soltando por la cola."""
    simbolos = [[0, *vocabulario.codificar(n), 0] for n in nombres]
    orden = sorted(range(len(nombres)), key=lambda i: -len(simbolos[i]))
    estado, nats = modelo.estado_inicial(len(orden)), [0.0] * len(orden)
    for t in range(len(simbolos[orden[0]]) - 1):
        quedan = [i for i in orden if len(simbolos[i]) > t + 1]
        estado = elegir(estado, np.arange(len(orden)) < len(quedan))
        orden = quedan
        x = np.array([simbolos[i][t] for i in orden])
        logitos, estado = modelo.paso(x, estado)
        for i, logp in zip(orden, log_softmax(logitos)):
            nats[i] -= logp[simbolos[i][t + 1]]
    return nats
