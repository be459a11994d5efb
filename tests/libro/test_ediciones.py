"""El EPUB y el PDF: completos, válidos y legibles."""

import os
import re
import shutil
import subprocess
import zipfile

import numpy as np
import pytest
from bs4 import BeautifulSoup

from imprenta.indice import leer_libro
from tests.conftest import RAIZ

pytestmark = pytest.mark.libro
LIBRO = leer_libro(RAIZ)


def programa(nombre: str) -> str:
    """La ruta de un programa de fuera; en CI debe estar."""
    ruta = shutil.which(nombre)
    if ruta is None:
        assert not os.environ.get("CI"), f"en CI debe haber un {nombre}"
        pytest.skip(f"no hay {nombre} en esta máquina")
    return ruta


@pytest.fixture(scope="module")
def epub(sitio):
    with zipfile.ZipFile(sitio / LIBRO.archivo("epub")) as archivo:
        return {nombre: archivo.read(nombre) for nombre in archivo.namelist()}


@pytest.fixture(scope="module")
def hojas(epub):
    return {
        nombre: BeautifulSoup(texto, "html.parser")
        for nombre, texto in epub.items()
        if nombre.endswith(".xhtml")
    }


@pytest.fixture(scope="module")
def titulos(sitio):
    paginas = [(sitio / e.pagina).read_text(encoding="utf-8") for e in LIBRO.entradas]
    h1 = [BeautifulSoup(p, "html.parser").select("main h1")[-1] for p in paginas]
    for titulo in h1:
        for numero in titulo.select(".chapter-number"):
            numero.decompose()
    textos = [" ".join(titulo.get_text().split()) for titulo in h1]
    return [re.sub("^Apéndice . — ", "", texto) for texto in textos]  # el de Quarto


def test_el_epub_pasa_epubcheck_sin_avisos(sitio):
    ruta = programa("epubcheck")
    java = [
        "java",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-jar",
    ]  # va de prisa
    orden = [*java, ruta] if zipfile.is_zipfile(ruta) else [ruta]
    orden += ["--failonwarnings", str(sitio / LIBRO.archivo("epub"))]
    proceso = subprocess.run(orden, capture_output=True, encoding="utf-8")
    dicho = proceso.stdout + proceso.stderr
    assert proceso.returncode == 0, dicho
    assert "0 fatals / 0 errors / 0 warnings" in dicho


def test_el_indice_del_epub_tiene_todos_los_capitulos(hojas, titulos):
    indice = hojas["EPUB/nav.xhtml"].get_text()
    assert len(titulos) == len(LIBRO.entradas)
    for titulo in titulos:
        assert titulo in indice
    for parte in {parte for entrada in LIBRO.entradas for parte in entrada.partes}:
        assert parte in indice


def test_nada_del_epub_esta_en_ingles(hojas):
    for hoja in hojas.values():
        assert not re.search(
            r"Title Page|Table of Contents|ch\d+\.xhtml", hoja.get_text()
        )


def test_todo_enlace_del_epub_lleva_a_algun_lado(hojas):
    anclas = {n: {e["id"] for e in h.select("[id]")} for n, h in hojas.items()}
    internos = 0
    for nombre, hoja in hojas.items():
        for enlace in hoja.select("a[href]"):
            destino, _, ancla = enlace["href"].partition("#")
            if re.match(r"https?:", destino):
                continue
            carpeta = nombre.rpartition("/")[0]
            otra = f"{carpeta}/{destino}" if destino else nombre
            assert not ancla or ancla in anclas[otra], (nombre, enlace)
            internos += 1
    assert internos > 500


def test_en_el_epub_no_hay_guiones_ni_restos_ni_figuras_mudas(hojas):
    for nombre, hoja in hojas.items():
        assert not hoja.select("script, button, details, iframe"), nombre
        for imagen in hoja.select("img"):
            assert len(imagen["alt"]) > 40, nombre
        prosa = "".join(t for t in hoja.strings if not t.find_parent("code"))
        assert not re.search(r"@(sec|fig|tbl|eq)-|:::|\{#|\{python\}", prosa)
        for parrafo in hoja.select("p"):  # el que anuncia algo lo trae
            sigue = parrafo.find_next_sibling()
            anuncia = parrafo.get_text().rstrip().endswith(":")
            assert not anuncia or (sigue and sigue.name != "section"), parrafo


def test_en_el_epub_lo_que_no_cabe_de_un_renglon_sigue_mas_adentro(hojas):
    codigos = [codigo for hoja in hojas.values() for codigo in hoja.select("pre code")]
    assert len(codigos) > 500
    for renglon in (renglon for codigo in codigos for renglon in codigo.contents):
        texto = renglon.get_text()
        hondo = len(texto) - len(texto.lstrip(" ")) + 4
        estilo = f"padding-left: {hondo}ch; text-indent: -{hondo}ch"
        assert texto.endswith("\n") and renglon["style"] == estilo, texto


def test_el_epub_lleva_matematicas_trozos_y_una_bibliografia(hojas):
    todas = list(hojas.values())
    assert sum(len(hoja.select("math")) for hoja in todas) > 150
    cabezas = [c.get_text() for hoja in todas for c in hoja.select(".trozo-cabeza")]
    assert any("⟨leer el lote hacia atrás⟩" in cabeza for cabeza in cabezas)
    assert any("codigo/lstm.py" in cabeza for cabeza in cabezas)
    assert [len(hoja.select("#refs")) for hoja in todas].count(1) == 1
    assert "Elman" in next(hoja for hoja in todas if hoja.select("#refs")).get_text()


