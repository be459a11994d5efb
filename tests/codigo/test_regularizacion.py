import numpy as np
import pytest

from codigo.lstm import LSTM
from codigo.regularizacion import Apagador, Promedio
from codigo.rnn import RNN
from tests.codigo.test_rnn import lote_al_azar


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


def test_el_que_se_le_da_no_se_sortea(rng):
    apagador = red_con((0.5, 0.5, 0.5), rng)
    lote, estado = lote_al_azar(rng, 6, 3, 9), apagador.estado_inicial(3)
    suyo = apagador.sortear(3)
    uno, otro = (
        red.perdida_y_gradientes(*lote[:2], estado, lote.mascara, suyo)[0]
        for red in (apagador, apagador.red)
    )
    assert uno == otro


def test_al_escribir_no_se_apaga_nada(rng):
    apagador = red_con((0.5, 0.5, 0.5), rng)
    indices, estado = np.array([1, 2]), apagador.estado_inicial(2)
    assert (estado == apagador.red.estado_inicial(2)).all() and estado.shape == (
        2,
        2,
        50,
    )
    for uno, otro in zip(
        apagador.paso(indices, estado), apagador.red.paso(indices, estado)
    ):
        assert (uno == otro).all()


def test_lo_que_no_se_apaga_no_gasta_azar():
    rng = np.random.default_rng(3)
    apagador = red_con((0, 0, 0.5), rng)
    entrada, salida, recurrente = apagador.sortear(4)
    assert entrada.dtype == salida.dtype == recurrente.dtype == np.float32
    assert (entrada == 1).all() and (salida == 1).all()
    otro = np.random.default_rng(3)
    red_con((0, 0, 0), otro)
    assert ((otro.random((50, 200), dtype=np.float32) >= 0.5) == (recurrente > 0)).all()


@pytest.mark.parametrize("clase", [RNN, LSTM])
def test_apagar_es_leer_cada_nombre_con_otra_red(clase, rng):
    red, B = clase(6, 5, rng, escala=0.5), 4
    red.parametros["by"][:] = rng.normal(size=6)
    letras, conexiones = red.NOMBRES[:2]
    red.parametros[red.NOMBRES[2]] += rng.normal(size=red.parametros[letras].shape[1])
    lote, estado = (
        lote_al_azar(rng, 7, B, 6),
        rng.normal(size=red.estado_inicial(B).shape),
    )
    apagado = Apagador(red, (0.4, 0.5, 0.3), rng).sortear(B)
    junto = red.perdida_y_gradientes(*lote[:2], estado, lote.mascara, apagado)
    suma, perdida = {n: np.zeros_like(p) for n, p in red.parametros.items()}, 0.0
    for b in range(B):
        veces = {
            letras: np.tile(apagado.entrada[b], red.parametros[letras].shape[1] // 5),
            conexiones: apagado.recurrente,
            "Why": apagado.salida[b][:, None],
        }
        otra = clase.con({n: p * veces.get(n, 1) for n, p in red.parametros.items()})
        uno = slice(b, b + 1)
        una, g, final = otra.perdida_y_gradientes(
            lote.entradas[:, uno],
            lote.objetivos[:, uno],
            estado[..., uno, :],
            lote.mascara[:, uno],
        )
        perdida += una
        assert final == pytest.approx(junto[2][..., uno, :], abs=1e-12)
        for nombre in suma:
            suma[nombre] += g[nombre] * veces.get(nombre, 1)
    assert junto[0] == pytest.approx(perdida, abs=1e-10)
    for nombre, g in junto[1].items():
        assert np.abs(g - suma[nombre]).max() < 1e-10, nombre
