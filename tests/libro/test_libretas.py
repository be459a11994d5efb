"""Las libretas que acompañan al libro: válidas, legibles, y que corren donde dicen que corren."""

import ast
import functools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from imprenta.extraer import leer_trozos
from imprenta.fuentes import leer_capitulo
from imprenta.indice import leer_libro
from tests.conftest import RAIZ

pytestmark = pytest.mark.libro
LIBRO = leer_libro(RAIZ)
CERCADO = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
CRUDO = re.compile(
    r"@(sec|fig|tbl|eq|lst)-|^:::|</?\w+>|\{[#.=]|`\{python\}|⟦", re.MULTILINE
)
CORRER = """
import sys, nbformat
from nbclient import NotebookClient
libreta = nbformat.read(sys.argv[1], as_version=4)
for celda in libreta.cells:
    if celda.cell_type == "code":
        celda.outputs, celda.execution_count = [], None
como = {"timeout": 600, "kernel_name": "python3", "coalesce_streams": True}
NotebookClient(libreta, **como).execute()
nbformat.write(libreta, "corrida.ipynb")
"""


@functools.cache
def leer(ruta):
    libreta = nbformat.read(ruta, as_version=4)
    nbformat.validate(libreta)
    return libreta


def de_codigo(libreta):
    return [celda for celda in libreta.cells if celda.cell_type == "code"]


def correr(ruta, carpeta):
    """Ejecuta una libreta en otra carpeta, en un proceso que no hereda el proyecto."""
    entorno = {n: v for n, v in os.environ.items() if n != "PYTHONPATH"}
    entorno["OPENBLAS_NUM_THREADS"] = "1"  # en un núcleo, como al tejer
    orden = [sys.executable, "-P", "-c", CORRER, str(ruta)]
    subprocess.run(orden, cwd=carpeta, env=entorno, check=True)
    return leer(carpeta / "corrida.ipynb")


def textos(libreta):
    return [
        salida["text"]
        for celda in de_codigo(libreta)
        for salida in celda.outputs
        if salida.output_type == "stream" and salida.name == "stdout"
    ]


@pytest.mark.parametrize("entrada", LIBRO.entradas, ids=lambda e: e.ruta)
def test_cada_capitulo_tiene_su_libreta_ejecutada(sitio, entrada):
    libreta = leer(sitio / entrada.libreta)
    if de_codigo(libreta):
        assert "Corre sola" in libreta.cells[0].source
    cuentas = [celda.execution_count for celda in de_codigo(libreta)]
    assert cuentas == list(range(1, len(cuentas) + 1))
    ids = [celda.id for celda in libreta.cells]
    assert len(set(ids)) == len(ids)
    assert any(c.source.startswith("# ") for c in libreta.cells)
    assert not re.search(r"\bat 0x[0-9a-f]+>", str(libreta)), "no sería la misma mañana"


@pytest.mark.parametrize("entrada", LIBRO.entradas, ids=lambda e: e.ruta)
def test_la_prosa_de_las_libretas_se_lee_sin_pandoc(sitio, entrada):
    for celda in leer(sitio / entrada.libreta).cells:
        if celda.cell_type == "markdown":
            prosa = re.sub(
                r"`[^`\n]+`|<https?:[^>]+>", "", CERCADO.sub("", celda.source)
            )
            assert not CRUDO.search(prosa), prosa


def test_los_trozos_van_completos_con_su_nombre_y_su_archivo(sitio):
    for trozo in leer_trozos(RAIZ).values():
        for parte in trozo.partes:
            (entrada,) = [e for e in LIBRO.entradas if e.ruta == parte.archivo]
            codigo = [texto for texto in parte.lineas if "<<" not in texto]
            cabezas = [
                c.source.split("\n")[0]
                for c in leer(sitio / entrada.libreta).cells
                if c.cell_type == "markdown"
                and all(texto in c.source for texto in codigo)
            ]
            suyas = f"⟨{trozo.titulo}⟩", f"`{trozo.archivo}`"
            assert any(suya in cabeza for suya in suyas for cabeza in cabezas)


def test_lo_que_la_pagina_no_muestra_va_plegado(sitio):
    libreta = leer(sitio / "libretas/02-rnn.ipynb")
    oculta = next(c for c in de_codigo(libreta) if "la escala uno arruina" in c.source)
    assert oculta.metadata.jupyter.source_hidden
    assert oculta.metadata.tags == ["hide-cell"]


def test_las_figuras_llevan_su_texto_alternativo(sitio):
    libreta = leer(sitio / "libretas/03-gradiente.ipynb")
    figuras = [
        salida
        for celda in de_codigo(libreta)
        for salida in celda.outputs
        if "image/svg+xml" in salida.get("data", {})
    ]
    assert figuras
    for figura in figuras:
        assert len(figura.metadata["image/svg+xml"]["alt"]) > 40


CON_CELDAS = [
    entrada.libreta
    for entrada in LIBRO.entradas
    if any(getattr(s, "es_celda", False) for s in leer_capitulo(RAIZ, entrada.ruta))
]
EN_TODAS = ["libretas/06-olvido.ipynb", "libretas/13-generador.ipynb"]


