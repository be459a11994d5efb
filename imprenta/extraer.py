"""El extractor: arma ``codigo/`` con los trozos de código que los capítulos explican.

La sintaxis es la de Entangled: ``{.python file=codigo/x.py}`` es un archivo, ``{.python #un-trozo}``
un trozo con nombre y un renglón que solo dice ``<<un-trozo>>`` se cambia por el trozo, con su
sangría. Repetir el nombre o el archivo continúa lo anterior, en el orden del libro.
"""

import hashlib
import json
import os
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from imprenta.archivos import escribir
from imprenta.errores import ErrorDelLibro, Errores
from imprenta.fuentes import Bloque, leer_capitulo, rutas_de_capitulos

REFERENCIA = re.compile(r"^(?P<sangria>[ \t]*)<<(?P<nombre>[^<>]+)>>[ \t]*$")
REFERENCIA_SUELTA = re.compile(r"<<[^\s<>]+>>")
DESTINO = re.compile(r"codigo(?:/\w+)*/\w+\.\w+", re.ASCII)
NOMBRE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ETIQUETAS = ("fig-", "tbl-", "eq-", "lst-", "sec-")
HUELLA = re.compile(r"^(?:#|//) Huella del contenido: ([0-9a-f]{16})$")
INDICE = Path(".cache/trozos.json")

Renglon = tuple[str, str, int]  # texto, capítulo y renglón del que viene


@dataclass
class Trozo:
    """Un trozo con nombre (o un archivo): los bloques que lo forman y a dónde va."""

    nombre: str
    titulo: str
    archivo: str | None = None
    partes: list[Bloque] = field(default_factory=list)
    usos: list[tuple["Trozo", int]] = field(
        default_factory=list
    )  # quién lo usa, y en qué parte


def leer_trozos(raiz: Path) -> dict[str, Trozo]:
    """Todos los trozos del libro por nombre, ya enlazados entre sí.

    Raises:
        Errores: todos los que haya en los nombres, los destinos y las referencias.
    """
    trozos: dict[str, Trozo] = {}
    errores: list[ErrorDelLibro] = []
    for ruta in rutas_de_capitulos(raiz):
        for bloque in leer_capitulo(raiz, ruta):
            if isinstance(bloque, Bloque) and es_trozo(bloque):
                try:
                    _agregar(trozos, bloque)
                except ErrorDelLibro as error:
                    errores.append(error)
    errores += _enlazar(trozos) + _sin_usar(trozos)
    if errores:
        raise Errores(errores)
    return trozos


def es_trozo(bloque: Bloque) -> bool:
    """Si el bloque se extrae: tiene destino, o nombre que no es etiqueta de listado."""
    return "file" in bloque.atributos or bool(
        bloque.id and not bloque.id.startswith("lst-")
    )


def _agregar(trozos: dict[str, Trozo], bloque: Bloque) -> None:
    destino = bloque.atributos.get("file")
    if bloque.id and not NOMBRE.fullmatch(bloque.id):
        raise ErrorDelLibro(
            f"el nombre de trozo «{bloque.id}» debe llevar solo minúsculas ASCII, cifras y guiones",
            bloque.archivo,
            bloque.linea,
        )
    if bloque.id and bloque.id.startswith(ETIQUETAS):
        raise ErrorDelLibro(
            f"el trozo «{bloque.id}» empieza como etiqueta de referencia; dale otro nombre",
            bloque.archivo,
            bloque.linea,
        )
    if destino is not None:
        _revisar_destino(trozos, bloque, destino)
    nombre = bloque.id or _dueno(trozos, destino) or str(destino)
    titulo = bloque.atributos.get("titulo")
    if titulo and en_ascii(titulo) != nombre:
        raise ErrorDelLibro(
            f"el título «{titulo}» no corresponde al trozo «{nombre}»: solo puede ponerle acentos",
            bloque.archivo,
            bloque.linea,
        )
    trozo = trozos.setdefault(nombre, Trozo(nombre, nombre.replace("-", " ")))
    trozo.titulo = titulo or trozo.titulo
    trozo.archivo = destino or trozo.archivo
    trozo.partes.append(bloque)


