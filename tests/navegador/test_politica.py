"""La política de seguridad de las páginas: solo corre y se carga lo que viene con el libro."""

from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.navegador.conftest import PAGINAS, abrir

pytestmark = [pytest.mark.libro, pytest.mark.navegador]


@pytest.mark.parametrize("pagina", PAGINAS)
def test_la_politica_va_antes_que_todo_y_solo_deja_en_linea_el_guion_del_tema(
    pagina, sitio, solo_pandoc
):
    sopa = BeautifulSoup((sitio / pagina).read_text("utf-8"), "html.parser")
    cabeza = [e.get("http-equiv") or e.get("charset") for e in sopa.head.find_all(True)]
    assert cabeza[:2] == ["utf-8", "Content-Security-Policy"]
    guiones = [g for g in sopa.find_all("script") if g.get("type") is None]
    tema, *otros = guiones
    huella = b64encode(sha256(tema.string.encode()).digest()).decode()
    politica = sopa.find("meta", {"http-equiv": True})["content"]
    assert f"script-src 'self' 'sha256-{huella}';" in politica
    assert otros and all(g.get("src") and not g.string for g in otros)
    assert not [e for e in sopa.find_all(True) if any(a[:2] == "on" for a in e.attrs)]


def test_un_guion_metido_en_la_pagina_no_corre_ni_llama_afuera(
    contexto, sitio, solo_pandoc
):
    pagina = abrir(contexto, sitio, "libro/13-generador.html").page
    faltas = pagina.evaluate(
        """async () => {
          const faltas = [];
          document.addEventListener("securitypolicyviolation",
            ({ effectiveDirective }) => faltas.push(effectiveDirective));
          const guion = document.createElement("script");
          guion.textContent = "window.intruso = true";
          const imagen = new Image();
          imagen.src = "https://ejemplo.invalid/x.png";
          document.body.append(guion, imagen);
          await fetch("https://ejemplo.invalid/").catch(() => {});
          await new Promise((listo) => setTimeout(listo, 200));
          return faltas;
        }"""
    )
    assert {"script-src-elem", "img-src", "connect-src"} <= set(faltas)
    assert pagina.evaluate("window.intruso") is None


def test_las_letras_cargan_desde_el_disco(contexto, sitio):
    hoja = abrir(contexto, sitio, "libro/02-rnn.html")
    cargar = "Promise.all([...document.fonts].map(letra => letra.load()))"
    assert hoja.page.evaluate(f"{cargar}.then(letras => letras.length)") >= 10
    assert hoja.consola == []


@pytest.mark.parametrize("nombre", ["02-rnn", "taller-ordenes"])
def test_publicada_pide_sus_letras_antes_de_acomodar_el_texto(
    contexto, sitio, nombre, solo_pandoc
):
    def servir(ruta):
        ruta.fulfill(path=sitio / urlsplit(ruta.request.url).path[1:])

    pagina = contexto.new_page()
    pagina.route("http://libro/**", servir)
    pagina.goto(f"http://libro/libro/{nombre}.html", wait_until="load")
    pedidas = pagina.evaluate(
        """() => performance.getEntriesByType('resource').map(uno => [uno.initiatorType, uno.name])
          .filter(([, nombre]) => nombre.endsWith('.woff2'))"""
    )
    tarde = {url.split("/")[-1] for quien, url in pedidas if quien != "link"}
    assert len(pedidas) >= 7
    assert tarde <= {"AlegreyaSans-negrita.woff2", "JetBrainsMono-negrita.woff2"}
