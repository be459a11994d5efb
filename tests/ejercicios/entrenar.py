"""Soluciones ajenas del capítulo «Entrenar en serio»."""

import numpy as np

from codigo.optimizadores import calendario
from codigo.red import Apagado
from codigo.regularizacion import Apagador
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Al terminar vuelve a empezar.", " if avance < 1 else 1.0", "")
mal(
    1,
    "Da una sola ronda más rápida y se queda abajo.",
    "avance * veces % 1 if avance < 1 else 1.0",
    "min(avance * veces, 1.0)",
)


@mal(1)
def con_reinicios(avance, veces):
    """Sin calentamiento: solo el coseno."""
    resto = avance * veces % 1 if avance < 1 else 1.0
    return 0.02 + 0.98 * (1 + np.cos(np.pi * resto)) / 2


@bien(1)
def con_reinicios(avance, veces):
    """Busca su ronda, de la última a la primera."""
    for ronda in range(veces - 1, -1, -1):
        if avance * veces >= ronda:
            return calendario(avance * veces - ronda)
    return calendario(0)


mal(2, "Cuenta desde el paso uno.", "range(pasos):", "range(1, pasos):")


@mal(2)
def cuanto_pesa_cada_paso(d, pasos):
    """Con la misma d desde el principio."""
    edades = np.arange(pasos, -1, -1)
    return np.where(edades == pasos, 1, 1 - d) * float(d) ** edades


@mal(2)
def cuanto_pesa_cada_paso(d, pasos):
    """Al revés: el primero pesa lo que debía el último."""
    ds = [min(d, (1 + paso) / (10 + paso)) for paso in range(pasos)]
    suyos = [1.0]
    for una in ds:
        suyos = [una * x for x in suyos] + [1 - una]
    return np.array(suyos[::-1])


@bien(2)
def cuanto_pesa_cada_paso(d, pasos):
    """La fórmula: lo que entró por todo lo que se conservó después."""
    n = np.arange(pasos)
    ds = np.minimum(d, (1 + n) / (10 + n))
    despues = np.append(np.cumprod(ds[::-1])[::-1], 1)
    return np.append(1, 1 - ds) * despues


mal(3, "Cruza las betas.", "b1, b2 = self", "b2, b1 = self")
mal(
    3,
    "Deja los arreglos viejos como estaban.",
    "parametros[nombre] -= self.tasa",
    "parametros[nombre] = parametros[nombre] - self.tasa",
)
mal(
    3,
    "Da pasos según el tamaño del gradiente.",
    "np.sign(b1 * m + (1 - b1) * g)",
    "(b1 * m + (1 - b1) * g)",
)


@mal(3)
class Lion:
    """Actualiza la memoria antes de moverse."""

    def __init__(self, tasa, betas=(0.9, 0.99)):
        self.tasa, self.betas, self.memoria = tasa, betas, {}

    def actualizar(self, parametros, gradientes):
        b1, b2 = self.betas
        for nombre, g in gradientes.items():
            m = self.memoria.setdefault(nombre, np.zeros_like(g))
            m += (1 - b2) * (g - m)
            parametros[nombre] -= self.tasa * np.sign(b1 * m + (1 - b1) * g)


@mal(3)
class Lion:
    """Recuerda fuera de «memoria»."""

    def __init__(self, tasa, betas=(0.9, 0.99)):
        self.tasa, self.betas, self.memoria, self.m = tasa, betas, {}, {}

    def actualizar(self, parametros, gradientes):
        b1, b2 = self.betas
        for nombre, g in gradientes.items():
            m = self.m.get(nombre, 0 * g)
            parametros[nombre] -= self.tasa * np.sign(b1 * m + (1 - b1) * g)
            self.m[nombre] = b2 * m + (1 - b2) * g


@bien(3)
class Lion:
    """Con otros nombres en la memoria y el signo a mano."""

    def __init__(self, tasa, betas=(0.9, 0.99)):
        self.memoria = {}
        self.tasa, (self.b1, self.b2) = tasa, betas

    def actualizar(self, parametros, gradientes):
        for nombre, g in gradientes.items():
            m = self.memoria.get("m." + nombre, np.zeros(g.shape))
            hacia = self.b1 * m + (1 - self.b1) * g
            parametros[nombre][hacia > 0] -= self.tasa
            parametros[nombre][hacia < 0] += self.tasa
            self.memoria["m." + nombre] = self.b2 * m + (1 - self.b2) * g


mal(
    4,
    "Todas las letras con el mismo sorteo.",
    "for _ in range(T)]",
    "for _ in range(1)] * T",
)
mal(
    4,
    "Todos los nombres con el mismo sorteo.",
    "self._factores(self.tasas[0], forma) for",
    "np.tile(self._factores(self.tasas[0], (1, forma[1])), (B, 1)) for",
)
mal(
    4,
    "Olvida crecer lo que no se apaga.",
    "por_letra = [self._factores(self.tasas[0], forma)",
    "por_letra = [self._factores(self.tasas[0], forma) > 0",
)
mal(4, "Apaga la entrada con la tasa de la salida.", "self.tasas[0]", "self.tasas[1]")


@bien(4)
class PorLetra(Apagador):
    """Sortea para T veces más nombres y reparte la entrada."""

    def sortear(self, B):
        entrada, salida, recurrente = super().sortear(B * self.T)
        return Apagado(entrada.reshape(self.T, B, -1), salida[:B], recurrente)

    def perdida_y_gradientes(self, entradas, *lo_demas):
        self.T = len(entradas)
        return super().perdida_y_gradientes(entradas, *lo_demas)
