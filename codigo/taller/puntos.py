# Extraído de libro/taller-modelos.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 01a00bc86d4d0567

"""Puntos de control: un entrenamiento que se interrumpe y sigue como si nada.

Se explica en el apéndice «Modelos en disco», sección «Puntos de control».
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from codigo.corrida import Corrida, Receta, correr
from codigo.taller.archivos import cargar_arreglos, guardar_arreglos

FORMATO = 3


def identidad(corrida: Corrida) -> str:
    """La huella de la receta y de los nombres de una corrida."""
    entrenamiento, validacion = corrida.partes
    quien = [FORMATO, asdict(corrida.receta), corrida.vocabulario.simbolos]
    quien += [*entrenamiento, 0, *validacion]
    return hashlib.sha256(json.dumps(quien).encode()).hexdigest()


def guardar_punto(ruta: Path, corrida: Corrida) -> None:
    """Escribe en un ``.npz`` el estado completo de una corrida, y su receta."""
    receta = np.array(json.dumps(asdict(corrida.receta)))
    de_quien = {"identidad": np.array(identidad(corrida)), "receta": receta}
    guardar_arreglos(ruta, {**corrida.estado(), **de_quien})


def receta_de(ruta: Path) -> Receta:
    """La receta con que empezó el entrenamiento de un punto de control.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si no es un punto de control, o está dañado.
    """
    try:
        return Receta(**json.loads(str(cargar_arreglos(ruta)["receta"])))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        queja = "está dañado o no es un entrenamiento a medias de este programa"
        raise ValueError(f"{ruta} {queja}: escoge otra salida") from error


def volver_al_punto(ruta: Path, corrida: Corrida) -> None:
    """Deja una corrida como estaba cuando se guardó el punto.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si está dañado, o es de otra receta o de otros nombres.
    """
    guardado = cargar_arreglos(ruta)
    guardado.pop("receta", None)
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


@contextmanager
def a_solas(punto: Path) -> Iterator[None]:
    """Que nadie más entrene con este punto mientras tanto.

    Raises:
        ValueError: si alguien ya lo está haciendo.
    """
    cual = hashlib.sha256(str(punto.resolve()).encode(errors="replace")).hexdigest()
    candado = Path(gettempdir()) / f"redes-{cual[:16]}.candado"
    with closing(sqlite3.connect(":memory:", timeout=0)) as base:
        try:
            base.execute("ATTACH ? AS candado", [str(candado)])
            base.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                queja = f"otro entrenamiento está usando {punto} en este momento"
                raise ValueError(
                    f"{queja}: espera a que acabe, o escoge otra salida"
                ) from error
        try:
            yield
        finally:
            base.close()
            with suppress(OSError):
                candado.unlink()
