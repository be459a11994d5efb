"""La edición Pandoc: convierte los capítulos ejecutados en un sitio que se lee sin red.

Primero lee todos los capítulos (en el JSON de Pandoc) para numerarlos y juntar una sola tabla de
etiquetas; luego da forma a cada página. Lo que no cambió no se vuelve a tejer.
"""

import base64
import hashlib
import html
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import pypandoc

from imprenta.archivos import escribir, recordar
from imprenta.ejecutar import Capitulo, Celda, cercado, entorno
from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import Entrada
from imprenta.indice import ETIQUETAS, Libro

MEMORIA = Path(".cache/paginas")
RECURSOS = "libro/recursos"
OBRAS = ["--citeproc", f"--bibliography={RECURSOS}/referencias.bib"]
OBRAS.append(f"--lua-filter={RECURSOS}/lenguas.lua")
ENTRADA = "markdown+table_attributes"
DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")  # pide algo de fuera: en un EPUB no se vale
SIN_TRAZO = re.compile(r"<path (?![^>]*\bd=)")  # un espacio; en un EPUB tampoco
DATOS = re.compile(
    r'<script type="application/json" id="([\w-]+)">(.*?)</script>', re.S
)
SIN_OFICIO = re.compile(  # un ancla vacía por renglón de código y sus signos, que no llevan color
    r'<a href="#cb[\d-]+" aria-hidden="true"\s+tabindex="-1"></a>'
    r'|<span class="op">(?P<signo>[^<]*)</span>'
)
CITA = re.compile(r"(\s*)\[?-?@([\w-]+)[^\]\s.,;:)]*(?:,[^\]]*)?\]?")
ETIQUETA = re.compile(r"\{#[\w-]+\}")
LIGERO = 10_000  # los bytes de datos que se quedan en su página
CRUDO = "{=html}"
PALABRAS_POR_MINUTO = 200
RESUMEN = 200  # lo que cabe, en letras, donde un buscador lo muestra
FORMATOS = {"image/svg+xml": "svg", "image/png": "png"}


def pandoc(raiz: Path, argumentos: list[str], entrada: str, ruta: str) -> str:
    """Corre Pandoc en la raíz del libro, con su JSON si no se dice otra cosa; da lo que imprime."""
    orden = [pypandoc.get_pandoc_path(), "--fail-if-warnings", "-f", "json"]
    proceso = subprocess.run(
        [*orden, *argumentos],
        input=entrada,
        cwd=raiz,
        env={**entorno(raiz), **os.environ},
        capture_output=True,
        encoding="utf-8",
    )
    if proceso.returncode:
        raise ErrorDelLibro(f"Pandoc no pudo tejerlo: {proceso.stderr.strip()}", ruta)
    return proceso.stdout


def filtros(*nombres: str) -> list[str]:
    """Las opciones de Pandoc para unos filtros del libro, en ese orden."""
    return [f"--lua-filter={RECURSOS}/{nombre}.lua" for nombre in nombres]


def metadatos(datos: dict[str, str]) -> list[str]:
    """Las opciones de Pandoc para unos metadatos."""
    return [f"--metadata={nombre}:{valor}" for nombre, valor in datos.items()]


def a_markdown(capitulo: Capitulo, de_celda: Callable[[Celda], str]) -> str:
    """El capítulo en Markdown de Pandoc; ``de_celda`` dice qué va en el lugar de cada una."""
    return "\n".join(p if isinstance(p, str) else de_celda(p) for p in capitulo.pasajes)


def con_salidas(carpeta: Path, celda: Celda) -> str:
    """Una celda y lo que dio, en Markdown de Pandoc; deja sus figuras en ``carpeta``."""
    opciones, partes = celda.opciones, list[str]()
    if not opciones.get("include", True):
        return ""
    if opciones.get("echo", True):
        codigo = cercado(celda.codigo, "{.python .cell-code}")
        if opciones.get("code-fold"):
            resumen = html.escape(opciones.get("code-summary", "Código"))
            abre = f'<details class="code-fold"><summary>{resumen}</summary>'
            codigo = f"{cercado(abre, CRUDO)}\n{codigo}\n{cercado('</details>', CRUDO)}"
        partes.append(codigo)
    if opciones.get("output", True):
        partes += _salidas(celda, carpeta)
    return division(".cell", "\n".join(partes))


