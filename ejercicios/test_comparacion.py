"""Los ejercicios del capítulo «RNN o LSTM: lo que vivimos»."""

from itertools import combinations

import numpy as np
import pytest

from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_simbolo
from codigo.gradiente import comprobar
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.rnn import RNN

POCOS = ["Tula", "Santa Ana", "Apan", "Xalapa"]
VOCABULARIO = Vocabulario(POCOS)
V, H = len(VOCABULARIO), 6


@pytest.mark.parametrize(
    ("diferencia", "desviacion"),
    [(0.03, 0.011), (0.005, 0.011), (0.017, 0.02), (1, 0.01), (1, 0), (1, 0.5), (2, 2)],
)
def test_1_con_esas_alcanza_y_con_una_menos_no(solucion, diferencia, desviacion):
    n = solucion.semillas_para(diferencia, desviacion)
    assert n >= 1
    assert diferencia >= 2 * desviacion * np.sqrt(2 / n)
    assert n == 1 or diferencia < 2 * desviacion * np.sqrt(2 / (n - 1))


def _dos_redes(rng, N=200):
    letras = rng.integers(4, 30, size=N).astype(float)
    dificultad = rng.normal(2, 0.5, size=N)
    otra = letras * dificultad
    return otra + letras * rng.normal(0.05, 0.1, size=N), otra, letras


def test_2_si_siempre_difieren_igual_no_hay_duda(solucion, rng):
    una, _, letras = _dos_redes(rng)
    bajo, alto = solucion.diferencia_pareada(una + 0.03 * letras, una, letras, rng)
    assert bajo == pytest.approx(0.03) and alto == pytest.approx(0.03)


def test_2_mide_lo_que_dice_la_teoria(solucion, rng):
    una, otra, letras = _dos_redes(rng)
    centro = (una - otra).sum() / letras.sum()
    residuo = (una - otra) - centro * letras
    error = np.sqrt((residuo**2).sum()) / letras.sum()
    bajo, alto = solucion.diferencia_pareada(una, otra, letras, rng)
    assert bajo == pytest.approx(centro - 1.96 * error, abs=0.25 * error)
    assert alto == pytest.approx(centro + 1.96 * error, abs=0.25 * error)


def test_2_al_reves_cambia_de_signo(solucion, rng):
    una, otra, letras = _dos_redes(rng)
    bajo, alto = solucion.diferencia_pareada(una, otra, letras, rng)
    contraria = solucion.diferencia_pareada(otra, una, letras, rng)
    assert 0 < bajo < alto
    assert np.allclose(contraria, (-alto, -bajo), atol=0.003)


def test_3_si_gana_siempre_es_lo_menos_que_puede_salir(solucion):
    for n in (1, 3, 5, 8):
        salio = solucion.voltear_signos(np.arange(1, n + 1) / 64)
        assert salio == pytest.approx(2 / 2**n)


def test_3_cuenta_los_empates_y_los_dos_lados(solucion):
    assert solucion.voltear_signos(np.array([1.0, -1.0])) == 1
    assert solucion.voltear_signos(np.array([0.0, 0.0, 0.0])) == 1
    assert solucion.voltear_signos(np.array([1.0, 2.0, 3.0])) == pytest.approx(2 / 8)
    assert solucion.voltear_signos(np.array([1.0, 2.0, -3.0])) == 1
    assert solucion.voltear_signos(np.array([3.0, 2.0, -1.0])) == pytest.approx(4 / 8)


def test_3_coincide_con_contarlas_de_otro_modo(solucion, rng):
    diferencias = rng.integers(-50, 150, size=7) / 128  # sin redondeo
    total, veces = abs(diferencias.sum()), 0
    for cuantas in range(8):
        for volteadas in combinations(range(7), cuantas):
            suma = diferencias.sum() - 2 * diferencias[list(volteadas)].sum()
            veces += abs(suma) >= total
    assert solucion.voltear_signos(diferencias) == pytest.approx(veces / 128)
    assert solucion.voltear_signos(-diferencias) == pytest.approx(veces / 128)


def test_4_la_comprobacion_queda_conforme(solucion, rng):
    red = solucion.GRU(V, H, rng, escala=0.6)
    red.parametros["b"] += rng.normal(size=3 * H)
    lote = hacer_lote(POCOS, VOCABULARIO)
    errores = comprobar(red, lote, rng.normal(size=(4, H)), rng, cuantas=25)
    assert errores.keys() == set(LSTM.NOMBRES) and max(errores.values()) < 1e-6, errores


def test_4_leer_letra_por_letra_es_lo_mismo_que_el_lote(solucion, rng):
    red, lote = solucion.GRU(V, H, rng, escala=0.6), hacer_lote(POCOS, VOCABULARIO)
    perdida, *_ = red.perdida_y_gradientes(*lote[:2], red.estado_inicial(4), lote[2])
    nats = nats_por_simbolo(red, POCOS, VOCABULARIO)
    assert perdida == pytest.approx(nats * lote.mascara.sum())


def test_4_tiene_tres_cuartos_de_los_pesos_de_la_lstm(solucion, rng):
    red, lstm = solucion.GRU(V, H, rng), LSTM(V, H, rng)
    for nombre in ("Wx", "Wh", "b"):
        assert 4 * red.parametros[nombre].size == 3 * lstm.parametros[nombre].size


def _con_sesgos(solucion, rng, reinicio, conservacion):
    red = solucion.GRU(V, H, rng, escala=0.6)
    red.parametros["b"][: 2 * H] = [*reinicio, *[conservacion] * H]
    estado, letras = rng.normal(size=(3, H)), np.array([1, 2, 3])
    return red, estado, letras, red.paso(letras, estado)[1]


def test_4_si_lo_conserva_todo_no_se_mueve(solucion, rng):
    _, estado, _, nuevo = _con_sesgos(solucion, rng, [0] * H, 100)
    assert np.allclose(nuevo, estado)


def test_4_si_se_reinicia_y_no_conserva_olvida(solucion, rng):
    red, estado, letras, nuevo = _con_sesgos(solucion, rng, [-100] * H, -100)
    assert np.allclose(nuevo, red.paso(letras, -3 * estado)[1])


@pytest.mark.parametrize("reinicio", [[100] * H, [100, -100] * (H // 2)])
def test_4_sin_conservar_es_la_red_simple_con_lo_que_no_reinicia(
    solucion, rng, reinicio
):
    red, estado, letras, nuevo = _con_sesgos(solucion, rng, reinicio, -100)
    p = red.parametros
    simple = RNN.con(
        {
            "Wxh": p["Wx"][:, 2 * H :],
            "Whh": p["Wh"][:, 2 * H :],
            "bh": p["b"][2 * H :],
            "Why": p["Why"],
            "by": p["by"],
        }
    )
    queda = estado * (np.array(reinicio) > 0)
    assert np.allclose(nuevo, simple.paso(letras, queda)[1])


def test_4_respeta_el_tipo_que_se_le_pide(solucion, rng):
    red = solucion.GRU(V, H, rng, dtype=np.float32)
    salio = red.paso(np.array([1, 2]), red.estado_inicial(2))
    assert all(x.dtype == np.float32 for x in (*red.parametros.values(), *salio))
