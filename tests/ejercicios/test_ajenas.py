"""Las pruebas de los ejercicios rechazan lo que está mal y aceptan lo que está bien de otro modo."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from imprenta.jurado import llamar, pruebas_de
from tests.ejercicios import AJENAS, Ajena, libro

TODOS = (Path(__file__).parents[2] / "ejercicios").glob("test_*.py")
CAPITULOS = sorted(r.stem.removeprefix("test_") for r in TODOS)
for capitulo in CAPITULOS:
    importlib.import_module(f"tests.ejercicios.{capitulo}")


@pytest.fixture
def por_que_falla(nombres, vocabulario, particion):
    """De una solución, lo que le reprocha la primera prueba que la rechaza, o nada."""

    def correr(capitulo, ejercicio, solucion):
        modulo = importlib.import_module(f"ejercicios.test_{capitulo}")
        comunes = dict(nombres=nombres, vocabulario=vocabulario, particion=particion)
        for prueba, dados in pruebas_de(modulo, ejercicio):
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
