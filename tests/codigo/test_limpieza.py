"""Escribir sin manchas: qué es una mancha, qué corta el corte y qué entra a las listas."""

import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.datos import leer_nombres
from codigo.generacion import generar
from codigo.jueces import primeros_sin_copia
from codigo.limpieza import Corte, con_mancha
from codigo.ngramas import WittenBell
from tests.conftest import RAIZ


@pytest.fixture
def bigrama(particion, vocabulario):
    return WittenBell(2, particion.entrenamiento, vocabulario)


@pytest.mark.parametrize(
    "nombre",
    ["PesMaxuca", "AltamiLtes", " Tepic", "Tepic ", "San  Juan", "tepic", "ñu", ""],
)
def test_manchas(nombre):
    assert con_mancha(nombre)


def test_ningun_municipio_tiene_manchas():
    assert not any(map(con_mancha, leer_nombres(RAIZ / "data/municipios.txt")))


def test_el_corte_quita_lo_que_no_llega_al_piso_y_nada_mas(bigrama):
    indices = np.arange(20)
    logitos, _ = bigrama.paso(indices, bigrama.estado_inicial(20))
    p = np.exp(log_softmax(np.asarray(logitos, float)))
    cortados, _ = Corte(bigrama, 0.01).paso(indices, bigrama.estado_inicial(20))
    quedan = np.isfinite(cortados)
    assert (quedan == (p >= 0.01)).all() and not quedan.all()
    suyas = np.exp(log_softmax(cortados))
    np.testing.assert_allclose(
        suyas, np.where(quedan, p, 0) / (p * quedan).sum(axis=1, keepdims=True)
    )


def test_el_mas_probable_se_queda_aunque_no_llegue_al_piso(bigrama):
    cortados, _ = Corte(bigrama, 1.0).paso(np.zeros(3, int), bigrama.estado_inicial(3))
    assert (np.isfinite(cortados).sum(axis=1) == 1).all()


def test_sin_piso_escribe_lo_mismo(bigrama, vocabulario):
    tal_cual, cortado = (
        generar(modelo, vocabulario, 200, np.random.default_rng(3))
        for modelo in (bigrama, Corte(bigrama, 0))
    )
    assert tal_cual == cortado


def test_los_primeros_son_nuevos_y_distintos_y_van_en_orden(bigrama, vocabulario):
    def escribir():
        return generar(bigrama, vocabulario, 100, np.random.default_rng(1))

    sin_el_primero = [escribir()[0].upper()]
    suyos = primeros_sin_copia(escribir(), sin_el_primero, 50)
    esperados = [n for n in escribir() if n.upper() != sin_el_primero[0]]
    assert suyos == list(dict.fromkeys(esperados))[:50]
