"""Los ejercicios del capítulo «La LSTM»."""

import numpy as np
import pytest

from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_simbolo
from codigo.gradiente import comprobar
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.rnn import RNN

POCOS = ["Tula", "Xalapa", "Taxco"]
VOCABULARIO = Vocabulario(POCOS)
V, H = len(VOCABULARIO), 5


def _cuantos(red):
    return sum(peso.size for peso in red.parametros.values())


@pytest.mark.parametrize(("V", "H"), [(10, 6), (67, 20), (3, 30), (40, 3)])
def test_1_ninguna_otra_red_simple_queda_mas_cerca(solucion, rng, V, H):
    debidos = _cuantos(LSTM(V, H, rng))
    lejos = [abs(_cuantos(RNN(V, n, rng)) - debidos) for n in range(1, 4 * H)]
    assert solucion.que_H_empareja(V, H) == 1 + np.argmin(lejos)


@pytest.mark.parametrize(("n", "queda"), [(1, 0.5), (14, 0.5), (20, 0.9), (3, 0.1)])
def test_2_una_lstm_con_ese_sesgo_conserva_eso(solucion, rng, n, queda):
    sesgo = solucion.olvido_para(n, queda)
    red = LSTM(V, 2, rng, escala=0, olvido=sesgo)  # nada entra: solo olvida
    estado = np.ones((2, 1, 2))
    for _ in range(n):
        _, estado = red.paso(np.array([1]), estado)
    assert np.allclose(estado[1], queda)


def test_2_si_no_se_dice_queda_la_mitad(solucion):
    assert solucion.olvido_para(14) == solucion.olvido_para(14, 0.5)


def _leer(red, rng):
    lote = hacer_lote(POCOS, VOCABULARIO)
    estado = rng.normal(size=(2, 3, H))
    return lote, estado, red.perdida_y_gradientes(*lote[:2], estado, lote.mascara)


def test_3_la_celda_se_ve_entera(solucion, rng):
    red = LSTM(V, H, rng, escala=0.8)
    red.parametros["Wh"][:, 2 * H : 3 * H] *= 1000  # por grandes que sean
    red, estado = solucion.sin_salida(red), rng.normal(size=(2, 4, H))
    for letra in (0, 2, 1):
        _, estado = red.paso(np.full(4, letra), estado)
        assert (estado[0] == np.tanh(estado[1])).all()


def test_3_sus_pesos_no_se_mueven_y_el_gradiente_esta_bien(solucion, rng):
    red = solucion.sin_salida(LSTM(V, H, rng, escala=0.8))
    lote, estado, (_, g, _) = _leer(red, rng)
    assert all((g[n][..., 2 * H : 3 * H] == 0).all() for n in ("Wx", "Wh", "b"))
    assert max(comprobar(red, lote, estado, rng).values()) < 1e-6


def test_3_lo_demas_queda_igual_y_la_original_no_cambia(solucion, rng):
    red = LSTM(V, H, rng, escala=0.8)
    antes = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    otra = solucion.sin_salida(red)
    de_salida = np.arange(4 * H) // H == 2
    for nombre in ("Wx", "Wh", "b"):
        iguales = otra.parametros[nombre] == antes[nombre]
        assert iguales[..., ~de_salida].all()
    for nombre in ("Why", "by"):
        assert (otra.parametros[nombre] == antes[nombre]).all()
    for peso in otra.parametros.values():
        peso[...] = 7
    assert all((red.parametros[n] == antes[n]).all() for n in antes)


def test_4_la_comprobacion_queda_conforme(solucion, rng):
    red = solucion.Mirillas(V, H, rng, escala=0.6)
    lote, estado, (_, g, _) = _leer(red, rng)
    assert g.keys() == red.parametros.keys() and red.parametros["P"].shape == (3, H)
    errores = comprobar(red, lote, estado, rng, cuantas=40)
    assert max(errores.values()) < 1e-6, errores


def test_4_sin_mirar_es_la_lstm_de_siempre(solucion, rng):
    red = solucion.Mirillas(V, H, rng, escala=0.6)
    red.parametros["P"][...] = 0
    de_siempre = LSTM.con(red.parametros)
    lote, estado, (perdida, g, final) = _leer(red, rng)
    debida, debido, debido_final = de_siempre.perdida_y_gradientes(
        *lote[:2], estado, lote.mascara
    )
    assert perdida == pytest.approx(debida) and np.allclose(final, debido_final)
    assert all(np.allclose(g[nombre], debido[nombre]) for nombre in debido)


def test_4_leer_letra_por_letra_es_lo_mismo_que_el_lote(solucion, rng):
    red = solucion.Mirillas(V, H, rng, escala=0.6)
    lote = hacer_lote(POCOS, VOCABULARIO)
    perdida, *_ = red.perdida_y_gradientes(
        *lote[:2], red.estado_inicial(3), lote.mascara
    )
    nats = nats_por_simbolo(red, POCOS, VOCABULARIO)
    assert perdida == pytest.approx(nats * lote.mascara.sum())


def test_4_cada_compuerta_mira_lo_que_le_toca(solucion, rng):
    red = solucion.Mirillas(V, H, rng)
    for peso in red.parametros.values():
        peso[...] = 0
    P, c = rng.normal(size=(3, H)), rng.normal(size=(1, H))
    red.parametros["P"], red.parametros["b"][3 * H :] = P, 0.7
    _, (h, nueva) = red.paso(np.array([1]), np.array([0 * c, c]))
    i, f = (1 / (1 + np.exp(-fila * c)) for fila in P[:2])
    assert np.allclose(nueva, f * c + i * np.tanh(0.7))
    assert np.allclose(h, np.tanh(nueva) / (1 + np.exp(-P[2] * nueva)))


def test_4_respeta_el_tipo_que_se_le_pide(solucion, rng):
    red = solucion.Mirillas(V, H, rng, dtype=np.float32)
    salio = red.paso(np.array([1, 2]), red.estado_inicial(2))
    assert all(x.dtype == np.float32 for x in (*red.parametros.values(), *salio))
