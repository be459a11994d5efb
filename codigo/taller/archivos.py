# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 58b646980214880d

"""Guardar y leer archivos sin dejar nunca uno a medias.

Se explica en el apéndice «Recordar lo entrenado».
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np


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
    """Escribe unos arreglos en un ``.npz``: completo, o no lo escribe."""
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
