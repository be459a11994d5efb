"""Soluciones ajenas del capítulo «La LSTM aprende municipios»."""

import numpy as np

from codigo.activaciones import log_softmax, sigmoide
from codigo.lstm import activar
from codigo.rnn import RNN
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Cuenta el relleno.", " & (lote.mascara > 0)", "")
mal(
    1,
    "Devuelve la candidata en vez de la de salida.",
    "compuertas[:, :3]",
    "compuertas[:, [0, 1, 3]]",
)
mal(
    1,
    "Mira lo que sigue y no lo que lee.",
    "lote.entradas == indice",
    "lote.objetivos == indice",
)


@mal(1)
def apertura(red, nombres, vocabulario, letra):
    """Promedia promedios: cada nombre pesa igual, la lleve una vez o cuatro."""
    todas = []
    for nombre in nombres:
        suyas, estado = [], red.estado_inicial(1)
        for i, simbolo in zip([0, *vocabulario.codificar(nombre)], "\n" + nombre):
            z = red.parametros["Wx"][[i]] + estado[0] @ red.parametros["Wh"]
            if simbolo == letra:
                suyas.append(activar(z + red.parametros["b"])[:3, 0].mean(axis=1))
            _, estado = red.paso(np.array([i]), estado)
        todas += [np.mean(suyas, axis=0)] if suyas else []
    return np.mean(todas, axis=0)


@bien(1)
def apertura(red, nombres, vocabulario, letra):
    """Nombre por nombre, sin lotes."""
    p, H = red.parametros, len(red.parametros["Why"])
    suma, veces = np.zeros(3), 0
    for nombre in nombres:
        h, c = np.zeros((2, H))
        for i, simbolo in zip([0, *vocabulario.codificar(nombre)], "\n" + nombre):
            z = (p["Wx"][i] + h @ p["Wh"] + p["b"]).reshape(4, H)
            entra, olvida, sale = sigmoide(z[:3])
            if simbolo == letra:
                suma, veces = suma + sigmoide(z[:3]).sum(axis=1), veces + H
            c = olvida * c + entra * np.tanh(z[3])
            h = sale * np.tanh(c)
    return suma / veces


mal(
    2,
    "Cada letra se encoge también con su propio olvido.",
    "np.vstack([f[1:], np.ones_like(f[:1])])",
    "f",
)
mal(2, "Olvida que se olvida.", "return i * g * queda", "return i * g")
mal(
    2,
    "Encoge de atrás para adelante.",
    "np.cumprod(lo_que_sigue[::-1], axis=0)[::-1]",
    "np.cumprod(lo_que_sigue, axis=0)",
)
mal(
    2,
    "No lee el FIN con que se empieza.",
    "[0, *vocabulario.codificar(nombre)]",
    "[*vocabulario.codificar(nombre)]",
)


@bien(2)
def aportes(red, nombre, vocabulario):
    """Va leyendo: encoge lo que hay y agrega lo nuevo, que es lo que falta."""
    partes, estado, p = [], red.estado_inicial(1), red.parametros
    for i in (0, *vocabulario.codificar(nombre)):
        z = p["Wx"][[i]] + estado[0] @ p["Wh"] + p["b"]
        olvido = activar(z)[1, 0]
        anterior, (_, estado) = estado[1, 0], red.paso(np.array([i]), estado)
        partes = [parte * olvido for parte in partes]
        partes.append(estado[1, 0] - olvido * anterior)
    return np.array(partes)


mal(3, "Olvida el atajo de regreso.", "futuro = a * dh + ", "futuro = ")
mal(
    3,
    "Conserva lo que debía cambiar.",
    "self.conserva * estado + (1 - self.conserva) * nuevo",
    "(1 - self.conserva) * estado + self.conserva * nuevo",
)
mal(
    3,
    "Apuesta con la tangente y no con lo que quedó.",
    'return h @ self.parametros["Why"]',
    'return nuevo @ self.parametros["Why"]',
)
mal(3, "No frena la corrección de la tangente.", "dz[t] = (1 - a) * dh", "dz[t] = dh")
mal(
    3,
    "Siempre en 64 bits.",
    "super().__init__(V, H, rng, dtype, escala)",
    "super().__init__(V, H, rng, escala=escala)",
)


@bien(3)
class ConFuga(RNN):
    """Con la cuenta de regreso en función de lo que cambió, una letra a la vez."""

    def __init__(self, V, H, rng, conserva, dtype=float, escala=0.01):
        self.a = np.dtype(dtype).type(conserva)
        super().__init__(V, H, rng, dtype, escala)

    def paso(self, indices, estado):
        nuevo = super().paso(indices, estado)[1]
        h = nuevo + self.a * (estado - nuevo)
        return h @ self.parametros["Why"] + self.parametros["by"], h

    def perdida_y_gradientes(self, entradas, objetivos, estado, mascara, apagado=None):
        p, a, perdida, leido = self.parametros, self.a, 0.0, []
        B, g = np.arange(len(estado)), {n: 0 * x for n, x in p.items()}
        for x, objetivo, m in zip(entradas, objetivos, mascara):
            logitos, h = self.paso(x, estado)
            logp = log_softmax(logitos)
            perdida -= (logp[B, objetivo] * m).sum()
            dy = (np.exp(logp) - np.eye(len(p["by"]))[objetivo]) * m[:, None]
            leido.append((x, estado, h, dy))
            estado = h
        dh = 0 * estado
        for x, antes, h, dy in reversed(leido):
            dh = dh + dy @ p["Why"].T
            tangente = np.tanh(p["Wxh"][x] + antes @ p["Whh"] + p["bh"])
            dz = dh * (1 - a) * (1 + tangente) * (1 - tangente)
            g["Why"], g["by"] = g["Why"] + h.T @ dy, g["by"] + dy.sum(axis=0)
            g["Whh"], g["bh"] = g["Whh"] + antes.T @ dz, g["bh"] + dz.sum(axis=0)
            np.add.at(g["Wxh"], x, dz)
            dh = dh * a + dz @ p["Whh"].T
        return perdida, g, estado
