"""Ejecuta las celdas de un capítulo y guarda lo que salió, para no repetirlo sin motivo.

La llave de lo guardado incluye el texto de las celdas, los módulos de ``codigo/`` que usan, los datos
y las versiones: cambiar la prosa no vuelve a ejecutar nada; cambiar cualquiera de lo otro, sí.
"""

import ast
import hashlib
import json
import os
import platform
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from imprenta.archivos import escribir, recordar
from imprenta.errores import ErrorDelLibro
from imprenta.fuentes import Bloque, Prosa, Segmento, leer_capitulo
from imprenta.subconjunto import EXPRESION, opciones

MEMORIA, APUNTES = Path(".cache/celdas"), Path(".cache/afirmaciones")
DEL_ALGEBRA = ("OPENBLAS_", "OMP_", "MKL_", "GOTO_", "BLIS_", "VECLIB_", "NPY_")
DESDE_CERO = "DESDE"  # vale «cero» si nada de lo que viene entrenado se usa
NO_SON_DATOS = (".py", ".md", ".pyc")
COLORES = re.compile(r"\x1b\[[0-9;]*m")
NUCLEOS: set[int] = set()  # los procesos de los núcleos que están corriendo
VIVOS = set("$~^@|&<>\\`")  # Quarto no los escapa, o los escapa mal
ESCAPABLES = re.compile(r"([\\`*_{}\[\]()>#+\-.!,])")


@dataclass
class Celda:
    """Una celda del capítulo con sus opciones y lo que produjo."""

    bloque: Bloque
    opciones: dict[str, Any]
    codigo: str
    salidas: list[dict[str, Any]]

    @property
    def etiqueta(self) -> str:
        """La de la figura o la tabla que debe producir, si produce una."""
        etiqueta = str(self.opciones.get("label", ""))
        return etiqueta if etiqueta.startswith(("fig-", "tbl-")) else ""


@dataclass
class Capitulo:
    """Un capítulo ejecutado: sus pasajes en orden, y si salió de la memoria."""

    pasajes: list[Celda | str]  # y el Markdown de lo demás, sin expresiones
    recordado: bool


def preparacion(ancho: float, alto: float, formato: str) -> str:
    """Lo que se ejecuta antes de la primera celda, como en Quarto; las medidas, en pulgadas."""
    return (
        "import matplotlib.pyplot as _plt\n"
        "from matplotlib_inline.backend_inline import set_matplotlib_formats as _formatos\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
        f"_plt.rcParams['figure.figsize'] = ({ancho}, {alto})\n"
        "_plt.rcParams['savefig.dpi'] = 'figure'\n"
        f"_formatos({formato!r})\n"
        "del _plt, _formatos\n"
    )


def ejecutar(raiz: Path, ruta: str, preparacion: str) -> Capitulo:
    """Ejecuta un capítulo, o recuerda su última ejecución si nada de lo que usa ha cambiado."""
    todo = leer_capitulo(raiz, ruta)
    pasajes = [a_celda(s) if isinstance(s, Bloque) and s.es_celda else s for s in todo]
    pedidos = [pedido for pasaje in pasajes for pedido in pedidos_de(pasaje)]
    capitulo, nombre = Capitulo([], recordado=True), f"{Path(ruta).stem}.json"
    apuntes = raiz / APUNTES / nombre

    def hacer() -> bytes:
        capitulo.recordado = False
        apuntes.unlink(missing_ok=True)
        hechos = correr(raiz, pedidos, preparacion)
        apuntado = apuntes.read_text("utf-8") if apuntes.is_file() else "[]"
        return json.dumps([*hechos, apuntado], ensure_ascii=False).encode()

    def leer(contenido: bytes) -> list[Any]:
        resultados = json.loads(contenido)
        if not isinstance(resultados, list) or len(resultados) != len(pedidos) + 1:
            raise ValueError
        escribir(apuntes, resultados.pop())
        return resultados

    textos = [(pedido.codigo, pedido.es_celda) for pedido in pedidos]
    llave = json.dumps([textos, preparacion, en_vigor(raiz)]).encode()
    celdas = "\n".join(pedido.codigo for pedido in pedidos)
    partes = [llave, huella_de_lo_usado(raiz, celdas).encode()]
    hechos = recordar(raiz / MEMORIA, nombre, partes, hacer, leer) if pedidos else []
    dados = iter(hechos)
    capitulo.pasajes += [resuelto(pasaje, dados) for pasaje in pasajes]
    return capitulo


