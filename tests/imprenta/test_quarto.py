"""Lo que Quarto pide a la imprenta antes y después de tejer."""

import hashlib
import json
import re
import shutil
import subprocess
import sys

import pytest

from imprenta import libro
from imprenta.archivos import escribir
from imprenta.errores import ErrorDelLibro
from imprenta.preparar import preparar
from imprenta.quarto import FORMATOS, congelar, publicar, revisar_uno
from tests.conftest import RAIZ
from tests.imprenta.conftest import escribir_libro

CAPITULO = """\
# Uno {#sec-uno}

Son `{python} 40 + 2`, o en la @fig-a.

```{python}
#| label: fig-a
#| fig-cap: Una línea.
#| fig-alt: Una línea que sube.
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.show()
```
"""
CITA_ROTA = '<p><a class="quarto-unresolved-ref">?@sec-dos</a></p>'


@pytest.fixture(scope="module")
def raiz(tmp_path_factory):
    raiz = escribir_libro(tmp_path_factory.mktemp("quarto"), uno=CAPITULO)
    preparar(raiz)
    congelar(raiz)
    return raiz


@pytest.fixture
def tejido(raiz):
    """Un sitio como el que deja Quarto, y un libro anterior que perder."""
    shutil.rmtree(raiz / ".cache/quarto", ignore_errors=True)
    for ruta, texto in ((".cache/quarto", "<p>nuevo</p>"), ("_libro", "<p>viejo</p>")):
        for pagina in ("index", "libro/uno", "libro/dos", "libro/ap"):
            escribir(raiz / ruta / f"{pagina}.html", texto)
    return raiz / ".cache/quarto"


@pytest.mark.parametrize("formato", FORMATOS)
def test_quarto_halla_corridas_las_celdas_y_sus_figuras(raiz, formato):
    carpeta = raiz / "_freeze/libro/uno"
    texto = (carpeta / f"execute-results/{formato}.json").read_text(encoding="utf-8")
    congelado = json.loads(texto)
    assert congelado["hash"] == hashlib.md5(CAPITULO.encode()).hexdigest()
    hecho = congelado["result"]
    assert "Son 42, o en" in hecho["markdown"] and "{python}" not in hecho["markdown"]
    assert '<a href="../libretas/uno.ipynb">' in hecho["markdown"]
    (figura,) = re.findall(r"!\[\]\(uno_files/(.*?)\)", hecho["markdown"])
    assert (carpeta / figura).is_file() and hecho["supporting"] == ["uno_files"]


def test_publicada_una_pagina_se_abre_en_colab(raiz, monkeypatch):
    monkeypatch.setenv("COLAB", "https://colab.ejemplo/blob/libretas")
    congelar(raiz)
    congelado = raiz / "_freeze/libro/uno/execute-results/html.json"
    enlace = '<a href=\\"https://colab.ejemplo/blob/libretas/uno.ipynb\\">'
    assert enlace in congelado.read_text(encoding="utf-8")


def test_de_lo_congelado_no_quedan_figuras_que_ya_no_salen(raiz):
    vieja = raiz / "_freeze/libro/uno/figure-html/fig-vieja-output-1.svg"
    vieja.write_text("<svg/>", encoding="utf-8")
    congelar(raiz)
    assert [*vieja.parent.iterdir()] and not vieja.exists()


def test_lo_congelado_se_recuerda_y_cambia_con_lo_que_usa(raiz, monkeypatch):
    monkeypatch.setattr("imprenta.ejecutar.correr", lambda *_: pytest.fail("se corrió"))
    congelar(raiz)
    (raiz / "data/otros.txt").write_text("dato", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="se corrió"):
        congelar(raiz)
    (raiz / "data/otros.txt").unlink()


def test_al_sitio_de_quarto_se_le_agrega_lo_que_no_hace(raiz, tejido):
    publicar(raiz, tejido)
    hechas = {ruta.name for ruta in (raiz / "_libro").iterdir()}
    agregado = {"codigo", "libretas", "prueba.epub", "prueba.pdf"}
    assert hechas == {"index.html", "libro"} | agregado
    assert (raiz / "_libro/index.html").read_text(encoding="utf-8") == "<p>nuevo</p>"


def cita_rota(tejido, monkeypatch):
    (tejido / "libro.html").write_text(CITA_ROTA, encoding="utf-8")


def fallo(tejido, monkeypatch):
    def interrumpir(*_):
        raise ErrorDelLibro("se acabó el disco")

    monkeypatch.setattr(libro, "para_llevar", interrumpir)


@pytest.mark.parametrize("fallar", [cita_rota, fallo])
def test_si_algo_falta_queda_el_libro_anterior(raiz, tejido, monkeypatch, fallar):
    fallar(tejido, monkeypatch)
    with pytest.raises(ErrorDelLibro):
        publicar(raiz, tejido)
    assert (raiz / "_libro/index.html").read_text(encoding="utf-8") == "<p>viejo</p>"


def test_si_quarto_solo_hizo_un_epub_queda_el_libro_anterior(raiz, tejido):
    (tejido / "index.html").rename(tejido / "prueba.epub")
    publicar(raiz, tejido)
    assert (raiz / "_libro/index.html").read_text(encoding="utf-8") == "<p>viejo</p>"


def test_un_capitulo_solo_que_cita_a_los_que_no_se_han_tejido_lo_dice(tmp_path):
    (tmp_path / "uno.html").write_text(CITA_ROTA, encoding="utf-8")
    with pytest.raises(ErrorDelLibro, match=r"(?s)uno\.html:1: .* corre antes «quarto"):
        revisar_uno(tmp_path)


def test_con_un_python_sin_los_paquetes_dice_cual_falta_y_que_hacer():
    orden = [sys.executable, "-I", "-S", str(RAIZ / "imprenta/quarto.py"), "antes"]
    hecho = subprocess.run(orden, capture_output=True, encoding="utf-8")
    assert hecho.returncode == 1 and not hecho.stdout
    assert "le falta el paquete «" in hecho.stderr and "QUARTO_PYTHON" in hecho.stderr
    assert "Traceback" not in hecho.stderr
