"""Las órdenes del taller: ``python -m imprenta {extraer,devolver,libro,servir…}``."""

import errno
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

RAIZ = Path(__file__).resolve().parent.parent
AYUDA = """\
uso: python -m imprenta [--raiz CARPETA] ORDEN [OPCIÓN]

  extraer        arma codigo/ desde los capítulos
    --revisa       no escribe: falla si codigo/ no coincide
  devolver       lleva a los capítulos lo que se editó en codigo/
    --si           escribe sin preguntar
  formatear      da formato al código de los capítulos
  preparar       extrae y revisa las fuentes, antes de tejer
  libro          teje el libro en _libro/
    --motor CUÁL   quarto o pandoc; si no se dice, Quarto si lo hay
  libretas       escribe solo las libretas, en _libro/
  curso          hace la edición de aula, en _curso/
  calificar      califica las entregas de un grupo
    --entregas CUÁL  la carpeta que lleva una por estudiante
  reproducible   compara _libro/ con el de una copia, en otra fecha
  servir         muestra _libro/ en esta máquina
    --puerto N     8000, si no se dice otro

  --raiz CARPETA   la carpeta del libro
  --help           muestra esta ayuda
"""
ORDENES = {  # orden → la función que la cumple, y lo que se dice de cada cosa que devuelve
    "extraer": ("extraer:extraer", "Se escribió {}"),
    "devolver": ("devolver:devolver", "Se devolvió a {}"),
    "formatear": ("formatear:formatear", "Se dio formato a {}"),
    "preparar": ("preparar:preparar", ""),
    "libro": ("libro:hacer", ""),
    "libretas": ("libro:solo_libretas", ""),
    "curso": ("curso:hacer", "Listo {}"),
    "calificar": ("calificar:calificar", "Se escribió {}"),
    "reproducible": ("sitio:comprobar", ""),
    "servir": ("sitio:servir", ""),
}
OPCIONES = {
    "extraer": "revisa",
    "devolver": "si",
    "libro": "motor",
    "calificar": "entregas",
    "servir": "puerto",
}
SIN_VALOR = ("revisa", "si")
ESPERAN = ("extraer", "devolver", "formatear", "preparar", "libretas", "curso")

POR_QUE = {
    errno.ENOENT: "no existe",
    errno.EACCES: "no hay permiso",
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EFBIG: "no queda espacio en el disco",
    errno.EROFS: "está en un disco de solo lectura",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
}


class UsoIncorrecto(Exception):
    """La línea de órdenes no se entiende."""


def principal(argumentos: list[str] | None = None) -> int:
    """Cumple una orden; devuelve 0, o 1 si no se pudo, o 2 si no se entiende; dice por qué."""
    try:
        from imprenta.errores import ErrorDelLibro

        escritos = sys.argv[1:] if argumentos is None else argumentos
        if {"-h", "--help", "--ayuda"} & set(escritos):
            print(AYUDA, end="")
        else:
            _cumplir(*_entender(escritos))
        return 0
    except KeyboardInterrupt:
        codigo, dicho = 130, "Interrumpido: el último libro bueno queda como estaba."
    except UsoIncorrecto as error:
        codigo, dicho = 2, f"{error}; mira «python -m imprenta --help»"
    except ErrorDelLibro as error:
        codigo, dicho = 1, str(error)
    except OSError as error:
        otra_cosa = f"no se pudo leer o escribir ({error.strerror})"
        por_que = POR_QUE.get(error.errno or 0, otra_cosa)
        codigo, dicho = 1, f"{error.filename or 'el disco'}: {por_que}"
    print(dicho, file=sys.stderr)
    return codigo


def _entender(escritos: list[str]) -> tuple[str, Path, dict[str, Any]]:
    """La orden, la carpeta del libro y la opción que lleva."""
    orden, opciones, faltan = "", dict[str, Any](), list(escritos)
    while faltan:
        escrito = faltan.pop(0)
        nombre, hay_igual, valor = escrito.removeprefix("--").partition("=")
        if not escrito.startswith("-"):
            if orden or escrito not in ORDENES:
                raise UsoIncorrecto(f"no existe la orden «{escrito}»")
            orden = escrito
        elif nombre not in ("raiz", OPCIONES.get(orden)) or escrito == nombre:
            raise UsoIncorrecto(f"no existe la opción «{escrito}»")
        elif nombre in SIN_VALOR and not hay_igual:
            opciones[nombre] = True
        elif nombre not in SIN_VALOR and (hay_igual or faltan):
            opciones[nombre] = valor if hay_igual else faltan.pop(0)
        else:
            queja = "no lleva valor" if nombre in SIN_VALOR else "va con su valor"
            raise UsoIncorrecto(f"la opción «--{nombre}» {queja}")
    if not orden:
        raise UsoIncorrecto("falta decir qué orden")
    if not str(opciones.get("puerto", 0)).isdecimal():
        raise UsoIncorrecto(f"el puerto es un número, no «{opciones['puerto']}»")
    return orden, Path(opciones.pop("raiz", RAIZ)), opciones


def _cumplir(orden: str, raiz: Path, opciones: dict[str, Any]) -> None:
    from imprenta.archivos import uno_a_la_vez

    funcion, dice = ORDENES[orden]
    cumple = resolve_name(f"imprenta.{funcion}")
    espera = orden in ESPERAN and "revisa" not in opciones
    with uno_a_la_vez(raiz) if espera else nullcontext():
        for cosa in cumple(raiz, **opciones) or []:
            print(dice.format(cosa))


if __name__ == "__main__":
    for salida in (sys.stdout, sys.stderr):
        salida.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # diga lo que diga la consola
    codigo = principal()
    sys.stdout.flush()
    if codigo == 130:
        os._exit(130)  # sin esperar a los hilos que todavía escuchan a un núcleo
    sys.exit(codigo)
