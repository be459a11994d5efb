"""Escritura atómica: un archivo aparece completo o no aparece."""

import os
from pathlib import Path


def escribir(ruta: Path, texto: str) -> None:
    """Escribe un texto UTF-8 en un archivo temporal y lo pone en su lugar."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    provisional = ruta.with_name(f".{ruta.name}.{os.getpid()}.tmp")
    try:
        provisional.write_text(texto, encoding="utf-8", newline="\n")
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
