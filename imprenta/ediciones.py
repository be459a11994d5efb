"""Las ediciones para llevar: el libro entero en un EPUB y en un PDF, hechos de las mismas páginas.

Pandoc escribe el EPUB, y también el Typst con que se compone el PDF. Los dos se recuerdan mientras no
cambie nada de lo que los forma.
"""

import functools
import json
import re
import uuid
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import matplotlib
import typst

from imprenta import tejer
from imprenta.archivos import escribir, recordar
from imprenta.ejecutar import en_vigor, entorno
from imprenta.errores import ErrorDelLibro
from imprenta.indice import ETIQUETAS, Libro
from imprenta.tejer import OBRAS, RECURSOS, Pagina, filtros, pandoc

MEMORIA = Path(".cache/ediciones")
Juntos = Callable[[], str]  # todas las páginas, en el JSON de Pandoc
PORTADA = "libro/recursos/portada.svg"
LETRAS = "libro/recursos/letras"
OMITIDO = (
    "Esta edición deja fuera el código plegado, que solo dibuja las figuras y las tablas; "
    "está en la página y en las libretas."
)


def hacer(libro: Libro, paginas: list[Pagina], figuras: Path, sitio: Path) -> None:
    """Escribe en el sitio el EPUB y el PDF, con las imágenes que estén en ``figuras``."""
    rutas = [figuras / imagen for pagina in paginas for imagen in pagina.imagenes]
    rutas += filter(Path.is_file, [libro.raiz / PORTADA])
    rutas += sorted((libro.raiz / LETRAS).glob("*"))
    datos = _metadatos(libro)
    todo = [[pagina.documento for pagina in paginas], datos, en_vigor(libro.raiz)]
    todo += [version("typst"), version("matplotlib")]
    partes = [json.dumps(todo).encode(), *tejer.de_que_depende(libro)]
    partes += [ruta.read_bytes() for ruta in rutas]
    juntos = functools.cache(lambda: json.dumps(_juntar(libro.raiz, paginas)))
    for extension, edicion in (("epub", _epub), ("pdf", _pdf)):
        nombre = libro.archivo(extension)
        hacerlo = functools.partial(edicion, libro.raiz, juntos, datos, figuras)
        contenido = recordar(libro.raiz / MEMORIA, nombre, partes, hacerlo)
        escribir(sitio / nombre, contenido)


def _metadatos(libro: Libro) -> list[str]:
    identidad = uuid.uuid5(uuid.NAMESPACE_URL, libro.archivo("epub"))
    datos = {
        "title": libro.titulo,
        "subtitle": libro.subtitulo,
        "author": libro.autor,
        "description": libro.descripcion,
        "rights": f"Texto: CC BY 4.0. Código: MIT. {OMITIDO}",
        "lang": "es-MX",
        "identifier": f"urn:uuid:{identidad}",
        "link-citations": "true",
        "toc-title": "Índice",
        "etiquetas": ETIQUETAS,
    }
    return tejer.metadatos({nombre: valor for nombre, valor in datos.items() if valor})


def _juntar(raiz: Path, paginas: list[Pagina]) -> dict[str, Any]:
    """Todas las páginas en un documento, con sus partes y una sola bibliografía."""
    bloques: list[Any] = []
    partes: tuple[str, ...] = ()
    for pagina in paginas:
        entrada = pagina.entrada
        abren = entrada.partes[entrada.comunes(partes) :]
        if not abren and partes != entrada.partes:
            # se sale de una parte: se anuncia la que la contenía
            abren = entrada.partes[-1:]
        for parte in abren:
            bloques.append(_titulo(f"parte-{len(bloques)}", ["parte"], parte))
        partes = entrada.partes
        argumentos = ["-t", "json", f"--metadata=fuente:{entrada.ruta}"]
        argumentos += filtros("juntar", "trozos", "glosario", "tipografia")
        texto = json.dumps(pagina.documento)
        bloques += json.loads(pandoc(raiz, argumentos, texto, entrada.ruta))["blocks"]
    if any(pagina.cita_obras for pagina in paginas):
        bloques.append(_titulo("referencias", ["unnumbered"], "Referencias"))
        bloques.append({"t": "Div", "c": [["refs", [], []], []]})
    return {**paginas[0].documento, "blocks": bloques, "meta": {}}


def _titulo(id_: str, clases: list[str], texto: str) -> dict[str, Any]:
    return {"t": "Header", "c": [1, [id_, clases, []], [{"t": "Str", "c": texto}]]}


def _epub(raiz: Path, juntos: Juntos, datos: list[str], figuras: Path) -> bytes:
    argumentos = ["-t", "epub3", "--mathml", "--toc", "--toc-depth=2"]
    argumentos += ["--split-level=1", "--syntax-highlighting=none", *datos]
    argumentos += [f"--css={RECURSOS}/epub.css", f"--resource-path={figuras}"]
    argumentos += [*filtros("ediciones"), *OBRAS]
    letras = sorted((raiz / LETRAS).glob("*.woff2"))
    argumentos += [f"--epub-embed-font={LETRAS}/{letra.name}" for letra in letras]
    if (raiz / PORTADA).is_file():
        argumentos.append(f"--epub-cover-image={PORTADA}")
    with TemporaryDirectory(prefix="imprenta-") as carpeta:
        salida = Path(carpeta, "libro.epub")
        argumentos.append(f"--output={salida}")
        pandoc(raiz, argumentos, juntos(), "el EPUB")
        return _retocar(salida)


def _retocar(epub: Path) -> bytes:
    """El EPUB con los títulos de sus páginas y los dos rótulos que Pandoc no traduce."""
    retocado = BytesIO()
    with ZipFile(epub) as viejo, ZipFile(retocado, "w") as nuevo:
        for ficha in viejo.infolist():
            contenido = viejo.read(ficha)
            if ficha.filename.endswith(".xhtml"):
                texto = contenido.decode()
                texto = texto.replace(">Title Page<", ">Portada<")
                texto = texto.replace(">Table of Contents<", ">Índice<")
                if titulo := re.search(r"<h1[^>]*>(.*?)</h1>", texto, re.DOTALL):
                    plano = re.sub(r"<[^>]*>", "", titulo[1])
                    texto = re.sub(r"<title>ch\d+.*?<", f"<title>{plano}<", texto)
                contenido = texto.encode()
            nuevo.writestr(ficha, contenido)
    return retocado.getvalue()


def _pdf(raiz: Path, juntos: Juntos, datos: list[str], figuras: Path) -> bytes:
    argumentos = ["-t", "typst-smart", f"--template={RECURSOS}/libro.typ", *datos]
    if (raiz / PORTADA).is_file():
        argumentos += tejer.metadatos({"portada": PORTADA})
    argumentos += ["--syntax-highlighting=idiomatic", *filtros("ediciones"), *OBRAS]
    fuente = pandoc(raiz, argumentos, juntos(), "el PDF")
    de_figuras = Path(matplotlib.get_data_path(), "fonts/ttf")
    try:
        return typst.compile(  # type: ignore[call-overload]  # sus tipos piden que todo sea bytes
            fuente.encode(),
            root=str(figuras),
            font_paths=[str(raiz / LETRAS), str(de_figuras)],
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            timestamp=int(entorno(raiz).get("SOURCE_DATE_EPOCH", 0)),
        )
    except typst.TypstError as error:
        mensaje = f"Typst no pudo componerlo: {error.diagnostic}"
        raise ErrorDelLibro(mensaje, "el PDF") from None
