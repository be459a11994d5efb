import json

import pytest

from imprenta.__main__ import principal
from imprenta.archivos import escribir
from imprenta.ejecutar import Celda, Pedido, ejecutar, valor
from imprenta.ejecutar import correr as correr_pedidos
from imprenta.errores import ErrorDelLibro
from imprenta.indice import leer_libro
from tests.imprenta.conftest import escribir_libro

TITULO = "# Uno {#sec-uno}\n\n"


def correr(raiz, ruta="libro/uno.qmd"):
    return ejecutar(raiz, ruta, leer_libro(raiz).figuras)


def prosa(capitulo):
    return "\n".join(p for p in capitulo.pasajes if isinstance(p, str))


CUENTA = (
    TITULO
    + "```{python}\nx = 20 + 3\nprint(x)\n```\n\nSon `{python} x` y `{python} f'{x/7:.2f}'`.\n"
)


APUNTA = """
```{python}
import os, sys
from pathlib import Path

ruta = Path(".cache/afirmaciones", os.environ["QUARTO_DOCUMENT_FILE"])
x = ruta.with_suffix(".json").write_text("[['dos']]")
```

Dice `{python} 'a*b_c'` y `{python} str("matplot" + "lib" in sys.modules)`.
"""


@pytest.fixture(scope="module")
def corrido(tmp_path_factory):
    """Un capítulo que cuenta y apunta, corrido una vez, y lo que dio."""
    raiz = escribir_libro(tmp_path_factory.mktemp("corrido"), uno=CUENTA + APUNTA)
    escribir(raiz / ".cache/afirmaciones/uno.json", "de antes")
    return raiz, correr(raiz)


def test_las_expresiones_ven_las_celdas_y_se_escapan(corrido):
    _, capitulo = corrido
    assert "Son 23 y 3\\.29." in prosa(capitulo)
    assert "Dice a\\*b\\_c y False." in prosa(capitulo)
    celda, _ = (p for p in capitulo.pasajes if isinstance(p, Celda))
    dicho = {"output_type": "stream", "name": "stdout", "text": "23\n"}
    assert celda.salidas == [dicho]
    assert not capitulo.recordado


@pytest.fixture
def sin_nucleo(monkeypatch):
    """Como si las celdas no dijeran nada y las expresiones dieran 23: para probar la memoria."""
    monkeypatch.setattr(
        "imprenta.ejecutar.correr",
        lambda _, pedidos, __: [[] if pedido.es_celda else "23" for pedido in pedidos],
    )


def test_cambiar_la_prosa_no_ejecuta_nada(hacer_libro, sin_nucleo):
    correr(hacer_libro(uno=CUENTA))
    capitulo = correr(hacer_libro(uno=CUENTA.replace("Son", "Resultan")))
    assert capitulo.recordado
    assert "Resultan 23 y 23." in prosa(capitulo)


def cambiar_celda(raiz):
    texto = (raiz / "libro/uno.qmd").read_text(encoding="utf-8")
    (raiz / "libro/uno.qmd").write_text(
        texto.replace("20 + 3", "20 + 4"), encoding="utf-8"
    )


def cambiar_expresion(raiz):
    texto = (raiz / "libro/uno.qmd").read_text(encoding="utf-8")
    (raiz / "libro/uno.qmd").write_text(texto.replace(":.2f", ":.3f"), encoding="utf-8")


def cambiar_codigo(raiz):
    (raiz / "codigo/otro.py").write_text("x = 2\n", encoding="utf-8")


def cambiar_datos(raiz):
    (raiz / "data/hondo").mkdir()
    (raiz / "data/hondo/lista.txt").write_text("Tepic\n", encoding="utf-8")


def cambiar_entorno(raiz):
    (raiz / "_environment").write_text("SOURCE_DATE_EPOCH=1\n", encoding="utf-8")


def cambiar_tamano(raiz):
    texto = (raiz / "_quarto.yml").read_text(encoding="utf-8")
    (raiz / "_quarto.yml").write_text(
        texto.replace("fig-width: 4", "fig-width: 5"), encoding="utf-8"
    )


CAMBIOS = [cambiar_celda, cambiar_expresion, cambiar_codigo, cambiar_datos]
CAMBIOS += [cambiar_entorno, cambiar_tamano]


@pytest.mark.parametrize("cambiar", CAMBIOS)
def test_cambiar_lo_que_importa_vuelve_a_ejecutar(hacer_libro, sin_nucleo, cambiar):
    raiz = hacer_libro(uno=CUENTA.replace("x =", "import codigo.otro\nx =", 1))
    assert not correr(raiz).recordado
    assert correr(raiz).recordado
    cambiar(raiz)
    assert not correr(raiz).recordado
    assert correr(raiz).recordado
    assert len(list((raiz / ".cache/celdas").glob("uno-*.json"))) == 1


