"""La historia: lo que un capítulo muestra ya se vio, y trata de lo suyo."""

import ast
import builtins
import re
from functools import cache

import pytest

from imprenta.extraer import armar
from imprenta.fuentes import Bloque, leer_capitulo, rutas_de_capitulos
from imprenta.indice import leer_libro
from imprenta.subconjunto import opciones
from tests.conftest import RAIZ

CAPITULOS = rutas_de_capitulos(RAIZ)


def celdas_visibles(ruta):
    """Las celdas cuyo código se imprime, plegado o no: renglón, texto y si va plegado."""
    for bloque in leer_capitulo(RAIZ, ruta):
        if isinstance(bloque, Bloque) and bloque.es_celda:
            leidas, lineas = opciones(bloque)
            if leidas.get("include", True) and leidas.get("echo", True):
                plegada = bool(leidas.get("code-fold"))
                yield bloque.linea, "\n".join(lineas), plegada


def nombres_que_usa(arbol):
    """Los nombres que un texto toma de fuera, sin los que él mismo define."""
    atados = nombres_que_da(arbol, tambien_adentro=True)
    usados = (n for n in ast.walk(arbol) if isinstance(n, ast.Name))
    return {n.id for n in usados if isinstance(n.ctx, ast.Load)} - atados


def nombres_que_da(arbol, tambien_adentro=False):
    """Los nombres que quedan definidos; con los de dentro de sus funciones, si se pide."""
    dados = set()
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import | ast.ImportFrom):
            dados |= {(a.asname or a.name).split(".")[0] for a in nodo.names}
        elif isinstance(nodo, ast.FunctionDef | ast.ClassDef):
            dados.add(nodo.name)
        elif isinstance(nodo, ast.Name) and isinstance(nodo.ctx, ast.Store):
            dados.add(nodo.id)
        elif tambien_adentro and isinstance(nodo, ast.arg):
            dados.add(nodo.arg)
    return dados


@pytest.mark.parametrize("ruta", CAPITULOS)
def test_ninguna_celda_usa_un_nombre_que_no_se_ha_visto(ruta):
    vistos, faltan = set(dir(builtins)), []
    for linea, texto, _ in celdas_visibles(ruta):
        arbol = ast.parse(texto)
        ajenos = nombres_que_usa(arbol) - vistos
        faltan += [f"{ruta}:{linea}: {nombre}" for nombre in sorted(ajenos)]
        vistos |= nombres_que_da(arbol)
    assert not faltan, "\n".join(faltan)


CABEN = 89  # las letras de un renglón que, en pantalla ancha, no hay que deslizar


@pytest.mark.parametrize("ruta", CAPITULOS)
def test_el_javascript_cabe_a_lo_ancho(ruta):
    bloques = [b for b in leer_capitulo(RAIZ, ruta) if isinstance(b, Bloque)]
    anchos = [
        f"{ruta}:{bloque.linea + n}: {renglon}"
        for bloque in bloques
        if "javascript" in bloque.clases
        for n, renglon in enumerate(bloque.lineas, 1)
        if len(renglon) > CABEN
    ]
    assert not anchos, "\n".join(anchos)


PLOMERIA = {
    *("base64", "concurrent", "contextlib", "csv", "errno", "hashlib", "importlib"),
    *("inspect", "io", "json", "multiprocessing", "os", "pathlib", "platform", "re"),
    *("shutil", "signal", "subprocess", "sys", "tempfile", "threading", "time"),
}
DEL_TALLER = re.compile(r"codigo/(taller/.*|__main__\.py|__init__\.py)")


@cache
def renglones_de_plomeria(programa):
    """Los renglones de un programa que no son de su tema: archivos, procesos y quejas."""
    arbol, suyos, prestados = ast.parse(programa), set(), set()
    for nodo in ast.walk(arbol):
        modulo = getattr(nodo, "module", None) or ""
        if isinstance(nodo, ast.Import | ast.ImportFrom):
            for uno in nodo.names:
                if (modulo or uno.name).split(".")[0] in PLOMERIA:
                    prestados.add((uno.asname or uno.name).split(".")[0])
                    suyos |= set(range(nodo.lineno, nodo.end_lineno + 1))
            if modulo.startswith("codigo.taller"):
                suyos |= set(range(nodo.lineno, nodo.end_lineno + 1))
    for nodo in ast.walk(arbol):
        if not isinstance(nodo, ast.stmt) or isinstance(
            nodo, ast.FunctionDef | ast.ClassDef
        ):
            continue
        queja = isinstance(nodo, ast.If) and isinstance(nodo.body[0], ast.Raise)
        cabeza = [h for h in ast.iter_child_nodes(nodo) if not isinstance(h, ast.stmt)]
        nombres = {n.id for h in cabeza for n in ast.walk(h) if isinstance(n, ast.Name)}
        if queja or nombres & prestados or isinstance(nodo, ast.Raise):
            suyos |= set(range(nodo.lineno, nodo.end_lineno + 1))
    return suyos


def parte_de_plomeria(ruta, archivos):
    """Qué fracción de los renglones de código que un capítulo imprime no es de su tema."""
    impresos = de_plomeria = 0
    for archivo, todos in archivos.items():
        if archivo.startswith("codigo/soluciones/"):
            continue
        renglones = [r for r in todos if r.texto is not None]
        textos = [r.texto for r in renglones]
        suyos = set()
        if archivo.endswith(".py"):
            suyos = renglones_de_plomeria("\n".join(textos))
        for numero, renglon in enumerate(renglones, 1):
            if renglon.archivo == ruta and renglon.texto.strip():
                impresos += 1
                es_taller = bool(DEL_TALLER.fullmatch(archivo))
                de_plomeria += es_taller or numero in suyos
    for _, texto, plegada in celdas_visibles(ruta):
        if not plegada:
            impresos += sum(bool(renglon.strip()) for renglon in texto.split("\n"))
            de_plomeria += len(renglones_de_plomeria(texto))
    return de_plomeria / max(impresos, 1)


def test_toda_figura_se_nombra_en_el_texto():
    libro = "\n".join((RAIZ / ruta).read_text("utf-8") for ruta in CAPITULOS)
    hechas = set(re.findall(r"^#\| label: (fig-[\w-]+)$", libro, re.MULTILINE))
    nombradas = set(re.findall(r"@(fig-[\w-]+)", libro))
    assert not hechas - nombradas


def test_la_plomeria_de_un_capitulo_no_pasa_del_quince_por_ciento():
    archivos = armar(RAIZ)
    historia = [
        e.ruta for e in leer_libro(RAIZ).entradas if e.numero and not e.es_apendice
    ]
    partes = {ruta: parte_de_plomeria(ruta, archivos) for ruta in historia}
    for ruta, parte in partes.items():
        print(f"{parte:6.1%}  {ruta}")
    assert max(partes.values()) < 0.15, partes


def test_la_plomeria_se_reconoce():
    programa = """\
import json
from pathlib import Path

def guardar(ruta: Path, h):
    if h is None:
        raise ValueError("no hay")
    texto = json.dumps(h)
    return h + 1
"""
    assert renglones_de_plomeria(programa) == {1, 2, 5, 6, 7}
