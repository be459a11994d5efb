"""Soluciones ajenas: para cada ejercicio, al menos dos mal hechas y una bien hecha, pero rara.

Un archivo por capítulo, que empieza con ``bien, mal = de(__name__)``. Una solución entera es una
función o una clase con el nombre que pide el enunciado y ``@bien(ejercicio)`` o ``@mal(ejercicio)``
encima; su documentación dice la idea. Un cambio chico a la solución del libro es un renglón:
``mal(ejercicio, "idea", antes, despues)``.
"""

import importlib
from typing import Any, NamedTuple

from codigo.gradiente import sabotear


class Ajena(NamedTuple):
    """Lo que alguien pudo escribir en vez de la solución del libro."""

    capitulo: str
    ejercicio: int
    esta_bien: bool
    idea: str
    solucion: Any


class Sobre:
    """La solución del libro con una función cambiada por otra."""

    def __init__(self, libro: Any, otra: Any) -> None:
        self.__dict__ = vars(libro) | {otra.__name__: otra}


AJENAS: list[Ajena] = []


def libro(capitulo: str) -> Any:
    """Las soluciones del libro."""
    return importlib.import_module(f"codigo.soluciones.{capitulo}")


def de(modulo: str) -> Any:
    """Las que anotan, de un capítulo, lo que está bien y lo que está mal."""
    capitulo = modulo.rpartition(".")[2]

    def anotador(esta_bien: bool) -> Any:
        def anotar(ejercicio: int, *cambio: str) -> Any:
            def agregar(idea: str, solucion: Any) -> None:
                AJENAS.append(Ajena(capitulo, ejercicio, esta_bien, idea, solucion))

            def anotada(que: Any) -> Any:
                agregar(que.__doc__, Sobre(libro(capitulo), que))
                return que

            if not cambio:
                return anotada
            idea, antes, despues = cambio
            return agregar(idea, sabotear(libro(capitulo), antes, despues))

        return anotar

    return anotador(True), anotador(False)
