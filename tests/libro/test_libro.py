"""El libro de verdad, ya tejido: que esté completo, que cuadre y que no pida nada de fuera."""

import ast
import json
import re
import tomllib
from functools import cache

import pytest
import yaml
from bs4 import BeautifulSoup

from imprenta.glosario import leer
from imprenta.indice import leer_libro
from imprenta.sitio import revisar_enlaces, revisar_referencias
from imprenta.trozos import Programa, pagina_de
from tests.conftest import RAIZ

pytestmark = pytest.mark.libro
ENTRADAS = leer_libro(RAIZ).entradas


@cache
def leer_pagina(sitio, pagina):  # entre todas; nadie la cambia
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
    sopa = leer_pagina(sitio, pagina)
    for etiqueta, atributo in (("script", "src"), ("link", "href"), ("img", "src")):
        for elemento in sopa.find_all(etiqueta):
            assert not re.match(r"(https?:)?//", str(elemento.get(atributo, "")))
    if "edicion-pandoc" in sopa.body.get(
        "class", []
    ):  # los guiones de Quarto son suyos
        assert not sopa.select('script[type="module"]')


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_toda_figura_tiene_texto_alternativo(sitio, pagina):
    for imagen in leer_pagina(sitio, pagina).select("main img"):
        dice = str(imagen.get("alt", ""))
        pide = "el texto alternativo de una figura (fig-alt) lleva más de 40 letras"
        assert len(dice) > 40, f"{imagen.get('src', '')[:80]}: {pide}: {dice!r}"


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_no_quedan_numeros_crudos(sitio, pagina):
    principal = leer_pagina(sitio, pagina).find("main")
    textos = [t for t in principal.strings if not t.find_parent("code")]
    texto = "".join(textos)
    for resto in ("np.float64", "np.int64", "{python}", "nan nats", "nan %"):
        assert resto not in texto


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_los_titulos_en_otra_lengua_dicen_cual(sitio, pagina):
    texto = (RAIZ / "libro/recursos/referencias.bib").read_text("utf-8")
    lenguas = {"english": "en-US", "german": "de-DE", "": None}
    obras = re.findall(r"@\w+{(\w+),\s*(?:langid = {(\w+)})?", texto)
    suyas = {f"ref-{obra}": lenguas[lengua] for obra, lengua in obras}
    for ficha in leer_pagina(sitio, pagina).select(".edicion-pandoc .csl-entry"):
        titulo = ficha.select_one("[lang]")
        assert (titulo and titulo["lang"]) == suyas[ficha["id"]], ficha.text


@pytest.mark.parametrize("pagina", [entrada.pagina for entrada in ENTRADAS])
def test_lo_que_un_buscador_muestra_se_lee_de_corrido(sitio, pagina):
    dice = leer_pagina(sitio, pagina).select_one("meta[name=description]")["content"]
    assert len(dice) > 60 and not re.search(r"@|\s[,.;)]|\$|`|\*", dice), dice


def test_los_capitulos_abren_con_pregunta_y_cierran_con_lo_aprendido(sitio):
    for entrada in ENTRADAS:
        if entrada.ruta == "index.qmd":
            continue
        principal = leer_pagina(sitio, entrada.pagina).find("main")
        primero = next(p for p in principal.find_all("p") if len(p.get_text()) > 60)
        abre = "el capítulo abre con su pregunta: un «¿» en su primer párrafo"
        assert "¿" in primero.get_text(), f"{entrada.ruta}: {abre}"
        if principal.select(".glosario"):  # se consulta, no se estudia
            continue
        titulos = [h2.get_text() for h2 in principal.find_all("h2")]
        cierra = f"{entrada.ruta}: le falta la sección «Lo que aprendimos»"
        assert any("Lo que aprendimos" in titulo for titulo in titulos), cierra
        con_ejercicios = any("Ejercicios" in titulo for titulo in titulos)
        es_apendice = not entrada.ruta.removeprefix("libro/")[0].isdigit()
        queja = (
            "un apéndice no lleva ejercicios"
            if es_apendice
            else "le faltan sus ejercicios"
        )
        assert con_ejercicios != es_apendice, f"{entrada.ruta}: {queja}"


