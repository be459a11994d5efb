"""Las pruebas de los ejercicios rechazan lo que está mal y aceptan lo que está bien de otro modo."""

import importlib
import inspect
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.ejercicios import AJENAS, Ajena, libro

TODOS = (Path(__file__).parents[2] / "ejercicios").glob("test_*.py")
CAPITULOS = sorted(r.stem.removeprefix("test_") for r in TODOS)
for capitulo in CAPITULOS:
    importlib.import_module(f"tests.ejercicios.{capitulo}")


def pruebas_de(capitulo, ejercicio):
    """Las pruebas de un ejercicio, cada una con los valores de sus parámetros."""
    modulo = importlib.import_module(f"ejercicios.test_{capitulo}")
    for nombre, prueba in vars(modulo).items():
        if nombre.startswith(f"test_{ejercicio}_"):
            marcas = [marca.args for marca in getattr(prueba, "pytestmark", ())]
            nombres = [n if isinstance(n, tuple) else (n,) for n, _ in marcas]
            for valores in product(*(casos for _, casos in marcas)):
                dados = {}
                for quienes, valor in zip(nombres, valores):
                    dados |= zip(quienes, valor if len(quienes) > 1 else (valor,))
                yield prueba, dados


def llamar(prueba, dados, modulo):
    """Corre una prueba como pytest: lo que no se le da se pide por su nombre."""
    for nombre in inspect.signature(prueba).parameters:
        if nombre not in dados:
            hecho = inspect.unwrap(getattr(modulo, nombre))
            dados[nombre] = llamar(hecho, dados, modulo)
    return prueba(**{n: dados[n] for n in inspect.signature(prueba).parameters})


@pytest.fixture
def por_que_falla(nombres, vocabulario, particion):
    """De una solución, lo que le reprocha la primera prueba que la rechaza, o nada."""

    def correr(capitulo, ejercicio, solucion):
        modulo = importlib.import_module(f"ejercicios.test_{capitulo}")
        comunes = dict(nombres=nombres, vocabulario=vocabulario, particion=particion)
        for prueba, dados in pruebas_de(capitulo, ejercicio):
            propios = {"solucion": solucion, "rng": np.random.default_rng(7)}
            try:
                llamar(prueba, dados | comunes | propios, modulo)
            except AssertionError as reproche:
                return f"{prueba.__name__}: {reproche}"
        return None

    return correr


@pytest.mark.parametrize("ajena", AJENAS, ids=lambda a: f"{a.capitulo}-{a.ejercicio}")
def test_se_acepta_lo_que_esta_bien_y_nada_mas(por_que_falla, ajena: Ajena):
    reproche = por_que_falla(ajena.capitulo, ajena.ejercicio, ajena.solucion)
    assert (reproche is None) == ajena.esta_bien, f"{ajena.idea} {reproche}"


@pytest.mark.parametrize("capitulo", CAPITULOS)
def test_cada_ejercicio_tiene_dos_malas_y_una_rara(por_que_falla, capitulo):
    modulo = importlib.import_module(f"ejercicios.test_{capitulo}")
    for ejercicio in {int(n[5]) for n in vars(modulo) if n.startswith("test_")}:
        assert por_que_falla(capitulo, ejercicio, libro(capitulo)) is None
        suyas = [
            a for a in AJENAS if (a.capitulo, a.ejercicio) == (capitulo, ejercicio)
        ]
        buenas = sum(ajena.esta_bien for ajena in suyas)
        ideas = {ajena.idea for ajena in suyas}
        assert buenas and len(suyas) - buenas >= 2 and len(ideas) == len(suyas)
