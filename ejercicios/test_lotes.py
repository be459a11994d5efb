"""Los ejercicios del capítulo «De una letra a un lote»."""

import sys

import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.evaluacion import nats_por_simbolo
from codigo.lotes import lotes_por_largo
from codigo.ngramas import WittenBell
from codigo.rnn import RNN


def _exponenciales(y):
    with np.errstate(all="ignore"):
        p = np.exp(y)
        return p, p / p.sum()


def test_1_los_dos_dejan_de_ser_distribuciones(solucion):
    for y in solucion.dos_desbordes():
        assert y.dtype == np.float32 and np.isfinite(y).all()
        assert not np.isclose(_exponenciales(y)[1].sum(), 1)
        assert np.isclose(np.exp(log_softmax(y)).sum(), 1), "y tienen remedio"


def test_1_uno_llega_a_infinito_y_el_otro_no(solucion):
    arriba, abajo = map(_exponenciales, solucion.dos_desbordes())
    assert np.isinf(arriba[0]).any() and np.isfinite(abajo[0]).all()


def test_2_con_ocho_es_el_del_libro(solucion, particion, vocabulario):
    codificados = [vocabulario.codificar(n) for n in particion.entrenamiento]
    lotes = list(lotes_por_largo(codificados, 32, np.random.default_rng(3)))
    leido = sum(lote.mascara.size for lote in lotes)
    debido = 1 - sum(lote.mascara.sum() for lote in lotes) / leido
    salio = solucion.relleno_con_montones(codificados, 32, 8, np.random.default_rng(8))
    assert salio == pytest.approx(debido, abs=0.01)


def test_2_aunque_lleguen_en_orden_los_baraja(solucion, particion, vocabulario, rng):
    codificados = [vocabulario.codificar(n) for n in sorted(particion[0], key=len)]
    assert solucion.relleno_con_montones(codificados, 32, 1, rng) > 0.4


def test_2_entre_mas_grandes_menos_relleno(solucion, particion, vocabulario):
    codificados = [vocabulario.codificar(n) for n in particion.entrenamiento]
    rellenos = [
        solucion.relleno_con_montones(codificados, 32, n, np.random.default_rng(0))
        for n in (1, 2, 4, 100)
    ]
    assert rellenos == sorted(rellenos, reverse=True)
    assert rellenos[0] > 0.4 and rellenos[-1] < 0.03


def test_2_cuenta_los_fines_y_el_lote_incompleto(solucion, rng):
    de_largos = [np.zeros(largo, int) for largo in (4, 1, 4, 1, 9)]
    assert solucion.relleno_con_montones(de_largos, 5, 1, rng) == pytest.approx(0.52)
    assert solucion.relleno_con_montones(de_largos, 2, 9, rng) == pytest.approx(0)
    incompleto = [np.zeros(largo, int) for largo in (1, 4, 9, 19)]
    assert solucion.relleno_con_montones(incompleto, 3, 9, rng) == pytest.approx(0.26)
    iguales = [np.zeros(6, int)] * 7
    assert solucion.relleno_con_montones(iguales, 3, 2, rng) == 0


def test_3_suma_lo_mismo_que_el_producto_por_unos(solucion, rng):
    for n, V in ((40, 6), (5, 30), (1, 4)):
        letras, dz = rng.integers(V, size=n), rng.normal(size=(n, 3))
        debida = np.eye(V)[letras].T @ dz
        assert np.allclose(solucion.sumar_rachas(letras, dz, V), debida)


def test_3_no_las_suma_con_lo_prohibido(solucion, rng):
    llamadas, antes = [], sys.getprofile()
    sys.setprofile(lambda _, evento, que: evento == "c_call" and llamadas.append(que))
    try:
        solucion.sumar_rachas(rng.integers(5, size=20), rng.normal(size=(20, 3)), 5)
    finally:
        sys.setprofile(antes)
    assert np.add.at not in llamadas


def test_3_las_letras_ausentes_quedan_en_cero(solucion):
    suma = solucion.sumar_rachas(np.array([2, 2, 4]), np.ones((3, 2)), 7)
    assert suma[:, 0].tolist() == [0, 0, 2, 0, 1, 0, 0]


class Espia:
    """Un modelo que cuenta cuántos renglones le piden leer y en cuántas veces."""

    def __init__(self, modelo):
        self.modelo, self.estado_inicial = modelo, modelo.estado_inicial
        self.renglones = self.veces = 0

    def paso(self, indices, estado):
        self.renglones, self.veces = self.renglones + len(indices), self.veces + 1
        return self.modelo.paso(indices, estado)


@pytest.mark.parametrize("que", ["rnn", "contador"])
def test_4_son_los_nats_de_cada_nombre_en_su_orden(
    solucion, particion, vocabulario, rng, que
):
    lista = [*particion.validacion[:12], "Ucú", "San José del Rincón"]
    if que == "rnn":
        modelo = RNN(len(vocabulario), 8, rng, escala=0.5)
    else:
        modelo = WittenBell(3, particion.entrenamiento[:200], vocabulario)
    debidos = [nats_por_simbolo(modelo, [n], vocabulario) * (len(n) + 1) for n in lista]
    assert np.allclose(solucion.nats_sin_relleno(modelo, lista, vocabulario), debidos)


def test_4_no_lee_relleno_y_los_lee_juntos(solucion, particion, vocabulario, rng):
    lista = [*particion.validacion[:20], "Ucú"]
    espia = Espia(RNN(len(vocabulario), 4, rng))
    solucion.nats_sin_relleno(espia, lista, vocabulario)
    assert espia.renglones == sum(len(nombre) + 1 for nombre in lista)
    assert espia.veces == max(map(len, lista)) + 1
