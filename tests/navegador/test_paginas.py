"""El libro en un navegador de verdad, abierto desde el disco y sin red."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from imprenta.indice import leer_libro
from tests.conftest import RAIZ

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

PAGINAS = [entrada.pagina for entrada in leer_libro(RAIZ).entradas]
ANCHOS = {"teléfono": 360, "escritorio": 1280}
BANDERAS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ),
]


def buscar_navegador() -> str | None:
    nombres = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("NAVEGADOR") or next(
        filter(None, map(shutil.which, nombres)), None
    )


@pytest.fixture(scope="module")
def navegador() -> Iterator[Browser]:
    ruta = buscar_navegador()
    if ruta is None:
        assert not os.environ.get("CI"), "en CI debe haber un Chromium"
        pytest.skip("no hay un Chromium en esta máquina (NAVEGADOR=ruta indica cuál)")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=ruta, args=BANDERAS) as abierto,
    ):
        yield abierto


@pytest.fixture(params=ANCHOS, scope="module")
def contexto(
    navegador: Browser, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    tamano = {"width": ANCHOS[request.param], "height": 800}
    abierto = navegador.new_context(viewport=tamano, offline=True)
    yield abierto
    abierto.close()


def abrir(
    contexto: BrowserContext, sitio: Path, pagina: str
) -> tuple[Page, list[str], list[str]]:
    """La página, lo que dijo la consola y lo que pidió fuera del disco."""
    hoja = contexto.new_page()
    consola: list[str] = []
    pedidos: list[str] = []
    hoja.on("console", lambda mensaje: consola.append(mensaje.text))
    hoja.on("pageerror", lambda error: consola.append(str(error)))
    hoja.on("requestfailed", lambda pedido: consola.append(f"falló {pedido.url}"))
    hoja.on("request", lambda pedido: pedidos.append(pedido.url))
    hoja.goto((sitio / pagina).as_uri(), wait_until="load")
    return (
        hoja,
        consola,
        [url for url in pedidos if not url.startswith(("file:", "data:"))],
    )


@pytest.fixture
def es_pandoc(sitio: Path) -> bool:
    return (sitio / "libro/recursos/indice-busqueda.js").is_file()


@pytest.mark.parametrize("pagina", PAGINAS)
def test_la_pagina_abre_limpia_y_cabe(contexto, sitio, pagina, es_pandoc):
    hoja, consola, fuera = abrir(contexto, sitio, pagina)
    assert fuera == []
    if (
        es_pandoc
    ):  # los guiones de Quarto son módulos, que un navegador no carga del disco
        assert consola == []
    ancho = hoja.evaluate("document.documentElement.scrollWidth")
    assert ancho <= hoja.viewport_size["width"]
    assert hoja.locator("h1").count() >= 1
    rotas = hoja.evaluate(
        "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
    )
    assert rotas == []
    hoja.close()


def test_las_anclas_internas_existen(contexto, sitio):
    for pagina in PAGINAS:
        hoja, _, _ = abrir(contexto, sitio, pagina)
        perdidas = hoja.evaluate(
            """[...document.querySelectorAll('main a[href^="#"]')]
               .map(a => a.getAttribute('href').slice(1))
               .filter(id => id && !document.getElementById(decodeURIComponent(id)))"""
        )
        assert perdidas == [], pagina
        hoja.close()


def test_el_tema_cambia_y_se_recuerda(contexto, sitio, es_pandoc):
    if not es_pandoc:
        return
    hoja, _, _ = abrir(contexto, sitio, PAGINAS[1])
    fondo = "getComputedStyle(document.body).backgroundColor"
    antes = hoja.evaluate(fondo)
    hoja.get_by_role("button", name="tema").first.click()
    despues = hoja.evaluate(fondo)
    assert antes != despues
    hoja.reload()
    assert hoja.evaluate(fondo) == despues
    hoja.evaluate("localStorage.clear()")
    hoja.close()


def test_la_busqueda_encuentra_sin_acentos(navegador, sitio, es_pandoc):
    if not es_pandoc:
        return
    contexto = navegador.new_context(
        viewport={"width": 1280, "height": 800}, offline=True
    )
    hoja, consola, _ = abrir(contexto, sitio, "libro/02-rnn.html")
    hoja.keyboard.press("/")
    hoja.keyboard.type("nahuatl maya")
    opcion = hoja.get_by_role("option").first
    opcion.wait_for()
    assert "Cuántas lenguas hay en la lista" in opcion.inner_text()
    hoja.keyboard.press("ArrowDown")
    hoja.keyboard.press("Enter")
    hoja.wait_for_url("**/01-municipios.html#sec-lenguas")
    assert consola == []
    contexto.close()


def test_sin_javascript_se_lee_todo(navegador, sitio):
    contexto = navegador.new_context(java_script_enabled=False, offline=True)
    hoja, _, _ = abrir(contexto, sitio, "libro/01-municipios.html")
    assert hoja.get_by_text("Qué tan sorprendido queda un modelo").last.is_visible()
    assert hoja.locator("nav a[href*='02-rnn.html']").first.is_visible()
    contexto.close()
