"""El camino de vuelta: lo que se editó en ``codigo/`` regresa a los capítulos de que salió.

Cada renglón extraído sabe de qué capítulo viene, y entre renglón y renglón están los huecos en que
un capítulo podría poner otro. Un cambio regresa solo si tiene un lugar, y nada más uno, a dónde ir.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff
from itertools import zip_longest
from pathlib import Path
from typing import NoReturn

from imprenta import extraer
from imprenta.archivos import escribir_todo
from imprenta.errores import ErrorDelLibro, levantar
from imprenta.extraer import HUELLA, Archivos, Renglon, textos_de
from imprenta.fuentes import Cambios, con_cambios, leer_texto

Hogar = tuple[str, int, bool]  # un capítulo, un renglón, y si es el hueco que le sigue
Dicho = tuple[str, ...] | None  # los renglones que van ahí ahora, o nada si no cambió
Textos = dict[str, list[str]]  # ruta → sus renglones


def devolver(raiz: Path, si: bool = False) -> list[str]:
    """Muestra cómo quedarían los capítulos, pregunta y los escribe; dice cuáles cambiaron."""
    huecos = extraer.con_huecos(raiz)
    levantar(extraer.huerfanos(raiz, huecos))
    for ruta in huecos:
        if not (raiz / ruta).is_file():
            raise ErrorDelLibro("falta; un archivo se borra en su capítulo", ruta)
    editados = {ruta: extraer.leer_renglones(raiz / ruta) for ruta in huecos}
    cambios = _reunir(raiz, huecos, editados)
    if not cambios:
        print("No hay nada que devolver: codigo/ dice lo mismo que los capítulos.")
        return []
    antes = {ruta: (raiz / ruta).read_bytes() for ruta in cambios}
    despues = {ruta: con_cambios(antes[ruta], cambios[ruta]) for ruta in cambios}
    _comprobar(raiz, despues, editados)
    for ruta in cambios:
        viejas, nuevas = (_texto(todos[ruta]).split("\n") for todos in (antes, despues))
        print("\n".join(unified_diff(viejas, nuevas, ruta, ruta, lineterm="")))
    if not si:
        _preguntar()
    if any((raiz / ruta).read_bytes() != crudo for ruta, crudo in antes.items()):
        raise ErrorDelLibro("un capítulo cambió mientras tanto: no se escribió nada")
    escribir_todo(raiz, despues)
    extraer.extraer(raiz)
    return list(despues)


def _texto(crudo: bytes) -> str:
    return crudo.decode("utf-8-sig").replace("\r\n", "\n")


def _preguntar() -> None:
    if not sys.stdin.isatty():
        falta = "sin una terminal en que preguntar, hace falta «--si»"
        raise ErrorDelLibro(f"no se escribió nada: {falta}")
    print("¿Lo escribo? [s/N] ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("s", "si", "sí"):
        raise ErrorDelLibro("no se escribió nada")


def _reunir(raiz: Path, huecos: Archivos, editados: Textos) -> dict[str, Cambios]:
    """Los renglones que cambian en cada capítulo, si todas las copias de un trozo dicen lo mismo."""
    copias: dict[Hogar, list[tuple[Dicho, str]]] = defaultdict(list)
    for ruta, renglones in huecos.items():
        for hogar, dicho, lugar in _Edicion(ruta, renglones, editados[ruta]).leer():
            copias[hogar].append((dicho, lugar))
    cambios: dict[str, Cambios] = defaultdict(dict)
    for (capitulo, linea, es_hueco), usos in sorted(copias.items()):
        dicho, lugar = next((uso for uso in usos if uso[0] is not None), usos[0])
        for otro, donde in usos:
            if otro != dicho:
                mensaje = f"es del mismo trozo que {donde}, y no se editaron igual"
                raise ErrorDelLibro(mensaje, lugar)
        if dicho is not None:
            original = leer_texto(raiz, capitulo).split("\n")[linea - 1]
            antes = [original] if es_hueco else []
            cambios[capitulo].setdefault(linea, antes).extend(dicho)
    return cambios


def _comprobar(raiz: Path, despues: dict[str, bytes], editados: Textos) -> None:
    """Que los capítulos nuevos den, al extraerlos, justo lo que se editó."""
    try:
        textos = {ruta: _texto(crudo) for ruta, crudo in despues.items()}
        nuevos = extraer.con_huecos(raiz, textos)
    except ErrorDelLibro as error:
        primero = str(error).split("\n")[0]
        mensaje = f"lo editado no se puede escribir en su capítulo ({primero})"
        raise ErrorDelLibro(mensaje) from None
    for ruta, renglones in editados.items():
        debidos = [*textos_de(nuevos.get(ruta, [])), ""]
        for numero, (debido, actual) in enumerate(zip_longest(debidos, renglones), 1):
            if debido != actual and not (debido and HUELLA.match(debido)):
                mensaje = "no hay cómo escribir esto en su capítulo: al extraerlo sale otra cosa"
                raise ErrorDelLibro(mensaje, ruta, numero)


class _Edicion:
    """Un archivo extraído y editado, con lo que dice ahora cada renglón y cada hueco."""

    def __init__(self, ruta: str, extraido: list[Renglon], actuales: list[str]):
        self.ruta, self.actuales = ruta, actuales
        self.debidos = [*textos_de(extraido), ""]
        self.renglones: list[Renglon] = []
        self.huecos: list[list[Renglon]] = [[]]  # los que hay antes de cada renglón
        for renglon in [*extraido, Renglon("", ruta, 0)]:  # el fin del archivo
            if renglon.texto is None:
                self.huecos[-1].append(renglon)
            else:
                self.renglones.append(renglon)
                self.huecos.append([])
        self.puesto: dict[tuple[int, Renglon], Dicho] = {}

    def leer(self) -> Iterator[tuple[Hogar, Dicho, str]]:
        """Cada renglón y cada hueco de un capítulo, lo que dice ahora y dónde lo dice."""
        for debido, actual in zip(self.debidos, self.actuales):
            if HUELLA.match(debido) and HUELLA.match(actual) and debido != actual:
                mensaje = "su capítulo cambió desde que se extrajo; deja uno de los dos como estaba"
                self._negarse(mensaje, self.actuales.index(actual))
        lugares: list[int] = []
        pasos = SequenceMatcher(None, self.debidos, self.actuales, False).get_opcodes()
        for cual, (que, i, fin_i, j, fin_j) in enumerate(pasos):
            lugares += [min(j + n, max(j, fin_j - 1)) for n in range(fin_i - i)]
            if que != "equal":
                vecinos = pasos[:cual][-1:], pasos[cual + 1 :][:1]
                atras, adelante = (sum(p[2] - p[1] for p in uno) for uno in vecinos)
                self._cambiar(range(i, fin_i), range(j, fin_j), atras, adelante)
        for numero, (renglon, huecos) in enumerate(zip(self.renglones, self.huecos)):
            for uno in [*huecos, renglon]:
                if uno.sangria is not None:
                    hogar = uno.archivo, uno.linea, uno.texto is None
                    lugar = f"{self.ruta}:{lugares[numero] + 1}"
                    yield hogar, self.puesto.get((numero, uno)), lugar

    def _cambiar(self, viejos: range, nuevos: range, atras: int, adelante: int) -> None:
        """Lleva unos renglones editados a su lugar; ``atras`` y ``adelante`` hay otros iguales."""
        textos, j = self.actuales[nuevos.start : nuevos.stop], nuevos.start
        bloques = {_bloque(self.renglones[numero]) for numero in viejos} - {""}
        if not viejos:
            self._insertar(viejos.start, nuevos, atras, adelante)
        elif not nuevos:
            self._borrar(viejos, j, atras, adelante)
        elif len(viejos) == len(nuevos):
            for numero, j in zip(viejos, nuevos):
                self._poner(numero, j, self.actuales[j : j + 1])
        elif len(bloques) > 1:
            self._negarse("junta renglones de dos trozos; ponlos en su capítulo", j)
        else:
            for numero in viejos:
                self._poner(numero, j, textos if numero == viejos.start else [])

    def _poner(self, numero: int, j: int, nuevos: list[str]) -> None:
        renglon = self.renglones[numero]
        if renglon.sangria is None:
            self._negarse("este renglón lo puso el extractor, no un capítulo", j)
        if (dicho := _sin_sangria(renglon, nuevos)) is None:
            lugar = f"{renglon.archivo}:{renglon.linea}"
            self._negarse(f"se sale de la sangría de su trozo, {lugar}", j)
        self.puesto[numero, renglon] = dicho

    def _insertar(self, i: int, nuevos: range, atras: int, adelante: int) -> None:
        """Los pone en el hueco que da lo mismo, si es uno; donde un trozo abre o cierra hay varios."""
        lugares: dict[str, tuple[int, Renglon, Dicho]] = {}
        for corrido in _corrimientos(self.actuales, nuevos, atras, adelante):
            textos = self.actuales[nuevos.start + corrido : nuevos.stop + corrido]
            for hueco in self.huecos[i + corrido]:
                if (dicho := _sin_sangria(hueco, textos)) is not None:
                    lugares.setdefault(_bloque(hueco), (i + corrido, hueco, dicho))
        numero, hueco, dicho = lugares[self._unico(list(lugares), nuevos.start)]
        self.puesto[numero, hueco] = dicho

    def _borrar(self, viejos: range, j: int, atras: int, adelante: int) -> None:
        lugares: dict[str, range] = {}
        for corrido in _corrimientos(self.debidos, viejos, atras, adelante):
            suyos = range(viejos.start + corrido, viejos.stop + corrido)
            bloques = dict.fromkeys(_bloque(self.renglones[numero]) for numero in suyos)
            if "" not in bloques:
                lugares.setdefault(" y ".join(bloques), suyos)
        for numero in lugares[self._unico(list(lugares), j)]:
            self.puesto[numero, self.renglones[numero]] = ()

    def _unico(self, lugares: list[str], j: int) -> str:
        if not lugares:
            self._negarse("esto no cae dentro de ningún trozo; ponlo en un capítulo", j)
        if len(lugares) > 1:
            cuales = " o de ".join(lugares)
            self._negarse(f"no se sabe si es de {cuales}; ponlo en su capítulo", j)
        return lugares[0]

    def _negarse(self, mensaje: str, j: int) -> NoReturn:
        raise ErrorDelLibro(mensaje, self.ruta, j + 1)


def _corrimientos(
    textos: list[str], tramo: range, atras: int, adelante: int
) -> Iterator[int]:
    """Cuántos renglones se puede correr un cambio y dar lo mismo, por repetirse lo de al lado."""
    yield 0
    hacia_adelante = 1, adelante, tramo[0], tramo[-1] + 1
    hacia_atras = -1, atras, tramo[-1], tramo[0] - 1
    for paso, cuantos, sale, entra in (hacia_adelante, hacia_atras):
        for corrido in range(0, paso * cuantos, paso):
            if textos[sale + corrido] != textos[entra + corrido]:
                break
            yield corrido + paso


def _bloque(renglon: Renglon) -> str:
    """El bloque de un capítulo en que está, o nada si lo puso el extractor."""
    return f"{renglon.archivo}:{renglon.bloque}" if renglon.sangria is not None else ""


def _sin_sangria(renglon: Renglon, nuevos: list[str]) -> Dicho:
    """Los renglones como van en el capítulo, o nada si no caben bajo esa sangría."""
    sangria = str(renglon.sangria)
    if any(texto.strip() and not texto.startswith(sangria) for texto in nuevos):
        return None
    return tuple(texto.removeprefix(sangria) for texto in nuevos)
