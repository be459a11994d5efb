import numpy as np
import pytest

from codigo.lstm import LSTM
from codigo.regularizacion import Apagador, Promedio


def red_con(tasas, rng):
    return Apagador(LSTM(9, 50, rng, np.float32), tasas, rng)


def test_el_promedio_decae(rng):
    p = {"W": np.array([0.0])}
    promedio = Promedio(p, 0.5)
    for paso, valor in enumerate([1.0, 2.0, 3.0]):
        promedio.sumar({"W": np.array([valor])}, paso)
    # 1/10, 2/11 y 3/12 son menores que 0.5: al principio manda lo nuevo
    a = 0.1 * 0 + 0.9 * 1
    b = 2 / 11 * a + 9 / 11 * 2
    assert promedio.parametros["W"][0] == pytest.approx(0.25 * b + 0.75 * 3)
    assert p["W"][0] == 0


def test_sin_decaimiento_el_promedio_es_lo_ultimo():
    promedio = Promedio({"W": np.zeros(2)}, 0.0)
    promedio.sumar({"W": np.array([3.0, 4.0])}, 0)
    assert promedio.parametros["W"].tolist() == [3, 4]


def test_lo_apagado_se_compensa_y_dura_todo_el_nombre(rng):
    apagado = red_con((0.2, 0.5, 0.3), rng).sortear(400)
    assert [a.shape for a in apagado] == [(400, 50), (400, 50), (50, 200)]
    for factores, tasa in zip(apagado, (0.2, 0.5, 0.3)):
        assert set(np.unique(factores)) == {0, np.float32(1 / (1 - tasa))}
        assert factores.mean() == pytest.approx(1, abs=0.03)
        assert (factores == 0).mean() == pytest.approx(tasa, abs=0.02)
    entrada, salida, recurrente = red_con((0, 0.5, 0), rng).sortear(4)
    assert (entrada == 1).all() and (recurrente == 1).all() and (salida == 0).any()


def test_cada_lote_se_lee_con_otro_apagado(rng):
    recibidos = []

    class Espia(LSTM):
        def perdida_y_gradientes(self, *pedido):
            recibidos.append(pedido)
            return "lo que diga la red"

    red = Espia(9, 5, rng)
    apagador = Apagador(red, (0.5, 0.5, 0.5), rng)
    pedido = np.zeros((3, 7)), "objetivos", apagador.estado_inicial(7), "mascara"
    for _ in range(2):
        assert apagador.perdida_y_gradientes(*pedido) == "lo que diga la red"
    for recibido in recibidos:
        assert all(uno is otro for uno, otro in zip(recibido, pedido))
        assert recibido[4].entrada.shape == (7, 5)
    assert not np.array_equal(recibidos[0][4].entrada, recibidos[1][4].entrada)
