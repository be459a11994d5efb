import os
import re
import shutil
from contextlib import redirect_stdout
from io import StringIO
from types import SimpleNamespace

import pytest

from imprenta import libro as taller
from imprenta.__main__ import principal
from imprenta.archivos import A_MEDIAS, escribir
from imprenta.ejecutar import Celda, ejecutar
from imprenta.errores import ErrorDelLibro
from imprenta.indice import leer_libro
from imprenta.libro import con_pandoc, hacer
from imprenta.sitio import revisar_enlaces, revisar_referencias
from imprenta.tejer import LIGERO, con_salidas, datos_aparte, de_que_depende
from tests.imprenta.conftest import escribir_libro

TITULO = "# Uno {#sec-uno}\n\n"
FIGURA = TITULO + (
    "```{python}\n#| label: fig-a\n#| fig-cap: Una línea.\n#| fig-alt: Una línea que sube.\n"
    "import matplotlib.pyplot as plt\n"
    'plt.rcParams["svg.hashsalt"] = "x"\n'
    "plt.plot([1, 2])\nplt.show()\n```\n\nLa @fig-a.\n"
)
UNA_LINEA = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
PIE = "#| label: fig-a\n#| fig-cap: A\n"


@pytest.fixture(scope="module")
def tejido(tmp_path_factory):
    """Un libro tejido una sola vez, y lo que se dijo al tejerlo."""
    raiz = escribir_libro(tmp_path_factory.mktemp("tejido"), uno=FIGURA)
    with redirect_stdout(StringIO()) as dicho:
        assert principal(["--raiz", str(raiz), "libro", "--motor", "pandoc"]) == 0
    return raiz, dicho.getvalue()


@pytest.fixture
def raiz(tejido, tmp_path):
    """Una copia del libro ya tejido, con su memoria, para cambiarle algo."""
    shutil.copytree(tejido[0], tmp_path, dirs_exist_ok=True)
    return tmp_path


def paginas(raiz):
    return {
        ruta.relative_to(raiz).as_posix(): ruta.read_bytes()
        for ruta in sorted((raiz / "_libro").rglob("*"))
        if ruta.is_file()
    }


def texto_de(raiz):
    return " ".join(
        (raiz / "_libro/libro/uno.html").read_text(encoding="utf-8").split()
    )


def test_hace_el_libro_y_avisa_por_capitulo_con_su_tiempo(tejido, raiz, capsys):
    _, dicho = tejido
    assert re.search(r"^  libro/uno\.qmd +\d+\.\d s$", dicho, re.MULTILINE)
    assert "tejido con la edición Pandoc" in dicho
    assert "libro/uno_files/figure-html/fig-a-output-1.svg" in "\n".join(paginas(raiz))
    principal(["--raiz", str(raiz), "libro", "--motor", "pandoc"])
    assert capsys.readouterr().out.count("sin cambios") == 4


def test_dos_libros_de_las_mismas_fuentes_son_iguales_byte_por_byte(raiz):
    primera = paginas(raiz)
    for viejo in (raiz / ".cache").rglob("*.*"):
        viejo.unlink()
    hacer(raiz, "pandoc")
    assert paginas(raiz) == primera


def test_un_enlace_roto_tampoco_reemplaza_el_libro(raiz, capsys):
    bueno = paginas(raiz)
    malo = TITULO + '```{=html}\n<a href="nada.html">x</a>\n```\n'
    (raiz / "libro/uno.qmd").write_text(malo, encoding="utf-8")
    assert principal(["--raiz", str(raiz), "libro", "--motor", "pandoc"]) == 1
    assert "libro/uno.html" in capsys.readouterr().err
    assert paginas(raiz) == bueno


def test_un_fallo_no_espera_a_las_celdas_que_siguen_corriendo(hacer_libro):
    lenta = "# Dos {#sec-dos}\n\n```{python}\nimport time\ntime.sleep(600)\n```\n"
    raiz = hacer_libro(uno=TITULO + "```{python}\n1 / 0\n```\n", dos=lenta)
    with pytest.raises(ErrorDelLibro, match="ZeroDivisionError"):
        con_pandoc(raiz, raiz / "sitio")


