"""El sitio ya tejido: se revisan sus enlaces, se compara con el de una copia y se muestra."""

import filecmp
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from imprenta.errores import ErrorDelLibro, levantar

SITIO = "_libro"
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
    rutas = sorted(sitio.rglob("*.html"))
    return {ruta: _Enlaces(ruta.read_text(encoding="utf-8")) for ruta in rutas}


def revisar_referencias(sitio: Path) -> None:
    """Levanta un error por cada referencia sin resolver; Quarto solo avisa de ellas."""
    mensaje = "quedó una referencia sin resolver"
    levantar(
        ErrorDelLibro(mensaje, ruta.relative_to(sitio), renglon)
        for ruta, pagina in _leer_paginas(sitio).items()
        for renglon in pagina.rotas
    )


def revisar_enlaces(sitio: Path) -> None:
    """Levanta un error por cada enlace interno o imagen sin destino, con su página y renglón."""
    levantar(_enlaces_rotos(sitio.resolve()))


def _enlaces_rotos(sitio: Path) -> Iterator[ErrorDelLibro]:
    paginas = _leer_paginas(sitio)
    for ruta, pagina in paginas.items():
        for destino, renglon in pagina.destinos:
            camino, _, ancla = map(unquote, destino.partition("#"))
            archivo = (ruta.parent / (camino.partition("?")[0] or ruta.name)).resolve()
            nombre, otra = ruta.relative_to(sitio), paginas.get(archivo)
            if not archivo.exists():
                mensaje = f"enlaza con {camino}, que no existe"
                yield ErrorDelLibro(mensaje, nombre, renglon)
            elif ancla and otra and ancla not in otra.anclas:
                mensaje = f"enlaza con el ancla «{destino}», que no existe"
                yield ErrorDelLibro(mensaje, nombre, renglon)


def comprobar(raiz: Path) -> None:
    """Teje una copia de las fuentes en otra carpeta y otra fecha, y la compara con ``_libro/``."""
    if not shutil.which("faketime"):
        raise ErrorDelLibro("falta faketime; en Debian o Ubuntu: apt install faketime")
    with TemporaryDirectory(prefix="otra carpeta ") as carpeta:
        copia = Path(carpeta, "copia")
        lo_hecho = shutil.ignore_patterns(".*", f"{SITIO}*", "__pycache__")
        shutil.copytree(raiz, copia, ignore=lo_hecho)
        orden = ["faketime", "-f", "+400d", sys.executable, "-m", "imprenta", "libro"]
        ajenas = {"TZ": "Asia/Tokyo", "HOME": carpeta, "PYTHONHASHSEED": "1"}
        if subprocess.run(orden, cwd=copia, env={**os.environ, **ajenas}).returncode:
            raise ErrorDelLibro("la copia no se pudo tejer; arriba dice por qué")
        cuantos = f"{comparar(raiz / SITIO, copia / SITIO)} archivos"
    print(f"Idénticos byte por byte: {cuantos}, en otra carpeta y otra fecha.")


def comparar(uno: Path, otro: Path) -> int:
    """Cuántos archivos tienen dos carpetas iguales."""
    de_uno, de_otro = (
        {r.relative_to(carpeta).as_posix() for r in carpeta.rglob("*") if r.is_file()}
        for carpeta in (uno, otro)
    )
    comunes = sorted(de_uno & de_otro)
    _, distintos, ilegibles = filecmp.cmpfiles(uno, otro, comunes, shallow=False)
    if malos := [*distintos, *ilegibles, *sorted(de_uno ^ de_otro)]:
        raise ErrorDelLibro(f"{len(malos)} archivos no son iguales: {', '.join(malos)}")
    return len(comunes)


class _EnUTF8(SimpleHTTPRequestHandler):
    """Declara el alfabeto de los textos; si no, el navegador muestra «ExtraÃ­do»."""

    def guess_type(self, path: str) -> str:  # type: ignore[override]
        tipo = super().guess_type(path)
        return f"{tipo}; charset=utf-8" if tipo.startswith("text/") else tipo


def servir(raiz: Path, puerto: str = "8000") -> None:
    """Atiende ``_libro/`` en la interfaz local hasta que se interrumpa."""
    sitio = raiz / SITIO
    if not (sitio / "index.html").is_file():
        raise ErrorDelLibro("todavía no hay libro; hazlo con «make libro»", SITIO)
    atencion = partial(_EnUTF8, directory=str(sitio))
    try:
        servidor = ThreadingHTTPServer(("127.0.0.1", int(puerto)), atencion)
    except (OSError, OverflowError) as error:
        por_que = getattr(error, "strerror", None) or "los hay de 0 a 65535"
        raise ErrorDelLibro(f"no se puede usar el puerto {puerto}: {por_que}") from None
    with servidor:
        print(f"El libro está en http://127.0.0.1:{puerto}/ (Ctrl-C para terminar)")
        try:
            servidor.serve_forever()
        except KeyboardInterrupt:
            print()
