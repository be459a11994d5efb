# Extraído de libro/02-rnn.qmd
# Extraído de libro/07-lstm.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 0f2b89354965a328

"""El contrato: lo que contesta toda red del libro.

Se explica en los capítulos «Una red recurrente, a pie» y «La LSTM».
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike

from codigo.pizarron import Parametros


class Apagado(NamedTuple):
    """Por cuánto se multiplica cada parte de una red: cero si está apagada.

    Capítulo «Entrenar en serio», sección «Apagar para que no memorice».
    """

    entrada: np.ndarray  # (B, H), lo que cada letra aporta
    salida: np.ndarray  # (B, H), lo que se deja ver
    recurrente: np.ndarray  # como la matriz recurrente


class Red(ABC):
    """Una red es sus parámetros, y lo que contesta con ellos.

    ``NOMBRES`` dice cuáles tiene: la matriz de las letras, la recurrente y los demás.
    Capítulo «Una red recurrente, a pie», sección «Lo que contesta una red».
    """

    NOMBRES: ClassVar[tuple[str, ...]]
    parametros: Parametros

    @abstractmethod
    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
    ) -> None: ...

    # ⟨lo que contesta una red⟩
    @abstractmethod
    def estado_inicial(self, B: int) -> np.ndarray:
        """El estado de ``B`` nombres que todavía no empiezan: ceros."""

    @abstractmethod
    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y un estado a logitos ``(B, V)`` y el estado nuevo."""

    @abstractmethod
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Lee un lote hacia adelante y hacia atrás.

        Recibe ``entradas``, ``objetivos`` y ``mascara (T, B)`` y un estado. Devuelve la
        pérdida en nats, sumada donde la máscara es 1; su gradiente, con las claves de
        ``parametros``; y el estado final.
        """

    # ⟨guardarse y volver⟩
    @classmethod
    def con(cls, arreglos: Parametros) -> Self:
        """Una red con los parámetros que vengan entre esos arreglos."""
        red = cls.__new__(cls)
        red.parametros = {nombre: arreglos[nombre] for nombre in cls.NOMBRES}
        return red

    def guardar(self, ruta: str | Path) -> None:
        """Escribe los parámetros en un archivo ``.npz``."""
        np.savez(ruta, allow_pickle=False, **self.parametros)

    @classmethod
    def cargar(cls, ruta: str | Path) -> Self:
        """La red que se guardó en ``ruta``; no abre objetos de pickle."""
        with np.load(ruta, allow_pickle=False) as archivo:
            return cls.con(dict(archivo))


class ConCompuertas(Red):
    """Una red con una compuerta que conserva: nace con su sesgo en ``olvido``.

    Capítulo «La LSTM», sección «Una celda con compuertas».
    """

    @abstractmethod
    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
        olvido: float = 1.0,
    ) -> None: ...
