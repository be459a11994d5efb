# Extraído de libro/taller-libro.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8b6c8212c9d3b5eb

"""Lo que las celdas usan para mostrar sus resultados dentro del texto.

Se explica en el apéndice «Cómo está hecho este libro».
"""

from collections.abc import Iterable, Sequence

from codigo.evaluacion import clasificar

VOLADITAS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Markdown(str):
    """Texto que se muestra como Markdown en la salida de una celda."""

    def _repr_markdown_(self) -> str:
        return str(self)


def tabla(encabezados: Sequence[str], filas: Iterable[Sequence[object]]) -> Markdown:
    """Una tabla; las columnas de cifras quedan a la derecha."""
    textos = [[str(celda) for celda in fila] for fila in filas]
    es_cifra = [
        all(_parece_cifra(f[i]) for f in textos) for i in range(len(encabezados))
    ]
    raya = ["---:" if cifra else ":---" for cifra in es_cifra]
    renglones = [list(encabezados), raya, *textos]
    return Markdown(
        "\n".join("| " + " | ".join(renglon) + " |" for renglon in renglones)
    )


def _parece_cifra(texto: str) -> bool:
    return texto.strip("*")[:1] in "+-−0123456789"


def notacion(cantidad: float) -> str:
    """Una cantidad con una cifra y su potencia de diez, como «2 × 10⁻⁹», o «0.7»."""
    cifra, exponente = f"{cantidad:.0e}".split("e")
    if exponente in ("-01", "+00"):
        return f"{cantidad:.1f}"
    return f"{cifra} × 10{str(int(exponente)).translate(VOLADITAS)}"


def miles(cantidad: int) -> Markdown:
    """Un entero con sus millares separados por un espacio fino, como «30 000»."""
    texto = f"{cantidad:,}" if cantidad >= 10_000 else str(cantidad)
    return Markdown(texto.replace(",", "&#8239;"))


def lista(nombres: Iterable[str], conocidos: Iterable[str] = ()) -> Markdown:
    """Una lista de nombres en columnas; los conocidos van en cursiva."""
    escritos = [nombre for nombre in nombres if nombre]
    clases = zip(escritos, clasificar(escritos, conocidos, ()))
    renglones = [f"- *{n}*" if clase == "copia" else f"- {n}" for n, clase in clases]
    return Markdown("\n".join(["::: {.nombres}", "", *renglones, "", ":::"]))
