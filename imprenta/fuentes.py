"""Lectura de las fuentes: qué capítulos hay, en qué orden, y qué bloques trae cada uno.

Solo usa la biblioteca estándar, porque de aquí depende el extractor.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imprenta.errores import ErrorDelLibro

CAPITULO = re.compile(
    r"^\s*-?\s*(?:(?:part|file|href):\s*)?[\"']?([\w./-]+\.qmd)[\"']?\s*(?:#.*)?$"
)
CERCA = re.compile(r"^(?P<cerca>`{3,}|~{3,})\s*(?P<info>.*?)\s*$")
ATRIBUTO = re.compile(
    r"#(?P<id>[^\s}]+)|\.(?P<clase>[^\s}]+)|(?P<clave>[\w-]+)=(?:\"(?P<citado>[^\"]*)\"|(?P<valor>[^\s}]*))"
)


@dataclass(frozen=True)
class Bloque:
    """Un bloque de código entre cercas, tal como está escrito en el capítulo."""

    archivo: str
    linea: int
    info: str
    lineas: tuple[str, ...]
    id: str | None = None
    clases: tuple[str, ...] = ()
    atributos: dict[str, str] = field(default_factory=dict)

    @property
    def es_celda(self) -> bool:
        """Si es una celda que se ejecuta (``{python}``)."""
        return self.info == "{python}"

    @property
    def fin(self) -> int:
        """Renglón de la cerca que lo cierra."""
        return self.linea + len(self.lineas) + 1


@dataclass(frozen=True)
class Prosa:
    """Renglones seguidos de un capítulo que no son código."""

    archivo: str
    linea: int
    lineas: tuple[str, ...]


def rutas_de_capitulos(raiz: Path) -> list[str]:
    """Los capítulos que nombra ``_quarto.yml``, en su orden.

    Raises:
        ErrorDelLibro: si falta ``_quarto.yml``, si no nombra capítulos o si alguno no existe.
    """
    indice = raiz / "_quarto.yml"
    if not indice.is_file():
        raise ErrorDelLibro(
            "no existe; es el archivo que lista los capítulos", indice.name
        )
    rutas = []
    for numero, linea in enumerate(leer_texto(raiz, indice.name).split("\n"), 1):
        if hallado := CAPITULO.match(linea):
            rutas.append(hallado[1])
            if ".." in hallado[1].split("/") or hallado[1].startswith("/"):
                raise ErrorDelLibro(
                    f"el capítulo {hallado[1]} está fuera del libro",
                    indice.name,
                    numero,
                )
            if not (raiz / hallado[1]).is_file():
                raise ErrorDelLibro(
                    f"el capítulo {hallado[1]} no existe", indice.name, numero
                )
    if not rutas:
        raise ErrorDelLibro("no nombra ningún capítulo", indice.name)
    return rutas


def leer_texto(raiz: Path, ruta: str) -> str:
    """El texto de una fuente del libro.

    Raises:
        ErrorDelLibro: si no es UTF-8; dice en qué renglón.
    """
    crudo = (raiz / ruta).read_bytes()
    try:
        return crudo.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        linea = crudo.count(b"\n", 0, error.start) + 1
        raise ErrorDelLibro(f"no está en UTF-8 ({error.reason})", ruta, linea) from None


def leer_capitulo(raiz: Path, ruta: str) -> list[Bloque | Prosa]:
    """Separa un capítulo en bloques de código y prosa, sin perder un renglón.

    Raises:
        ErrorDelLibro: si un bloque no se cierra o si el archivo no es UTF-8.
    """
    return list(_segmentos(ruta, leer_texto(raiz, ruta).split("\n")))


def _segmentos(ruta: str, lineas: list[str]) -> Iterator[Bloque | Prosa]:
    inicio = actual = 0
    while actual < len(lineas):
        apertura = CERCA.match(lineas[actual])
        if not apertura:
            actual += 1
            continue
        if inicio < actual:
            yield Prosa(ruta, inicio + 1, tuple(lineas[inicio:actual]))
        antes = "\n".join(lineas[inicio:actual])
        if antes.rfind("<!--") > antes.rfind("-->"):
            mensaje = "hay un bloque de código dentro de un comentario"
            raise ErrorDelLibro(mensaje, ruta, actual + 1)
        final = _cierre(ruta, lineas, actual, apertura["cerca"])
        yield _bloque(ruta, actual + 1, apertura["info"], lineas[actual + 1 : final])
        inicio = actual = final + 1
    if inicio < len(lineas):
        yield Prosa(ruta, inicio + 1, tuple(lineas[inicio:]))


def _cierre(ruta: str, lineas: list[str], apertura: int, cerca: str) -> int:
    misma = re.compile(rf"^{re.escape(cerca[0])}{{{len(cerca)},}}\s*(?P<info>.*)$")
    for indice in range(apertura + 1, len(lineas)):
        if hallada := misma.match(lineas[indice]):
            if hallada["info"]:
                break  # otro bloque empieza antes de que este acabe
            return indice
    raise ErrorDelLibro("este bloque de código no se cierra", ruta, apertura + 1)


def _bloque(ruta: str, linea: int, info: str, lineas: list[str]) -> Bloque:
    id_, clases, atributos = None, [], {}
    if info.startswith("{") and info not in ("{python}", "{=html}"):
        for hallado in ATRIBUTO.finditer(info):
            if hallado["id"]:
                id_ = hallado["id"]
            elif hallado["clase"]:
                clases.append(hallado["clase"])
            else:
                atributos[hallado["clave"]] = (
                    hallado["citado"] or hallado["valor"] or ""
                )
    return Bloque(ruta, linea, info, tuple(lineas), id_, tuple(clases), atributos)