def _salidas(celda: Celda, carpeta: Path) -> Iterator[str]:
    etiqueta, flotantes = celda.etiqueta, 0
    for numero, salida in enumerate(celda.salidas, 1):
        if salida["output_type"] == "stream":
            if salida["name"] == "stdout" or celda.opciones.get("warning", True):
                cuerpo = cercado("".join(salida["text"]).rstrip("\n"), "")
                yield division(f".cell-output .cell-output-{salida['name']}", cuerpo)
            continue
        datos = salida["data"]
        formato = next((f for f in FORMATOS if f in datos), None)
        if formato and "text/html" not in datos:  # con HTML, Quarto pide cosas a la red
            nombre = etiqueta or f"celda-{celda.bloque.linea}"
            nombre = f"{nombre}-output-{numero}.{FORMATOS[formato]}"
            cuerpo = _figura(celda, carpeta, nombre, "".join(datos[formato]))
            if "text/markdown" in datos:
                dibujo = "".join(datos["text/markdown"])
                cuerpo = division(".en-la-pagina", f"{dibujo}\n{cuerpo}")
        elif "text/markdown" in datos:
            cuerpo = "".join(datos["text/markdown"])
        elif set(datos) == {"text/plain"}:
            cuerpo = cercado("".join(datos["text/plain"]), "")
        else:
            produce = f"la celda produce {sorted(datos)}"
            raise celda.bloque.error(f"{produce}, fuera del subconjunto")
        que_es = "fig-" if formato else "tbl-" if "text/markdown" in datos else "nada"
        if etiqueta.startswith(que_es):
            flotantes += 1
            pie = celda.opciones[f"{etiqueta[:3]}-cap"]
            cuerpo = division(f"#{etiqueta}", f"{cuerpo}\n\n{pie}")
        yield division(".cell-output .cell-output-display", cuerpo)
    if etiqueta and flotantes != 1:
        cosa = "figura" if etiqueta.startswith("fig-") else "tabla"
        mensaje = f"debe producir una {cosa}, y produce {flotantes}"
        raise celda.bloque.error(f"la celda «{etiqueta}» {mensaje}")


def division(atributos: str, cuerpo: str) -> str:
    """Una división de Pandoc."""
    return f"\n::: {{{atributos}}}\n\n{cuerpo}\n\n:::\n"


def _figura(celda: Celda, carpeta: Path, nombre: str, contenido: str) -> str:
    es_png = nombre.endswith("png")
    sencillo = SIN_TRAZO.sub('<path d="" ', DOCTYPE.sub("", contenido, 1))
    dibujo = base64.b64decode(contenido) if es_png else sencillo
    escribir(carpeta / nombre, dibujo)
    dice = html.escape(alterna(celda, contenido), quote=True)
    suya = f"{Path(celda.bloque.archivo).stem}_files/{carpeta.name}"
    return f'![]({suya}/{nombre}){{fig-alt="{dice}"}}'


def alterna(celda: Celda, contenido: str) -> str:
    """El texto alternativo de una figura; el de un dibujo es lo que dice de sí mismo."""
    dicho = html.unescape(". ".join(re.findall("<(?:title|desc)>(.*?)</", contenido)))
    dice = str(celda.opciones.get("fig-alt", dicho)).strip()
    if not dice and celda.etiqueta:
        raise celda.bloque.error("a la figura le falta su texto alternativo (fig-alt)")
    return dice


@dataclass
class Pagina:
    """Un capítulo leído por Pandoc, con lo que hay que saber de él antes de tejerlo."""

    entrada: Entrada
    capitulo: Capitulo
    documento: dict[str, Any]
    etiquetas: dict[str, dict[str, Any]]
    secciones: list[dict[str, str]]  # identificador, nombre y texto
    imagenes: list[str]  # sus rutas, desde la raíz del sitio
    cita_obras: bool


def leer_pagina(raiz: Path, entrada: Entrada, texto: str, capitulo: Capitulo) -> Pagina:
    """Lee un capítulo con Pandoc; ``numerar.lua`` le pone números y apunta lo que trae."""
    datos = {"numero": entrada.numero, "apendice": "sí" if entrada.es_apendice else ""}
    argumentos = ["-f", ENTRADA, "-t", "json", *filtros("numerar"), *metadatos(datos)]
    documento = json.loads(pandoc(raiz, argumentos, texto, entrada.ruta))
    leido = json.loads(documento["meta"].pop("leido")["c"])
    entrada.titulo = leido["titulo"]
    palabras = sum(len(seccion["texto"].split()) for seccion in leido["secciones"])
    entrada.minutos = 1 + palabras // PALABRAS_POR_MINUTO
    donde = {"fuente": entrada.ruta, "pagina": entrada.pagina}
    suyas = {ficha.pop("id"): {**ficha, **donde} for ficha in leido["etiquetas"]}
    carpeta = Path(entrada.ruta).parent
    imagenes = [(carpeta / imagen).as_posix() for imagen in leido["imagenes"]]
    leidos = suyas, leido["secciones"], imagenes, leido["obras"]
    return Pagina(entrada, capitulo, documento, *leidos)


