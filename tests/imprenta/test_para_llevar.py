"""Las libretas, la tarea y las ediciones, con libros diminutos."""

import shutil

import nbformat
import pytest

from imprenta import ediciones, libretas
from imprenta.__main__ import principal
from imprenta.errores import ErrorDelLibro
from imprenta.indice import leer_libro
from imprenta.libretas import armar_tarea, hacer_tarea, pedazo
from imprenta.libro import con_pandoc
from imprenta.preparar import preparar
from tests.imprenta.conftest import escribir_libro

TITULO = "# Uno {#sec-uno}\n\n"
CAPITULO = TITULO + (
    "Véase el @sec-dos y a @knuth1984.\n\n$$\nx = 1\n$$ {#eq-x}\n\nDe la @eq-x, `{python} 40 + 2`.\n\n"
    "```{python}\n#| echo: false\n#| fig-alt: Nada.\nprint('hola')\n```\n\n"
    "```{python}\n#| eval: false\n1 / 0\n```\n\n"
    '```{python}\n#| label: tbl-a\n#| tbl-cap: "Una *tabla*."\n'
    "from IPython.display import Markdown\nMarkdown('| a |\\n|---|\\n| 1 |')\n```\n\n"
    "::: {.panel-tabset}\n\n### Una\n\n"
    "```{python}\n#| include: false\ny = 1\n```\n\nLa @tbl-a.\n\n:::\n\n"
    "```{.python file=codigo/x.py}\n<<el-cuerpo>>\n```\n\n```{.python #el-cuerpo}\nx = 1\n```\n"
)


@pytest.fixture(scope="module")
def tejido(tmp_path_factory):
    raiz = escribir_libro(tmp_path_factory.mktemp("tejido"), uno=CAPITULO)
    preparar(raiz)
    con_pandoc(raiz, raiz / "sitio")
    return raiz