def test_cada_trozo_se_muestra_con_sus_enlaces(sitio):
    programa = Programa(RAIZ)
    for ruta, partes in programa.capitulos.items():
        sopa = leer_pagina(sitio, ruta.removesuffix(".qmd") + ".html")
        ids = {e["id"]: e for e in sopa.find_all(id=True)}
        for parte in partes:
            caja = ids.get(parte.id)
            assert caja is not None, parte.id
            cabeza = caja.select_one(".trozo-cabeza")
            assert cabeza.select_one(".trozo-numero").get_text() == parte.numero
            pie = caja.select_one(".trozo-pie")
            for usuario, cual, _ in parte.trozo.usos[:1]:
                en = programa.de_trozo(usuario, cual)
                assert en.numero in [a.get_text() for a in pie.select("a")]
            if parte.trozo.archivo:
                desde, hasta = programa.donde_cae(parte, parte.trozo.archivo)
                entre = f"{desde}–{hasta}" if desde < hasta else str(desde)
                assert f"{parte.trozo.archivo}:{entre}" in cabeza.get_text()


def test_cada_renglon_del_programa_lleva_a_quien_lo_explica(sitio):
    programa = Programa(RAIZ)
    for archivo, renglones in programa.archivos.items():
        if archivo.endswith(".typed"):
            continue
        sopa = leer_pagina(sitio, pagina_de(archivo))
        de_que_trata = sopa.select_one("article h1 + p").get_text().strip()
        assert de_que_trata.endswith("."), (archivo, de_que_trata)
        mostrados = {}
        for tramo in sopa.select(".tramo"):
            inicio = int(tramo["id"][1:])
            enlace = tramo.select_one("p a")
            for n, texto in enumerate(
                tramo.find("code").get_text().split("\n"), inicio
            ):
                mostrados[n] = texto, enlace and enlace["href"].partition("#")[2]
        for n, renglon in enumerate(renglones, 1):
            texto, ancla = mostrados.get(n, ("", None))
            assert texto == renglon.texto, (archivo, n)
            if renglon.bloque:
                assert ancla == programa.parte(renglon.archivo, renglon.bloque).id


def test_lo_calculado_esta_en_la_pagina(sitio):
    texto = leer_pagina(sitio, "libro/01-municipios.html").find("main").get_text()
    assert "2463 renglones y 2323 nombres distintos" in texto
    original = leer_pagina(sitio, "libro/04-original.html").find("main").get_text()
    assert "25 · log V = 105.117" in original


def test_la_busqueda_encuentra_las_secciones(sitio):
    indice = sitio / "libro/recursos/indice-busqueda.js"
    if indice.is_file():  # la de Quarto es suya
        texto = indice.read_text(encoding="utf-8")
        assert texto.startswith("window.INDICE_BUSQUEDA = [")
        fichas = json.loads(texto.partition(" = ")[2].rstrip(";\n"))
        nombres = {(ficha["tipo"], ficha["nombre"]) for ficha in fichas}
        assert {
            ("sección", "Volver sobre los pasos"),
            ("capítulo", "7 La LSTM"),
            ("trozo", "leer el lote hacia adelante"),
            ("función", "recortar_norma"),
            ("clase", "Vocabulario"),
            ("función", "decodificar"),
            ("término", "compuerta de olvido"),
        } <= nombres
        definidas = {
            nodo.name
            for ruta in (RAIZ / "codigo").rglob("*.py")
            for nodo in ast.walk(ast.parse(ruta.read_text(encoding="utf-8")))
            if isinstance(nodo, ast.FunctionDef | ast.ClassDef)
            and not nodo.name.startswith("__")
        }
        assert definidas == {
            nombre for tipo, nombre in nombres if tipo in ("función", "clase")
        }
        for ficha in fichas:
            pagina, _, id_ = ficha["url"].partition("#")
            assert f'id="{id_}"' in textos(sitio)[pagina] or not id_, ficha["url"]


