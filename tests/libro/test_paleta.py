"""Los colores de las figuras: que se distingan sin el rojo o el verde, y se vean en los dos temas."""

import re
from itertools import combinations

import numpy as np
import pytest

from tests.conftest import RAIZ

HOJA = (RAIZ / "libro/recursos/libro.css").read_text("utf-8")
PARES = dict(re.findall(r"--(\w+): light-dark\((#\w{6}, #\w{6})\)", HOJA))
ESTILO = (RAIZ / "libro/recursos/libro.mplstyle").read_text("utf-8")
CICLO = [f"#{c}" for c in re.findall(r"'(\w{6})'", ESTILO)]
CELDAS = {
    ruta.stem: "".join(re.findall(r"^```\{python\}.*?^```", texto, re.M | re.S))
    for ruta in sorted((RAIZ / "libro").glob("*.qmd"))
    if (texto := ruta.read_text("utf-8"))
}
# Lo que ve quien no tiene conos para el verde o para el rojo (Machado, Oliveira y Fernandes, 2009),
# en RGB lineal; y de RGB lineal a XYZ.
CEGUERAS = {
    "deuteranopía": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopía": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
XYZ = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]


def rgb(color):
    return np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def lineal(color):
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def de_noche(color):
    """Lo que hace con una figura el ``--filtro`` del tema oscuro: invertir y girar el tono."""
    gris = np.array([[0.213, 0.715, 0.072]] * 3)
    return np.clip((2 * gris - np.eye(3)) @ (0.92 - 0.84 * color), 0, 1)


def lab(luz):
    t = np.array(XYZ) @ np.clip(luz, 0, 1) / [0.9505, 1, 1.0888]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contraste(uno, otro):
    claro, oscuro = sorted((lineal(c) @ XYZ[1] for c in (uno, otro)), reverse=True)
    return (claro + 0.05) / (oscuro + 0.05)


@pytest.mark.parametrize("ceguera", CEGUERAS)
@pytest.mark.parametrize("tema", [np.asarray, de_noche])
def test_dos_colores_de_una_figura_no_se_confunden(ceguera, tema):
    for uno, otro in combinations(CICLO, 2):
        vistos = [lab(CEGUERAS[ceguera] @ lineal(tema(rgb(c)))) for c in (uno, otro)]
        assert np.hypot.reduce(vistos[0] - vistos[1]) > 15, (uno, otro)


@pytest.mark.parametrize("capitulo", CELDAS)
def test_las_celdas_pintan_con_la_paleta_o_con_grises_y_nada_se_aclara(capitulo):
    celdas = CELDAS[capitulo]
    for color in re.findall(r'"(#\w{6})\w{0,2}"', celdas):
        assert color in CICLO or len({*re.findall("..", color[1:])}) == 1, color
        assert contraste(rgb(color), rgb(PARES["papel"])) >= 3, color
        de_noche_ = de_noche(rgb(color)), rgb(PARES["papel"][-7:])
        assert contraste(*de_noche_) >= 3, color
    assert "alpha=" not in celdas


@pytest.mark.parametrize(
    "nombre",
    sorted(PARES.keys() - {"papel", "fondo", "linea", "marca", "positivo", "negativo"}),
)
@pytest.mark.parametrize("fondo", ["papel", "fondo"])
def test_los_colores_de_la_pagina_se_ven_en_los_dos_temas(nombre, fondo):
    for color, atras in zip(PARES[nombre].split(", "), PARES[fondo].split(", ")):
        assert contraste(rgb(color), rgb(atras)) >= 3
