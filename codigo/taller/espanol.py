# Extraído de libro/taller-ordenes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: c9d226127b7a2efa

"""Las frases de Typer, y lo que el sistema contesta cuando se niega, en español.

Se explica en el apéndice «La línea de órdenes».
"""

import errno
import re

FRASES = {
    r"\[OPTIONS\]": "[OPCIONES]",
    r"COMMAND \[ARGS\]\.\.\.": "ORDEN …",
    r"^Options$": "Opciones",
    r"^Arguments$": "Argumentos",
    r"^Commands$": "Órdenes",
    r"^-h, --\w+, --\w+$": "-h, --help, --ayuda",
    r"default: ": "por omisión: ",
    r"omisión: \((\w+)\)": r"omisión: \1",
    r"\brequired\]": "obligatorio]",
    r"<(?:path|list\[Path\])>": "<ruta>",
    r"<str>": "<texto>",
    r"<int(?: range)?>": "<entero>",
    r"<float(?: range)?>": "<número>",
    r"Show this message and exit\.": "Muestra esta ayuda.",
}


FRASES |= {
    r"Missing argument '(.+?)'\.": r"falta «\1»",
    r"Missing option '(.+?)'\.": r"falta la opción «\1»",
    r"Missing command\.": "falta decir qué hacer: "
    "entrenar, generar, evaluar, destilar o buscar",
    r"No such command '(.+?)'\.": r"no existe la orden «\1»",
    r"No such option: (\S+)": r"no existe la opción «\1»",
    r"Option '(.+?)' requires an argument\.": r"a la opción «\1» le falta su valor",
    r"Got unexpected extra argument\S* \((.+?)\)": r"sobra «\1»",
    r"Invalid value for '(.+?)': (.+)": r"«\1» no acepta ese valor: \2",
    r"Input should be a valid integer.*": "debe ser un entero",
    r"Input should be a valid number.*": "debe ser un número, con punto decimal: 0.5",
    r"Unable to parse input string as an integer.*": "es un entero demasiado grande",
    r"Input should be greater than or equal to (\S+)": r"debe ser \1 o más",
    r"Input should be less than or equal to (\S+)": r"debe ser \1 o menos",
    r"Option '(.+?)' does not take a value\.": r"la opción «\1» no lleva valor",
    r"\s*(Did you mean .*|\(Possible options: .*\))": "",
}


def en_espanol(texto: str) -> str:
    """Las frases de Typer, en español."""
    for ingles, espanol in FRASES.items():
        texto = re.sub(ingles, espanol, texto)
    return texto


def contar(n: int, que: str) -> str:
    """Cuántos hay, con su plural: «1 nombre», «2 nombres»."""
    return f"{n} {que}{'s' * (n != 1)}"


POR_QUE = {
    errno.ENOENT: "no existe",
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no hay permiso",
    errno.EISDIR: "es una carpeta",
    errno.EEXIST: "hay un archivo donde debería haber una carpeta",
    errno.ENOTDIR: "hay un archivo donde debería haber una carpeta",
    errno.ENOSPC: "no queda espacio en el disco",
    errno.EFBIG: "no queda espacio en el disco",
    errno.EROFS: "está en un disco de solo lectura",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
}
