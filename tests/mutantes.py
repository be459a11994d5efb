"""Rompe el código a propósito, de una manera cada vez, y mira si las pruebas lo notan.

Qué módulos, con qué pruebas y qué cambios no cambian nada, lo dice ``mutantes.toml``;
con sus nombres, solo esos. No es mutmut, que repite las funciones en el archivo que
``sabotear`` lee; ni cosmic-ray, que no quita renglones ni cambia argumentos y abre un
Python por mutante.
"""

import ast
import os
import shutil
import sys
import tempfile
import tomllib
from multiprocessing import get_context
from pathlib import Path
from resource import RLIMIT_AS, RLIMIT_CPU, setrlimit

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pytest
import sklearn.linear_model  # noqa: F401  (lo que tarda en importarse, una sola vez)
from hypothesis import Phase, settings

RAIZ = Path(__file__).resolve().parent.parent
TOPE = 0.05  # de los no declarados, cuántos pueden quedar vivos
SEGUNDOS = 20  # de procesador; quien se pasa, muere
OPCIONES = ["-x", "-p", "no:cacheprovider", "--hypothesis-profile=mutantes", "-W"]
OPCIONES += ["ignore::pytest.PytestAssertRewriteWarning"]
PAREJAS = """Lt LtE, Gt GtE, Eq NotEq, In NotIn, Is IsNot, Add Sub, And Or, MatMult Mult,
Pow Mult, FloorDiv Div, Mult Div, zeros ones, min max, minimum maximum, any all,
zeros_like ones_like"""
PARES = [tuple(par.split()) for par in PAREJAS.split(",")]
OTRO = {b: a for a, b in PARES} | dict(PARES)
OPERAN = ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp
APRIETAN = OPERAN | ast.Attribute | ast.Subscript | ast.Call | ast.Starred


def con(n, **campos):
    """El mismo nodo con algo distinto."""
    return type(n)(**{**dict(ast.iter_fields(n)), **campos})


def listas(n, campo, *poner):
    """El nodo con cada elemento de una lista quitado, o cambiado por otra cosa."""
    lista = getattr(n, campo)
    return [
        con(n, **{campo: [*lista[:i], *poner, *lista[i + 1 :]]})
        for i in range(len(lista))
    ]


def cruces(n, campo):
    """El nodo con dos vecinos de una lista intercambiados, de todas las maneras."""
    a = getattr(n, campo)
    lugares = range(len(a) - 1)
    return [con(n, **{campo: [*a[:i], a[i + 1], a[i], *a[i + 2 :]]}) for i in lugares]


def otros(n, padre):  # noqa: PLR0912
    """Por qué se puede cambiar un pedazo de programa."""
    for campo in ("op", "id", "attr"):
        dice = getattr(n, campo, None)
        nuevo = OTRO.get(dice if isinstance(dice, str) else type(dice).__name__)
        if nuevo:
            yield con(n, **{campo: nuevo if dice in OTRO else getattr(ast, nuevo)()})
    match n:
        case ast.Constant(value=bool(v)):
            yield con(n, value=not v)
        case ast.Constant(value=int(v)):
            yield from (con(n, value=v + 1), con(n, value=v - 1))
        case ast.Constant(value=float(v)):
            yield from (con(n, value=2 * v or 1.0), con(n, value=0.0 if v else -1.0))
        case ast.Constant(value=str(v)):
            yield con(n, value="" if v else "x")
        case ast.Compare(ops=[op]):
            yield con(n, ops=[getattr(ast, OTRO[type(op).__name__])()])
        case ast.BinOp(left=a, right=b):
            yield from (a, b)
        case ast.BoolOp(values=partes):
            yield from partes
        case ast.UnaryOp(operand=a):
            yield a
        case ast.AugAssign(target=a, value=b):
            yield ast.Assign([a], b, lineno=0)
        case ast.Call(func=f, args=args):
            if getattr(f, "id", getattr(f, "attr", "")) not in OTRO:  # max(a, b)
                yield from cruces(n, "args")
            yield from listas(n, "keywords")
            if [type(a) not in (ast.Starred, ast.GeneratorExp) for a in args] == [True]:
                yield args[0]
            if isinstance(f, ast.Attribute) and not args:
                yield f.value
        case ast.Tuple(ctx=ast.Store()):  # se ignora uno de los resultados
            yield from listas(n, "elts", ast.Name("_"))
        case ast.Tuple() | ast.List() if not isinstance(padre, ast.Subscript):
            yield from cruces(n, "elts")
        case ast.Slice():
            yield from (con(n, lower=None), con(n, upper=None))
    if n is getattr(padre, "test", None) or n in getattr(padre, "ifs", []):
        yield ast.UnaryOp(ast.Not(), n)
    if isinstance(n, ast.stmt) and not isinstance(n, ast.FunctionDef | ast.ClassDef):
        yield ast.Pass()


