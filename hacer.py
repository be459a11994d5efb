"""Hace el libro y todo lo demás, con Python a secas: ``python hacer.py libro``.

Lo que falte lo instala en ``.venv/`` (la variable ENTORNO escoge otra carpeta), y nada fuera de ahí.
"""

import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

RAIZ = Path(__file__).resolve().parent
ENTORNO = Path(os.environ.get("ENTORNO") or RAIZ / ".venv").absolute()
PYTHON = ENTORNO / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# el aviso de que a un texto le falta su codificación es un error, si es nuestro: lo dice pyproject.toml
AVISOS = "PYTHONWARNDEFAULTENCODING=1 PYTHONWARNINGS=ignore::EncodingWarning"
PROBAR = f"{AVISOS} -m pytest --del-libro -n 2 --dist worksteal -rfEs"
FIJAR = "-m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header"
DEL_LIBRO = {  # orden → con qué se llama, paso por paso, al Python del entorno
    "libro": ["-m imprenta libro"],
    "libretas": ["-m imprenta libretas"],
    "curso": ["-m imprenta curso"],
    "servir": ["-m imprenta servir"],
    "reproducible": ["-m imprenta libro", "-m imprenta reproducible"],
    "busqueda": ["OPENBLAS_NUM_THREADS=1 -m codigo.taller.busqueda"],
    "leccion": ["OPENBLAS_NUM_THREADS=1 -m codigo.taller.leccion"],
    "entrenado": [
        "DESDE=cero -m imprenta libro",
        "-m codigo.taller.entrenado --guarda",
    ],
    "banco": [
        "-m pip install --quiet torch==2.13.0 playwright==1.65.2",
        "OPENBLAS_NUM_THREADS=1 -m codigo.taller.banco",
        "OPENBLAS_NUM_THREADS=2 -m codigo.taller.banco",
    ],
}
DE_PRUEBAS = {  # las que además piden lo que está en pruebas.lock
    "entorno": [],
    "pruebas": ["-m imprenta libro", "-m imprenta curso", PROBAR],
    "revisar": [
        "-m ruff format --check .",
        "-m ruff check .",
        "-m mypy",
        "-m imprenta extraer --revisa",
        f"{PROBAR} -m 'not libro and not navegador and not cortes and not apagones'",
    ],
    "formato": [
        "-m ruff check --fix-only -q hacer.py imprenta tests ejercicios data",
        "-m ruff format -q hacer.py imprenta tests ejercicios data",
        "-m imprenta formatear",
        "-m imprenta extraer",
    ],
    "mutantes": ["tests/mutantes.py"],
    "apagones": ["tests/apagones.py --veces 50"],
    "ataques": ["-m pip install --quiet atheris==3.0.0", "tests/ataques.py"],
    "candado": [
        "-m pip install --quiet uv",
        f"{FIJAR} --all-extras --group libro pyproject.toml -o requisitos.lock",
        f"{FIJAR} --group pruebas -c requisitos.lock -o pruebas.lock",
    ],
}
ORDENES = {**DEL_LIBRO, **DE_PRUEBAS, "limpiar": []}
AYUDA = f"""\
uso: python hacer.py ORDEN [OPCIONES]

  libro      teje el libro; la primera vez, además, instala lo que pide
  pruebas    lo mismo, y corre todas las pruebas

Y las que explica el README: {", ".join(sorted({*ORDENES} - {"libro", "pruebas"}))}."""
CAUSAS = {  # lo que dicen Python y pip → lo que hay que decir
    "No space left|Errno 28|quota exceeded": "no queda espacio en el disco",
    "Permission denied|Read-only": "no hay permiso de escribir ahí",
    "DO NOT MATCH THE HASHES": "lo que se descargó no es lo que dice el candado",
    "onnection|resolution|timed out": "no se pudo descargar; ¿hay conexión?",
}


def principal(orden="--help", *opciones):
    """Cumple una orden; devuelve su código de salida."""
    if orden in ("-h", "--help", "--ayuda"):
        print(AYUDA)
        return 0
    if orden not in ORDENES:
        print(f"No existe la orden «{orden}».\n\n{AYUDA}", file=sys.stderr)
        return 2
    if orden == "limpiar":
        return limpiar()
    preparar(["requisitos.lock"] + ["pruebas.lock"] * (orden in DE_PRUEBAS))
    # Ctrl-C le llega también a lo que corre, que sabe qué hacer: aquí solo se espera a que acabe
    signal.signal(signal.SIGINT, lambda *_: None)
    pasos = [shlex.split(paso) for paso in ORDENES[orden]]
    for palabras in [*pasos[:-1], *([*paso, *opciones] for paso in pasos[-1:])]:
        variables = {"PYTHONUTF8": "1"}
        while "=" in palabras[0]:
            variables.update([palabras.pop(0).split("=", 1)])
        ambiente = {**os.environ, **variables}
        proceso = subprocess.Popen([str(PYTHON), *palabras], cwd=RAIZ, env=ambiente)
        codigo = proceso.wait()
        if codigo:
            return codigo if codigo > 0 else 128 - codigo
    return 0