@pytest.fixture
def raiz(tejido, tmp_path):
    """Una copia del libro ya tejido, con su memoria, para cambiarle algo."""
    shutil.copytree(tejido, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def libreta(tejido):
    return nbformat.read(tejido / "sitio/libretas/uno.ipynb", as_version=4)


def test_la_libreta_pone_cada_cosa_en_su_celda(libreta):
    fuentes = [(celda.cell_type[0], celda.source) for celda in libreta.cells]
    assert fuentes[2] == (
        "m",
        "# 1 Uno\n\nVéase el Capítulo\u00a02 y a Knuth (1984).\n\n"
        "$$\nx = 1 \\tag{1.1}$$\n\nDe la Ecuación\u00a01.1, 42.",
    )
    assert fuentes[3] == ("c", "print('hola')")
    assert fuentes[4] == ("m", "``` python\n1 / 0\n```")
    assert fuentes[5][0] == "c" and fuentes[5][1].startswith("from IPython")
    assert fuentes[6] == ("m", "**Tabla\u00a01.1.** Una *tabla*.\n\n**Una**")
    assert fuentes[7] == ("c", "y = 1")
    assert fuentes[8] == ("m", "La Tabla\u00a01.1.")
    assert fuentes[9] == (
        "m",
        "1.1 ≡ `codigo/x.py`:5–6\n\n``` python\n⟨el cuerpo 1.2⟩\n```",
    )
    assert fuentes[10] == (
        "m",
        "1.2 *⟨el cuerpo⟩* ≡ `codigo/x.py`:6\n\n``` python\nx = 1\n```",
    )
    assert fuentes[11][1].startswith("## Referencias\n\nKnuth, Donald")
    assert len(fuentes) == 12


def test_la_libreta_cuenta_y_pliega_como_la_pagina(libreta):
    celdas = [celda for celda in libreta.cells if celda.cell_type == "code"]
    assert [celda.execution_count for celda in celdas] == [1, 2, 3, 4]
    assert celdas[2].outputs[0].execution_count == 3
    assert celdas[1].outputs[0].text == "hola\n"
    assert [celda.metadata.get("tags") for celda in celdas] == [
        ["hide-input"],
        ["hide-input"],
        None,
        ["hide-cell"],
    ]


def test_la_orden_libretas_las_escribe_solas(raiz):
    assert principal(["--raiz", str(raiz), "libretas"]) == 0
    hechas = sorted(ruta.name for ruta in (raiz / "_libro").rglob("*"))
    assert hechas == ["ap.ipynb", "dos.ipynb", "index.ipynb", "libretas", "uno.ipynb"]


def test_dos_ediciones_de_lo_mismo_son_iguales_y_se_recuerdan(raiz, monkeypatch):
    for viejo in (raiz / ".cache/ediciones").iterdir():
        viejo.unlink()
    con_pandoc(raiz, raiz / "b")
    for nombre in ("prueba.epub", "prueba.pdf", "libretas/uno.ipynb"):
        assert (raiz / "sitio" / nombre).read_bytes() == (
            raiz / "b" / nombre
        ).read_bytes()
    monkeypatch.setattr(ediciones, "_juntar", lambda *_: pytest.fail("no se recordó"))
    con_pandoc(raiz, raiz / "c")
    assert (raiz / "c/prueba.pdf").read_bytes() == (
        raiz / "sitio/prueba.pdf"
    ).read_bytes()


def test_un_pdf_que_no_se_puede_componer_es_un_error_claro(hacer_libro):
    raiz = hacer_libro()
    plantilla = raiz / "libro/recursos/libro.typ"
    plantilla.write_text("#nada-de-esto\n$body$\n", encoding="utf-8")
    preparar(raiz)
    with pytest.raises(ErrorDelLibro, match="el PDF: Typst no pudo componerlo: error"):
        con_pandoc(raiz, raiz / "sitio")


@pytest.mark.parametrize(
    ("titulo", "nombre"),
    [("Año de «ñandúes»", "ano-de-nandues.epub"), ("  A  B! ", "a-b.epub")],
)
def test_las_ediciones_se_llaman_como_el_libro(hacer_libro, titulo, nombre):
    libro = leer_libro(hacer_libro())
    libro.titulo = titulo
    assert libro.archivo("epub") == nombre


FUENTE = """\
import math

CONSTANTE = 3


def suma(a, b):  # suma
    # ⟨sumar⟩
    return a + b
"""


@pytest.mark.parametrize(
    ("nombre", "texto"),
    [
        ("CONSTANTE", "CONSTANTE = 3"),
        ("suma", "def suma(a, b):  # suma\n    # ⟨sumar⟩\n    return a + b"),
    ],
)
def test_de_un_modulo_se_toma_solo_lo_que_se_pide(nombre, texto):
    assert pedazo(FUENTE, nombre) == texto


@pytest.fixture
def con_tarea(hacer_libro):
    raiz = hacer_libro(uno=CAPITULO)
    (raiz / "codigo/x.py").write_text(FUENTE, encoding="utf-8")
    (raiz / "data/municipios.txt").write_text("Tepic\n", encoding="utf-8")

    def escribir(texto):
        (raiz / "libro/tarea.md").write_text(texto, encoding="utf-8")
        return raiz

    return escribir


BUENA = (
    "# Tarea\n\n```{python}\n<<codigo/x.py:suma>>\n\n\nprint(suma(1, 1))\n"
    "print(open('municipios.txt').read())\nif True:\n    <<el-cuerpo>>\n```\n\n"
    "Fin. Da `{python} f'{suma(x, 1.5)}'`.\n"
)


def test_la_tarea_se_arma_con_pedazos_del_codigo_y_se_ejecuta(con_tarea):
    libreta = nbformat.reads(hacer_tarea(con_tarea(BUENA)), as_version=4)
    assert [celda.cell_type for celda in libreta.cells] == [
        "markdown",
        "code",
        "markdown",
    ]
    assert libreta.cells[1].source.startswith(
        "def suma(a, b):  # suma\n    return a + b\n\n\n"
    )
    assert libreta.cells[1].source.endswith("if True:\n    x = 1")
    assert libreta.cells[2].source == "Fin. Da 2.5."
    assert libreta.cells[1].outputs[0].text == "2\nTepic\n\n"


def test_la_tarea_no_ve_el_proyecto(con_tarea):
    raiz = con_tarea(BUENA.replace("print(suma(1, 1))", "import codigo.x"))
    with pytest.raises(ErrorDelLibro, match=r"libro/tarea\.md:3: falló la celda"):
        hacer_tarea(raiz)


def test_cambiar_la_prosa_de_la_tarea_no_la_ejecuta(con_tarea, monkeypatch):
    hacer_tarea(con_tarea(BUENA))
    monkeypatch.setattr(libretas, "correr", lambda *_: pytest.fail("se ejecutó"))
    libreta = hacer_tarea(con_tarea(BUENA.replace("Fin.", "Y se acabó.")))
    assert "Y se acabó." in libreta


@pytest.mark.parametrize("cita", ["codigo/x.py:resta", "codigo/nada.py:suma", "nada"])
def test_una_cita_de_la_tarea_que_no_existe_dice_su_renglon(con_tarea, cita):
    raiz = con_tarea(BUENA.replace("codigo/x.py:suma", cita))
    with pytest.raises(ErrorDelLibro, match=r"libro/tarea\.md:4: no hay «"):
        armar_tarea(raiz)
