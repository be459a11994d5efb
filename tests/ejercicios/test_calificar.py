"""Quien califica no se deja engañar, y lo que alguien intente no le cuesta a nadie más."""

import csv
from pathlib import Path

import pytest

from imprenta import calificar
from imprenta.errores import ErrorDelLibro
from tests.conftest import RAIZ

DEL_LIBRO = (RAIZ / "codigo/soluciones/rnn.py").read_text("utf-8")
MALA = "def derivada(*_):\n    return 0.0\n"
TODO_IGUAL = """
class Todo(float):
    __eq__ = __ne__ = lambda *_: True
    __sub__ = __rsub__ = __abs__ = __truediv__ = lambda *_: Todo(4)
"""
INTENTOS = {  # qué se intenta → el archivo entregado
    "nada": "",
    "acabar con el proceso": "import os\nos._exit(0)",
    "salirse": "import sys\nsys.exit(0)",
    "salirse al ser llamada": "def derivada(*_):\n    raise SystemExit(0)",
    "no acabar nunca": "while True:\n    pass",
    "un import que revienta": "import no_existe",
    "un archivo roto": "def derivada(",
    "toda la memoria": "x = bytearray(1 << 45)",
    "todo es casi igual": TODO_IGUAL
    + "import pytest\npytest.approx = lambda *_, **__: Todo()\n"
    + MALA,
    "cualquiera es igual": "import pytest\n"
    "type(pytest.approx(1.0)).__eq__ = lambda *_: True\n" + MALA,
    "otro all": "import builtins\nbuiltins.all = lambda *_: True\n" + MALA,
    "otra prueba": "import sys\nfor n in [n for n in vars(sys.modules['ejercicios.test_rnn'])"
    " if n[:6] == 'test_1']:\n    delattr(sys.modules['ejercicios.test_rnn'], n)\n"
    + MALA,
    "otro codigo": "import codigo.pizarron as p\np.adelante = lambda *_: (0.0, [], [])\n"
    + MALA,
    "cuando la llaman": TODO_IGUAL + "import pytest\ndef derivada(*_):\n"
    "    pytest.approx = lambda *_, **__: Todo()\n    return 0.0",
    "un número que es igual a todo": TODO_IGUAL
    + "def derivada(*_):\n    return Todo(4)",
    "un informe falso": "import os\nfor n in range(20):\n    try:\n"
    "        os.write(n, b'\\n \"\"\\n1 passed\\n')\n    except OSError:\n        pass\n"
    + MALA,
    "leer la solución": f"exec(open({str(RAIZ / 'codigo/soluciones/rnn.py')!r}).read())",
    "importar la solución": "from codigo.soluciones.rnn import *",
    "matar a quien califica": "import os\nos.kill(os.getppid(), 9)",
    "otro proceso": "import subprocess\nsubprocess.run(['true'])",
    "cambiar las pruebas": "import sys\nopen(sys.path[0] + '/ejercicios/test_rnn.py', 'w')",
}
CAMBIAN = ("todo es casi igual", "cualquiera es igual", "otro all", "otra prueba")
DICE = {  # de lo que también fallaría por otra cosa, por qué se le reprocha
    **dict.fromkeys((*CAMBIAN, "otro codigo", "cuando la llaman"), "cambió «"),
    "importar la solución": "No module named",
    "otro proceso": "no necesita «subprocess",
}


def juzgar(sala, archivo, texto):
    """Lo que se le reprocha a un archivo en un ejercicio, en un proceso como los de verdad."""
    archivo.write_text(texto, "utf-8")
    return calificar.juzgar(sala, archivo, "rnn", 1, 7, [str(RAIZ)])


@pytest.fixture(scope="module")
def sala(tmp_path_factory):
    carpeta = tmp_path_factory.mktemp("sala")
    calificar._preparar(RAIZ, carpeta)
    antes = {r: r.read_bytes() for r in carpeta.rglob("*.py")}
    yield carpeta
    assert {r: r.read_bytes() for r in carpeta.rglob("*.py")} == antes
    sigue = juzgar(carpeta, tmp_path_factory.mktemp("buena") / "rnn.py", DEL_LIBRO)
    assert sigue == "", "y a la que sigue no le pasa nada"


@pytest.mark.parametrize("intento", INTENTOS)
def test_lo_que_se_intenta_no_da_puntos(sala, intento, tmp_path, monkeypatch):
    if intento == "no acabar nunca":
        monkeypatch.setattr(calificar, "SEGUNDOS", 1)
    dicho = juzgar(sala, tmp_path / "rnn.py", INTENTOS[intento])
    assert dicho and DICE.get(intento, "") in dicho


def test_el_grupo_sale_en_una_tabla_y_cada_quien_en_su_informe(tmp_path, monkeypatch):
    dos = {("rnn", 1): 1, ("rnn", 4): 3}
    monkeypatch.setattr(calificar, "puntos", lambda _: dos)
    entregas = tmp_path / "entregas"
    for quien, texto in {
        "ana": DEL_LIBRO,
        "beto": DEL_LIBRO.replace("/ (2 * delta)", "/ delta"),
        "carla": INTENTOS["matar a quien califica"],
    }.items():
        (entregas / quien / "ejercicios").mkdir(parents=True)
        (entregas / quien / "ejercicios/rnn.py").write_text(texto, "utf-8")
        (entregas / quien / "ejercicios/conftest.py").write_text("1 / 0", "utf-8")
    (entregas / "dani").mkdir()
    (tmp_path / "entregas-calificadas").mkdir()
    (tmp_path / "entregas-calificadas/mis-notas.txt").touch()
    antes = {r: r.read_bytes() for r in entregas.rglob("*.py")}
    escritos = calificar.calificar(RAIZ, str(entregas))
    assert [Path(e).name for e in escritos] == ["grupo.csv"] + [
        f"{quien}.md" for quien in ("ana", "beto", "carla", "dani")
    ]
    tabla = Path(escritos[0]).read_text("utf-8").splitlines()
    assert list(csv.reader(tabla)) == [
        ["estudiante", "puntos", "de", "rnn 1", "rnn 4"],
        ["ana", "4", "4", "1", "3"],
        ["beto", "3", "4", "0", "3"],
        ["carla", "0", "4", "0", "0"],
        ["dani", "0", "4", "0", "0"],
    ]
    informe = Path(escritos[3]).read_text("utf-8")
    assert "# carla: 0 de 4 puntos" in informe and "no necesita «os.kill»" in informe
    assert (tmp_path / "entregas-calificadas/mis-notas.txt").exists()
    assert {r: r.read_bytes() for r in entregas.rglob("*.py")} == antes


@pytest.mark.parametrize("que", ["no existe", "ningún estudiante"])
def test_sin_que_calificar_se_dice_y_no_se_escribe(tmp_path, que):
    entregas = tmp_path / "entregas"
    if que != "no existe":
        (entregas / "ana").mkdir(parents=True)
    with pytest.raises(ErrorDelLibro, match=que):
        calificar.calificar(RAIZ, str(entregas))
    assert not (tmp_path / "entregas-calificadas").exists()
