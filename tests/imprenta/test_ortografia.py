"""La ortografía de todo lo que se lee, con el diccionario de México y nuestras palabras."""

import ast
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

from imprenta.fuentes import Bloque, leer_capitulo, rutas_de_capitulos
from tests.conftest import RAIZ

PALABRAS = RAIZ / "libro/recursos/palabras.txt"
LO_QUE_NO_ES_PROSA = re.compile(
    r"\$\$.*?\$\$|\$(?=\S)[^$]*?\$|(`+).*?\1|\]\([^)]*\)|@[\w-]+|\{[^}]*\}|<[^>]*>|\bhttps?://\S+|\b\w+\d+\b"
    r"|(?m:^> [^\n]* · [^\n]*$)",  # los nombres inventados del README
    re.DOTALL,
)
PIE = re.compile(r"^#\| (?:fig-cap|fig-alt|tbl-cap|code-summary): (.*)$", re.MULTILINE)
FUENTES = [
    *rutas_de_capitulos(RAIZ),
    *(r.relative_to(RAIZ).as_posix() for r in sorted(RAIZ.glob("curso/**/*.qmd"))),
    *("libro/tarea.md", "libro/recursos/glosario.yml", "README.md", "CONTRIBUIR.md"),
    *(r.relative_to(RAIZ).as_posix() for r in sorted(RAIZ.glob("codigo/**/*.py"))),
]


@cache
def prosa(ruta: str) -> str:
    """Lo que se lee de un capítulo, con los pies de sus figuras, o de un módulo."""
    texto = (RAIZ / ruta).read_text("utf-8")
    if ruta.endswith(".py"):
        con_documentacion = ast.Module, ast.ClassDef, ast.FunctionDef
        nodos = (
            n for n in ast.walk(ast.parse(texto)) if isinstance(n, con_documentacion)
        )
        texto = "\n\n".join(ast.get_docstring(nodo) or "" for nodo in nodos)
        texto = re.sub(r"Raises:|\b\w+Error:", "", texto)
    elif ruta.endswith(".yml"):
        texto = "\n".join(
            f"{t['nombre']}: {t['definicion']}" for t in yaml.safe_load(texto)
        )
    else:
        partes = []
        for parte in leer_capitulo(RAIZ, ruta):
            renglones = "\n".join(parte.lineas)
            es_codigo = isinstance(parte, Bloque)
            partes += PIE.findall(renglones) if es_codigo else [renglones]
        texto = "\n\n".join(partes)
    return LO_QUE_NO_ES_PROSA.sub(" ", texto)


def desconocidas(texto: str) -> list[str]:
    orden = ["hunspell", "-d", "es_MX", "-i", "utf-8", "-p", str(PALABRAS), "-l"]
    entorno = {**os.environ, "LC_ALL": "C.UTF-8"}
    como = {"capture_output": True, "encoding": "utf-8", "env": entorno}
    dicho = subprocess.run(orden, input=texto, check=True, **como)
    return sorted({palabra for palabra in dicho.stdout.split() if len(palabra) > 1})


@pytest.fixture(scope="module")
def diccionario() -> None:
    if (
        not shutil.which("hunspell")
        or not Path("/usr/share/hunspell/es_MX.dic").exists()
    ):
        assert not os.environ.get("CI"), "en CI debe haber hunspell con es_MX"
        pytest.skip("no hay hunspell; en Debian, apt install hunspell hunspell-es")


def test_no_hay_palabras_desconocidas(diccionario):
    malas = desconocidas("\n\n".join(map(prosa, FUENTES)))
    assert {mala: [r for r in FUENTES if mala in prosa(r)] for mala in malas} == {}


def test_el_corrector_atrapa_un_error_y_nuestra_lista_no_sobra(diccionario):
    assert desconocidas("la retropropagasión en el tiempo") == ["retropropagasión"]
    palabras = PALABRAS.read_text("utf-8").split()
    assert palabras == sorted(set(palabras))
    todo = " ".join(map(prosa, FUENTES))
    assert [p for p in palabras if not re.search(rf"(?i)\b{p}\b", todo)] == []
