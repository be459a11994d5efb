"""La paleta: un color se cambia en ``libro.css`` y cambia en todas partes."""

import shutil

import pytest

from codigo.taller import dibujo
from imprenta.paleta import COLOR, COPIAS, PALETA, pintar
from tests.conftest import RAIZ

COLORES = {n: par for n, *par in COLOR.findall((RAIZ / PALETA).read_text("utf-8"))}


@pytest.fixture
def copia(tmp_path):
    for ruta in (PALETA, *COPIAS):
        (tmp_path / ruta).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(RAIZ / ruta, tmp_path / ruta)
    return tmp_path


def test_los_colores_estan_al_dia_en_todas_partes(copia):
    assert pintar(copia) == [], "corre «make formato»"
    for nombre in ("OCRE", "ANIL", "JADE", "GRANA", "JACARANDA", "TURQUESA", "TINTA"):
        assert getattr(dibujo, nombre) == COLORES[nombre.lower()][0]


def test_un_color_que_cambia_en_la_paleta_cambia_en_todas_partes(copia):
    nuevos = {"#9a1b38": "#0a0b0c", "#f29aa4": "#d0e0f0", "#1d5c8c": "#00ff00"}
    ruta = copia / PALETA
    texto = ruta.read_text(encoding="utf-8")
    for viejo, nuevo in nuevos.items():
        texto = texto.replace(viejo, nuevo)
    ruta.write_text(texto, encoding="utf-8")
    assert set(pintar(copia)) == set(COPIAS)
    for ruta in COPIAS:
        for viejo in nuevos:
            assert viejo[1:] not in (copia / ruta).read_text(encoding="utf-8"), ruta
    assert pintar(copia) == []


def _luz(color: str) -> float:
    canales = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lineal = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canales
    ]
    return 0.2126 * lineal[0] + 0.7152 * lineal[1] + 0.0722 * lineal[2]


@pytest.mark.parametrize("cual", [0, 1])
@pytest.mark.parametrize("tinta", ["tinta", "tenue", "grana", "anil", "jade", "ocre"])
def test_el_codigo_se_distingue_de_su_fondo(tinta, cual):
    claro, oscuro = sorted(
        (_luz(COLORES[nombre][cual]) for nombre in (tinta, "fondo")), reverse=True
    )
    assert (claro + 0.05) / (oscuro + 0.05) >= 4.5
