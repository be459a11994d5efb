import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from codigo.taller import memoria
from codigo.taller.memoria import recordar, recordar_varios
from tests.conftest import RAIZ

llamadas = []


def contar(base, *, exponente):
    llamadas.append((base, exponente))
    return {"potencia": np.array(float(base) ** exponente)}


@pytest.fixture(autouse=True)
def memoria_propia(tmp_path, monkeypatch):
    monkeypatch.delenv("DESDE", raising=False)
    monkeypatch.setattr(memoria, "MEMORIA", tmp_path / "memoria")
    monkeypatch.setattr(memoria, "GUARDADO", tmp_path / "guardado")
    llamadas.clear()


def test_recordar_calcula_una_sola_vez():
    for _ in range(3):
        assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert llamadas == [(3, 2)]


def elevar(base, *, exponente):
    with open("llamadas.txt", "a", encoding="utf-8") as archivo:
        archivo.write(f"{exponente}\n")
    return {"potencia": np.array(float(base) ** exponente)}


def test_varios_se_calculan_una_vez_y_en_su_orden(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pedidos = [{"exponente": n} for n in (3, 1, 2, 3)]
    for _ in range(2):
        hechos = recordar_varios(elevar, 2, pedidos=pedidos)
        assert [float(h["potencia"]) for h in hechos] == [8, 2, 4, 8]
    hechas = Path("llamadas.txt").read_text("utf-8").split()
    assert sorted(hechas) == (["1", "2", "3"] if memoria.fcntl else sorted(hechas))


def test_si_matan_a_quien_reparte_sus_ayudantes_mueren(tmp_path):
    guion = tmp_path / "reparte.py"
    guion.write_text(
        "import os, sys, time\n"
        "def dormir(n):\n"
        "    open(f'pid-{n}', 'w', encoding='utf-8').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    from codigo.taller.memoria import recordar_varios\n"
        "    from reparte import dormir\n"
        "    recordar_varios(dormir, pedidos=[{'n': 1}, {'n': 2}])\n",
        "utf-8",
    )
    entorno = {**os.environ, "PYTHONPATH": f"{RAIZ}{os.pathsep}{tmp_path}"}
    reparte = subprocess.Popen([sys.executable, guion], cwd=tmp_path, env=entorno)
    while (
        len(pids := [p.read_text("utf-8") for p in tmp_path.glob("pid-*")]) < 1
        or "" in pids
    ):
        assert reparte.poll() is None
        time.sleep(0.05)
    reparte.kill()
    reparte.wait()
    for pid in pids:
        while _vivo(pid):
            time.sleep(0.05)


def _vivo(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_pedir_otra_cosa_vuelve_a_calcular():
    recordar(contar, 3, exponente=2)
    recordar(contar, 3, exponente=3)
    recordar(contar, 2, exponente=3)
    assert len(llamadas) == 3


def test_cambiar_el_codigo_vuelve_a_calcular(monkeypatch):
    recordar(contar, 3, exponente=2)
    monkeypatch.setattr(memoria, "huella", lambda _: "otro código")
    recordar(contar, 3, exponente=2)
    assert len(llamadas) == 2


@pytest.mark.parametrize("variable", ["OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE"])
def test_otra_algebra_lineal_vuelve_a_calcular(monkeypatch, variable):
    recordar(contar, 3, exponente=2)
    monkeypatch.setenv(variable, "Prescott")
    recordar(contar, 3, exponente=2)
    assert len(llamadas) == 2


def test_otras_versiones_vuelven_a_calcular(monkeypatch, tmp_path):
    monkeypatch.setattr(memoria, "CERRADURA", tmp_path / "requisitos.lock")
    for versiones in ("", "scikit-learn==1", "scikit-learn==2"):
        (tmp_path / "requisitos.lock").write_text(versiones, "utf-8")
        recordar(contar, 3, exponente=2)
    assert len(llamadas) == 3


@pytest.mark.parametrize("contenido", [b"", b"hola", b"PK\x03\x04 a medias"])
def test_lo_que_el_disco_dano_se_calcula_de_nuevo_y_se_dice(contenido, capfd):
    recordar(contar, 3, exponente=2)
    (guardado,) = memoria.MEMORIA.rglob("*.npz")
    guardado.write_bytes(contenido)
    assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert capfd.readouterr().err.count("se calcula de nuevo") == 1
    assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert len(llamadas) == 2


def guardar_con_el_libro():
    memoria.aqui().rename(memoria.GUARDADO)
    llamadas.clear()


def test_lo_que_viene_con_el_libro_sirve_en_cualquier_maquina(monkeypatch):
    recordar(contar, 3, exponente=2)
    guardar_con_el_libro()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert llamadas == []
    monkeypatch.setenv("DESDE", "cero")
    assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert llamadas == [(3, 2)]


def test_lo_danado_que_viene_con_el_libro_no_se_borra(capfd):
    recordar(contar, 3, exponente=2)
    guardar_con_el_libro()
    (guardado,) = memoria.GUARDADO.glob("*.npz")
    guardado.write_bytes(b"hola")
    for _ in range(2):
        assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert guardado.read_bytes() == b"hola"
    assert llamadas == [(3, 2)]
    assert capfd.readouterr().err.count("se calcula de nuevo") == 1


def medir(*, semilla):
    rng = np.random.default_rng(semilla)
    pesos = {"W": rng.standard_normal(50).astype(np.float32), "n": np.arange(3)}
    return {**pesos, "curva": rng.standard_normal(5), "letras": np.array(["ñ"])}


def test_lo_guardado_pesa_la_mitad_y_se_lee_igual_que_lo_recien_hecho():
    recien, leido, exacto = (
        f(semilla=1) for f in (*[lambda **p: recordar(medir, **p)] * 2, medir)
    )
    for nombre, arreglo in exacto.items():
        assert recien[nombre].dtype == leido[nombre].dtype == arreglo.dtype
        np.testing.assert_array_equal(recien[nombre], leido[nombre])
        if arreglo.dtype.kind == "f":
            np.testing.assert_allclose(leido[nombre], arreglo, rtol=6e-4)
            assert (leido[nombre] != arreglo).any()
        else:
            np.testing.assert_array_equal(leido[nombre], arreglo)


HACE = {
    "un comentario": ("x = 1\n", "x = 1  # por qué\n"),
    "un renglón vacío": ("x = 1\ny = 2\n", "x = 1\n\n\ny = 2\n"),
    "la documentación": (
        'def f():\n    """Uno."""\n    return "#"\n',
        'def f():\n    """Otro,\n\n    más largo."""\n    return "#"\n',
    ),
    "la documentación con prefijo": (
        'class A:\n    class B:\n        r"""\\d"""\n        x = 1\n',
        'class A:\n    class B:\n        R"""\\w."""  # otra\n        x = 1\n',
    ),
    "la de lo asíncrono": (
        'async def f():\n    """Uno."""\n    return 1\n',
        'async def f():\n    """Dos."""\n    return 1\n',
    ),
}


@pytest.mark.parametrize("que", HACE)
def test_lo_que_un_modulo_dice_no_cambia_lo_que_hace(que):
    uno, otro = map(memoria.sin_prosa, HACE[que])
    assert uno == otro


def test_lo_que_un_modulo_hace_si_cuenta():
    textos = ['x = "# uno"', 'x = "# dos"', "x = 1", "if x:\n    x = 1"]
    textos += ['x = """a\nb"""', 'x = """a\n\nb"""', 'x = """a \nb"""']
    textos += ['def f(): "Uno."', 'def g(): "Uno."', 'class A: "Uno."; x = 1']
    textos += ['"""Ñandú."""; x = 2', 'def f():\n    "Uno."; return 1']
    assert len(set(map(memoria.sin_prosa, textos))) == len(textos)


def de_rnn():
    """Lo que la prueba de la huella cambia está en los módulos, no aquí."""


@pytest.fixture
def paquete(tmp_path, monkeypatch):
    """Un paquete de mentira del que «codigo.rnn» usa, en cadena, tres módulos."""
    textos = {
        "__init__": "",
        "rnn": "from codigo.numeros import (\n    tanh,\n)",
        "numeros": "def f():\n    from codigo import datos, lotes",
        "datos": "import codigo.taller.hondo",
        "lotes": "",
        "taller/__init__": "",
        "taller/hondo": "from codigo import datos",
        "tablas": "uno",
    }
    for nombre, texto in textos.items():
        ruta = tmp_path / f"codigo/{nombre}.py"
        ruta.parent.mkdir(parents=True, exist_ok=True)
        ruta.write_text(texto, "utf-8")
    monkeypatch.setattr(memoria, "PAQUETE", tmp_path / "codigo")
    return tmp_path / "codigo"


def huella_de(modulo):
    de_rnn.__module__ = modulo
    return memoria.huella.__wrapped__(de_rnn)


@pytest.mark.parametrize("cual", ["rnn", "numeros", "datos", "lotes", "taller/hondo"])
def test_la_huella_cambia_con_lo_que_se_usa_en_cadena(paquete, cual):
    antes = huella_de("codigo.rnn")
    with (paquete / f"{cual}.py").open("a", encoding="utf-8") as archivo:
        archivo.write("\nx = 1")
    assert huella_de("codigo.rnn") != antes


@pytest.mark.parametrize("cual", ["tablas", "__init__", "taller/__init__"])
def test_la_huella_no_cambia_con_lo_que_no_se_usa(paquete, cual):
    antes = huella_de("codigo.rnn")
    (paquete / f"{cual}.py").write_text("x = 1", "utf-8")
    assert huella_de("codigo.rnn") == antes


@pytest.mark.parametrize("cual", ["tablas", "taller/hondo", "__init__"])
def test_quien_pide_algo_del_paquete_depende_de_todo(paquete, cual):
    (paquete / "rnn.py").write_text("from codigo import RNN", "utf-8")
    antes = huella_de("codigo.rnn")
    (paquete / f"{cual}.py").write_text("dos = 2", "utf-8")
    assert huella_de("codigo.rnn") != antes


def test_el_texto_de_una_funcion_de_fuera_cuenta(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    huellas = set()
    for exponente in (2, 3):
        nombre = f"ajeno_{exponente}"
        (tmp_path / f"{nombre}.py").write_text(
            f"def f(x):\n    return x**{exponente}\n", "utf-8"
        )
        huellas.add(memoria.huella(importlib.import_module(nombre).f))
    assert len(huellas) == 2


def test_no_se_recuerda_una_funcion_sin_texto():
    espacio = {"__name__": "de_ningun_lado"}
    exec(compile("def f(): return {}", "<ningún archivo>", "exec"), espacio)
    with pytest.raises(ValueError, match="no se halla su texto"):
        recordar(espacio["f"])
