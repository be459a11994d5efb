# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: bb7c5d6b3abd3e8e

"""Guardar y recuperar arreglos sin dejar nunca un archivo a medias.

Se explica en el capítulo «Una red recurrente, a pie», sección «Recordar lo entrenado».
"""

import hashlib
import json
import os
import platform
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

MEMORIA = Path(".cache/entrenamientos")


def guardar_arreglos(ruta: str | Path, arreglos: dict[str, np.ndarray]) -> None:
    """Escribe unos arreglos en un ``.npz``, o lo escribe completo o no lo escribe."""
    ruta = Path(ruta)
    ruta.parent.mkdir(parents=True, exist_ok=True)
    temporal = ruta.with_name(f".{ruta.name}.{os.getpid()}.tmp")
    try:
        with temporal.open("wb") as archivo:
            np.savez(archivo, allow_pickle=False, **arreglos)
            archivo.flush()
            os.fsync(archivo.fileno())
        os.replace(temporal, ruta)
    finally:
        temporal.unlink(missing_ok=True)


def cargar_arreglos(ruta: str | Path) -> dict[str, np.ndarray]:
    """Lee los arreglos de un ``.npz``; se niega a abrir objetos de pickle.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si está dañado, o no es un ``.npz`` de arreglos.
    """
    try:
        with np.load(ruta, allow_pickle=False) as archivo:
            return dict(archivo)
    except (ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{ruta} está dañado o no es un .npz de arreglos") from error


def recordar(
    funcion: Callable[..., dict[str, np.ndarray]], *posicionales: Any, **pedido: Any
) -> dict[str, np.ndarray]:
    """Lo que devuelve una función de ``codigo``, leído de la memoria si ya se calculó.

    La llave incluye la función, lo que se le pide (que debe poder escribirse en JSON),
    todo ``codigo/`` y las versiones de Python y NumPy.
    """
    partes = [funcion.__qualname__, posicionales, pedido, _huella()]
    llave = hashlib.sha256(json.dumps(partes, sort_keys=True).encode()).hexdigest()[:16]
    ruta = MEMORIA / f"{funcion.__name__}-{llave}.npz"
    if not ruta.is_file():
        guardar_arreglos(ruta, funcion(*posicionales, **pedido))
    return cargar_arreglos(ruta)


def _huella() -> list[str]:
    suma = hashlib.sha256()
    for modulo in sorted(Path(__file__).parent.glob("*.py")):
        suma.update(modulo.read_bytes())
    return [
        suma.hexdigest(),
        platform.python_version(),
        platform.machine(),
        np.__version__,
    ]
