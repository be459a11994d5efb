"""Los ejercicios del capítulo «Entrenar en serio»."""

from itertools import islice

import numpy as np
import pytest

from codigo.entrenamiento import entrenar
from codigo.gradiente import comprobar
from codigo.lotes import hacer_lote, lotes_por_epoca
from codigo.lstm import LSTM
from codigo.optimizadores import calendario
from codigo.regularizacion import Promedio
from codigo.rnn import RNN


@pytest.mark.parametrize("veces", [1, 2, 5])
def test_1_cada_ronda_es_un_calendario_completo(solucion, veces):
    for ronda in range(veces):
        for parte in (0.01, 0.03, 0.3, 0.5, 0.99):
            salio = solucion.con_reinicios((ronda + parte) / veces, veces)
            assert salio == pytest.approx(calendario(parte))


def test_1_acaba_de_enfriar(solucion):
    assert solucion.con_reinicios(1.0, 3) == pytest.approx(0.02)
    assert solucion.con_reinicios(0.0, 3) == pytest.approx(calendario(0.0))


@pytest.mark.parametrize(("d", "pasos"), [(0.99, 60), (0.5, 9), (0.0, 4), (0.9, 0)])
def test_2_con_esas_fracciones_sale_el_mismo_promedio(solucion, rng, d, pasos):
    valores = rng.normal(size=pasos + 1)
    promedio = Promedio({"peso": valores[:1]}, d)
    for paso, valor in enumerate(valores[1:]):
        promedio.sumar({"peso": np.array([valor])}, paso)
    fracciones = solucion.cuanto_pesa_cada_paso(d, pasos)
    assert fracciones.shape == (pasos + 1,) and fracciones.sum() == pytest.approx(1)
    assert fracciones @ valores == pytest.approx(promedio.parametros["peso"][0])


def _pesos(rng):
    return {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}


def test_3_hace_la_cuenta_peso_por_peso(solucion, rng):
    pesos, optimizador = _pesos(rng), solucion.Lion(0.1, (0.9, 0.3))
    w, m = pesos["W"].copy(), np.zeros((3, 2))
    for _ in range(40):
        gradientes = _pesos(rng)
        g = gradientes["W"].copy()
        optimizador.actualizar(pesos, gradientes)
        w -= 0.1 * np.sign(0.9 * m + 0.1 * g)
        m = 0.3 * m + 0.7 * g
        assert np.allclose(pesos["W"], w)


def test_3_mueve_los_arreglos_en_su_lugar_y_solo_la_tasa(solucion, rng):
    pesos = _pesos(rng)
    mismos, antes = dict(pesos), {nombre: p.copy() for nombre, p in pesos.items()}
    solucion.Lion(0.25).actualizar(pesos, _pesos(rng))
    for nombre, p in pesos.items():
        assert p is mismos[nombre] and np.allclose(abs(p - antes[nombre]), 0.25)


def test_3_se_reanuda_con_su_memoria(solucion, rng):
    todos = [_pesos(rng) for _ in range(10)]
    de_corrido, partido = (_pesos(np.random.default_rng(0)) for _ in range(2))
    uno = solucion.Lion(0.1)
    for g in todos:
        uno.actualizar(de_corrido, {n: x.copy() for n, x in g.items()})
    antes, despues = solucion.Lion(0.1), solucion.Lion(0.1)
    for g in todos[:4]:
        antes.actualizar(partido, {n: x.copy() for n, x in g.items()})
    despues.memoria = {n: m.copy() for n, m in antes.memoria.items()}
    for g in todos[4:]:
        despues.actualizar(partido, {n: x.copy() for n, x in g.items()})
    assert all((de_corrido[n] == partido[n]).all() for n in de_corrido)


def test_3_entrena_una_red(solucion, particion, vocabulario, rng):
    red = RNN(len(vocabulario), 16, rng, escala=0.25)
    lotes = lotes_por_epoca(particion.entrenamiento[:64], vocabulario, 16, rng)
    ciclo = entrenar(red, lotes, solucion.Lion(0.01), divisor=240)
    perdidas = [avance.perdida for avance in islice(ciclo, 60)]
    assert np.mean(perdidas[-4:]) < 0.8 * np.mean(perdidas[:4])


class Espia:
    """Una red que solo anota con qué la apagaron."""

    NOMBRES = ("Wxh", "Whh", "bh", "Why", "by")

    def __init__(self, red):
        self.parametros, self.estado_inicial = red.parametros, red.estado_inicial

    def perdida_y_gradientes(self, entradas, objetivos, estado, mascara, apagado):
        self.apagado = apagado
        return 0.0, {}, estado


def _apagado(solucion, vocabulario, tasas, rng):
    espia = Espia(RNN(len(vocabulario), 16, rng, np.float32))
    lote = hacer_lote(["Xalapa", "Tula", "Taxco de Alarcón"], vocabulario)
    apagador = solucion.PorLetra(espia, tasas, rng)
    apagador.perdida_y_gradientes(*lote[:2], espia.estado_inicial(3), lote.mascara)
    return espia.apagado


def test_4_la_entrada_se_sortea_en_cada_letra(solucion, vocabulario, rng):
    entrada, de_salida, recurrente = _apagado(
        solucion, vocabulario, (0.25, 0.5, 0.5), rng
    )
    assert entrada.shape == (17, 3, 16)
    assert set(np.unique(entrada)) == {0, np.float32(1 / 0.75)}
    assert entrada.mean() == pytest.approx(1, abs=0.1)
    assert (entrada[1:] != entrada[:-1]).any(axis=(1, 2)).all()
    assert (entrada[:, 1:] != entrada[:, :-1]).any(axis=(0, 2)).all()
    assert de_salida.shape == (3, 16) and recurrente.shape == (16, 16)


def test_4_lo_que_no_se_apaga_se_queda_como_esta(solucion, vocabulario, rng):
    entrada, de_salida, recurrente = _apagado(solucion, vocabulario, (0, 0.5, 0), rng)
    assert (entrada == 1).all() and (recurrente == 1).all()
    assert set(np.unique(de_salida)) == {0, 2}


@pytest.mark.parametrize("clase", [RNN, LSTM])
def test_4_el_gradiente_sigue_bien(solucion, vocabulario, rng, clase):
    red = clase(len(vocabulario), 6, rng, np.float64, escala=0.4)
    lote = hacer_lote(["Tula", "Xalapa"], vocabulario)

    class Fija(solucion.PorLetra):
        """La misma suerte en cada lectura, para poder comparar pérdidas."""

        def perdida_y_gradientes(self, *pedido):
            self.rng = np.random.default_rng(5)
            return super().perdida_y_gradientes(*pedido)

    apagada = Fija(red, (0.5, 0.3, 0.2), rng)
    errores = comprobar(apagada, lote, red.estado_inicial(2), rng, cuantas=20)
    assert max(errores.values()) < 1e-6, errores
