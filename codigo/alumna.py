# Extraído de libro/12-alumna.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 97fc31595755b57c

"""Aprender de lo que otra red esperaba en cada letra, y no de la letra que salió.

Se explica en el capítulo «Una alumna de seis maestras».
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.corrida import Corrida, Receta
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo, clasificar
from codigo.generacion import generar
from codigo.lotes import Lote, hacer_lote

Leccion = dict[str, np.ndarray]


def dictar(
    maestra: Modelo, nombres: Iterable[str], vocabulario: Vocabulario
) -> Leccion:
    """Lo que la maestra esperaba en cada lugar de cada nombre, ``(letras + 1, V)``.

    Capítulo «Una alumna de seis maestras», sección «Dictar».
    """
    leccion: Leccion = {}
    distintos = sorted(set(nombres), key=lambda nombre: (len(nombre), nombre))
    for inicio in range(0, len(distintos), 1024):
        tanda = distintos[inicio : inicio + 1024]
        entradas = hacer_lote(tanda, vocabulario).entradas
        estado = maestra.estado_inicial(len(tanda))
        esperadas = np.empty((*entradas.shape, len(vocabulario)), np.float16)
        for x, aqui in zip(entradas, esperadas):
            logitos, estado = maestra.paso(x, estado)
            aqui[...] = np.exp(log_softmax(logitos))
        for b, nombre in enumerate(tanda):
            leccion[nombre] = esperadas[: len(nombre) + 1, b].copy()
    return leccion


def sin_terminar(leccion: Leccion, estudiados: Iterable[str]) -> None:
    """Quita de la lección la esperanza de que un nombre estudiado termine ahí.

    Capítulo «Una alumna de seis maestras», sección «Sin copiar».
    """
    vistos = set(estudiados)
    for nombre, esperadas in leccion.items():
        for k in range(1, len(nombre) + 1):
            if nombre[:k] in vistos:
                resto = esperadas[k].astype(np.float32)
                resto[0] = 0
                esperadas[k] = resto / resto.sum()


def inventar_leccion(
    maestra: Modelo,
    vocabulario: Vocabulario,
    cuantos: int,
    estudiados: Sequence[str],
    rng: np.random.Generator,
) -> Leccion:
    """Nombres que la maestra inventa y no copió, con lo que esperaba en cada letra.

    Capítulo «Una alumna de seis maestras», sección «Sin copiar».
    """
    inventados = generar(maestra, vocabulario, cuantos, rng)
    clases = clasificar(inventados, estudiados, ())
    suyos = [nombre for nombre, clase in zip(inventados, clases) if clase == "nuevo"]
    leccion = dictar(maestra, suyos, vocabulario)
    sin_terminar(leccion, estudiados)
    return leccion


class Alumna(Corrida):
    """Una corrida en que lo que debe salir no es una letra, sino lo que dice la lección.

    Capítulo «Una alumna de seis maestras», sección «La alumna».
    """

    def __init__(
        self,
        receta: Receta,
        leccion: Leccion,
        validacion: Sequence[str],
        vocabulario: Vocabulario,
    ) -> None:
        super().__init__(receta, list(leccion), validacion, vocabulario)
        self.leccion = leccion

    # ⟨poner lo que se espera⟩
    def _lotes(self) -> Iterator[Lote]:
        for lote in super()._lotes():
            esperadas = np.zeros(
                (*lote.mascara.shape, len(self.vocabulario)), np.float32
            )
            for b, letras in enumerate(lote.objetivos.T):
                suyas = self.leccion[self.vocabulario.decodificar(letras)]
                esperadas[: len(suyas), b] = suyas
            yield lote._replace(objetivos=esperadas)
