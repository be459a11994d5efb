"""Revisión del sitio ya tejido: que toda referencia y todo enlace interno lleven a algún lado."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from imprenta.errores import ErrorDelLibro, Errores

DE_FUERA = re.compile(r"(?:https?|mailto|data|javascript):")


class _Enlaces(HTMLParser):
    """Junta los destinos, las anclas y las señales de referencia rota de una página."""

    def __init__(self, texto: str):
        super().__init__()
        self.destinos: list[tuple[str, int]] = []
        self.anclas: set[str] = set()
        self.rotas: list[int] = []
        self.feed(texto)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        renglon, atributos = self.getpos()[0], {n: v for n, v in attrs if v}
        self.anclas |= {atributos[n] for n in ("id", "name") if n in atributos}
        for nombre in ("href", "src"):
            if nombre in atributos and not DE_FUERA.match(atributos[nombre]):
                self.destinos.append((atributos[nombre], renglon))
        if "quarto-unresolved-ref" in atributos.get("class", ""):
            self.rotas.append(renglon)

    def handle_data(self, data: str) -> None:
        if data.startswith("?@"):
            self.rotas.append(self.getpos()[0])


def _leer_paginas(sitio: Path) -> dict[Path, _Enlaces]:
    return {
        ruta: _Enlaces(ruta.read_text(encoding="utf-8"))
        for ruta in sorted(sitio.rglob("*.html"))
    }


def revisar_referencias(sitio: Path) -> None:
    """Levanta un error por cada referencia sin resolver; Quarto solo avisa de ellas."""
    mensaje = "quedó una referencia sin resolver"
    errores = [
        ErrorDelLibro(mensaje, ruta.relative_to(sitio), renglon)
        for ruta, pagina in _leer_paginas(sitio).items()
        for renglon in pagina.rotas
    ]
    if errores:
        raise Errores(errores)


def revisar_enlaces(sitio: Path) -> None:
    """Levanta un error por cada enlace interno o imagen sin destino, con su página y renglón."""
    paginas = {ruta.resolve(): pagina for ruta, pagina in _leer_paginas(sitio).items()}
    errores: list[ErrorDelLibro] = []
    for ruta, pagina in paginas.items():
        for destino, renglon in pagina.destinos:
            camino, _, ancla = destino.partition("#")
            archivo = ruta
            if camino:
                archivo = (ruta.parent / unquote(camino).partition("?")[0]).resolve()
            otra, mensaje = paginas.get(archivo), ""
            if not archivo.exists():
                mensaje = f"enlaza con {unquote(camino)}, que no existe"
            elif ancla and otra and unquote(ancla) not in otra.anclas:
                mensaje = f"enlaza con el ancla «{destino}», que no existe"
            if mensaje:
                nombre = ruta.relative_to(sitio.resolve())
                errores.append(ErrorDelLibro(mensaje, nombre, renglon))
    if errores:
        raise Errores(errores)