def preparar(candados):
    """Crea el entorno si no lo hay, y le instala los candados que todavía no tenga."""
    listo = ENTORNO / "listo"
    sirve, puestos = arranca("import pip"), set()
    if sirve and listo.is_file():
        puestos = set(listo.read_text(encoding="utf-8").splitlines())
    textos = [(RAIZ / candado).read_bytes() for candado in candados]
    huellas = [hashlib.sha256(texto).hexdigest() for texto in textos]
    debidos = dict(zip(map(" ".join, zip(candados, huellas)), candados))
    if debidos.keys() <= puestos:
        return
    if sys.version_info < (3, 11):
        este = sys.version.split()[0]
        sys.exit(f"Hace falta Python 3.11 o posterior, y «{sys.executable}» es {este}.")
    if not sirve:
        crear()
    listo.unlink(missing_ok=True)
    instalar([candado for debido, candado in debidos.items() if debido not in puestos])
    otros = {puesto for puesto in puestos if puesto.split()[0] not in candados}
    listo.write_text("\n".join(sorted(otros | debidos.keys())), encoding="utf-8")


def arranca(guion):
    """Si el Python del entorno todavía arranca, y cumple lo que se le pide."""
    try:
        dado = subprocess.run([str(PYTHON), "-c", guion], stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return dado.returncode == 0


def crear():
    """Crea el entorno con el Python que corre esto."""
    if not find_spec("ensurepip"):
        paquete = f"python3.{sys.version_info.minor}-venv"
        falta = "A este Python le falta ensurepip"
        sys.exit(f"{falta}; en Debian o Ubuntu: apt install {paquete}")
    roto = (ENTORNO / "pyvenv.cfg").is_file() and not arranca("")
    por_que = "; el Python con que se hizo ya no está" if roto else ""
    print(f"Se crea {ENTORNO}{por_que}…", flush=True)
    de_liga = os.name != "nt"
    try:
        venv.EnvBuilder(clear=roto, symlinks=de_liga, with_pip=True).create(ENTORNO)
    except OSError as error:
        fallar(f"crear {ENTORNO}", str(error))
    except subprocess.CalledProcessError as error:
        fallar(f"crear {ENTORNO}", error.output.decode(errors="replace"))


def instalar(candados):
    """Instala lo que dicen unos candados, sin nada que no lleve su huella, y dice cómo va."""
    textos = [(RAIZ / candado).read_text(encoding="utf-8") for candado in candados]
    total = sum(len(re.findall("^[a-z]", texto, re.MULTILINE)) for texto in textos)
    orden = [str(PYTHON), "-m", "pip", "install", "--require-hashes"]
    orden += ["--disable-pip-version-check", *(f"-r{RAIZ / uno}" for uno in candados)]
    dicho, van = "", 0
    ambiente = {**os.environ, "PYTHONUTF8": "1"}
    juntos = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(orden, encoding="utf-8", env=ambiente, **juntos) as pip:
        for renglon in pip.stdout:
            dicho += renglon
            if re.match("Collecting|Processing|Requirement|Ignoring", renglon):
                van += 1
                avanzar(f"Se descarga lo que falta: {van} de {total} paquetes")
            elif renglon.startswith("Installing"):
                avanzar("Se instala lo descargado…")
    if pip.returncode:
        fallar("instalar los paquetes", dicho)
    avanzar(f"Listo {ENTORNO}", "\n")


def avanzar(dicho, fin=""):
    """Un renglón que se escribe sobre el anterior; si no va a una pantalla, solo el último."""
    if sys.stdout.isatty():
        print(f"\r{dicho:<72}", end=fin, flush=True)
    elif fin:
        print(dicho, flush=True)


def fallar(que, dicho):
    """Termina diciendo qué no se pudo y por qué; si no se sabe, con lo último que se dijo."""
    ultimo = (dicho.strip().splitlines() or ["no se sabe por qué"])[-1]
    causas = (causa for senas, causa in CAUSAS.items() if re.search(senas, dicho))
    sys.exit("\n" * sys.stdout.isatty() + f"No se pudo {que}: {next(causas, ultimo)}")


def limpiar():
    """Borra lo tejido y lo recordado."""
    sueltas = "_libro _freeze .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis .quarto"
    carpetas = [RAIZ / nombre for nombre in sueltas.split()]
    for nombre in ("codigo", "imprenta", "tests", "ejercicios"):
        carpetas += (RAIZ / nombre).rglob("__pycache__")
    for carpeta in carpetas:
        shutil.rmtree(carpeta, ignore_errors=True)
    return 0


if __name__ == "__main__":
    for salida in (sys.stdout, sys.stderr):
        salida.reconfigure(encoding="utf-8")  # aunque la consola diga otra cosa
    try:
        sys.exit(principal(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
