"""El paquete entero: que se importe, que esté documentado y que no use más que NumPy."""

import ast
import importlib
import inspect
import sys

import pytest

from tests.conftest import RAIZ

MODULOS = sorted(
    ruta.stem for ruta in (RAIZ / "codigo").glob("*.py") if ruta.stem != "__init__"
)


def test_estan_los_modulos_del_contrato():
    contrato = {"datos", "ngramas", "rnn", "lstm", "gradiente", "optimizadores"}
    assert contrato | {"entrenamiento", "generacion", "evaluacion"} <= set(MODULOS)


@pytest.mark.parametrize("nombre", MODULOS)
def test_todo_lo_publico_esta_documentado(nombre):
    modulo = importlib.import_module(f"codigo.{nombre}")
    assert "Se explica en" in modulo.__doc__ or nombre == "numeros"
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


@pytest.mark.parametrize("nombre", MODULOS)
def test_solo_importa_numpy_y_la_biblioteca_estandar(nombre):
    permitidas = {
        "linea": {"typer", "rich"},
        "banco": {"torch"},
        "busqueda": {"optuna", "sqlalchemy", "sklearn"},
        "evaluacion": {"rapidfuzz", "sklearn"},
    }
    ajenas = permitidas.get(nombre, set())
    arbol = ast.parse((RAIZ / f"codigo/{nombre}.py").read_text(encoding="utf-8"))
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Import):
            raices = [alias.name.split(".")[0] for alias in nodo.names]
        elif isinstance(nodo, ast.ImportFrom):
            raices = [str(nodo.module).split(".")[0]]
        else:
            continue
        assert set(raices) <= sys.stdlib_module_names | {"numpy", "codigo"} | ajenas
