"""Las libretas: cada capítulo, con lo que dieron sus celdas, en un ``.ipynb`` que se abre en Jupyter.

Salen de los mismos capítulos ejecutados que las páginas. Pandoc convierte la prosa, con una marca en
el lugar de cada celda y de cada corte, y aquí se parte por las marcas.

La tarea es una libreta aparte: se arma con pedazos de ``codigo/`` y se ejecuta fuera del proyecto. Su
plantilla, ``libro/tarea.md``, es Markdown con celdas. Un renglón ``<<codigo/rnn.py:RNN>>`` se cambia
por esa función, clase o constante, y ``<<volver-por-la-celda>>``, por ese trozo, con su sangría.
"""

import ast
import base64
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from itertools import count, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import nbformat

from imprenta import ejecutar, tejer
from imprenta.archivos import escribir, recordar
from imprenta.ejecutar import Celda, cercado, correr, preparacion
from imprenta.errores import ErrorDelLibro
from imprenta.extraer import REFERENCIA, Trozos, leer_trozos, recorrer, textos_de
from imprenta.fuentes import Bloque, Segmento, leer_capitulo
from imprenta.indice import ETIQUETAS, TAREA, Libro
from imprenta.tejer import OBRAS, Pagina, filtros

MEMORIA = Path(".cache/libretas")
MARCA = re.compile(r"^⟦(?:corte|celda (\d+))⟧$", re.MULTILINE)
NOTA = re.compile(r"^ *# ⟨.*⟩\n", re.MULTILINE)  # la del extractor
DATOS = "data/municipios.txt"
FIGURAS = preparacion(7, 4, "png")
DIVISION = re.compile(r"^:::.*\n?", re.MULTILINE)
DIBUJO = "image/svg+xml"
FORMATO = "commonmark+tex_math_dollars+pipe_tables-raw_html"

ABRIR = """\
*Libreta de [{libro}](../{pagina}). Corre sola, en cualquier carpeta: la celda que sigue trae el
código del libro y los nombres. Con `{pesos}` a su lado, que viene en la carpeta de las libretas, no
vuelve a entrenar nada.*"""
TRAER = """\
import base64
import importlib.util
import io
import os
import sys
import zipfile
from pathlib import Path

aqui = Path.cwd()
raiz = next((c for c in (aqui, *aqui.parents) if (c / "_quarto.yml").is_file()), None)
if raiz is None:  # fuera del proyecto
    raiz = aqui / "redes-recurrentes-a-pie"
    zipfile.ZipFile(io.BytesIO(base64.b64decode(ADJUNTO))).extractall(raiz)
    if (aqui / {pesos!r}).is_file():
        zipfile.ZipFile(aqui / {pesos!r}).extractall(raiz)
os.chdir(raiz)
sys.path.insert(0, str(raiz))
os.environ.update({entorno})
faltan = [p for n, p in {paquetes}.items() if importlib.util.find_spec(n) is None]
if faltan:
    print("Si una celda pide algo que no está, instálalo así: %pip install", *faltan)
{figuras}"""
PESOS = "entrenado.zip"
PAQUETES = {
    **{"numpy": "numpy", "matplotlib": "matplotlib", "scipy": "scipy"},
    **{"sklearn": "scikit-learn", "rapidfuzz": "rapidfuzz", "svg": "svg.py"},
    **{"optuna": "optuna", "typer": "typer", "rich": "rich"},
}
SIEMPRE = (1980, 1, 1, 0, 0, 0)  # la primera fecha que un zip sabe decir


def empacar(raiz: Path, rutas: Iterable[Path]) -> bytes:
    """Un zip de unos archivos, con su lugar en el libro; el mismo para los mismos."""
    memoria = BytesIO()
    with ZipFile(memoria, "w") as paquete:
        for ruta in sorted(rutas):
            nombre = ZipInfo(ruta.relative_to(raiz).as_posix(), SIEMPRE)
            como = ZIP_STORED if ruta.suffix == ".npz" else ZIP_DEFLATED
            paquete.writestr(nombre, ruta.read_bytes(), como)
    return memoria.getvalue()


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
    partida = MARCA.split(_prosa(libro, pagina))
    marcadas = [celdas[int(numero)] if numero else "" for numero in partida[1::2]]
    pares = zip_longest(partida[::2], marcadas, fillvalue="")
    partes = [parte for par in pares for parte in par]
    abrir = ABRIR.format(libro=libro.titulo, pagina=pagina.entrada.pagina, pesos=PESOS)
    if not celdas:
        return a_texto(partes)
    traer = _traer(libro, "\n".join(celda.codigo for celda in celdas))
    oculta = _esconder({"echo": False})
    primera = nbformat.v4.new_code_cell(traer, execution_count=1, metadata=oculta)
    return a_texto(partes, nbformat.v4.new_markdown_cell(abrir), primera)


