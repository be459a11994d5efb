"""La tarea en una sola libreta: se arma con pedazos de ``codigo/`` y se ejecuta fuera del proyecto.

La plantilla, ``libro/tarea.md``, es Markdown con celdas. Un renglón ``<<codigo/rnn.py:RNN>>`` se cambia
por esa función, clase o constante; ``<<codigo/red.py:Red.con>>`` es la clase con solo ese método.
"""

import ast
import json
import platform
import re
import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from imprenta.archivos import recordar
from imprenta.ejecutar import Celda, Figuras, Pedido, a_celda, candado, correr, en_vigor
from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import Bloque, leer_capitulo
from imprenta.indice import TAREA
from imprenta.libretas import MEMORIA, a_texto

DATOS = "data/municipios.txt"
CITA = re.compile(r"<<(codigo/\w+\.py):([\w.]+)>>")
FIGURAS = Figuras(7, 4, "png")


def hacer_tarea(raiz: Path) -> str:
    """La libreta ejecutada; sus salidas se recuerdan mientras no cambien sus celdas."""
    pasajes = armar(raiz)
    celdas = [pasaje for pasaje in pasajes if isinstance(pasaje, Celda)]
    versiones = [version(paquete) for paquete in ("numpy", "matplotlib", "ipykernel")]
    versiones.append(platform.python_version())
    llave = json.dumps([[celda.codigo for celda in celdas], versiones, en_vigor(raiz)])
    partes = [llave.encode(), (raiz / DATOS).read_bytes(), candado(raiz)]

    def hacer() -> bytes:
        """Las salidas de las celdas, en una carpeta donde solo están los nombres."""
        pedidos = [Pedido(TAREA, c.bloque.linea, "la celda", c.codigo) for c in celdas]
        with TemporaryDirectory(prefix="imprenta-") as carpeta:
            shutil.copy(raiz / DATOS, carpeta)
            shutil.copy(raiz / "_environment", carpeta)
            return json.dumps(correr(Path(carpeta), pedidos, FIGURAS)).encode()

    salidas = recordar(raiz / MEMORIA, "tarea.json", partes, hacer, json.loads)
    for celda, suyas in zip(celdas, salidas):
        celda.salidas = suyas
    return a_texto(pasajes)


def armar(raiz: Path) -> list[Celda | str]:
    """La plantilla con sus citas resueltas: celdas por ejecutar y prosa."""
    pasajes: list[Celda | str] = []
    for segmento in leer_capitulo(raiz, TAREA):
        if isinstance(segmento, Bloque) and segmento.es_celda:
            renglones = enumerate(segmento.lineas, segmento.linea + 1)
            lineas = tuple(_citar(raiz, texto, linea) for linea, texto in renglones)
            pasajes.append(a_celda(replace(segmento, lineas=lineas)))
        elif texto := "\n".join(segmento.lineas).strip():
            pasajes.append(texto)
    return pasajes


def _citar(raiz: Path, texto: str, linea: int) -> str:
    hallada = CITA.fullmatch(texto)
    if not hallada:
        return texto
    archivo, nombre = hallada.groups()
    try:
        return pedazo((raiz / archivo).read_text(encoding="utf-8"), nombre)
    except (OSError, KeyError):
        mensaje = f"no hay «{nombre}» en {archivo}"
        raise ErrorDelLibro(mensaje, TAREA, linea) from None


def pedazo(fuente: str, nombre: str) -> str:
    """El texto de una función, clase o constante, o de una clase con un solo método."""
    lineas = fuente.split("\n")
    de_quien, _, metodo = nombre.partition(".")
    nodo = _buscar(ast.parse(fuente).body, de_quien)
    if not metodo:
        return "\n".join(lineas[_inicio(nodo) : nodo.end_lineno])
    assert isinstance(nodo, ast.ClassDef)
    propio = _buscar(nodo.body, metodo)
    primer_metodo = next(n for n in nodo.body if isinstance(n, ast.FunctionDef))
    cabeza = lineas[_inicio(nodo) : _inicio(primer_metodo)]
    return "\n".join([*cabeza, *lineas[_inicio(propio) : propio.end_lineno]])


def _inicio(nodo: ast.stmt) -> int:
    adornos = getattr(nodo, "decorator_list", [])
    return min(n.lineno for n in [nodo, *adornos]) - 1


def _buscar(cuerpo: list[ast.stmt], nombre: str) -> ast.stmt:
    for nodo in cuerpo:
        destinos = getattr(nodo, "targets", [])
        nombres = [getattr(destino, "id", "") for destino in destinos]
        if nombre in (getattr(nodo, "name", ""), *nombres):
            return nodo
    raise KeyError(nombre)
