"""La historia: lo que un capítulo muestra ya se vio, y trata de lo suyo."""

import ast
import builtins

import pytest

from imprenta.fuentes import Bloque, leer_capitulo, rutas_de_capitulos
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