def _traer(libro: Libro, celdas: str) -> str:
    """La celda que trae lo que usan las otras, y dice qué bibliotecas piden."""
    raiz, usados = libro.raiz, ejecutar.modulos_usados(libro.raiz, celdas)
    todo = "\n".join([celdas, *usados.values()])
    rutas = {raiz / f"{nombre.replace('.', '/')}.py" for nombre in usados}
    rutas |= {*raiz.glob("codigo/**/__init__.py")}
    sin_pesos = (*ejecutar.NO_SON_DATOS, ".npz")
    rutas |= {
        ruta
        for carpeta in ("data", "data/listas")
        for ruta in raiz.glob(f"{carpeta}/*.*")
        if ruta.suffix not in sin_pesos
    }
    rutas |= {raiz / "libro/recursos/libro.mplstyle"}
    adjunto = base64.b64encode(empacar(raiz, filter(Path.is_file, rutas))).decode()
    piden = {
        n: p for n, p in PAQUETES.items() if re.search(rf"\b(from|import) {n}\b", todo)
    }
    ambiente, figuras = json.dumps(ejecutar.entorno(raiz)), libro.figuras.rstrip()
    traer = TRAER.format(entorno=ambiente, figuras=figuras, paquetes=piden, pesos=PESOS)
    return f'ADJUNTO = "{adjunto}"\n{traer}'


def _prosa(libro: Libro, pagina: Pagina) -> str:
    """El capítulo en Markdown de Jupyter, con sus referencias en texto y sus marcas."""
    entrada, capitulo = pagina.entrada, pagina.capitulo
    numeros = count()
    marcado = tejer.a_markdown(capitulo, lambda celda: _marcar(celda, next(numeros)))

    def convertir() -> bytes:
        datos = {"fuente": entrada.ruta, "etiquetas": ETIQUETAS, "lang": "es-MX"}
        argumentos = ["-t", FORMATO, "--wrap=none", *tejer.metadatos(datos)]
        argumentos += filtros("trozos", "glosario", "ediciones")
        argumentos += OBRAS if pagina.cita_obras else []
        leida = tejer.leer_pagina(libro.raiz, entrada, marcado, capitulo)
        texto = json.dumps(leida.documento)
        return tejer.pandoc(libro.raiz, argumentos, texto, entrada.ruta).encode()

    partes = [marcado.encode(), entrada.numero.encode(), *tejer.de_que_depende(libro)]
    nombre = f"{Path(entrada.ruta).stem}.md"
    return recordar(libro.raiz / MEMORIA, nombre, partes, convertir, bytes.decode)


def _marcar(celda: Celda, numero: int) -> str:
    """Una marca que va en el lugar de la celda, o su código si no se ejecuta."""
    marca = cercado(celda.codigo, "python")
    if celda.opciones.get("eval", True):
        marca = cercado("", f"{{.celda celda={numero}}}")
    if celda.etiqueta:
        pie = celda.opciones[f"{celda.etiqueta[:3]}-cap"]
        marca = tejer.division(f"#{celda.etiqueta}", f"{marca}\n\n{pie}")
    return f"\n{marca}\n"


def _de_codigo(celda: Celda, cuenta: int) -> nbformat.NotebookNode:
    """Una celda ya ejecutada, con sus salidas y plegada como en la página."""
    salidas = [
        _salida(salida, celda, cuenta)
        for salida in celda.salidas
        if salida.get("name") != "stderr" or celda.opciones.get("warning", True)
        if not _es_html(salida.get("data", {}))
    ]
    plegada = _esconder(celda.opciones)
    return nbformat.v4.new_code_cell(
        celda.codigo, execution_count=cuenta, outputs=salidas, metadata=plegada
    )


def _es_html(datos: dict[str, Any]) -> bool:
    """Si solo trae HTML para los guiones de la página, que en una libreta no corren."""
    markdown = "".join(datos.get("text/markdown", ""))
    return markdown.startswith("```{=html}") and DIBUJO not in datos


