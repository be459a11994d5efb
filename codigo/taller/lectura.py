# Extraído de libro/taller-listas.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 503e6b4d88dfbe3a

"""Leer la lista de nombres de quien sea: o se entiende, o se dice qué renglón está mal.

Se explica en el apéndice «Leer la lista de quien sea».
"""

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

MAX_NOMBRES, MAX_LETRAS = 500_000, 1000
A_LO_MAS = 80  # letras de lo que se inventa, si no se pide otra cosa
LARGO = 4 * MAX_LETRAS + 2  # en bytes: una letra de UTF-8 mide cuatro, a lo más
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def leer_renglones(
    ruta: Path, columna: str = "", codificacion: str = "utf-8"
) -> Iterator[tuple[int, str]]:
    """Los nombres de un archivo y en qué renglón viene cada uno, sin los vacíos.

    Raises:
        OSError: si el archivo no se puede leer.
        ValueError: si un renglón no es un nombre, o si son más de ``MAX_NOMBRES``.
    """
    tabla, cuantos = Columna(columna), 0
    entrada = nullcontext(sys.stdin.buffer) if str(ruta) == "-" else ruta.open("rb")
    with entrada as archivo:
        for n, crudo in enumerate(iter(lambda: archivo.readline(LARGO), b""), 1):
            # ⟨entender el renglón⟩
            try:
                sin_marca = crudo.removeprefix(b"\xef\xbb\xbf" * (n == 1))
                nombre = entender(tabla.celda(decodificar(sin_marca, codificacion)))
            except ValueError as error:
                raise ValueError(f"{ruta}, renglón {n}: {error}") from error
            if nombre and cuantos == MAX_NOMBRES:
                raise ValueError(
                    f"{ruta}: pasa de {MAX_NOMBRES} nombres y no cabría en la memoria; "
                    "entrena con una muestra"
                )
            if nombre:
                cuantos += 1
                yield n, nombre


def decodificar(crudo: bytes, codificacion: str) -> str:
    """Las letras de un renglón.

    Raises:
        ValueError: si no es texto o no está en esa codificación; dice por qué.
    """
    # ⟨rechazar lo que no es texto⟩
    if crudo[:4] == b"PK\x03\x04":
        raise ValueError("no es texto: es un modelo, un .xlsx o un .zip")
    if crudo[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("el archivo está en UTF-16; guárdalo en UTF-8")
    if b"\0" in crudo:
        raise ValueError(
            "tiene bytes nulos: no es texto, o está en UTF-16 (entonces, guárdalo en UTF-8)"
        )
    if len(crudo) == LARGO and not crudo.endswith(b"\n"):
        raise ValueError(f"pasa de {MAX_LETRAS} letras")
    try:
        return crudo.decode(codificacion)
    except LookupError as error:
        raise ValueError(f"no hay codificación «{codificacion}»") from error
    except UnicodeError as error:
        raras = [c for c in crudo.decode("cp1252", "replace") if not c.isascii()]
        de_windows = all(map(str.isalpha, raras)) and 2 * len(raras) < len(crudo)
        raise ValueError(
            f"no está en {codificacion.upper()}"
            + ", parece Windows-1252" * de_windows
            + "; guárdalo en UTF-8, o di en cuál con --codificacion"
            + " cp1252" * de_windows
        ) from error


def entender(texto: str) -> str:
    """El nombre que hay en un renglón, sin los espacios de las orillas.

    Raises:
        ValueError: si no se entiende; dice por qué.
    """
    nombre = texto.strip()
    if hallado := INVISIBLE.search(nombre):
        if hallado[0] == "\t":
            raise ValueError(f"tiene un tabulador; {ESCOGE}")
        raise ValueError(f"tiene el carácter de control U+{ord(hallado[0]):04X}")
    if len(nombre) > MAX_LETRAS:
        raise ValueError(f"pasa de {MAX_LETRAS} letras")
    return nombre


SEPARADORES = "\t;|,"
ESCOGE = "si es una tabla, escoge con --columna (su título, o 1, 2, 3…)"


class Columna:
    """La columna de una tabla: con cada renglón, lo que trae en ella."""

    def __init__(self, cual: str) -> None:
        self.cual, self.separador, self.lugar = cual, "", -1

    # ⟨sacar una celda⟩
    def celda(self, renglon: str) -> str:
        """Lo que hay en la columna; nada, si es el renglón de los títulos.

        Raises:
            ValueError: si el renglón no la tiene.
        """
        if not self.cual or not renglon.strip():
            return renglon
        self.separador = self.separador or max(SEPARADORES, key=renglon.count)
        with suppress(csv.Error):
            dos = (renglon.strip("\r\n"), "")
            celdas, *resto = csv.reader(dos, delimiter=self.separador)
            if not resto:
                raise ValueError(
                    "abre unas comillas que no cierra; "
                    "una celda no puede seguir en otro renglón"
                )
            if self.lugar < 0 and self.cual in celdas:
                self.lugar = celdas.index(self.cual)
                return ""
            if self.lugar < 0 and self.cual.isdecimal():
                self.lugar = int(self.cual) - 1
            if 0 <= self.lugar < len(celdas):
                return celdas[self.lugar]
        raise ValueError(f"no tiene la columna «{self.cual}»")


def por_que_es_tabla(nombres: Sequence[str]) -> str:
    """Una frase con lo que hace pensar que son renglones de una tabla, o nada."""
    if nombres and nombres[0][0] in "[{" and nombres[-1][-1] in "]}":
        return "parece JSON; hace falta un nombre por renglón"
    for separador in SEPARADORES:
        with suppress(csv.Error):
            filas = list(csv.reader(nombres[:1000], delimiter=separador))
            iguales = len({len(fila) for fila in filas}) == 1 and len(filas[0]) > 1
            if iguales and any(celda[:1] != " " for f in filas for celda in f[1:]):
                return f"parece una tabla separada con «{separador}»; {ESCOGE}"
    if nombres and all(n[0] == n[-1] == '"' for n in nombres):
        return f"todos los nombres van entre comillas; {ESCOGE}"
    return ""


RARO = re.compile("[\xa0\xad\u200b\u200e\u200f\u202a-\u202f\u2060-\u2069\ufeff\ufffd]")
TITULOS = {"nombre", "nombres", "name", "names", "municipio", "municipios"}


def que_tiene_de_raro(renglon: int, nombre: str) -> str:
    """Una frase con lo que un nombre tiene de sospechoso, o nada."""
    if hallado := RARO.search(nombre):
        que = "que no se ve" if hallado[0] != "\ufffd" else "que fue una letra"
        return f"tiene U+{ord(hallado[0]):04X}, {que}"
    with suppress(UnicodeError):
        if nombre.encode("cp1252").decode() != nombre:
            return "es UTF-8 leído como Windows-1252, como «Ã©» por «é»"
    if renglon == 1 and nombre.casefold() in TITULOS:
        return f"«{nombre}» parece un título; con --columna {nombre} se salta"
    if len(nombre) > A_LO_MAS:
        de_mas = "si no se le da otro --maximo"
        return f"pasa de {A_LO_MAS} letras, y generar corta ahí lo que inventa {de_mas}"
    return ""
