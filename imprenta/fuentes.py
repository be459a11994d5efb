"""Lectura de las fuentes: qué capítulos hay, en qué orden, y qué bloques trae cada uno."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import yaml

from imprenta.errores import ErrorDelLibro

INDICE = "_quarto.yml"
CAPITULO = re.compile(r"[\w./-]+\.qmd")
NINGUNO = yaml.SequenceNode("", [])
CERCA = re.compile(r"^(?P<cerca>`{3,}|~{3,})\s*(?P<info>.*?)\s*$")
ATRIBUTO = re.compile(
    r"#(?P<id>[^\s}]+)|\.(?P<clase>[^\s}]+)|(?P<clave>[\w-]+)=(?:\"(?P<citado>[^\"]*)\"|(?P<valor>[^\s}]*))"
)

Partes = tuple[str, ...]
Textos = Mapping[str, str] | None  # lo que dirían unos capítulos, y no su archivo
Cambios = dict[int, list[str]]  # por cada renglón que cambia, los que van en su lugar


@dataclass(frozen=True)
class Bloque:
    """Un bloque de código entre cercas, tal como está escrito en el capítulo."""

    archivo: str
    linea: int
    info: str
    lineas: tuple[str, ...]
    id: str = ""
    clases: tuple[str, ...] = ()
    atributos: dict[str, str] = field(default_factory=dict)

    @property
    def es_celda(self) -> bool:
        """Si es una celda que se ejecuta (``{python}``)."""
        return self.info == "{python}"

    def error(self, mensaje: str, desfase: int = 0) -> ErrorDelLibro:
        """Un error en el renglón del bloque, o en uno de los que trae dentro."""
        return ErrorDelLibro(mensaje, self.archivo, self.linea + desfase)


@dataclass(frozen=True)
class Prosa:
    """Renglones seguidos de un capítulo que no son código."""

    archivo: str
    linea: int
    lineas: tuple[str, ...]


Segmento = Bloque | Prosa


@dataclass
class Entrada:
    """Un capítulo en su lugar del libro."""

    ruta: str
    numero: str  # «2», «A» o «» si no se numera
    partes: Partes  # las que lo contienen, de la más grande a la más chica
    es_apendice: bool
    titulo: str = ""
    minutos: int = 0  # lo que toma leerlo, sin el código
    resumen: str = ""  # cómo empieza

    @property
    def pagina(self) -> str:
        """La página que le toca, relativa al sitio."""
        return self.ruta.removesuffix(".qmd") + ".html"

    @property
    def libreta(self) -> str:
        """Su libreta, relativa al sitio."""
        return f"libretas/{Path(self.ruta).stem}.ipynb"

    @property
    def subir(self) -> str:
        """Lo que hay que anteponer en su página para llegar a la raíz del sitio."""
        return "../" * self.ruta.count("/")

    def comunes(self, partes: Partes) -> int:
        """En cuántas de esas partes, desde la más grande, también está este capítulo."""
        pares = takewhile(lambda par: par[0] == par[1], zip(self.partes, partes))
        return len(list(pares))


def leer_indice(raiz: Path) -> tuple[dict[str, Any], list[Entrada]]:
    """Lo que dice ``_quarto.yml``, y los capítulos que nombra, en su orden."""
    if not (raiz / INDICE).is_file():
        raise ErrorDelLibro("no existe; es el archivo que lista los capítulos", INDICE)
    texto = leer_texto(raiz, INDICE)
    datos, entradas = leer_yaml(texto, INDICE), list[Entrada]()
    try:
        if datos:
            libro = _opciones(_opciones(yaml.compose(texto))["book"])
            entradas = list(_entradas(raiz, libro))
    except KeyError as error:
        raise ErrorDelLibro(f"le falta la opción {error}", INDICE) from None
    except (TypeError, ValueError, AttributeError, RecursionError):
        mensaje = "los capítulos van como «- libro/x.qmd», y las partes con «part» y «chapters»"
        raise ErrorDelLibro(mensaje, INDICE) from None
    if not entradas:
        raise ErrorDelLibro("no nombra ningún capítulo", INDICE)
    return datos, entradas


def _opciones(nodo: Any) -> dict[str, Any]:
    return {clave.value: valor for clave, valor in nodo.value}


def _entradas(raiz: Path, libro: dict[str, Any]) -> Iterator[Entrada]:
    numeros, letras = count(1), iter(ascii_uppercase)
    for ruta, linea, partes in _hojas(libro["chapters"], ()):
        _revisar_ruta(raiz, ruta, linea)
        numero = "" if ruta == "index.qmd" else str(next(numeros))
        yield Entrada(ruta, numero, partes, False)
    apendices = libro.get("appendices", NINGUNO)
    for ruta, linea, partes in list(_hojas(apendices, ("Apéndices",))):
        _revisar_ruta(raiz, ruta, linea)
        if not (letra := next(letras, "")):
            mensaje = "los apéndices llevan letra, y con este ya no alcanzan"
            raise ErrorDelLibro(mensaje, INDICE, linea)
        yield Entrada(ruta, letra, partes, True)


def _hojas(lista: Any, partes: Partes) -> Iterator[tuple[str, int, Partes]]:
    """Los capítulos de una lista, con su renglón y las partes en que están."""
    for elemento in lista.value:
        if isinstance(elemento, yaml.ScalarNode):
            yield elemento.value, elemento.start_mark.line + 1, partes
        else:
            parte = _opciones(elemento)
            yield from _hojas(parte["chapters"], (*partes, str(parte["part"].value)))


def _revisar_ruta(raiz: Path, ruta: str, linea: int) -> None:
    if not CAPITULO.fullmatch(ruta):
        raise ErrorDelLibro(f"«{ruta}» no es la ruta de un capítulo", INDICE, linea)
    if ".." in ruta.split("/") or ruta.startswith("/"):
        raise ErrorDelLibro(f"el capítulo {ruta} está fuera del libro", INDICE, linea)
    if not (raiz / ruta).is_file():
        raise ErrorDelLibro(f"el capítulo {ruta} no existe", INDICE, linea)


def rutas_de_capitulos(raiz: Path) -> list[str]:
    """Las rutas de los capítulos, en el orden del libro."""
    return [entrada.ruta for entrada in leer_indice(raiz)[1]]


def leer_yaml(texto: str, ruta: str, antes: int = 0, queja: str = "no es") -> Any:
    """Lo que dice un texto en YAML, que en su archivo tiene ``antes`` renglones delante."""
    try:
        return yaml.safe_load(texto)
    except Exception as error:  # PyYAML levanta también KeyError, RecursionError…
        marca = getattr(error, "problem_mark", None)
        linea = antes + (marca.line + 1 if marca else 1)
        raise ErrorDelLibro(f"{queja} YAML válido", ruta, linea) from error


def en_ascii(titulo: str) -> str:
    """Un título como identificador: minúsculas ASCII, cifras y guiones."""
    sin_acentos = unicodedata.normalize("NFD", titulo.lower()).encode("ascii", "ignore")
    return "-".join(re.findall("[a-z0-9]+", sin_acentos.decode()))


def leer_texto(raiz: Path, ruta: str) -> str:
    """El texto de una fuente del libro."""
    crudo = (raiz / ruta).read_bytes()
    try:
        return crudo.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        linea = crudo.count(b"\n", 0, error.start) + 1
        raise ErrorDelLibro(f"no está en UTF-8 ({error.reason})", ruta, linea) from None


def con_cambios(crudo: bytes, cambios: Cambios) -> bytes:
    """Un archivo con unos renglones, contados desde 1, cambiados; los demás, byte por byte."""
    renglones = crudo.decode().split("\n")
    for numero in sorted(cambios, reverse=True):
        fin = "\r" if renglones[numero - 1].endswith("\r") else ""
        renglones[numero - 1 : numero] = [texto + fin for texto in cambios[numero]]
    return "\n".join(renglones).encode()


def leer_capitulo(raiz: Path, ruta: str, texto: str | None = None) -> list[Segmento]:
    """Separa un capítulo, o el texto que tendría, en bloques de código y prosa."""
    texto = leer_texto(raiz, ruta) if texto is None else texto
    return list(_segmentos(ruta, texto.split("\n")))


def leer_todo(raiz: Path, textos: Textos = None) -> Iterator[Segmento]:
    """Los bloques y la prosa de todo el libro, con otros ``textos`` de unos capítulos si se dan."""
    for ruta in rutas_de_capitulos(raiz):
        yield from leer_capitulo(raiz, ruta, (textos or {}).get(ruta))


def _segmentos(ruta: str, lineas: list[str]) -> Iterator[Segmento]:
    inicio = actual = 0
    while actual < len(lineas):
        if not (apertura := CERCA.match(lineas[actual])):
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
    con_llaves = info.startswith("{") and info not in ("{python}", "{=html}")
    partes = [*ATRIBUTO.finditer(info)] if con_llaves else []
    id_ = next((parte["id"] for parte in partes if parte["id"]), "")
    clases = tuple(parte["clase"] for parte in partes if parte["clase"])
    valores = ((p["clave"], p["citado"] or p["valor"] or "") for p in partes)
    atributos = {clave: valor for clave, valor in valores if clave}
    return Bloque(ruta, linea, info, tuple(lineas), id_, clases, atributos)
