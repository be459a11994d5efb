import numpy as np
import pytest

from codigo import archivos
from codigo.archivos import cargar_arreglos, guardar_arreglos, recordar

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


def test_pedir_otra_cosa_vuelve_a_calcular():
    recordar(contar, 3, exponente=2)
    recordar(contar, 3, exponente=3)
    recordar(contar, 2, exponente=3)
    assert len(llamadas) == 3


def test_cambiar_el_codigo_vuelve_a_calcular(monkeypatch):
    recordar(contar, 3, exponente=2)
    monkeypatch.setattr(archivos, "_huella", lambda: ["otro código"])
    recordar(contar, 3, exponente=2)
    assert len(llamadas) == 2


def test_la_huella_incluye_todo_el_codigo(tmp_path, monkeypatch):
    (tmp_path / "archivos.py").write_text("")
    (tmp_path / "rnn.py").write_text("uno")
    monkeypatch.setattr(archivos, "__file__", str(tmp_path / "archivos.py"))
    antes = archivos._huella()
    (tmp_path / "rnn.py").write_text("dos")
    assert archivos._huella() != antes


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
