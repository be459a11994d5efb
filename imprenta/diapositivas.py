"""Las diapositivas de cada capítulo: lo que enseñan es lo del libro, nombrado y nunca copiado.

En ``curso/diapositivas/`` hay una fuente por capítulo: un título ``##`` por diapositiva, una o dos
frases, y renglones que solo nombran algo del libro, como ``@fig-celda-rnn``. De cada una salen una
página con el estilo del libro, y la misma para Quarto, con sus figuras al lado.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from imprenta import tejer
from imprenta.archivos import escribir
from imprenta.errores import ErrorDelLibro, levantar
from imprenta.fuentes import leer_texto
from imprenta.indice import ETIQUETAS, Libro
from imprenta.libretas import FORMATO, MARCA
from imprenta.tejer import OBRAS, RECURSOS, Pagina, filtros, pandoc
from imprenta.trozos import FICHAS

FUENTES = "curso/diapositivas"
CARPETA = "diapositivas"
SIN_TTF = shutil.ignore_patterns("*.ttf")
NOMBRADO = re.compile(r"^@([\w-]+)$", re.MULTILINE)
ETIQUETA = re.compile(r"\{#(eq-[\w-]+)\}")
FIGURA = re.compile(r'"([\w-]+_files/figure-html/[\w-]+\.\w+)"')
EJERCICIO = re.compile(r'\[\{"t": "Strong", [^]]*?"Ejercicio"[^]]*?"(\d+)"')
NUMERO = re.compile(r"\\tag\{(.*?)\}")  # sin guiones de la red, no se ve
Bloques = list[dict[str, Any]]
DE_QUARTO: dict[str, Any] = {
    **{"theme": ["default", "claro.scss"], "css": "quarto.css"},
    **{"html-math-method": "mathml", "code-line-numbers": False},
    **{"slide-number": True, "width": 1280, "height": 720},
}


def hacer(libro: Libro, paginas: list[Pagina], sitio: Path, docente: Path) -> None:
    """Deja las páginas en ``sitio`` y lo de Quarto en ``docente``, cada cual en su carpeta."""
    de_cada_una = [dict(_elementos(libro.raiz, pagina)) for pagina in paginas]
    de_todas = {id_: suyos for una in de_cada_una for id_, suyos in una.items()}
    for pagina, suyos in zip(paginas, de_cada_una, strict=True):
        nombre = f"{CARPETA}/{Path(pagina.entrada.ruta).stem}"
        fuente = f"curso/{nombre}.qmd"
        if not (libro.raiz / fuente).is_file():
            continue
        bloques = _armar(libro.raiz, fuente, de_todas | suyos)
        escribir(sitio / f"{nombre}.html", _pagina(libro, pagina, bloques))
        escribir(docente / f"{nombre}.qmd", _para_quarto(libro, pagina, bloques))
        for figura in FIGURA.findall(json.dumps(bloques)):
            dibujo = (sitio / "libro" / figura).read_bytes()
            escribir(docente / CARPETA / figura, dibujo)
    for suyo in ("diapositivas.css", "diapositivas.js"):
        shutil.copy(libro.raiz / FUENTES / suyo, sitio / CARPETA)
    _vestir_las_de_quarto(libro.raiz, docente / CARPETA)


def _vestir_las_de_quarto(raiz: Path, carpeta: Path) -> None:
    """Deja junto a las de Quarto los colores y las letras del libro."""
    recursos = raiz / RECURSOS
    shutil.copy(recursos / "claro.scss", carpeta)
    shutil.copytree(recursos / "letras", carpeta / "letras", ignore=SIN_TTF)
    estilo = (recursos / "libro.css").read_text("utf-8")
    letras = re.findall("^@font-face.*\n", estilo, re.MULTILINE)
    propio = (raiz / FUENTES / "quarto.css").read_text("utf-8")
    escribir(carpeta / "quarto.css", "".join(letras) + propio)


def _nodos(arbol: Any) -> Iterator[dict[str, Any]]:
    """Todo lo que hay en un documento de Pandoc, lo de afuera primero."""
    if isinstance(arbol, dict):
        yield arbol
        yield from _nodos(arbol.get("c"))
    elif isinstance(arbol, list):
        for uno in arbol:
            yield from _nodos(uno)


def _elementos(raiz: Path, pagina: Pagina) -> Iterator[tuple[str, Bloques]]:
    """Lo que una página tiene con nombre: figuras, tablas, ecuaciones, trozos y ejercicios."""
    ruta = raiz / FICHAS / f"{Path(pagina.entrada.ruta).stem}.json"
    suyas = iter(json.loads(ruta.read_text("utf-8"))["trozos"])
    for nodo in _nodos(pagina.documento["blocks"]):
        if nodo.get("t") == "Para":
            for lugar, una in enumerate(nodo["c"]):
                if hallada := ETIQUETA.fullmatch(str(una.get("c"))):
                    formula = [n for n in nodo["c"][:lugar] if n["t"] == "Math"][-1]
                    yield hallada[1], [{"t": "Para", "c": [formula, una]}]
        elif nodo.get("t") in ("Div", "Figure", "Table", "CodeBlock"):
            id_, clases, pares = nodo["c"][0]
            if id_.startswith(("fig-", "tbl-", "lst-")):
                yield id_, [nodo]
            elif nodo["t"] == "CodeBlock" and (id_ or "file" in dict(pares)):
                ficha = _desde_afuera(next(suyas), pagina.entrada.pagina)
                atributos = [id_, clases, [*pares, ["ficha", json.dumps(ficha)]]]
                yield ficha["id"], [{"t": "CodeBlock", "c": [atributos, nodo["c"][1]]}]
    ejercicio = Bloques()
    for bloque in pagina.documento["blocks"]:
        if empieza := EJERCICIO.match(json.dumps(bloque.get("c"))):
            ejercicio = []
            yield f"ejercicio-{empieza[1]}", ejercicio
        ejercicio = ejercicio if bloque["t"] != "Header" else []
        ejercicio.append(bloque)


def _desde_afuera(ficha: Any, pagina: str) -> Any:
    """La ficha de un trozo con sus enlaces vistos desde la carpeta de las diapositivas."""
    texto = json.dumps(ficha).replace('"url": "#', f'"url": "{Path(pagina).name}#')
    return json.loads(texto.replace('"url": "', '"url": "../libro/'))


def _armar(raiz: Path, ruta: str, conocidos: dict[str, Bloques]) -> list[Bloques]:
    """Los bloques de cada diapositiva, con lo que nombra en su lugar."""
    texto = leer_texto(raiz, ruta)
    mensaje = "nombra «{}», y en el libro no hay nada que se llame así"
    levantar(
        ErrorDelLibro(mensaje.format(nombrado), ruta, numero)
        for numero, renglon in enumerate(texto.split("\n"), 1)
        for nombrado in NOMBRADO.findall(renglon)
        if nombrado not in conocidos
    )
    con_lugares = NOMBRADO.sub(r"\n::: {#\1 .del-libro}\n:::\n", texto)
    argumentos = ["-f", tejer.ENTRADA, "-t", "json"]
    diapositivas = list[Bloques]()
    for bloque in json.loads(pandoc(raiz, argumentos, con_lugares, ruta))["blocks"]:
        if bloque["t"] == "Header":
            diapositivas.append([])
        if not diapositivas:
            raise ErrorDelLibro("cada diapositiva empieza con un «##»", ruta, 1)
        del_libro = bloque["t"] == "Div" and bloque["c"][0][0]
        diapositivas[-1] += conocidos[del_libro] if del_libro else [bloque]
    return diapositivas


def _pagina(libro: Libro, pagina: Pagina, diapositivas: list[Bloques]) -> str:
    """La página que se proyecta: una sección por diapositiva, con lo que el libro le da."""
    entrada = pagina.entrada
    titulo = [{"t": "Str", "c": tejer.titulo(entrada)}]
    enlace = {"t": "Link", "c": [["", [], []], titulo, [f"../{entrada.pagina}", ""]]}
    abre = {"t": "Header", "c": [1, ["", [], []], [enlace]]}
    secciones = Bloques()
    for numero, bloques in enumerate(diapositivas, 1):
        de_quien = [["aria-labelledby", bloques[0]["c"][1][0]]]
        dentro = [abre, *bloques] if numero == 1 else bloques
        atributos = [str(numero), ["section", "diapositiva"], de_quien]
        secciones.append({"t": "Div", "c": [atributos, dentro]})
    suyos = FIGURA.sub(r'"../libro/\1"', json.dumps(secciones))
    documento = {**pagina.documento, "blocks": json.loads(suyos)}
    otra = replace(entrada, ruta=f"{CARPETA}/{Path(entrada.ruta).name}")
    otra.titulo = f"Diapositivas de «{entrada.titulo}»"
    una = replace(pagina, entrada=otra, documento=documento)
    return tejer.tejer_pagina(libro, una, "", CARPETA)


def _para_quarto(libro: Libro, pagina: Pagina, diapositivas: list[Bloques]) -> str:
    """Lo mismo, en Markdown para el revealjs de Quarto, con todo resuelto: no ejecuta nada."""
    bloques = [bloque for diapositiva in diapositivas for bloque in diapositiva]
    texto = json.dumps({**pagina.documento, "blocks": bloques})
    argumentos = ["-t", f"{FORMATO}+attributes", "--wrap=none"]
    argumentos += tejer.metadatos({"etiquetas": ETIQUETAS, "lang": "es-MX"})
    argumentos += filtros("trozos", "ediciones")
    argumentos += OBRAS if pagina.cita_obras else []
    cuerpo = pandoc(libro.raiz, argumentos, texto, pagina.entrada.ruta)
    titulos = {"title": pagina.entrada.titulo, "subtitle": libro.titulo}
    todo = {**titulos, "lang": "es", "format": {"revealjs": DE_QUARTO}}
    cabeza = yaml.safe_dump(todo, allow_unicode=True, sort_keys=False)
    con_numeros = NUMERO.sub(r"\\qquad (\1)", MARCA.sub("", cuerpo))
    return f"---\n{cabeza}---\n\n{con_numeros}"
