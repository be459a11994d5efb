"""Lo que el lector puede buscar sin red: secciones, términos, trozos, funciones y clases."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from imprenta import glosario
from imprenta.fuentes import Bloque
from imprenta.programa import resumen
from imprenta.tejer import Pagina, etiquetas, titulo
from imprenta.trozos import Programa, destinos, pagina_de

DEFINICION = re.compile(r"^ *(?P<tipo>def|class) (?P<nombre>\w+)")
RESUMEN = re.compile(r'^ *"""(.+?)(?:"""|$)')

Ficha = dict[str, str]
Etiquetas = dict[str, dict[str, Any]]


def indice(programa: Programa, paginas: list[Pagina]) -> str:
    """El índice que ``libro.js`` carga como guion clásico."""
    todas = etiquetas(paginas)
    titulos = {pagina.entrada.ruta: titulo(pagina.entrada) for pagina in paginas}
    fichas = [ficha for pagina in paginas for ficha in _secciones(pagina)]
    fichas += _terminos(programa.raiz, todas, titulos)
    fichas += _programa(programa, titulos)
    return f"window.INDICE_BUSQUEDA = {json.dumps(fichas, ensure_ascii=False)};\n"


def _ficha(tipo: str, url: str, nombre: str, lugar: str, texto: str) -> Ficha:
    return {"tipo": tipo, "url": url, "nombre": nombre, "lugar": lugar, "texto": texto}


def _secciones(pagina: Pagina) -> Iterator[Ficha]:
    entrada = pagina.entrada
    for seccion in pagina.secciones:
        texto, nombre = seccion["texto"], titulo(entrada)
        if seccion["id"]:
            url = f"{entrada.pagina}#{seccion['id']}"
            yield _ficha("sección", url, seccion["nombre"], nombre, texto)
        else:
            yield _ficha("capítulo", entrada.pagina, nombre, "", texto)


def _terminos(raiz: Path, todas: Etiquetas, titulos: dict[str, str]) -> Iterator[Ficha]:
    if glosario.PAGINA not in todas:
        return
    pagina = todas[glosario.PAGINA]
    for termino in glosario.leer(raiz):
        url = f"{pagina['pagina']}#{termino.id}"
        tambien = ", ".join(dict.fromkeys([termino.ingles, *termino.otros]))
        texto = f"{termino.definicion} ({tambien})"
        yield _ficha("término", url, termino.nombre, titulos[pagina["fuente"]], texto)


def _programa(programa: Programa, titulos: dict[str, str]) -> Iterator[Ficha]:
    """Los archivos, los trozos y, dentro de cada trozo, sus funciones y clases."""
    for archivo in programa.con_pagina():
        url, texto = f"{pagina_de(archivo)}#r1", resumen(programa, archivo)
        yield _ficha("archivo", url, archivo, "El programa", texto)
    for ruta, partes in programa.capitulos.items():
        for parte in partes:
            url = f"{ruta.removesuffix('.qmd')}.html#{parte.id}"
            archivos = ", ".join(sorted(destinos(parte.trozo)))
            lugar = f"{archivos} · {titulos[ruta]} · {parte.numero}"
            if parte.titulo != parte.define:
                yield _ficha("trozo", url, parte.titulo, lugar, "")
            yield from _definiciones(parte.bloque, url, lugar)


def _definiciones(parte: Bloque, url: str, lugar: str) -> list[Ficha]:
    fichas: list[Ficha] = []
    for renglon in parte.lineas:
        if hallada := DEFINICION.match(renglon):
            tipo = "clase" if hallada["tipo"] == "class" else "función"
            fichas.append(_ficha(tipo, url, hallada["nombre"], lugar, ""))
        elif (resumen := RESUMEN.match(renglon)) and fichas:
            fichas[-1]["texto"] = fichas[-1]["texto"] or resumen[1].replace("`", "")
    return [ficha for ficha in fichas if not ficha["nombre"].startswith("__")]
