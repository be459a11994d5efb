"""Las partes y los apéndices, también los que van en grupos, se ven igual en todas las ediciones."""

import json
import zipfile

import pytest
from bs4 import BeautifulSoup

from imprenta.errores import ErrorDelLibro
from imprenta.indice import leer_libro
from imprenta.libro import con_pandoc
from imprenta.preparar import preparar
from tests.imprenta.conftest import QUARTO_YML, escribir_libro

GRUPOS = """\
    - libro/ap.qmd
    - part: "El taller"
      chapters:
        - libro/t1.qmd
        - part: "Más adentro"
          chapters:
            - libro/t2.qmd
    - libro/glosario.qmd
"""


def con_apendices(raiz, apendices):
    indice = QUARTO_YML.replace("    - libro/ap.qmd\n", apendices)
    (raiz / "_quarto.yml").write_text(indice, encoding="utf-8")
    return raiz


@pytest.fixture(scope="module")
def raiz(tmp_path_factory):
    carpeta = escribir_libro(
        tmp_path_factory.mktemp("grupos"),
        uno="# Uno {#sec-uno}\n\nVéase el @sec-t2, la @sec-honda y el @sec-fin.\n",
    )
    for nombre in ("t1", "t2"):
        texto = f"# El {nombre} {{#sec-{nombre}}}\n\n## Honda\n"
        (carpeta / f"libro/{nombre}.qmd").write_text(texto, encoding="utf-8")
    texto = "# El fin {#sec-fin}\n\n## Una sección {#sec-honda}\n\nFin.\n"
    (carpeta / "libro/glosario.qmd").write_text(texto, encoding="utf-8")
    con_apendices(carpeta, GRUPOS)
    preparar(carpeta)
    con_pandoc(carpeta, carpeta / "sitio")
    return carpeta


def pagina(raiz, nombre):
    texto = (raiz / "sitio" / nombre).read_text(encoding="utf-8")
    return BeautifulSoup(texto, "html.parser")


def test_las_letras_siguen_dentro_de_los_grupos(raiz):
    entradas = leer_libro(raiz).entradas
    assert [(e.numero, e.partes) for e in entradas] == [
        ("", ()),
        ("1", ()),
        ("2", ("Una parte",)),
        ("A", ("Apéndices",)),
        ("B", ("Apéndices", "El taller")),
        ("C", ("Apéndices", "El taller", "Más adentro")),
        ("D", ("Apéndices",)),
    ]
    citas = pagina(raiz, "libro/uno.html").select("a.quarto-xref")
    textos = [cita.get_text().replace("\u00a0", " ") for cita in citas]
    assert textos == ["Apéndice C", "Sección D.1", "Apéndice D"]
    titulo = pagina(raiz, "libro/t2.html").select_one("h1").get_text()
    assert titulo == "Apéndice C — El t2"


def test_el_indice_lateral_anida_los_grupos_y_los_vecinos_van_en_orden(raiz):
    sopa = pagina(raiz, "libro/t2.html")

    def arbol(lista):
        ramas = []
        for hijo in lista.find_all("li", recursive=False):
            rotulo = " ".join(hijo.find(["span", "a"]).get_text().split())
            dentro = hijo.find("ul", recursive=False)
            ramas.append((rotulo, arbol(dentro)) if dentro else rotulo)
        return ramas

    assert arbol(sopa.select_one("ul.capitulos")) == [
        "El capítulo index",
        "1 Uno",
        ("Una parte", ["2 El capítulo dos"]),
        (
            "Apéndices",
            [
                "A El capítulo ap",
                ("El taller", ["B El t1", ("Más adentro", ["C El t2"])]),
                "D El fin",
            ],
        ),
        "El programa",
    ]
    vecinos = {a["rel"][0]: a["href"] for a in sopa.select("nav.vecinos a")}
    assert vecinos == {"prev": "../libro/t1.html", "next": "../libro/glosario.html"}


def test_la_busqueda_y_el_epub_los_llaman_igual(raiz):
    indice = (raiz / "sitio/libro/recursos/indice-busqueda.js").read_text("utf-8")
    fichas = json.loads(indice.partition(" = ")[2].rstrip(";\n"))
    lugares = {(ficha["nombre"], ficha["lugar"]) for ficha in fichas}
    assert {("C El t2", ""), ("Una sección", "D El fin")} <= lugares
    with zipfile.ZipFile(raiz / "sitio/prueba.epub") as epub:
        nav = BeautifulSoup(epub.read("EPUB/nav.xhtml"), "html.parser")
    de_arriba = nav.select_one("nav ol").find_all("li", recursive=False)
    titulos = [" ".join(li.find("a").get_text().split()) for li in de_arriba]
    assert titulos == [
        *("El capítulo index", "1 Uno", "Una parte", "2 El capítulo dos", "Apéndices"),
        *("Apéndice A. El capítulo ap", "El taller", "Apéndice B. El t1"),
        *("Más adentro", "Apéndice C. El t2", "Apéndices", "Apéndice D. El fin"),
    ]


def test_hay_veintiseis_letras_y_ni_una_mas(tmp_path):
    escribir_libro(tmp_path)
    con_apendices(tmp_path, "    - libro/ap.qmd\n" * 26)
    assert leer_libro(tmp_path).entradas[-1].numero == "Z"
    con_apendices(tmp_path, "    - libro/ap.qmd\n" * 27)
    with pytest.raises(ErrorDelLibro, match=r"_quarto\.yml:42: los apéndices"):
        leer_libro(tmp_path)