@cache
def textos(sitio):
    rutas = sitio.rglob("*.html")
    return {r.relative_to(sitio).as_posix(): r.read_text("utf-8") for r in rutas}


def pagina_de_cada_seccion(sitio):
    return {
        id_: pagina
        for pagina, texto in textos(sitio).items()
        for id_ in re.findall(r'id="(sec-[\w-]+)"', texto)
    }


def test_cada_termino_se_marca_una_vez_por_capitulo_y_nunca_donde_se_define(sitio):
    terminos = {termino.id: termino for termino in leer(RAIZ)}
    donde = pagina_de_cada_seccion(sitio)
    usados = set()
    for entrada in ENTRADAS:
        sopa = leer_pagina(sitio, entrada.pagina)
        marcas = sopa.select("a.termino")
        ids_de = {e["id"]: e for e in sopa.find_all(id=True)}
        ids = [str(marca["href"]).partition("#")[2] for marca in marcas]
        assert len(ids) == len(set(ids)), entrada.pagina
        for id_, marca in zip(ids, marcas):
            termino = terminos[id_]
            assert donde[termino.seccion] != entrada.pagina
            escrito = " ".join(marca.get_text().lower().split())
            assert escrito in [f.lower() for f in termino.escrito]
            globo = ids_de[marca["aria-describedby"]]
            assert termino.definicion in " ".join(globo.get_text().split())
            assert not marca.find_parent(["h1", "h2", "h3", "table", "pre", "figure"])
        usados |= set(ids)
    assert len(usados) > 0.7 * len(terminos)


def test_la_pagina_del_glosario_tiene_todos_los_terminos_y_sus_secciones(sitio):
    lista = leer_pagina(sitio, "libro/glosario.html").select_one(".glosario")
    donde = pagina_de_cada_seccion(sitio)
    entradas = list(zip(lista.select("dt"), lista.select("dd")))
    for termino, (nombre, definicion) in zip(leer(RAIZ), entradas, strict=True):
        assert nombre.find(id=termino.id).get_text().split() == termino.nombre.split()
        assert termino.definicion in " ".join(definicion.get_text().split())
        destino = str(definicion.select_one("a")["href"]).partition("#")
        assert f"libro/{destino[0]}" == donde[termino.seccion]
        assert destino[2] in ("", termino.seccion)


def test_las_listas_de_cien_estan_en_el_readme_en_el_libro_y_en_la_tarea(sitio):
    cita = re.findall(r"^> (.*)$", (RAIZ / "README.md").read_text("utf-8"), re.M)
    diez = [nombre.strip() for nombre in " ".join(cita).split("·") if nombre.strip()]
    tarea = (RAIZ / "libro/tarea.md").read_text("utf-8")
    pagina = leer_pagina(sitio, "libro/12-alumna.html")
    escritos = {li.get_text() for li in pagina.select(".nombres li")}
    for modelo in ("rnn", "lstm"):
        ruta = RAIZ / f"data/inventados-{modelo}.txt"
        cien = ruta.read_text("utf-8").splitlines()
        assert len(set(cien)) == 100 and set(cien) <= escritos
        assert " · ".join(cien) in tarea.replace("\n> ", " ")
    assert diez == cien[:10]


def test_la_cita_de_la_portada_es_la_de_la_ficha():
    ficha = yaml.safe_load((RAIZ / "CITATION.cff").read_text("utf-8"))
    proyecto = tomllib.loads((RAIZ / "pyproject.toml").read_text("utf-8"))["project"]
    assert ficha["version"] == proyecto["version"]
    cita = (RAIZ / "index.qmd").read_text("utf-8")
    ano = ficha["date-released"].year
    for campo in (ficha["title"], ficha["version"], ano, ficha["authors"][0]["name"]):
        assert f"{{{campo}}}" in cita
