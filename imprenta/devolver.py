"""El camino de vuelta: lo que se editó en ``codigo/`` regresa a los capítulos de que salió.

Cada renglón extraído sabe de qué capítulo viene, y entre renglón y renglón están los huecos en que
un capítulo podría poner otro. Un cambio regresa solo si tiene un lugar, y nada más uno, a dónde ir.
"""

import difflib
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NoReturn

from imprenta.archivos import escribir_todo
from imprenta.errores import ErrorDelLibro, Errores
from imprenta.extraer import (
    HUELLA,
    Renglon,
    armar,
    extraer,
    huerfanos,
    leer_renglones,
    textos_de,
)
from imprenta.fuentes import con_cambios, leer_texto

Hogar = tuple[str, int, bool]  # un capítulo, un renglón, y si es el hueco que le sigue
Dicho = tuple[str, ...] | None  # los renglones que van ahí ahora, o nada si no cambió


def devolver(raiz: Path, si: bool) -> list[str]:
    """Muestra cómo quedarían los capítulos, pregunta y los escribe; dice cuáles cambiaron.

    Raises:
        ErrorDelLibro: si un cambio no tiene a dónde ir o tiene dos lugares, o si no se acepta.
    """
    huecos = armar(raiz)
    if errores := huerfanos(raiz, huecos):
        raise Errores(errores)
    for ruta in huecos:
        if not (raiz / ruta).is_file():
            raise ErrorDelLibro("falta; un archivo se borra en su capítulo", ruta)
    editados = {ruta: leer_renglones(raiz / ruta) for ruta in huecos}
    cambios = _reunir(raiz, huecos, editados)
    if not cambios:
        return []
    antes = {ruta: (raiz / ruta).read_bytes() for ruta in cambios}
    despues = {ruta: con_cambios(antes[ruta], cambios[ruta]) for ruta in cambios}
    _comprobar(raiz, despues, editados)
    for ruta in cambios:
        viejas, nuevas = (_texto(todos[ruta]).split("\n") for todos in (antes, despues))
        renglones = difflib.unified_diff(viejas, nuevas, ruta, ruta, lineterm="")
        print("\n".join(renglones))
    if not si:
        _preguntar()
    if any((raiz / ruta).read_bytes() != crudo for ruta, crudo in antes.items()):
        raise ErrorDelLibro("un capítulo cambió mientras tanto: no se escribió nada")
    escribir_todo(raiz, despues)
    extraer(raiz)
    return list(despues)


def _texto(crudo: bytes) -> str:
    return crudo.decode("utf-8-sig").replace("\r\n", "\n")


