"""Lo que se da por llenar, hecho de lo resuelto: los archivos de ejercicios y la libreta de la tarea.

De cada función o clase que se pide quedan su firma y su documentación; lo que hace, no.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import leer_texto, rutas_de_capitulos
from imprenta.indice import TAREA
from imprenta.trozos import SOLUCIONES

ENUNCIADO = re.compile(r"^\*\*Ejercicio (\d) (★+)\*\*", re.MULTILINE)
ARCHIVO = re.compile(r"`ejercicios/(\w+)\.py`")
FALTA = "raise NotImplementedError"
Definicion = ast.FunctionDef | ast.ClassDef
# lo que la tarea pide escribir; con punto, un método
HUECOS = {
    *("un_paso", "adelante", "atras", "medir", "Red.perdida_y_gradientes"),
    *("RNN.paso", "RNN.leer", "RNN.volver", "LSTM.paso", "LSTM.leer", "LSTM.volver"),
    *("activar", "retroceder", "diferencias_centrales", "error_relativo", "comprobar"),
    *("Adagrad.actualizar", "recortar", "ensenar", "sortear", "generar", "clasificar"),
}
RESUELTA = "Aquí está resuelta completa."
POR_LLENAR = f"""\
Aquí está por llenar: donde dice `{FALTA}` va lo tuyo, y los `assert` de las celdas
que siguen dicen si vas bien. Lo demás ya está escrito."""
LISTA = re.compile(r"(?<=### La lista que entregamos\n\n).*?(?=### )", re.DOTALL)
TU_LISTA = """\
Cien nombres de cada red, sin escoger, y con qué pesos y qué semilla salieron.

"""
COMENTARIO = "## Nuestro comentario"
TU_COMENTARIO = """\
## Tu comentario

