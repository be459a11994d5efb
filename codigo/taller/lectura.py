# Extraído de libro/taller-listas.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: da7c2805278ff1cd

"""Leer la lista de nombres de quien sea: o se entiende, o se dice qué renglón está mal.

Se explica en el apéndice «Leer la lista de quien sea».
"""

import re
from collections.abc import Iterator
from pathlib import Path

MAX_NOMBRES, MAX_LETRAS = 500_000, 1000
LARGO = 4 * MAX_LETRAS + 2  # en bytes: una letra de UTF-8 mide cuatro, a lo más
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def leer_renglones(ruta: Path) -> Iterator[str]:
    """Los nombres de un archivo, de uno en uno y tal como vienen, sin los vacíos.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si un renglón no es un nombre, o si son más de ``MAX_NOMBRES``.
    """
    cuantos = 0
    with ruta.open("rb") as archivo:
        for n, crudo in enumerate(iter(lambda: archivo.readline(LARGO), b""), 1):
            try:
                nombre = entender(crudo.removeprefix(b"\xef\xbb\xbf" * (n == 1)))
            except ValueError as error:
                raise ValueError(f"{ruta}, renglón {n}: {error}") from error
            if nombre and cuantos == MAX_NOMBRES:
                raise ValueError(
                    f"{ruta}: pasa de {MAX_NOMBRES} nombres y no cabría en la memoria; "
                    "entrena con una muestra"
                )
            if nombre:
                cuantos += 1
                yield nombre


def entender(crudo: bytes) -> str:
    """El nombre que hay en un renglón, sin los espacios de las orillas.

    Raises:
        ValueError: si no se entiende; dice por qué.
    """
    if crudo[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("el archivo está en UTF-16; guárdalo en UTF-8")
    if b"\0" in crudo:
        raise ValueError("tiene bytes nulos: no es texto, o está en UTF-16")
    if len(crudo) < LARGO or crudo.endswith(b"\n"):
        try:
            nombre = crudo.decode().strip()
        except UnicodeDecodeError as error:
            raise ValueError(
                "no está en UTF-8; guárdalo con esa codificación"
            ) from error
        if hallado := INVISIBLE.search(nombre):
            cual = f"el carácter de control U+{ord(hallado[0]):04X}"
            que = "un tabulador" if hallado[0] == "\t" else cual
            raise ValueError(f"tiene {que}; deja solo el nombre")
        if len(nombre) <= MAX_LETRAS:
            return nombre
    raise ValueError(f"pasa de {MAX_LETRAS} letras")
