"""Hace el libro completo con el tejedor que haya, y solo reemplaza el anterior si todo salió bien."""

import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import numpy as np

from imprenta import buscador, tejer
from imprenta.archivos import escribir
from imprenta.candado import A_MEDIAS, limpiar, uno_a_la_vez
from imprenta.ediciones import hacer_ediciones
from imprenta.ejecutar import Capitulo, ejecutar, terminar_nucleos
from imprenta.errores import ErrorDelLibro
from imprenta.indice import Libro, leer_libro
from imprenta.libretas import a_texto, armar
from imprenta.preparar import preparar
from imprenta.sitio import revisar_enlaces, revisar_referencias
from imprenta.tarea import DATOS, hacer_tarea

SITIO = "_libro"
ETIQUETAS = Path(".cache/etiquetas.json")


def hacer(raiz: Path, motor: str | None) -> None:
    """Teje el libro en ``_libro/`` con Quarto o con Pandoc.

    Raises:
        ErrorDelLibro: si algo falla; el último libro bueno se queda como estaba.
    """
    inicio = time.monotonic()
    quarto = shutil.which("quarto")
    elegido = motor or ("quarto" if quarto else "pandoc")
    if elegido not in ("quarto", "pandoc"):
        raise ErrorDelLibro(f"MOTOR debe ser «quarto» o «pandoc», no «{elegido}»")
    if elegido == "quarto" and not quarto:
        raise ErrorDelLibro("MOTOR=quarto, pero no hay un «quarto» en el PATH")
    with uno_a_la_vez(raiz):
        limpiar(raiz, SITIO)
        preparar(raiz)
        nuevo = Path(mkdtemp(prefix=Path(A_MEDIAS).name, dir=raiz / ".cache"))
        try:
            (_con_quarto if elegido == "quarto" else con_pandoc)(raiz, nuevo)
            revisar_referencias(nuevo)
            revisar_enlaces(nuevo)
            _reemplazar(nuevo, raiz / SITIO)
        finally:
            shutil.rmtree(nuevo, ignore_errors=True)
    tejedor = "Quarto" if elegido == "quarto" else "la edición Pandoc"
    print(
        f"Listo en {time.monotonic() - inicio:.0f} s: {SITIO}/index.html, tejido con {tejedor}."
    )


def _con_quarto(raiz: Path, sitio: Path) -> None:
    entorno = {**os.environ, "QUARTO_PYTHON": sys.executable}
    orden = ["quarto", "render", "--output-dir", str(sitio.relative_to(raiz))]
    if subprocess.run(orden, cwd=raiz, env=entorno).returncode:
        raise ErrorDelLibro("Quarto no terminó; arriba dice por qué")


def con_pandoc(raiz: Path, sitio: Path) -> None:
    """Ejecuta y teje todos los capítulos, en todas las ediciones, en la carpeta ``sitio``."""
    libro = leer_libro(raiz)
    capitulos, paginas, etiquetas = _leer(raiz, libro, sitio)
    tejer.copiar_recursos(raiz, libro, paginas, sitio)
    for pagina in paginas:
        destino = sitio / pagina.entrada.pagina
        destino.parent.mkdir(parents=True, exist_ok=True)
        texto = tejer.tejer_pagina(raiz, libro, pagina, raiz / ETIQUETAS, colofon())
        destino.write_text(texto, encoding="utf-8")
    indice = buscador.indice(raiz, paginas, etiquetas)
    (sitio / "libro/recursos/indice-busqueda.js").write_text(indice, encoding="utf-8")
    _escribir_libretas(raiz, libro, capitulos, sitio)
    hacer_ediciones(raiz, libro, paginas, raiz / ETIQUETAS, sitio, sitio)


def para_llevar(raiz: Path, sitio: Path) -> None:
    """Agrega a un sitio que tejió Quarto lo que Quarto no hace: libretas, EPUB y PDF."""
    libro = leer_libro(raiz)
    with TemporaryDirectory(prefix="imprenta-") as carpeta:
        figuras = Path(carpeta)
        capitulos, paginas, _ = _leer(raiz, libro, figuras)
        tejer.copiar_recursos(raiz, libro, paginas, figuras)
        hacer_ediciones(raiz, libro, paginas, raiz / ETIQUETAS, figuras, sitio)
    _escribir_libretas(raiz, libro, capitulos, sitio)


def solo_libretas(raiz: Path) -> None:
    """Escribe las libretas en ``_libro/libretas/`` sin tejer lo demás."""
    with uno_a_la_vez(raiz):
        preparar(raiz)
        libro = leer_libro(raiz)
        with TemporaryDirectory(prefix="imprenta-") as carpeta:
            capitulos, _, _ = _leer(raiz, libro, Path(carpeta))
        _escribir_libretas(raiz, libro, capitulos, raiz / SITIO)


def _escribir_libretas(
    raiz: Path, libro: Libro, capitulos: list[Capitulo], sitio: Path
) -> None:
    for entrada, capitulo in zip(libro.entradas, capitulos):
        libreta = armar(raiz, libro, entrada, capitulo, raiz / ETIQUETAS)
        escribir(sitio / entrada.libreta, a_texto(libreta))
    if libro.tarea:
        escribir(sitio / libro.tarea, hacer_tarea(raiz))
        datos = (sitio / libro.tarea).with_name(DATOS.rpartition("/")[2])
        escribir(datos, (raiz / DATOS).read_bytes())


def _leer(
    raiz: Path, libro: Libro, sitio: Path
) -> tuple[list[Capitulo], list[tejer.Pagina], dict[str, dict[str, Any]]]:
    """Los capítulos ejecutados, sus páginas numeradas y la tabla de etiquetas."""
    capitulos = _ejecutar_todos(raiz, libro)
    paginas = []
    for entrada, capitulo in zip(libro.entradas, capitulos):
        carpeta = sitio / (entrada.ruta.removesuffix(".qmd") + "_files/figure-html")
        paginas.append(
            tejer.leer_pagina(raiz, entrada, tejer.a_markdown(capitulo, carpeta))
        )
    etiquetas = {
        id_: ficha for pagina in paginas for id_, ficha in pagina.etiquetas.items()
    }
    texto = json.dumps(etiquetas, ensure_ascii=False, sort_keys=True)
    escribir(raiz / ETIQUETAS, texto)
    return capitulos, paginas, etiquetas


def colofon() -> str:
    """Con qué se hizo esta edición."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versiones = f"Python {platform.python_version()}, NumPy {version('numpy')}"
    return (
        "Tejido con Pandoc; calculado con "
        f"{versiones} y {blas['name']} {blas['version']}, en {platform.machine()}."
    )


def _ejecutar_todos(raiz: Path, libro: Libro) -> list[Capitulo]:
    """Ejecuta dos capítulos a la vez, y avisa de cada uno al terminar, con su tiempo.

    Empieza por el final: los últimos capítulos son los que más entrenan, y los primeros
    aprovechan lo que ellos dejan recordado.
    """

    def uno(ruta: str) -> Capitulo:
        inicio = time.monotonic()
        capitulo = ejecutar(raiz, ruta, libro.figuras)
        tiempo = (
            "sin cambios"
            if capitulo.recordado
            else f"{time.monotonic() - inicio:.1f} s"
        )
        print(f"  {ruta:<34} {tiempo}", flush=True)
        return capitulo

    with ThreadPoolExecutor(max_workers=2) as hilos:
        futuros = [hilos.submit(uno, e.ruta) for e in reversed(libro.entradas)]
        try:
            hechos, _ = wait(futuros, return_when=FIRST_EXCEPTION)
            for futuro in hechos:
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
