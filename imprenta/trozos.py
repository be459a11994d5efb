"""Los trozos en el libro: su número y su nombre, quién los usa y en qué renglones caen.

Los filtros leen la ficha de cada uno de ``.cache/trozos/``, donde hay un archivo por capítulo.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path, PurePosixPath
from typing import Any

from imprenta.archivos import escribir
from imprenta.extraer import (
    REFERENCIA,
    Renglon,
    Trozo,
    armar,
    dueno_de,
    leer_trozos,
    recorrer,
)
from imprenta.fuentes import Bloque, leer_indice, leer_texto

FICHAS, JUNTAS = Path(".cache/trozos"), Path(".cache/trozos-juntos.json")
SOLUCIONES = "codigo/soluciones/"
DEFINE = re.compile(
    r"(?:(?:async )?(?:def|class|function|const) (\w+)|([A-Za-z_]\w*)(?:: [^=]+)? = )"
)
Ficha = dict[str, Any]


@dataclass(frozen=True)
class Parte:
    """Un bloque de un trozo, en su lugar del libro."""

    trozo: Trozo
    cual: int  # cuántos de su trozo van antes
    numero: str  # «2.7»: el séptimo del capítulo 2
    define: str  # lo primero que define, o nada

    @property
    def bloque(self) -> Bloque:
        """Cómo está escrito en el capítulo."""
        return self.trozo.partes[self.cual]

    @property
    def titulo(self) -> str:
        """Lo que dice de sí: la frase con que se le llama o, en un archivo, lo que define."""
        de_archivo = self.trozo.archivo and self.cual
        return (de_archivo and self.define) or self.trozo.titulo

    def frase(self, archivo: str = "") -> str:
        """Su título y su número; solo el número, donde el título es el archivo de que se habla."""
        return f"{self.titulo} {self.numero}".removeprefix(archivo).strip()

    @property
    def id(self) -> str:
        """Su identificador en la página, que no cambia si se le pone otro antes."""
        base = "trozo-" + re.sub(r"[^a-z0-9]+", "-", self.trozo.nombre.lower())
        antes = [definido(otra) for otra in self.trozo.partes[: self.cual]]
        propio = self.define.lower() if self.define not in antes else str(self.cual + 1)
        return f"{base}--{propio or self.cual + 1}" if self.cual else base


def definido(bloque: Bloque) -> str:
    """Lo primero que define un bloque: una función, una clase o un valor."""
    halladas = filter(None, map(DEFINE.match, bloque.lineas))
    return next((uno or otro for uno, otro in map(re.Match.groups, halladas)), "")


@dataclass
class Programa:
    """Los trozos del libro, por capítulo y en su orden, y los archivos que forman."""

    raiz: Path
    trozos: dict[str, Trozo] = field(init=False)
    archivos: dict[str, list[Renglon]] = field(init=False)
    capitulos: dict[str, list[Parte]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trozos, self.archivos = leer_trozos(self.raiz), armar(self.raiz)
        for entrada in leer_indice(self.raiz)[1]:
            suyas = [
                (trozo, cual, parte)
                for trozo in self.trozos.values()
                for cual, parte in enumerate(trozo.partes)
                if parte.archivo == entrada.ruta
            ]
            suyas.sort(key=lambda una: una[2].linea)
            self.capitulos[entrada.ruta] = [
                Parte(trozo, cual, f"{entrada.numero}.{n}".strip("."), definido(parte))
                for n, (trozo, cual, parte) in enumerate(suyas, 1)
            ]

    def parte(self, archivo: str, linea: int) -> Parte:
        """La que empieza en un renglón de un capítulo."""
        suyas = self.capitulos[archivo]
        return next(parte for parte in suyas if parte.bloque.linea == linea)

    def de_trozo(self, trozo: Trozo, cual: int) -> Parte:
        """Una parte de un trozo."""
        return self.parte(trozo.partes[cual].archivo, trozo.partes[cual].linea)

    def donde_cae(self, parte: Parte, archivo: str) -> tuple[int, int]:
        """El primero y el último renglón de un archivo que pone una parte, contados desde uno."""
        suyo = parte.bloque.archivo, parte.bloque.linea
        renglones = enumerate(self.archivos[archivo], 1)
        suyos = [n for n, r in renglones if (r.archivo, r.bloque) == suyo]
        dentro = [
            self.donde_cae(self.de_trozo(incluido, cual), archivo)[1]
            for incluido in self.incluidos(parte)
            for cual in range(len(incluido.partes))
        ]
        return suyos[0], max(suyos[-1], *dentro, 0)

    def con_pagina(self) -> list[str]:
        """Los archivos que tienen página, en el orden en que nacen en el libro."""
        return [archivo for archivo in self.archivos if pagina_de(archivo) != archivo]

    def incluidos(self, parte: Parte) -> list[Trozo]:
        """Los trozos que nombra una parte, en su orden."""
        halladas = filter(None, map(REFERENCIA.match, parte.bloque.lineas))
        return [self.trozos[hallada["nombre"]] for hallada in halladas]


def escribir_fichas(raiz: Path) -> None:
    """Guarda en ``.cache/``, de cada capítulo, las fichas de sus trozos y su mapa."""
    programa, vistos, paginas = Programa(raiz), set[str](), dict[str, Ficha]()
    for ruta, partes in programa.capitulos.items():
        vistos.add(ruta)
        fichas = [_ficha(programa, ruta, parte) for parte in partes]
        mapa = list(_mapa(programa, ruta, vistos))
        paginas[ruta] = {"trozos": fichas, "mapa": mapa}
    # para quien junta todos los capítulos en un documento, como Quarto en sus EPUB y PDF
    juntos = {
        "trozos": [ficha for una in paginas.values() for ficha in una["trozos"]],
        "mapas": [paginas[ruta]["mapa"] for ruta in _con_mapa(raiz, paginas)],
    }
    de_adentro = re.sub('"[^"#]*(#trozo-[^"]*)"', r'"\1"', json.dumps(juntos))
    escribir(raiz / JUNTAS, de_adentro)
    shutil.rmtree(raiz / FICHAS, ignore_errors=True)
    for ruta, suyas in paginas.items():
        escribir(raiz / FICHAS / f"{Path(ruta).stem}.json", json.dumps(suyas))


def _con_mapa(raiz: Path, rutas: Iterable[str]) -> list[str]:
    return [ruta for ruta in rutas if "{.mapa}" in leer_texto(raiz, ruta)]


def _mapa(programa: Programa, ruta: str, vistos: set[str]) -> Iterator[Ficha]:
    """Los archivos que crecen en un capítulo: con qué trozos, y si apenas nacen."""
    partes = programa.capitulos[ruta]
    archivos = dict.fromkeys(d for p in partes for d in sorted(destinos(p.trozo)))
    for archivo in archivos:
        dueno = programa.trozos[str(dueno_de(programa.trozos, archivo))]
        nace = dueno.partes[0].archivo
        if nace not in vistos or archivo.startswith(SOLUCIONES):
            continue  # un trozo puede ir también a un archivo que el lector no conoce todavía
        puestos = recorrer(programa.trozos, dueno)
        yield {
            "archivo": {"texto": archivo, "url": enlace(ruta, pagina_de(archivo))},
            "nuevo": nace == ruta,
            "renglones": sum(
                None not in (r.texto, r.sangria) for r in puestos if r.archivo == ruta
            ),
            "trozos": [
                _cita(ruta, parte, parte.frase(archivo))
                for parte in partes
                if archivo in destinos(parte.trozo)
            ],
        }


def _ficha(programa: Programa, ruta: str, parte: Parte) -> Ficha:
    trozo, bloque, cual = parte.trozo, parte.bloque, parte.cual
    todos = sorted(destinos(trozo), key=list(programa.archivos).index)
    archivos = [d for d in todos if not d.startswith(SOLUCIONES)] or todos
    como = bloque.atributos.get("como")
    parecidas = programa.trozos[como].partes if como else []
    vistos = {t.strip() for otra in parecidas for t in otra.lineas} - {""}
    sabidos = [n for n, t in enumerate(bloque.lineas, 1) if t.strip() in vistos]
    propios = [u for u in trozo.usos if destinos(u[0]) & {*archivos}]

    def citas(pares: Iterable[tuple[Trozo, int]]) -> list[Ficha]:
        return [_cita(ruta, p, p.numero) for p in starmap(programa.de_trozo, pares)]

    return {
        "id": parte.id,
        "numero": parte.numero,
        "titulo": parte.titulo,
        "define": parte.titulo == parte.define,
        "continuacion": cual > 0,
        "sabidos": sabidos,
        "archivos": [_lugar(programa, ruta, parte, archivo) for archivo in archivos],
        "incluye": [
            _cita(ruta, p, p.frase(), p.trozo.nombre)
            for p in (programa.de_trozo(uno, 0) for uno in programa.incluidos(parte))
        ],
        "viene": citas([(trozo, cual - 1)] if cual else []),
        "usos": citas((usuario, n) for usuario, n, _ in propios),
        "continua": citas((trozo, n) for n in range(cual + 1, len(trozo.partes))[:1]),
    }


def _lugar(programa: Programa, ruta: str, parte: Parte, archivo: str) -> Ficha:
    desde, hasta = programa.donde_cae(parte, archivo)
    return {
        "texto": archivo,
        "url": f"{enlace(ruta, pagina_de(archivo))}#r{desde}",
        "desde": desde,
        "hasta": hasta,
        "total": len(programa.archivos[archivo]),
    }


def destinos(trozo: Trozo) -> set[str]:
    """Los archivos en que termina un trozo."""
    if trozo.archivo:
        return {trozo.archivo}
    return {destino for usuario, *_ in trozo.usos for destino in destinos(usuario)}


def _cita(desde: str, parte: Parte, texto: str, nombre: str = "") -> Ficha:
    capitulo = parte.bloque.archivo
    url = "" if capitulo == desde else enlace(desde, capitulo)
    return {"texto": texto, "nombre": nombre, "url": f"{url}#{parte.id}"}


def enlace(desde: str, hasta: str) -> str:
    """De un capítulo a la página de otro o a un archivo del sitio."""
    hasta = re.sub(r"\.qmd$", ".html", hasta)
    return os.path.relpath(hasta, PurePosixPath(desde).parent).replace(os.sep, "/")


def pagina_de(archivo: str) -> str:
    """La página de un archivo del programa, relativa al sitio; si no tiene, él mismo."""
    return f"{archivo}.html" if archivo.endswith((".py", ".js")) else archivo
