"""Las órdenes del taller: ``python -m imprenta {extraer,libro,servir…}``."""

import argparse
import errno
import os
import sys
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent


def principal(argumentos: list[str] | None = None) -> int:
    """Cumple una orden; devuelve 0, o 1 si no se pudo; dice por qué."""
    try:
        from imprenta.errores import ErrorDelLibro

        opciones = _ordenes().parse_args(argumentos)
        try:
            return opciones.funcion(opciones) or 0
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
    analizador = argparse.ArgumentParser(
        prog="python -m imprenta", description="El taller del libro."
    )
    analizador.add_argument("--raiz", type=Path, default=RAIZ, help="carpeta del libro")
    ordenes = analizador.add_subparsers(required=True, metavar="ORDEN")
    orden = ordenes.add_parser("extraer", help="arma codigo/ desde los capítulos")
    orden.add_argument(
        "--revisa", action="store_true", help="no escribe: falla si codigo/ no coincide"
    )
    orden.set_defaults(funcion=_extraer)
    orden = ordenes.add_parser(
        "formatear", help="da formato al código de los capítulos"
    )
    orden.set_defaults(funcion=_formatear)
    orden = ordenes.add_parser(
        "preparar", help="extrae y revisa las fuentes, antes de tejer"
    )
    orden.set_defaults(funcion=_preparar)
    orden = ordenes.add_parser("libro", help="teje el libro en _libro/")
    orden.add_argument(
        "--motor", default=os.environ.get("MOTOR"), help="quarto o pandoc"
    )
    orden.set_defaults(funcion=_libro)
    orden = ordenes.add_parser("libretas", help="escribe solo las libretas, en _libro/")
    orden.set_defaults(funcion=_libretas)
    orden = ordenes.add_parser(
        "reproducible", help="compara _libro/ con el de una copia, en otra fecha"
    )
    orden.set_defaults(funcion=_reproducible)
    orden = ordenes.add_parser("servir", help="muestra _libro/ en esta máquina")
    orden.add_argument("--puerto", type=int, default=8000)
    orden.set_defaults(funcion=_servir)
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