def etiquetas(paginas: list[Pagina]) -> dict[str, dict[str, Any]]:
    """Las de todo el libro, con lo que hay que saber de cada una."""
    return {id_: ficha for p in paginas for id_, ficha in p.etiquetas.items()}


def resolver_citas(paginas: list[Pagina]) -> None:
    """Pone en cada sección lo que sus citas muestran; de ahí sale cómo empieza la página."""
    todas = etiquetas(paginas)

    def sin_arroba(cita: re.Match[str]) -> str:
        etiqueta = todas.get(cita[2])
        return cita[1] + etiqueta["prefijo"] + etiqueta["numero"] if etiqueta else ""

    for pagina in paginas:
        for seccion in pagina.secciones:
            texto = ETIQUETA.sub("", CITA.sub(sin_arroba, seccion["texto"]))
            seccion["texto"] = " ".join(texto.split())
        empieza = next((seccion["texto"] for seccion in pagina.secciones), "")
        pagina.entrada.resumen = shorten(empieza, RESUMEN, placeholder="…")


def tejer_pagina(libro: Libro, pagina: Pagina, colofon: str, molde: str = "") -> str:
    """El HTML de una página; lo recuerda mientras nada de lo que lo forma cambie."""
    meta = _contexto(libro, pagina.entrada, colofon)
    documento = json.dumps({**pagina.documento, "meta": _meta(meta)["c"]})
    partes = [documento.encode(), *de_que_depende(libro)]

    def tejer() -> bytes:
        argumentos = ["-t", "html5", "--standalone", "--mathml", "--toc"]
        argumentos += [
            "--toc-depth=3",
            f"--template={RECURSOS}/{molde or 'plantilla'}.html",
        ]
        argumentos += filtros("trozos", "glosario", "edicion-pandoc", "tipografia")
        argumentos += OBRAS if pagina.cita_obras else []
        html = pandoc(libro.raiz, argumentos, documento, pagina.entrada.ruta)
        if pagina.entrada in libro.entradas:
            html = SIN_OFICIO.sub(lambda marca: marca["signo"] or "", html)
        return html.encode()

    nombre = f"{Path(pagina.entrada.ruta).stem}.html"
    return recordar(libro.raiz / MEMORIA / molde, nombre, partes, tejer, bytes.decode)


def datos_aparte(texto: str, guion: str) -> tuple[str, str]:
    """La página sin los datos que incrusta y el guion que los trae, para que no retrasen el texto."""
    datos = DATOS.findall(texto)
    if sum(len(dato) for _, dato in datos) < LIGERO:
        return texto, ""
    traidos = (f'Taller.traidos["{id_}"] = {dato};\n' for id_, dato in datos)
    marca = f'<template data-guion="{guion}"></template>\n</main>'
    return DATOS.sub("", texto).replace("</main>", marca), "".join(traidos)


def de_que_depende(libro: Libro) -> list[bytes]:
    """Lo que decide cómo queda una página, una libreta o una edición, además de su documento."""
    recursos, cache = libro.raiz / RECURSOS, libro.raiz / ".cache"
    patrones = ("*.lua", "*.bib", "*.html", "*.typ", "epub.css")
    rutas = [ruta for patron in patrones for ruta in recursos.glob(patron)]
    rutas += [
        ruta
        for de in ("", "trozos/", "afirmaciones/")
        for ruta in cache.glob(f"{de}*.json")
    ]
    rutas += Path(__file__).parent.glob("*.py")
    version = pypandoc.get_pandoc_version().encode()
    return [version, *(ruta.read_bytes() for ruta in sorted(rutas))]


