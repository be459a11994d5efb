"""El paquete entero: que se importe, que esté documentado y que no use más que NumPy."""

import ast
import importlib
import inspect
import re
import sys
from functools import cache
from graphlib import TopologicalSorter

import pytest

import codigo
from tests.conftest import RAIZ


def modulos_de(carpeta):
    """Los módulos de una carpeta del paquete, por su nombre dentro de él."""
    rutas = sorted((RAIZ / "codigo" / carpeta).glob("*.py"))
    antes = f"{carpeta}." if carpeta else ""
    return [antes + ruta.stem for ruta in rutas if ruta.stem != "__init__"]


TEMA, TALLER, SOLUCIONES = map(modulos_de, ("", "taller", "soluciones"))
MODULOS = [*TEMA, *TALLER]


def test_estan_los_modulos_del_contrato():
    contrato = {"datos", "ngramas", "rnn", "lstm", "gradiente", "optimizadores"}
    assert contrato | {"entrenamiento", "generacion", "evaluacion"} <= set(MODULOS)


@pytest.mark.parametrize("nombre", [*MODULOS, *SOLUCIONES])
def test_todo_lo_publico_esta_documentado(nombre):
    modulo = importlib.import_module(f"codigo.{nombre}")
    if nombre in SOLUCIONES:
        assert modulo.__doc__.startswith("Soluciones del capítulo «")
    else:
        assert "Se explica en" in modulo.__doc__
    for clave, objeto in vars(modulo).items():
        propio = getattr(objeto, "__module__", None) == modulo.__name__
        if clave.startswith("_") or not propio or not callable(objeto):
            continue
        assert inspect.getdoc(objeto), f"codigo.{nombre}.{clave} no tiene documentación"
        for metodo, funcion in vars(objeto).items() if inspect.isclass(objeto) else ():
            if inspect.isfunction(funcion) and not metodo.startswith("_"):
                assert inspect.getdoc(funcion), (
                    f"{clave}.{metodo} no tiene documentación"
                )


@pytest.mark.parametrize("nombre", [*MODULOS, *SOLUCIONES])
def test_solo_importa_numpy_y_la_biblioteca_estandar(nombre):
    permitidas = {
        "taller.linea": {"typer", "rich"},
        "taller.banco": {"torch", "playwright"},
        "taller.busqueda": {"optuna", "sqlalchemy"},
        "taller.tablas": {"optuna"},
        "afinacion": {"optuna", "sklearn"},
        "evaluacion": {"rapidfuzz", "sklearn"},
        "jueces": {"scipy", "sklearn"},
        "taller.afirmaciones": {"scipy"},
        "taller.dibujo": {"svg"},
    }
    ajenas = permitidas.get(nombre, set())
    ruta = RAIZ / f"codigo/{nombre.replace('.', '/')}.py"
    arbol = ast.parse(ruta.read_text(encoding="utf-8"))
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            raices = [alias.name.split(".")[0] for alias in nodo.names]
        elif isinstance(nodo, ast.ImportFrom):
            raices = [str(nodo.module).split(".")[0]]
        else:
            continue
        assert set(raices) <= sys.stdlib_module_names | {"numpy", "codigo"} | ajenas


def test_cada_capitulo_tiene_de_tres_a_cinco_ejercicios_probados():
    capitulos = sorted((RAIZ / "libro").glob("[01]*.qmd"))
    assert len(SOLUCIONES) == len(capitulos), (
        "cada capítulo numerado lleva sus ejercicios, con su codigo/soluciones/…"
    )
    for capitulo in capitulos:
        texto = capitulo.read_text(encoding="utf-8").partition("\n## Ejercicios\n")[2]
        enunciados = re.findall(r"^\*\*Ejercicio (\d) (★+)\*\* ", texto, re.M)
        numeros = [int(numero) for numero, _ in enunciados]
        modulo = capitulo.stem[3:].replace("-", "_")
        como = (
            f"Escribe tus soluciones en `ejercicios/{modulo}.py` y pruébalas con "
            f"`python -m pytest ejercicios/test_{modulo}.py`."
        )
        assert como in texto.partition("**Ejercicio 1 ")[0], (
            f"{capitulo}: falta «{como}»"
        )
        seguidos = numeros == list(range(1, len(numeros) + 1))
        van = f"{capitulo}: lleva de tres a cinco ejercicios, «**Ejercicio 1 ★** …», y van"
        assert 3 <= len(numeros) <= 5 and seguidos, f"{van} {numeros}"
        niveles = [len(estrellas) for _, estrellas in enunciados]
        suben = f"{capitulo}: las estrellas van de menos a más, y son {niveles}"
        assert niveles == sorted(niveles) and len(set(niveles)) > 1, suben
        destino = f"{{.python file=codigo/soluciones/{modulo}.py}}"
        soluciones = texto.split('::: {.callout-tip collapse="true"}\n## Solución\n')
        assert len(soluciones) == len(numeros) + 1, f"{capitulo}: falta una solución"
        fuera = f"{capitulo}: toda solución va en un bloque {destino}"
        assert all(destino in solucion for solucion in soluciones[1:]), fuera
        pruebas = (RAIZ / f"ejercicios/test_{modulo}.py").read_text(encoding="utf-8")
        probados = set(map(int, re.findall(r"^def test_(\d)_", pruebas, re.M)))
        assert probados == set(numeros), f"ejercicios/test_{modulo}.py: test_N_…"


def test_lo_que_se_usa_se_importa_del_paquete():
    from codigo import GRU, LSTM, RNN, Receta, Vocabulario, cargar, entrenar, generar

    assert [clase.__name__ for clase in (RNN, LSTM, GRU)] == ["RNN", "LSTM", "GRU"]
    assert Receta().modelo == "lstm" and len(Vocabulario(["a"])) == 2
    assert all(map(callable, (cargar, entrenar, generar)))
    for nombre, modulo in codigo.DONDE.items():
        propio = importlib.import_module(f"codigo.{modulo}")
        assert getattr(codigo, nombre) is getattr(propio, nombre)
    with pytest.raises(ImportError, match="nadie"):
        exec("from codigo import nadie")


@cache
def importados(nombre):
    """Los módulos de ``codigo`` que importa uno, por su nombre dentro del paquete."""
    arbol = ast.parse(
        (RAIZ / f"codigo/{nombre.replace('.', '/')}.py").read_text("utf-8")
    )
    hallados = set()
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            hallados |= {uno.name for uno in nodo.names}
        elif isinstance(nodo, ast.ImportFrom):
            hallados |= {nodo.module, *(f"{nodo.module}.{u.name}" for u in nodo.names)}
    return {uno.removeprefix("codigo.") for uno in hallados} & {*MODULOS, *SOLUCIONES}


@pytest.mark.parametrize("nombre", [m for m in TEMA if m != "__main__"])
def test_el_tema_no_usa_el_taller(nombre):
    assert not importados(nombre) & set(TALLER)


def test_los_modulos_se_usan_en_un_solo_sentido():
    grafo = {nombre: importados(nombre) for nombre in (*MODULOS, *SOLUCIONES)}
    TopologicalSorter(grafo).prepare()  # un ciclo es un CycleError
