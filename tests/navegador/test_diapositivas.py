"""Las diapositivas, como se proyectan: caben, se manejan sin ratón y se leen sin guion y en papel."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import RAIZ
from tests.libro.test_curso import NUMERADOS
from tests.navegador.conftest import abrir, prestada
from tests.navegador.test_paginas import faltas

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

CARPETA = RAIZ / "_curso/estudiantes/diapositivas"
PANTALLAS = [(1280, 720), (390, 844)]
# Lo que se sale de cada diapositiva: a lo alto, si debe caber, y a lo ancho, salvo lo que se desliza.
DE_MAS = """(aLoAlto) => [...document.querySelectorAll('.diapositiva')].flatMap(una => {
  const orilla = una.getBoundingClientRect(), suyos = [...una.querySelectorAll('*')];
  const fuera = suyos.filter(e => e.getBoundingClientRect().right > orilla.right + 1
    && !e.closest('pre, .ecuacion, figure > div, .donde-cae'));
  const alto = aLoAlto && una.scrollHeight > una.clientHeight + 1 ? [una] : [];
  return [...fuera, ...alto].map(e => `${una.id}: ${e.outerHTML.slice(0, 90)}`);
})"""
SE_VEN = """[...document.querySelectorAll('.diapositiva')]
  .filter(e => e.checkVisibility({visibilityProperty: true})).map(e => +e.id)"""
INVERTIDAS = "[...document.images].map(i => getComputedStyle(i).filter !== 'none')"
DESLIZAR = """([desde, hasta]) => {
  const tocar = (tipo, clientX) => {
    const dedo = new Touch({identifier: 1, target: document.body, clientX, clientY: 300});
    const suyo = {bubbles: true, touches: [dedo], changedTouches: [dedo]};
    document.body.dispatchEvent(new TouchEvent(tipo, suyo));
  };
  tocar('touchstart', desde);
  tocar('touchend', hasta);
}"""


@pytest.fixture(scope="module", params=NUMERADOS)
def proyectada(ventanas, request):
    with prestada(ventanas[True]) as ventana:
        yield abrir(ventana, CARPETA, f"{request.param}.html")


def test_caben_y_no_piden_nada_de_fuera(proyectada):
    proyectada.como_nueva()
    page = proyectada.page
    assert proyectada.fuera == [] and proyectada.consola == []
    for ancho, alto in PANTALLAS:
        page.set_viewport_size({"width": ancho, "height": alto})
        page.evaluate(
            "new Promise(listo => requestAnimationFrame(() => setTimeout(listo)))"
        )
        assert page.evaluate(DE_MAS, ancho > alto) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= ancho
        assert page.evaluate(SE_VEN) == [1]


def test_no_tienen_faltas_de_accesibilidad(proyectada):
    """De una en una, y todas a la vez, como se leen sin el guion."""
    for de_una, ancho, tema in (
        (True, 1280, "light"),
        (False, 390, "dark"),
        (False, 1280, "light"),
    ):
        proyectada.page.evaluate(
            "si => document.documentElement.classList.toggle('con-guion', si)", de_una
        )
        proyectada.de_ancho(ancho)
        proyectada.page.emulate_media(color_scheme=tema)
        assert faltas(proyectada) == [], (de_una, ancho, tema)
        vueltas = proyectada.page.evaluate(INVERTIDAS)
        assert set(vueltas) <= {tema == "dark"}, "se dibujaron para papel claro"


@pytest.fixture
def page(contexto):
    return abrir(contexto, CARPETA, "02-rnn.html#3").page


def test_se_pasan_con_el_teclado_los_botones_y_el_dedo(page):
    ultima = page.locator(".diapositiva").count()

    def esta(numero):
        titulo = page.locator(f"[id='{numero}'] h2").text_content()
        dicho = f"{numero} de {ultima}: {titulo}"
        expect(page.locator("#aviso")).to_have_text(dicho)
        assert page.evaluate(SE_VEN) == [numero] and page.url.endswith(f"#{numero}")

    esta(3)
    for tecla, numero in {
        **{"ArrowRight": 4, "Space": 5, "PageDown": 6, "PageUp": 5, "ArrowLeft": 4},
        **{"Shift+Space": 3, "End": ultima, "Home": 1},
    }.items():
        page.keyboard.press(tecla)
        esta(numero)
    page.keyboard.press("ArrowLeft")
    esta(1)
    page.get_by_role("button", name="Siguiente").focus()
    page.keyboard.press("Enter")
    esta(2)
    page.keyboard.press("Space")
    esta(3)
    page.evaluate(DESLIZAR, [300, 100])
    esta(4)
    page.evaluate(DESLIZAR, [100, 300])
    esta(3)


def test_sin_guion_y_en_papel_estan_todas(sin_guiones, page):
    otra = abrir(sin_guiones, CARPETA, "02-rnn.html").page
    todas = otra.locator(".diapositiva").count()
    assert len(otra.evaluate(SE_VEN)) == todas > 5
    assert not otra.locator(".mando button").first.is_visible()
    assert (
        len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
        == todas
    )
