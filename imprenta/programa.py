"""El programa como lugar: una página por archivo de ``codigo/``, y la que los enumera.

Cada tramo de renglones lleva al trozo que lo explica.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, chain, dropwhile, groupby
from pathlib import PurePosixPath

from imprenta.ejecutar import Capitulo, cercado
from imprenta.extraer import Renglon, textos_de
from imprenta.fuentes import Entrada
from imprenta.indice import Libro
from imprenta.tejer import ENTRADA, Pagina, division, pandoc
from imprenta.trozos import Programa, destinos, enlace, pagina_de

INDICE = "codigo/index"
RESUMEN = re.compile(
    r'^(?:"""|// (?!Extraído|con «|Huella))(.+?)(?:"""|$)', re.MULTILINE
)
CARPETAS = {
    "codigo": "El tema del libro",
    "codigo/taller": "El taller",
    "codigo/soluciones": "Las soluciones de los ejercicios",
}
LENGUAJES = {".py": "python", ".js": "javascript"}


def paginas(libro: Libro, programa: Programa) -> list[Pagina]:
    """La página que enumera los archivos del programa y la de cada uno."""
    textos = {INDICE: "\n".join(_enumerar(programa))}
    textos |= {a: "\n".join(_numerar(programa, a)) for a in programa.con_pagina()}
    juntos = "\n".join(division(".archivo", texto) for texto in textos.values())
    leido = json.loads(
        pandoc(libro.raiz, ["-f", ENTRADA, "-t", "json"], juntos, INDICE)
    )
    hechas = []
    for ruta, suya in zip(textos, leido["blocks"], strict=True):
        titulo = "El programa" if ruta == INDICE else ruta
        entrada = Entrada(ruta, "", (), True, titulo)
        documento = {**leido, "blocks": suya["c"][1]}
        hechas.append(Pagina(entrada, Capitulo([], True), documento, {}, [], [], False))
    return hechas


def _enumerar(programa: Programa) -> Iterator[str]:
    """Qué hace cada archivo, por carpetas y en el orden en que nacen en el libro."""
    yield "# El programa\n\nLo que se extrae de los capítulos, en el orden en que nace en ellos.\n"
    yield "La página de cada archivo numera sus renglones y dice qué trozo explica cada uno."
    todos = programa.con_pagina()
    for carpeta, titulo in CARPETAS.items():
        suyos = [a for a in todos if str(PurePosixPath(a).parent) == carpeta]
        if suyos:  # la edición de aula no lleva soluciones
            yield f"\n## {titulo}\n"
        for archivo in suyos:
            liga = f"[`{archivo}`]({enlace(INDICE, pagina_de(archivo))})"
            yield f"{liga}\n:   {resumen(programa, archivo)}\n"


def resumen(programa: Programa, archivo: str) -> str:
    """Lo primero que dice de sí un archivo."""
    hallado = RESUMEN.search("\n".join(textos_de(programa.archivos[archivo])))
    return hallado[1].replace("``", "`") if hallado else ""


def _numerar(programa: Programa, archivo: str) -> Iterator[str]:
    """Los renglones de un archivo, en tramos: uno cada vez que se cambia de trozo."""
    ruta, renglones = PurePosixPath(archivo), programa.archivos[archivo]
    yield f"# `{archivo}`\n\n{resumen(programa, archivo)}"
    todos = enlace(archivo, f"{INDICE}.html")
    cambios = "\n".join(_cambios(programa, archivo))
    ligas = [f"[El archivo solo]({ruta.name})", f"[todos los archivos]({todos})"]
    ligas += ["[lo que cambia desde otro](#cambios)"] * bool(cambios)
    yield f"\n{' · '.join(ligas)}\n"
    # lo que puso el extractor entre dos trozos va con el de antes
    de_quien: Iterator[Renglon] = accumulate(
        renglones, lambda antes, r: r if r.bloque else antes
    )
    n = 1
    pares = zip(de_quien, textos_de(renglones), strict=True)
    for (capitulo, linea), tramo in groupby(
        pares, lambda par: (par[0].archivo, par[0].bloque)
    ):
        textos = [texto for _, texto in tramo]
        atributos = f"{{.{LENGUAJES[ruta.suffix]}}}"
        texto = "\n".join(textos) + "\n" * (not textos[-1])  # Pandoc se come el último
        cuerpo = cercado(texto, atributos)
        if linea:
            parte = programa.parte(capitulo, linea)
            url = f"{enlace(archivo, capitulo)}#{parte.id}"
            cuerpo = f"[{parte.frase(archivo)}]({url})\n\n{cuerpo}"
        yield division(f'#r{n} .tramo style="--van: {n - 1}"', cuerpo)
        n += len(textos)
    yield cambios


def _cambios(programa: Programa, archivo: str) -> Iterator[str]:
    """En qué difiere del archivo al que más se parece, si alguno de sus trozos dice a cuál."""
    parecidos = Counter(
        otro
        for parte in chain.from_iterable(programa.capitulos.values())
        if archivo in destinos(parte.trozo) and "como" in parte.bloque.atributos
        for otro in sorted(destinos(programa.trozos[parte.bloque.atributos["como"]]))
        if otro != archivo
    )
    for otro, _ in parecidos.most_common(1):
        viejo, nuevo = (
            list(dropwhile(str.strip, textos_de(programa.archivos[una])))
            for una in (otro, archivo)
        )
        todo = [*difflib.unified_diff(viejo, nuevo, lineterm="", n=2)][2:]
        diferencia = ["…" if renglon[:2] == "@@" else renglon for renglon in todo]
        cuerpo = cercado("\n".join(diferencia), "{.diff}")
        como = "Con «−» lo que ya no está y con «+» lo que se puso; lo demás es igual."
        titulo = f"## Lo que cambia desde `{otro}`"
        yield division("#cambios", f"{titulo}\n\n{como}\n\n{cuerpo}")
