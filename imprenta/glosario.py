"""El glosario: los términos de que salen su página, las marcas de los capítulos y la búsqueda.

También vigila que la prosa llame a cada cosa por su nombre, siempre el mismo.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from imprenta.archivos import escribir
from imprenta.errores import ErrorDelLibro, levantar
from imprenta.extraer import enlace
from imprenta.fuentes import (
    Prosa,
    en_ascii,
    leer_capitulo,
    leer_texto,
    leer_yaml,
    rutas_de_capitulos,
)
from imprenta.subconjunto import ENCABEZADO, ETIQUETA, limpia

TERMINOS = Path("libro/recursos/glosario.yml")
INDICE = Path(".cache/glosario.json")
PAGINA = "sec-glosario"
TEXTOS = ("nombre", "ingles", "seccion", "definicion")
LISTAS = ("formas", "otros", "salvo")
NO_SE_LEE = (  # etiquetas, referencias, destinos de enlaces, y el nombre en inglés si se presenta
    re.compile(r"\{[^}]*\}"),
    re.compile(r"@[\w:-]+"),
    re.compile(r"\]\([^)]*\)"),
    re.compile(r"en inglés,\s+\*[^*]+\*"),
)


@dataclass(frozen=True)
class Termino:
    """Un término del glosario, con el renglón en que está escrito."""

    linea: int
    nombre: str
    ingles: str
    seccion: str
    definicion: str
    formas: tuple[str, ...] = ()
    otros: tuple[str, ...] = ()
    salvo: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Su identificador en la página del glosario."""
        return f"termino-{en_ascii(self.nombre)}"

    @property
    def escrito(self) -> tuple[str, ...]:
        """Todas las maneras en que la prosa lo escribe."""
        return (self.nombre, *self.formas)


def leer(raiz: Path) -> list[Termino]:
    """Los términos en orden alfabético; ninguno si el libro no tiene glosario."""
    if not (raiz / TERMINOS).is_file():
        return []
    texto = leer_texto(raiz, TERMINOS.as_posix())
    fichas, nodo = leer_yaml(texto, TERMINOS), yaml.compose(texto)
    if not isinstance(fichas, list):
        raise ErrorDelLibro("debe ser una lista de términos", TERMINOS, 1)
    lineas = [suyo.start_mark.line + 1 for suyo in nodo.value] if nodo else []
    terminos = [_termino(*par) for par in zip(fichas, lineas)]
    return sorted(terminos, key=lambda termino: en_ascii(termino.nombre))


def _termino(ficha: Any, linea: int) -> Termino:
    ficha = {campo: [] for campo in LISTAS} | (ficha if isinstance(ficha, dict) else {})
    textos = [ficha.get(campo) for campo in TEXTOS]
    listas = [ficha.get(campo) for campo in LISTAS]
    bien = len(ficha) == len(TEXTOS) + len(LISTAS) and all(
        isinstance(lista, list) for lista in listas
    )
    if not bien or not all(isinstance(t, str) for t in chain(textos, *listas)):
        campos = f"{', '.join(TEXTOS)} y, si acaso, las listas {', '.join(LISTAS)}"
        raise ErrorDelLibro(f"un término lleva {campos}", TERMINOS, linea)
    return Termino(linea, *textos, *map(tuple, listas))


def revisar(raiz: Path) -> None:
    """Revisa que los términos se expliquen donde dicen y que la prosa no los llame de otro modo."""
    terminos = leer(raiz)
    levantar([*_mal_puestos(raiz, terminos), *_ajenos(raiz, terminos)])


def _prosa(raiz: Path, ruta: str) -> Iterator[Prosa]:
    for segmento in leer_capitulo(raiz, ruta):
        if isinstance(segmento, Prosa):
            texto = limpia("\n".join(segmento.lineas))
            yield Prosa(ruta, segmento.linea, tuple(texto.split("\n")))


def _patron(nombres: tuple[str, ...]) -> re.Pattern[str]:
    """Cualquiera de los nombres, completo, aunque lo parta un renglón."""
    partes = (
        r"\s+".join(map(re.escape, n.split()))
        for n in sorted(nombres, key=len, reverse=True)
    )
    return re.compile(rf"\b({'|'.join(partes)})s?\b", re.IGNORECASE)


