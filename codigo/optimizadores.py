# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 3217db51bd060418

"""Cómo se mueven los pesos cuando ya se tiene el gradiente.

Se explica en el capítulo «Una red recurrente, a pie», sección «Dar el paso».
"""

import numpy as np

Arreglos = dict[str, np.ndarray]


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
