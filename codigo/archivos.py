# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: a5ab4289263f2b60

"""Guardar y recuperar arreglos sin dejar nunca un archivo a medias.

Se explica en el capítulo «Una red recurrente, a pie», sección «Recordar lo entrenado».
"""

import hashlib
import json
import os
import platform
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
    with temporal.open("wb") as archivo:
        np.savez(archivo, allow_pickle=False, **arreglos)
    os.replace(temporal, ruta)


def cargar_arreglos(ruta: str | Path) -> dict[str, np.ndarray]:
    """Lee los arreglos de un ``.npz``; se niega a abrir objetos de pickle."""
    with np.load(ruta, allow_pickle=False) as archivo:
        return dict(archivo)


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
