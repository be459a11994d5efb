# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 481ec19b28fc5ce1

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
import tokenize
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from io import StringIO
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
GUARDADO = Path("data/entrenado")
PAQUETE = Path(__file__).parents[1]


def fuentes(paquete: Path) -> dict[str, str]:
    """El texto de cada módulo de un paquete, por su nombre completo."""
    textos = {}
    for ruta in paquete.rglob("*.py"):
        partes = ruta.relative_to(paquete.parent).with_suffix("").parts
        nombre = ".".join(partes).removesuffix(".__init__")
        textos[nombre] = ruta.read_text(encoding="utf-8")
    return textos


@cache
def nombrados(texto: str) -> frozenset[tuple[str, str]]:
    """Lo que importa un texto en Python: de dónde, y qué."""
    pares = set[tuple[str, str]]()
    for nodo in ast.walk(ast.parse(texto)):
        if isinstance(nodo, ast.Import):
            pares |= {(uno.name, "") for uno in nodo.names}
        elif isinstance(nodo, ast.ImportFrom):
            pares |= {(str(nodo.module), uno.name) for uno in nodo.names}
    return frozenset(pares)


def importados(texto: str, modulos: dict[str, str]) -> set[str]:
    """Los módulos, de entre unos, que importa un texto en Python."""
    hallados: set[str] = set()
    for de, que in nombrados(texto):
        if f"{de}.{que}" in modulos:
            hallados.add(f"{de}.{que}")
        elif de == PAQUETE.name and que:
            hallados |= modulos.keys()
        else:
            hallados.add(de)
    return hallados & modulos.keys()


def en_cadena(texto: str, modulos: dict[str, str]) -> dict[str, str]:
    """Los módulos que importa un texto, y los que estos importan, con su texto."""
    usados, pendientes = dict[str, str](), importados(texto, modulos)
    while pendientes:
        if (uno := pendientes.pop()) not in usados:
            usados[uno] = modulos[uno]
            pendientes |= importados(usados[uno], modulos)
    return usados


CON_PROSA = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def sin_prosa(texto: str) -> str:
    """Un texto en Python sin comentarios, documentación ni renglones vacíos."""
    renglones, intactos = texto.splitlines(), set[int]()
    for pieza in tokenize.generate_tokens(StringIO(texto).readline):
        fila, columna = pieza.start
        intactos |= {*range(fila - 1, pieza.end[0] - 1)}
        if pieza.type == tokenize.COMMENT:
            renglones[fila - 1] = renglones[fila - 1][:columna]
    for nodo in ast.walk(ast.parse(texto)):
        if isinstance(nodo, CON_PROSA) and ast.get_docstring(nodo) is not None:
            dicho = nodo.body[0]
            suyos = slice(dicho.lineno - 1, dicho.end_lineno)
            solo = "\n".join(renglones[suyos]).strip()
            if solo == ast.get_source_segment(texto, dicho):
                intactos -= {*range(suyos.start, suyos.stop)}
                renglones[suyos] = [""] * (suyos.stop - suyos.start)
    limpios = (u if f in intactos else u.rstrip() for f, u in enumerate(renglones))
    return "\n".join(u for f, u in enumerate(limpios) if u or f in intactos)


@cache
def huella(funcion: Callable[..., Any]) -> str:
    """La huella de lo que hacen una función y los módulos de ``codigo`` que usa.

    Raises:
        ValueError: si no se halla el texto de la función.
    """
    modulos = fuentes(PAQUETE)
    propio, texto = funcion.__module__, modulos.get(funcion.__module__)
    if texto is None:
        try:
            texto = inspect.getsource(inspect.getmodule(funcion) or funcion)
        except (OSError, TypeError) as error:
            queja = f"no se puede recordar «{funcion.__name__}»: no se halla su texto"
            raise ValueError(queja) from error
    usados = {propio: texto, **en_cadena(texto, modulos)}
    hacen = sorted((nombre, sin_prosa(uno)) for nombre, uno in usados.items())
    return hashlib.sha256(json.dumps(hacen).encode()).hexdigest()


