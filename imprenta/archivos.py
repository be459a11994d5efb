"""El disco: escritura atómica, memoria de lo que tarda, uno solo a la vez, y limpieza."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Partes = Iterable[bytes]  # aquello de que depende lo que se recuerda
Hacer = Callable[[], bytes]
Leer = Callable[[bytes], Any]
CANDADO = Path(".cache/tejido.candado")
ESPERO = "Otro proceso está escribiendo en este libro; espero…"
A_MEDIAS = ".cache/sitio."  # con lo que empieza toda carpeta en que se está tejiendo


def escribir(ruta: Path, contenido: str | bytes) -> None:
    """Escribe unos bytes, o un texto en UTF-8, en un archivo temporal y lo pone en su lugar."""
    if isinstance(contenido, str):
        contenido = contenido.encode()
    ruta.parent.mkdir(parents=True, exist_ok=True)
    provisional = ruta.with_name(f".{ruta.name}.{os.getpid()}.tmp")
    try:
        provisional.write_bytes(contenido)
        os.replace(provisional, ruta)
    finally:
        provisional.unlink(missing_ok=True)


def escribir_todo(raiz: Path, contenidos: Mapping[str, bytes]) -> None:
    """Escribe varios archivos; si alguno no cabe o no se puede, no cambia ninguno."""
    (raiz / ".cache").mkdir(exist_ok=True)
    with TemporaryDirectory(dir=raiz / ".cache") as carpeta:
        for numero, contenido in enumerate(contenidos.values()):
            escribir(Path(carpeta, str(numero)), contenido)
        for numero, ruta in enumerate(contenidos):
            (raiz / ruta).parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(carpeta, str(numero)), raiz / ruta)


def recordar(
    carpeta: Path, nombre: str, partes: Partes, hacer: Hacer, leer: Leer = bytes
) -> Any:
    """Lo que devuelve ``hacer``, guardado en ``carpeta`` mientras no cambien sus ``partes``.

    Lo entrega ``leer``; si levanta ``ValueError``, lo guardado está dañado y se vuelve a hacer.
    """
    suma = hashlib.sha256()
    for parte in partes:
        suma.update(len(parte).to_bytes(8) + parte)
    base, tipo = Path(nombre).stem, Path(nombre).suffix
    guardado = carpeta / f"{base}-{suma.hexdigest()[:16]}{tipo}"
    try:
        return leer(guardado.read_bytes())
    except FileNotFoundError:
        pass
    except ValueError:
        print(f"{guardado}: está dañado; se hace de nuevo", file=sys.stderr)
    contenido = hacer()
    escribir(guardado, contenido)
    for viejo in carpeta.glob(f"{base}-{'?' * 16}{tipo}"):
        if viejo != guardado:
            viejo.unlink(missing_ok=True)
    return leer(contenido)


@contextmanager
def uno_a_la_vez(raiz: Path) -> Iterator[None]:
    """Espera a que acabe quien escriba en el libro; si muere, el sistema suelta su candado."""
    ruta = raiz / CANDADO
    ruta.parent.mkdir(exist_ok=True)
    with ruta.open("wb") as archivo:
        if fcntl is not None:
            try:
                fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(ESPERO, flush=True)
                fcntl.flock(archivo, fcntl.LOCK_EX)
        yield


def limpiar(raiz: Path, sitio: str, a_medias: str = A_MEDIAS) -> None:
    """Borra lo que dejaron los tejidos que no acabaron; se llama con el candado puesto.

    De la carpeta del libro no borra nada que no esté en ``.cache/``. Los temporales de la memoria y
    del sistema podrían ser de otro programa que sigue vivo: se borran cuando tienen una hora o un día.
    """
    actual = raiz / sitio
    viejos = list(raiz.glob(f"{a_medias}*.viejo"))
    if viejos and not actual.exists():  # lo mataron antes de poner el nuevo
        viejos[0].replace(actual)
    _borrar(raiz, f"{a_medias}*", horas=0)
    for patron in (".*.tmp", "*/.*.tmp", "tmp*"):
        _borrar(raiz / ".cache", patron, horas=1)
    _borrar(Path(gettempdir()), "imprenta-*", horas=24)


def _borrar(carpeta: Path, patron: str, horas: float) -> None:
    for resto in carpeta.glob(patron):
        with suppress(OSError):
            if time.time() - resto.stat().st_mtime < 3600 * horas:
                continue
            if resto.is_dir():
                shutil.rmtree(resto, ignore_errors=True)
            else:
                resto.unlink()
