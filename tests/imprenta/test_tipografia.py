"""Lo que no debe separarse al final de un renglón."""

import pypandoc
from bs4 import BeautifulSoup

from tests.conftest import RAIZ


def test_la_cifra_y_la_formula_no_se_separan_de_sus_signos():
    filtro = f"--lua-filter={RAIZ / 'libro/recursos/tipografia.lua'}"
    texto = "El 34 % ($x$, y luego $h$) son 3\n× 10, y $w$ suelta."
    html = pypandoc.convert_text(
        texto, "html", format="markdown", extra_args=[filtro, "--wrap=none"]
    )
    pagina = BeautifulSoup(html, "html.parser")
    assert "34\u00a0%" in pagina.get_text() and "3\u00a0×\u00a010" in pagina.get_text()
    juntos = [uno.get_text() for uno in pagina.select(".junto")]
    assert juntos == ["(x,", "h)"]
