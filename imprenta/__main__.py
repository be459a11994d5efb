"""Las órdenes del taller: ``python -m imprenta {extraer,devolver,libro,servir…}``."""

import argparse
import errno
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).resolve().parent.parent
ESPANOL = {  # lo que argparse dice en inglés
    "usage: ": "uso: ",
    "options": "opciones",
    "positional arguments": "órdenes",
    "show this help message and exit": "muestra esta ayuda",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s; mira «--help»\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "falta %s",
    "unrecognized arguments: %s": "no existe la opción %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s puede ser %(matches)s",
    "expected one argument": "le falta su valor",
    "ignored explicit argument %r": "no lleva valor, y dice %r",
    "invalid %(type)s value: %(value)r": "no puede ser %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "no existe %(value)r; hay %(choices)s",
}


@dataclass(frozen=True)
class Orden:
    """Una orden: la función que la cumple, y lo que se dice de cada cosa que esa devuelve."""

    funcion: str
    ayuda: str
    opcion: str = ""
    como: dict[str, Any] | None = None  # la opción, para argparse
    dice: str = ""
    nada: str = ""
    espera: bool = False  # a que nadie más escriba en el libro


ORDENES = {
    "extraer": Orden(
        "extraer:extraer",
        "arma codigo/ desde los capítulos",
        "--revisa",
        {"action": "store_true", "help": "no escribe: falla si codigo/ no coincide"},
        "Se escribió {}",
        espera=True,
    ),
    "devolver": Orden(
        "devolver:devolver",
        "lleva a los capítulos lo que se editó en codigo/",
        "--si",
        {"action": "store_true", "help": "escribe sin preguntar"},
        "Se devolvió a {}",
        "No hay nada que devolver: codigo/ dice lo mismo que los capítulos.",
        espera=True,
    ),
    "formatear": Orden(
        "formatear:formatear",
        "da formato al código de los capítulos",
        dice="Se dio formato a {}",
        espera=True,
    ),
    "preparar": Orden(
        "preparar:preparar", "extrae y revisa las fuentes, antes de tejer", espera=True
    ),
    "libro": Orden(
        "libro:hacer",
        "teje el libro en _libro/",
        "--motor",
        {"default": os.environ.get("MOTOR") or None, "help": "quarto o pandoc"},
    ),
    "libretas": Orden(
        "libro:solo_libretas", "escribe solo las libretas, en _libro/", espera=True
    ),
    "reproducible": Orden(
        "reproducible:comprobar",
        "compara _libro/ con el de una copia, en otra fecha",
        dice="Idénticos byte por byte: {} archivos, en otra carpeta y otra fecha.",
    ),
    "servir": Orden(
        "servir:servir",
        "muestra _libro/ en esta máquina",
        "--puerto",
        {"type": int, "default": 8000, "help": "8000, si no se dice otro"},
    ),
}


def principal(argumentos: list[str] | None = None) -> int:
    """Cumple una orden; devuelve 0, o 1 si no se pudo; dice por qué."""
    try:
        from imprenta.errores import ErrorDelLibro

        opciones = vars(_analizador().parse_args(argumentos))
        try:
            _cumplir(ORDENES[opciones.pop("orden")], **opciones)
            return 0
        except ErrorDelLibro as error:
            print(error, file=sys.stderr)
        except OSError as error:
            print(f"{error.filename or 'el disco'}: {_por_que(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrumpido: el último libro bueno queda como estaba.", file=sys.stderr)
        return 130


def _cumplir(orden: Orden, raiz: Path, **opciones: Any) -> None:
    from imprenta.candado import uno_a_la_vez

    modulo, _, nombre = orden.funcion.partition(":")
    funcion = getattr(import_module(f"imprenta.{modulo}"), nombre)
    with uno_a_la_vez(raiz, orden.espera and not opciones.get("revisa")):
        hecho = funcion(raiz, **opciones)
    for cosa in hecho or []:
        print(orden.dice.format(cosa))
    if orden.nada and not hecho:
        print(orden.nada)


def _por_que(error: OSError) -> str:
    return {
        errno.ENOENT: "no existe",
        errno.EACCES: "no hay permiso",
        errno.ENOSPC: "no queda espacio en el disco",
        errno.EFBIG: "no queda espacio en el disco",
        errno.EROFS: "está en un disco de solo lectura",
        errno.ENAMETOOLONG: "el nombre es demasiado largo",
    }.get(error.errno or 0, f"no se pudo leer o escribir ({error.strerror})")


def _analizador() -> argparse.ArgumentParser:
    vars(argparse)["_"] = lambda texto: ESPANOL.get(texto, texto)
    analizador = argparse.ArgumentParser(
        prog="python -m imprenta", description="El taller del libro."
    )
    analizador.add_argument("--raiz", type=Path, default=RAIZ, help="carpeta del libro")
    ordenes = analizador.add_subparsers(required=True, metavar="ORDEN", dest="orden")
    for nombre, orden in ORDENES.items():
        nueva = ordenes.add_parser(nombre, help=orden.ayuda, description=orden.ayuda)
        if orden.como:
            nueva.add_argument(orden.opcion, **orden.como)
    return analizador


if __name__ == "__main__":
    codigo = principal()
    sys.stdout.flush()
    if codigo == 130:
        os._exit(130)  # sin esperar a los hilos que todavía escuchan a un núcleo
    sys.exit(codigo)
