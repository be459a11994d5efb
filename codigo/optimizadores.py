# Extraído de libro/02-rnn.qmd
# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 601c117309c2eba8

"""Cómo se mueven los pesos cuando ya se tiene el gradiente.

Se explica en los capítulos «Una red recurrente, a pie» y «Entrenar en serio».
"""

from typing import Protocol

import numpy as np

Arreglos = dict[str, np.ndarray]


class Optimizador(Protocol):
    """Lo que cualquier optimizador sabe hacer, y lo que recuerda."""

    tasa: float
    memoria: Arreglos

    def actualizar(self, parametros: Arreglos, gradientes: Arreglos) -> None:
        """Mueve los parámetros, en su lugar, un paso contra el gradiente."""
        ...


class Adagrad:
    """Descenso con una tasa propia para cada peso, que solo puede bajar."""

    def __init__(self, tasa: float, epsilon: float = 1e-8) -> None:
        self.tasa, self.epsilon = tasa, epsilon
        self.memoria: Arreglos = {}

    def actualizar(self, parametros: Arreglos, gradientes: Arreglos) -> None:
        """Mueve los parámetros, en su lugar, un paso contra el gradiente."""
        for nombre, g in gradientes.items():
            m = self.memoria.setdefault(nombre, np.zeros_like(g))
            m += g * g
            parametros[nombre] -= self.tasa * g / np.sqrt(m + self.epsilon)


def recortar(gradientes: Arreglos, limite: float) -> None:
    """Deja cada componente entre ``-limite`` y ``limite``, en su lugar."""
    for g in gradientes.values():
        np.clip(g, -limite, limite, out=g)


class AdamW:
    """Descenso con inercia, tasa propia para cada peso y decaimiento de las matrices.

    Capítulo «Entrenar en serio», ecuación de Adam.
    """

    def __init__(
        self,
        tasa: float,
        decaimiento: float = 0.0,
        betas: tuple[float, float] = (0.9, 0.99),
        epsilon: float = 1e-8,
        factores: dict[str, float] | None = None,
    ) -> None:
        self.tasa, self.decaimiento, self.betas = tasa, decaimiento, betas
        self.epsilon, self.factores = epsilon, factores or {}
        self.memoria: Arreglos = {"pasos": np.zeros((), dtype=np.int64)}

    # ⟨dar un paso de Adam⟩
    def actualizar(self, parametros: Arreglos, gradientes: Arreglos) -> None:
        """Mueve los parámetros, en su lugar; los gradientes quedan inservibles."""
        self.memoria["pasos"] += 1
        (b1, b2), n = self.betas, int(self.memoria["pasos"])
        raiz = ((1 - b2**n) / (1 - b2)) ** 0.5
        eta, epsilon = self.tasa * (1 - b1) / (1 - b1**n) * raiz, self.epsilon * raiz
        for nombre in gradientes:
            p, g = parametros[nombre], gradientes[nombre]
            if nombre not in self.memoria:
                self.memoria[nombre] = np.zeros((2, *g.shape), g.dtype)
            m, v = self.memoria[nombre]
            if p.ndim > 1 and self.decaimiento:
                p *= 1 - self.tasa * self.decaimiento
            m *= b1
            m += g
            g *= g
            v *= b2
            v += g
            np.sqrt(v, out=g)
            g += epsilon
            np.divide(m, g, out=g)
            g *= eta * self.factores.get(nombre, 1.0)
            p -= g


def recortar_norma(gradientes: Arreglos, limite: float) -> None:
    """Acorta, en su lugar, el gradiente completo para que no mida más de ``limite``."""
    norma = sum(float(np.vdot(g, g)) for g in gradientes.values()) ** 0.5
    if norma > limite:
        for g in gradientes.values():
            np.multiply(g, limite / norma, out=g)


def calendario(avance: float, calentamiento: float = 0.05) -> float:
    """Fracción de la tasa que toca cuando va ese ``avance``, de 0 a 1.

    Capítulo «Entrenar en serio», sección «AdamW: moverse con inercia».
    """
    if avance < calentamiento:
        return (avance + 0.01) / (calentamiento + 0.01)
    resto = (avance - calentamiento) / (1 - calentamiento)
    return 0.02 + 0.98 * float(1 + np.cos(np.pi * min(resto, 1.0))) / 2