def _contexto(libro: Libro, entrada: Entrada, colofon: str) -> dict[str, Any]:
    """Las variables de la plantilla para una página."""
    es_portada = entrada.ruta == "index.qmd"
    tema = (libro.raiz / RECURSOS / "tema.js").read_text("utf-8").strip()
    huella = base64.b64encode(hashlib.sha256(tema.encode()).digest()).decode()
    contexto: dict[str, Any] = {
        "lang": "es",
        "etiquetas": ETIQUETAS,
        "fuente": entrada.ruta,
        "pagetitle": f"{entrada.titulo} – {libro.titulo}",
        "titulo-libro": libro.titulo,
        "subtitulo-libro": libro.subtitulo,
        "autor-libro": libro.autor,
        "descripcion": libro.descripcion,
        "resumen": (not es_portada and entrada.resumen) or libro.descripcion,
        "raiz": entrada.subir,
        "indice": ("html", _indice(libro, entrada)),
        "colofon": colofon,
        "tema": ("html", tema),
        "huella-del-tema": f"sha256-{huella}",
        "es-portada": es_portada,
        "epub": libro.archivo("epub"),
        "pdf": libro.archivo("pdf"),
        "tarea": libro.tarea,
        "icono": libro.icono,
        "link-citations": True,
    }
    if entrada not in libro.entradas:
        return contexto
    if es_portada:
        contexto["contenido"] = "html", _indice(libro, entrada, con_minutos=True)
    contexto["libreta"] = entrada.subir + entrada.libreta
    contexto["minutos"] = (
        str(entrada.minutos) if entrada.numero and not entrada.es_apendice else ""
    )
    posicion = libro.entradas.index(entrada)
    for nombre, indice in (("anterior", posicion - 1), ("siguiente", posicion + 1)):
        if 0 <= indice < len(libro.entradas):
            vecina = libro.entradas[indice]
            url = entrada.subir + vecina.pagina
            contexto[nombre] = {"url": url, "titulo": titulo(vecina)}
    return contexto


def _meta(valor: Any) -> dict[str, Any]:
    """Un valor de Python como metadato de Pandoc; ``("html", x)`` es HTML que pasa intacto."""
    if isinstance(valor, dict):
        return {"t": "MetaMap", "c": {nombre: _meta(v) for nombre, v in valor.items()}}
    if isinstance(valor, tuple):
        return {"t": "MetaInlines", "c": [{"t": "RawInline", "c": list(valor)}]}
    return {"t": "MetaBool" if isinstance(valor, bool) else "MetaString", "c": valor}


def titulo(entrada: Entrada) -> str:
    return f"{entrada.numero} {entrada.titulo}".strip()


def _indice(libro: Libro, actual: Entrada, con_minutos: bool = False) -> str:
    renglones = ['<ul class="capitulos">']
    abiertas: tuple[str, ...] = ()
    for entrada in libro.entradas:
        comunes = entrada.comunes(abiertas)
        renglones += ["</ul></li>"] * (len(abiertas) - comunes)
        rotulos = (f"<span>{html.escape(p)}</span>" for p in entrada.partes[comunes:])
        renglones += [f'<li class="parte">{rotulo}<ul>' for rotulo in rotulos]
        abiertas = entrada.partes
        numero = f'<span class="chapter-number">{entrada.numero}</span> '
        numero = numero if entrada.numero else ""
        aqui = ' aria-current="page"' if entrada is actual else ""
        enlace = f'<a href="{actual.subir}{entrada.pagina}"{aqui}>'
        dice = con_minutos and not entrada.es_apendice
        minutos = f"<small>{entrada.minutos} min</small>" * dice
        texto = f"{numero}{html.escape(entrada.titulo)}</a>{minutos}"
        renglones.append(f"<li>{enlace}{texto}</li>")
    renglones += ["</ul></li>"] * len(abiertas)
    aqui = "" if actual in libro.entradas else ' aria-current="page"'
    del_programa = f'<a href="{actual.subir}codigo/index.html"{aqui}>El programa</a>'
    renglones.append(f"<li>{del_programa}</li>")
    return "\n".join([*renglones, "</ul>"])


def copiar_recursos(libro: Libro, paginas: list[Pagina], sitio: Path) -> None:
    """Lleva al sitio los archivos que las páginas muestran o enlazan."""
    patrones = [*libro.recursos]
    patrones += [f"libro/recursos/*.{tipo}" for tipo in ("css", "js", "svg")]
    patrones += [imagen for pagina in paginas for imagen in pagina.imagenes]
    for patron in patrones:
        for origen in sorted(libro.raiz.glob(patron.lstrip("/"))):
            escribir(sitio / origen.relative_to(libro.raiz), origen.read_bytes())
