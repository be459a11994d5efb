"""Comprueba que el libro sea el mismo, byte por byte, hecho en otra carpeta y en otra fecha."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from imprenta.errores import ErrorDelLibro

OTRA_FECHA = "+400d"
LO_HECHO = (".*", "_libro*", "__pycache__")


def comprobar(raiz: Path) -> list[int]:
    """Teje una copia de las fuentes en otra carpeta y otra fecha, y la compara con ``_libro/``.

    Returns:
        Cuántos archivos se compararon.
    """
    if not shutil.which("faketime"):
        raise ErrorDelLibro("falta faketime; en Debian o Ubuntu: apt install faketime")
    with TemporaryDirectory(prefix="otra carpeta ") as carpeta:
        copia = Path(carpeta, "copia")
        shutil.copytree(raiz, copia, ignore=shutil.ignore_patterns(*LO_HECHO))
        orden = [
            "faketime",
            "-f",
            OTRA_FECHA,
            sys.executable,
            "-m",
            "imprenta",
            "libro",
        ]
        ajenas = {"TZ": "Asia/Tokyo", "HOME": carpeta, "PYTHONHASHSEED": "1"}
        if subprocess.run(orden, cwd=copia, env={**os.environ, **ajenas}).returncode:
            raise ErrorDelLibro("la copia no se pudo tejer; arriba dice por qué")
        return [comparar(raiz / "_libro", copia / "_libro")]


def comparar(uno: Path, otro: Path) -> int:
    """Cuántos archivos tienen dos carpetas iguales."""
    nombres = [
        {r.relative_to(carpeta) for r in carpeta.rglob("*") if r.is_file()}
        for carpeta in (uno, otro)
    ]
    comunes = sorted(nombres[0] & nombres[1])
    distintos = [
        n for n in comunes if not filecmp.cmp(uno / n, otro / n, shallow=False)
    ]
    distintos += sorted(nombres[0] ^ nombres[1])
    if distintos:
        raise ErrorDelLibro(
            f"{len(distintos)} archivos no son iguales: {', '.join(map(str, distintos))}"
        )
    return len(comunes)