def _revisar_destino(trozos: dict[str, Trozo], bloque: Bloque, destino: str) -> None:
    if not DESTINO.fullmatch(destino):
        mensaje = (
            f"el destino «{destino}» está fuera de codigo/ o no es un nombre sencillo"
        )
        raise ErrorDelLibro(mensaje, bloque.archivo, bloque.linea)
    dueno = _dueno(trozos, destino)
    if dueno and bloque.id and bloque.id != dueno:
        raise ErrorDelLibro(
            f"los trozos «{dueno}» y «{bloque.id}» quieren escribir el mismo archivo {destino}",
            bloque.archivo,
            bloque.linea,
        )
    anterior = trozos.get(bloque.id) if bloque.id else None
    if anterior and anterior.archivo not in (None, destino):
        raise ErrorDelLibro(
            f"el trozo «{bloque.id}» ya se escribe en {anterior.archivo}",
            bloque.archivo,
            bloque.linea,
        )


def _dueno(trozos: dict[str, Trozo], destino: str | None) -> str | None:
    return next(
        (t.nombre for t in trozos.values() if destino and t.archivo == destino), None
    )


def en_ascii(titulo: str) -> str:
    """Un título como identificador: minúsculas ASCII, cifras y guiones."""
    sin_acentos = (
        unicodedata.normalize("NFD", titulo.lower()).encode("ascii", "ignore").decode()
    )
    return "-".join(re.findall(r"[a-z0-9]+", sin_acentos))


def _enlazar(trozos: dict[str, Trozo]) -> list[ErrorDelLibro]:
    errores = []
    for trozo in trozos.values():
        for numero, parte in enumerate(trozo.partes):
            if (como := parte.atributos.get("como")) and como not in trozos:
                mensaje = f"no existe el trozo «{como}», al que este se parece"
                errores.append(ErrorDelLibro(mensaje, parte.archivo, parte.linea))
            for desfase, texto in enumerate(parte.lineas, 1):
                lugar = parte.archivo, parte.linea + desfase
                hallada = REFERENCIA.match(texto)
                if hallada and hallada["nombre"] in trozos:
                    trozos[hallada["nombre"]].usos.append((trozo, numero))
                elif hallada:
                    errores.append(
                        ErrorDelLibro(
                            f"no existe el trozo «{hallada['nombre']}»", *lugar
                        )
                    )
                elif REFERENCIA_SUELTA.search(texto):
                    errores.append(
                        ErrorDelLibro(
                            "la referencia a un trozo debe ir sola en su renglón",
                            *lugar,
                        )
                    )
    return errores


def _sin_usar(trozos: dict[str, Trozo]) -> list[ErrorDelLibro]:
    return [
        ErrorDelLibro(
            f"nadie usa el trozo «{trozo.nombre}»",
            trozo.partes[0].archivo,
            trozo.partes[0].linea,
        )
        for trozo in trozos.values()
        if not trozo.archivo and not trozo.usos
    ]


def expandir(trozos: dict[str, Trozo], trozo: Trozo) -> list[Renglon]:
    """Los renglones de un archivo, cada uno con el capítulo y el renglón del que viene.

    Raises:
        ErrorDelLibro: si un trozo termina usándose a sí mismo.
    """
    return _expandir(trozos, trozo, "", [])


def _expandir(
    trozos: dict[str, Trozo], trozo: Trozo, sangria: str, camino: list[str]
) -> list[Renglon]:
    renglones: list[Renglon] = []
    for numero, parte in enumerate(trozo.partes):
        if numero:
            define = re.match(
                r"(async )?def |class |@", parte.lineas[0] if parte.lineas else ""
            )
            junto = "python" in parte.clases and not define
            separacion = 2 if trozo.archivo and not sangria else 0 if junto else 1
            renglones += [("", parte.archivo, parte.linea)] * separacion
        for desfase, texto in enumerate(parte.lineas, 1):
            linea = parte.linea + desfase
            hallada = REFERENCIA.match(texto)
            if not hallada:
                renglones.append(((sangria + texto).rstrip(), parte.archivo, linea))
                continue
            if hallada["nombre"] in (*camino, trozo.nombre):
                vuelta = " → ".join([*camino, trozo.nombre, hallada["nombre"]])
                raise ErrorDelLibro(
                    f"los trozos forman un ciclo: {vuelta}", parte.archivo, linea
                )
            usado, interior = trozos[hallada["nombre"]], sangria + hallada["sangria"]
            nota = f"{interior}{_comentario(parte)} ⟨{usado.titulo}⟩"
            renglones.append((nota, parte.archivo, linea))
            renglones += _expandir(trozos, usado, interior, [*camino, trozo.nombre])
    return renglones


def _comentario(parte: Bloque) -> str:
    return "//" if "javascript" in parte.clases else "#"


