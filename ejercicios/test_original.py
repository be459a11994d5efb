"""Los ejercicios del capítulo «La red original, tal cual»."""

from itertools import islice

import numpy as np
import pytest

from codigo.lotes import tramos
from codigo.original import suavizar
from codigo.rnn import RNN


@pytest.mark.parametrize("fraccion", [0.999, 0.5, 0.1, 0.01, 0.37])
def test_1_es_la_primera_iteracion_en_que_pesa_menos(solucion, fraccion):
    lo_que_queda = suavizar(np.zeros(6000), inicial=1.0)
    primera = int(np.argmax(lo_que_queda < fraccion))
    assert solucion.cuanto_tarda(fraccion) == primera + 1


def test_2_recupera_la_ola_aunque_la_red_vaya_aprendiendo(solucion, rng):
    vuelta = 30
    debida = rng.normal(size=vuelta)
    debida -= debida.mean()
    niveles = np.array([99.0, 9, 7, 6, 5.5])
    perdidas = (niveles[:, None] + debida).reshape(-1)
    assert np.allclose(solucion.ola(perdidas, vuelta), debida)


def test_2_no_cuentan_la_primera_vuelta_ni_la_incompleta(solucion, rng):
    perdidas = rng.normal(size=95)
    debida = solucion.ola(perdidas, 20)
    estropeada = perdidas.copy()
    estropeada[:20], estropeada[80:] = rng.normal(size=20), 1e6
    assert debida.shape == (20,)
    assert np.allclose(solucion.ola(estropeada, 20), debida)


@pytest.mark.parametrize("cuantas", [80, 95])
def test_2_es_el_promedio_de_las_vueltas(solucion, rng, cuantas):
    perdidas = rng.normal(size=cuantas)
    cuentan = [slice(20 + tramo, 80, 20) for tramo in range(20)]
    debida = [perdidas[cada].mean() - perdidas[20:80].mean() for cada in cuentan]
    assert np.allclose(solucion.ola(perdidas, 20), debida)


def test_2_la_ola_ni_sube_ni_baja_la_media(solucion, rng):
    assert solucion.ola(rng.normal(size=80) + 40, 20).sum() == pytest.approx(
        0, abs=1e-9
    )


def _leido(lote):
    return (*lote.entradas[:, 0].tolist(), int(lote.objetivos[-1, 0]))


@pytest.mark.parametrize(("letras", "T"), [(101, 10), (100, 10), (57, 25), (105, 10)])
def test_3_da_una_vuelta_sin_encimarse_ni_saltarse(solucion, rng, letras, T):
    texto = rng.integers(30, size=letras)
    lotes = list(islice(solucion.tramos_barajados(texto, T, rng), letras))
    debidos = {tuple(texto[i : i + T + 1].tolist()) for i in range(0, letras - T, T)}
    assert len(lotes) == (letras - 1) // T
    assert {_leido(lote) for lote in lotes} == debidos
    for lote in lotes:
        assert (lote.objetivos[:-1] == lote.entradas[1:]).all()
        assert lote.mascara.shape == (T, 1) and lote.mascara.all()


def test_3_va_en_desorden_y_sin_memoria(solucion, rng):
    texto = np.arange(501)
    una, otra = (
        list(islice(solucion.tramos_barajados(texto, 10, rng), 50)) for _ in range(2)
    )
    orden, otro_orden = ([lote.entradas[0, 0] for lote in x] for x in (una, otra))
    assert orden != otro_orden and orden != sorted(orden)
    assert not any(lote.sigue for lote in una)


@pytest.fixture
def red(rng):
    return RNN(6, 8, rng, escala=0.5)


@pytest.fixture
def texto(rng):
    return rng.integers(6, size=41)


def _de_una_vez(red, texto):
    entradas, objetivos = texto[:-1, None], texto[1:, None]
    unos = np.ones(entradas.shape)
    return red.perdida_y_gradientes(entradas, objetivos, red.estado_inicial(1), unos)[1]


def test_4_con_un_solo_tramo_no_se_corta_nada(solucion, red, texto):
    for T in (40, 1000):
        cortado = solucion.gradiente_cortado(red, texto, T)
        for nombre, g in _de_una_vez(red, texto).items():
            assert np.allclose(cortado[nombre], g)


def test_4_coincide_con_leer_los_tramos_del_original(solucion, red, texto):
    largo, estado = np.append(texto, 0), red.estado_inicial(1)
    suma = dict.fromkeys(red.NOMBRES, 0.0)
    for lote in islice(tramos(largo, 8), 5):
        _, g, estado = red.perdida_y_gradientes(*lote[:2], estado, lote.mascara)
        suma = {nombre: suma[nombre] + g[nombre] for nombre in suma}
    cortado = solucion.gradiente_cortado(red, texto, 8)
    assert all(np.allclose(cortado[nombre], suma[nombre]) for nombre in suma)


def test_4_el_ultimo_tramo_puede_ser_mas_corto(solucion, red, texto):
    de_salida = _de_una_vez(red, texto)
    for T in (1, 7, 13):
        cortado = solucion.gradiente_cortado(red, texto, T)
        assert np.allclose(cortado["Why"], de_salida["Why"])
        assert not np.allclose(cortado["Whh"], de_salida["Whh"])


def test_4_sin_recurrencia_no_hay_nada_que_cortar(solucion, red, texto):
    red.parametros["Whh"][...] = 0
    cortado = solucion.gradiente_cortado(red, texto, 3)
    for nombre, g in _de_una_vez(red, texto).items():
        assert np.allclose(cortado[nombre], g)
