"""YAML con desconfianza: lo que no se puede leer es un error con su lugar, sea como sea que falle."""

from pathlib import Path
from typing import Any

import yaml

from imprenta.errores import ErrorDelLibro


def leer_yaml(
    texto: str, archivo: str | Path, antes: int = 0, queja: str = "no es"
) -> Any:
    """Lo que dice un texto en YAML, que en su archivo tiene ``antes`` renglones delante.

    Raises:
        ErrorDelLibro: si no es YAML válido.
    """
    try:
        return yaml.safe_load(texto)
    except (
        Exception
    ) as error:  # PyYAML también levanta KeyError, IndexError, RecursionError…
        marca = getattr(error, "problem_mark", None)
        linea = antes + (marca.line + 1 if marca else 1)
        raise ErrorDelLibro(f"{queja} YAML válido", archivo, linea) from error
