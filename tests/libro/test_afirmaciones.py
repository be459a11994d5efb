"""Lo que compara dos cosas se afirma con su intervalo, y no con un «mayor que»."""

import ast
import re

import pytest

from imprenta.fuentes import Bloque, leer_capitulo, rutas_de_capitulos
from imprenta.subconjunto import opciones
from tests.conftest import RAIZ

COMPARA = re.compile(
    r"\b(gana|ganan|ganó|pierden?|empatan?|(mejor|peor|más|menos) que|copian? (más|menos)"
    r"|más (lejos|atrás|tarde)|no se distinguen?|parecid[oa]s?)\b"
)


def cifras_afirmadas(ruta):
    """Las frases que un capítulo afirma con ``afirmar``, y su renglón."""
    for bloque in leer_capitulo(RAIZ, ruta):
        if isinstance(bloque, Bloque) and bloque.es_celda:
            for nodo in ast.walk(ast.parse("\n".join(opciones(bloque)[1]))):
                if isinstance(nodo, ast.Call) and ast.unparse(nodo.func) == "afirmar":
                    yield f"{ruta}:{bloque.linea}", ast.unparse(nodo.args[1])


@pytest.mark.parametrize("ruta", rutas_de_capitulos(RAIZ))
def test_lo_que_compara_lleva_su_intervalo(ruta):
    sueltas = [
        f"{donde}: {f}" for donde, f in cifras_afirmadas(ruta) if COMPARA.search(f)
    ]
    assert not sueltas, "\n".join(sueltas)


def test_nadie_afirma_despues_de_la_tabla():
    """Quarto teje cada página en cuanto la ejecuta: lo de después no estaría en la tabla."""
    rutas = rutas_de_capitulos(RAIZ)
    for ruta in rutas[rutas.index("libro/taller-afirmaciones.qmd") + 1 :]:
        for bloque in leer_capitulo(RAIZ, ruta):
            if isinstance(bloque, Bloque) and bloque.es_celda:
                assert "afirmar" not in "\n".join(bloque.lineas), ruta


def test_una_comparacion_se_reconoce():
    for frase in ("la LSTM gana", "pierde por poco", "copia menos", "llega más lejos"):
        assert COMPARA.search(frase)
    for frase in ("el gradiente coincide", "son dieciséis", "la ganancia del lote"):
        assert not COMPARA.search(frase)