@pytest.mark.parametrize(
    "libreta", CON_CELDAS if os.environ.get("TODAS_LAS_LIBRETAS") else EN_TODAS
)
def test_una_libreta_corre_sola_en_una_carpeta_vacia_y_da_lo_mismo(
    sitio, tmp_path, libreta
):
    shutil.copy(sitio / "libretas/entrenado.zip", tmp_path)
    nueva = correr(sitio / libreta, tmp_path)
    assert textos(nueva) == textos(leer(sitio / libreta))
    hechos = {ruta.name for ruta in tmp_path.iterdir()}
    assert hechos == {"corrida.ipynb", "entrenado.zip", "redes-recurrentes-a-pie"}
    entrenadas = tmp_path.glob("redes-recurrentes-a-pie/.cache/entrenamientos/*/*.npz")
    assert list(entrenadas) == []


@pytest.mark.parametrize("libreta", CON_CELDAS)
def test_ninguna_libreta_lleva_la_carpeta_de_quien_la_hizo(sitio, libreta):
    texto = (sitio / libreta).read_text("utf-8")
    assert str(RAIZ) not in texto and str(Path.home()) + "/" not in texto
    assert "Warning" not in str([c.outputs for c in de_codigo(leer(sitio / libreta))])


def test_la_primera_celda_dice_que_bibliotecas_faltan(sitio, tmp_path):
    primera = de_codigo(leer(sitio / "libretas/11-inventados.ipynb"))[0].source
    sin_figuras = primera[: primera.index("import matplotlib")]
    (tmp_path / "celda.py").write_text(sin_figuras, "utf-8")
    orden = [sys.executable, "-I", "-S", "celda.py"]  # sin bibliotecas
    dicho = subprocess.run(orden, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert "%pip install numpy matplotlib scipy scikit-learn" in dicho.stdout


def test_la_tarea_solo_importa_numpy_matplotlib_y_la_biblioteca_estandar(sitio):
    codigo = "\n".join(celda.source for celda in de_codigo(leer(sitio / LIBRO.tarea)))
    modulos = set()
    for nodo in ast.walk(ast.parse(codigo)):
        if isinstance(nodo, ast.Import):
            modulos |= {nombre.name.split(".")[0] for nombre in nodo.names}
        elif isinstance(nodo, ast.ImportFrom):
            assert nodo.level == 0
            modulos.add(str(nodo.module).split(".")[0])
    assert {"numpy", "matplotlib"} <= modulos
    assert modulos - {"numpy", "matplotlib"} <= sys.stdlib_module_names
    assert "__import__" not in codigo and "importlib" not in codigo


def test_la_tarea_no_deja_nombres_sin_definir_ni_usar(sitio, tmp_path):
    codigo = "\n\n".join(celda.source for celda in de_codigo(leer(sitio / LIBRO.tarea)))
    (tmp_path / "tarea.py").write_text(codigo, encoding="utf-8")
    orden = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select=F,E9",
        "tarea.py",
    ]
    proceso = subprocess.run(orden, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert proceso.returncode == 0, proceso.stdout


def test_la_tarea_corre_sola_con_sus_datos_y_da_lo_mismo(sitio, tmp_path):
    guardada = leer(sitio / LIBRO.tarea)
    shutil.copy(sitio / "libretas/municipios.txt", tmp_path)
    ausente = nbformat.v4.new_code_cell(
        "import importlib.util\nassert importlib.util.find_spec('codigo') is None"
    )
    con_guardia = nbformat.v4.new_notebook(cells=[ausente, *guardada.cells[:-2]])
    # Entera ya corrió al tejer. Aquí aprende poco, y sin la celda que asegura lo que se opina.
    chica = nbformat.writes(con_guardia)
    for suyo, chico in (
        ("EPOCAS, DECAIMIENTO = 100, 32, 16", "EPOCAS, DECAIMIENTO = 20, 32, 2"),
        ("Adagrad(0.1)), 5001)", "Adagrad(0.1)), 2001)"),
        ("TASAS = (0.01, 0.04, 0.16)", "TASAS = (0.04,)"),
    ):
        assert suyo in chica
        chica = chica.replace(suyo, chico)
    (tmp_path / "tarea.ipynb").write_text(chica, encoding="utf-8")
    nueva = correr(tmp_path / "tarea.ipynb", tmp_path)
    assert textos(nueva)[:3] == textos(guardada)[:3]
    dicho, escrito = "\n".join(textos(nueva)), "\n".join(textos(guardada))
    for marca in ("nuevo", "copia", "LSTM − RNN", "contador", "iteración 5"):
        assert marca in dicho and marca in escrito
    opinion = guardada.cells[-1].source
    assert re.search(r"La LSTM le ganó a la simple: 1\.\d{3} nats", opinion)
    figuras = [
        salida
        for celda in de_codigo(guardada)
        for salida in celda.outputs
        if "image/png" in salida.get("data", {})
    ]
    assert len(figuras) == 1


def test_los_datos_de_la_pagina_no_van_en_las_libretas(sitio):
    for ruta in (sitio / "libretas").glob("*.ipynb"):
        assert ruta.stat().st_size < 650_000, ruta.name  # con el código
        for celda in nbformat.read(ruta, 4).cells:
            assert "{=html}" not in str(celda.get("outputs", "")), ruta.name
