"""Escritura atómica, y memoria en disco de lo que tarda en hacerse."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


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
    carpeta: Path,
    nombre: str,
    partes: Iterable[bytes],
    hacer: Callable[[], bytes],
    leer: Callable[[bytes], Any] = bytes,
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
