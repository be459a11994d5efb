"""Lo que no debe separarse al final de un renglón, y el signo menos."""

import pypandoc
from bs4 import BeautifulSoup

from tests.conftest import RAIZ


def convertir(texto):
    filtro = f"--lua-filter={RAIZ / 'libro/recursos/tipografia.lua'}"
    opciones = [filtro, "--wrap=none"]
    return pypandoc.convert_text(texto, "html", format="markdown", extra_args=opciones)


def test_la_cifra_y_la_formula_no_se_separan_de_sus_signos():
    texto = "El 34 % ($x$, y luego $h$) son 3\n× 10, y $w$ suelta."
    pagina = BeautifulSoup(convertir(texto), "html.parser")
    assert "34\u00a0%" in pagina.get_text() and "3\u00a0×\u00a010" in pagina.get_text()
    juntos = [uno.get_text() for uno in pagina.select(".junto")]
    assert juntos == ["(x,", "h)"]


def test_un_guion_no_se_separa_de_lo_que_empieza():
    texto = "Con *-tlan* o un n-grama, no ex-alcalde: `python -m a --b <c>` y `a-b`."
    pagina = BeautifulSoup(convertir(texto), "html.parser")
    juntos = [uno.get_text() for uno in pagina.select(".junto")]
    assert juntos == ["-tlan", "n-grama,", "-m", "--b"]
    assert pagina.code.get_text() == "python -m a --b <c>"


def test_un_numero_negativo_lleva_signo_menos_y_el_codigo_su_guion():
    texto = "Va de -0.04 [-0.5, +1], del 3-4 y `-1`.\n\n|a|\n|--|\n|-0.1 (-2)|\n"
    pagina = BeautifulSoup(convertir(texto), "html.parser")
    assert pagina.p.get_text() == "Va de −0.04 [−0.5, +1], del 3-4 y -1."
    assert pagina.td.get_text() == "−0.1 (−2)"
