"""Guardar y leer arreglos: completos o nada, y con desconfianza."""

import numpy as np
import pytest

from codigo.taller.archivos import cargar_arreglos, guardar_arreglos


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
