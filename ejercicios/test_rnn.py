"""Los ejercicios del capítulo «Una red recurrente, a pie»."""

import tracemalloc

import numpy as np
import pytest

from codigo.lotes import rellenar
from codigo.pizarron import adelante, atras, pesos_iniciales
from codigo.rnn import RNN

ENTRADAS, OBJETIVOS = [0, 3, 1, 3, 2], [3, 1, 3, 2, 0]
V, H = 5, 4


@pytest.fixture
def p(rng):
    pesos = pesos_iniciales(V, H, rng, escala=0.6)
    return {n: peso + 0.3 * rng.normal(size=peso.shape) for n, peso in pesos.items()}


@pytest.fixture
def h(rng):
    return rng.normal(size=H)


def test_1_la_derivada_numerica_coincide_con_atras(solucion, p, h):
    _, *leido = adelante(p, ENTRADAS, OBJETIVOS, h)
    for nombre, g in atras(p, ENTRADAS, OBJETIVOS, *leido).items():
        for posicion in np.ndindex(g.shape):
            numerica = solucion.derivada(p, ENTRADAS, OBJETIVOS, h, nombre, posicion)
            assert numerica == pytest.approx(g[posicion], rel=1e-6, abs=1e-9)


def test_1_es_la_version_simetrica(solucion, p, h):
    _, *leido = adelante(p, ENTRADAS, OBJETIVOS, h)
    debida = atras(p, ENTRADAS, OBJETIVOS, *leido)["Whh"][1, 2]
    errores = [
        abs(solucion.derivada(p, ENTRADAS, OBJETIVOS, h, "Whh", (1, 2), delta) - debida)
        for delta in (2e-2, 1e-2)
    ]
    assert errores[0] / errores[1] == pytest.approx(4, rel=0.05)


def test_1_los_pesos_quedan_identicos(solucion, p, h):
    antes = {nombre: peso.copy() for nombre, peso in p.items()}
    for nombre, peso in antes.items():
        for posicion in np.ndindex(peso.shape):
            solucion.derivada(p, ENTRADAS, OBJETIVOS, h, nombre, posicion)
    assert all((p[nombre] == antes[nombre]).all() for nombre in antes)


CODIFICADOS = [np.array([1, 2, 3, 1]), np.array([2]), np.array([4, 4])]


def test_2_lo_unico_distinto_es_el_relleno(solucion):
    de_siempre, otro = rellenar(CODIFICADOS), solucion.rellenar_con(CODIFICADOS, 3)
    cuenta = de_siempre.mascara > 0
    assert np.array_equal(otro.mascara, de_siempre.mascara)
    for cual in ("entradas", "objetivos"):
        uno, dos = getattr(de_siempre, cual), getattr(otro, cual)
        assert np.array_equal(uno[cuenta], dos[cuenta]) and (dos[~cuenta] == 3).all()
    assert (otro.entradas[0] == 0).all()


def test_2_con_mascara_da_lo_mismo_y_sin_ella_no(solucion, rng):
    red = RNN(V, H, rng, escala=0.5)
    leer = [rellenar(CODIFICADOS), solucion.rellenar_con(CODIFICADOS, 3)]
    unos = np.ones_like(leer[0].mascara)
    con, sin = (
        [
            red.perdida_y_gradientes(
                lote.entradas, lote.objetivos, red.estado_inicial(3), mascara
            )
            for lote in leer
        ]
        for mascara in (leer[0].mascara, unos)
    )
    assert con[0][0] == con[1][0] and sin[0][0] != sin[1][0]
    assert all(np.allclose(con[0][1][n], con[1][1][n], atol=1e-15) for n in red.NOMBRES)


def test_3_la_perdida_es_la_de_la_red_completa(solucion, p, h):
    atada = {n: p[n] for n in ("Wxh", "Whh", "bh", "by")}
    perdida, g = solucion.gradiente_atado(atada, ENTRADAS, OBJETIVOS, h)
    debida, *_ = adelante({**atada, "Why": p["Wxh"].T}, ENTRADAS, OBJETIVOS, h)
    assert perdida == pytest.approx(debida)
    assert {n: x.shape for n, x in g.items()} == {n: x.shape for n, x in atada.items()}


def test_3_el_gradiente_atado_coincide_con_el_numerico(solucion, p, h):
    atada = {n: p[n] for n in ("Wxh", "Whh", "bh", "by")}
    _, g = solucion.gradiente_atado(atada, ENTRADAS, OBJETIVOS, h)
    for nombre, peso in atada.items():
        for posicion in np.ndindex(peso.shape):
            perdidas = []
            for delta in (1e-5, -1e-5):
                movido = peso.copy()
                movido[posicion] += delta
                movida = {**atada, nombre: movido}
                completa = {**movida, "Why": movida["Wxh"].T}
                perdidas.append(adelante(completa, ENTRADAS, OBJETIVOS, h)[0])
            numerica = (perdidas[0] - perdidas[1]) / 2e-5
            assert g[nombre][posicion] == pytest.approx(numerica, rel=1e-5, abs=1e-8)


def test_4_sin_volver_sale_lo_mismo_que_volviendo(solucion, p, h):
    for cuantas in range(1, len(ENTRADAS) + 1):
        leidas, siguientes = ENTRADAS[:cuantas], OBJETIVOS[:cuantas]
        _, *leido = adelante(p, leidas, siguientes, h)
        debido = atras(p, leidas, siguientes, *leido)["Whh"]
        assert np.allclose(solucion.sin_volver(p, leidas, siguientes, h), debido)


def test_4_la_memoria_no_crece_con_las_letras(solucion, rng):
    p, h, gastos = pesos_iniciales(V, 16, rng), np.zeros(16), []
    for veces in (50, 250):
        leidas, siguientes = ENTRADAS * veces, OBJETIVOS * veces
        tracemalloc.start()
        solucion.sin_volver(p, leidas, siguientes, h)
        gastos.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    por_letra = (gastos[1] - gastos[0]) / (200 * len(ENTRADAS))
    assert por_letra < h.nbytes, "guardar un estado por letra es lo que hace «atras»"
