"""La edición de aula: el libro sin soluciones, con sus ejercicios por llenar y el material del curso.

Se teje de una copia de las fuentes a la que se le quitan las soluciones: lo que de ella sale (páginas,
libretas, programa, búsqueda, EPUB y PDF) no puede traerlas. Lo que dieron las celdas es lo del libro.
"""

import json
import posixpath
import re
import shutil
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import yaml

from imprenta import diapositivas, tejer
from imprenta.archivos import escribir, limpiar
from imprenta.ejecutar import APUNTES, Capitulo, Celda
from imprenta.errores import ErrorDelLibro
from imprenta.esqueletos import con_huecos, esqueleto, puntos
from imprenta.fuentes import INDICE, Entrada, leer_texto, leer_yaml
from imprenta.indice import Libro, leer_libro
from imprenta.libretas import empacar, hacer_tarea
from imprenta.libro import colofon, con_pandoc, ejecutar_todos, en_su_lugar
from imprenta.preparar import preparar
from imprenta.trozos import SOLUCIONES

CURSO, COPIA = "_curso", Path(".cache/curso")
A_MEDIAS = ".cache/curso."
DEJADO = ".dejado.json"  # en _curso/, la huella de cada archivo que se dejó ahí
FUENTES = ("libro", "curso", "codigo", "data", "ejercicios")
SUELTOS = ("index.qmd", "_environment", "requisitos.lock")
EXAMEN = "curso/examen.qmd"
MATERIAL = ["curso/temario.qmd", "curso/ecuaciones.qmd", EXAMEN]
# un recuadro plegado que resuelve algo, y el párrafo que dice que lo hay
RESUELTO = re.compile(
    r'^::: \{\.callout-tip collapse="true"\}\n## (?:Solución|Respuesta)\n.*?^:::$'
    r"|^Nuestras soluciones están plegadas.*?$",
    re.MULTILINE | re.DOTALL,
)
MARCA = re.compile(r"^⟦celda (\d+)⟧$", re.MULTILINE)
DESTINO = re.compile(r'(?<=href=|.src=)"(?!#|\w+:)([^"]*)"')


def hacer(raiz: Path) -> list[str]:
    """Hace ``_curso/``: lo de los estudiantes, también en un zip, y lo de quien da el curso."""
    limpiar(raiz, CURSO, A_MEDIAS)
    _cuidar(raiz)
    preparar(raiz)
    copia = _copiar(raiz)
    completos = ejecutar_todos(replace(leer_libro(copia), raiz=raiz))
    capitulos = [sin_resolver(capitulo) for capitulo in completos]
    shutil.copytree(raiz / APUNTES, copia / APUNTES, dirs_exist_ok=True)
    with en_su_lugar(raiz, CURSO, A_MEDIAS) as nuevo:
        suyo, docente = nuevo / "estudiantes", nuevo / "docentes"
        libro, paginas = con_pandoc(copia, suyo, capitulos)
        diapositivas.hacer(libro, paginas, suyo, docente)
        for cual in {archivo for archivo, _ in puntos(raiz)}:
            escribir(suyo / f"ejercicios/{cual}.py", esqueleto(raiz, cual))
        llena = hacer_tarea(raiz)
        escribir(suyo / libro.tarea, con_huecos(llena))
        escribir(docente / "tarea.ipynb", llena)
        for entrada, capitulo in zip(libro.entradas, completos, strict=True):
            if entrada.ruta == EXAMEN:
                con_respuestas = _del_docente(libro, entrada, capitulo)
                escribir(docente / "examen.html", con_respuestas)
        for ruta in (raiz / SOLUCIONES).glob("*.py"):
            escribir(docente / "soluciones" / ruta.name, ruta.read_bytes())
        para_dar = f"{Path(libro.archivo('zip')).stem}-estudiantes.zip"
        archivos = filter(Path.is_file, suyo.rglob("*"))
        escribir(nuevo / para_dar, empacar(nuevo, archivos))
        escribir(nuevo / DEJADO, json.dumps(_huellas(nuevo)))
    quedan = ("estudiantes/index.html", para_dar, "docentes/examen.html")
    return [f"{CURSO}/{que}" for que in quedan]


