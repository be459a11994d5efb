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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Probar las soluciones del libro hay que pedirlo."""
    ayuda = "prueba las soluciones de los ejercicios que trae el libro, no las tuyas"
    parser.addoption("--del-libro", action="store_true", help=ayuda)


def pytest_configure(config: pytest.Config) -> None:
    """«pytest» a secas prueba el proyecto, y del proyecto son las del libro."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.option.del_libro = True


class Solucion:
    """Las funciones de tu archivo; lo que le falte es una prueba que falla."""

    def __init__(self, capitulo: str, del_libro: bool) -> None:
        self.archivo = AQUI / f"{capitulo}.py"
        self.modulo: ModuleType | None = None
        if del_libro:
            self.modulo = importlib.import_module(f"codigo.soluciones.{capitulo}")
        elif self.archivo.is_file():
            self.modulo = _importar(self.archivo)

    def __getattr__(self, nombre: str) -> Any:
        if not hasattr(self.modulo, nombre):
            falta = f"a ejercicios/{self.archivo.name} le falta «{nombre}»"
            if self.modulo is None:
                falta = f"falta ejercicios/{self.archivo.name}: escribe ahí «{nombre}»"
            pytest.fail(falta, pytrace=False)
        return getattr(self.modulo, nombre)


def _importar(archivo: Path) -> ModuleType:
    ficha = importlib.util.spec_from_file_location(f"tu_{archivo.stem}", archivo)
    assert ficha and ficha.loader
    modulo = importlib.util.module_from_spec(ficha)
    ficha.loader.exec_module(modulo)
    return modulo


def _del_libro(config: pytest.Config) -> bool:
    return config.getoption("del_libro", default=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Dice de quién son las soluciones que se probaron."""
    quien = "las tuyas; con --del-libro, las del libro"
    if _del_libro(terminalreporter.config):
        quien = "las del libro; las tuyas, con python -m pytest ejercicios"
    terminalreporter.write_line(f"Soluciones de los ejercicios: {quien}")


@pytest.fixture(scope="module")
def solucion(request: pytest.FixtureRequest) -> Solucion:
    """Las funciones del capítulo al que pertenece el archivo de pruebas."""
    capitulo = request.path.stem.removeprefix("test_")
    return Solucion(capitulo, _del_libro(request.config))


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
