"""Las letras del libro: completas, ligeras y usadas por las páginas."""

import re

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from documentacion.letras import FAMILIAS, LETRAS, cursivas, usados
from imprenta.indice import leer_libro
from tests.conftest import RAIZ

pytestmark = pytest.mark.libro
CARAS = re.findall(
    r"@font-face \{.*?url\(letras/(\S+?)\.woff2\).*?\}",
    (LETRAS.parent / "libro.css").read_text(encoding="utf-8"),
)


@pytest.fixture(scope="module")
def usos(sitio):
    return usados(sitio)


def caracteres(nombre: str) -> set[str]:
    return set(map(chr, TTFont(LETRAS / f"{nombre}.ttf").getBestCmap()))


@pytest.mark.parametrize("familia", FAMILIAS)
def test_todo_caracter_de_las_paginas_esta_en_la_letra_que_le_toca(usos, familia):
    uso, _, cortes = FAMILIAS[familia]
    for corte in cortes:
        tiene = caracteres(familia + corte) | caracteres("STIXTwoMath")
        faltan = "".join(sorted(usos[uso] - tiene))
        assert not faltan, f"a {familia}{corte} le falta «{faltan}»: rehaz las letras"


def test_las_formulas_tienen_sus_letras_y_como_crecer():
    assert cursivas() - {chr(0x1D455)} <= caracteres("STIXTwoMath")
    letra = TTFont(LETRAS / "STIXTwoMath.ttf")
    assert {"parenleft", "radical"} <= set(
        letra["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
    )


def test_las_letras_pesan_poco_se_declaran_y_traen_su_licencia():
    ligeras = {ruta.stem: ruta for ruta in LETRAS.glob("*.woff2")}
    assert set(ligeras) == set(CARAS) == {ruta.stem for ruta in LETRAS.glob("*.ttf")}
    assert sum(ruta.stat().st_size for ruta in ligeras.values()) < 180_000
    licencia = (LETRAS / "LICENCIA.txt").read_text(encoding="utf-8")
    assert licencia.count("SIL OPEN FONT LICENSE Version 1.1") == len(FAMILIAS)
    assert "Reserved Font Name '" not in licencia  # un recorte no podría llamarse así


@pytest.mark.parametrize("entrada", leer_libro(RAIZ).entradas, ids=lambda e: e.ruta)
def test_la_politica_deja_cargar_las_letras(sitio, entrada):
    texto, _, _ = (sitio / entrada.pagina).read_text("utf-8").partition("</head>")
    metas = BeautifulSoup(texto, "html.parser").select("meta[http-equiv]")
    dice = " ".join(str(meta["content"]) for meta in metas)
    assert re.search(r"font-src 'self'|default-src 'self'", dice)
