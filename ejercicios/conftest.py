"""Lo que comparten las pruebas de los ejercicios: a quién se prueba y con qué datos."""

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from codigo.datos import Particion, Vocabulario, dividir, leer_nombres

AQUI = Path(__file__).resolve().parent


class Solucion:
    """Tu archivo, si existe; si no, la solución del libro."""

    def __init__(self, capitulo: str) -> None:
        self.archivo = AQUI / f"{capitulo}.py"
        if self.archivo.is_file():
            self.modulo = _importar(self.archivo)
        else:
            self.modulo = importlib.import_module(f"codigo.soluciones.{capitulo}")

    def __getattr__(self, nombre: str) -> Any:
        if not hasattr(self.modulo, nombre):
            pytest.skip(f"a {self.archivo.name} todavía le falta «{nombre}»")
        return getattr(self.modulo, nombre)


def _importar(archivo: Path) -> ModuleType:
    ficha = importlib.util.spec_from_file_location(f"tu_{archivo.stem}", archivo)
    assert ficha and ficha.loader
    modulo = importlib.util.module_from_spec(ficha)
    ficha.loader.exec_module(modulo)
    return modulo


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Dice de quién son las soluciones que se probaron."""
    capitulos = (r.stem.removeprefix("test_") for r in sorted(AQUI.glob("test_*.py")))
    tuyos = [capitulo for capitulo in capitulos if (AQUI / f"{capitulo}.py").is_file()]
    quien = f"tuyas en {', '.join(tuyos)}" if tuyos else "las del libro"
    terminalreporter.write_line(f"Soluciones de los ejercicios: {quien}")


@pytest.fixture(scope="module")
def solucion(request: pytest.FixtureRequest) -> Solucion:
    """Las funciones del capítulo al que pertenece el archivo de pruebas."""
    return Solucion(request.path.stem.removeprefix("test_"))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def nombres() -> list[str]:
    return leer_nombres(AQUI.parent / "data/municipios.txt")


@pytest.fixture(scope="session")
def vocabulario(nombres: list[str]) -> Vocabulario:
    return Vocabulario(nombres)


@pytest.fixture(scope="session")
def particion(nombres: list[str]) -> Particion:
    return dividir(nombres)
