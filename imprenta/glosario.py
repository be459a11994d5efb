"""El glosario: los términos de que salen su página, las marcas de los capítulos y la búsqueda.

También vigila que la prosa llame a cada cosa por su nombre, siempre el mismo.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from imprenta.archivos import escribir
from imprenta.errores import ErrorDelLibro, levantar
from imprenta.fuentes import Prosa, en_ascii, leer_texto, leer_todo, leer_yaml
from imprenta.subconjunto import ENCABEZADO, ETIQUETA, limpia
from imprenta.trozos import enlace

TERMINOS = "libro/recursos/glosario.yml"
INDICE = Path(".cache/glosario.json")
PAGINA = "sec-glosario"
TEXTOS = ("nombre", "ingles", "seccion", "definicion")
LISTAS = ("formas", "otros", "salvo")
# etiquetas, referencias, destinos de enlaces, y el nombre en inglés si se presenta
NO_SE_LEE = re.compile(r"\{[^}]*\}|@[\w:-]+|\]\([^)]*\)|en inglés,\s+\*[^*]+\*")


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
    texto = leer_texto(raiz, TERMINOS)
    fichas, nodo = leer_yaml(texto, TERMINOS), yaml.compose(texto)
    if not isinstance(fichas, list):
        raise ErrorDelLibro("debe ser una lista de términos", TERMINOS, 1)
    lineas = [suyo.start_mark.line + 1 for suyo in nodo.value] if nodo else []
    terminos = map(_termino, fichas, lineas)
    return sorted(terminos, key=lambda termino: en_ascii(termino.nombre))


def _termino(ficha: Any, linea: int) -> Termino:
    ficha = {campo: [] for campo in LISTAS} | (ficha if isinstance(ficha, dict) else {})
    textos = [ficha.get(campo) for campo in TEXTOS]
    listas = [ficha.get(campo) for campo in LISTAS]
    bien = len(ficha) == len(TEXTOS + LISTAS) and {list} == set(map(type, listas))
    if not bien or not all(isinstance(t, str) for t in chain(textos, *listas)):
        campos = f"{', '.join(TEXTOS)} y, si acaso, las listas {', '.join(LISTAS)}"
        raise ErrorDelLibro(f"un término lleva {campos}", TERMINOS, linea)
    return Termino(linea, *textos, *map(tuple, listas))


def revisar(raiz: Path) -> None:
    """Revisa que los términos se expliquen donde dicen y que la prosa no los llame de otro modo."""
    terminos = leer(raiz)
    levantar([*_mal_puestos(raiz, terminos), *_ajenos(raiz, terminos)])


def _prosa(raiz: Path) -> Iterator[Prosa]:
    for segmento in leer_todo(raiz):
        if isinstance(segmento, Prosa):
            texto = limpia("\n".join(segmento.lineas))
            yield replace(segmento, lineas=tuple(texto.split("\n")))


def _patron(nombres: tuple[str, ...]) -> re.Pattern[str]:
    """Cualquiera de los nombres, completo, aunque lo parta un renglón."""
    largos = sorted(nombres, key=len, reverse=True)
    partes = (r"\s+".join(map(re.escape, nombre.split())) for nombre in largos)
    return re.compile(rf"\b({'|'.join(partes)})s?\b", re.IGNORECASE)


def _mal_puestos(raiz: Path, terminos: list[Termino]) -> Iterator[ErrorDelLibro]:
    capitulos = {prosa.archivo for prosa in _prosa(raiz)}
    secciones = _secciones(raiz)
    duenos: dict[str, str] = {}
    for termino in terminos:
        error = partial(ErrorDelLibro, archivo=TERMINOS, linea=termino.linea)
        quien, seccion = f"«{termino.nombre}»", termino.seccion
        if seccion not in secciones:
            yield error(f"la sección {seccion} de {quien} no existe")
        elif not _patron(termino.escrito).search(secciones[seccion]):
            yield error(f"{quien} no aparece en su sección, {seccion}")
        for ruta in set(termino.salvo) - capitulos:
            yield error(f"no existe el capítulo {ruta}")
        for forma in map(str.lower, termino.escrito):
            if forma in duenos:
                yield error(f"«{forma}» ya es de {duenos[forma]}")
            duenos[forma] = quien


def _secciones(raiz: Path) -> dict[str, str]:
    """La prosa de cada sección con etiqueta, contando sus subsecciones."""
    secciones: dict[str, str] = defaultdict(str)
    abiertas: list[tuple[int, str]] = []
    for prosa in _prosa(raiz):
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
    for prosa in _prosa(raiz):
        texto = limpia("\n".join(prosa.lineas), NO_SE_LEE)
        for hallado in patron.finditer(texto):
            linea = prosa.linea + texto.count("\n", 0, hallado.start())
            ajeno = " ".join(hallado[0].split())
            nombre = debido[" ".join(hallado[1].lower().split())]
            mensaje = f"en este libro «{ajeno}» se dice «{nombre}»"
            yield ErrorDelLibro(mensaje, prosa.archivo, linea)


def escribir_indice(raiz: Path) -> None:
    """Guarda en ``.cache/glosario.json`` lo que el filtro de Pandoc necesita."""
    terminos, prosas = leer(raiz), list(_prosa(raiz))
    donde = {
        etiqueta: prosa.archivo
        for prosa in prosas
        for etiqueta in ETIQUETA.findall("\n".join(prosa.lineas))
    }
    pagina = donde.get(PAGINA, "")
    capitulos = {}
    for ruta in dict.fromkeys(prosa.archivo for prosa in prosas):
        if pagina and ruta != pagina:
            omite = [t.id for t in terminos if ruta in (donde[t.seccion], *t.salvo)]
            capitulos[ruta] = {"glosario": enlace(ruta, pagina), "omite": omite}
    datos = {
        "terminos": [{"id": termino.id, **asdict(termino)} for termino in terminos],
        "formas": {f.lower(): t.id for t in terminos for f in t.escrito},
        "capitulos": capitulos,
    }
    escribir(raiz / INDICE, json.dumps(datos, ensure_ascii=False, indent=1))
