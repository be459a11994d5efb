"""Ataca con entradas al azar, guiadas por atheris, a lo que lee archivos ajenos.

Cada lector o entiende lo que se le da o levanta su error previsto; cualquier otra cosa es un hallazgo.
«make ataques» los corre todos y dice cuántas entradas probó de cada uno.
"""

import argparse
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
HALLAZGOS = RAIZ / ".cache/ataques"
sys.path.insert(0, str(RAIZ))

PALABRAS = (
    *("```", "```{python}", "```{.python file=codigo/a.py}", "```{.python #a}", "~~~"),
    *("<<a>>", "#| label: fig-a", "#| ", ":::", "::: {.callout-note}", "`{python} x`"),
    *(
        "# A {#sec-uno}",
        "@sec-uno",
        "$$",
        "<!--",
        "-->",
        "![](a.png)",
        "{{<",
        "|",
        "&a",
    ),
    *("book:", "project:", "format:", "html:", "chapters:", "  - index.qmd", "part:"),
    *("fig-width: 1", "fig-height: 1", "fig-format: svg", "title: x", "!!int ", "*a"),
)


# --- Los lectores ------------------------------------------------------------------------------


def nombres(_: Path) -> tuple[Callable[[bytes], None], list[bytes]]:
    """``leer_renglones``, con los bytes de un archivo."""
    from codigo.taller.lectura import leer_renglones

    class Ruta:
        def __init__(self, datos: bytes) -> None:
            self.datos = datos

        def open(self, _: str) -> io.BytesIO:
            return io.BytesIO(self.datos)

    def atacar(datos: bytes) -> None:
        try:
            hallados = [n for _, n in leer_renglones(Ruta(datos))]  # type: ignore[arg-type]
        except ValueError as error:
            assert "renglón" in str(error) and "\n" not in str(error)
        else:
            assert all(n and n == n.strip() and "\n" not in n for n in hallados)

    return atacar, [
        "Ñumí\r\nUcú\n".encode(),
        b"\xef\xbb\xbfA\n",
        "ñ\n".encode("utf-16"),
    ]


def modelos(carpeta: Path) -> tuple[Callable[[bytes], None], list[bytes]]:
    """``cargar``, con un archivo pisado y con uno bien formado de arreglos pisados."""
    import atheris
    import numpy as np

    from codigo.corrida import Receta
    from codigo.datos import Vocabulario
    from codigo.taller.modelos import cargar, guardar
    from codigo.veloz import LSTMVeloz

    ruta, vocabulario = carpeta / "m.npz", Vocabulario(["ab"])
    red = LSTMVeloz(3, 2, np.random.default_rng(0))
    guardar(ruta, red.parametros, vocabulario, Receta(H=2))
    bueno = ruta.read_bytes()
    with zipfile.ZipFile(ruta) as archivo:
        partes = {nombre: archivo.read(nombre) for nombre in archivo.namelist()}

    def pisar(azar: "atheris.FuzzedDataProvider", que: bytes) -> bytes:
        donde = azar.ConsumeIntInRange(0, len(que))
        con = azar.ConsumeBytes(azar.ConsumeIntInRange(0, 20))
        quita = azar.ConsumeIntInRange(0, 20)
        return que[:donde] + con + que[donde + quita :]

    def atacar(datos: bytes) -> None:
        azar = atheris.FuzzedDataProvider(datos)
        if azar.ConsumeBool():
            ruta.write_bytes(pisar(azar, pisar(azar, bueno)))
        else:
            suyas = dict(partes)
            for _ in range(azar.ConsumeIntInRange(1, 3)):
                cual = azar.PickValueInList(list(partes))
                otra = azar.PickValueInList(list(partes))
                suyas[cual] = pisar(azar, suyas.get(otra, b""))
                if azar.ConsumeIntInRange(0, 9) == 0:
                    suyas.pop(otra, None)
            with zipfile.ZipFile(ruta, "w") as archivo:
                for nombre, contenido in suyas.items():
                    archivo.writestr(nombre, contenido)
        try:
            leida, simbolos = cargar(ruta)
        except (ValueError, OSError) as error:
            assert str(ruta) in str(error), repr(error)
        else:
            assert leida.parametros["Why"].shape[1] == len(simbolos)
            leida.paso(np.zeros(1, int), leida.estado_inicial(1))

    return atacar, [bytes(range(60)), b"\x00" * 60, b"\xff" * 60]


def capitulos(carpeta: Path) -> tuple[Callable[[bytes], None], list[bytes]]:
    """El extractor, el subconjunto y el glosario, con un capítulo."""
    from imprenta import glosario, subconjunto
    from imprenta.errores import ErrorDelLibro
    from imprenta.extraer import armar
    from tests.imprenta.conftest import escribir_libro
    from tests.imprenta.test_extraer import BUENO

    escribir_libro(carpeta)
    ruta = carpeta / "libro/uno.qmd"

    def atacar(datos: bytes) -> None:
        ruta.write_bytes(datos)
        for lector in (armar, subconjunto.revisar, glosario.revisar):
            try:
                lector(carpeta)
            except (ErrorDelLibro, OSError) as error:
                assert str(error)

    de_verdad = [r.read_bytes()[:2000] for r in sorted((RAIZ / "libro").glob("*.qmd"))]
    return atacar, [BUENO.encode(), *de_verdad]