def _preguntar() -> None:
    if not sys.stdin.isatty():
        mensaje = (
            "no se escribió nada: sin una terminal en que preguntar, hace falta «--si»"
        )
        raise ErrorDelLibro(mensaje)
    print("¿Lo escribo? [s/N] ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("s", "si", "sí"):
        raise ErrorDelLibro("no se escribió nada")


def _reunir(
    raiz: Path, huecos: dict[str, list[Renglon]], editados: dict[str, list[str]]
) -> dict[str, dict[int, list[str]]]:
    """Los renglones que cambian en cada capítulo, si todas las copias de un trozo dicen lo mismo."""
    copias: dict[Hogar, list[tuple[Dicho, str]]] = defaultdict(list)
    for ruta, renglones in huecos.items():
        for hogar, dicho, lugar in _Edicion(ruta, renglones, editados[ruta]).leer():
            copias[hogar].append((dicho, lugar))
    cambios: dict[str, dict[int, list[str]]] = defaultdict(dict)
    for (capitulo, linea, es_hueco), usos in sorted(copias.items()):
        dicho, lugar = next((uso for uso in usos if uso[0] is not None), usos[0])
        for otro, donde in usos:
            if otro != dicho:
                mensaje = f"es del mismo trozo que {donde}, y no se editaron igual"
                raise ErrorDelLibro(mensaje, lugar)
        if dicho is not None and not es_hueco:
            cambios[capitulo][linea] = list(dicho)
        elif dicho is not None:
            original = leer_texto(raiz, capitulo).split("\n")[linea - 1]
            cambios[capitulo].setdefault(linea, [original]).extend(dicho)
    return cambios


def _comprobar(
    raiz: Path, despues: dict[str, bytes], editados: dict[str, list[str]]
) -> None:
    """Que los capítulos nuevos den, al extraerlos, justo lo que se editó."""
    try:
        nuevos = armar(raiz, {ruta: _texto(b) for ruta, b in despues.items()})
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

    def __init__(self, ruta: str, renglones: list[Renglon], actuales: list[str]):
        self.ruta, self.actuales = ruta, actuales
        self.renglones: list[Renglon] = []
        self.huecos: list[list[Renglon]] = [[]]  # los que hay antes de cada renglón
        for renglon in [*renglones, Renglon("", ruta, 0)]:  # el fin del archivo
            if renglon.texto is None:
                self.huecos[-1].append(renglon)
            else:
                self.renglones.append(renglon)
                self.huecos.append([])
        self.puesto: dict[tuple[int, Renglon], tuple[str, ...]] = {}
        self.lugar: dict[int, int] = {}  # renglón extraído → renglón editado

    def leer(self) -> Iterator[tuple[Hogar, Dicho, str]]:
        """Cada renglón y cada hueco de un capítulo, lo que dice ahora y dónde lo dice."""
        self._comparar()
        for numero, (renglon, huecos) in enumerate(zip(self.renglones, self.huecos)):
            lugar = f"{self.ruta}:{self.lugar[numero]}"
            for uno in [*huecos, renglon]:
                if uno.sangria is not None:
                    hogar = uno.archivo, uno.linea, uno.texto is None
                    yield hogar, self.puesto.get((numero, uno)), lugar

    def _comparar(self) -> None:
        debidos = [str(renglon.texto) for renglon in self.renglones]
        for numero, (debido, actual) in enumerate(zip(debidos, self.actuales)):
            if HUELLA.match(debido) and HUELLA.match(actual) and debido != actual:
                mensaje = "su capítulo cambió desde que se extrajo; deja uno de los dos como estaba"
                raise ErrorDelLibro(mensaje, self.ruta, numero + 1)
        comparados = difflib.SequenceMatcher(None, debidos, self.actuales, False)
        pasos = comparados.get_opcodes()
        for cual, (que, i, fin_i, j, fin_j) in enumerate(pasos):
            for numero in range(i, fin_i):
                self.lugar[numero] = min(j + numero - i, max(j, fin_j - 1)) + 1
            if que != "equal":
                iguales = pasos[cual - 1 : cual] + pasos[cual + 1 : cual + 2]
                desde = min([i, *(paso[1] for paso in iguales)])
                hasta = max([fin_i, *(paso[2] for paso in iguales)])
                self._cambiar(range(i, fin_i), j, self.actuales[j:fin_j], desde, hasta)

    def _cambiar(
        self, viejos: range, j: int, nuevos: list[str], desde: int, hasta: int
    ) -> None:
        """Lleva a su lugar unos renglones editados, que empiezan en ``j`` y eran los ``viejos``."""
        bloques = {self._bloque(self.renglones[numero]) for numero in viejos}
        if not viejos:
            self._insertar(viejos.start, j, nuevos, desde, hasta)
        elif not nuevos:
            self._borrar(viejos, j, desde, hasta)
        elif len(viejos) == len(nuevos):
            for desfase, numero in enumerate(viejos):
                self._poner(numero, j + desfase, nuevos[desfase : desfase + 1])
        elif len(bloques - {None}) > 1:
            self._negarse("junta renglones de dos trozos; ponlos en su capítulo", j)
        else:
            for numero in viejos:
                self._poner(numero, j, nuevos if numero == viejos.start else [])

    def _bloque(self, renglon: Renglon) -> str | None:
        ajeno = renglon.sangria is None
        return None if ajeno else f"{renglon.archivo}:{renglon.bloque}"

    def _poner(self, numero: int, j: int, nuevos: list[str]) -> None:
        renglon = self.renglones[numero]
        if renglon.sangria is None:
            self._negarse("este renglón lo puso el extractor, no un capítulo", j)
        dicho = self._sin_sangria(renglon, nuevos)
        if dicho is None:
            lugar = f"{renglon.archivo}:{renglon.linea}"
            self._negarse(f"se sale de la sangría de su trozo, {lugar}", j)
        self.puesto[numero, renglon] = dicho

    def _insertar(
        self, i: int, j: int, nuevos: list[str], desde: int, hasta: int
    ) -> None:
        """Los pone en el único hueco que da lo mismo; si abren o cierran un trozo, hay varios."""
        posibles = [(i, nuevos)]
        numero, lineas = i, nuevos
        while numero < hasta and self.renglones[numero].texto == lineas[0]:
            numero, lineas = numero + 1, [*lineas[1:], lineas[0]]
            posibles.append((numero, lineas))
        numero, lineas = i, nuevos
        while numero > desde and self.renglones[numero - 1].texto == lineas[-1]:
            numero, lineas = numero - 1, [lineas[-1], *lineas[:-1]]
            posibles.append((numero, lineas))
        lugares: dict[str, tuple[int, Renglon, tuple[str, ...]]] = {}
        for numero, lineas in posibles:
            for hueco in self.huecos[numero]:
                dicho = self._sin_sangria(hueco, lineas)
                if dicho is not None:
                    lugares.setdefault(str(self._bloque(hueco)), (numero, hueco, dicho))
        numero, hueco, dicho = lugares[self._unico(list(lugares), j)]
        self.puesto[numero, hueco] = dicho

    def _borrar(self, viejos: range, j: int, desde: int, hasta: int) -> None:
        lugares: dict[str, range] = {}
        textos = [renglon.texto for renglon in self.renglones]
        for paso in (
            1,
            -1,
        ):  # borrar otros iguales, más abajo o más arriba, da lo mismo
            i, fin = viejos.start, viejos.stop
            while True:
                bloques = [self._bloque(renglon) for renglon in self.renglones[i:fin]]
                if None not in bloques:
                    suyos = " y ".join(dict.fromkeys(map(str, bloques)))
                    lugares.setdefault(suyos, range(i, fin))
                sale, entra = (i, fin) if paso == 1 else (fin - 1, i - 1)
                if not desde <= entra < hasta or textos[sale] != textos[entra]:
                    break
                i, fin = i + paso, fin + paso
        for numero in lugares[self._unico(list(lugares), j)]:
            self.puesto[numero, self.renglones[numero]] = ()

    def _unico(self, lugares: list[str], j: int) -> str:
        if not lugares:
            self._negarse("esto no cae dentro de ningún trozo; ponlo en un capítulo", j)
        if len(lugares) > 1:
            cuales = " o de ".join(lugares)
            self._negarse(f"no se sabe si es de {cuales}; ponlo en su capítulo", j)
        return lugares[0]

    def _sin_sangria(
        self, renglon: Renglon, nuevos: list[str]
    ) -> tuple[str, ...] | None:
        """Los renglones como van en el capítulo, o nada si no caben bajo esa sangría."""
        sangria = str(renglon.sangria)
        if any(texto.strip() and not texto.startswith(sangria) for texto in nuevos):
            return None
        return tuple(texto.removeprefix(sangria) for texto in nuevos)

    def _negarse(self, mensaje: str, j: int) -> NoReturn:
        raise ErrorDelLibro(mensaje, self.ruta, j + 1)
