"""Por dentro y las curvas: que el mapa y la gráfica digan lo que calculó NumPy."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from playwright.sync_api import expect

from codigo.adentro import memoria
from codigo.corrida import entrenar_receta
from codigo.recetas import RECETAS
from codigo.taller.memoria import recordar
from codigo.veloz import LSTMVeloz, RNNVeloz
from tests.navegador.conftest import abrir

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

NOMBRE = "Villa de Xochitlán"


@pytest.fixture
def pagina(contexto, sitio):
    hoja = abrir(contexto, sitio, "libro/14-por-dentro.html")
    yield hoja.page
    assert hoja.consola == []


@pytest.mark.parametrize(
    ("tipo", "clase", "rotulo"),
    [("rnn", RNNVeloz, "Red simple"), ("lstm", LSTMVeloz, "LSTM")],
)
def test_el_mapa_es_lo_que_guarda_la_red(
    pagina, particion, vocabulario, tipo, clase, rotulo
):
    partes = (particion.entrenamiento, particion.validacion, vocabulario.simbolos[1:])
    receta = asdict(replace(RECETAS[tipo], semilla=11))
    red = clase.con(recordar(entrenar_receta, *partes, **receta))
    caja = pagina.locator(".adentro")
    caja.locator("select").select_option(label=rotulo)
    caja.get_by_label("Nombre", exact=True).fill(NOMBRE)
    caja.get_by_label("Unidad", exact=True).fill("7")
    expect(caja.get_by_role("status")).to_contain_text("Unidad 7 de")
    celdas = caja.locator("tbody tr").first.locator("td").all_inner_texts()
    vistos = [float(celda.replace("−", "-")) for celda in celdas]
    np.testing.assert_allclose(
        vistos, memoria(red, [NOMBRE], vocabulario)[:, 7], atol=0.08
    )
    filas = caja.locator("tbody th").all_inner_texts()
    assert len(filas) == (6 if tipo == "lstm" else 1)


def test_las_flechas_pasan_de_una_unidad_a_otra(pagina):
    caja = pagina.locator(".adentro")
    unidad = caja.get_by_label("Unidad", exact=True)
    unidad.fill("10")
    expect(caja.get_by_role("status")).to_contain_text("Unidad 10 de")
    antes = caja.locator("tbody").inner_text()
    unidad.press("ArrowUp")
    assert unidad.input_value() == "11"
    expect(caja.get_by_role("status")).to_contain_text("Unidad 11 de")
    assert caja.locator("tbody").inner_text() != antes
    unidad.fill("999")
    assert unidad.input_value() == "255"


def test_una_letra_desconocida_no_deja_el_mapa_de_otro_nombre(pagina):
    caja = pagina.locator(".adentro")
    caja.locator("tbody").wait_for()
    caja.get_by_label("Nombre", exact=True).fill("Ωmega")
    expect(caja.get_by_role("status")).to_have_text("Las redes no conocen «Ω».")
    assert caja.locator("tbody").count() == 0


def test_en_un_telefono_el_mapa_dice_que_sigue_y_los_nombres_se_aprietan(pagina):
    pagina.set_viewport_size({"width": 390, "height": 800})
    caja = pagina.locator(".adentro")
    caja.get_by_role("button", name="Mexicali").click()
    aviso = caja.get_by_role("status")
    expect(aviso).not_to_contain_text("son 28 letras")
    assert caja.get_by_label("Nombre", exact=True).input_value() == "Mexicali"
    caja.get_by_role("button", name="San Pedro y San Pablo").click()
    expect(aviso).to_contain_text("El mapa sigue a la derecha: son 28 letras.")


def test_un_boton_lleva_a_la_unidad_hallada(pagina):
    caja = pagina.locator(".adentro")
    boton = caja.get_by_role("button", name="sigue una vocal")
    boton.click()
    assert boton.get_attribute("aria-pressed") == "true"
    assert caja.locator("[aria-pressed=true]").count() == 1
    escogida = caja.get_by_label("Unidad", exact=True).input_value()
    halladas = pagina.evaluate("Taller.datos('halladas')")
    assert int(escogida) == dict(halladas["LSTM"])["sigue una vocal"]


def test_la_curva_contesta_con_el_cursor_y_con_las_flechas(contexto, sitio):
    hoja = abrir(contexto, sitio, "libro/10-afinar.html")
    curva = hoja.page.locator(".curva")
    cuadro = curva.get_by_role("slider")
    cuadro.focus()
    hoja.page.keyboard.press("Home")
    assert cuadro.get_attribute("aria-valuenow") == "1"
    hoja.page.keyboard.press("ArrowRight")
    curva.locator("summary").click()
    fila = curva.locator("tbody tr").nth(1).locator("td").all_inner_texts()
    assert cuadro.get_attribute("aria-valuenow") == fila[0]
    dicho = curva.locator(".curva-dice").inner_text()
    assert all(cifra in dicho for cifra in fila[1:4])
    assert fila[-1].split(" · ")[0] in dicho
    caja = cuadro.bounding_box()
    hoja.page.mouse.move(caja["x"] + 0.8 * caja["width"], caja["y"] + 50)
    assert int(cuadro.get_attribute("aria-valuenow")) > 30
    assert hoja.consola == []
