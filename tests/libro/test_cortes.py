"""Al final de cada capítulo hay un programa que corre: los capítulos 1…k, solos, dan un paquete.

Para cada k se extraen nada más esos capítulos, se importan todos sus módulos y se corren las pruebas
que con ellos ya se pueden correr y con los de antes no.
"""

import ast
import shutil
import subprocess
import sys

import pytest

from imprenta.extraer import extraer
from imprenta.indice import leer_libro
from tests.conftest import RAIZ

CAPITULOS = [
    entrada.ruta
    for entrada in leer_libro(RAIZ).entradas
    if entrada.numero and not entrada.es_apendice
]
IMPORTAR_TODO = """
import importlib, pathlib
for ruta in sorted(pathlib.Path("codigo").rglob("*.py")):
    importlib.import_module(".".join(ruta.with_suffix("").parts))
"""


def python(carpeta, *orden):
    proceso = subprocess.run(
        [sys.executable, *orden], cwd=carpeta, capture_output=True, encoding="utf-8"
    )
    assert proceso.returncode == 0, proceso.stdout[-3000:] + proceso.stderr[-3000:]
    return proceso.stdout


@pytest.fixture(scope="session")
def cortes(tmp_path_factory):
    """Una carpeta por k, con los capítulos 1…k y lo que de ellos se extrae."""
    carpetas = []
    for k in range(1, len(CAPITULOS) + 1):
        carpeta = tmp_path_factory.mktemp(f"corte-{k}")
        for ruta in CAPITULOS[:k]:
            (carpeta / ruta).parent.mkdir(exist_ok=True)
            shutil.copy(RAIZ / ruta, carpeta / ruta)
        indice = "".join(f"    - {ruta}\n" for ruta in CAPITULOS[:k])
        (carpeta / "_quarto.yml").write_text(f"book:\n  chapters:\n{indice}", "utf-8")
        shutil.copy(RAIZ / "pyproject.toml", carpeta)
        for cual in ("data", "tests", "ejercicios"):
            pesados = shutil.ignore_patterns("entrenado")
            shutil.copytree(RAIZ / cual, carpeta / cual, ignore=pesados)
        extraer(carpeta)
        carpetas.append(carpeta)
    return carpetas


@pytest.mark.parametrize("k", range(1, len(CAPITULOS) + 1))
def test_los_capitulos_hasta_k_dan_un_paquete_que_se_importa(cortes, k):
    python(cortes[k - 1], "-c", IMPORTAR_TODO)


def da(carpeta, modulo, nombre):
    """Si en un corte existe ese módulo y define ese nombre (o lo tiene de submódulo)."""
    base = carpeta.joinpath(*modulo.split("."))
    if base.joinpath(f"{nombre}.py").is_file():
        return True
    ruta = base.with_suffix(".py")
    if not ruta.is_file():
        return False
    cuerpo = ast.parse(ruta.read_text("utf-8")).body
    definidos = {getattr(nodo, "name", None) for nodo in cuerpo}
    for nodo in cuerpo:
        if isinstance(nodo, ast.Assign | ast.AnnAssign):
            blancos = nodo.targets if isinstance(nodo, ast.Assign) else [nodo.target]
            definidos |= {
                n.id for b in blancos for n in ast.walk(b) if isinstance(n, ast.Name)
            }
        elif isinstance(nodo, ast.ImportFrom):
            definidos |= {uno.name for uno in nodo.names}
    return nombre in definidos


def se_puede_correr(carpeta, prueba):
    """Si todo lo que una prueba importa de ``codigo`` y de otras pruebas está en el corte."""
    for nodo in ast.walk(ast.parse((carpeta / prueba).read_text("utf-8"))):
        if isinstance(nodo, ast.Import):
            for uno in nodo.names:
                ruta = carpeta.joinpath(*uno.name.split("."))
                if (
                    uno.name.startswith("codigo.")
                    and not ruta.with_suffix(".py").is_file()
                ):
                    return False
        elif isinstance(nodo, ast.ImportFrom):
            modulo = str(nodo.module)
            if modulo.split(".", maxsplit=1)[0] == "codigo" and not all(
                da(carpeta, modulo, uno.name) for uno in nodo.names
            ):
                return False
            otra = "/".join(modulo.split(".")) + ".py"
            if modulo.startswith("tests.codigo.") and not se_puede_correr(
                carpeta, otra
            ):
                return False
    return True


def pruebas_de(carpeta, k):
    """Las pruebas del código que un corte puede correr, y las de sus ejercicios."""
    sueltas = {
        ruta.relative_to(carpeta).as_posix()
        for ruta in (carpeta / "tests/codigo").glob("test_*.py")
    } - {"tests/codigo/test_paquete.py"}
    ejercicios = {
        f"ejercicios/test_{ruta.split('/')[-1][3:-4].replace('-', '_')}.py"
        for ruta in CAPITULOS[:k]
    }
    return {
        prueba for prueba in sueltas if se_puede_correr(carpeta, prueba)
    } | ejercicios


@pytest.mark.cortes
@pytest.mark.parametrize("k", range(1, len(CAPITULOS) + 1))
def test_pasan_las_pruebas_que_el_capitulo_k_hizo_posibles(cortes, k):
    antes = pruebas_de(cortes[k - 2], k - 1) if k > 1 else set()
    nuevas = sorted(pruebas_de(cortes[k - 1], k) - antes)
    assert (
        f"ejercicios/test_{CAPITULOS[k - 1].split('/')[-1][3:-4].replace('-', '_')}.py"
        in nuevas
    )
    orden = "-m", "pytest", "-q", "-p", "no:cacheprovider", "--del-libro"
    python(cortes[k - 1], *orden, *nuevas)


def test_casi_todas_las_pruebas_del_tema_caben_en_los_capitulos(cortes):
    """Que la selección no se quede, sin avisar, con nada."""
    posibles = pruebas_de(cortes[-1], len(CAPITULOS))
    del_tema = {
        f"tests/codigo/{r.name}" for r in (RAIZ / "tests/codigo").glob("test_*.py")
    }
    de_apendices = {"test_veloz", "test_gru", "test_redes", "test_paquete"}
    faltan = {r for r in del_tema - posibles if r[13:-3] not in de_apendices}
    assert not faltan
