"""El único error que el taller muestra: lo levanta todo lo que lee las fuentes o las teje."""

from collections.abc import Iterable
from pathlib import Path


class ErrorDelLibro(Exception):
    """Algo está mal en las fuentes: una frase en español, con su archivo y su renglón."""

    def __init__(self, mensaje: str, archivo: str | Path = "", linea: int = 0):
        self.mensaje, self.linea = mensaje, linea
        lugar = "".join(f"{parte}:" for parte in (archivo, linea) if parte)
        super().__init__(f"{lugar} {mensaje}".strip())


class Errores(ErrorDelLibro):
    """Varios errores que se muestran juntos, para no corregirlos de uno en uno."""


def levantar(errores: Iterable[ErrorDelLibro]) -> None:
    """Levanta los errores juntos, si hay alguno."""
    if frases := "\n".join(map(str, errores)):
        raise Errores(frases)
