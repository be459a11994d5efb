"""Lo que se asoma al detenerse en una referencia: ecuaciones, figuras, tablas y trozos de otra página.

``libro.js`` carga el archivo como guion clásico la primera vez que le hace falta.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

ASOMAN = ("eq-", "fig-", "tbl-", "lst-", "trozo-")
DE_RENGLON = re.compile(
    r'(?<=<span) id="cb\d+-\d+"><a [^>]*></a>'
)  # pesa, y aquí no sirve
SIN_CIERRE = {"br", "hr", "img", "input", "link", "meta"}


class _Recorte(HTMLParser):
    """De una página, el texto de cada elemento que se asoma, por su identificador."""

    def __init__(self, texto: str):
        super().__init__()
        self.recortes: dict[str, str] = {}
        self.abiertos: list[tuple[str, int]] = []  # el identificador y dónde empieza
        self.renglones = [0]
        for renglon in texto.splitlines(keepends=True):
            self.renglones.append(self.renglones[-1] + len(renglon))
        self.texto = texto
        self.feed(texto)

    def aqui(self) -> int:
        renglon, columna = self.getpos()
        return self.renglones[renglon - 1] + columna

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SIN_CIERRE:
            self.abiertos.append((dict(attrs).get("id") or "", self.aqui()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Lo que se cierra solo no encierra nada."""

    def handle_endtag(self, tag: str) -> None:
        id_, inicio = self.abiertos.pop()
        if id_.startswith(ASOMAN):
            fin = self.texto.index(">", self.aqui()) + 1
            self.recortes[id_] = self.texto[inicio:fin]


def de_las_paginas(sitio: Path, rutas: list[str]) -> str:
    """El guion con los recortes de unas páginas, por su dirección en el sitio."""
    recortes = {
        f"{ruta}#{id_}": DE_RENGLON.sub(">", recorte)
        for ruta in rutas
        for id_, recorte in _Recorte((sitio / ruta).read_text("utf-8")).recortes.items()
    }
    return f"window.VISTAS = {json.dumps(recortes, ensure_ascii=False)};\n"
