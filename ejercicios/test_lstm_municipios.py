"""Los ejercicios del capítulo «La LSTM aprende municipios»."""

import numpy as np
import pytest

from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_simbolo
from codigo.gradiente import comprobar
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM, activar
from codigo.rnn import RNN

POCOS = ["Tula", "Santa Ana", "Apan", "Axapusco"]
VOCABULARIO = Vocabulario(POCOS)
V, H = len(VOCABULARIO), 6


def _leer(red, nombre):
    """Por cada símbolo leído: cuál fue, sus compuertas y la celda que dejó."""
    p, estado = red.parametros, red.estado_inicial(1)
    for indice in (0, *VOCABULARIO.codificar(nombre)):
        z = p["Wx"][[indice]] + estado[0] @ p["Wh"] + p["b"]
        _, estado = red.paso(np.array([indice]), estado)
        yield indice, activar(z)[:, 0], estado[1, 0]


@pytest.mark.parametrize("letra", ["a", " ", "T", "o"])
def test_1_es_el_promedio_de_todas_las_veces_que_la_lee(solucion, rng, letra):
    red = LSTM(V, H, rng, escala=0.8)
    (cual,) = VOCABULARIO.codificar(letra)
    veces = [
        compuertas[:3].mean(axis=1)
        for nombre in POCOS
        for indice, compuertas, _ in _leer(red, nombre)
        if indice == cual
    ]
    debida = np.mean(veces, axis=0)
    assert np.allclose(solucion.apertura(red, POCOS, VOCABULARIO, letra), debida)


def test_1_el_relleno_no_cuenta(solucion, rng):
    red = LSTM(V, H, rng, escala=0.8)
    sin_relleno = solucion.apertura(red, ["Tula"], VOCABULARIO, "\n")
    con_relleno = solucion.apertura(red, ["Tula", "Santa Ana"], VOCABULARIO, "\n")
    assert np.allclose(sin_relleno, con_relleno), "solo cuenta el FIN del principio"


def test_2_todos_suman_la_celda(solucion, rng):
    red = LSTM(V, H, rng, escala=0.8)
    for nombre in POCOS:
        partes = solucion.aportes(red, nombre, VOCABULARIO)
        *_, (_, _, celda) = _leer(red, nombre)
        assert partes.shape == (len(nombre) + 1, H)
        assert np.allclose(partes.sum(axis=0), celda)


def test_2_una_letra_mas_encoge_lo_anterior_lo_que_diga_su_olvido(solucion, rng):
    red = LSTM(V, H, rng, escala=0.8)
    antes = solucion.aportes(red, "Santa An", VOCABULARIO)
    despues = solucion.aportes(red, "Santa Ana", VOCABULARIO)
    *_, (_, (_, olvido, _, _), _) = _leer(red, "Santa Ana")
    assert np.allclose(despues[:-1], antes * olvido)


@pytest.mark.parametrize("conserva", [0.0, 0.4, 0.9])
def test_3_la_comprobacion_queda_conforme(solucion, rng, conserva):
    red = solucion.ConFuga(V, H, rng, conserva, escala=0.6)
    lote = hacer_lote(POCOS, VOCABULARIO)
    errores = comprobar(red, lote, rng.normal(size=(4, H)), rng, cuantas=40)
    assert errores.keys() == set(RNN.NOMBRES) and max(errores.values()) < 1e-6


def test_3_si_no_conserva_nada_es_la_red_simple(solucion, rng):
    red = solucion.ConFuga(V, H, rng, 0.0, escala=0.6)
    lote, estado = hacer_lote(POCOS, VOCABULARIO), rng.normal(size=(4, H))
    salio, debido = (
        una.perdida_y_gradientes(*lote[:2], estado, lote.mascara)
        for una in (red, RNN.con(red.parametros))
    )
    assert salio[0] == pytest.approx(debido[0]) and np.allclose(salio[2], debido[2])
    assert all(np.allclose(salio[1][n], debido[1][n]) for n in RNN.NOMBRES)


def test_3_si_lo_conserva_todo_no_se_mueve(solucion, rng):
    red, estado = solucion.ConFuga(V, H, rng, 1.0, escala=0.6), rng.normal(size=(2, H))
    logitos, nuevo = red.paso(np.array([1, 2]), estado)
    assert np.allclose(nuevo, estado)
    assert np.allclose(logitos, estado @ red.parametros["Why"] + red.parametros["by"])


def test_3_conserva_la_fraccion_que_se_le_dijo(solucion, rng):
    red, estado = solucion.ConFuga(V, H, rng, 0.7, escala=0.6), rng.normal(size=(2, H))
    _, simple = RNN.con(red.parametros).paso(np.array([1, 2]), estado)
    _, nuevo = red.paso(np.array([1, 2]), estado)
    assert np.allclose(nuevo, 0.7 * estado + 0.3 * simple)


def test_3_leer_letra_por_letra_es_lo_mismo_que_el_lote(solucion, rng):
    red = solucion.ConFuga(V, H, rng, 0.6, escala=0.6)
    lote = hacer_lote(POCOS, VOCABULARIO)
    perdida, *_ = red.perdida_y_gradientes(
        *lote[:2], red.estado_inicial(4), lote.mascara
    )
    nats = nats_por_simbolo(red, POCOS, VOCABULARIO)
    assert perdida == pytest.approx(nats * lote.mascara.sum())


def test_3_respeta_el_tipo_que_se_le_pide(solucion, rng):
    red = solucion.ConFuga(V, H, rng, 0.5, dtype=np.float32)
    salio = red.paso(np.array([1, 2]), red.estado_inicial(2))
    assert all(x.dtype == np.float32 for x in (*red.parametros.values(), *salio))