def test_cambiar_una_etiqueta_actualiza_las_paginas_que_la_citan(raiz):
    citan = TITULO + "Véase la @sec-b.\n"
    (raiz / "libro/uno.qmd").write_text(citan, encoding="utf-8")
    for secciones in ("## A\n\n## B {#sec-b}", "## B {#sec-b}\n\n## A"):
        dos = f"# Dos {{#sec-dos}}\n\n{secciones}\n"
        (raiz / "libro/dos.qmd").write_text(dos, encoding="utf-8")
        hacer(raiz, "pandoc")
        debido = "Sección 2.2" if secciones.endswith("{#sec-b}") else "Sección 2.1"
        assert debido in texto_de(raiz)


def test_los_signos_especiales_se_escapan(raiz):
    figura = FIGURA.replace("fig-cap: Una línea.", 'fig-cap: "De [0, 1] a <2>"')
    otros = '\n```{.bash filename="a & <b>"}\nls\n```\n'
    (raiz / "libro/uno.qmd").write_text(figura + otros, encoding="utf-8")
    hacer(raiz, "pandoc")
    texto = (raiz / "_libro/libro/uno.html").read_text(encoding="utf-8")
    assert "De [0, 1] a &lt;2&gt;" in texto
    assert "a &amp; &lt;b&gt;" in texto
    assert 'alt="Una línea que sube."' in texto


def test_un_fallo_deja_el_ultimo_libro_bueno(raiz, capsys):
    bueno = paginas(raiz)
    for malo in ("1 / 0", "x = 1\n```\n\nVéase @fig-nada\n\n```{python}\npass"):
        texto = TITULO + f"```{{python}}\n{malo}\n```\n"
        (raiz / "libro/uno.qmd").write_text(texto, encoding="utf-8")
        capsys.readouterr()
        assert principal(["--raiz", str(raiz), "libro", "--motor", "pandoc"]) == 1
        assert capsys.readouterr().err.startswith("libro/uno.qmd:")
        assert paginas(raiz) == bueno
        assert not list(raiz.glob(f"{A_MEDIAS}*"))


DOBLE = "display({'image/svg+xml': '<svg/>', 'text/html': '<svg/>'}, raw=True)"
NO_DAN = {  # la celda → por qué no da lo que promete
    f"{PIE}#| fig-alt: A\nprint(1)": "debe producir una figura",
    "#| label: tbl-a\n#| tbl-cap: A\nprint(1)": "debe producir una tabla",
    PIE + UNA_LINEA: "texto alternativo",
    f'{PIE}#| fig-alt: ""\n{UNA_LINEA}': "alternativo",
    f'{PIE}#| fig-alt: " "\n{UNA_LINEA}': "alternativo",
    "from IPython.display import HTML\nHTML('<b>x</b>')": "fuera del subconjunto",
    DOBLE: "fuera del subconjunto",
}


@pytest.fixture(scope="module")
def prometen(tmp_path_factory):
    """Las que no dan lo que prometen, corridas todas en un núcleo."""
    uno = TITULO + "".join(f"```{{python}}\n{celda}\n```\n" for celda in NO_DAN)
    raiz = escribir_libro(tmp_path_factory.mktemp("prometen"), uno=uno)
    capitulo = ejecutar(raiz, "libro/uno.qmd", leer_libro(raiz).figuras)
    celdas = (pasaje for pasaje in capitulo.pasajes if isinstance(pasaje, Celda))
    return dict(zip(NO_DAN, celdas, strict=True))


@pytest.mark.parametrize("celda", NO_DAN)
def test_una_celda_que_no_da_lo_que_promete(prometen, tmp_path, celda):
    linea = prometen[celda].bloque.linea
    with pytest.raises(ErrorDelLibro, match=rf"uno\.qmd:{linea}: .*{NO_DAN[celda]}"):
        con_salidas(tmp_path, prometen[celda])


