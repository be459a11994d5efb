"""Hace el libro completo con el tejedor que haya, y solo reemplaza el anterior si todo salió bien."""

import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np

from imprenta import buscador, ediciones, programa, tejer, vistas
from imprenta.archivos import A_MEDIAS, escribir, limpiar, uno_a_la_vez
from imprenta.ejecutar import DESDE_CERO, Capitulo, ejecutar, terminar_nucleos
from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import Entrada
from imprenta.indice import ETIQUETAS, Libro, leer_libro
from imprenta.libretas import DATOS, PESOS, armar, empacar, hacer_tarea
from imprenta.preparar import preparar
from imprenta.sitio import SITIO, revisar_enlaces, revisar_referencias
from imprenta.trozos import Programa

TEJEDORES = {"quarto": "Quarto", "pandoc": "la edición Pandoc"}


def hacer(raiz: Path, motor: str | None = None) -> None:
    """Teje el libro en ``_libro/`` con Quarto o con Pandoc."""
    inicio = time.monotonic()
    quarto = shutil.which("quarto")
    elegido = motor or os.environ.get("MOTOR") or ("quarto" if quarto else "pandoc")
    if elegido not in TEJEDORES:
        raise ErrorDelLibro(f"MOTOR debe ser «quarto» o «pandoc», no «{elegido}»")
    if (desde := os.environ.get(DESDE_CERO)) not in (None, "", "cero"):
        raise ErrorDelLibro(f"DESDE debe ser «cero», o no decirse; no «{desde}»")
    if elegido == "quarto" and not quarto:
        raise ErrorDelLibro("MOTOR=quarto, pero no hay un «quarto» en el PATH")
    with uno_a_la_vez(raiz):
        limpiar(raiz, SITIO)
        if elegido == "quarto":
            _con_quarto(raiz)
        else:
            preparar(raiz)
            with en_su_lugar(raiz) as nuevo:
                con_pandoc(raiz, nuevo)
    tiempo = f"{time.monotonic() - inicio:.0f} s"
    print(f"Listo en {tiempo}: {SITIO}/index.html, tejido con {TEJEDORES[elegido]}.")


@contextmanager
def en_su_lugar(
    raiz: Path, sitio: str = SITIO, a_medias: str = A_MEDIAS
) -> Iterator[Path]:
    """Una carpeta en que tejer; si no le falta nada, queda en el lugar del libro."""
    nuevo = Path(mkdtemp(prefix=Path(a_medias).name, dir=raiz / ".cache"))
    try:
        yield nuevo
        revisar_referencias(nuevo)
        revisar_enlaces(nuevo)
        _reemplazar(nuevo, raiz / sitio)
    finally:
        shutil.rmtree(nuevo, ignore_errors=True)


def _con_quarto(raiz: Path) -> None:
    """Lo que va antes y después, y poner el libro en su lugar, lo pide Quarto a ``quarto.py``."""
    entorno = {**os.environ, "QUARTO_PYTHON": sys.executable}
    if subprocess.run(["quarto", "render"], cwd=raiz, env=entorno).returncode:
        raise ErrorDelLibro("Quarto no terminó; arriba dice por qué")


def con_pandoc(
    raiz: Path, sitio: Path, ejecutados: list[Capitulo] | None = None
) -> tuple[Libro, list[tejer.Pagina]]:
    """Teje todos los capítulos, en todas las ediciones, en ``sitio``; si hace falta, los ejecuta."""
    libro = leer_libro(raiz)
    paginas = _leer(libro, sitio, ejecutados)
    tejer.copiar_recursos(libro, paginas, sitio)
    with ThreadPoolExecutor(max_workers=2) as hilos:
        para_leer_fuera = hilos.submit(ediciones.hacer, libro, paginas, sitio, sitio)
        _tejer(libro, paginas, sitio)
        recortes = vistas.de_las_paginas(sitio, [p.entrada.pagina for p in paginas])
        escribir(sitio / tejer.RECURSOS / "vistas.js", recortes)
        _escribir_programa(libro, paginas, sitio)
        _escribir_libretas(libro, paginas, sitio)
        para_leer_fuera.result()
    return libro, paginas


def _tejer(libro: Libro, paginas: list[tejer.Pagina], sitio: Path) -> None:
    def una(pagina: tejer.Pagina) -> None:
        ruta = sitio / pagina.entrada.pagina
        guion = ruta.with_suffix(".datos.js")
        texto = tejer.tejer_pagina(libro, pagina, colofon())
        texto, datos = tejer.datos_aparte(texto, guion.name)
        escribir(ruta, texto)
        if datos:
            escribir(guion, datos)

    with ThreadPoolExecutor(max_workers=2) as hilos:
        list(hilos.map(una, paginas))


def _escribir_programa(libro: Libro, paginas: list[tejer.Pagina], sitio: Path) -> None:
    """Las páginas de los archivos de ``codigo/``, y el índice de lo que se busca en ellas."""
    todo = Programa(libro.raiz)
    indice = buscador.indice(todo, paginas)
    escribir(sitio / tejer.RECURSOS / "indice-busqueda.js", indice)
    _tejer(libro, programa.paginas(libro, todo), sitio)


