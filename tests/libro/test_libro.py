"""El libro de verdad, ya tejido: que esté completo, que cuadre y que no pida nada de fuera."""

import re

import pytest
from bs4 import BeautifulSoup

from imprenta.extraer import ancla, leer_trozos
from imprenta.indice import leer_libro
from imprenta.sitio import revisar_enlaces, revisar_referencias
from tests.conftest import RAIZ

pytestmark = pytest.mark.libro
ENTRADAS = leer_libro(RAIZ).entradas


def leer(sitio, pagina):
    return BeautifulSoup((sitio / pagina).read_text(encoding="utf-8"), "html.parser")


def test_estan_todas_las_paginas(sitio):
    assert {entrada.pagina for entrada in ENTRADAS} <= {
        ruta.relative_to(sitio).as_posix() for ruta in sitio.rglob("*.html")
    }


def test_todo_enlace_lleva_a_algun_lado(sitio):
    revisar_referencias(sitio)
    revisar_enlaces(sitio)


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_nada_se_carga_de_fuera(sitio, pagina):
    sopa = leer(sitio, pagina)
    for etiqueta, atributo in (("script", "src"), ("link", "href"), ("img", "src")):
        for elemento in sopa.find_all(etiqueta):
            assert not re.match(r"(https?:)?//", str(elemento.get(atributo, "")))
    if "edicion-pandoc" in sopa.body.get(
        "class", []
    ):  # los guiones de Quarto son suyos
        assert not sopa.select('script[type="module"]')


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_toda_figura_tiene_texto_alternativo(sitio, pagina):
    for imagen in leer(sitio, pagina).select("main img"):
        assert len(str(imagen.get("alt", ""))) > 40


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_no_quedan_numeros_crudos(sitio, pagina):
    principal = leer(sitio, pagina).find("main")
    for codigo in principal.select("code"):
        codigo.decompose()
    texto = principal.get_text()
    for resto in ("np.float64", "np.int64", "{python}", "nan nats", "nan %"):
        assert resto not in texto


def test_los_capitulos_abren_con_pregunta_y_cierran_con_lo_aprendido(sitio):
    for entrada in ENTRADAS:
        if entrada.ruta == "index.qmd":
            continue
        principal = leer(sitio, entrada.pagina).find("main")
        primero = next(p for p in principal.find_all("p") if len(p.get_text()) > 60)
        assert "¿" in primero.get_text(), entrada.pagina
        titulos = [h2.get_text() for h2 in principal.find_all("h2")]
        assert any("Lo que aprendimos" in titulo for titulo in titulos), entrada.pagina
        assert any("Ejercicios" in titulo for titulo in titulos), entrada.pagina


def test_cada_trozo_se_muestra_con_sus_enlaces(sitio):
    trozos = leer_trozos(RAIZ)
    for trozo in trozos.values():
        for numero, parte in enumerate(trozo.partes):
            pagina = parte.archivo.removesuffix(".qmd") + ".html"
            caja = leer(sitio, pagina).find(id=ancla(trozo, numero))
            assert caja is not None, (trozo.nombre, numero)
            if trozo.usos:
                pie = " ".join(caja.select_one(".trozo-pie").get_text().split())
                assert trozo.usos[0][0].titulo in pie
            if trozo.archivo:
                assert trozo.archivo in caja.select_one(".trozo-cabeza").get_text()


def test_lo_calculado_esta_en_la_pagina(sitio):
    texto = leer(sitio, "libro/01-municipios.html").find("main").get_text()
    assert "2463 municipios y 2323 nombres distintos" in texto
    original = leer(sitio, "libro/04-original.html").find("main").get_text()
    assert "25 · log V = 105.117" in original


def test_la_busqueda_encuentra_las_secciones(sitio):
    indice = sitio / "libro/recursos/indice-busqueda.js"
    if indice.is_file():  # la de Quarto es suya
        texto = indice.read_text(encoding="utf-8")
        assert texto.startswith("window.INDICE_BUSQUEDA = [")
        assert "Volver sobre los pasos" in texto
        assert "náhuatl" in texto or "nahuas" in texto
