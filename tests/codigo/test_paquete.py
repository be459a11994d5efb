"""El paquete entero: que se importe, que esté documentado y que no use más que NumPy."""

import ast
import importlib
import inspect
import re
import sys

import pytest

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
        "taller.banco": {"torch"},
        "taller.busqueda": {"optuna", "sqlalchemy"},
        "taller.tablas": {"optuna"},
        "afinacion": {"optuna", "sklearn"},
        "evaluacion": {"rapidfuzz", "sklearn"},
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
    assert len(SOLUCIONES) == len(capitulos) == 14
    for capitulo in capitulos:
        texto = capitulo.read_text(encoding="utf-8").partition("\n## Ejercicios\n")[2]
        enunciados = re.findall(r"^\*\*Ejercicio (\d) (★+)\*\* ", texto, re.M)
        numeros = [int(numero) for numero, _ in enunciados]
        assert 3 <= len(numeros) <= 5 and numeros == list(range(1, len(numeros) + 1))
        niveles = [len(estrellas) for _, estrellas in enunciados]
        assert niveles == sorted(niveles) and len(set(niveles)) > 1
        modulo = capitulo.stem[3:].replace("-", "_")
        destino = f"{{.python file=codigo/soluciones/{modulo}.py}}"
        soluciones = texto.split('::: {.callout-tip collapse="true"}\n## Solución\n')
        assert len(soluciones) == len(numeros) + 1
        assert all(destino in solucion for solucion in soluciones[1:])
        pruebas = (RAIZ / f"ejercicios/test_{modulo}.py").read_text(encoding="utf-8")
        assert set(map(int, re.findall(r"^def test_(\d)_", pruebas, re.M))) == set(
            numeros
        )