def test_el_epub_dice_su_lengua_y_siempre_el_mismo_identificador(epub):
    paquete = epub["EPUB/content.opf"].decode()
    assert "<dc:language>es-MX</dc:language>" in paquete
    assert re.search(r"urn:uuid:[0-9a-f-]{36}", paquete)
    assert "2018-05-09T00:00:00Z" in paquete


def test_el_epub_lleva_las_letras_que_su_hoja_de_estilo_pide(epub):
    hoja = epub["EPUB/styles/stylesheet1.css"].decode()
    pide = set(re.findall(r"url\(\.\./fonts/(\S+?)\)", hoja))
    assert len(pide) == 8
    assert {f"EPUB/fonts/{letra}" for letra in pide} <= set(epub)


@pytest.fixture(scope="module")
def texto_del_pdf(sitio):
    orden = [programa("pdftotext"), "-layout", str(sitio / LIBRO.archivo("pdf")), "-"]
    proceso = subprocess.run(orden, capture_output=True, check=True)
    return proceso.stdout.decode()


def test_el_pdf_llega_completo(sitio):
    contenido = (sitio / LIBRO.archivo("pdf")).read_bytes()
    assert contenido.startswith(b"%PDF-")
    assert contenido.rstrip().endswith(b"%%EOF")


def test_el_pdf_tiene_todos_los_capitulos_y_sus_hojas_numeradas(texto_del_pdf, titulos):
    hojas = texto_del_pdf.split("\f")
    assert len(hojas) > 100
    sin_espacios = re.sub(r"\s+", " ", "".join(hojas[5:]))
    for titulo in titulos:
        assert titulo in sin_espacios
    assert hojas[49].strip().endswith("50")


def test_en_el_pdf_no_quedan_referencias_ni_marcas_crudas(texto_del_pdf):
    assert not re.search(r"@(sec|fig|tbl|eq)-[a-z]|\{#eq-|\?\?", texto_del_pdf)
    assert "Figura 1.1." in texto_del_pdf.replace("\u00a0", " ")
    assert "⟨leer el lote hacia atrás⟩" in texto_del_pdf


def test_en_el_pdf_un_signo_es_uno_y_lo_que_no_cabe_sigue_con_su_marca(texto_del_pdf):
    assert not re.search(r"[+−] = ", texto_del_pdf)
    seguidos = [r for r in texto_del_pdf.splitlines() if r.strip().startswith("↪")]
    assert len(seguidos) > 50 and all(r.startswith(" ") for r in seguidos)


def test_en_el_pdf_un_pie_va_con_su_trozo_y_un_termino_con_lo_que_quiere_decir(
    texto_del_pdf,
):
    for hoja in texto_del_pdf.split("\f"):
        primero = "".join(hoja.strip().splitlines()[1:]).strip()
        assert not re.match(r"(Incluye|Viene de|Sigue en|Se usa en) ", primero), hoja
    quieren_decir = re.findall(
        r"\b(?:forget gate|logit|one-hot vector)\n\s*", texto_del_pdf
    )
    assert len(quieren_decir) == 3 and "\f" not in "".join(quieren_decir)


def test_en_el_pdf_ni_una_liga_ni_una_opcion_se_parten_con_otro_guion(texto_del_pdf):
    assert not re.search(r"\w-\n *-\w|(?<!\S)--\n", texto_del_pdf)


def test_el_pdf_es_accesible_y_lleva_las_letras_del_libro(sitio):
    contenido = (sitio / LIBRO.archivo("pdf")).read_bytes()
    assert re.search(rb"pdfuaid:part>1<", contenido)
    orden = [programa("pdffonts"), str(sitio / LIBRO.archivo("pdf"))]
    letras = subprocess.run(orden, capture_output=True, encoding="utf-8").stdout
    assert {"Alegreya", "JetBrainsMono", "STIXTwoMath"} <= set(
        re.findall(r"\+(\w+)-Regular", letras)
    )


def test_ninguna_tabla_del_pdf_se_sale_de_su_hoja(sitio, texto_del_pdf):
    pagina = sitio / "libro/taller-afirmaciones.html"
    sopa = BeautifulSoup(pagina.read_text(encoding="utf-8"), "html.parser")
    hojas = texto_del_pdf.split("\f")
    capitulos = [h for h in hojas if "Auditar el libro" in h[:400]]
    dichas = len(sopa.select(".afirmaciones tbody tr"))
    renglones = "".join(capitulos).replace("\u00a0", " ")
    assert (
        dichas
        and len(re.findall(r"^ +(?:Capítulo|Apéndice) \w+ ", renglones, re.M)) >= dichas
    )


def test_pocas_hojas_del_pdf_acaban_en_blanco(sitio, tmp_path, texto_del_pdf):
    """Solo las que cierran un capítulo, y la de cada parte, tienen más de 30 % en blanco."""
    pdf = str(sitio / LIBRO.archivo("pdf"))
    orden = [programa("pdftoppm"), "-r", "36", "-gray", pdf, str(tmp_path / "hoja")]
    subprocess.run(orden, check=True)
    hojas = texto_del_pdf.split("\f")
    abren = [not hoja.strip().startswith(LIBRO.titulo) for hoja in hojas]
    blancas = []
    for n, ruta in enumerate(sorted(tmp_path.glob("*.pgm"))):
        _, medidas, _, puntos = ruta.read_bytes().split(b"\n", 3)
        ancho, alto = map(int, medidas.split())
        hoja = np.frombuffer(puntos, np.uint8).reshape(alto, ancho)
        util = hoja[round(alto * 2.3 / 24) : round(alto * 21.9 / 24)]
        escritos = np.flatnonzero((util < 250).any(axis=1))
        cola = 1 - (escritos[-1] + 1) / len(util) if len(escritos) else 1
        if cola > 0.3 and not abren[n] and not abren[n + 1]:
            blancas.append(n + 1)
    assert len(blancas) <= 3, blancas
