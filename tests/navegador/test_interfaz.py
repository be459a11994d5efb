"""Lo que el lector maneja: tema, búsqueda, índice, definiciones, anclas e impresión."""

import re

import pytest
from playwright.sync_api import expect

from tests.navegador.conftest import abrir
from tests.navegador.test_paginas import faltas

pytestmark = [
    pytest.mark.libro,
    pytest.mark.navegador,
    pytest.mark.usefixtures("solo_pandoc"),
]

FONDO = "getComputedStyle(document.body).backgroundColor"
CAPITULO = "libro/03-gradiente.html"


def test_el_tema_cambia_y_se_recuerda(navegador, sitio):
    with navegador.new_context(offline=True) as contexto:
        pagina = abrir(contexto, sitio, CAPITULO).page
        antes = pagina.evaluate(FONDO)
        pagina.get_by_role("button", name="Cambiar a tema oscuro").click()
        despues = pagina.evaluate(FONDO)
        assert antes != despues
        recargas = (pagina.reload() and pagina.evaluate(FONDO) for _ in range(20))
        assert despues in recargas  # el navegador lo guarda a su tiempo
        pagina.get_by_role("button", name="Cambiar a tema claro").click()
        assert pagina.evaluate(FONDO) == antes


@pytest.fixture(scope="module")
def en_busca(navegador, sitio):
    """Una página con el índice ya armado, donde solo se escribe en el cuadro."""
    with navegador.new_context(offline=True) as contexto:
        hoja = abrir(contexto, sitio, CAPITULO)
        hoja.page.keyboard.press("Control+k")
        yield hoja


@pytest.mark.parametrize(
    ("consulta", "nombre", "rotulo", "destino"),
    [
        (
            "nahuatl maya",
            "Las lenguas de la lista",
            "sección",
            "01-municipios.html#sec-lenguas",
        ),
        (
            "recortar_norma",
            "recortar_norma",
            "función · codigo/optimizadores.py",
            "08-entrenar.html#trozo-codigo-optimizadores-py--recortar_norma",
        ),
        (
            "leer el lote hacia adelante",
            "leer el lote hacia adelante",
            "trozo · codigo/rnn.py",
            "02-rnn.html#trozo-leer-el-lote-hacia-adelante",
        ),
        (
            "vocabulario",
            "vocabulario",
            "término",
            "glosario.html#termino-vocabulario",
        ),
        (
            "2.20",
            "RNN",
            "clase · codigo/rnn.py",
            "02-rnn.html#trozo-codigo-rnn-py--rnn",
        ),
        ("codigo/lstm.py", "codigo/lstm.py", "archivo", "codigo/lstm.py.html#r1"),
        ("sobreajuste", "sobreaprendizaje", "término", "#termino-sobreaprendizaje"),
        ("epoca", "época", "término", "#termino-epoca"),
        ("perplejidad", "sorpresa", "término", "#termino-sorpresa"),
        ("embeddings", "vector de ceros", "término", "#termino-vector-de-ceros"),
        ("REDES RECURRENTES", "red recurrente", "término", "#termino-red-recurrente"),
        ("temperatvra", "temperatura", "término", "#termino-temperatura"),
        ("¿cómo se copia?", "Copiar", "sección", "11-inventados.html#"),
        ("por qué tanh", "tangente hiperbólica", "término", "#termino-tangente"),
        ("np.tanh", "tangente hiperbólica", "término", "#termino-tangente"),
        ("ñ", "Dar el paso", "sección", "02-rnn.html#sec-adagrad"),
    ],
)
def test_la_busqueda_halla_y_dice_que_es(en_busca, consulta, nombre, rotulo, destino):
    en_busca.page.get_by_role("combobox").fill(consulta)
    opcion = en_busca.page.get_by_role("option").first
    expect(opcion).to_have_attribute("href", re.compile(re.escape(destino)))
    assert nombre in opcion.locator("strong").inner_text()
    assert opcion.locator("small").inner_text().startswith(rotulo)
    assert en_busca.consola == []


def test_de_la_busqueda_se_llega_con_el_teclado_a_lo_hallado(contexto, sitio):
    hoja = abrir(contexto, sitio, CAPITULO)
    pagina = hoja.page
    pagina.keyboard.press("Control+k")
    pagina.keyboard.type("nahuatl maya")
    pagina.get_by_role("option").first.wait_for()
    pagina.keyboard.press("ArrowDown")
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/01-municipios.html#sec-lenguas")
    assert pagina.evaluate("document.querySelector(':target') !== null")
    assert hoja.consola == []


