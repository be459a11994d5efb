# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 3083e4212ac71c1a

"""Recordar en disco lo que devuelve una función mientras no cambie nada de lo que usa.

Se explica en el apéndice «Recordar lo entrenado».
"""

import ast
import hashlib
import inspect
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from codigo.taller.archivos import cargar_arreglos, guardar_arreglos
from codigo.taller.procesos import morir_con_el_padre

# ⟨importar el candado⟩
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

MEMORIA, CERRADURA = Path(".cache/entrenamientos"), Path("requisitos.lock")
PAQUETE = Path(__file__).parents[1]


def fuentes() -> dict[str, str]:
    """El texto de cada módulo del paquete, por su nombre completo."""
    textos = {}
    for ruta in PAQUETE.rglob("*.py"):
        partes = ruta.relative_to(PAQUETE.parent).with_suffix("").parts
        nombre = ".".join(partes).removesuffix(".__init__")
        textos[nombre] = ruta.read_text(encoding="utf-8")
    return textos


def importados(texto: str, modulos: dict[str, str]) -> set[str]:
    """Los módulos, de entre unos, que importa un texto en Python."""
    hallados: set[str] = set()
    for nodo in ast.walk(ast.parse(texto)):
        if isinstance(nodo, ast.Import):
            hallados |= {uno.name for uno in nodo.names}
        elif isinstance(nodo, ast.ImportFrom):
            nombres = {f"{nodo.module}.{uno.name}" for uno in nodo.names}
            hallados |= nombres
            if not nombres <= modulos.keys():
                de_donde_sea = nodo.module == PAQUETE.name
                hallados |= modulos.keys() if de_donde_sea else {str(nodo.module)}
    return hallados & modulos.keys()


@cache
def huella(funcion: Callable[..., Any]) -> str:
    """La huella del texto de una función y de los módulos de ``codigo`` que usa.

    Raises:
        ValueError: si no se halla el texto de la función.
    """
    modulos = fuentes()
    pendientes, usados = [funcion.__module__], dict[str, str]()
    if funcion.__module__ not in modulos:
        try:
            usados["fuera"] = inspect.getsource(inspect.getmodule(funcion) or funcion)
        except OSError as error:
            queja = f"no se puede recordar «{funcion.__name__}»: no se halla su texto"
            raise ValueError(queja) from error
        pendientes = sorted(importados(usados["fuera"], modulos))
    while pendientes:
        if (uno := pendientes.pop()) not in usados:
            usados[uno] = modulos[uno]
            pendientes += importados(usados[uno], modulos)
    return hashlib.sha256(json.dumps(sorted(usados.items())).encode()).hexdigest()


BLAS = (
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def circunstancias() -> list[str]:
    """De qué más dependen los números: las versiones y el álgebra lineal en uso."""
    versiones = [platform.python_version(), platform.machine(), np.__version__]
    if CERRADURA.is_file():
        versiones.append(hashlib.sha256(CERRADURA.read_bytes()).hexdigest())
    return [*versiones, *(f"{cual}={os.environ.get(cual, '')}" for cual in BLAS)]


def _donde(
    funcion: Callable[..., Any], posicionales: Sequence[Any], pedido: dict[str, Any]
) -> Path:
    partes = [funcion.__qualname__, posicionales, pedido]
    todo = json.dumps([*partes, huella(funcion), circunstancias()], sort_keys=True)
    llave = hashlib.sha256(todo.encode()).hexdigest()[:16]
    return MEMORIA / f"{funcion.__name__}-{llave}.npz"


def recordar(
    funcion: Callable[..., dict[str, np.ndarray]], *posicionales: Any, **pedido: Any
) -> dict[str, np.ndarray]:
    """Lo que devuelve una función, leído de la memoria si ya se calculó.

    La llave incluye la función, lo que se le pide (que debe poder escribirse en JSON),
    los módulos de ``codigo`` que usa, las versiones y el álgebra lineal en uso.
    """
    ruta = _donde(funcion, posicionales, pedido)
    if (hecho := _leer(ruta)) is None:
        with _candado(ruta):
            if (hecho := _leer(ruta)) is None:
                guardar_arreglos(ruta, funcion(*posicionales, **pedido))
                hecho = cargar_arreglos(ruta)
    return hecho


def _leer(ruta: Path) -> dict[str, np.ndarray] | None:
    try:
        return cargar_arreglos(ruta) if ruta.is_file() else None
    except ValueError as error:
        print(f"{error}; se calcula de nuevo", file=sys.stderr)
        ruta.unlink(missing_ok=True)
        return None


@contextmanager
def _candado(ruta: Path) -> Iterator[None]:
    ruta.parent.mkdir(parents=True, exist_ok=True)
    with ruta.with_suffix(".candado").open("wb") as archivo:
        if fcntl is not None:
            fcntl.flock(archivo, fcntl.LOCK_EX)
        yield


def recordar_varios(
    funcion: Callable[..., dict[str, np.ndarray]],
    *posicionales: Any,
    pedidos: Sequence[dict[str, Any]],
) -> list[dict[str, np.ndarray]]:
    """``recordar`` con cada pedido; los que falten se reparten entre los núcleos."""
    if sum(not _donde(funcion, posicionales, p).is_file() for p in pedidos) > 1:
        contexto = get_context("spawn")
        with ProcessPoolExecutor(
            os.cpu_count(), contexto, initializer=morir_con_el_padre
        ) as reparto:
            tareas = [
                reparto.submit(recordar, funcion, *posicionales, **p) for p in pedidos
            ]
            return [tarea.result() for tarea in tareas]
    return [recordar(funcion, *posicionales, **p) for p in pedidos]
