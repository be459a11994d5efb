"""Mata con SIGKILL, al azar, al que entrena, al que busca y al que teje, y revisa lo que queda.

«make apagones» repite cada cosa cincuenta veces y dice las cifras; las pruebas normales, unas pocas.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from codigo.taller.archivos import cargar_arreglos  # noqa: E402
from codigo.taller.modelos import cargar  # noqa: E402
from imprenta.archivos import A_MEDIAS  # noqa: E402
from tests.imprenta.conftest import escribir_libro  # noqa: E402

ENTORNO = {**os.environ, "PYTHONPATH": str(RAIZ), "OPENBLAS_NUM_THREADS": "1"}
FIGURA = """# Uno {#sec-uno}

```{python}
#| label: fig-a
#| fig-cap: Una línea.
#| fig-alt: Una línea que sube.
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 9 9 0"/></svg>')
```

La @fig-a.
"""


def correr(orden: list[str], tope: float | None, azar: random.Random) -> bool:
    """Corre una orden; si hay ``tope``, la mata antes. Dice si la mató."""
    proceso = subprocess.Popen(
        [sys.executable, "-m", *orden],
        env=ENTORNO,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, dicho = proceso.communicate(timeout=tope and azar.uniform(0, tope))
    except subprocess.TimeoutExpired:
        # Solo al que coordina: sus ayudantes y sus núcleos se tienen que enterar por su cuenta.
        proceso.kill()
        proceso.communicate()
        esperar(lambda: not _queda_alguien(proceso.pid), "sus ayudantes siguen vivos")
        return True
    assert proceso.returncode == 0, dicho.decode()
    return False


def esperar(hasta: Callable[[], object], si_no: str, cada: float = 0.02) -> None:
    """Espera a que algo pase, lo que haga falta; cinco minutos es que ya no pasará."""
    limite = time.monotonic() + 300
    while not hasta():
        assert time.monotonic() < limite, si_no
        time.sleep(cada)


def _queda_alguien(grupo: int) -> bool:
    try:
        os.killpg(grupo, 0)
    except ProcessLookupError:
        return False
    return True


def escribir_lista(carpeta: Path) -> Path:
    nombres = sorted(set((RAIZ / "data/municipios.txt").read_text("utf-8").split("\n")))
    lista = carpeta / "lista.txt"
    lista.write_text("\n".join(nombres[::90]) + "\n", "utf-8")
    return lista


def envejecer(carpeta: Path) -> None:
    """Como si hubieran pasado dos horas: los temporales de un muerto ya se pueden borrar."""
    for ruta in carpeta.rglob(".*.tmp"):
        os.utime(ruta, (time.time() - 7200,) * 2)


def entrenamiento(carpeta: Path, veces: int, azar: random.Random) -> Iterator[str]:
    """Mata y reanuda; al final, los mismos bits que si nadie lo hubiera tocado."""
    lista, epocas = escribir_lista(carpeta), "60"
    orden = ["codigo", "entrenar", str(lista), "--neuronas", "24", "--epocas", epocas]
    entero, salida = carpeta / "entero.npz", carpeta / "cortado.npz"
    punto = carpeta / "cortado.npz.punto"
    inicio = time.monotonic()
    correr([*orden, "--salida", str(entero)], None, azar)
    tope, muertes, corridas, epocas_vistas = time.monotonic() - inicio, 0, 0, 0
    while muertes < veces:
        corridas += 1
        for ruta in (salida, punto):
            ruta.unlink(missing_ok=True)
        while not salida.is_file() or punto.is_file():
            seguir = ["--reanudar"] if punto.is_file() else []
            murio = correr([*orden, "--salida", str(salida), *seguir], tope, azar)
            muertes += murio
            if murio and punto.is_file():
                curvas = cargar_arreglos(punto)["curvas"]  # se puede leer siempre
                epocas_vistas += curvas.shape[1]
                yield f"muerte {muertes}, con {curvas.shape[1]} épocas hechas"
            elif murio:
                yield f"muerte {muertes}, antes de empezar"
        uno, otro = cargar_arreglos(entero), cargar_arreglos(salida)
        assert uno.keys() == otro.keys()
        assert all(np.array_equal(uno[n], otro[n]) for n in uno), "cambiaron los pesos"
        cargar(salida)
    envejecer(carpeta)
    correr([*orden[:-1], "1", "--salida", str(salida)], None, azar)
    assert not list(carpeta.glob(".*.tmp")), "quedaron temporales"
    yield (
        f"entrenamiento: {muertes} muertes en {corridas} entrenamientos, todos idénticos bit por bit"
    )


def terminados(base: Path) -> dict[int, tuple[str, float | None]]:
    """Los ensayos terminados de una base de Optuna: su estado y su valor."""
    with closing(sqlite3.connect(base, timeout=300)) as conexion:
        assert conexion.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        filas = conexion.execute(
            "SELECT t.number, t.state, v.value FROM trials t "
            "LEFT JOIN trial_values v ON v.trial_id = t.trial_id "
            "WHERE t.state IN ('COMPLETE', 'PRUNED')"
        ).fetchall()
    hechos = {numero: (estado, valor) for numero, estado, valor in filas}
    assert len(hechos) == len(filas), "un ensayo está repetido"
    return hechos


def trabajan(base: Path) -> int:
    """Cuántos procesos tienen un ensayo en marcha, si ya hay alguno terminado."""
    if not base.is_file():
        return 0
    try:
        with closing(sqlite3.connect(base, timeout=300)) as conexion:
            filas = conexion.execute("SELECT state FROM trials").fetchall()
    except sqlite3.OperationalError:  # todavía crean las tablas, o están escribiendo
        return 0
    estados = [estado for (estado,) in filas]
    return estados.count("RUNNING") * any(e in ("COMPLETE", "PRUNED") for e in estados)


def busqueda(carpeta: Path, veces: int, azar: random.Random) -> Iterator[str]:
    """Mata y repite la orden; lo terminado sigue igual y al final están los que se pidieron."""
    lista, salida, base = escribir_lista(carpeta), carpeta / "t.csv", carpeta / "b.db"
    almacen = f"sqlite:///{base}"
    comun = ["codigo", "buscar", str(lista), "--red", "rnn", "--procesos", "1"]
    comun += ["--finalistas", "0"]
    medida = ["--salida", f"{salida}.medida", "--almacen", f"{almacen}.medida"]
    inicio = time.monotonic()
    correr([*comun, *medida, "--ensayos", "2"], None, azar)
    tope = time.monotonic() - inicio
    muertes, pedidos, hechos = 0, 2, {}
    while muertes < veces:
        orden = [*comun, "--salida", str(salida), "--almacen", almacen]
        orden += ["--ensayos", str(pedidos)]
        antes = salida.read_bytes() if salida.is_file() else None
        if correr(orden, tope, azar):
            muertes += 1
            despues = salida.read_bytes() if salida.is_file() else None
            if despues != antes:  # la escribió entera y murió al despedirse
                assert despues is not None
                assert despues.count(b"\n") == len(terminados(base)) + 1
        else:
            pedidos += 2
            renglones = salida.read_text("utf-8").count("\n") - 1
            assert renglones == len(terminados(base)) >= pedidos - 2
        if base.is_file():
            try:
                nuevos = terminados(base)
            except sqlite3.OperationalError as error:  # murió al crear las tablas
                assert "no such table" in str(error) and not hechos
                continue
            assert {n: nuevos.get(n) for n in hechos} == hechos, "se perdió un ensayo"
            hechos = nuevos
        yield f"muerte {muertes}, con {len(hechos)} ensayos terminados"
    orden[-1] = str(len(hechos) + 1)
    correr(orden, None, azar)
    finales = terminados(base)
    assert {n: finales.get(n) for n in hechos} == hechos
    assert len(finales) == len(hechos) + 1, "no están los ensayos que se pidieron"
    assert not list(carpeta.glob(".*.tmp")), "quedaron temporales"
    yield f"búsqueda: {muertes} muertes, {len(finales)} ensayos, ninguno perdido ni repetido"


def paginas(sitio: Path) -> dict[str, bytes]:
    """Todo lo que hay en un libro tejido, archivo por archivo."""
    return {
        ruta.relative_to(sitio).as_posix(): ruta.read_bytes()
        for ruta in sorted(sitio.rglob("*"))
        if ruta.is_file()
    }


def tejido(carpeta: Path, veces: int, azar: random.Random) -> Iterator[str]:
    """Mata al que teje: el libro de antes sigue entero, o ya está el nuevo, entero también."""
    orden = ["imprenta", "--raiz", str(carpeta), "libro", "--motor", "pandoc"]
    ediciones = []
    for pie in ("Una línea.", "Otra línea."):
        escribir_libro(carpeta, uno=FIGURA.replace("Una línea.", pie))
        inicio = time.monotonic()
        correr(orden, None, azar)
        tope = time.monotonic() - inicio
        ediciones.append((pie, paginas(carpeta / "_libro")))
    muertes, nuevas, actual = 0, 0, 1
    while muertes < veces:
        otra = 1 - actual
        escribir_libro(carpeta, uno=FIGURA.replace("Una línea.", ediciones[otra][0]))
        if azar.random() < 0.5:  # con la memoria vacía se muere en otros lugares
            shutil.rmtree(carpeta / ".cache/celdas", ignore_errors=True)
        if not correr(orden, tope, azar):
            assert paginas(carpeta / "_libro") == ediciones[otra][1]
            actual = otra
            continue
        muertes += 1
        quedo = paginas(carpeta / "_libro")
        assert quedo in (ediciones[0][1], ediciones[1][1]), "el libro quedó a medias"
        nuevas += quedo != ediciones[actual][1]
        actual = 0 if quedo == ediciones[0][1] else 1
        sobran = list(carpeta.glob(f"{A_MEDIAS}*"))
        assert len(sobran) <= 1, "se acumulan los tejidos a medias"
        yield f"muerte {muertes}, {'dejó' if sobran else 'no dejó'} una carpeta a medias"
    for numero, (pie, esperadas) in enumerate(ediciones):
        escribir_libro(carpeta, uno=FIGURA.replace("Una línea.", pie))
        envejecer(carpeta / ".cache")
        correr(orden, None, azar)
        assert paginas(carpeta / "_libro") == esperadas, numero
        assert not list(carpeta.glob(f"{A_MEDIAS}*")), "quedaron tejidos a medias"
        assert not list((carpeta / ".cache").rglob(".*.tmp")), "quedaron temporales"
    yield (
        f"tejido: {muertes} muertes, el libro siempre entero ({nuevas} veces ya era el nuevo)"
    )


QUE_HACER: dict[str, Callable[[Path, int, random.Random], Iterator[str]]] = {
    "entrenamiento": entrenamiento,
    "busqueda": busqueda,
    "tejido": tejido,
}


def main() -> None:
    """Repite cada cosa y dice las cifras."""
    analizador = argparse.ArgumentParser(description="Mata y revisa lo que queda.")
    analizador.add_argument("cuales", nargs="*", help=", ".join(QUE_HACER))
    analizador.add_argument("--veces", type=int, default=50, help="muertes de cada uno")
    analizador.add_argument("--semilla", type=int, default=1, help="de los momentos")
    opciones = analizador.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for nombre in opciones.cuales or QUE_HACER:
        with tempfile.TemporaryDirectory(prefix="apagones-") as carpeta:
            azar = random.Random(opciones.semilla)
            for dicho in QUE_HACER[nombre](Path(carpeta), opciones.veces, azar):
                print(dicho, flush=True)


if __name__ == "__main__":
    main()