def test_la_busqueda_dice_cuantos_son_y_los_ensena_todos(contexto, sitio):
    hoja = abrir(contexto, sitio, CAPITULO)
    pagina, opciones = hoja.page, hoja.page.get_by_role("option")
    pagina.keyboard.press("Control+k")
    pagina.keyboard.type("ñ")
    opciones.first.wait_for()
    assert opciones.count() < 10  # la ñ no es una n
    pagina.keyboard.press("Backspace")
    pagina.keyboard.type("gradiente")
    todos = pagina.get_by_role("button", name="Ver los")
    total = int(todos.inner_text().split()[-1])
    assert opciones.count() == 12 < total
    pagina.keyboard.press("Tab")
    pagina.keyboard.press("Enter")
    assert opciones.count() == total and not todos.is_visible()
    assert not any("\\" in texto for texto in opciones.all_inner_texts())
    assert faltas(hoja, donde=".barra") == [] and hoja.consola == []


def test_una_tecla_sola_no_mueve_el_foco_y_el_atajo_esta_dicho(contexto, sitio):
    pagina = abrir(contexto, sitio, CAPITULO).page
    for tecla in ("/", "k", "s"):
        pagina.keyboard.press(tecla)
        assert pagina.evaluate("document.activeElement === document.body")
    campo = pagina.get_by_role("combobox", name="Buscar en el libro")
    assert campo.get_attribute("aria-keyshortcuts") == "Control+K Meta+K"
    assert "Ctrl K" in campo.get_attribute("placeholder")
    pagina.keyboard.press("Meta+k")
    assert campo.evaluate("campo => campo === document.activeElement")


def test_una_palabra_corta_no_se_parte(contexto, sitio):
    pagina = abrir(contexto, sitio, CAPITULO).page.locator(".pagina")
    letras = pagina.evaluate("e => getComputedStyle(e).hyphenateLimitChars")
    assert letras == "8 3 3"


def test_saltar_al_contenido_es_lo_primero_y_lleva_al_texto(contexto, sitio):
    pagina = abrir(contexto, sitio, CAPITULO).page
    pagina.keyboard.press("Tab")
    saltar = pagina.get_by_role("link", name="Saltar al contenido")
    assert saltar.evaluate("e => e === document.activeElement")
    assert saltar.bounding_box()["y"] >= 0
    pagina.keyboard.press("Enter")
    pagina.keyboard.press("Tab")
    assert pagina.evaluate("document.activeElement.closest('main') !== null")


def test_el_indice_del_telefono_se_abre_y_se_cierra_con_el_teclado(contexto, sitio):
    hoja = abrir(contexto, sitio, CAPITULO)
    hoja.de_ancho(360)
    pagina = hoja.page
    cerrado = "e => e.clientWidth - parseFloat(getComputedStyle(e).paddingLeft)"
    assert pagina.locator("#busqueda").evaluate(cerrado) <= 0  # sin letras sueltas
    indice = pagina.locator(".indice-libro")
    assert not indice.is_visible()
    boton = pagina.get_by_role("button", name="Índice del libro")
    boton.focus()
    pagina.keyboard.press("Enter")
    assert indice.is_visible()
    assert faltas(hoja) == []
    pagina.keyboard.press("Tab")
    assert pagina.evaluate("document.activeElement.closest('#lateral') !== null")
    pagina.keyboard.press("Escape")
    assert not indice.is_visible()
    assert boton.evaluate("e => e === document.activeElement")


def test_la_definicion_se_asoma_con_el_raton_y_el_teclado_y_se_cierra(contexto, sitio):
    hoja = abrir(contexto, sitio, CAPITULO)
    pagina = hoja.page
    marca = pagina.locator("a.termino").first
    globo = pagina.locator(f"#{marca.get_attribute('aria-describedby')}")
    assert not globo.is_visible()
    marca.hover()
    assert globo.is_visible()
    assert faltas(hoja) == []
    caja, palabra = globo.bounding_box(), marca.bounding_box()
    assert abs(caja["x"] - palabra["x"]) < 40 and caja["y"] > palabra["y"]
    pagina.mouse.move(palabra["x"] + 5, caja["y"] + 20, steps=8)  # del enlace al globo
    assert globo.is_visible()
    pagina.keyboard.press("Escape")
    assert not globo.is_visible()
    pagina.mouse.move(2, 2)
    marca.hover()
    assert globo.is_visible()
    pagina.mouse.move(2, 2)
    assert not globo.is_visible()
    pagina.locator("a.termino").nth(1).focus()
    pagina.keyboard.press("Shift+Tab")
    assert globo.is_visible()
    pagina.keyboard.press("Escape")
    assert not globo.is_visible()
    assert marca.evaluate("e => e === document.activeElement")
    pagina.keyboard.press("Enter")
    pagina.wait_for_url("**/glosario.html#termino-gradiente")


