"""Las libretas: cada capítulo, con lo que dieron sus celdas, en un ``.ipynb`` que se abre en Jupyter.

Salen de los mismos capítulos ejecutados que las páginas. Pandoc convierte la prosa, con una marca en
el lugar de cada celda y de cada corte, y aquí se parte por las marcas.
"""

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

import nbformat

from imprenta import tejer
from imprenta.archivos import recordar
from imprenta.ejecutar import Celda, cercado, entorno
from imprenta.indice import ETIQUETAS, Libro
from imprenta.tejer import OBRAS, Pagina, filtros

MEMORIA = Path(".cache/libretas")
MARCA = re.compile(r"^⟦(?:corte|celda (\d+))⟧$", re.MULTILINE)
DIVISION = re.compile(r"^:::.*\n?", re.MULTILINE)
FORMATO = "commonmark+tex_math_dollars+pipe_tables-raw_html"

ABRIR = """\
*Libreta de [{libro}](../{pagina}). Se corre desde la raíz del proyecto, la carpeta que tiene
`_quarto.yml`; la celda que sigue sube hasta ella.*"""
SUBIR = """\
import os
import sys
from pathlib import Path

aqui = Path.cwd()
raiz = next((c for c in (aqui, *aqui.parents) if (c / "_quarto.yml").is_file()), None)
assert raiz, "esta libreta necesita el proyecto completo: ábrela dentro de su carpeta"
os.chdir(raiz)
sys.path.insert(0, str(raiz))
os.environ.update({entorno})
{figuras}"""


def a_texto(pasajes: list[Celda | str], *antes: nbformat.NotebookNode) -> str:
    """El JSON de una libreta con esas celdas y esa prosa; el mismo para las mismas."""
    numeros = count(1 + len([celda for celda in antes if celda.cell_type == "code"]))
    celdas = [*antes]
    for pasaje in pasajes:
        if isinstance(pasaje, Celda):
            celdas.append(_de_codigo(pasaje, next(numeros)))
        elif pasaje.strip():
            celdas.append(nbformat.v4.new_markdown_cell(pasaje.strip()))
    nucleo = {"name": "python3", "language": "python", "display_name": "Python 3"}
    lenguaje = {"name": "python", "file_extension": ".py"}
    metadatos = {"kernelspec": nucleo, "language_info": lenguaje}
    libreta = nbformat.v4.new_notebook(cells=celdas, metadata=metadatos)
    for numero, celda in enumerate(celdas, 1):
        celda["id"] = f"celda-{numero:03}"
    nbformat.validate(libreta)
    return nbformat.writes(libreta) + "\n"


def armar(libro: Libro, pagina: Pagina) -> str:
    """La libreta ejecutada de un capítulo."""
    celdas = [p for p in pagina.capitulo.pasajes if isinstance(p, Celda)]
    partida = MARCA.split(
        _prosa(libro, pagina)
    )  # prosa, el número de una celda, prosa…
    partes = [celdas[int(p)] if n % 2 and p else p or "" for n, p in enumerate(partida)]
    abrir = ABRIR.format(libro=libro.titulo, pagina=pagina.entrada.pagina)
    ambiente, figuras = json.dumps(entorno(libro.raiz)), libro.figuras.preparacion
    subir = SUBIR.format(entorno=ambiente, figuras=figuras.rstrip())
    oculta = _esconder({"echo": False})
    primera = nbformat.v4.new_code_cell(subir, execution_count=1, metadata=oculta)
    return a_texto(partes, nbformat.v4.new_markdown_cell(abrir), primera)


def _prosa(libro: Libro, pagina: Pagina) -> str:
    """El capítulo en Markdown de Jupyter, con sus referencias en texto y sus marcas."""
    entrada, capitulo = pagina.entrada, pagina.capitulo
    numeros = count()
    marcado = tejer.a_markdown(capitulo, lambda celda: _marcar(celda, next(numeros)))

    def convertir() -> bytes:
        datos = {"fuente": entrada.ruta, "etiquetas": ETIQUETAS, "lang": "es-MX"}
        argumentos = [
            "-f",
            "json",
            "-t",
            FORMATO,
            "--wrap=none",
            *tejer.metadatos(datos),
        ]
        argumentos += [*filtros("trozos", "glosario", "ediciones"), *OBRAS]
        leida = tejer.leer_pagina(libro.raiz, entrada, marcado, capitulo)
        texto = json.dumps(leida.documento)
        return tejer.pandoc(libro.raiz, argumentos, texto, entrada.ruta).encode()

    partes = [marcado.encode(), entrada.numero.encode(), *tejer.de_que_depende(libro)]
    nombre = f"{Path(entrada.ruta).stem}.md"
    return recordar(libro.raiz / MEMORIA, nombre, partes, convertir, bytes.decode)


def _marcar(celda: Celda, numero: int) -> str:
    """Una marca que va en el lugar de la celda, o su código si no se ejecuta."""
    marca = cercado(celda.codigo, "python")
    if celda.se_ejecuta:
        marca = cercado("", f"{{.celda celda={numero}}}")
    if celda.etiqueta:
        marca = tejer.division(f"#{celda.etiqueta}", f"{marca}\n\n{celda.pie}")
    return f"\n{marca}\n"


def _de_codigo(celda: Celda, cuenta: int) -> nbformat.NotebookNode:
    """Una celda ya ejecutada, con sus salidas y plegada como en la página."""
    salidas = [
        _salida(salida, celda, cuenta)
        for salida in celda.salidas
        if salida.get("name") != "stderr" or celda.opciones.get("warning", True)
        if not _es_html(salida)
    ]
    plegada = _esconder(celda.opciones)
    return nbformat.v4.new_code_cell(
        celda.codigo, execution_count=cuenta, outputs=salidas, metadata=plegada
    )


def _es_html(salida: dict[str, Any]) -> bool:
    """Si solo trae HTML para los guiones de la página, que en una libreta no corren."""
    markdown = salida.get("data", {}).get("text/markdown", "")
    return "".join(markdown).startswith("```{=html}")


def _salida(salida: dict[str, Any], celda: Celda, cuenta: int) -> nbformat.NotebookNode:
    copia = json.loads(json.dumps(salida))
    if "execution_count" in copia:
        copia["execution_count"] = cuenta
    datos = copia.get("data", {})
    if "text/markdown" in datos:  # Jupyter no conoce las divisiones de Pandoc
        datos["text/markdown"] = DIVISION.sub("", "".join(datos["text/markdown"]))
    alterna = celda.opciones.get("fig-alt", "")
    for formato in filter(lambda formato: formato.startswith("image/"), datos):
        copia["metadata"] = {**copia["metadata"], formato: {"alt": alterna}}
    return nbformat.from_dict(copia)


def _esconder(opciones: dict[str, Any]) -> dict[str, Any]:
    """Los metadatos con que Jupyter pliega lo que la página no muestra."""
    incluida = opciones.get("include", True)
    codigo = incluida and opciones.get("echo", True) and not opciones.get("code-fold")
    salida = incluida and opciones.get("output", True)
    if codigo and salida:
        return {}
    que = "input" if salida else "output" if codigo else "cell"
    plegado = {"source_hidden": not codigo, "outputs_hidden": not salida}
    return {"jupyter": plegado, "tags": [f"hide-{que}"]}
