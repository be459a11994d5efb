"""La prueba ciega: que se conteste con el teclado y que califique lo que se contestó."""

import json

import pytest

from tests.navegador.conftest import abrir
from tests.navegador.test_paginas import DEL_COLOR, NORMAS, faltas

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

CAPITULO = "libro/12-alumna.html"


@pytest.fixture
def hoja(contexto, sitio):
    abierta = abrir(contexto, sitio, CAPITULO)
    abierta.de_ancho(390)
    yield abierta
    assert abierta.consola == [] and abierta.fuera == []


def contestar(hoja, que_decir):
    """Contesta todo con el teclado; ``que_decir`` recibe el nombre y si existe."""
    caja = hoja.page.locator(".ciega")
    dato = json.loads(hoja.page.locator("#ciega").text_content())
    existen = {nombre for nombre, _ in dato["existen"]}
    vistos = []
    for va in range(1, 31):
        cuenta, nombre = caja.get_by_role("status").inner_text().split("\n\n")
        assert cuenta == f"{va} de 30"
        vistos.append(nombre)
        dice = "Existe" if que_decir(nombre, nombre in existen) else "Inventado"
        caja.get_by_role("button", name=dice).focus()
        hoja.page.keyboard.press("Enter")
    return caja, vistos, dato


# La binomial de 30 volados da, para 30, 23 y 15 aciertos o más: 9e-10, 0.0026 y 0.572.
@pytest.mark.parametrize(
    ("cuantos", "veces"),
    [(0, "menos de una de cada mil"), (7, " 3 de cada mil"), (15, " 57 de cada cien")],
)
def test_califica_y_nombra_los_fallos(hoja, cuantos, veces):
    engana = json.loads(hoja.page.locator("#ciega").text_content())["inventados"]
    enganan = {nombre for nombre, _ in engana[:cuantos]}
    caja, vistos, dato = contestar(hoja, lambda nombre, si: si or nombre in enganan)
    assert sorted(vistos) == sorted(n for n, _ in dato["existen"] + dato["inventados"])
    nota = caja.locator("p").first
    assert f"Acertaste {30 - cuantos} de 30." in nota.inner_text()
    assert f"{veces} veces." in nota.inner_text()
    assert nota.evaluate("e => e === document.activeElement")
    assert set(caja.locator("li .nombre").all_inner_texts()) == enganan
    for tema, cuales in (("light", NORMAS), ("dark", DEL_COLOR)):
        hoja.page.emulate_media(color_scheme=tema)
        assert faltas(hoja, cuales, donde=".ciega") == []


def test_dice_que_municipios_se_negaron_y_donde_estan(hoja):
    caja, _, dato = contestar(hoja, lambda nombre, si: False)
    assert "Acertaste 15 de 30." in caja.inner_text()
    assert caja.locator("li .nombre.real").count() == 15
    assert all(estado in caja.inner_text() for _, estado in dato["existen"])


def test_no_tiene_faltas_y_cabe_en_un_telefono(hoja):
    assert faltas(hoja, donde=".ciega") == []
    assert hoja.page.evaluate("document.documentElement.scrollWidth") <= 390
    for boton in hoja.page.locator(".ciega button").all():
        assert boton.bounding_box()["height"] >= 40


def test_cada_visita_baraja_y_sin_javascript_queda_la_tabla(
    contexto, sin_guiones, sitio
):
    primeros = set()
    for _ in range(4):
        pagina = abrir(contexto, sitio, CAPITULO).page
        primeros.add(pagina.locator(".ciega").get_by_role("status").inner_text())
    assert len(primeros) > 1
    caja = abrir(sin_guiones, sitio, CAPITULO).page.locator(".ciega")
    assert caja.locator("table").first.locator("td").count() == 60
    assert caja.get_by_text("Solución").is_visible()
    assert not caja.locator("table").nth(1).is_visible()
