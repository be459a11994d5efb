"""Uno solo escribe en el libro a la vez, y se limpia lo que dejó uno que mataron."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

CANDADO = Path(".cache/tejido.candado")
A_MEDIAS = ".cache/sitio."  # con lo que empieza toda carpeta en que se está tejiendo


@contextmanager
def uno_a_la_vez(raiz: Path, de_veras: bool = True) -> Iterator[None]:
    """Espera a que acabe quien escriba en el libro; si muere, el sistema suelta su candado."""
    if not de_veras:
        yield
        return
    ruta = raiz / CANDADO
    ruta.parent.mkdir(exist_ok=True)
    with ruta.open("w") as archivo:
        if fcntl is not None:
            try:
                fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(
                    "Otro proceso está escribiendo en este libro; espero…", flush=True
                )
                fcntl.flock(archivo, fcntl.LOCK_EX)
        yield


def limpiar(raiz: Path, sitio: str) -> None:
    """Borra lo que dejaron los tejidos que no acabaron; se llama con el candado puesto.

    De la carpeta del libro no borra nada que no esté en ``.cache/``. Los temporales de la memoria y
    del sistema podrían ser de otro programa que sigue vivo: se borran cuando tienen una hora o un día.
    """
    actual = raiz / sitio
    if not actual.exists():  # lo mataron entre quitar el viejo y poner el nuevo
        for viejo in raiz.glob(f"{A_MEDIAS}*.viejo"):
            viejo.replace(actual)
            break
    for resto in raiz.glob(f"{A_MEDIAS}*"):
        _borrar(resto, horas=0)
    for patron in (".*.tmp", "*/.*.tmp", "tmp*"):
        for resto in (raiz / ".cache").glob(patron):
            _borrar(resto, horas=1)
    for resto in Path(gettempdir()).glob("imprenta-*"):
        _borrar(resto, horas=24)


def _borrar(resto: Path, horas: float) -> None:
    with suppress(OSError):
        if time.time() - resto.stat().st_mtime < 3600 * horas:
            return
        if resto.is_dir():
            shutil.rmtree(resto, ignore_errors=True)
        else:
            resto.unlink()
