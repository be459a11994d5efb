"""El libro visto desde fuera: título, partes, capítulos y su número, según ``_quarto.yml``."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imprenta.ejecutar import Figuras
from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import leer_texto, rutas_de_capitulos
from imprenta.yml import leer_yaml

TAREA = "libro/tarea.md"


@dataclass
class Entrada:
    """Un capítulo en su lugar del libro."""

    ruta: str
    numero: str  # «2», «A» o «» si no se numera
    parte: str | None
    es_apendice: bool
    titulo: str = ""

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


@dataclass
class Libro:
    """Lo que ``_quarto.yml`` dice del libro."""

    titulo: str
    subtitulo: str
    autor: str
    descripcion: str
    icono: str
    recursos: list[str]
    figuras: Figuras
    entradas: list[Entrada]
    tarea: str  # dónde queda en el sitio la libreta de la tarea, si el libro la trae

    def archivo(self, extension: str) -> str:
        """El nombre de una edición para llevar: el título del libro, sin acentos ni espacios."""
        plano = unicodedata.normalize("NFD", self.titulo.lower())
        palabras = re.findall("[a-z0-9]+", plano.encode("ascii", "ignore").decode())
        return f"{'-'.join(palabras)}.{extension}"


def leer_libro(raiz: Path) -> Libro:
    """Lee ``_quarto.yml``.

    Raises:
        ErrorDelLibro: si no es YAML válido o le falta algo que los dos tejedores necesitan.
    """
    rutas = rutas_de_capitulos(raiz)
    datos = leer_yaml(leer_texto(raiz, "_quarto.yml"), "_quarto.yml")
    try:
        libro, formato = datos["book"], datos["format"]["html"]
        ancho, alto = formato["fig-width"], formato["fig-height"]
        figuras = Figuras(ancho + 0, alto + 0, str(formato["fig-format"]))
        entradas = list(_entradas(libro))
        titulo = str(libro["title"])
        subtitulo, autor, descripcion, icono = (
            str(libro.get(nombre, ""))
            for nombre in ("subtitle", "author", "description", "favicon")
        )
        recursos = [str(patron) for patron in datos["project"].get("resources", [])]
    except KeyError as error:
        raise ErrorDelLibro(f"le falta la opción {error}", "_quarto.yml") from None
    except (TypeError, ValueError, AttributeError, RecursionError):
        raise ErrorDelLibro(
            "alguna de sus opciones no tiene la forma que debe: project, book o format",
            "_quarto.yml",
        ) from None
    if [entrada.ruta for entrada in entradas] != rutas:
        raise ErrorDelLibro(
            "los capítulos deben ir uno por renglón, como «- libro/x.qmd»",
            "_quarto.yml",
        )
    return Libro(
        titulo,
        subtitulo,
        autor,
        descripcion,
        icono,
        recursos,
        figuras,
        entradas,
        "libretas/tarea.ipynb" if (raiz / TAREA).is_file() else "",
    )


def _entradas(libro: dict[str, Any]) -> Iterator[Entrada]:
    numero = 0
    for parte, ruta in _hojas(libro["chapters"], None):
        if ruta == "index.qmd":
            yield Entrada(ruta, "", parte, False)
            continue
        numero += 1
        yield Entrada(ruta, str(numero), parte, False)
    for letra, (_, ruta) in zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ", _hojas(libro.get("appendices", []), None)
    ):
        yield Entrada(ruta, letra, "Apéndices", True)


def _hojas(lista: list[Any], parte: str | None) -> Iterator[tuple[str | None, str]]:
    for elemento in lista:
        if isinstance(elemento, str):
            yield parte, elemento
        else:
            yield from _hojas(elemento["chapters"], elemento["part"])