def a_celda(bloque: Bloque) -> Celda:
    """Una celda, todavía sin ejecutar."""
    leidas, codigo = opciones(bloque)
    return Celda(bloque, leidas, "\n".join(codigo).strip("\n"), [])


@dataclass(frozen=True)
class Pedido:
    """Algo que el núcleo debe ejecutar: una celda, o una expresión de la prosa."""

    archivo: str
    linea: int
    nombre: str
    codigo: str
    es_celda: bool = True


def pedidos_de(pasaje: Celda | Segmento) -> Iterator[Pedido]:
    """Lo que un pasaje pide ejecutar."""
    if isinstance(pasaje, Prosa):
        for linea, texto in enumerate(pasaje.lineas, pasaje.linea):
            for expresion in map(str.strip, EXPRESION.findall(texto)):
                nombre = f"la expresión «{expresion}»"
                yield Pedido(pasaje.archivo, linea, nombre, expresion, False)
    elif isinstance(pasaje, Celda) and pasaje.opciones.get("eval", True):
        bloque, etiqueta = pasaje.bloque, pasaje.opciones.get("label")
        nombre = f"la celda «{etiqueta}»" if etiqueta else "la celda"
        yield Pedido(bloque.archivo, bloque.linea, nombre, pasaje.codigo)


def resuelto(pasaje: Celda | Segmento, dados: Iterator[Any]) -> Celda | str:
    """El pasaje, con lo que dieron sus pedidos."""
    if isinstance(pasaje, Prosa):
        return EXPRESION.sub(lambda _: next(dados), "\n".join(pasaje.lineas))
    if isinstance(pasaje, Bloque):
        return cercado("\n".join(pasaje.lineas), pasaje.info)
    pasaje.salidas = next(dados) if pasaje.opciones.get("eval", True) else []
    return pasaje


def cercado(texto: str, info: str) -> str:
    """Un bloque de código, con una cerca más larga que las que traiga dentro."""
    cerca = "`" * max(3, *(len(racha) + 1 for racha in re.findall("`+", texto)), 3)
    return f"{cerca} {info}\n{texto}\n{cerca}"


def terminar_nucleos() -> None:
    """Acaba con los núcleos que sigan corriendo, para no esperar a sus celdas."""
    for proceso in list(NUCLEOS):
        with suppress(ProcessLookupError):
            os.kill(proceso, getattr(signal, "SIGKILL", signal.SIGTERM))


def entorno(raiz: Path) -> dict[str, str]:
    """Las variables de ``_environment``, el archivo en que Quarto también las lee."""
    ruta = raiz / "_environment"
    texto = ruta.read_text(encoding="utf-8") if ruta.is_file() else ""
    return dict(re.findall(r"^(\w+)=(.*)$", texto, re.MULTILINE))


def en_vigor(raiz: Path) -> dict[str, str]:
    """Las variables de que dependen las cifras y las figuras, con el valor que verán las celdas."""
    suyas = entorno(raiz)
    todas = sorted({**suyas, **os.environ}.items())
    cuentan = {*suyas, DESDE_CERO}
    return {n: v for n, v in todas if v and (n in cuentan or n.startswith(DEL_ALGEBRA))}


def versiones(raiz: Path) -> bytes:
    """Las de Python y de todo lo que las celdas pueden importar."""
    ruta, paquetes = raiz / "requisitos.lock", ("numpy", "matplotlib", "ipykernel")
    suyas = [platform.python_version(), platform.machine(), *map(version, paquetes)]
    return json.dumps(suyas).encode() + (ruta.read_bytes() if ruta.is_file() else b"")


def huella_de_lo_usado(raiz: Path, celdas: str) -> str:
    """Huella de todo aquello de lo que dependen unas celdas además de su propio texto."""
    suma = hashlib.sha256(versiones(raiz))
    rutas = [r for r in (raiz / "data").rglob("*.*") if r.suffix not in NO_SON_DATOS]
    rutas += [raiz / "libro/recursos/libro.mplstyle"]
    textos = {
        r.relative_to(raiz).as_posix(): r.read_bytes() for r in rutas if r.is_file()
    }
    textos |= {n: texto.encode() for n, texto in modulos_usados(raiz, celdas).items()}
    for nombre, texto in sorted(textos.items()):
        suma.update(nombre.encode() + b"\0" + texto + b"\0")
    return suma.hexdigest()


