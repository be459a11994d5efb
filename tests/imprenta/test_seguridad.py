"""Nada ejecuta lo que lee, y el libro se sirve solo a esta máquina."""

import ast
import socket
import subprocess
import sys
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.conftest import RAIZ

FUENTES = sorted(
    str(ruta.relative_to(RAIZ))
    for carpeta in ("codigo", "imprenta", "data")
    for ruta in (RAIZ / carpeta).rglob("*.py")
)
PELIGROSAS = {"eval", "exec", "compile", "__import__"}
# «sabotear» ejecuta una copia de un módulo del propio paquete, nunca un archivo del lector
PERMITIDAS = {("codigo/gradiente.py", "exec")}


def llamadas(arbol: ast.AST) -> set[str]:
    """Las funciones peligrosas a las que se llama, y las opciones que las encienden."""
    halladas = set()
    for nodo in ast.walk(arbol):
        if isinstance(nodo, ast.Call):
            halladas |= {getattr(nodo.func, "id", "")} & PELIGROSAS
            for opcion in nodo.keywords:
                encendida = getattr(opcion.value, "value", None) is True
                if opcion.arg in ("shell", "allow_pickle") and encendida:
                    halladas.add(opcion.arg)
        elif isinstance(nodo, ast.Import | ast.ImportFrom):
            modulos = {alias.name for alias in nodo.names} | {
                getattr(nodo, "module", "")
            }
            halladas |= modulos & {"pickle", "marshal", "shelve", "dill", "joblib"}
    return halladas


@pytest.mark.parametrize("fuente", FUENTES)
def test_nada_ejecuta_lo_que_lee(fuente):
    halladas = llamadas(ast.parse((RAIZ / fuente).read_text("utf-8")))
    assert halladas <= {nombre for archivo, nombre in PERMITIDAS if archivo == fuente}


def test_la_revision_muerde():
    malo = "import pickle\neval(x)\nnp.load(x, allow_pickle=True)\nre.compile(y)"
    assert llamadas(ast.parse(malo)) == {"pickle", "eval", "allow_pickle"}


def test_se_sirve_solo_a_esta_maquina(tmp_path):
    (tmp_path / "_libro").mkdir()
    (tmp_path / "_libro/index.html").write_text("<h1>Aquí</h1>", "utf-8")
    for nombre in ("x.py", "x.txt", "x.css"):
        (tmp_path / "_libro" / nombre).write_text("# Extraído de aquí", "utf-8")
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        puerto = libre.getsockname()[1]
    orden = [sys.executable, "-m", "imprenta", "--raiz", str(tmp_path), "servir"]
    orden += ["--puerto", str(puerto)]
    with subprocess.Popen(
        [*orden[:1], "-u", *orden[1:]],
        cwd=RAIZ,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as servidor:
        try:
            assert f"http://127.0.0.1:{puerto}/" in servidor.stdout.readline()
            with urlopen(f"http://127.0.0.1:{puerto}/") as pagina:
                assert "Aquí" in pagina.read().decode()
            for nombre in ("index.html", "x.py", "x.txt", "x.css"):
                with urlopen(f"http://127.0.0.1:{puerto}/{nombre}") as archivo:
                    tipo = archivo.headers["Content-Type"]
                    assert tipo.startswith("text/") and tipo.endswith("; charset=utf-8")
            with pytest.raises(URLError):  # otra dirección de la misma máquina
                urlopen(f"http://127.0.0.2:{puerto}/", timeout=5)
        finally:
            servidor.terminate()