@pytest.mark.parametrize(
    ("motor", "mensaje"),
    [("word", "debe ser «quarto» o «pandoc»"), ("quarto", "no hay un «quarto»")],
)
def test_un_motor_que_no_hay(hacer_libro, monkeypatch, motor, mensaje):
    monkeypatch.setattr(taller.shutil, "which", lambda _: None)
    with pytest.raises(ErrorDelLibro, match=mensaje):
        hacer(hacer_libro(), motor)


def test_usa_quarto_si_lo_hay(hacer_libro, monkeypatch):
    monkeypatch.setattr(taller.shutil, "which", lambda _: "/ruta/a/quarto")
    tejidos = []

    monkeypatch.setattr(taller, "_con_quarto", lambda _: tejidos.append("quarto"))
    hacer(hacer_libro(), None)
    assert tejidos == ["quarto"]


def test_la_revision_del_sitio_encuentra_lo_roto(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="x">A</h1>\n<a href="b.html">no</a>\n<a href="#y">no</a>\n<img src="c.png">'
        '\n<a href="#x">sí</a> <a href="https://otro.mx/z">sí</a>',
        encoding="utf-8",
    )
    with pytest.raises(ErrorDelLibro) as error:
        revisar_enlaces(tmp_path)
    assert str(error.value).splitlines() == [
        "a.html:2: enlaza con b.html, que no existe",
        "a.html:3: enlaza con el ancla «#y», que no existe",
        "a.html:4: enlaza con c.png, que no existe",
    ]
    (tmp_path / "a.html").write_text(
        "<p>\n<strong>?@fig-nada</strong></p>", encoding="utf-8"
    )
    with pytest.raises(
        ErrorDelLibro, match=r"a\.html:2: quedó una referencia sin resolver"
    ):
        revisar_referencias(tmp_path)


QUARTO_FALSO = """\
#!/bin/sh
test "$*" = "render" || exit 1
mkdir -p _libro && echo "<html></html>" > _libro/index.html
"""


@pytest.mark.parametrize("motor", ["pandoc", "quarto"])
def test_solo_se_borra_lo_que_la_imprenta_hizo(hacer_libro, monkeypatch, motor):
    raiz = hacer_libro()
    del_lector = ["_libro.zip", "_libro.respaldo/index.html", "_libro.viejo/a.txt"]
    for ruta in del_lector:
        (raiz / ruta).parent.mkdir(exist_ok=True)
        (raiz / ruta).write_text("del lector", encoding="utf-8")
    muerto = raiz / f"{A_MEDIAS}a-medias"
    muerto.mkdir(parents=True)
    (raiz / "bin").mkdir()
    (raiz / "bin/quarto").write_text(QUARTO_FALSO, encoding="utf-8")
    (raiz / "bin/quarto").chmod(0o755)
    monkeypatch.setenv("PATH", f"{raiz / 'bin'}{os.pathsep}{os.environ['PATH']}")
    for _ in range(2):
        hacer(raiz, motor)
    assert (raiz / "_libro/index.html").is_file()
    assert all((raiz / ruta).read_text("utf-8") == "del lector" for ruta in del_lector)
    assert not list(raiz.glob(f"{A_MEDIAS}*"))


def test_los_datos_que_pesan_no_retrasan_el_texto_de_su_pagina():
    def pagina(dato: str) -> str:
        return f'<main><script type="application/json" id="a">{dato}</script></main>'

    ligera, pesada = pagina("[1]"), pagina(f'["{"x" * LIGERO}"]')
    assert datos_aparte(ligera, "uno.datos.js") == (ligera, "")
    texto, guion = datos_aparte(pesada, "uno.datos.js")
    assert texto == '<main><template data-guion="uno.datos.js"></template>\n</main>'
    assert guion == f'Taller.traidos["a"] = ["{"x" * LIGERO}"];\n'


@pytest.mark.parametrize("cual", ["etiquetas", "trozos/uno", "afirmaciones/uno"])
def test_la_pagina_recordada_depende_de_lo_que_dejan_los_demas(tmp_path, cual):
    libro, archivo = SimpleNamespace(raiz=tmp_path), tmp_path / f".cache/{cual}.json"
    escribir(archivo, "{}")
    antes = de_que_depende(libro)
    escribir(archivo, '{"otro": 1}')
    assert de_que_depende(libro) != antes
