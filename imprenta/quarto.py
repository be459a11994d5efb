"""Lo que ``_quarto.yml`` pide a Quarto que corra antes y después de tejer."""

import hashlib
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
FALTA = f"""\
a {sys.executable} le falta el paquete «{{}}»: prepara un entorno con «python hacer.py entorno» y dile
a Quarto que lo use, con QUARTO_PYTHON=.venv/bin/python (en Windows, .venv\\Scripts\\python.exe)"""
if not __package__:  # lo corre Quarto, como un guion suelto
    sys.path.insert(0, str(RAIZ))

try:
    from imprenta import libro, preparar, sitio, tejer
    from imprenta.archivos import escribir
    from imprenta.ejecutar import cercado
    from imprenta.errores import ErrorDelLibro
    from imprenta.fuentes import Entrada
    from imprenta.indice import Libro, leer_libro
except ModuleNotFoundError as error:
    sys.exit(FALTA.format(error.name))

SOLO = "{}\nun capítulo solo cita a los que aún no se tejen: corre antes «quarto render», una vez"
CONGELADO = "_freeze"
FORMATOS = ("html", "epub", "typ", "tex")


def congelar(raiz: Path) -> None:
    """Deja lo que dan las celdas donde Quarto lo busca antes de correrlas (``freeze: auto``)."""
    todo = leer_libro(raiz)
    capitulos = libro.ejecutar_todos(todo)
    for entrada, capitulo in zip(todo.entradas, capitulos, strict=True):
        carpeta = raiz / CONGELADO / entrada.ruta.removesuffix(".qmd")
        shutil.rmtree(carpeta, ignore_errors=True)  # sin las figuras de antes
        figuras = carpeta / "figure-html"
        texto = tejer.a_markdown(capitulo, partial(tejer.con_salidas, figuras))
        suyas = [f"{carpeta.name}_files"] * figuras.is_dir()
        texto += tejer.division(".colofon", _colofon(todo, entrada))
        dado = {"engine": "jupyter", "markdown": texto, "supporting": suyas}
        fuente = (raiz / entrada.ruta).read_text(encoding="utf-8").encode()
        huella = hashlib.md5(fuente, usedforsecurity=False).hexdigest()
        congelado = {"hash": huella, "result": {**dado, "filters": [], "includes": {}}}
        for formato in FORMATOS:
            nombre = f"execute-results/{formato}.json"
            escribir(carpeta / nombre, json.dumps(congelado, ensure_ascii=False))


def _colofon(todo: Libro, entrada: Entrada) -> str:
    """El pie de una página; sus enlaces, en HTML, porque aún no existe a dónde llevan."""
    ligas = {entrada.subir + entrada.libreta: "Esta página en una libreta de Jupyter"}
    if publicadas := os.environ.get("COLAB"):  # la rama de libretas, vista por Colab
        ligas[f"{publicadas}/{Path(entrada.libreta).name}"] = "y abierta en Colab"
    if entrada.ruta == "index.qmd":
        ligas |= {todo.archivo(edicion): edicion.upper() for edicion in ("epub", "pdf")}
        if todo.tarea:
            ligas[todo.tarea] = "la tarea en una libreta"
    para_llevar = ", ".join(f'<a href="{a}">{dice}</a>' for a, dice in ligas.items())
    return cercado(
        f"<p>Para llevar: {para_llevar}.</p>\n<p>{libro.colofon('Quarto')}</p>",
        tejer.CRUDO,
    )


def publicar(raiz: Path, tejido: Path) -> None:
    """Pone en ``_libro/`` el sitio que tejió Quarto, con lo que Quarto no hace."""
    if (tejido / "index.html").is_file():  # no es solo un EPUB o un PDF
        with libro.en_su_lugar(raiz) as nuevo:
            shutil.copytree(tejido, nuevo, dirs_exist_ok=True)
            libro.para_llevar(raiz, nuevo)


def revisar_uno(tejido: Path) -> None:
    """Quarto resuelve lo que un capítulo cita de los otros con lo que recuerda de tejerlos."""
    try:
        sitio.revisar_referencias(tejido)
    except ErrorDelLibro as error:
        raise ErrorDelLibro(SOLO.format(error)) from None


if __name__ == "__main__":
    todo = bool(os.environ.get("QUARTO_PROJECT_RENDER_ALL"))
    tejido = Path(os.environ["QUARTO_PROJECT_OUTPUT_DIR"])
    try:
        if sys.argv[1] == "despues":
            publicar(RAIZ, tejido) if todo else revisar_uno(tejido)
        else:
            preparar.preparar(RAIZ)
            if todo:
                congelar(RAIZ)
    except ErrorDelLibro as error:
        sys.exit(str(error))
