# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 9cc1d4b2afcbf65d

"""Lo que comparten todas las redes: sus parámetros, guardarlos y cargarlos.

Se explica en el capítulo «Una red recurrente, a pie», sección «Recordar lo entrenado».
"""

from pathlib import Path
from typing import Self

import numpy as np

from codigo.archivos import cargar_arreglos, guardar_arreglos


class Red:
    """Una red es sus parámetros; ``NOMBRES`` dice cuáles tiene."""

    NOMBRES: tuple[str, ...]
    parametros: dict[str, np.ndarray]

    def guardar(self, ruta: str | Path) -> None:
        """Escribe los parámetros en un ``.npz``."""
        guardar_arreglos(ruta, self.parametros)

    @classmethod
    def cargar(cls, ruta: str | Path) -> Self:
        """La red que se guardó en ``ruta``."""
        return cls.con(cargar_arreglos(ruta))

    @classmethod
    def con(cls, arreglos: dict[str, np.ndarray]) -> Self:
        """Una red con los parámetros que vengan entre esos arreglos."""
        red = cls.__new__(cls)
        red.parametros = {nombre: arreglos[nombre] for nombre in cls.NOMBRES}
        return red
