"""Las dos órdenes: qué llaman, y qué dicen si no se puede crear el entorno en que corren."""

import os
import re
import shutil
import subprocess
import sys
import venv

import pytest

import hacer
from tests.conftest import PUEDE_MONTAR, RAIZ


def con(antes):
    """Corre ``preparar`` en un Python al que le pasa algo."""
    return [
        sys.executable,
        "-c",
        f"import sys, hacer; {antes}; hacer.preparar(['requisitos.lock'])",
    ]


def correr(carpeta, *orden, **variables):
    """``hacer.py`` en una carpeta donde no hay nada que instalar."""
    for suyo in ("hacer.py", "Makefile"):
        shutil.copy(RAIZ / suyo, carpeta)
    for candado in ("requisitos.lock", "pruebas.lock"):
        (carpeta / candado).touch()
    ambiente = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", **variables}
    return subprocess.run(
        [*(orden or (sys.executable, "hacer.py", "entorno"))],
        cwd=carpeta,
        env=ambiente,
        capture_output=True,
        encoding="utf-8",
    )


def test_el_entorno_sirve_mientras_este_su_python(tmp_path):
    entorno = tmp_path / "una/.venv"
    venv.create(entorno)
    shutil.rmtree(entorno / hacer.PYTHON.parent.name)
    (entorno / "de antes").touch()
    hecho = correr(entorno.parent)
    assert (hecho.returncode, hecho.stderr) == (0, "")
    por_que = "; el Python con que se hizo ya no está"
    assert hecho.stdout == f"Se crea {entorno}{por_que}…\nListo {entorno}\n"
    assert not (entorno / "de antes").exists()
    movida = entorno.parent.rename(tmp_path / "otra, con ñandúes")
    assert correr(movida).stdout == ""
    (movida / "pruebas.lock").write_text("# cambió\n", encoding="utf-8")
    assert correr(movida).stdout == f"Listo {movida / '.venv'}\n"


LLENO = "mkdir d && mount -t tmpfs -o size=2m nada d && cp *.* d && cd d && "
ESTORBOS = {  # qué pasa → la orden, y la frase
    "no existe la orden": (
        [sys.executable, "hacer.py", "libra"],
        "No existe la orden «libra»",
    ),
    "no existe PYTHON": (["make", "libro", "PYTHON=python9"], "No hay un «python9»"),
    "sin ensurepip": (con("sys.modules['ensurepip'] = None"), "apt install python3."),
    "Python viejo": (con("sys.version_info = (3, 10)"), "Hace falta Python 3.11"),
    "disco lleno": (
        ["unshare", "-rm", "bash", "-c", LLENO + f"{sys.executable} hacer.py libro"],
        "/.venv: no queda espacio en el disco\n",
    ),
}


@pytest.mark.parametrize("que", ESTORBOS)
def test_si_no_se_puede_se_dice_la_causa(que, tmp_path):
    orden, frase = ESTORBOS[que]
    if not shutil.which(orden[0]) or (orden[0] == "unshare" and not PUEDE_MONTAR):
        pytest.skip(f"en esta máquina no se puede usar {orden[0]}")
    hecho = correr(tmp_path, *orden)
    dicho = hecho.stdout + hecho.stderr
    assert hecho.returncode and frase in dicho and "Traceback" not in dicho, dicho


def test_make_es_la_cara_de_hacer():
    texto = (RAIZ / "Makefile").read_text(encoding="utf-8")
    assert {*re.search("ORDENES := (.*)", texto)[1].split()} == {*hacer.ORDENES}
