"""La comparación byte por byte ve lo que cambia, lo que falta y lo que sobra."""

import shutil

import pytest

from imprenta.errores import ErrorDelLibro
from imprenta.sitio import comparar


@pytest.fixture
def arboles(tmp_path):
    uno, otro = tmp_path / "uno", tmp_path / "otro"
    (uno / "libro").mkdir(parents=True)
    (uno / "index.html").write_text("<h1>Uno</h1>", "utf-8")
    (uno / "libro/02.html").write_text("<h1>Dos</h1>", "utf-8")
    shutil.copytree(uno, otro)
    return uno, otro


def test_dos_arboles_iguales_se_cuentan(arboles):
    assert comparar(*arboles) == 2


@pytest.mark.parametrize("cual", [0, 1])
def test_un_byte_o_un_archivo_de_mas_se_nota_en_cualquiera(arboles, cual):
    (arboles[cual] / "libro/02.html").write_text("<h1>DoS</h1>", "utf-8")
    (arboles[cual] / "libro/03.html").touch()
    with pytest.raises(
        ErrorDelLibro, match=r"^2 archivos .*: libro/02.html, libro/03.html"
    ):
        comparar(*arboles)
