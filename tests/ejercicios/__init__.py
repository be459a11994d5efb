"""Soluciones ajenas: para cada ejercicio, dos mal hechas y una bien hecha, pero rara.

Un archivo por capítulo. Una solución entera es una función o una clase con el nombre que pide el
enunciado y ``@mal(ejercicio)`` o ``@bien(ejercicio)`` encima; un error chico es un renglón,
``error(ejercicio, "en qué se equivoca", antes, despues)``, que cambia un pedazo de la solución
del libro.
"""

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from codigo.gradiente import sabotear


class Ajena(NamedTuple):
    """Lo que alguien pudo escribir en vez de la solución del libro."""

    capitulo: str
    ejercicio: int
    esta_bien: bool
    idea: str
    solucion: Any


AJENAS: list[Ajena] = []


def libro(capitulo: str) -> Any:
    """Las soluciones del libro."""
    return importlib.import_module(f"codigo.soluciones.{capitulo}")


def errores(modulo: str) -> Callable[[int, str, str, str], None]:
    """Lo que anota, de un capítulo, la solución del libro con un pedazo cambiado."""
    capitulo = modulo.rpartition(".")[2]

    def error(ejercicio: int, idea: str, antes: str, despues: str) -> None:
        saboteada = sabotear(libro(capitulo), antes, despues)
        AJENAS.append(Ajena(capitulo, ejercicio, False, idea, saboteada))

    return error


def _anotar(ejercicio: int, esta_bien: bool) -> Callable[[Any], Any]:
    def anotar(que: Any) -> Any:
        capitulo = que.__module__.rpartition(".")[2]
        suya = SimpleNamespace(**{**vars(libro(capitulo)), que.__name__: que})
        AJENAS.append(Ajena(capitulo, ejercicio, esta_bien, que.__doc__, suya))
        return que

    return anotar


def mal(ejercicio: int) -> Callable[[Any], Any]:
    """Anota una solución que las pruebas deben rechazar."""
    return _anotar(ejercicio, esta_bien=False)


def bien(ejercicio: int) -> Callable[[Any], Any]:
    """Anota una solución que las pruebas deben aceptar, aunque no sea la del libro."""
    return _anotar(ejercicio, esta_bien=True)
