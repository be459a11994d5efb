"""Los ejercicios del capítulo «Lo que la red simple olvida»."""

import numpy as np
import pytest

from codigo.alcance import alcance_rnn
from codigo.rnn import RNN

V = 5


def test_1_gira_sin_estirar(solucion, rng):
    Q, v = solucion.ortogonal(12, rng), rng.normal(size=12)
    assert Q.shape == (12, 12) and np.allclose(Q @ Q.T, np.eye(12))
    assert np.linalg.norm(v @ Q) == pytest.approx(np.linalg.norm(v))


def test_1_sale_al_azar_y_la_semilla_manda(solucion):
    una, otra, misma = (
        solucion.ortogonal(6, np.random.default_rng(semilla)) for semilla in (1, 2, 1)
    )
    assert (una == misma).all() and not np.allclose(abs(una), abs(otra))


def test_1_con_estados_chicos_el_gradiente_ni_crece_ni_se_pierde(solucion, rng):
    red = RNN(V, 12, rng, escala=1e-3)
    red.parametros["Whh"] = solucion.ortogonal(12, rng)
    normas = alcance_rnn(red, rng.integers(V, size=(20, 3)), np.array([1, 2, 3]))
    assert np.allclose(normas / normas[0], 1, atol=1e-3)


@pytest.mark.parametrize("k", [0, 1, 5, 9])
def test_2_mide_lo_mismo_que_dice_la_formula(solucion, rng, k):
    red = RNN(V, 6, rng, escala=0.6)
    entradas, objetivos = rng.integers(V, size=(9, 4)), rng.integers(V, size=4)
    debido = alcance_rnn(red, entradas, objetivos)[k]
    medido = solucion.alcance_medido(red, entradas, objetivos, k)
    assert np.allclose(medido, debido, rtol=1e-5, atol=1e-10)
    de_lejos = solucion.alcance_medido(red, entradas, objetivos, k, 1e-2)
    assert np.allclose(de_lejos, debido, rtol=1e-3), "hay que mover a los dos lados"


def _casi_lineal(rng, cuanto):
    """Una red de estados diminutos cuya ``Whh`` es ``cuanto`` veces un giro."""
    red = RNN(V, 8, rng, escala=1e-4)
    red.parametros["Whh"] = cuanto * np.linalg.qr(rng.normal(size=(8, 8)))[0]
    return red, rng.integers(V, size=(12, 5)), rng.integers(V, size=5)


def test_3_es_el_que_compensa_lo_que_encoge(solucion, rng):
    pedido = _casi_lineal(rng, 0.8)
    factores = [1.2, 1.0, 1.4, 1.28, 1.1, 1.22]
    assert solucion.factor_que_explota(*pedido, factores) == 1.28
    assert solucion.factor_que_explota(*pedido, [1.0, 1.1]) is None


@pytest.mark.parametrize("semilla", range(8))
def test_3_cuenta_la_mediana_de_los_nombres(solucion, semilla):
    rng = np.random.default_rng(semilla)
    red, entradas = RNN(V, 8, rng, escala=0.5), rng.integers(V, size=(12, 5))
    objetivos, factores = rng.integers(V, size=5), np.arange(0.5, 4, 0.05)
    razones = []
    for factor in factores:
        otra = RNN.con({**red.parametros, "Whh": factor * red.parametros["Whh"]})
        ultimo, *_, primero = alcance_rnn(otra, entradas, objetivos)
        razones.append(sorted(primero / ultimo)[2])
    debido = factores[np.argmax(np.array(razones) > 1)]
    assert solucion.factor_que_explota(red, entradas, objetivos, factores) == debido


def test_3_la_red_queda_como_estaba(solucion, rng):
    red, *pedido = _casi_lineal(rng, 0.8)
    antes = red.parametros["Whh"].copy()
    solucion.factor_que_explota(red, *pedido, [1.1, 2.0])
    assert (red.parametros["Whh"] == antes).all()


def _linea_de_espera(cuantas):
    """Una red que guarda intactas las últimas letras, cada una en su lugar."""
    red = RNN(V, V * cuantas, np.random.default_rng(0))
    for peso in red.parametros.values():
        peso[...] = 0
    red.parametros["Wxh"][:, :V] = 0.01 * np.eye(V)
    red.parametros["Whh"][:-V, V:] = np.eye(V * (cuantas - 1))
    return red


def test_4_lee_lo_que_la_red_guarda_y_nada_mas(solucion, rng):
    red, entradas = _linea_de_espera(4), rng.integers(V, size=(10, 400))
    aciertos = [solucion.recuerda(red, entradas, k) for k in range(8)]
    assert np.allclose(aciertos[:4], 1)
    assert max(aciertos[4:]) < 0.35, "lo que ya no está se adivina una de cada cinco"


def test_4_ajusta_el_sesgo(solucion, rng):
    red, entradas = _linea_de_espera(1), rng.integers(V, size=(4, 300))
    red.parametros["Wxh"][3] = 0  # la letra 3 se reconoce porque no deja huella
    assert solucion.recuerda(red, entradas, 0) == 1


def test_4_no_se_califica_con_lo_que_estudio(solucion, rng):
    red, entradas = RNN(V, 40, rng, escala=0.2), rng.integers(V, size=(12, 82))
    assert solucion.recuerda(red, entradas, 9) < 0.6