def armar(raiz: Path) -> dict[str, list[Renglon]]:
    """Los archivos que deben existir en ``codigo/``: ruta → renglones con su origen."""
    trozos = leer_trozos(raiz)
    archivos = {}
    for trozo in trozos.values():  # un ciclo puede no colgar de ningún archivo
        cuerpo = expandir(trozos, trozo)
        if trozo.archivo:
            archivos[trozo.archivo] = _encabezado(trozo, cuerpo) + cuerpo
    return archivos


def _encabezado(trozo: Trozo, cuerpo: list[Renglon]) -> list[Renglon]:
    capitulos = list(dict.fromkeys(archivo for _, archivo, _ in cuerpo))
    primera = trozo.partes[0]
    huella = _huella([texto for texto, _, _ in cuerpo])
    textos = [
        *(f"Extraído de {capitulo}" for capitulo in capitulos),
        "con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.",
        f"Huella del contenido: {huella}",
    ]
    banner = [*(f"{_comentario(primera)} {texto}" for texto in textos), ""]
    return [(texto, primera.archivo, primera.linea) for texto in banner]


def _huella(textos: list[str]) -> str:
    return hashlib.sha256("\n".join(textos).encode()).hexdigest()[:16]


def revisar(raiz: Path, archivos: dict[str, list[Renglon]]) -> None:
    """Comprueba que ``codigo/`` sea exactamente lo que dicen los capítulos.

    Raises:
        Errores: un error por archivo que falta, sobra o difiere, con su primer renglón distinto.
    """
    errores = _huerfanos(raiz, archivos)
    for ruta, renglones in archivos.items():
        if not (raiz / ruta).is_file():
            origen = f"{renglones[0][1]}:{renglones[0][2]}"
            errores.append(ErrorDelLibro(f"falta; lo define {origen}", ruta))
        elif diferencia := _primera_diferencia(raiz / ruta, renglones):
            linea, origen = diferencia
            errores.append(ErrorDelLibro(f"no coincide con {origen}", ruta, linea))
    if errores:
        raise Errores(errores)


def _huerfanos(raiz: Path, archivos: dict[str, list[Renglon]]) -> list[ErrorDelLibro]:
    presentes = (
        ruta.relative_to(raiz).as_posix()
        for ruta in sorted((raiz / "codigo").rglob("*"))
        if ruta.is_file() and "__pycache__" not in ruta.parts
    )
    return [
        ErrorDelLibro(
            "ningún capítulo define este archivo; bórralo o explícalo en uno", ruta, 1
        )
        for ruta in presentes
        if ruta not in archivos
    ]


def _leer(ruta: Path) -> list[str]:
    try:
        with ruta.open(encoding="utf-8", newline="") as archivo:
            return archivo.read().split("\n")
    except UnicodeDecodeError:
        return []


def _primera_diferencia(ruta: Path, renglones: list[Renglon]) -> tuple[int, str] | None:
    """El primer renglón distinto y de dónde viene; la huella solo si es lo único distinto."""
    actuales = _leer(ruta)
    debidos = [*(texto for texto, _, _ in renglones), ""]
    pares = enumerate(zip_longest(debidos, actuales))
    distintos = [indice for indice, (debido, actual) in pares if debido != actual]
    if not distintos:
        return None
    indice = distintos[0]
    if len(distintos) > 1 and HUELLA.match(debidos[min(indice, len(debidos) - 1)]):
        indice = distintos[1]
    _, archivo, linea = renglones[min(indice, len(renglones) - 1)]
    return indice + 1, f"{archivo}:{linea}"


def _editados_a_mano(
    raiz: Path, archivos: dict[str, list[Renglon]]
) -> list[ErrorDelLibro]:
    errores = []
    for ruta, renglones in archivos.items():
        if not (raiz / ruta).is_file():
            continue
        diferencia = _primera_diferencia(raiz / ruta, renglones)
        if diferencia and not _intacto(_leer(raiz / ruta)):
            errores.append(
                ErrorDelLibro(
                    f"se editó a mano; lleva el cambio a {diferencia[1]} y borra este archivo",
                    ruta,
                    diferencia[0],
                )
            )
    return errores


def _intacto(lineas: list[str]) -> bool:
    for indice, linea in enumerate(lineas):
        if hallada := HUELLA.match(linea):
            return lineas[-1] == "" and _huella(lineas[indice + 2 : -1]) == hallada[1]
    return False