def test_un_capitulo_no_vuelve_a_ejecutar_a_otro(hacer_libro, sin_nucleo):
    otro = CUENTA.replace("uno", "dos")
    raiz = hacer_libro(uno=CUENTA, dos=otro)
    correr(raiz)
    correr(raiz, "libro/dos.qmd")
    cambiar_celda(raiz)
    assert correr(raiz, "libro/dos.qmd").recordado


def test_una_celda_que_falla_dice_cual_y_por_que(hacer_libro):
    raiz = hacer_libro(uno=TITULO + "```{python}\n#| label: rota\nx = 1\nx / 0\n```\n")
    with pytest.raises(ErrorDelLibro) as error:
        correr(raiz)
    texto = str(error.value)
    assert texto.startswith("libro/uno.qmd:3: falló la celda «rota»:")
    assert "ZeroDivisionError: division by zero" in texto
    assert "\x1b" not in texto
    assert not list((raiz / ".cache").glob("celdas/*"))


MUERTE = "import os\nos._exit(9)"


@pytest.mark.parametrize("donde", ["la celda", "la expresión"])
def test_un_nucleo_que_muere_es_una_frase(hacer_libro, capfd, donde):
    celda = f"```{{python}}\n{MUERTE if donde == 'la celda' else 'import os'}\n```\n"
    raiz = hacer_libro(uno=TITULO + celda + "\nVan `{python} os._exit(9)`.\n")
    assert principal(["--raiz", str(raiz), "libro", "--motor", "pandoc"]) == 1
    dicho = capfd.readouterr().err
    linea = 3 if donde == "la celda" else 7
    assert dicho.startswith(f"libro/uno.qmd:{linea}: falló {donde}")
    assert (
        dicho.endswith(": murió el núcleo que la corría\n") and dicho.count("\n") == 1
    )


def test_un_nucleo_que_no_arranca_es_una_frase(hacer_libro, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/no/existe")
    with pytest.raises(
        ErrorDelLibro, match=r"^el núcleo que corre las celdas no arranc"
    ):
        correr(hacer_libro(uno=CUENTA))


@pytest.mark.parametrize("danado", ["", "[", "{}", "[1]"])
def test_una_ejecucion_danada_se_repite(hacer_libro, sin_nucleo, capsys, danado):
    raiz = hacer_libro(uno=TITULO + "Van `{python} 1`y `{python} 2`.\n")
    correr(raiz)
    (guardado,) = (raiz / ".cache/celdas").iterdir()
    bueno = guardado.read_bytes()
    guardado.write_text(danado, encoding="utf-8")
    assert not correr(raiz).recordado
    assert "está dañado; se hace de nuevo\n" in capsys.readouterr().err
    assert guardado.read_bytes() == bueno and correr(raiz).recordado


RARAS = ["nada", "None", "''", "1.5", "[1]", "'a$b'", "'a\\nb'"]


@pytest.fixture(scope="module")
def dadas(tmp_path_factory):
    """Lo que un núcleo da a cada expresión rara, todas en uno."""
    raiz = escribir_libro(tmp_path_factory.mktemp("raras"))
    pedidos = [Pedido("a.qmd", 7, "x", f"nada = 0.5\n{rara}") for rara in RARAS]
    return dict(zip(RARAS, correr_pedidos(raiz, pedidos, leer_libro(raiz).figuras)))


@pytest.mark.parametrize("rara", RARAS)
def test_una_expresion_que_los_dos_tejedores_no_muestran_igual_es_un_error(dadas, rara):
    pedido = Pedido("a.qmd", 7, f"la expresión «{rara}»", rara, False)
    with pytest.raises(ErrorDelLibro, match=r"a\.qmd:7: .*expresión"):
        valor(dadas[rara], pedido)


def test_una_expresion_que_falla_dice_donde(hacer_libro):
    raiz = hacer_libro(uno=TITULO + "Van `{python} nada`.\n")
    with pytest.raises(ErrorDelLibro, match=r"libro/uno\.qmd:3: falló la expresión"):
        correr(raiz)


def test_no_se_ejecuta_lo_que_no_debe(hacer_libro):
    raiz = hacer_libro(
        uno=TITULO
        + "```{python}\n#| eval: false\n1 / 0\n```\n\n```python\n1 / 0\n```\n"
    )
    assert correr(raiz).recordado
    assert not (raiz / ".cache/celdas").exists()


def test_lo_que_un_capitulo_afirmo_se_recuerda_con_sus_celdas(corrido):
    raiz, _ = corrido
    apuntes = raiz / ".cache/afirmaciones/uno.json"
    apuntes.unlink()
    assert correr(raiz).recordado
    assert apuntes.read_text(encoding="utf-8") == "[['dos']]"


def test_lo_guardado_es_json(corrido):
    (guardado,) = (corrido[0] / ".cache/celdas").glob("*.json")
    hechos = json.loads(guardado.read_text(encoding="utf-8"))
    assert hechos[1:] == ["23", "3\\.29", [], "a\\*b\\_c", "False", "[['dos']]"]
