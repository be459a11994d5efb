"""Libros diminutos para probar el taller sin el libro de verdad."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import RAIZ

QUARTO_YML = """\
project:
  type: book
  output-dir: _libro
  execute-dir: project
  resources:
    - /codigo/*.py
book:
  title: "Prueba"
  chapters:
    - index.qmd
    - libro/uno.qmd
    - part: "Una parte"
      chapters:
        - libro/dos.qmd
  appendices:
    - libro/ap.qmd
execute:
  freeze: auto
lang: es
bibliography: libro/recursos/referencias.bib
filters:
  - libro/recursos/trozos.lua
  - libro/recursos/glosario.lua
  - libro/recursos/tipografia.lua
format:
  html:
    html-math-method: mathml
    fig-width: 4
    fig-height: 3
    fig-format: svg
"""

Hacer = Callable[..., Path]


def escribir_libro(raiz: Path, glosario: str = "", **capitulos: str) -> Path:
    """Escribe un libro con los capítulos que se le den; los demás quedan mínimos."""
    (raiz / "_quarto.yml").write_text(QUARTO_YML, encoding="utf-8")
    (raiz / "_environment").write_text("SOURCE_DATE_EPOCH=0\n", encoding="utf-8")
    for carpeta in ("libro", "codigo", "data"):
        (raiz / carpeta).mkdir(parents=True, exist_ok=True)
    recursos = "libro/recursos"
    shutil.copytree(RAIZ / recursos, raiz / recursos, dirs_exist_ok=True)
    terminos = raiz / "libro/recursos/glosario.yml"
    terminos.write_text(glosario or "[]\n", encoding="utf-8")
    for nombre in ("index", "uno", "dos", "ap"):
        clase = " .unnumbered" if nombre == "index" else ""
        minimo = f"# El capítulo {nombre} {{#sec-{nombre}{clase}}}\n\nTexto.\n"
        texto = capitulos.get(nombre, minimo)
        ruta = "index.qmd" if nombre == "index" else f"libro/{nombre}.qmd"
        (raiz / ruta).write_text(texto, encoding="utf-8")
    return raiz


@pytest.fixture
def hacer_libro(tmp_path: Path) -> Hacer:
    """``escribir_libro`` en una carpeta temporal."""
    return partial(escribir_libro, tmp_path)
