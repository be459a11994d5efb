# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 798a84670a9aacea

"""Lo que viene entrenado con el libro: compararlo con lo de esta máquina, o cambiarlo.

Se explica en el apéndice «Recordar lo entrenado», sección «Lo que viene entrenado».
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from codigo.taller.archivos import cargar_arreglos
from codigo.taller.memoria import GUARDADO, MEMORIA

TOLERANCIA = 0.02


def medidas(ruta: Path) -> dict[str, float]:
    """La media de cada arreglo de números que no son pesos."""
    return {
        nombre: float(arreglo.mean())
        for nombre, arreglo in cargar_arreglos(ruta).items()
        if arreglo.dtype.kind == "f" and not nombre.startswith(("W", "b"))
    }


def distintos(nuevos: Path, guardados: Path) -> Iterator[str]:
    """Lo que no está en las dos carpetas, o no da lo mismo dentro de la tolerancia."""
    for nombre in sorted(
        {r.name for c in (nuevos, guardados) for r in c.glob("*.npz")}
    ):
        if not ((nuevos / nombre).is_file() and (guardados / nombre).is_file()):
            yield f"{nombre}: solo está en una de las dos carpetas"
            continue
        nuevas, guardadas = medidas(nuevos / nombre), medidas(guardados / nombre)
        for cual, guardada in guardadas.items():
            if not np.isclose(nuevas[cual], guardada, rtol=TOLERANCIA, atol=TOLERANCIA):
                yield f"{nombre}: «{cual}» da {nuevas[cual]:.4f} y era {guardada:.4f}"


def main(guarda: bool) -> int:
    """Compara lo que se entrenó desde cero con lo que traía el libro, o lo guarda."""
    with TemporaryDirectory() as juntos:
        for nueva in MEMORIA.glob("cero-*/*.[nj]*"):
            shutil.copy(nueva, juntos)
        if guarda:
            shutil.rmtree(GUARDADO, ignore_errors=True)
            shutil.copytree(juntos, GUARDADO)
        malos = list(distintos(Path(juntos), GUARDADO))
    print(*malos, f"{len(malos)} distintos", sep="\n")
    return len(malos) > 0


if __name__ == "__main__":
    sys.exit(main("--guarda" in sys.argv))
