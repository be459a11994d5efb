"""Califica las entregas de un grupo: cada ejercicio de cada quien, en un proceso aparte.

Un ejercicio da sus puntos, uno por estrella, si pasa todas sus pruebas. Son las mismas que tiene el
estudiante, con otra semilla, que se sortea: de nada sirve memorizar lo que sale con la suya.
"""

import csv
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple

from imprenta.archivos import escribir
from imprenta.errores import ErrorDelLibro
from imprenta.esqueletos import puntos
from imprenta.trozos import SOLUCIONES

SEGUNDOS = 60  # por ejercicio
PASA_TIEMPO = f"no acabó en {SEGUNDOS} segundos"
SIN_VEREDICTO = "acabó con el proceso, o pidió más memoria de la que hay"
FALTA = "no lo entregó"
AVISO = "El código de otros se corre aquí: hazlo en una máquina que no tenga nada que perder."


class Nota(NamedTuple):
    """Lo que sacó un estudiante en un ejercicio."""

    estudiante: str
    capitulo: str
    ejercicio: int
    vale: int
    reproche: str  # vacío si pasó

    @property
    def puntos(self) -> int:
        """Todos o ninguno."""
        return 0 if self.reproche else self.vale


def calificar(raiz: Path, entregas: str = "entregas") -> list[str]:
    """Un informe por estudiante y una tabla del grupo, junto a la carpeta de las entregas."""
    carpeta = Path(entregas).resolve()
    if not carpeta.is_dir():
        queja = "no existe; dentro va una carpeta por estudiante (--entregas dice cuál)"
        raise ErrorDelLibro(queja, entregas)
    grupo = sorted(c.name for c in carpeta.iterdir() if c.is_dir() and c.name[0] != ".")
    vale = puntos(raiz)
    entregados = {c for c, _ in vale for s in grupo if _de(carpeta / s, c)}
    if not entregados:
        queja = "ningún estudiante trae archivos de ejercicios, como rnn.py"
        raise ErrorDelLibro(queja, entregas)
    print(AVISO, flush=True)
    with TemporaryDirectory(prefix="imprenta-") as sala, ThreadPoolExecutor(2) as hilos:
        _preparar(raiz, Path(sala))
        cuales = [cual for cual in vale if cual[0] in entregados]
        semilla = _sortear(raiz, Path(sala), cuales)

        def una(estudiante: str, cual: tuple[str, int]) -> Nota:
            archivo = _de(carpeta / estudiante, cual[0])
            ajenas = [str(raiz.resolve()), str(carpeta)]
            dado = (
                juzgar(Path(sala), archivo, *cual, semilla, ajenas)
                if archivo
                else FALTA
            )
            return Nota(estudiante, *cual, vale[cual], dado)

        pares = [(s, cual) for s in grupo for cual in cuales]
        notas = list(hilos.map(lambda par: una(*par), pares))
    donde = carpeta.with_name(f"{carpeta.name}-calificadas")
    informes = {
        f"{s}.md": _informe(s, [n for n in notas if n.estudiante == s]) for s in grupo
    }
    for nombre, texto in {**informes, "grupo.csv": _tabla(grupo, notas)}.items():
        escribir(donde / nombre, texto)
    print(f"Con la semilla {semilla}.")
    return [str(donde / nombre) for nombre in ("grupo.csv", *informes)]


def _sortear(raiz: Path, sala: Path, cuales: list[tuple[str, int]]) -> int:
    """Una semilla con que las soluciones del libro pasan; por mala suerte, alguna no sirve."""
    for _ in range(20):
        semilla = secrets.randbelow(10**6)

        def pasa(cual: tuple[str, int], semilla: int = semilla) -> bool:
            return not juzgar(
                sala, raiz / f"{SOLUCIONES}{cual[0]}.py", *cual, semilla, []
            )

        if all(map(pasa, cuales)):
            return semilla
    raise ErrorDelLibro("aquí no pasan sus pruebas ni las del libro", SOLUCIONES)


def _de(entrega: Path, capitulo: str) -> Path | None:
    """El archivo de un capítulo, suelto en la entrega o en su carpeta ``ejercicios``."""
    for ruta in (entrega / f"ejercicios/{capitulo}.py", entrega / f"{capitulo}.py"):
        if ruta.is_file():
            return ruta
    return None