def _salida(salida: dict[str, Any], celda: Celda, cuenta: int) -> nbformat.NotebookNode:
    copia = json.loads(json.dumps(salida))
    if "execution_count" in copia:
        copia["execution_count"] = cuenta
    datos = copia.get("data", {})
    if DIBUJO in datos:  # lo que va dentro de la página
        datos.pop("text/markdown", None)
    if "text/markdown" in datos:  # Jupyter no conoce las divisiones de Pandoc
        datos["text/markdown"] = DIVISION.sub("", "".join(datos["text/markdown"]))
    for formato in filter(lambda formato: formato.startswith("image/"), datos):
        alterna = tejer.alterna(celda, "".join(datos[formato]))
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


def hacer_tarea(raiz: Path) -> str:
    """La libreta ejecutada; sus salidas se recuerdan mientras no cambien sus celdas."""
    pasajes = armar_tarea(raiz)
    pedidos = [p for pasaje in pasajes for p in ejecutar.pedidos_de(pasaje)]
    codigos = [pedido.codigo for pedido in pedidos]
    desde_cero = os.environ.get(ejecutar.DESDE_CERO) == "cero"
    llave = json.dumps([codigos, ejecutar.en_vigor(raiz)])
    datos = (raiz / DATOS).read_bytes()
    partes = [llave.encode(), datos, ejecutar.versiones(raiz)]
    suma = hashlib.sha256(json.dumps(codigos).encode() + datos).hexdigest()
    guardada = raiz / f"data/entrenado/tarea-{suma[:16]}.json"

    def hacer() -> bytes:
        """Lo que dan las celdas, en una carpeta donde solo están los nombres."""
        if guardada.is_file() and not desde_cero:
            return guardada.read_bytes()
        with TemporaryDirectory(prefix="imprenta-") as carpeta:
            shutil.copy(raiz / DATOS, carpeta)
            shutil.copy(raiz / "_environment", carpeta)
            dado = json.dumps(correr(Path(carpeta), pedidos, FIGURAS)).encode()
        if desde_cero:
            escribir(raiz / f".cache/entrenamientos/cero-tarea/{guardada.name}", dado)
        return dado

    dados = iter(recordar(raiz / MEMORIA, "tarea.json", partes, hacer, json.loads))
    resueltos = [ejecutar.resuelto(pasaje, dados) for pasaje in pasajes]
    return a_texto(
        [r.replace("\\.", ".") if isinstance(r, str) else r for r in resueltos]
    )


def armar_tarea(raiz: Path) -> list[Celda | Segmento]:
    """La plantilla con sus citas resueltas: celdas por ejecutar y prosa."""
    trozos, pasajes = leer_trozos(raiz), list[Celda | Segmento]()
    for segmento in leer_capitulo(raiz, TAREA):
        if isinstance(segmento, Bloque) and segmento.es_celda:
            renglones = enumerate(segmento.lineas, segmento.linea + 1)
            lineas = tuple(_citar(raiz, trozos, *par) for par in renglones)
            pasajes.append(ejecutar.a_celda(replace(segmento, lineas=lineas)))
        else:
            pasajes.append(segmento)
    return pasajes


def _citar(raiz: Path, trozos: Trozos, linea: int, texto: str) -> str:
    if not (hallada := REFERENCIA.match(texto)):
        return texto
    archivo, _, nombre = hallada["nombre"].rpartition(":")
    try:
        if archivo:
            citado = pedazo((raiz / archivo).read_text(encoding="utf-8"), nombre)
        else:
            renglones = recorrer(trozos, trozos[nombre], hallada["sangria"])
            citado = "\n".join(textos_de(list(renglones)))
    except (OSError, KeyError):
        mensaje = f"no hay «{nombre}» en {archivo or 'el libro'}"
        raise ErrorDelLibro(mensaje, TAREA, linea) from None
    return NOTA.sub("", citado)


def pedazo(fuente: str, nombre: str) -> str:
    """El texto de una función, clase o constante."""
    nodo = _buscar(ast.parse(fuente).body, nombre)
    return "\n".join(fuente.split("\n")[_inicio(nodo) : nodo.end_lineno])


def _inicio(nodo: ast.stmt) -> int:
    return min(n.lineno for n in [nodo, *getattr(nodo, "decorator_list", [])]) - 1


def _buscar(cuerpo: list[ast.stmt], nombre: str) -> ast.stmt:
    for nodo in cuerpo:
        nombres = [getattr(n, "id", "") for n in getattr(nodo, "targets", [])]
        if nombre in (getattr(nodo, "name", ""), *nombres):
            return nodo
    raise KeyError(nombre)
