# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 7107f5a89e3754d2

"""Guardar y recuperar arreglos sin dejar nunca un archivo a medias.

Se explica en el capítulo «Una red recurrente, a pie», sección «Recordar lo entrenado».
"""

import hashlib
import json
import os
import platform
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

try:
    import fcntl
except ImportError:  # Windows: sin candado, a lo más se entrena dos veces lo mismo
    fcntl = None  # type: ignore[assignment]

MEMORIA = Path(".cache/entrenamientos")


@contextmanager
def entero_o_nada(ruta: Path) -> Iterator[Path]:
    """Un archivo temporal que al final, si nada falla, toma el nombre de ``ruta``."""
    temporal = ruta.with_name(f".{ruta.name}.{os.getpid()}.tmp")
    try:
        _borrar_abandonados(ruta)
        yield temporal
        os.replace(temporal, ruta)
    except OSError as error:
        error.filename = str(ruta)
        raise
    finally:
        with suppress(OSError):
            temporal.unlink()


def guardar_arreglos(ruta: str | Path, arreglos: dict[str, np.ndarray]) -> None:
    """Escribe unos arreglos en un ``.npz``, o lo escribe completo o no lo escribe."""
    ruta = Path(ruta)
    ruta.parent.mkdir(parents=True, exist_ok=True)
    with entero_o_nada(ruta) as temporal, temporal.open("wb") as archivo:
        np.savez(archivo, allow_pickle=False, **arreglos)
        archivo.flush()
        os.fsync(archivo.fileno())


def _borrar_abandonados(ruta: Path) -> None:
    for otro in ruta.parent.iterdir():
        es_temporal = otro.name.startswith(f".{ruta.name}.") and otro.suffix == ".tmp"
        with suppress(FileNotFoundError):  # su dueño lo acaba de mover
            if es_temporal and time.time() - otro.stat().st_mtime > 3600:
                otro.unlink()


def cargar_arreglos(ruta: str | Path) -> dict[str, np.ndarray]:
    """Lee los arreglos de un ``.npz``; se niega a abrir objetos de pickle.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si está dañado, o no es un ``.npz`` de arreglos.
    """
    mide = Path(ruta).stat().st_size
    with open(ruta, "rb") as crudo:
        try:
            archivo = np.load(crudo, allow_pickle=False)
            partes = archivo.zip.infolist()
            comprimido = any(parte.compress_type for parte in partes)
            if comprimido or sum(parte.file_size for parte in partes) > mide:
                raise ValueError("dice que mide más de lo que ocupa")
            return {nombre: archivo[nombre][...] for nombre in archivo}
        except Exception as error:  # zipfile, NumPy y ast se quejan de muchas maneras
            queja = f"{ruta} está dañado o no es un .npz de arreglos"
            raise ValueError(queja) from error


def recordar(
    funcion: Callable[..., dict[str, np.ndarray]], *posicionales: Any, **pedido: Any
) -> dict[str, np.ndarray]:
    """Lo que devuelve una función de ``codigo``, leído de la memoria si ya se calculó.

    La llave incluye la función, lo que se le pide (que debe poder escribirse en JSON),
    los módulos de ``codigo`` que usa y las versiones de Python y NumPy.
    """
    ruta = _donde(funcion, posicionales, pedido)
    if not ruta.is_file():
        with _candado(ruta):
            if not ruta.is_file():
                guardar_arreglos(ruta, funcion(*posicionales, **pedido))
    return cargar_arreglos(ruta)


def _donde(
    funcion: Callable[..., Any], posicionales: Sequence[Any], pedido: dict[str, Any]
) -> Path:
    del_codigo = huella(funcion.__module__, str(pedido.get("modelo")))
    partes = [funcion.__qualname__, posicionales, pedido, del_codigo]
    llave = hashlib.sha256(json.dumps(partes, sort_keys=True).encode()).hexdigest()[:16]
    return MEMORIA / f"{funcion.__name__}-{llave}.npz"


@contextmanager
def _candado(ruta: Path) -> Iterator[None]:
    ruta.parent.mkdir(parents=True, exist_ok=True)
    with ruta.with_suffix(".candado").open("w") as archivo:
        if fcntl is not None:
            fcntl.flock(archivo, fcntl.LOCK_EX)
        yield


def morir_con_el_padre() -> None:
    """Hace que este proceso termine en cuanto termine el que lo creó."""
    if padre := parent_process():
        final = padre.sentinel
        Thread(target=lambda: (wait([final]), os._exit(1)), daemon=True).start()


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


def huella(modulo: str = "", modelo: str = "") -> list[str]:
    """La huella de los módulos que usan uno de ``codigo`` y un modelo, y la de las versiones.

    Si no se dice cuál, o no es de ``codigo``, es la de todos.
    """
    fuentes = {r.stem: r.read_text("utf-8") for r in Path(__file__).parent.glob("*.py")}
    propio = modulo.removeprefix("codigo.")
    usados = [m for m in fuentes if m in (propio, modelo)]
    if propio not in fuentes:
        usados = list(fuentes)
    for uno in usados:  # crece mientras se recorre
        nombrados = re.findall(r"codigo(?:\.| import )(\w+)", fuentes[uno])
        usados += (set(nombrados) & set(fuentes)) - set(usados)
    suma = hashlib.sha256("\0".join(fuentes[m] for m in sorted(usados)).encode())
    versiones = [platform.python_version(), platform.machine(), np.__version__]
    return [suma.hexdigest(), *versiones]
