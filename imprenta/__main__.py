"""Las órdenes del taller: ``python -m imprenta {extraer,devolver,libro,servir…}``."""

import argparse
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

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


def principal(argumentos: list[str] | None = None) -> int:
    """Cumple una orden; devuelve 0, o 1 si no se pudo; dice por qué."""
    try:
        from imprenta.errores import ErrorDelLibro

        opciones = _ordenes().parse_args(argumentos)
        try:
            opciones.funcion(opciones)
            return 0
        except ErrorDelLibro as error:
            print(error, file=sys.stderr)
        except OSError as error:
            print(f"{error.filename or 'el disco'}: {_por_que(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrumpido: el último libro bueno queda como estaba.", file=sys.stderr)
        return 130


def _por_que(error: OSError) -> str:
    return {
        errno.ENOENT: "no existe",
        errno.EACCES: "no hay permiso",
        errno.ENOSPC: "no queda espacio en el disco",
        errno.EFBIG: "no queda espacio en el disco",
        errno.EROFS: "está en un disco de solo lectura",
        errno.ENAMETOOLONG: "el nombre es demasiado largo",
    }.get(error.errno or 0, f"no se pudo leer o escribir ({error.strerror})")


def _ordenes() -> argparse.ArgumentParser:
    vars(argparse)["_"] = lambda texto: ESPANOL.get(texto, texto)
    analizador = argparse.ArgumentParser(
        prog="python -m imprenta", description="El taller del libro."
    )
    analizador.add_argument("--raiz", type=Path, default=RAIZ, help="carpeta del libro")
    ordenes = analizador.add_subparsers(required=True, metavar="ORDEN")

    def orden(
        nombre: str, hacer: Callable[..., None], ayuda: str
    ) -> argparse.ArgumentParser:
        nueva = ordenes.add_parser(nombre, help=ayuda, description=ayuda)
        nueva.set_defaults(funcion=hacer)
        return nueva

    orden("extraer", _extraer, "arma codigo/ desde los capítulos").add_argument(
        "--revisa", action="store_true", help="no escribe: falla si codigo/ no coincide"
    )
    orden(
        "devolver", _devolver, "lleva a los capítulos lo que se editó en codigo/"
    ).add_argument("--si", action="store_true", help="escribe sin preguntar")
    orden("formatear", _formatear, "da formato al código de los capítulos")
    orden("preparar", _preparar, "extrae y revisa las fuentes, antes de tejer")
    orden("libro", _libro, "teje el libro en _libro/").add_argument(
        "--motor", default=os.environ.get("MOTOR"), help="quarto o pandoc"
    )
    orden("libretas", _libretas, "escribe solo las libretas, en _libro/")
    orden(
        "reproducible",
        _reproducible,
        "compara _libro/ con el de una copia, en otra fecha",
    )
    orden("servir", _servir, "muestra _libro/ en esta máquina").add_argument(
        "--puerto", type=int, default=8000, help="8000, si no se dice otro"
    )
    return analizador


def _extraer(opciones: argparse.Namespace) -> None:
    from imprenta import extraer
    from imprenta.candado import uno_a_la_vez

    if opciones.revisa:
        extraer.revisar(opciones.raiz, extraer.armar(opciones.raiz))
        return
    with uno_a_la_vez(opciones.raiz):
        for ruta in extraer.extraer(opciones.raiz):
            print(f"Se escribió {ruta}")


def _devolver(opciones: argparse.Namespace) -> None:
    from imprenta.candado import uno_a_la_vez
    from imprenta.devolver import devolver

    with uno_a_la_vez(opciones.raiz):
        devueltos = devolver(opciones.raiz, opciones.si)
    for ruta in devueltos:
        print(f"Se devolvió a {ruta}")
    if not devueltos:
        print("No hay nada que devolver: codigo/ dice lo mismo que los capítulos.")


def _formatear(opciones: argparse.Namespace) -> None:
    from imprenta.candado import uno_a_la_vez
    from imprenta.formatear import formatear

    with uno_a_la_vez(opciones.raiz):
        for ruta in formatear(opciones.raiz):
            print(f"Se dio formato a {ruta}")


def _preparar(opciones: argparse.Namespace) -> None:
    from imprenta.candado import uno_a_la_vez
    from imprenta.preparar import preparar

    with uno_a_la_vez(opciones.raiz):
        preparar(opciones.raiz)


def _libro(opciones: argparse.Namespace) -> None:
    from imprenta.libro import hacer

    hacer(opciones.raiz, opciones.motor or None)


def _libretas(opciones: argparse.Namespace) -> None:
    from imprenta.libro import solo_libretas

    solo_libretas(opciones.raiz)


def _reproducible(opciones: argparse.Namespace) -> None:
    from imprenta.reproducible import comprobar

    cuantos = comprobar(opciones.raiz)
    print(f"Idénticos byte por byte: {cuantos} archivos, en otra carpeta y otra fecha.")


def _servir(opciones: argparse.Namespace) -> None:
    from imprenta.servir import servir

    servir(opciones.raiz, opciones.puerto)


if __name__ == "__main__":
    codigo = principal()
    sys.stdout.flush()
    if codigo == 130:
        os._exit(130)  # sin esperar a los hilos que todavía escuchan a un núcleo
    sys.exit(codigo)