def _mal_puestos(raiz: Path, terminos: list[Termino]) -> Iterator[ErrorDelLibro]:
    capitulos = rutas_de_capitulos(raiz)
    secciones = _secciones(raiz)
    duenos: dict[str, Termino] = {}
    for termino in terminos:
        lugar = TERMINOS, termino.linea
        quien = f"«{termino.nombre}»"
        if termino.seccion not in secciones:
            mensaje = f"la sección {termino.seccion} de {quien} no existe"
            yield ErrorDelLibro(mensaje, *lugar)
        elif not _patron(termino.escrito).search(secciones[termino.seccion]):
            mensaje = f"{quien} no aparece en su sección, {termino.seccion}"
            yield ErrorDelLibro(mensaje, *lugar)
        for ruta in set(termino.salvo) - set(capitulos):
            yield ErrorDelLibro(f"no existe el capítulo {ruta}", *lugar)
        for forma in map(str.lower, termino.escrito):
            if forma in duenos:
                mensaje = f"«{forma}» ya es de «{duenos[forma].nombre}»"
                yield ErrorDelLibro(mensaje, *lugar)
            duenos[forma] = termino


def _secciones(raiz: Path) -> dict[str, str]:
    """La prosa de cada sección con etiqueta, contando sus subsecciones."""
    secciones: dict[str, str] = defaultdict(str)
    for ruta in rutas_de_capitulos(raiz):
        abiertas: list[tuple[int, str]] = []
        for prosa in _prosa(raiz, ruta):
            for renglon in prosa.lineas:
                if titulo := ENCABEZADO.match(renglon):
                    nivel = len(titulo[1])
                    abiertas = [a for a in abiertas if a[0] < nivel]
                    if etiqueta := ETIQUETA.search(titulo[2]):
                        abiertas.append((nivel, etiqueta[1]))
                for _, seccion in abiertas:
                    secciones[seccion] += limpia(renglon, NO_SE_LEE) + "\n"
    return secciones


def _ajenos(raiz: Path, terminos: list[Termino]) -> Iterator[ErrorDelLibro]:
    debido = {
        ajeno.lower(): termino.nombre
        for termino in terminos
        for ajeno in (*termino.otros, termino.ingles)
        if ajeno not in termino.escrito
    }
    if not debido:
        return
    patron = _patron(tuple(debido))
    for ruta in rutas_de_capitulos(raiz):
        for prosa in _prosa(raiz, ruta):
            texto = limpia("\n".join(prosa.lineas), NO_SE_LEE)
            for hallado in patron.finditer(texto):
                linea = prosa.linea + texto.count("\n", 0, hallado.start())
                ajeno = " ".join(hallado[0].split())
                nombre = debido[" ".join(hallado[1].lower().split())]
                mensaje = f"en este libro «{ajeno}» se dice «{nombre}»"
                yield ErrorDelLibro(mensaje, ruta, linea)


def escribir_indice(raiz: Path) -> None:
    """Guarda en ``.cache/glosario.json`` lo que el filtro de Pandoc necesita."""
    terminos = leer(raiz)
    donde = {
        hallada[1]: ruta
        for ruta in rutas_de_capitulos(raiz)
        for prosa in _prosa(raiz, ruta)
        for hallada in ETIQUETA.finditer("\n".join(prosa.lineas))
    }
    pagina = donde.get(PAGINA, "")
    capitulos = {}
    for ruta in rutas_de_capitulos(raiz):
        if pagina and ruta != pagina:
            hasta = pagina.removesuffix(".qmd") + ".html"
            sobran = [
                t for t in terminos if donde[t.seccion] == ruta or ruta in t.salvo
            ]
            capitulos[ruta] = {
                "glosario": enlace(ruta, hasta),
                "omite": [termino.id for termino in sobran],
            }
    datos = {
        "terminos": [{"id": termino.id, **asdict(termino)} for termino in terminos],
        "formas": {f.lower(): t.id for t in terminos for f in t.escrito},
        "capitulos": capitulos,
    }
    escribir(raiz / INDICE, json.dumps(datos, ensure_ascii=False, indent=1))
