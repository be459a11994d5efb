import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from codigo import archivos
from codigo.archivos import (
    cargar_arreglos,
    guardar_arreglos,
    recordar,
    recordar_varios,
)
from tests.conftest import RAIZ

llamadas = []


def contar(base, *, exponente):
    llamadas.append((base, exponente))
    return {"potencia": np.array(float(base) ** exponente)}


@pytest.fixture(autouse=True)
def memoria_propia(tmp_path, monkeypatch):
    monkeypatch.setattr(archivos, "MEMORIA", tmp_path / "memoria")
    llamadas.clear()


def test_recordar_calcula_una_sola_vez():
    for _ in range(3):
        assert recordar(contar, 3, exponente=2)["potencia"] == 9
    assert llamadas == [(3, 2)]


def elevar(base, *, exponente):
    with open("llamadas.txt", "a") as archivo:
        archivo.write(f"{exponente}\n")
    return {"potencia": np.array(float(base) ** exponente)}


def test_varios_se_calculan_una_vez_y_en_su_orden(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(archivos, "MEMORIA", Path(".cache/entrenamientos"))
    pedidos = [{"exponente": n} for n in (3, 1, 2, 3)]
    for _ in range(2):
        hechos = recordar_varios(elevar, 2, pedidos=pedidos)
        assert [float(h["potencia"]) for h in hechos] == [8, 2, 4, 8]
    hechas = Path("llamadas.txt").read_text().split()
    assert sorted(hechas) == (["1", "2", "3"] if archivos.fcntl else sorted(hechas))


def test_si_matan_a_quien_reparte_sus_ayudantes_mueren(tmp_path):
    guion = tmp_path / "reparte.py"
    guion.write_text(
        "import os, sys, time\n"
        "def dormir(n):\n"
        "    open(f'pid-{n}', 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    from codigo.archivos import recordar_varios\n"
        "    from reparte import dormir\n"
        "    recordar_varios(dormir, pedidos=[{'n': 1}, {'n': 2}])\n",
        "utf-8",
    )
    entorno = {**os.environ, "PYTHONPATH": f"{RAIZ}:{tmp_path}"}
    reparte = subprocess.Popen([sys.executable, guion], cwd=tmp_path, env=entorno)
    while (
        len(pids := [p.read_text() for p in tmp_path.glob("pid-*")]) < 1 or "" in pids
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
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_pedir_otra_cosa_vuelve_a_calcular():
    recordar(contar, 3, exponente=2)
    recordar(contar, 3, exponente=3)
    recordar(contar, 2, exponente=3)
    assert len(llamadas) == 3


def test_cambiar_el_codigo_vuelve_a_calcular(monkeypatch):
    recordar(contar, 3, exponente=2)
    monkeypatch.setattr(archivos, "huella", lambda *_: ["otro código"])
    recordar(contar, 3, exponente=2)
    assert len(llamadas) == 2


def test_la_huella_es_la_de_lo_que_se_usa(tmp_path, monkeypatch):
    (tmp_path / "rnn.py").write_text("from codigo.numeros import tanh")
    (tmp_path / "numeros.py").write_text("from codigo import datos")
    (tmp_path / "datos.py").write_text("import codigo.rnn")
    (tmp_path / "tablas.py").write_text("uno")
    monkeypatch.setattr(archivos, "__file__", str(tmp_path / "archivos.py"))

    def huellas():
        return [archivos.huella(m) for m in ("codigo.rnn", "tests.otra", "")]

    antes = huellas()
    (tmp_path / "tablas.py").write_text("dos")
    al_cambiar_lo_ajeno = huellas()
    assert al_cambiar_lo_ajeno[0] == antes[0]
    assert al_cambiar_lo_ajeno[1] != antes[1]
    assert al_cambiar_lo_ajeno[2] != antes[2]
    (tmp_path / "datos.py").write_text("import codigo.rnn, math")
    assert huellas()[0] != antes[0]


def test_la_huella_incluye_el_modelo_que_se_pide(tmp_path, monkeypatch):
    for nombre in ("ciclo", "rnn", "gru"):
        (tmp_path / f"{nombre}.py").write_text("uno")
    monkeypatch.setattr(archivos, "__file__", str(tmp_path / "archivos.py"))

    def huellas():
        return [archivos.huella("codigo.ciclo", m) for m in ("gru", "rnn", "None")]

    antes = huellas()
    (tmp_path / "gru.py").write_text("dos")
    assert [una == otra for una, otra in zip(antes, huellas())] == [False, True, True]


def test_los_arreglos_van_y_vuelven(tmp_path):
    arreglos = {"a": np.arange(6.0).reshape(2, 3), "ñ": np.array(["uno", "dos"])}
    guardar_arreglos(tmp_path / "x" / "y.npz", arreglos)
    leidos = cargar_arreglos(tmp_path / "x" / "y.npz")
    assert set(leidos) == {"a", "ñ"}
    assert (leidos["a"] == arreglos["a"]).all()
    assert (leidos["ñ"] == arreglos["ñ"]).all()


def test_lo_que_no_se_puede_guardar_no_deja_rastro(tmp_path):
    ruta = tmp_path / "x.npz"
    guardar_arreglos(ruta, {"a": np.ones(2)})
    with pytest.raises(ValueError, match="allow_pickle"):
        guardar_arreglos(ruta, {"a": np.array([object()])})
    assert [r.name for r in tmp_path.iterdir()] == ["x.npz"]
    assert (cargar_arreglos(ruta)["a"] == 1).all()


def test_no_se_abre_un_pickle(tmp_path):
    with (tmp_path / "x.npz").open("wb") as archivo:
        np.savez(archivo, a=np.array([{"peligro": 1}], dtype=object))
    with pytest.raises(ValueError, match="dañado"):
        cargar_arreglos(tmp_path / "x.npz")


@pytest.mark.parametrize("contenido", [b"", b"hola", b"\x93NUMPY"])
def test_un_archivo_danado_es_un_error_claro(tmp_path, contenido):
    (tmp_path / "x.npz").write_bytes(contenido)
    with pytest.raises(ValueError, match="está dañado"):
        cargar_arreglos(tmp_path / "x.npz")
