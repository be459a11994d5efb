"""Lo que comparten las pruebas."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

# Con matrices chicas un hilo tarda menos que dos, y las pruebas a la vez no se estorban.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Y lo compilado se guarda, como hace Python si nadie dice que no: se arrancan cientos.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import numpy as np
import pytest
from hypothesis import settings

from codigo.datos import Particion, Vocabulario, dividir, leer_nombres

RAIZ = Path(__file__).resolve().parent.parent
PUEDE_MONTAR = (
    shutil.which("unshare")
    and not subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode
)
sys.dont_write_bytecode = False

# Quien corre las pruebas en segundo plano hereda que Ctrl-C no haga nada, y aquí se prueba.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Una máquina compartida puede tardar: las pruebas nunca dependen del reloj.
settings.register_profile("libro", deadline=None)
settings.load_profile("libro")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def nombres() -> list[str]:
    return leer_nombres(RAIZ / "data/municipios.txt")


@pytest.fixture(scope="session")
def vocabulario(nombres: list[str]) -> Vocabulario:
    return Vocabulario(nombres)


@pytest.fixture(scope="session")
def particion(nombres: list[str]) -> Particion:
    return dividir(nombres)


@pytest.fixture(scope="session")
def sitio() -> Path:
    """El libro ya tejido; las pruebas que lo piden van marcadas ``libro``."""
    carpeta = RAIZ / "_libro"
    assert (carpeta / "index.html").is_file(), "no hay libro: corre «make libro»"
    return carpeta


@pytest.fixture
def torch():
    if os.environ.get("CI"):
        import torch

        return torch
    return pytest.importorskip("torch")