def para_llevar(raiz: Path, sitio: Path) -> None:
    """Agrega a un sitio que tejió Quarto lo que Quarto no hace: el programa, libretas, EPUB y PDF."""
    libro = leer_libro(raiz)
    with TemporaryDirectory(prefix="imprenta-") as carpeta:
        paginas = _leer(libro, Path(carpeta))
        for donde in (Path(carpeta), sitio):
            tejer.copiar_recursos(libro, paginas, donde)
        ediciones.hacer(libro, paginas, Path(carpeta), sitio)
    _escribir_programa(libro, paginas, sitio)
    _escribir_libretas(libro, paginas, sitio)


def solo_libretas(raiz: Path) -> None:
    """Escribe las libretas en ``_libro/libretas/`` sin tejer lo demás."""
    preparar(raiz)
    libro = leer_libro(raiz)
    with TemporaryDirectory(prefix="imprenta-") as carpeta:
        _escribir_libretas(libro, _leer(libro, Path(carpeta)), raiz / SITIO)


def _escribir_libretas(libro: Libro, paginas: list[tejer.Pagina], sitio: Path) -> None:
    for pagina in paginas:
        escribir(sitio / pagina.entrada.libreta, armar(libro, pagina))
    if entrenado := [*(libro.raiz / "data").rglob("*.npz")]:
        escribir(sitio / "libretas" / PESOS, empacar(libro.raiz, entrenado))
    if libro.tarea:
        escribir(sitio / libro.tarea, hacer_tarea(libro.raiz))
        datos = libro.raiz / DATOS
        escribir((sitio / libro.tarea).with_name(datos.name), datos.read_bytes())


def _leer(
    libro: Libro, sitio: Path, ejecutados: list[Capitulo] | None = None
) -> list[tejer.Pagina]:
    """Las páginas de los capítulos ya ejecutados y numerados; deja la tabla de etiquetas."""

    def una(entrada: Entrada, capitulo: Capitulo) -> tejer.Pagina:
        carpeta = sitio / (entrada.ruta.removesuffix(".qmd") + "_files/figure-html")
        texto = tejer.a_markdown(capitulo, partial(tejer.con_salidas, carpeta))
        return tejer.leer_pagina(libro.raiz, entrada, texto, capitulo)

    with ThreadPoolExecutor(max_workers=2) as hilos:
        capitulos = ejecutados or ejecutar_todos(libro)
        paginas = list(hilos.map(una, libro.entradas, capitulos))
    tejer.resolver_citas(paginas)
    texto = json.dumps(tejer.etiquetas(paginas), ensure_ascii=False, sort_keys=True)
    escribir(libro.raiz / ETIQUETAS, texto)
    return paginas


def colofon(tejedor: str = "Pandoc") -> str:
    """Con qué se hizo esta edición."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versiones = f"Python {platform.python_version()}, NumPy {version('numpy')}"
    versiones += f" y {blas['name']} {blas['version']}"
    return f"Tejido con {tejedor}; calculado con {versiones}, en {platform.machine()}."


def ejecutar_todos(libro: Libro) -> list[Capitulo]:
    """Ejecuta dos capítulos a la vez, y avisa de cada uno al terminar, con su tiempo.

    Empieza por el final: los últimos capítulos son los que más entrenan, y los primeros
    aprovechan lo que ellos dejan recordado.
    """

    def uno(ruta: str) -> Capitulo:
        inicio = time.monotonic()
        capitulo = ejecutar(libro.raiz, ruta, libro.figuras)
        tiempo = f"{time.monotonic() - inicio:.1f} s"
        tiempo = "sin cambios" if capitulo.recordado else tiempo
        print(f"  {ruta:<34} {tiempo}", flush=True)
        return capitulo

    with ThreadPoolExecutor(max_workers=2) as hilos:
        futuros = [hilos.submit(uno, e.ruta) for e in reversed(libro.entradas)]
        try:
            for futuro in wait(futuros, return_when=FIRST_EXCEPTION).done:
                futuro.result()
        except BaseException:
            hilos.shutdown(wait=False, cancel_futures=True)
            while not all(futuro.done() for futuro in futuros):
                terminar_nucleos()  # también los que apenas estaban arrancando
                time.sleep(0.05)
            raise
        return [futuro.result() for futuro in reversed(futuros)]


def _reemplazar(nuevo: Path, actual: Path) -> None:
    """Pone el libro nuevo en el lugar del actual, que queda donde estaba el nuevo."""
    nuevo.chmod(0o755)
    if not actual.exists():
        os.replace(nuevo, actual)
    elif not _intercambiar(nuevo, actual):
        # en dos pasos; si lo matan en medio, ``limpiar`` compone lo que falte
        viejo = nuevo.with_name(f"{nuevo.name}.viejo")
        os.replace(actual, viejo)
        os.replace(nuevo, actual)
        os.replace(viejo, nuevo)


def _intercambiar(uno: Path, otro: Path) -> bool:
    """Cambia dos carpetas de nombre en una sola operación, si el sistema sabe hacerlo."""
    AQUI, INTERCAMBIAR = -100, 2  # AT_FDCWD y RENAME_EXCHANGE, de Linux
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return renameat2(AQUI, bytes(uno), AQUI, bytes(otro), INTERCAMBIAR) == 0
