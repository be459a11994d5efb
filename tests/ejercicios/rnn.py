"""Soluciones ajenas del capítulo «Una red recurrente, a pie»."""

import numpy as np

from codigo.lotes import Lote, rellenar
from codigo.pizarron import adelante, atras, un_paso
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Divide entre lo que se movió a un lado.", "(2 * delta)", "delta")
mal(1, "Solo avanza.", "(delta, -delta)", "(2 * delta, 0)")


@mal(1)
def derivada(p, entradas, objetivos, h, nombre, posicion, delta=1e-5):
    """Mueve el peso y lo regresa sumando y restando: queda el redondeo."""
    peso, perdidas = p[nombre], []
    for cuanto in (delta, -2 * delta):
        peso[posicion] += cuanto
        perdidas.append(adelante(p, entradas, objetivos, h)[0])
    peso[posicion] += delta
    return (perdidas[0] - perdidas[1]) / (2 * delta)


@bien(1)
def derivada(p, entradas, objetivos, h, nombre, posicion, delta=1e-5):
    """Mueve el peso en su lugar, pero guarda su valor."""
    peso = p[nombre]
    valor = peso[posicion]
    peso[posicion] = valor + delta
    arriba, *_ = adelante(p, entradas, objetivos, h)
    peso[posicion] = valor - delta
    abajo, *_ = adelante(p, entradas, objetivos, h)
    peso[posicion] = valor
    return (arriba - abajo) / delta / 2


mal(2, "No toca los objetivos.", "= objetivos[mascara == 0] =", "=")


@mal(2)
def rellenar_con(codificados, relleno):
    """Cambia todos los FIN, también los que sí cuentan."""
    entradas, objetivos, mascara, _ = rellenar(codificados)
    entradas[entradas == 0] = objetivos[objetivos == 0] = relleno
    return Lote(entradas, objetivos, mascara)


@bien(2)
def rellenar_con(codificados, relleno):
    """Un nombre a la vez, con listas."""
    T = max(map(len, codificados)) + 1
    entradas, objetivos, mascara = [], [], []
    for letras in map(list, codificados):
        sobra = T - len(letras) - 1
        entradas.append([0, *letras, *[relleno] * sobra])
        objetivos.append([*letras, 0, *[relleno] * sobra])
        mascara.append([1.0] * (T - sobra) + [0.0] * sobra)
    return Lote(*(np.array(x).T for x in (entradas, objetivos, mascara)))


mal(3, "Olvida que la matriz también apuesta.", 'g["Wxh"] += ', "")
mal(3, "Se queda nada más con lo de la salida.", 'g["Wxh"] += ', 'g["Wxh"] = ')


@bien(3)
def gradiente_atado(p, entradas, objetivos, h):
    """La cuenta completa a mano, de regreso, sin «atras»."""
    W, Whh = p["Wxh"], p["Whh"]
    perdida, estados, ps = adelante({**p, "Why": W.T}, entradas, objetivos, h)
    g, futuro = {n: 0 * x for n, x in p.items()}, 0 * h
    for t in range(len(entradas) - 1, -1, -1):
        dy = ps[t] - np.eye(len(W))[objetivos[t]]
        dz = (dy @ W + futuro) * (1 - estados[t + 1] ** 2)
        g["Wxh"] += dy[:, None] * estados[t + 1]
        g["Wxh"][entradas[t]] += dz
        g["Whh"] += estados[t][:, None] * dz
        g["bh"], g["by"], futuro = g["bh"] + dz, g["by"] + dy, Whh @ dz
    return perdida, g


mal(
    4,
    "Olvida que el peso ya había movido el estado.",
    "directo + cambio @",
    "directo + 0 *",
)
mal(4, "Olvida la pendiente de la tangente.", " * (1 - h**2)", "")


@mal(4)
def sin_volver(p, entradas, objetivos, h):
    """Vuelve."""
    _, *leido = adelante(p, entradas, objetivos, h)
    return atras(p, entradas, objetivos, *leido)["Whh"]


@mal(4)
def sin_volver(p, entradas, objetivos, h):
    """Vuelve, a mano, con todos los estados en una matriz."""
    h, T = np.vstack([h, np.zeros((len(entradas), len(h)))]), len(entradas)
    dys = np.zeros((T, len(p["by"])))
    for t in range(T):
        h[t + 1], y = un_paso(p, entradas[t], h[t])
        dys[t] = np.exp(y) / np.exp(y).sum()
        dys[t, objetivos[t]] -= 1
    g, futuro = np.zeros_like(p["Whh"]), 0 * h[0]
    for t in reversed(range(T)):
        dz = (p["Why"] @ dys[t] + futuro) * (1 - h[t + 1] ** 2)
        g, futuro = g + np.outer(h[t], dz), p["Whh"] @ dz
    return g


@bien(4)
def sin_volver(p, entradas, objetivos, h):
    """Cada peso lleva aparte su cuenta, con los índices a la vista."""
    H = len(h)
    g, cambio = np.zeros((H, H)), np.zeros((H, H, H))
    for t in range(len(entradas)):
        antes = h
        h, y = un_paso(p, entradas[t], h)
        apuesta = np.exp(y) / np.exp(y).sum()
        apuesta[objetivos[t]] -= 1
        nuevo = np.einsum("ijk,kl->ijl", cambio, p["Whh"])
        for j in range(H):
            nuevo[:, j, j] += antes
        cambio = nuevo * (1 - h * h)
        g += np.einsum("ijk,kv,v->ij", cambio, p["Why"], apuesta)
    return g