def quarto(carpeta: Path) -> tuple[Callable[[bytes], None], list[bytes]]:
    """``leer_libro``, con un ``_quarto.yml``."""
    from imprenta.errores import ErrorDelLibro
    from imprenta.indice import leer_libro
    from tests.imprenta.conftest import escribir_libro

    escribir_libro(carpeta)
    ruta = carpeta / "_quarto.yml"
    buena = ruta.read_bytes()

    def atacar(datos: bytes) -> None:
        ruta.write_bytes(datos)
        try:
            libro = leer_libro(carpeta)
        except (ErrorDelLibro, OSError) as error:
            assert str(error)
        else:
            assert libro.entradas and libro.archivo("pdf")

    return atacar, [buena, buena.replace(b"format:", b"format: &a [*a]\nx:")]


LECTORES = {  # cuántas entradas por omisión
    nombres: 1_000_000,
    modelos: 100_000,
    capitulos: 100_000,
    quarto: 100_000,
}


# --- Correrlos ---------------------------------------------------------------------------------


def adentro(nombre: str, opciones: list[str]) -> None:
    """Ataca en este proceso; libFuzzer lo termina."""
    import atheris

    with atheris.instrument_imports(include=["codigo", "imprenta"]):
        import codigo.taller.modelos  # noqa: F401
        import imprenta.glosario
        import imprenta.indice  # noqa: F401
    lector = next(uno for uno in LECTORES if uno.__name__ == nombre)
    carpeta = Path(tempfile.mkdtemp(dir=opciones.pop()))
    semillas = carpeta / "semillas"
    semillas.mkdir()
    libro = carpeta / "libro"
    libro.mkdir()
    atacar, ejemplos = lector(libro)
    for numero, ejemplo in enumerate(ejemplos):
        (semillas / str(numero)).write_bytes(ejemplo)
    palabras = carpeta / "palabras"
    escapadas = (
        p.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\x0a")
        for p in PALABRAS
    )
    palabras.write_text("".join(f'"{palabra}"\n' for palabra in escapadas), "utf-8")
    atheris.Setup([sys.argv[0], *opciones, f"-dict={palabras}", str(semillas)], atacar)
    atheris.Fuzz()


def correr(nombre: str, entradas: int, semilla: int) -> bool:
    """Ataca a un lector en otro proceso y dice cuántas entradas probó."""
    HALLAZGOS.mkdir(parents=True, exist_ok=True)
    memoria = "/dev/shm" if Path("/dev/shm").is_dir() else None  # sin esperar al disco
    with tempfile.TemporaryDirectory(prefix="ataques-", dir=memoria) as carpeta:
        orden = [sys.executable, __file__, "--adentro", nombre, f"-runs={entradas}"]
        orden += [f"-seed={semilla}", "-max_len=4096", "-timeout=20", "-verbosity=1"]
        orden += [
            "-rss_limit_mb=4096",
            f"-artifact_prefix={HALLAZGOS}/{nombre}-",
            carpeta,
        ]
        hecho = subprocess.run(
            orden, capture_output=True, encoding="utf-8", errors="replace"
        )
    dicho = hecho.stdout + hecho.stderr
    probadas = re.findall(r"Done (\d+) runs|^#(\d+)", dicho, re.MULTILINE)
    cuantas = max([0, *(int(a or b) for a, b in probadas)])
    if hecho.returncode == 0 and cuantas >= entradas:
        print(f"{nombre}: {cuantas} entradas, ningún hallazgo", flush=True)
        return True
    print(f"{nombre}: un hallazgo tras {cuantas} entradas, guardado en {HALLAZGOS}")
    print(hecho.stdout[-3000:] or hecho.stderr[-3000:])
    return False


def main() -> int:
    """Corre los ataques que se pidan, o todos."""
    if sys.argv[1:2] == ["--adentro"]:
        adentro(sys.argv[2], sys.argv[3:])
    analizador = argparse.ArgumentParser(description="Ataca a los lectores.")
    analizador.add_argument(
        "cuales", nargs="*", help="nombres, modelos, capitulos, quarto"
    )
    analizador.add_argument("--entradas", type=int, help="cuántas de cada uno")
    analizador.add_argument("--semilla", type=int, default=1)
    opciones = analizador.parse_args()
    salidas = [
        correr(lector.__name__, opciones.entradas or cuantas, opciones.semilla)
        for lector, cuantas in LECTORES.items()
        if lector.__name__ in (opciones.cuales or [uno.__name__ for uno in LECTORES])
    ]
    return 0 if all(salidas) else 1


if __name__ == "__main__":
    sys.exit(main())