def test_con_el_dedo_el_primer_toque_define_y_el_segundo_lleva(navegador, sitio):
    contexto = navegador.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, offline=True
    )
    pagina = abrir(contexto, sitio, CAPITULO).page
    marca = pagina.locator("a.termino").first
    globo = pagina.locator(f"#{marca.get_attribute('aria-describedby')}")
    marca.tap()
    assert globo.is_visible()
    pagina.locator("h1").tap()
    assert not globo.is_visible()
    marca.tap()
    assert pagina.url.endswith(CAPITULO)
    marca.tap()
    pagina.wait_for_url("**/glosario.html#termino-gradiente")
    contexto.close()


def test_sin_javascript_la_definicion_tambien_se_asoma(sin_guiones, sitio):
    pagina = abrir(sin_guiones, sitio, CAPITULO).page
    marca = pagina.locator("a.termino").first
    marca.hover()
    assert pagina.locator(".globo").first.is_visible()
    marca.click()
    pagina.wait_for_url("**/glosario.html#termino-gradiente")


@pytest.mark.parametrize("ancho", [360, 1280])
def test_una_pagina_abierta_en_su_ancla_queda_bajo_la_barra(contexto, sitio, ancho):
    hoja = abrir(contexto, sitio, "index.html")
    hoja.de_ancho(ancho)
    hoja.page.goto(f"{sitio.as_uri()}/libro/02-rnn.html#sec-lote")
    lugares = """['.barra', '#sec-lote'].map(s => document.querySelector(s).getBoundingClientRect())
        .flatMap(({top, bottom}) => [top, bottom])"""
    arriba, abajo, titulo, _ = hoja.page.evaluate(lugares)
    assert arriba == 0
    assert abajo <= titulo < abajo + 40


def test_impresa_queda_solo_la_lectura(contexto, sitio):
    pagina = abrir(contexto, sitio, CAPITULO).page
    marca = pagina.locator("a.termino").first
    marca.hover()
    pagina.emulate_media(media="print", color_scheme="dark")
    for selector in (".barra", ".lateral", ".vecinos", ".copiar", ".globo"):
        assert not pagina.locator(selector).first.is_visible(), selector
    assert pagina.locator("main h1").is_visible()
    colores = marca.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e.closest('p')).color]"
    )
    assert colores[0] == colores[1]
    assert pagina.evaluate(FONDO) == "rgb(255, 255, 255)"


def test_lo_que_no_cambia_de_un_trozo_parecido_va_en_gris(contexto, sitio):
    hoja = abrir(contexto, sitio, "libro/07-lstm.html").page
    renglones = hoja.locator("#trozo-un-paso-con-compuertas pre code > span")
    colores = renglones.evaluate_all(
        "todos => todos.map(r => getComputedStyle(r).color)"
    )
    textos = renglones.all_inner_texts()
    sabido, nuevo = (
        colores[next(i for i, texto in enumerate(textos) if texto.startswith(t))]
        for t in ("def paso(", "    c = f * c")
    )
    assert sabido != nuevo
    assert colores.count(sabido) == 4


@pytest.mark.parametrize(
    ("desde", "hasta", "dice"),
    [
        ("libro/07-lstm.html", "#eq-celda", "("),
        ("libro/07-lstm.html", "#trozo-un-paso-con-compuertas", "def paso("),
        ("libro/07-lstm.html", "02-rnn.html#trozo-", "≡"),
        ("libro/12-alumna.html", "11-inventados.html#tbl-prueba", "unigrama"),
    ],
)
def test_al_detenerse_en_una_referencia_se_asoma(contexto, sitio, desde, hasta, dice):
    pagina = abrir(contexto, sitio, desde).page
    enlace = pagina.locator(f'main a[href*="{hasta}"]:visible').first
    vista = pagina.locator(".vista")
    enlace.hover()
    expect(vista).to_be_visible()
    expect(vista).to_contain_text(dice)
    assert enlace.get_attribute("aria-describedby") == "vista"
    pagina.keyboard.press("Escape")
    expect(vista).to_be_hidden()