def modulos_usados(raiz: Path, celdas: str) -> dict[str, str]:
    """Los módulos de ``codigo/`` que unas celdas importan, en cadena, y su texto."""
    from codigo.taller.memoria import en_cadena, fuentes

    modulos = fuentes(raiz / "codigo")
    try:
        return en_cadena(celdas, modulos)
    except SyntaxError:  # magia de IPython, por ejemplo: podrían usar cualquiera
        return modulos


def correr(raiz: Path, pedidos: list[Pedido], preparacion: str) -> list[Any]:
    """Lo que dan unas celdas y expresiones en un núcleo nuevo, con ``raiz`` por carpeta."""
    codigo = "\n".join(pedido.codigo for pedido in pedidos)
    if "matplotlib" not in codigo + "".join(modulos_usados(raiz, codigo).values()):
        preparacion = "pass"  # cargarla tarda más que todo lo otro
    pedidos = [Pedido("", 0, "lo que va antes de las celdas", preparacion), *pedidos]
    celdas = [nbformat.v4.new_code_cell(pedido.codigo) for pedido in pedidos]
    cliente = NotebookClient(
        nbformat.v4.new_notebook(cells=celdas),
        timeout=None,
        resources={"metadata": {"path": str(raiz)}},
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # los puertos son de esta máquina
        coalesce_streams=True,  # dos «print» seguidos son una sola salida, como en Quarto
    )
    cliente.km = cliente.create_kernel_manager()
    with ExitStack() as pila:
        carpeta = pila.enter_context(TemporaryDirectory(prefix="imprenta-"))
        cliente.km.connection_file = f"{carpeta}/nucleo.json"
        if os.name == "posix" and len(os.fsencode(carpeta)) < 90:
            # por archivos y no por puertos, si la ruta cabe donde el sistema la apunta
            cliente.km.transport, cliente.km.ip = "ipc", f"{carpeta}/nucleo"
        try:
            suyo = {**entorno(raiz), **os.environ}  # y, como Quarto, qué se ejecuta
            suyo["IPYTHONDIR"] = carpeta  # sin lo que cada quien tenga en su hogar
            suyo["QUARTO_DOCUMENT_FILE"] = Path(pedidos[-1].archivo).name
            pila.enter_context(cliente.setup_kernel(env=suyo))
        except RuntimeError:
            raise ErrorDelLibro("el núcleo que corre las celdas no arrancó") from None
        NUCLEOS.add(cliente.km.provisioner.pid)
        pila.callback(NUCLEOS.discard, cliente.km.provisioner.pid)
        resultados = [_correr_uno(cliente, *par) for par in enumerate(pedidos)]
    return resultados[1:]


def _correr_uno(cliente: NotebookClient, indice: int, pedido: Pedido) -> Any:
    try:
        celda = cliente.execute_cell(cliente.nb.cells[indice], indice)
        salidas = json.loads(json.dumps(celda.outputs))
        return salidas if pedido.es_celda else valor(salidas, pedido)
    except CellExecutionError as error:
        rastro = COLORES.sub("", error.traceback).strip()
        mensaje = f"falló {pedido.nombre}:\n\n{rastro}\n"
    except RuntimeError:  # el de nbclient, en inglés
        mensaje = f"falló {pedido.nombre}: murió el núcleo que la corría"
    raise ErrorDelLibro(mensaje, pedido.archivo, pedido.linea)


def valor(salidas: list[dict[str, Any]], pedido: Pedido) -> str:
    """El texto de una expresión, con las reglas de Quarto.

    Lo que se muestra como Markdown pasa intacto; un texto se escapa; un entero, no.
    """
    resultados = (s["data"] for s in salidas if s["output_type"] == "execute_result")
    datos: dict[str, Any] = next(resultados, {})
    if "text/markdown" in datos:
        return str(datos["text/markdown"])
    plano = datos.get("text/plain", "")
    try:
        valor = ast.literal_eval(plano)
    except (ValueError, SyntaxError):
        valor = None
    if type(valor) is int:
        return str(valor)
    sencillo = isinstance(valor, str) and valor and plano[1:-1] == valor
    if not sencillo or VIVOS & set(valor):
        mensaje = f"{pedido.nombre} debe dar un entero o un texto sencillo, y da {plano or 'nada'}"
        raise ErrorDelLibro(mensaje, pedido.archivo, pedido.linea)
    return ESCAPABLES.sub(r"\\\1", valor)
