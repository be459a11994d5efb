"""El extractor: arma ``codigo/`` con los trozos de código que los capítulos explican.

La sintaxis es la de Entangled: ``{.python file=codigo/x.py}`` es un archivo, ``{.python #un-trozo}``
un trozo con nombre y un renglón que solo dice ``<<un-trozo>>`` se cambia por el trozo, con su
sangría. Repetir el nombre o el archivo continúa lo anterior, en el orden del libro.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from imprenta.archivos import escribir_todo
from imprenta.errores import ErrorDelLibro, levantar
from imprenta.fuentes import Bloque, Textos, en_ascii, leer_todo

REFERENCIA = re.compile(r"^(?P<sangria>[ \t]*)<<(?P<nombre>[^<>]+)>>[ \t]*$")
REFERENCIA_SUELTA = re.compile(r"<<[^\s<>]+>>")
DEFINICION = re.compile(r"(?:(?:async )?def|class) |@")
DESTINO = re.compile(r"codigo(?:/\w+)*/\w+\.\w+", re.ASCII)
NOMBRE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ETIQUETAS = ("fig-", "tbl-", "eq-", "lst-", "sec-")
HUELLA = re.compile(r"^(?:#|//) Huella del contenido: ([0-9a-f]{16})$")


class Renglon(NamedTuple):
    """Un renglón de ``codigo/`` y de dónde viene, o un hueco entre dos (si no tiene texto)."""

    texto: str | None
    archivo: str
    linea: int
    sangria: str | None = None  # la que puso el extractor; ninguna si todo él es suyo
    bloque: int = 0  # el renglón en que empieza el bloque


@dataclass
class Trozo:
    """Un trozo con nombre (o un archivo): los bloques que lo forman y a dónde va."""

    nombre: str
    titulo: str
    archivo: str | None = None
    partes: list[Bloque] = field(default_factory=list)
    # quién lo usa, en qué parte y en qué renglón de ella
    usos: list[tuple["Trozo", int, int]] = field(default_factory=list)


Archivos = dict[str, list[Renglon]]  # ruta → lo que va en ella
Trozos = dict[str, Trozo]


def leer_trozos(raiz: Path, textos: Textos = None) -> Trozos:
    """Todos los trozos del libro por nombre, ya enlazados entre sí."""
    trozos: Trozos = {}
    errores: list[ErrorDelLibro] = []
    for bloque in leer_todo(raiz, textos):
        if isinstance(bloque, Bloque) and es_trozo(bloque):
            try:
                _agregar(trozos, bloque)
            except ErrorDelLibro as error:
                errores.append(error)
    levantar([*errores, *_enlazar(trozos)])
    return trozos


def es_trozo(bloque: Bloque) -> bool:
    """Si el bloque se extrae: tiene destino, o nombre que no es etiqueta de listado."""
    con_nombre = bloque.id and not bloque.id.startswith("lst-")
    return "file" in bloque.atributos or bool(con_nombre)


def _agregar(trozos: Trozos, bloque: Bloque) -> None:
    destino, titulo = map(bloque.atributos.get, ("file", "titulo"))
    dueno = dueno_de(trozos, destino)
    nombre = bloque.id or dueno or str(destino)
    trozo = trozos.get(nombre) or Trozo(nombre, nombre.replace("-", " "))
    queja = ""
    if bloque.id and not NOMBRE.fullmatch(nombre):
        queja = f"el nombre de trozo «{nombre}» debe llevar solo minúsculas ASCII, cifras y guiones"
    elif bloque.id.startswith(ETIQUETAS):
        queja = f"el trozo «{nombre}» empieza como etiqueta; dale otro nombre"
    elif destino is not None and not DESTINO.fullmatch(destino):
        queja = f"el destino «{destino}» está fuera de codigo/ o no es sencillo"
    elif dueno not in (None, nombre):
        queja = f"los trozos «{dueno}» y «{nombre}» quieren escribir el mismo archivo {destino}"
    elif destino and trozo.archivo not in (None, destino):
        queja = f"el trozo «{nombre}» ya se escribe en {trozo.archivo}"
    elif titulo and en_ascii(titulo) != nombre:
        este = f"el título «{titulo}» no corresponde al trozo «{nombre}»"
        queja = f"{este}: solo puede ponerle acentos"
    if queja:
        raise bloque.error(queja)
    trozo.titulo = titulo or trozo.titulo
    trozo.archivo = destino or trozo.archivo
    trozo.partes.append(bloque)
    trozos[nombre] = trozo


def dueno_de(trozos: Trozos, destino: str | None) -> str | None:
    suyos = (t.nombre for t in trozos.values() if destino and t.archivo == destino)
    return next(suyos, None)


def _enlazar(trozos: Trozos) -> Iterator[ErrorDelLibro]:
    for trozo in trozos.values():
        for numero, parte in enumerate(trozo.partes):
            if (como := parte.atributos.get("como")) and como not in trozos:
                yield parte.error(f"no existe el trozo «{como}», al que este se parece")
            for indice, texto in enumerate(parte.lineas):
                hallada = REFERENCIA.match(texto)
                if hallada and (nombre := hallada["nombre"]) in trozos:
                    trozos[nombre].usos.append((trozo, numero, indice))
                elif hallada:
                    yield parte.error(f"no existe el trozo «{nombre}»", indice + 1)
                elif REFERENCIA_SUELTA.search(texto):
                    queja = "la referencia a un trozo debe ir sola en su renglón"
                    yield parte.error(queja, indice + 1)
    for trozo in trozos.values():
        if not trozo.archivo and not trozo.usos:
            yield trozo.partes[0].error(f"nadie usa el trozo «{trozo.nombre}»")


def recorrer(
    trozos: Trozos, trozo: Trozo, sangria: str = "", camino: tuple[str, ...] = ()
) -> Iterator[Renglon]:
    """Los renglones de un trozo y, entre ellos, los huecos en que un capítulo podría poner otro."""
    camino = (*camino, trozo.nombre)
    for numero, parte in enumerate(trozo.partes):
        aqui = parte.archivo, parte.linea
        if numero:
            separacion = _separacion(parte, bool(trozo.archivo) and not sangria)
            yield from [Renglon("", *aqui)] * separacion
        yield Renglon(None, *aqui, sangria, parte.linea)
        for linea, texto in enumerate(parte.lineas, parte.linea + 1):
            if not (hallada := REFERENCIA.match(texto)):
                puesto = (sangria + texto).rstrip()
                yield Renglon(puesto, parte.archivo, linea, sangria, parte.linea)
            elif (nombre := hallada["nombre"]) in camino:
                vuelta = " → ".join([*camino, nombre])
                mensaje = f"los trozos forman un ciclo: {vuelta}"
                raise ErrorDelLibro(mensaje, parte.archivo, linea)
            else:
                usado, interior = trozos[nombre], sangria + hallada["sangria"]
                nota = f"{interior}{_comentario(parte)} ⟨{usado.titulo}⟩"
                yield Renglon(nota, parte.archivo, linea, None, parte.linea)
                yield from recorrer(trozos, usado, interior, camino)
            yield Renglon(None, parte.archivo, linea, sangria, parte.linea)


def _separacion(parte: Bloque, es_archivo: bool) -> int:
    """Cuántos renglones en blanco van antes de lo que continúa un trozo."""
    if es_archivo:
        return 2
    primero = next((texto.strip() for texto in parte.lineas if texto.strip()), "")
    return int("python" not in parte.clases or bool(DEFINICION.match(primero)))


def _comentario(parte: Bloque) -> str:
    return "//" if "javascript" in parte.clases else "#"


def armar(raiz: Path) -> Archivos:
    """Los archivos que deben existir en ``codigo/``: ruta → renglones, con su origen."""
    todos = con_huecos(raiz)
    return {r: [x for x in suyos if x.texto is not None] for r, suyos in todos.items()}


def con_huecos(raiz: Path, textos: Textos = None) -> Archivos:
    """Lo mismo, con los huecos entre los renglones, o lo que sería con otros ``textos``."""
    trozos = leer_trozos(raiz, textos)
    archivos = {}
    for trozo in trozos.values():  # un ciclo puede no colgar de ningún archivo
        cuerpo = list(recorrer(trozos, trozo))
        if trozo.archivo:
            archivos[trozo.archivo] = _encabezado(trozo, cuerpo) + cuerpo
    return archivos


def _encabezado(trozo: Trozo, cuerpo: list[Renglon]) -> list[Renglon]:
    primera = trozo.partes[0]
    capitulos = dict.fromkeys(renglon.archivo for renglon in cuerpo)
    textos = [
        *(f"Extraído de {capitulo}" for capitulo in capitulos),
        "con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.",
        f"Huella del contenido: {_huella(textos_de(cuerpo))}",
    ]
    banner = [*(f"{_comentario(primera)} {texto}" for texto in textos), ""]
    return [Renglon(texto, primera.archivo, primera.linea) for texto in banner]


def textos_de(renglones: list[Renglon]) -> list[str]:
    """Lo que dicen los renglones, sin los huecos."""
    return [renglon.texto for renglon in renglones if renglon.texto is not None]


def _huella(textos: list[str]) -> str:
    return hashlib.sha256("\n".join(textos).encode()).hexdigest()[:16]


def extraer(raiz: Path, revisa: bool = False) -> list[str]:
    """Escribe ``codigo/`` y devuelve las rutas que cambiaron. O escribe todo, o no escribe nada."""
    archivos = armar(raiz)
    errores = huerfanos(raiz, archivos)
    pendientes = {}
    for ruta, renglones in archivos.items():
        debidos, actuales = [*textos_de(renglones), ""], leer_renglones(raiz / ruta)
        contenido, existe = "\n".join(debidos).encode(), (raiz / ruta).is_file()
        if existe and contenido == (raiz / ruta).read_bytes():
            continue
        pendientes[ruta] = contenido
        if debidos == actuales:
            mensaje = "dice lo debido, con finales de renglón de Windows (CRLF)"
            remedio = "«python -m imprenta extraer» pone los de Unix"
            errores += [ErrorDelLibro(f"{mensaje}; {remedio}", ruta)] * revisa
            continue
        linea, origen, solo_huella = _primera_diferencia(renglones, debidos, actuales)
        if existe and not _intacto(actuales) and not solo_huella:
            vuelta = "«python -m imprenta devolver» lleva el cambio a su capítulo"
            mensaje = f"se editó a mano y no coincide con {origen}; {vuelta}"
            errores.append(ErrorDelLibro(mensaje, ruta, linea))
        elif revisa and existe:
            errores.append(ErrorDelLibro(f"no coincide con {origen}", ruta, linea))
        elif revisa:
            errores.append(ErrorDelLibro(f"falta; lo define {origen}", ruta))
    levantar(errores)
    escribir_todo(raiz, pendientes)
    return list(pendientes)


def huerfanos(raiz: Path, archivos: Archivos) -> list[ErrorDelLibro]:
    """Un error por cada archivo de ``codigo/`` que ningún capítulo define."""
    mensaje = "ningún capítulo define este archivo; bórralo o explícalo en uno"
    hay = [r.relative_to(raiz) for r in (raiz / "codigo").rglob("*") if r.is_file()]
    rutas = [r.as_posix() for r in sorted(hay) if "__pycache__" not in r.parts]
    return [ErrorDelLibro(mensaje, ruta, 1) for ruta in rutas if ruta not in archivos]


def leer_renglones(ruta: Path) -> list[str]:
    """Los renglones de un archivo, sin sus finales, sean los que sean; ninguno si no se entiende."""
    try:
        return ruta.read_bytes().decode().replace("\r\n", "\n").split("\n")
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def _primera_diferencia(
    renglones: list[Renglon], debidos: list[str], actuales: list[str]
) -> tuple[int, str, bool]:
    """El primer renglón distinto, de dónde viene, y si solo cambia la huella."""
    pares = enumerate(zip_longest(debidos, actuales))
    distintos = {n: debido or "" for n, (debido, actual) in pares if debido != actual}
    sin_huella = [n for n, debido in distintos.items() if not HUELLA.match(debido)]
    indice = (sin_huella or list(distintos))[0]
    origen = renglones[min(indice, len(renglones) - 1)]
    return indice + 1, f"{origen.archivo}:{origen.linea}", not sin_huella


def _intacto(lineas: list[str]) -> bool:
    for indice, linea in enumerate(lineas):
        if hallada := HUELLA.match(linea):
            return lineas[-1] == "" and _huella(lineas[indice + 2 : -1]) == hallada[1]
    return False
