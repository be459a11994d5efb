"""El extractor: arma ``codigo/`` con los trozos de código que los capítulos explican.

La sintaxis es la de Entangled: ``{.python file=codigo/x.py}`` es un archivo, ``{.python #un-trozo}``
un trozo con nombre y un renglón que solo dice ``<<un-trozo>>`` se cambia por el trozo, con su
sangría. Repetir el nombre o el archivo continúa lo anterior, en el orden del libro.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from imprenta.archivos import escribir, escribir_todo
from imprenta.errores import ErrorDelLibro, levantar
from imprenta.fuentes import Bloque, Textos, en_ascii, leer_todo, rutas_de_capitulos

REFERENCIA = re.compile(r"^(?P<sangria>[ \t]*)<<(?P<nombre>[^<>]+)>>[ \t]*$")
REFERENCIA_SUELTA = re.compile(r"<<[^\s<>]+>>")
DEFINICION = re.compile(r"(?:(?:async )?def|class) |@")
DESTINO = re.compile(r"codigo(?:/\w+)*/\w+\.\w+", re.ASCII)
NOMBRE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ETIQUETAS = ("fig-", "tbl-", "eq-", "lst-", "sec-")
HUELLA = re.compile(r"^(?:#|//) Huella del contenido: ([0-9a-f]{16})$")
INDICE = Path(".cache/trozos.json")
SOLUCIONES = "codigo/soluciones/"


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
    dueno = _dueno(trozos, destino)
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


def _dueno(trozos: Trozos, destino: str | None) -> str | None:
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
                yield Renglon(nota, parte.archivo, linea)
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


def escribir_indice(raiz: Path) -> None:
    """Guarda en ``.cache/trozos.json``, de cada capítulo, las fichas de sus trozos y su mapa."""
    trozos, vistos = leer_trozos(raiz), set[str]()
    todas = [(trozo, n) for trozo in trozos.values() for n in range(len(trozo.partes))]
    paginas = {}
    for ruta in rutas_de_capitulos(raiz):
        partes = [(trozo, n) for trozo, n in todas if trozo.partes[n].archivo == ruta]
        partes.sort(key=lambda par: par[0].partes[par[1]].linea)
        vistos.add(ruta)
        fichas = [_ficha(trozos, ruta, *par) for par in partes]
        mapa = list(_mapa(trozos, ruta, partes, vistos))
        paginas[ruta] = {"trozos": fichas, "mapa": mapa}
    escribir(raiz / INDICE, json.dumps(paginas, ensure_ascii=False, indent=1))


def _mapa(
    trozos: Trozos, ruta: str, partes: list[tuple[Trozo, int]], vistos: set[str]
) -> Iterator[dict[str, Any]]:
    """Los archivos que crecen en un capítulo: con qué trozos, y si apenas nacen."""
    archivos = dict.fromkeys(d for trozo, _ in partes for d in sorted(destinos(trozo)))
    for archivo in archivos:
        dueno = trozos[str(_dueno(trozos, archivo))]
        nace = dueno.partes[0].archivo
        if nace not in vistos or archivo.startswith(SOLUCIONES):
            continue  # un trozo puede ir también a un archivo que el lector no conoce todavía
        puestos = [r for r in recorrer(trozos, dueno) if r.archivo == ruta]
        suyos: dict[str, dict[str, str]] = {}
        for trozo, numero in partes:
            if archivo in destinos(trozo):
                texto = "el archivo" if trozo.titulo == archivo else trozo.titulo
                suyos.setdefault(trozo.nombre, _cita(ruta, trozo, numero, texto))
        yield {
            "archivo": {"texto": archivo, "url": enlace(ruta, archivo)},
            "nuevo": nace == ruta,
            "renglones": sum(None not in (r.texto, r.sangria) for r in puestos),
            "trozos": list(suyos.values()),
        }


def _ficha(trozos: Trozos, ruta: str, trozo: Trozo, numero: int) -> dict[str, Any]:
    parte, siguientes = trozo.partes[numero], range(numero + 1, len(trozo.partes))
    halladas = map(REFERENCIA.match, parte.lineas)
    incluidos = [trozos[hallada["nombre"]] for hallada in halladas if hallada]
    todos = sorted(destinos(trozo))
    archivos = [d for d in todos if not d.startswith(SOLUCIONES)] or todos
    como = parte.atributos.get("como")
    parecidas = trozos[como].partes if como else []
    vistos = {t.strip() for otra in parecidas for t in otra.lineas} - {""}
    sabidos = [n for n, t in enumerate(parte.lineas, 1) if t.strip() in vistos]
    propios = [u for u in trozo.usos if destinos(u[0]) & {*archivos}]
    usos = [_cita(ruta, usuario, cual) for usuario, cual, _ in propios]
    for cual, uso in enumerate(usos):  # la segunda vez que alguien lo usa
        if uso["texto"] in [otro["texto"] for otro in usos[:cual]]:
            uso["texto"] = "más adelante"
    return {
        "id": ancla(trozo, numero),
        "titulo": trozo.titulo,
        "continuacion": numero > 0,
        "sabidos": sabidos,
        "archivos": [{"texto": d, "url": enlace(ruta, d)} for d in archivos],
        "incluye": [_cita(ruta, incluido, 0) for incluido in incluidos],
        "viene": [_cita(ruta, trozo, numero - 1)] if numero else [],
        "usos": usos,
        "continua": [_cita(ruta, trozo, otra) for otra in siguientes[:1]],
    }


def destinos(trozo: Trozo) -> set[str]:
    """Los archivos en que termina un trozo."""
    if trozo.archivo:
        return {trozo.archivo}
    return {destino for usuario, *_ in trozo.usos for destino in destinos(usuario)}


def ancla(trozo: Trozo, numero: int) -> str:
    """El identificador de una parte de un trozo dentro de su página."""
    base = "trozo-" + re.sub(r"[^a-z0-9]+", "-", trozo.nombre.lower())
    return base if numero == 0 else f"{base}--{numero + 1}"


def _cita(desde: str, trozo: Trozo, numero: int, texto: str = "") -> dict[str, str]:
    capitulo = trozo.partes[numero].archivo
    url = "" if capitulo == desde else enlace(desde, capitulo)
    return {"texto": texto or trozo.titulo, "url": f"{url}#{ancla(trozo, numero)}"}


def enlace(desde: str, hasta: str) -> str:
    """De un capítulo a la página de otro o a un archivo del sitio."""
    hasta = re.sub(r"\.qmd$", ".html", hasta)
    return os.path.relpath(hasta, PurePosixPath(desde).parent).replace(os.sep, "/")
