"""Escritura atómica: un archivo aparece completo o no aparece."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path


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


def recordado(ruta: Path, olvidar: str) -> str | None:
    """Lo que guarda ``ruta``, o nada; en ese caso borra los que casen con ``olvidar``."""
    if ruta.is_file():
        return ruta.read_text(encoding="utf-8")
    for viejo in ruta.parent.glob(olvidar):
        viejo.unlink(missing_ok=True)
    return None


def recordar(
    carpeta: Path, nombre: str, partes: list[bytes], hacer: Callable[[], bytes]
) -> bytes:
    """Lo que devuelve ``hacer``, guardado en ``carpeta`` mientras no cambien sus ``partes``."""
    suma = hashlib.sha256()
    for parte in partes:
        suma.update(len(parte).to_bytes(8) + parte)
    guardado = carpeta / f"{nombre}-{suma.hexdigest()[:16]}"
    if not guardado.is_file():
        for viejo in carpeta.glob(f"{nombre}-{'?' * 16}"):
            viejo.unlink(missing_ok=True)
        escribir(guardado, hacer())
    return guardado.read_bytes()
