"""Revisión del sitio ya tejido: que toda referencia y todo enlace interno lleven a algún lado."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from imprenta.errores import ErrorDelLibro, Errores


class _Enlaces(HTMLParser):
    """Junta los destinos, las anclas y las señales de referencia rota de una página."""

    def __init__(self, texto: str):
        super().__init__()
        self.destinos: list[tuple[str, int]] = []
        self.anclas: set[str] = set()
        self.rotas: list[int] = []
        self.feed(texto)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        atributos = dict(attrs)
        self.anclas |= {
            valor for nombre in ("id", "name") if (valor := atributos.get(nombre))
        }
        for nombre in ("href", "src"):
            if valor := atributos.get(nombre):
                self.destinos.append((valor, self.getpos()[0]))
        if "quarto-unresolved-ref" in (atributos.get("class") or ""):
            self.rotas.append(self.getpos()[0])

    def handle_data(self, data: str) -> None:
        if data.startswith("?@"):
            self.rotas.append(self.getpos()[0])


def _leer_paginas(sitio: Path) -> dict[Path, _Enlaces]:
    return {
        ruta: _Enlaces(ruta.read_text(encoding="utf-8"))
        for ruta in sorted(sitio.rglob("*.html"))
    }


def revisar_referencias(sitio: Path) -> None:
    """Comprueba que no quede ninguna referencia sin resolver; Quarto solo avisa de ellas.

    Raises:
        Errores: un error por referencia rota, con su página y renglón.
    """
    errores: list[ErrorDelLibro] = [
        ErrorDelLibro(
            "quedó una referencia sin resolver", ruta.relative_to(sitio), renglon
        )
        for ruta, pagina in _leer_paginas(sitio).items()
        for renglon in pagina.rotas
    ]
    if errores:
        raise Errores(errores)


def revisar_enlaces(sitio: Path) -> None:
    """Comprueba que todo enlace interno lleve a un archivo y a un ancla que existen.

    Raises:
        Errores: un error por enlace o imagen sin destino, con su página y renglón.
    """
    paginas = _leer_paginas(sitio)
    por_archivo = {ruta.resolve(): pagina for ruta, pagina in paginas.items()}
    errores: list[ErrorDelLibro] = []
    for ruta, pagina in paginas.items():
        nombre = ruta.relative_to(sitio)
        for destino, renglon in pagina.destinos:
            if destino.startswith(
                ("http:", "https:", "mailto:", "data:", "javascript:")
            ):
                continue
            camino, _, ancla = destino.partition("#")
            camino, ancla = unquote(camino), unquote(ancla)
            archivo = (
                (ruta.parent / camino.partition("?")[0]).resolve()
                if camino
                else ruta.resolve()
            )
            if not archivo.exists():
                errores.append(
                    ErrorDelLibro(
                        f"enlaza con {camino}, que no existe", nombre, renglon
                    )
                )
                continue
            otra = por_archivo.get(archivo)
            if ancla and otra and ancla not in otra.anclas:
                errores.append(
                    ErrorDelLibro(
                        f"enlaza con el ancla «{destino}», que no existe",
                        nombre,
                        renglon,
                    )
                )
    if errores:
        raise Errores(errores)
