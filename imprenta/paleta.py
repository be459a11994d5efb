"""La paleta: cada color se dice una vez, en ``libro.css``, y de ahí pasa a lo que no lee CSS."""

import re
from pathlib import Path

from imprenta.archivos import escribir

PALETA = "libro/recursos/libro.css"
COLOR = re.compile(r"--(\w+): (?:light-dark\()?(#[0-9a-f]{6})(?:, (#[0-9a-f]{6}))?")
HEX = re.compile(r"\b[0-9a-f]{6}\b")
COPIAS = {  # lo que repite colores → cuál del par: 0, el claro; 1, el oscuro
    "libro/recursos/claro.scss": 0,
    "libro/recursos/oscuro.scss": 1,
    "libro/recursos/libro.mplstyle": 0,
    "libro/recursos/libro.typ": 0,
    "libro/recursos/epub.css": 0,
    "libro/taller-dibujos.qmd": 0,
}


def pintar(raiz: Path) -> list[str]:
    """Pone al día los renglones que nombran tantos colores como traen; da los archivos cambiados."""
    texto = (raiz / PALETA).read_text(encoding="utf-8")
    colores = {nombre: par for nombre, *par in COLOR.findall(texto)}
    cambiados = list[str]()
    for ruta, cual in COPIAS.items():
        if (raiz / ruta).is_file():
            viejo = (raiz / ruta).read_text(encoding="utf-8")
            renglones = (_pintado(r, colores, cual) for r in viejo.split("\n"))
            if (nuevo := "\n".join(renglones)) != viejo:
                escribir(raiz / ruta, nuevo)
                cambiados.append(ruta)
    return cambiados


def _pintado(renglon: str, colores: dict[str, list[str]], cual: int) -> str:
    palabras = re.findall(r"[^\W_]+", renglon.lower())
    nombres = [palabra for palabra in palabras if palabra in colores]
    if len(nombres) != len(HEX.findall(renglon)):
        return renglon
    suyos = iter(colores[nombre][cual].removeprefix("#") for nombre in nombres)
    return HEX.sub(lambda _: next(suyos), renglon)
