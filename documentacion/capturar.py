"""Toma las capturas del README: portada, capítulo con código, generador y ensayo.

Se corre con el libro tejido: ``python documentacion/capturar.py``. Usa el Chromium del sistema.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

AQUI = Path(__file__).resolve().parent
sys.path.insert(0, str(AQUI.parent))

from tests.navegador.conftest import BANDERAS, buscar_navegador  # noqa: E402

PAGINAS = {
    "portada": "index.html",
    "codigo": "libro/07-lstm.html#trozo-un-paso-con-compuertas",
    "generador": "libro/13-generador.html",
    "ensayo": "libro/15-comparacion.html#sec-vivimos-justo",
}
TAMANOS = {"telefono": (390, 780), "escritorio": (1280, 800)}
TEMAS = {"claro": "light", "oscuro": "dark"}

with (
    sync_playwright() as playwright,
    playwright.chromium.launch(
        executable_path=buscar_navegador(), args=BANDERAS
    ) as navegador,
):
    for tamano, (ancho, alto) in TAMANOS.items():
        for tema, esquema in TEMAS.items():
            contexto = navegador.new_context(
                viewport={"width": ancho, "height": alto}, color_scheme=esquema
            )
            hoja = contexto.new_page()
            for nombre, pagina in PAGINAS.items():
                hoja.goto((AQUI.parent / "_libro").as_uri() + "/" + pagina)
                if nombre == "generador":
                    hoja.get_by_role("button", name="Una letra").click()
                    hoja.locator(".generador").evaluate("e => e.scrollIntoView()")
                hoja.screenshot(path=AQUI / f"{nombre}-{tamano}-{tema}.png")
            contexto.close()
