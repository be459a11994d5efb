"""Los ejercicios del capítulo «Los municipios»."""

import numpy as np

from codigo.evaluacion import nats_por_simbolo
from codigo.ngramas import WittenBell


def test_1_las_sorpresas_suman_los_nats_de_siempre(solucion, particion, vocabulario):
    modelo = WittenBell(3, particion.entrenamiento, vocabulario)
    nats = solucion.sorpresas(modelo, "Mexicali", vocabulario)
    assert len(nats) == len("Mexicali") + 1 and min(nats) > 0
    esperado = nats_por_simbolo(modelo, ["Mexicali"], vocabulario)
    assert np.isclose(np.mean(nats), esperado)


def test_1_lo_improbable_sorprende_mas(solucion, particion, vocabulario):
    modelo = WittenBell(3, particion.entrenamiento, vocabulario)
    comun = solucion.sorpresas(modelo, "San", vocabulario)
    raro = solucion.sorpresas(modelo, "Sxn", vocabulario)
    assert raro[1] > comun[1] and raro[0] == comun[0]
