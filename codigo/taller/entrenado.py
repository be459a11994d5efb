# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 7bf47e6b247ac781

"""Lo que viene entrenado con el libro: compararlo con lo de esta máquina, o cambiarlo.

Se explica en el apéndice «Recordar lo entrenado», sección «Lo que viene entrenado».
"""

import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np

from codigo.corrida import entrenar_receta
from codigo.taller.archivos import cargar_arreglos
from codigo.taller.memoria import GUARDADO, MEMORIA

TOLERANCIA = 0.02


def en_otro_procesador(
    *partes: Any, procesador: str, **receta: Any
) -> dict[str, np.ndarray]:
    """Lo que da ``entrenar_receta`` si OpenBLAS cree estar en un procesador.

    Apéndice «Recordar lo entrenado», sección «Lo que viene entrenado».
    """
    contexto, cree = get_context("spawn"), {"OPENBLAS_CORETYPE": procesador}
    with patch.dict(os.environ, cree), ProcessPoolExecutor(1, contexto) as otro:
        return otro.submit(entrenar_receta, *partes, **receta).result()


def medidas(ruta: Path) -> dict[str, float]:
    """De lo que no son pesos, el mínimo de cada curva y la media de lo demás."""
    return {
        nombre: float(arreglo.min() if "curva" in nombre else arreglo.mean())
        for nombre, arreglo in cargar_arreglos(ruta).items()
        if arreglo.dtype.kind == "f" and arreglo.size
        if not nombre.startswith(("W", "b"))
    }


def distintos(nuevos: Path, guardados: Path) -> Iterator[str]:
    """Lo que no está en las dos carpetas, o no da lo mismo dentro de la tolerancia."""
    nombres = {r.name for c in (nuevos, guardados) for r in c.glob("*.npz")}
    for nombre in sorted(n for n in nombres if not n.startswith("area")):
        if not ((nuevos / nombre).is_file() and (guardados / nombre).is_file()):
            yield f"{nombre}: solo está en una de las dos carpetas"
            continue
        nuevas, guardadas = medidas(nuevos / nombre), medidas(guardados / nombre)
        for cual, guardada in guardadas.items():
            if abs(nuevas[cual] - guardada) > TOLERANCIA * max(1, abs(guardada)):
                yield f"{nombre}: «{cual}» da {nuevas[cual]:.4f} y era {guardada:.4f}"


def main(guarda: bool) -> int:
    """Compara lo que se entrenó desde cero con lo que traía el libro, o lo guarda."""
    with TemporaryDirectory() as juntos:
        nuevas = [shutil.copy(r, juntos) for r in MEMORIA.glob("cero-*/*.[nj]*")]
        if not nuevas:
            sys.exit(
                "nada se ha entrenado desde cero: corre antes make libro DESDE=cero"
            )
        if guarda:
            shutil.rmtree(GUARDADO, ignore_errors=True)
            shutil.copytree(juntos, GUARDADO)
        malos = list(distintos(Path(juntos), GUARDADO))
    print(*malos, f"{len(malos)} distintos", sep="\n")
    return len(malos) > 0


if __name__ == "__main__":
    sys.exit(main("--guarda" in sys.argv))
