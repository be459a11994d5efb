"""La línea de órdenes del taller habla español, también cuando no se le entiende."""

import os
import subprocess
import sys

import pytest

from imprenta import __main__ as ordenes
from tests.conftest import RAIZ

MAL_DICHAS = {
    (): "falta decir qué orden",
    ("--raiz", "."): "falta decir qué orden",
    ("nada",): "no existe la orden «nada»",
    ("libro", "extraer"): "no existe la orden «extraer»",
    ("extraer", "--nada"): "no existe la opción «--nada»",
    ("extraer", "-r"): "no existe la opción «-r»",
    ("extraer", "--motor", "pandoc"): "no existe la opción «--motor»",
    ("--si", "devolver"): "no existe la opción «--si»",
    ("extraer", "--revisa=no"): "la opción «--revisa» no lleva valor",
    ("libro", "--motor"): "la opción «--motor» va con su valor",
    ("--raiz",): "la opción «--raiz» va con su valor",
    ("servir", "--puerto", "ocho"): "el puerto es un número, no «ocho»",
}


@pytest.mark.parametrize("escritos", MAL_DICHAS)
def test_lo_que_no_se_entiende_es_una_frase(escritos, capsys):
    assert ordenes.principal(list(escritos)) == 2
    salida = capsys.readouterr()
    ayuda = "; mira «python -m imprenta --help»\n"
    assert (salida.out, salida.err) == ("", MAL_DICHAS[escritos] + ayuda)


@pytest.mark.parametrize("escritos", [["--help"], ["-h"], ["libro", "--help"]])
def test_la_ayuda_nombra_todas_las_ordenes_y_opciones(escritos, capsys):
    assert ordenes.principal(escritos) == 0
    dicho = capsys.readouterr().out
    assert all(f"\n  {orden} " in dicho for orden in ordenes.ORDENES)
    assert all(f"--{opcion} " in dicho for opcion in ordenes.OPCIONES.values())
    assert not {"usage", "options", "show", "help"} & set(
        dicho.replace("--help", "").split()
    )


def test_todas_las_ordenes_llevan_a_una_funcion():
    for funcion, _ in ordenes.ORDENES.values():
        assert callable(ordenes.resolve_name(f"imprenta.{funcion}"))


@pytest.mark.parametrize("consola", ["utf-8", "cp1252", "ascii"])
@pytest.mark.parametrize("programa", [["-m", "imprenta"], ["hacer.py"]])
def test_desde_la_consola_sale_con_dos_y_sin_rastro(programa, consola):
    entorno = {**os.environ, "PYTHONIOENCODING": consola}
    orden = [sys.executable, *programa, "libros"]
    hecho = subprocess.run(
        orden, cwd=RAIZ, env=entorno, capture_output=True, encoding="utf-8"
    )
    assert hecho.returncode == 2 and "orden «libros»" in hecho.stderr.splitlines()[0]
    ayuda = subprocess.run(
        [*orden[:-1], "--help"], cwd=RAIZ, env=entorno, check=True, capture_output=True
    )
    assert "ORDEN" in ayuda.stdout.decode()
