"""El único error que el taller muestra: lo levanta todo lo que lee las fuentes o las teje."""

from pathlib import Path


class ErrorDelLibro(Exception):
    """Algo está mal en las fuentes: una frase en español, con su archivo y su renglón."""

    def __init__(
        self, mensaje: str, archivo: str | Path | None = None, linea: int | None = None
    ):
        self.mensaje, self.archivo, self.linea = mensaje, archivo, linea
        super().__init__(str(self))

    def __str__(self) -> str:
        lugar = "" if self.archivo is None else f"{self.archivo}:"
        if self.linea is not None:
            lugar += f"{self.linea}:"
        return f"{lugar} {self.mensaje}".strip()


class Errores(ErrorDelLibro):
    """Varios errores que se muestran juntos, para no corregirlos de uno en uno."""

    def __init__(self, errores: list[ErrorDelLibro]):
        self.errores = errores
        super().__init__("\n".join(str(error) for error in errores))
