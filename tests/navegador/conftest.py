"""Un navegador por proceso, con dos ventanas: abrir otra cuesta más que abrir una página."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    expect,
    sync_playwright,
)

from codigo.taller.banco import buscar_navegador
from imprenta.indice import leer_libro
from tests.conftest import RAIZ

DEL_PROGRAMA = ["codigo/index.html", "codigo/lstm.py.html", "codigo/redes.js.html"]
PAGINAS = [*(e.pagina for e in leer_libro(RAIZ).entradas), *DEL_PROGRAMA]
BANDERAS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
BANDERAS += ["--disable-background-networking", "--disable-component-update"]
expect.set_options(timeout=60_000)  # una máquina ocupada tarda


@dataclass
class Hoja:
    """Una página abierta desde el disco, con lo que dijo la consola y lo que pidió."""

    nombre: str
    page: Page
    consola: list[str] = field(default_factory=list)
    pedidos: list[str] = field(default_factory=list)
    usada: bool = False  # quien reparte las pruebas puede dejar para el final las que la piden nueva

    def como_nueva(self) -> None:
        """La abre otra vez, si alguna prueba ya enfocó, abrió o quitó lo que trae."""
        if self.usada:
            self.consola.clear()
            self.pedidos.clear()
            self.page.emulate_media(color_scheme="light")
            self.page.reload(wait_until="load")
            self.usada = False

    def de_ancho(self, ancho: int) -> None:
        """Cambia el ancho de la ventana y espera a que la página se acomode."""
        self.page.set_viewport_size({"width": ancho, "height": 800})
        self.page.evaluate(
            "new Promise(listo => requestAnimationFrame(() => setTimeout(listo, 30)))"
        )

    @property
    def fuera(self) -> list[str]:
        """Lo que pidió fuera del disco."""
        return [u for u in self.pedidos if not u.startswith(("file:", "data:"))]


@pytest.fixture(scope="session")
def navegador() -> Iterator[Browser]:
    ruta = buscar_navegador()
    if ruta is None:
        assert not os.environ.get("CI"), "en CI debe haber un Chromium"
        pytest.skip(
            "las páginas no se probaron: no hay un Chromium (NAVEGADOR=ruta dice cuál)"
        )
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=ruta, args=BANDERAS) as abierto,
    ):
        yield abierto


def abrir(contexto: BrowserContext, sitio: Path, pagina: str) -> Hoja:
    """Abre una página del sitio en una pestaña nueva."""
    hoja = Hoja(pagina, contexto.new_page())

    def apuntar(texto: str, url: str = "") -> None:
        if "/site_libs/" not in texto + url:  # Quarto trae módulos: no cargan del disco
            hoja.consola.append(texto)

    hoja.page.on("console", lambda dicho: apuntar(dicho.text, dicho.location["url"]))
    hoja.page.on("pageerror", lambda error: apuntar(str(error)))
    hoja.page.on("requestfailed", lambda pedido: apuntar(f"falló {pedido.url}"))
    hoja.page.on("request", lambda pedido: hoja.pedidos.append(pedido.url))
    hoja.page.goto(f"{sitio.as_uri()}/{pagina}", wait_until="load")
    return hoja


@pytest.fixture(scope="session")
def es_pandoc(sitio: Path) -> bool:
    return (sitio / "libro/recursos/indice-busqueda.js").is_file()


@pytest.fixture
def solo_pandoc(es_pandoc: bool) -> None:
    if not es_pandoc:
        pytest.skip("el libro está tejido con Quarto, que trae su propio marco")


@pytest.fixture(scope="session")
def ventanas(navegador: Browser) -> dict[bool, BrowserContext]:
    """Dos ventanas de escritorio sin red, una con JavaScript y otra sin él."""
    como = {"viewport": {"width": 1280, "height": 800}, "offline": True}
    abiertas = {
        guiones: navegador.new_context(java_script_enabled=guiones, **como)
        for guiones in (True, False)
    }
    for ventana in abiertas.values():
        ventana.add_init_script("Storage.prototype.setItem = () => {}")  # no recuerda
        ventana.new_page()  # la que queda cuando se cierran las demás
    return abiertas


@contextmanager
def prestada(ventana: BrowserContext) -> Iterator[BrowserContext]:
    """La ventana, que al devolverse queda como estaba."""
    antes = ventana.pages
    yield ventana
    for pagina in set(ventana.pages) - set(antes):
        pagina.close()


@pytest.fixture(scope="module", params=PAGINAS)
def hoja(
    ventanas: dict[bool, BrowserContext], sitio: Path, request: pytest.FixtureRequest
) -> Iterator[Hoja]:
    with prestada(ventanas[True]) as ventana:
        yield abrir(ventana, sitio, request.param)


@pytest.fixture
def contexto(ventanas: dict[bool, BrowserContext]) -> Iterator[BrowserContext]:
    """Una ventana sin nada recordado."""
    with prestada(ventanas[True]) as ventana:
        yield ventana


@pytest.fixture
def sin_guiones(ventanas: dict[bool, BrowserContext]) -> Iterator[BrowserContext]:
    """Una ventana donde no corre JavaScript."""
    with prestada(ventanas[False]) as ventana:
        yield ventana


@pytest.fixture(scope="module")
def vacia(navegador: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Una página en blanco con los ``GUIONES`` de su archivo de pruebas."""
    pagina = navegador.new_page()
    pagina.set_content("<!doctype html><title>prueba</title>")
    for guion in request.module.GUIONES:
        pagina.add_script_tag(path=RAIZ / f"codigo/{guion}.js")
    yield pagina
    pagina.close()
