"""Corre las pruebas de un ejercicio sobre una solución ajena, en un proceso que es solo suyo.

Aquí no se importa nada más de la imprenta: ``calificar`` lo copia a la carpeta en que se califica.
"""

import functools
import importlib
import importlib.util
import inspect
import json
import operator
import os
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

MEMORIA = 4 << 30  # bytes de direcciones, donde el sistema sabe limitarlos
DISCO = 1 << 20  # bytes de cada archivo que se escriba
VIGILADOS = {"builtins", "math", "itertools", "numpy", "numpy.linalg", "pytest"}
VIGILADOS |= {"numpy._core.numeric", "__main__"}
PROHIBIDO = (
    *("os.fork", "os.kill", "os.posix_spawn", "os.spawn", "os.exec", "os.system"),
    *("os.remove", "os.rename", "os.rmdir", "os.chmod", "os.chown", "os.truncate"),
    *("os.link", "os.symlink", "shutil.", "subprocess.", "socket.", "ctypes.dl"),
)
ESCRIBE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
HECHA_EN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE
RESPUESTAS = {
    *(
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__sub__",
        "__rsub__",
    ),
    *("__abs__", "__bool__", "__float__", "__len__", "__contains__", "__iter__"),
    *("__array__", "__array_ufunc__", "__array_function__", "__array_interface__"),
    *("__getattr__", "__getattribute__"),
}
NADA = object()
Retrato = list[tuple[Any, dict[str, Any]]]


def pruebas_de(
    modulo: ModuleType, ejercicio: int
) -> Iterator[tuple[Callable[..., None], dict[str, Any]]]:
    """Las pruebas de un ejercicio, cada una con los valores de sus parámetros."""
    for nombre, prueba in list(vars(modulo).items()):
        if nombre.startswith(f"test_{ejercicio}_"):
            marcas = [marca.args for marca in getattr(prueba, "pytestmark", ())]
            nombres = [n if isinstance(n, tuple) else (n,) for n, _ in marcas]
            for valores in product(*(casos for _, casos in marcas)):
                dados: dict[str, Any] = {}
                for quienes, valor in zip(nombres, valores):
                    dados |= zip(quienes, valor if len(quienes) > 1 else (valor,))
                yield prueba, dados


def llamar(
    prueba: Callable[..., Any], dados: dict[str, Any], modulo: ModuleType
) -> Any:
    """Corre una prueba como pytest: lo que no se le da se pide por su nombre."""
    for nombre in inspect.signature(prueba).parameters:
        if nombre not in dados:
            hecho = inspect.unwrap(getattr(modulo, nombre))
            dados[nombre] = llamar(hecho, dados, modulo)
    return prueba(**{n: dados[n] for n in inspect.signature(prueba).parameters})


def retratar() -> Retrato:
    """Lo que ahora dicen los módulos con que se califica, y sus clases."""
    modulos = [m for n, m in sys.modules.items() if _vigilado(n)]
    clases = {
        c
        for m in modulos
        for c in vars(m).values()
        if isinstance(c, type) and _vigilado(c.__module__) and m.__name__ != "builtins"
    }
    return [(cosa, dict(vars(cosa))) for cosa in (*modulos, *clases)]


def _vigilado(nombre: str) -> bool:
    return nombre in VIGILADOS or nombre.startswith(("codigo", "ejercicios", "_pytest"))


def cambiado(
    retrato: Retrato, todos: Any = all, mapa: Any = map, es: Any = operator.is_
) -> str:
    """El primer nombre que ya no es lo que era, o nada.

    Corre al salir de cada función: primero se ve de un jalón si todo es idéntico, con las
    funciones de Python que había antes de que llegara la entrega.
    """
    for cosa, antes in retrato:
        ahora = vars(cosa)
        pares = ahora.values(), antes.values()
        if len(ahora) == len(antes) and todos(mapa(es, *pares)):
            continue
        for nombre in [*antes, *ahora]:
            valor, nuevo = ahora.get(nombre, NADA), nombre not in antes
            if nuevo and (isinstance(valor, ModuleType) or nombre[:2] == "__"):
                continue  # un submódulo que apenas se importó, o una nota de Python
            if valor is not antes.get(nombre, NADA):
                return f"{cosa.__name__}.{nombre}"
    return ""


def contesta_por_su_cuenta(dado: Any, suyas: set[type]) -> bool:
    """Si trae un objeto de una clase ajena que dice, por ejemplo, ser igual a todo."""
    clase = type(dado)
    if clase.__flags__ & HECHA_EN_PYTHON and clase not in suyas:
        ajenas = (
            c for c in clase.__mro__ if c.__flags__ & HECHA_EN_PYTHON and c not in suyas
        )
        return any(RESPUESTAS & vars(c).keys() for c in ajenas)
    if isinstance(dado, dict):
        dado = (*dado, *dado.values())
    elif isinstance(dado, np.ndarray):
        dado = dado.flat if dado.dtype.hasobject else ()
    elif not isinstance(dado, tuple | list | set | frozenset):
        return False
    return any(contesta_por_su_cuenta(uno, suyas) for uno in dado)


