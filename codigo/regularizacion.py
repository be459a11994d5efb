# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: bc345f54d2f525b3

"""Lo que evita que la red memorice: apagar neuronas y promediar pesos.

Se explica en el capítulo «Entrenar en serio».
"""

import numpy as np

from codigo.pizarron import Parametros
from codigo.red import Apagado, Red


class Apagador(Red):
    """Una red que en cada lote lee con partes apagadas al azar.

    ``tasas`` son las fracciones que se apagan de entrada, de salida y de recurrencia.
    Capítulo «Entrenar en serio», sección «Apagar para que no memorice».
    """

    def __init__(
        self, red: Red, tasas: tuple[float, float, float], rng: np.random.Generator
    ) -> None:
        self.red, self.tasas, self.rng = red, tasas, rng
        self.parametros = red.parametros

    # ⟨contestar como la red⟩
    def estado_inicial(self, B: int) -> np.ndarray:
        """El de la red."""
        return self.red.estado_inicial(B)

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """El de la red, sin nada apagado: solo se apaga al entrenar."""
        return self.red.paso(indices, estado)

    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Los de la red con un ``Apagado`` nuevo, o con el que se le dé."""
        apagado = apagado or self.sortear(entradas.shape[1])
        return self.red.perdida_y_gradientes(
            entradas, objetivos, estado, mascara, apagado
        )

    # ⟨sortear lo que se apaga⟩
    def sortear(self, B: int) -> Apagado:
        """Un ``Apagado`` para un lote de ``B`` nombres."""
        recurrente = self.parametros[self.red.NOMBRES[1]]
        celdas = (B, len(recurrente))
        formas = (celdas, celdas, recurrente.shape)
        return Apagado(*map(self._factores, self.tasas, formas))

    def _factores(self, tasa: float, forma: tuple[int, int]) -> np.ndarray:
        tipo = self.parametros["by"].dtype
        if not tasa:
            return np.ones(forma, tipo)
        quedan = self.rng.random(forma, dtype=np.float32) >= tasa
        return (quedan / (1 - tasa)).astype(tipo)


class Promedio:
    """Promedio de los pesos que decae; ``d = 0`` es quedarse con los últimos.

    Capítulo «Entrenar en serio», sección «Apagar para que no memorice».
    """

    def __init__(self, parametros: Parametros, d: float) -> None:
        self.d, self.parametros = d, {n: p.copy() for n, p in parametros.items()}

    def sumar(self, parametros: Parametros, paso: int) -> None:
        """Agrega los pesos que quedaron después del ``paso``, contado desde cero."""
        d = min(self.d, (1 + paso) / (10 + paso))
        for nombre, p in parametros.items():
            self.parametros[nombre] += (1 - d) * (p - self.parametros[nombre])