def extraer(raiz: Path) -> list[str]:
    """Escribe ``codigo/`` y devuelve las rutas que cambiaron. O escribe todo, o no escribe nada.

    Raises:
        Errores: si hay archivos huérfanos o editados a mano; entonces no toca ninguno.
    """
    archivos = armar(raiz)
    if errores := _huerfanos(raiz, archivos) + _editados_a_mano(raiz, archivos):
        raise Errores(errores)
    pendientes = [
        ruta
        for ruta, renglones in archivos.items()
        if not (raiz / ruta).is_file() or _primera_diferencia(raiz / ruta, renglones)
    ]
    (raiz / INDICE).parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=(raiz / INDICE).parent) as carpeta:
        for numero, ruta in enumerate(pendientes):
            texto = "\n".join([*(texto for texto, _, _ in archivos[ruta]), ""])
            escribir(Path(carpeta, str(numero)), texto)
        for numero, ruta in enumerate(pendientes):
            (raiz / ruta).parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(carpeta, str(numero)), raiz / ruta)
    return pendientes


def escribir_indice(raiz: Path) -> None:
    """Guarda en ``.cache/trozos.json`` lo que el filtro de Pandoc muestra junto a cada trozo."""
    trozos = leer_trozos(raiz)
    paginas: dict[str, list[dict[str, object]]] = {}
    for ruta in rutas_de_capitulos(raiz):
        partes = [
            (parte.linea, trozo, numero)
            for trozo in trozos.values()
            for numero, parte in enumerate(trozo.partes)
            if parte.archivo == ruta
        ]
        paginas[ruta] = [
            _ficha(trozos, ruta, t, n) for _, t, n in sorted(partes, key=lambda p: p[0])
        ]
    escribir(raiz / INDICE, json.dumps(paginas, ensure_ascii=False, indent=1))


def _ficha(
    trozos: dict[str, Trozo], ruta: str, trozo: Trozo, numero: int
) -> dict[str, object]:
    siguientes = range(numero + 1, len(trozo.partes))
    halladas = map(REFERENCIA.match, trozo.partes[numero].lineas)
    incluidos = [trozos[hallada["nombre"]] for hallada in halladas if hallada]
    archivos = sorted(destinos(trozo))
    return {
        "id": ancla(trozo, numero),
        "titulo": trozo.titulo,
        "continuacion": numero > 0,
        "sabidos": _sabidos(trozos, trozo.partes[numero]),
        "archivos": [{"texto": d, "url": _enlace(ruta, d)} for d in archivos],
        "incluye": [_cita(ruta, incluido, 0) for incluido in incluidos],
        "viene": [_cita(ruta, trozo, numero - 1)] if numero else [],
        "usos": _usos(ruta, trozo),
        "continua": [_cita(ruta, trozo, parte) for parte in siguientes[:1]],
    }


def _usos(ruta: str, trozo: Trozo) -> list[dict[str, str]]:
    """Quién incluye a un trozo; de quien lo hace dos veces, la segunda está «más adelante»."""
    usos = [_cita(ruta, usuario, parte) for usuario, parte in trozo.usos]
    for cual, uso in enumerate(usos):
        if uso["texto"] in [otro["texto"] for otro in usos[:cual]]:
            uso["texto"] = "más adelante"
    return usos


def _sabidos(trozos: dict[str, Trozo], parte: Bloque) -> list[int]:
    """Los renglones, desde 1, que ya estaban en el trozo al que este se parece (``como``)."""
    if not (como := parte.atributos.get("como")):
        return []
    vistos = {t.strip() for otra in trozos[como].partes for t in otra.lineas} - {""}
    return [n for n, texto in enumerate(parte.lineas, 1) if texto.strip() in vistos]


def destinos(trozo: Trozo) -> set[str]:
    """Los archivos en que termina un trozo."""
    if trozo.archivo:
        return {trozo.archivo}
    return {destino for usuario, _ in trozo.usos for destino in destinos(usuario)}


def ancla(trozo: Trozo, numero: int) -> str:
    """El identificador de una parte de un trozo dentro de su página."""
    base = "trozo-" + re.sub(r"[^a-z0-9]+", "-", trozo.nombre.lower())
    return base if numero == 0 else f"{base}--{numero + 1}"


def _cita(desde: str, trozo: Trozo, numero: int) -> dict[str, str]:
    pagina = trozo.partes[numero].archivo.removesuffix(".qmd") + ".html"
    mismo = trozo.partes[numero].archivo == desde
    return {
        "texto": trozo.titulo,
        "url": ("" if mismo else _enlace(desde, pagina)) + "#" + ancla(trozo, numero),
    }


def _enlace(desde: str, hasta: str) -> str:
    return os.path.relpath(hasta, PurePosixPath(desde).parent).replace(os.sep, "/")