def _preparar(raiz: Path, sala: Path) -> None:
    """Lo que hace falta para calificar, sin las soluciones y con nuestras pruebas."""
    sin = shutil.ignore_patterns("soluciones", "__pycache__", "*.npz")
    shutil.copytree(raiz / "codigo", sala / "codigo", ignore=sin)
    shutil.copytree(raiz / "data", sala / "data", ignore=sin)
    (sala / "ejercicios").mkdir()
    for ruta in raiz.glob("ejercicios/*.py"):
        if ruta.name.startswith(("test_", "__init__")):
            shutil.copy(ruta, sala / "ejercicios")
    shutil.copy(Path(__file__).with_name("jurado.py"), sala)


def juzgar(
    sala: Path,
    archivo: Path,
    capitulo: str,
    ejercicio: int,
    semilla: int,
    ajenas: list[str],
) -> str:
    """Lo que se le reprocha a una entrega en un ejercicio; nada si está bien."""
    clave = secrets.token_hex(16)
    with TemporaryDirectory(prefix="imprenta-") as suya, TemporaryFile() as canal:
        copia = Path(shutil.copy(archivo, suya))
        orden = [sys.executable, "-I", "-B", "-X", "utf8", str(sala / "jurado.py")]
        orden += [str(sala), capitulo, str(ejercicio), str(copia), str(semilla)]
        orden += [json.dumps(ajenas), str(SEGUNDOS)]
        limpio = {
            n: v for n in ("PATH", "SYSTEMROOT", "TEMP") if (v := os.environ.get(n))
        }
        proceso = subprocess.Popen(
            orden,
            stdin=subprocess.PIPE,
            stdout=canal,
            stderr=subprocess.DEVNULL,
            cwd=suya,
            env={**limpio, "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        vencido = False
        try:
            proceso.communicate(f"{clave}\n".encode(), timeout=SEGUNDOS)
        except subprocess.TimeoutExpired:
            vencido = True
        finally:
            _acabar(proceso)
        canal.seek(0)
        dicho = canal.read(1 << 20).decode(errors="replace")
    firmados = [r for r in dicho.split("\n") if r.startswith(f"{clave} ")]
    if vencido or not firmados:
        return PASA_TIEMPO if vencido else SIN_VEREDICTO
    return str(json.loads(firmados[0].removeprefix(f"{clave} ")))


def _acabar(proceso: subprocess.Popen[bytes]) -> None:
    """Con el proceso y con los que haya dejado."""
    with suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(proceso.pid, signal.SIGKILL)
        else:
            proceso.kill()
    proceso.wait()


def _informe(estudiante: str, notas: list[Nota]) -> str:
    """Lo que sacó un estudiante, ejercicio por ejercicio, en Markdown."""
    suma, de = sum(n.puntos for n in notas), sum(n.vale for n in notas)
    renglones = [f"# {estudiante}: {suma} de {de} puntos", ""]
    renglones += ["| ejercicio | puntos | qué pasó |", "|---|---|---|"]
    for n in notas:
        dicho = n.reproche.replace("|", "\\|") or "bien"
        renglones.append(
            f"| {n.capitulo} {n.ejercicio} | {n.puntos} de {n.vale} | {dicho} |"
        )
    return "\n".join(renglones) + "\n"


def _tabla(grupo: list[str], notas: list[Nota]) -> str:
    """La del grupo, en CSV: un renglón por estudiante y una columna por ejercicio."""

    def renglones() -> Iterator[list[object]]:
        cuales = dict.fromkeys((n.capitulo, n.ejercicio) for n in notas)
        yield ["estudiante", "puntos", "de", *(f"{c} {e}" for c, e in cuales)]
        for estudiante in grupo:
            suyas = [n for n in notas if n.estudiante == estudiante]
            sacados = [n.puntos for n in suyas]
            yield [estudiante, sum(sacados), sum(n.vale for n in suyas), *sacados]

    texto = StringIO()
    csv.writer(texto, lineterminator="\n").writerows(renglones())
    return texto.getvalue()
