# Extraído de libro/taller-modelos.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 23b37b756c4faaf3

"""Puntos de control: un entrenamiento que se interrumpe y sigue como si nada.

Se explica en el apéndice «Modelos en disco», sección «Puntos de control».
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from codigo.corrida import Corrida, correr
from codigo.taller.archivos import cargar_arreglos, guardar_arreglos

FORMATO = 3


def identidad(corrida: Corrida) -> str:
    """La huella de la receta y de los nombres de una corrida."""
    entrenamiento, validacion = corrida.partes
    quien = [FORMATO, asdict(corrida.receta), corrida.vocabulario.simbolos]
    quien += [*entrenamiento, 0, *validacion]
    return hashlib.sha256(json.dumps(quien).encode()).hexdigest()


def guardar_punto(ruta: Path, corrida: Corrida) -> None:
    """Escribe en un ``.npz`` el estado completo de una corrida."""
    de_quien = {"identidad": np.array(identidad(corrida))}
    guardar_arreglos(ruta, {**corrida.estado(), **de_quien})


def volver_al_punto(ruta: Path, corrida: Corrida) -> None:
    """Deja una corrida como estaba cuando se guardó el punto.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si está dañado, o es de otra receta o de otros nombres.
    """
    guardado = cargar_arreglos(ruta)
    if str(guardado.pop("identidad", "")) != identidad(corrida):
        raise ValueError(
            "el punto de control es de otra receta o de otros nombres, "
            "o de otra versión de este programa"
        )
    corrida.restaurar(guardado)


def correr_con_punto(corrida: Corrida, punto: Path) -> Iterator[Corrida]:
    """Da las épocas que falten y avisa de cada una, ya guardado su punto de control."""
    if punto.is_file():
        volver_al_punto(punto, corrida)
    for _ in correr(corrida):
        guardar_punto(punto, corrida)
        yield corrida