def llave(
    funcion: Callable[..., Any], posicionales: Sequence[Any], pedido: dict[str, Any]
) -> str:
    """De qué depende lo que dé una función: el nombre de su archivo, sin ``.npz``."""
    todo = [funcion.__qualname__, posicionales, pedido, huella(funcion)]
    suma = hashlib.sha256(json.dumps(todo, sort_keys=True).encode()).hexdigest()
    return f"{funcion.__name__}-{suma[:16]}"


BLAS = (
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
)


def aqui() -> Path:
    """La carpeta de lo que se entrena con estas versiones y esta álgebra lineal."""
    partes = [platform.python_version(), platform.machine(), np.__version__]
    if CERRADURA.is_file():
        partes.append(hashlib.sha256(CERRADURA.read_bytes()).hexdigest())
    partes += [f"{cual}={os.environ.get(cual, '')}" for cual in BLAS]
    suma = hashlib.sha256(json.dumps(partes).encode()).hexdigest()
    return MEMORIA / f"{os.environ.get('DESDE') or 'aqui'}-{suma[:8]}"


def _rutas(nombre: str) -> list[Path]:
    desde_cero = os.environ.get("DESDE") == "cero"
    carpetas = [aqui()] if desde_cero else [aqui(), GUARDADO]
    return [carpeta / f"{nombre}.npz" for carpeta in carpetas]


def recordar(
    funcion: Callable[..., dict[str, np.ndarray]], *posicionales: Any, **pedido: Any
) -> dict[str, np.ndarray]:
    """Lo que devuelve una función, leído de lo guardado si ya se calculó.

    La llave incluye la función, lo que se le pide (que debe poder escribirse en JSON)
    y los módulos de ``codigo`` que usa; lo que se calcula aquí se guarda, además, por
    versiones y álgebra lineal.
    """
    propia, *otras = _rutas(llave(funcion, posicionales, pedido))
    if hecho := next(filter(None, map(_leer, [propia, *otras])), None):
        return al_doble(hecho)
    with _candado(propia):
        if (hecho := _leer(propia)) is None:
            hecho = a_la_mitad(funcion(*posicionales, **pedido))
            guardar_arreglos(propia, hecho)
    return al_doble(hecho)


def _leer(ruta: Path) -> dict[str, np.ndarray] | None:
    try:
        return cargar_arreglos(ruta) if ruta.is_file() else None
    except ValueError as error:
        print(f"{error}; se calcula de nuevo", file=sys.stderr)
        if GUARDADO not in ruta.parents:
            ruta.unlink()
        return None


MITADES = {"float64": "float32", "float32": "float16"}
DOBLES = {mitad: entero for entero, mitad in MITADES.items()}


def a_la_mitad(arreglos: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Los arreglos, con la mitad de sus bits."""
    return {
        n: a.astype(MITADES.get(str(a.dtype), a.dtype)) for n, a in arreglos.items()
    }


def al_doble(arreglos: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Los arreglos que pasaron por ``a_la_mitad``, con el tipo que tenían."""
    return {n: a.astype(DOBLES.get(str(a.dtype), a.dtype)) for n, a in arreglos.items()}


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
    nombres = [llave(funcion, posicionales, pedido) for pedido in pedidos]
    if sum(not any(map(Path.is_file, _rutas(nombre))) for nombre in nombres) > 1:
        contexto = get_context("spawn")
        with ProcessPoolExecutor(
            os.cpu_count(), contexto, initializer=morir_con_el_padre
        ) as reparto:
            tareas = [
                reparto.submit(recordar, funcion, *posicionales, **p) for p in pedidos
            ]
            return [tarea.result() for tarea in tareas]
    return [recordar(funcion, *posicionales, **p) for p in pedidos]
