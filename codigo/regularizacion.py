# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: a1e00e0389d1f285

"""Lo que evita que la red memorice: apagar neuronas y promediar pesos.

Se explica en el capítulo «Entrenar en serio».
"""

from typing import Any, NamedTuple

import numpy as np

Arreglos = dict[str, np.ndarray]


class Apagado(NamedTuple):
    """Por cuánto se multiplica cada cosa: cero si está apagada, algo más de uno si no.

    Lo que vale ``None`` se deja como está.

    Capítulo «Entrenar en serio», sección «Apagar para que no memorice».
    """

    entrada: np.ndarray | None  # (B, H), lo que cada letra aporta
    salida: np.ndarray | None  # (B, H), lo que se deja ver
    recurrente: np.ndarray | None  # como la matriz recurrente


class Apagador:
    """Una red que en cada lote lee con partes apagadas al azar.

    ``tasas`` son las fracciones que se apagan de entrada, de salida y de recurrencia.
    Capítulo «Entrenar en serio», sección «Apagar para que no memorice».
    """

    def __init__(
        self, red: Any, tasas: tuple[float, float, float], rng: np.random.Generator
    ) -> None:
        self.red, self.tasas, self.rng = red, tasas, rng
        self.parametros: Arreglos = red.parametros
        self.estado_inicial = red.estado_inicial

    def perdida_y_gradientes(
        self, entradas: np.ndarray, objetivos: np.ndarray, estado: Any, mascara: Any
    ) -> tuple[float, Arreglos, Any]:
        """La pérdida y los gradientes de la red con un ``Apagado`` nuevo."""
        apagado = self.sortear(entradas.shape[1])
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

    def _factores(self, tasa: float, forma: tuple[int, int]) -> np.ndarray | None:
        if not tasa:
            return None
        quedan = self.rng.random(forma, dtype=np.float32) >= tasa
        return (quedan / (1 - tasa)).astype(self.parametros["by"].dtype)


class Promedio:
    """Promedio de los pesos que decae; ``d = 0`` es quedarse con los últimos.

    Capítulo «Entrenar en serio», sección «Apagar para que no memorice».
    """

    def __init__(self, parametros: Arreglos, d: float) -> None:
        self.d, self.parametros = d, {n: p.copy() for n, p in parametros.items()}

    def sumar(self, parametros: Arreglos, paso: int) -> None:
        """Agrega los pesos que quedaron después del ``paso``, contado desde cero."""
        d = min(self.d, (1 + paso) / (10 + paso))
        for nombre, p in parametros.items():
            self.parametros[nombre] += (1 - d) * (p - self.parametros[nombre])