def sin_resolver(capitulo: Capitulo) -> Capitulo:
    """El capítulo, ya ejecutado, sin los recuadros que resuelven ni las celdas que usan soluciones."""
    celdas = [pasaje for pasaje in capitulo.pasajes if isinstance(pasaje, Celda)]
    numeros = iter(range(len(celdas)))
    texto = tejer.a_markdown(capitulo, lambda _: f"⟦celda {next(numeros)}⟧")
    pasajes = list[Celda | str](MARCA.split(RESUELTO.sub("", texto)))
    pasajes[1::2] = [celdas[int(str(numero))] for numero in pasajes[1::2]]
    usa = SOLUCIONES.strip("/").replace("/", ".")
    quedan = [p for p in pasajes if isinstance(p, str) or usa not in p.codigo]
    return Capitulo(quedan, capitulo.recordado)


def _copiar(raiz: Path) -> Path:
    """Las fuentes del libro en ``.cache/curso/``, sin soluciones y con el material del curso."""
    copia = raiz / COPIA
    sin = shutil.ignore_patterns("__pycache__", Path(SOLUCIONES).name)
    for carpeta in FUENTES:
        shutil.rmtree(copia / carpeta, ignore_errors=True)
        shutil.copytree(raiz / carpeta, copia / carpeta, ignore=sin)
    for suelto in SUELTOS:
        shutil.copy(raiz / suelto, copia)
    for ruta in [*copia.glob("libro/*.qmd"), *copia.glob("curso/*.qmd")]:
        texto = leer_texto(copia, ruta.relative_to(copia).as_posix())
        escribir(ruta, RESUELTO.sub("", texto))
    datos = leer_yaml(leer_texto(raiz, INDICE), INDICE)
    datos["book"]["appendices"].append({"part": "El curso", "chapters": MATERIAL})
    escribir(copia / INDICE, yaml.safe_dump(datos, allow_unicode=True, sort_keys=False))
    preparar(copia)
    return copia


def _del_docente(libro: Libro, entrada: Entrada, capitulo: Capitulo) -> str:
    """Una página del curso con sus respuestas, que se viste con lo de los estudiantes."""
    figuras = libro.raiz / ".cache/figure-html"  # las mismas que las del estudiante
    texto = tejer.a_markdown(capitulo, partial(tejer.con_salidas, figuras))
    pagina = tejer.leer_pagina(libro.raiz, entrada, texto, capitulo)
    hecha = tejer.tejer_pagina(libro, pagina, colofon())
    alli = Path("../estudiantes", entrada.ruta).parent.as_posix()
    return DESTINO.sub(lambda d: f'"{posixpath.normpath(f"{alli}/{d[1]}")}"', hecha)


def _huellas(carpeta: Path) -> dict[str, str]:
    """La huella de cada archivo, sin contar esta lista ni lo que dejan Python y pytest al correr."""
    no_cuentan = {DEJADO, "__pycache__", ".pytest_cache"}
    return {
        ruta.relative_to(carpeta).as_posix(): sha256(ruta.read_bytes()).hexdigest()
        for ruta in sorted(carpeta.rglob("*"))
        if ruta.is_file() and not no_cuentan & {*ruta.parts}
    }


def _cuidar(raiz: Path) -> None:
    """No reemplaza nada que alguien haya puesto o cambiado en ``_curso/``."""
    dejado = raiz / CURSO / DEJADO
    debidas = json.loads(dejado.read_text("utf-8")) if dejado.is_file() else {}
    queja = "no es como se dejó; llévatelo a otra carpeta y vuelve a pedirlo"
    for nombre, huella in _huellas(raiz / CURSO).items():
        if debidas.get(nombre) != huella:
            raise ErrorDelLibro(queja, f"{CURSO}/{nombre}")
