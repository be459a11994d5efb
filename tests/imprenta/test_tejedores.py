"""Los dos tejedores deben decir lo mismo de una página que usa todo el subconjunto."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pypandoc
import pytest
from bs4 import BeautifulSoup, Tag

from imprenta.indice import leer_libro
from imprenta.libro import con_pandoc, para_llevar
from imprenta.preparar import preparar
from imprenta.quarto import congelar
from imprenta.sitio import revisar_enlaces, revisar_referencias
from imprenta.tejer import filtros, pandoc
from tests.conftest import RAIZ
from tests.imprenta.conftest import escribir_libro

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

```{python}
#| include: false
import json
import os
from pathlib import Path

Path(".cache/afirmaciones").mkdir(exist_ok=True)
apuntes = Path(".cache/afirmaciones", os.environ["QUARTO_DOCUMENT_FILE"])
gana = ["dos gana", "comparación", "5 semillas", "1 [0, 2]", "más de 0"]
apuntes.with_suffix(".json").write_text(json.dumps([["dos|tres es poco", "cifra"], gana]))
```

```{.python file=codigo/todo.py}
OTRO = 1

DOS = 2
```

```{.python #el-cuerpo}
return 43
```

```{.python file=codigo/mas.py}
MAS = 1
```

```{.python file=codigo/soluciones/todo.py}
def todo():
    return 42
```

::: {.mapa}
:::
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

::: {.mapa}
:::

::: {.afirmaciones}
:::

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


@pytest.fixture(scope="module")
def libro(tmp_path_factory):
    todo = (AQUI / "todo.qmd").read_text(encoding="utf-8")
    capitulos = {"index": PORTADA, "uno": todo, "dos": DOS, "ap": APENDICE}
    raiz = escribir_libro(tmp_path_factory.mktemp("todo"), GLOSARIO, **capitulos)
    punto = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
    (raiz / "libro/punto.svg").write_text(punto, encoding="utf-8")
    indice = (raiz / "_quarto.yml").read_text(encoding="utf-8")
    patron = "    - /codigo/*.py\n"
    indice = indice.replace(patron, patron + "    - /codigo/soluciones/*.py\n")
    (raiz / "_quarto.yml").write_text(indice, encoding="utf-8")
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
            ":is(h1, h2, h3):not(.contenido-del-libro *, .callout *, .panel-tabset *, .footnotes *)"
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
        "mapa": textos(".mapa :is(li, p)"),
        "enlaces del mapa": [str(a["href"]) for a in pagina.select(".mapa a")],
    }


def con_quarto(raiz: Path, sitio: Path) -> None:
    congelar(raiz)
    entorno = {**os.environ, "QUARTO_PYTHON": sys.executable}
    orden = [str(shutil.which("quarto")), "render", "--output-dir", sitio.name]
    proceso = subprocess.run(
        orden, cwd=raiz, env=entorno, capture_output=True, encoding="utf-8"
    )
    assert proceso.returncode == 0, proceso.stderr
    para_llevar(raiz, sitio)


# La prueba con Quarto solo existe donde hay un Quarto; la otra, siempre. Las dos comparan con
# la misma lista, que se escribió una vez y se revisó a mano contra Quarto 1.10.
TEJEDORES = {"pandoc": con_pandoc} | (
    {"quarto": con_quarto} if shutil.which("quarto") else {}
)


@pytest.fixture(scope="module", params=TEJEDORES)
def sitio(libro, request):
    """El mismo libro, tejido una vez por cada tejedor."""
    carpeta = libro / f"sitio-{request.param}"
    TEJEDORES[request.param](libro, carpeta)
    return carpeta


def test_las_paginas_dicen_lo_que_deben(sitio):
    revisar_referencias(sitio)
    esperado = json.loads((AQUI / "todo.json").read_text(encoding="utf-8"))
    for pagina, debido in esperado.items():
        assert resumen(sitio / pagina) == debido


def test_los_capitulos_juntos_en_uno_hallan_sus_trozos(libro):
    """Así los pasa Quarto por el filtro al hacer un EPUB o un PDF."""
    preparar(libro)
    rutas = (entrada.ruta for entrada in leer_libro(libro).entradas)
    textos = "\n\n".join((libro / ruta).read_text("utf-8") for ruta in rutas)
    argumentos = ["-f", "markdown", "-t", "html", "--metadata=fuente:index.qmd"]
    hecho = pandoc(
        libro,
        [*argumentos, *filtros("trozos")],
        textos.replace("{python}", "{.python}"),
        "todo",
    )
    hoja = BeautifulSoup(hecho, "html.parser")
    numeros = [n.get_text() for n in hoja.select(".trozo-numero")]
    assert numeros == ["1.1", "1.2", "2.1", "2.2", "2.3", "2.4"]
    de_uno = [a["href"] for a in hoja.select(".trozo-pie a")][:2]
    assert de_uno == ["#trozo-el-cuerpo", "#trozo-codigo-todo-py--otro"]
    assert [limpio(fila.get_text()) for fila in hoja.select(".mapa li")][
        1:
    ] == MAPA_DE_DOS


def test_los_enlaces_llevan_a_algun_lado(sitio):
    revisar_enlaces(sitio)


MAPA_DE_DOS = [
    "codigo/todo.py crece, 4 renglones: OTRO 2.1 y el cuerpo 2.2.",
    "codigo/mas.py nace, 1 renglón: 2.3.",
]


def test_el_mapa_va_tambien_en_las_otras_ediciones(sitio):
    libreta = nbformat.read(sitio / "libretas/dos.ipynb", as_version=4)
    ultima = libreta.cells[-1].source.replace("`", "").replace("\u00a0", " ")
    assert ultima == "\n".join(f"- {fila}" for fila in MAPA_DE_DOS)
    with zipfile.ZipFile(sitio / "prueba.epub") as epub:
        textos = [epub.read(n).decode() for n in epub.namelist() if "ch0" in n]
    hojas = [BeautifulSoup(texto, "html.parser") for texto in textos]
    (mapa,) = [m for hoja in hojas for m in hoja.select(".mapa") if "mas.py" in str(m)]
    assert [limpio(fila.get_text()) for fila in mapa.select("li")] == MAPA_DE_DOS
    anclas = {e["id"] for hoja in hojas for e in hoja.select("[id]")}
    enlaces = [str(a["href"]).partition("#")[2] for a in mapa.select("a")]
    assert len(enlaces) == 3 and set(enlaces) <= anclas


@pytest.mark.parametrize("filtro", ["trozos.lua", "glosario.lua"])
def test_los_filtros_se_cargan_como_los_carga_quarto(filtro, tmp_path):
    """Con ``loadfile``, en un ambiente propio en que PANDOC_SCRIPT_FILE es el filtro."""
    ruta = json.dumps(str(RAIZ / "libro/recursos" / filtro))
    guion = tmp_path / "como-quarto.lua"
    guion.write_text(
        "local todo = setmetatable({ PANDOC_SCRIPT_FILE = "
        + ruta
        + " }, { __index = _G })\n"
        f'local filtros = assert(loadfile({ruta}, "bt", todo))()\n'
        'assert(#filtros > 0 and type(next(filtros[1])) == "string")\n',
        encoding="utf-8",
    )
    subprocess.run([pypandoc.get_pandoc_path(), "lua", guion], check=True)
