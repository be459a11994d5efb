"""Lo que un lector no ha escrito nunca parece que pasó, y siempre se dice de quién es lo probado."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import RAIZ

UNA = ("ejercicios/test_rnn.py", "-k", "test_1")


def probar(carpeta, *orden):
    """Corre pytest en la carpeta de un lector: cómo acabó y qué dijo."""
    proceso = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *orden],
        cwd=carpeta,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONUTF8": "1"},
    )
    return proceso.returncode, proceso.stdout


@pytest.fixture
def carpeta(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "ejercicios").mkdir()
    for cual in ("__init__", "conftest", "test_rnn"):
        shutil.copy(RAIZ / f"ejercicios/{cual}.py", tmp_path / "ejercicios")
    shutil.copy(RAIZ / "pyproject.toml", tmp_path)
    return tmp_path


def test_sin_archivo_falla_y_dice_que_escribir_y_donde(carpeta):
    codigo, dicho = probar(carpeta, *UNA)
    assert codigo == 1 and "passed" not in dicho and "skipped" not in dicho
    assert "falta ejercicios/rnn.py: escribe ahí «derivada»" in dicho


def test_con_el_archivo_se_prueba_lo_suyo_y_lo_que_le_falta_falla(carpeta):
    suya = "from codigo.soluciones.rnn import derivada\n"
    (carpeta / "ejercicios/rnn.py").write_text(suya, "utf-8")
    codigo, dicho = probar(carpeta, *UNA)
    assert codigo == 0 and "los ejercicios: las tuyas" in dicho
    codigo, dicho = probar(carpeta, "ejercicios", "-k", "test_2")
    assert codigo == 1 and "a ejercicios/rnn.py le falta «rellenar_con»" in dicho


@pytest.mark.parametrize("orden", [(), (*UNA, "--del-libro")])
def test_a_secas_o_si_se_pide_se_prueba_la_del_libro(carpeta, orden):
    (carpeta / "ejercicios/rnn.py").write_text("derivada = None\n", "utf-8")
    codigo, dicho = probar(carpeta, *orden)
    assert codigo == 0 and "los ejercicios: las del libro" in dicho
