"""Fuentes mal escritas: cada ``_quarto.yml`` o capítulo, su frase, y nada escrito."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imprenta import glosario, subconjunto
from imprenta.__main__ import principal
from imprenta.errores import ErrorDelLibro
from imprenta.extraer import armar
from imprenta.indice import leer_libro
from tests.ataques import PALABRAS
from tests.imprenta.conftest import QUARTO_YML, escribir_libro

BYTES = QUARTO_YML.encode()
QUARTO = {  # lo que trae _quarto.yml → la frase
    "vacío": (b"", "_quarto.yml: no nombra ningún capítulo"),
    "Latin-1": (
        BYTES.replace(b"Una parte", b"Un cap\xedtulo"),
        "_quarto.yml:12: no está",
    ),
    "binario": (bytes(range(256)), "_quarto.yml:2: no está en UTF-8"),
    "UTF-16": (QUARTO_YML.encode("utf-16"), "_quarto.yml:1: no está en UTF-8"),
    "roto": (BYTES.replace(b"lang: es", b"lang: [es"), ": no es YAML válido"),
    "con un entero que no es": (
        BYTES.replace(b"lang: es", b"lang: !!int ''"),
        "no es YA",
    ),
    "con una fecha que no es": (
        BYTES.replace(b"lang: es", b"lang: 2020-13-45"),
        "no es Y",
    ),
    "hondísimo": (
        BYTES.replace(b"lang: es", b"lang: " + b"[" * 1000),
        "no es YAML vál",
    ),
    "sin libro": (BYTES.replace(b"book:", b"libro:"), "le falta la opción 'book'"),
    "con un libro que es texto": (
        b"book: hola\nformat: {html: {fig-width: 1, fig-height: 1, fig-format: a}}\n"
        b"x:\n  - index.qmd\n",
        "_quarto.yml: los capítulos van como «- libro/x.qmd»",
    ),
    "con un ancho que no es número": (
        BYTES.replace(b"fig-width: 4", b"fig-width: ancho"),
        "alguna de sus opciones no tiene la forma que debe",
    ),
    "que se contiene a sí mismo": (
        BYTES.replace(
            b"  appendices:\n    - libro/ap.qmd\n",
            b"  appendices: &a\n    - libro/ap.qmd\n    - {part: x, chapters: *a}\n",
        ),
        "_quarto.yml: los capítulos van como «- libro/x.qmd»",
    ),
    "con un capítulo fuera": (
        BYTES.replace(b"libro/uno.qmd", b"../uno.qmd"),
        "_quarto.yml:11: el capítulo ../uno.qmd está fuera del libro",
    ),
    "con un capítulo absoluto": (
        BYTES.replace(b"libro/uno.qmd", b"/etc/uno.qmd"),
        "_quarto.yml:11: el capítulo /etc/uno.qmd está fuera del libro",
    ),
    "con un capítulo que no está": (
        BYTES.replace(b"libro/uno.qmd", b"libro/nada.qmd"),
        "_quarto.yml:11: el capítulo libro/nada.qmd no existe",
    ),
    "con lo que no es un capítulo": (
        BYTES.replace(b"libro/uno.qmd", b"libro/uno.md"),
        "_quarto.yml:11: «libro/uno.md» no es la ruta de un capítulo",
    ),
    "con una parte sin capítulos": (
        BYTES.replace(b'part: "Una parte"', b'parte: "Una parte"'),
        "_quarto.yml: le falta la opción 'part'",
    ),
    "con más apéndices que letras": (
        BYTES.replace(b"    - libro/ap.qmd\n", b"    - libro/ap.qmd\n" * 27),
        "_quarto.yml:42: los apéndices llevan letra, y con este ya no alcanzan",
    ),
    "con un nombre imposible": (
        BYTES.replace(b"libro/uno.qmd", b"x" * 300 + b".qmd"),
        "el nombre es demasiado largo",
    ),
}


@pytest.mark.parametrize("caso", QUARTO)
def test_un_quarto_yml_malo_es_una_frase_y_no_se_teje(caso, tmp_path, capsys):
    contenido, frase = QUARTO[caso]
    escribir_libro(tmp_path)
    (tmp_path / "_quarto.yml").write_bytes(contenido)
    orden = ["--raiz", str(tmp_path), "libro", "--motor", "pandoc"]
    assert principal(orden) == 1
    dicho = capsys.readouterr().err
    assert frase in dicho and dicho.count("\n") == 1, dicho
    assert not list(tmp_path.glob("_libro*"))


CAPITULOS = {
    "Latin-1": (
        "# Capítulo {#sec-uno}\n".encode("latin-1"),
        "uno.qmd:1: no está en UTF",
    ),
    "UTF-16": ("# Uno {#sec-uno}\n".encode("utf-16"), "uno.qmd:1: no está en UTF-8"),
    "binario": (b"\n\n\xff\xd8\xff\xe0", "libro/uno.qmd:3: no está en UTF-8"),
    "vacío": (b"", "libro/uno.qmd:1: debe tener un solo título"),
}


@pytest.mark.parametrize("caso", CAPITULOS)
def test_un_capitulo_malo_es_una_frase_con_su_renglon(caso, tmp_path, capsys):
    contenido, frase = CAPITULOS[caso]
    escribir_libro(tmp_path)
    (tmp_path / "libro/uno.qmd").write_bytes(contenido)
    assert principal(["--raiz", str(tmp_path), "preparar"]) == 1
    dicho = capsys.readouterr().err
    assert frase in dicho and "Traceback" not in dicho


def test_la_marca_de_orden_y_los_renglones_de_windows_se_aceptan(tmp_path):
    escribir_libro(tmp_path)
    ruta = tmp_path / "libro/uno.qmd"
    antes = armar(escribir_libro(tmp_path, uno=CON_TROZO))
    ruta.write_bytes(b"\xef\xbb\xbf" + CON_TROZO.replace("\n", "\r\n").encode())
    subconjunto.revisar(tmp_path)
    assert armar(tmp_path) == antes and "codigo/a.py" in antes


CON_TROZO = "# Uno {#sec-uno}\n\n```{.python file=codigo/a.py}\nx = 1\n```\n"
TEXTOS = st.lists(st.sampled_from(PALABRAS) | st.text(max_size=6), max_size=12).map(
    "\n".join
)
MUCHAS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(TEXTOS)
@MUCHAS
def test_cualquier_capitulo_se_lee_o_dice_que_le_pasa(tmp_path, texto):
    if not (tmp_path / "_quarto.yml").is_file():
        escribir_libro(tmp_path)
    (tmp_path / "libro/uno.qmd").write_bytes(texto.encode(errors="replace"))
    for lector in (armar, subconjunto.revisar, glosario.revisar):
        try:
            lector(tmp_path)
        except ErrorDelLibro as error:
            assert str(error)


@given(TEXTOS, st.integers(0, len(BYTES)), st.integers(0, 40))
@MUCHAS
def test_cualquier_quarto_yml_se_lee_o_dice_que_le_pasa(tmp_path, texto, donde, quita):
    if not (tmp_path / "_quarto.yml").is_file():
        escribir_libro(tmp_path)
    pisado = BYTES[:donde] + texto.encode(errors="replace") + BYTES[donde + quita :]
    (tmp_path / "_quarto.yml").write_bytes(pisado)
    try:
        assert leer_libro(tmp_path).entradas
    except ErrorDelLibro as error:
        assert "_quarto.yml" in str(error)