class Entrega:
    """Lo que define el archivo de un estudiante; al salir de cada función se revisa lo que dejó."""

    def __init__(self, modulo: ModuleType, retrato: Retrato) -> None:
        self._modulo, self._retrato = modulo, retrato
        self._suyas = {cosa for cosa, _ in retrato if isinstance(cosa, type)}
        for clase in list(vars(modulo).values()):
            if isinstance(clase, type) and clase.__module__ == modulo.__name__:
                for nombre, metodo in list(vars(clase).items()):
                    if isinstance(metodo, FunctionType):
                        setattr(clase, nombre, self._vigilar(metodo))

    def __getattr__(self, nombre: str) -> Any:
        if not hasattr(self._modulo, nombre):
            raise AssertionError(f"falta «{nombre}»")
        suyo = getattr(self._modulo, nombre)
        return self._vigilar(suyo) if isinstance(suyo, FunctionType) else suyo

    def _vigilar(self, suya: FunctionType) -> Any:
        @functools.wraps(suya)
        def vigilada(*args: Any, **kwargs: Any) -> Any:
            return self.revisar(suya(*args, **kwargs))

        return vigilada

    def revisar(self, dado: Any = None) -> Any:
        """Lo que se le da, si con ello no se engaña a las pruebas; si no, levanta un error."""
        if nombre := cambiado(self._retrato):
            raise AssertionError(
                f"cambió «{nombre}», y eso no es resolver el ejercicio"
            )
        if contesta_por_su_cuenta(dado, self._suyas):
            raise AssertionError("devolvió un objeto que contesta por su cuenta")
        return map(self.revisar, dado) if inspect.isgenerator(dado) else dado


def cercar(*ajenas: str) -> None:
    """Desde aquí, este proceso no crea otros, no escribe fuera de su carpeta ni lee las ajenas."""
    aqui, python = (
        os.getcwd(),
        (sys.prefix, sys.base_prefix, os.path.dirname(np.__file__)),
    )

    def vigilar(evento: str, args: tuple[Any, ...]) -> None:
        if evento.startswith(PROHIBIDO):
            raise PermissionError(f"un ejercicio no necesita «{evento}»")
        if evento == "open" and isinstance(args[0], str | bytes):
            ruta = os.path.abspath(os.fsdecode(args[0]))
            escribe = args[2] & ESCRIBE or set(args[1] or "") & set("wax+")
            ajena = ruta.startswith(ajenas) and not ruta.startswith(python)
            if (escribe and not ruta.startswith((aqui, os.devnull))) or ajena:
                raise PermissionError(f"un ejercicio no necesita «{ruta}»")

    sys.addaudithook(vigilar)


def limitar(segundos: int) -> None:
    """Los topes que el sistema sepa poner."""
    try:
        import resource
    except ImportError:  # Windows
        return
    topes = {"RLIMIT_AS": MEMORIA, "RLIMIT_FSIZE": DISCO, "RLIMIT_CPU": segundos}
    for cual, tope in {**topes, "RLIMIT_CORE": 0}.items():
        resource.setrlimit(getattr(resource, cual), (tope, tope))


def juzgar(sala: str, capitulo: str, ejercicio: int, archivo: str, semilla: int) -> str:
    """Lo que reprocha la primera prueba que no pasa; nada si todas pasan."""
    from codigo.datos import Vocabulario, dividir, leer_nombres

    pruebas = importlib.import_module(f"ejercicios.test_{capitulo}")
    nombres = leer_nombres(Path(sala, "data/municipios.txt"))
    comunes = {"nombres": nombres, "vocabulario": Vocabulario(nombres)}
    comunes["particion"] = dividir(nombres)
    retrato = retratar()
    cercar(*json.loads(sys.argv[6]))
    try:
        ficha = importlib.util.spec_from_file_location(f"tu_{capitulo}", archivo)
        assert ficha and ficha.loader
        modulo = importlib.util.module_from_spec(ficha)
        ficha.loader.exec_module(modulo)
        entrega = Entrega(modulo, retrato)
        entrega.revisar()
        for prueba, dados in pruebas_de(pruebas, ejercicio):
            propios = {"solucion": entrega, "rng": np.random.default_rng(semilla)}
            llamar(prueba, dados | comunes | propios, pruebas)
            entrega.revisar()
    except BaseException as error:
        if isinstance(error, NotImplementedError):
            return "no está escrito"
        dicho = " ".join(str(error).split())[:200]
        if isinstance(error, AssertionError):
            return dicho or "no da lo que debe"
        return f"{type(error).__name__}: {dicho}".strip(" :")
    return ""


def principal() -> None:
    """Lee de la entrada la clave con que se firma el veredicto y lo escribe; nada más habla."""
    clave, canal = sys.stdin.readline().strip(), os.dup(1)
    nulo = os.open(os.devnull, os.O_RDWR)
    for salida in (0, 1, 2):
        os.dup2(nulo, salida)
    sala, capitulo, ejercicio, archivo, semilla = sys.argv[1:6]
    sys.path.insert(0, sala)
    limitar(int(sys.argv[7]))
    reproche = juzgar(sala, capitulo, int(ejercicio), archivo, int(semilla))
    os.write(canal, f"\n{clave} {json.dumps(reproche)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    principal()
