# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 977fc1f590f46db3

"""Soluciones del capítulo «Entrenar en serio»."""

import numpy as np

from codigo.optimizadores import Arreglos, calendario
from codigo.pizarron import Parametros
from codigo.red import Apagado
from codigo.regularizacion import Apagador, Promedio


def con_reinicios(avance: float, veces: int) -> float:
    """Fracción de la tasa con ese ``avance``, de 0 a 1, con varios enfriamientos."""
    return calendario(avance * veces % 1 if avance < 1 else 1.0)


def cuanto_pesa_cada_paso(d: float, pasos: int) -> np.ndarray:
    """Fracciones ``(pasos + 1,)`` que suman 1; la primera es la de los iniciales."""
    unos = np.eye(pasos + 1)
    promedio = Promedio({"fracción": unos[0]}, d)
    for paso in range(pasos):
        promedio.sumar({"fracción": unos[paso + 1]}, paso)
    return promedio.parametros["fracción"]


class Lion:
    """Descenso con inercia en que todos los pesos se mueven lo mismo."""

    def __init__(self, tasa: float, betas: tuple[float, float] = (0.9, 0.99)) -> None:
        self.tasa, self.betas = tasa, betas
        self.memoria: Arreglos = {}

    def actualizar(self, parametros: Arreglos, gradientes: Arreglos) -> None:
        """Mueve los parámetros, en su lugar, un paso contra el gradiente."""
        b1, b2 = self.betas
        for nombre, g in gradientes.items():
            m = self.memoria.setdefault(nombre, np.zeros_like(g))
            parametros[nombre] -= self.tasa * np.sign(b1 * m + (1 - b1) * g)
            m += (1 - b2) * (g - m)


class PorLetra(Apagador):
    """Un ``Apagador`` cuya entrada parpadea: se sortea otra vez en cada letra."""

    def sortear_letras(self, T: int, B: int) -> Apagado:
        """Un ``Apagado`` con la entrada sorteada letra por letra, ``(T, B, H)``."""
        apagado = self.sortear(B)
        forma = apagado.entrada.shape
        por_letra = [self._factores(self.tasas[0], forma) for _ in range(T)]
        return apagado._replace(entrada=np.array(por_letra))

    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """La pérdida y los gradientes de la red con un apagado por letra."""
        apagado = apagado or self.sortear_letras(*entradas.shape)
        return self.red.perdida_y_gradientes(
            entradas, objetivos, estado, mascara, apagado
        )