def mutables(padre):
    """Los pedazos que se cambian: ni tipos, ni mensajes, ni documentación, ni ejes."""
    for campo, valor in ast.iter_fields(padre):
        for n in valor if isinstance(valor, list) else [valor]:
            match n:
                case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
                    continue
                case ast.keyword(arg="axis") | ast.Import() | ast.ImportFrom():
                    continue
            if isinstance(n, ast.AST) and campo not in ("annotation", "returns"):
                yield n, padre
                like = isinstance(n, ast.Call) and ast.unparse(n.func).endswith("_like")
                if not like and not isinstance(n, ast.Raise | ast.JoinedStr):
                    yield from mutables(n)


def mutantes(crudo):
    """De cada uno, su texto y, para decirlo: qué renglón, cómo estaba y cómo quedó."""
    inicios, hechos = [0], {}
    for renglon in crudo.splitlines(keepends=True):
        inicios.append(inicios[-1] + len(renglon))
    for n, padre in mutables(ast.parse(crudo)):
        if not hasattr(n, "lineno"):
            continue
        desde, hasta = inicios[n.lineno - 1], inicios[n.end_lineno]
        a, b = desde + n.col_offset, inicios[n.end_lineno - 1] + n.end_col_offset
        for nuevo in otros(n, padre):
            dice = ast.unparse(nuevo).replace("'", '"')
            if isinstance(nuevo, OPERAN) and isinstance(padre, APRIETAN):
                dice = f"({dice})"
            queda = crudo[desde:a] + dice.encode() + crudo[b:hasta]
            antes, despues = (t.decode().split() for t in (crudo[desde:hasta], queda))
            if ast.unparse(nuevo) != ast.unparse(n):
                dicho = n.lineno, " ".join(antes), " ".join(despues)
                hechos.setdefault(crudo[:desde] + queda + crudo[hasta:], dicho)
    return hechos


def preparar(copias):
    """Le da a cada proceso su copia del proyecto."""
    copia = copias / str(os.getpid())
    for parte in ("codigo", "tests", "data"):
        sin = shutil.ignore_patterns("__pycache__")
        shutil.copytree(RAIZ / parte, copia / parte, ignore=sin)
    shutil.copy(RAIZ / "pyproject.toml", copia)
    os.chdir(copia)
    sys.path[0], sys.dont_write_bytecode = str(copia), True
    sin_encoger = [Phase.explicit, Phase.generate]
    fijas = dict(deadline=None, database=None, derandomize=True, phases=sin_encoger)
    settings.register_profile("mutantes", **fijas)


def pasa(ruta, texto, pruebas):
    """Si las pruebas pasan cuando el archivo dice eso otro, en un proceso aparte."""
    bueno = ruta.read_bytes()
    ruta.write_bytes(texto)
    if not (hijo := os.fork()):
        try:
            setrlimit(RLIMIT_CPU, (SEGUNDOS, SEGUNDOS))
            setrlimit(RLIMIT_AS, (2**33, 2**33))
            for salida in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), salida)
            os._exit(pytest.main([*OPCIONES, *pruebas]))
        finally:
            os._exit(1)
    estado = os.waitpid(hijo, 0)[1]
    ruta.write_bytes(bueno)
    return estado == 0


def revisar(procesos, modulo, pruebas, iguales=()):
    """Cuenta los mutantes de un módulo, nombra a los vivos y dice si son demasiados."""
    ruta = Path(f"codigo/{modulo.replace('.', '/')}.py")
    pruebas = [f"tests/codigo/test_{nombre}.py" for nombre in pruebas]
    crudo, declarados = (RAIZ / ruta).read_bytes(), {tuple(e[:2]) for e in iguales}
    todos = mutantes(crudo)
    pasan = procesos.starmap(pasa, [(ruta, t, pruebas) for t in [crudo, *todos]], 1)
    assert pasan.pop(0), f"las pruebas de {modulo} fallan sin ningún cambio"
    vivos = [dicho for dicho, vive in zip(todos.values(), pasan) if vive]
    malos = [dicho for dicho in vivos if dicho[1:] not in declarados]
    muertos, dan_igual = len(todos) - len(vivos), len(vivos) - len(malos)
    cuenta = f"{muertos} muertos, {len(malos)} vivos, {dan_igual} dan igual"
    dichos = [f"{modulo}: {len(todos)} mutantes, {cuenta}"]
    dichos += [f"  {ruta}:{cual}: {antes}  →  {queda}" for cual, antes, queda in malos]
    sobran = declarados - {dicho[1:] for dicho in vivos}
    dichos += [
        f"  se declaró y no vive: {antes}  →  {queda}" for antes, queda in sobran
    ]
    print(*dichos, sep="\n", flush=True)
    return len(malos) > TOPE * (muertos + len(malos))


if __name__ == "__main__":
    lista = tomllib.loads((RAIZ / "tests/mutantes.toml").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as copias:
        pedido = os.cpu_count(), preparar, [Path(copias)]
        with get_context("fork").Pool(*pedido) as procesos:
            cuales = sys.argv[1:] or lista
            sys.exit(any([revisar(procesos, m, **lista[m]) for m in cuales]))
