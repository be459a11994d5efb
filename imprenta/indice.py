"""El libro visto desde fuera: lo que ``_quarto.yml`` dice de él."""

from dataclasses import dataclass
from pathlib import Path

from imprenta.ejecutar import preparacion
from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import INDICE, Entrada, en_ascii, leer_indice

TAREA = "libro/tarea.md"
PROPIOS = ("subtitle", "author", "description", "favicon")
DEFORME = "alguna de sus opciones no tiene la forma que debe: project, book o format"
ETIQUETAS = ".cache/etiquetas.json"  # la tabla que los filtros leen, desde la raíz


@dataclass
class Libro:
    """Lo que ``_quarto.yml`` dice del libro."""

    raiz: Path
    titulo: str
    subtitulo: str
    autor: str
    descripcion: str
    icono: str
    recursos: list[str]
    figuras: str  # lo que se ejecuta antes de las celdas
    entradas: list[Entrada]
    tarea: str  # dónde queda en el sitio la libreta de la tarea, si el libro la trae

    def archivo(self, extension: str) -> str:
        """El nombre de una edición para llevar: el título del libro, sin acentos ni espacios."""
        return f"{en_ascii(self.titulo)}.{extension}"


def leer_libro(raiz: Path) -> Libro:
    """Lee ``_quarto.yml``."""
    datos, entradas = leer_indice(raiz)
    tarea = "libretas/tarea.ipynb" if (raiz / TAREA).is_file() else ""
    try:
        libro, formato = datos["book"], datos["format"]["html"]
        ancho, alto = formato["fig-width"] + 0, formato["fig-height"] + 0
        figuras = preparacion(ancho, alto, str(formato["fig-format"]))
        titulo = str(libro["title"])
        subtitulo, autor, descripcion, icono = (str(libro.get(n, "")) for n in PROPIOS)
        recursos = [str(patron) for patron in datos["project"].get("resources", [])]
    except KeyError as error:
        raise ErrorDelLibro(f"le falta la opción {error}", INDICE) from None
    except (TypeError, AttributeError):
        raise ErrorDelLibro(DEFORME, INDICE) from None
    propios = titulo, subtitulo, autor, descripcion, icono
    return Libro(raiz, *propios, recursos, figuras, entradas, tarea)