Compara los dos modelos: en qué se parecen, en qué no, qué ventajas y qué desventajas les viste. Es
una opinión, la tuya: lo que viviste al programarlas y al correrlas, aunque no coincida con lo que dicen
otros. Cada cifra que cites, de una celda de esta libreta."""


def puntos(raiz: Path) -> dict[tuple[str, int], int]:
    """Lo que vale cada ejercicio, ``(archivo, número)``: un punto por estrella."""
    return {
        (hallado[1], int(numero)): len(estrellas)
        for ruta in rutas_de_capitulos(raiz)
        if (texto := leer_texto(raiz, ruta)) and (hallado := ARCHIVO.search(texto))
        for numero, estrellas in ENUNCIADO.findall(texto)
    }


def esqueleto(raiz: Path, cual: str) -> str:
    """El archivo ``ejercicios/<cual>.py`` como se le da a quien va a llenarlo."""
    fuente = leer_texto(raiz, f"{SOLUCIONES}{cual}.py")
    arbol, vale = ast.parse(fuente), puntos(raiz)
    definidas = {n.name: n for n in arbol.body if isinstance(n, Definicion)}
    partes = [f'"""Tus s{str(ast.get_docstring(arbol))[1:]}"""']
    pedidas = pedidas_de(leer_texto(raiz, f"ejercicios/test_{cual}.py"))
    for nombre, numero in sorted(pedidas.items(), key=lambda par: par[1]):
        hecha = f"{nombre} = None"
        if nombre in definidas:
            hecha = "\n".join(_vaciar(fuente, definidas[nombre]))
        partes.append(f"# Ejercicio {numero} {'★' * vale[cual, numero]}\n{hecha}")
    leidos = {
        n.id for n in ast.walk(ast.parse("\n".join(partes))) if isinstance(n, ast.Name)
    }
    importa = "\n".join(
        filter(None, (_sin_los_que_sobran(n, leidos) for n in arbol.body))
    )
    return "\n\n".join([partes[0], importa, "\n" + "\n\n\n".join(partes[1:])]) + "\n"


def pedidas_de(pruebas: str) -> dict[str, int]:
    """Los nombres que las pruebas piden a una solución, y el primer ejercicio que los pide."""
    pedidas = dict[str, int]()
    for prueba in ast.parse(pruebas).body:
        if not isinstance(prueba, ast.FunctionDef) or not prueba.name.startswith(
            "test_"
        ):
            continue
        for n in ast.walk(prueba):
            if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "solucion":
                pedidas.setdefault(n.attr, int(prueba.name.split("_")[1]))
    return pedidas


def _vaciar(fuente: str, nodo: Definicion) -> Iterator[str]:
    """Los renglones de una definición hasta su documentación, y en vez de lo demás, un error."""
    renglones, sangria = fuente.split("\n"), " " * (nodo.col_offset + 4)
    inicio = min(n.lineno for n in [nodo, *nodo.decorator_list]) - 1
    yield from renglones[inicio : _fin_de_la_firma(nodo)]
    if isinstance(nodo, ast.FunctionDef):
        yield f"{sangria}{FALTA}"
        return
    for suyo in nodo.body:
        if isinstance(suyo, ast.Assign):
            yield from ("", *renglones[suyo.lineno - 1 : suyo.end_lineno])
        elif isinstance(suyo, ast.FunctionDef) and not re.match("_[^_]", suyo.name):
            yield ""
            yield from _vaciar(fuente, suyo)


def _sin_los_que_sobran(nodo: ast.stmt, leidos: set[str]) -> str:
    """Un ``import`` con lo que se usa, o nada."""
    if not isinstance(nodo, ast.Import | ast.ImportFrom):
        return ""
    nodo.names = [a for a in nodo.names if (a.asname or a.name) in leidos]
    return ast.unparse(nodo) if nodo.names else ""


def con_huecos(llena: str) -> str:
    """La libreta de la tarea, sin lo que pide escribir ni lo que dieron sus celdas."""
    libreta, faltan, celdas = nbformat.reads(llena, as_version=4), {*HUECOS}, []
    for celda in libreta.cells:
        celdas.append(celda)
        if celda.cell_type == "code":
            celda.outputs, celda.execution_count = [], None
            celda.source = _vaciar_las_pedidas(celda.source, faltan)
        elif COMENTARIO in celda.source:
            celda.source = TU_COMENTARIO
            break
        else:
            texto = celda.source.replace(RESUELTA, POR_LLENAR)
            texto = texto.replace("*Nuestro comentario*", "*Tu comentario*")
            celda.source = LISTA.sub(TU_LISTA, texto)
    if faltan:
        raise ErrorDelLibro(f"la tarea ya no define {', '.join(sorted(faltan))}", TAREA)
    libreta.cells = celdas
    return nbformat.writes(libreta) + "\n"


def _vaciar_las_pedidas(fuente: str, faltan: set[str]) -> str:
    """El código de una celda con un error en el lugar de lo que hacen las funciones que se piden."""
    renglones, arbol = fuente.split("\n"), ast.parse(fuente)
    clases = [n for n in arbol.body if isinstance(n, ast.ClassDef)]
    suyas = [(f"{clase.name}.", n) for clase in clases for n in clase.body]
    todas = [("", n) for n in arbol.body] + suyas
    for antes, nodo in sorted(todas, key=lambda una: -una[1].lineno):
        if (
            isinstance(nodo, ast.FunctionDef)
            and (nombre := antes + nodo.name) in HUECOS
        ):
            faltan.discard(nombre)
            hueco = " " * (nodo.col_offset + 4) + FALTA
            renglones[_fin_de_la_firma(nodo) : nodo.end_lineno] = [hueco]
    return "\n".join(renglones)


def _fin_de_la_firma(nodo: Definicion) -> int:
    """Cuántos renglones van antes de lo que hace una definición: su firma y su documentación."""
    primero = nodo.body[0]
    con_texto = ast.get_docstring(nodo) is not None
    return int(primero.end_lineno or 0) if con_texto else primero.lineno - 1
