"""Guardar y leer arreglos: completos o nada, y con desconfianza."""

import os

import numpy as np
import pytest

from codigo.taller.archivos import cargar_arreglos, guardar_arreglos
from codigo.taller.tablas import escribir_filas


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


DE_POSIX = pytest.mark.skipif(os.name == "nt", reason="hay enlaces y tubos en POSIX")
ESCRITORES = {
    "arreglos": lambda ruta: guardar_arreglos(ruta, {"a": np.ones(2)}),
    "filas": lambda ruta: escribir_filas(ruta, [{"a": 1}]),
}


@DE_POSIX
@pytest.mark.parametrize("escribir", ESCRITORES.values(), ids=ESCRITORES)
def test_se_sigue_el_enlace_y_se_conservan_los_permisos(escribir, tmp_path):
    otra = tmp_path / "otra"
    otra.mkdir()
    (otra / "x").write_text("antes", "utf-8")
    (otra / "x").chmod(0o600)
    (tmp_path / "enlace").symlink_to(otra / "x")
    (tmp_path / "colgado").symlink_to(otra / "nuevo")
    for nombre in ("enlace", "colgado"):
        escribir(tmp_path / nombre)
        assert (tmp_path / nombre).is_symlink()
    assert (otra / "x").read_bytes() == (otra / "nuevo").read_bytes() != b"antes"
    assert (otra / "x").stat().st_mode & 0o777 == 0o600
    assert sorted(ruta.name for ruta in otra.iterdir()) == ["nuevo", "x"]


@DE_POSIX
@pytest.mark.parametrize("escribir", ESCRITORES.values(), ids=ESCRITORES)
def test_no_se_escribe_encima_de_lo_que_no_es_un_archivo(escribir, tmp_path):
    os.mkfifo(tmp_path / "tubo")
    (tmp_path / "carpeta").mkdir()
    for nombre in ("tubo", "carpeta"):
        with pytest.raises(ValueError, match=f"{nombre} no es un archivo"):
            escribir(tmp_path / nombre)
    assert (tmp_path / "tubo").is_fifo() and len(list(tmp_path.iterdir())) == 2


@DE_POSIX
def test_un_modelo_no_se_lee_de_un_tubo():
    lee, escribe = os.pipe()
    os.close(escribe)
    with open(lee, "rb"), pytest.raises(ValueError, match="no es un archivo"):
        cargar_arreglos(f"/dev/fd/{lee}")
