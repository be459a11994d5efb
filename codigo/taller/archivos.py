# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8ea95e5439052d54

"""Guardar y leer archivos sin dejar nunca uno a medias.

Se explica en el apéndice «Recordar lo entrenado».
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np


@contextmanager
def entero_o_nada(ruta: Path) -> Iterator[Path]:
    """Un archivo temporal que al final, si nada falla, toma el nombre de ``ruta``.

    Raises:
        ValueError: si ahí hay algo que no es un archivo.
    """
    destino = ruta.resolve()
    temporal = destino.with_name(f".{destino.name}.{os.getpid()}.tmp")
    if destino.exists() and not destino.is_file():
        raise ValueError(f"{ruta} no es un archivo: no se escribe encima")
    try:
        # ⟨preparar el temporal⟩
        destino.parent.mkdir(parents=True, exist_ok=True)
        _borrar_abandonados(destino)
        temporal.touch()
        if destino.exists():
            shutil.copymode(destino, temporal)
        yield temporal
        os.replace(temporal, destino)
    except OSError as error:
        error.filename = str(ruta)
        raise
    finally:
        with suppress(OSError):
            temporal.unlink()


def guardar_arreglos(ruta: str | Path, arreglos: dict[str, np.ndarray]) -> None:
    """Escribe unos arreglos en un ``.npz``: completo, o no lo escribe."""
    with entero_o_nada(Path(ruta)) as temporal, temporal.open("wb") as archivo:
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
        if not crudo.seekable():
            raise ValueError(f"{ruta} no es un archivo: guarda en uno lo que entrega")
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
