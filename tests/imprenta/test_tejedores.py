"""Los dos tejedores deben decir lo mismo de una página que usa todo el subconjunto."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from imprenta.libro import con_pandoc
from imprenta.preparar import preparar
from imprenta.sitio import revisar_enlaces, revisar_referencias

AQUI = Path(__file__).parent

PORTADA = """# La portada {#sec-portada .unnumbered}

Empieza por @sec-uno; mira la @fig-lejos.
"""

DOS = """# El dos {#sec-dos}

Ir al @sec-uno o a la @fig-plana. Dos lotes al azar, «*otro lote*» y sus tasas de
aprendizaje; también `lote`.

```{python}
#| label: fig-lejos
#| fig-cap: "Lejos."
#| fig-alt: "Otra línea."
#| echo: false
import matplotlib.pyplot as plt

plt.plot([2, 1])
plt.show()
```
"""

APENDICE = """# El apéndice {#sec-ap}

## Una sección {#sec-en-ap}

$$
z = 0
$$ {#eq-ap}

| e | f |
|---|---|
| 5 | 6 |

: La tabla del apéndice. {#tbl-ap}

## El glosario {#sec-glosario}

::: {.glosario}
:::
"""

GLOSARIO = """
- nombre: tasa de aprendizaje
  formas: [tasa, tasas de aprendizaje]
  ingles: learning rate
  seccion: sec-dos
  definicion: "Cuánto: poco."
- nombre: lote
  formas: [lotes]
  ingles: batch
  seccion: sec-uno
  otros: [tanda]
  definicion: Varios juntos.
"""


@pytest.fixture
def libro(hacer_libro):
    todo = (AQUI / "todo.qmd").read_text(encoding="utf-8")
    raiz = hacer_libro(GLOSARIO, index=PORTADA, uno=todo, dos=DOS, ap=APENDICE)
    punto = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
    (raiz / "libro/punto.svg").write_text(punto, encoding="utf-8")
    preparar(raiz)
    return raiz


def limpio(texto: str) -> str:
    return re.sub(r"\s+", " ", texto).strip()


def resumen(ruta: Path) -> dict[str, list[str]]:
    """Lo que un lector lee en una página, sin lo que cada tejedor pone a su modo."""
    pagina = BeautifulSoup(ruta.read_text(encoding="utf-8"), "html.parser").find("main")
    assert isinstance(pagina, Tag)
    for sobra in pagina.select(
        "nav, script, button, annotation, .anchorjs-link, #referencias"
    ):
        sobra.decompose()

    def textos(selector: str) -> list[str]:
        return [limpio(e.get_text()) for e in pagina.select(selector)]

    return {
        "encabezados": textos(
            ":is(h1, h2, h3):not(.callout *, .panel-tabset *, .footnotes *)"
        ),
        "referencias": textos("a.quarto-xref"),
        "destinos": [
            str(a["href"]).split("#")[-1] for a in pagina.select("a.quarto-xref")
        ],
        "pies": textos("figcaption"),
        "alternativas": [str(i.get("alt")) for i in pagina.select("figure img")],
        "tablas": textos("table"),
        "código": textos("pre code"),
        "salidas": textos(".cell-output > pre"),
        "plegados": textos("details > summary:not(.callout-title)"),
        "trozos": textos(".trozo-cabeza, .trozo-pie"),
        "notas": textos(".footnotes li, section.footnotes li"),
        "bibliografía": textos(".csl-entry"),
        "ecuaciones": re.findall(
            r"\(\d+\.\d+\)|\([A-Z]\.\d+\)", " ".join(textos(".math, math, .ecuacion"))
        ),
        "crudo": textos("p.crudo"),
        "glosario": textos(".glosario :is(dt, dd)"),
        "términos": textos(".con-globo"),
    }


def con_quarto(raiz: Path, sitio: Path) -> None:
    entorno = {**os.environ, "QUARTO_PYTHON": sys.executable}
    orden = [str(shutil.which("quarto")), "render", "--output-dir", sitio.name]
    proceso = subprocess.run(
        orden, cwd=raiz, env=entorno, capture_output=True, text=True
    )
    assert proceso.returncode == 0, proceso.stderr


# La prueba con Quarto solo existe donde hay un Quarto; la otra, siempre. Las dos comparan con
# la misma lista, que se escribió una vez y se revisó a mano contra Quarto 1.10.
TEJEDORES = {"pandoc": con_pandoc} | (
    {"quarto": con_quarto} if shutil.which("quarto") else {}
)


@pytest.mark.parametrize("tejedor", TEJEDORES)
def test_las_paginas_dicen_lo_que_deben(libro, tejedor):
    sitio = libro / "sitio"
    TEJEDORES[tejedor](libro, sitio)
    revisar_referencias(sitio)
    esperado = json.loads((AQUI / "todo.json").read_text(encoding="utf-8"))
    for pagina, debido in esperado.items():
        assert resumen(sitio / pagina) == debido


def test_los_enlaces_de_la_edicion_pandoc_llevan_a_algun_lado(libro):
    con_pandoc(libro, libro / "sitio")
    revisar_enlaces(libro / "sitio")
