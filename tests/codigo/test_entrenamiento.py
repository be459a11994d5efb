from itertools import islice

import numpy as np
import pytest

from codigo.entrenamiento import entrenar, entrenar_rnn
from codigo.lotes import Lote, hacer_lote, lotes_por_epoca, tramos
from codigo.optimizadores import Adagrad
from codigo.original import entrenar_original, nats_de_corrido, suavizar
from codigo.rnn import RNN


def test_la_suavizada_hace_la_cuenta_del_original():
    assert suavizar(np.array([0.0, 100.0]), 100.0) == pytest.approx([99.9, 99.9001])


def test_entrenar_baja_la_sorpresa(vocabulario, particion, rng):
    red = RNN(len(vocabulario), 32, rng, escala=0.2)
    fuente = lotes_por_epoca(particion.entrenamiento, vocabulario, 32, rng)
    ciclo = entrenar(red, fuente, Adagrad(0.05), divisor=32 * 14.8)
    perdidas = [avance.perdida for avance in islice(ciclo, 100)]
    assert np.mean(perdidas[-10:]) < 0.8 * np.mean(perdidas[:10])


def test_el_estado_sigue_solo_cuando_el_lote_lo_dice():
    recibidos = []

    class Espia:
        parametros: dict[str, np.ndarray] = {}

        def estado_inicial(self, B):
            return "cero"

        def perdida_y_gradientes(self, entradas, objetivos, estado, mascara):
            recibidos.append(estado)
            return 0.0, {}, "final"

    vacio = np.zeros((1, 1), dtype=int)
    lotes = [Lote(vacio, vacio, vacio, sigue) for sigue in (False, True, False)]
    list(entrenar(Espia(), lotes, Adagrad(1)))
    assert recibidos == ["cero", "final", "cero"]


def test_el_divisor_y_el_recorte_se_aplican_en_ese_orden():
    class Fijo:
        parametros = {"w": np.zeros(2)}

        def estado_inicial(self, B):
            return None

        def perdida_y_gradientes(self, *_):
            return 0.0, {"w": np.array([100.0, 2.0])}, None

    class Descenso(Adagrad):
        def actualizar(self, parametros, gradientes):
            self.visto = gradientes["w"].tolist()

    optimizador = Descenso(1)
    lote = Lote(*(np.zeros((1, 1), dtype=int),) * 3)
    list(entrenar(Fijo(), [lote], optimizador, limite=5, divisor=10))
    assert optimizador.visto == [5.0, 0.2]


def test_entrenar_rnn_se_queda_con_su_mejor_epoca(vocabulario, particion):
    pedido = dict(H=24, B=32, tasa=0.1, escala=0.2, epocas=3, semilla=2)
    partes = (
        particion.entrenamiento[:300],
        particion.validacion[:60],
        vocabulario.simbolos[1:],
    )
    resultado = entrenar_rnn(*partes, **pedido)
    red, lote = RNN.con(resultado), hacer_lote(particion.validacion[:60], vocabulario)
    perdida, _, _ = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, red.estado_inicial(60), lote.mascara
    )
    assert perdida / lote.mascara.sum() == pytest.approx(
        resultado["curva_validacion"].min()
    )
    otra = entrenar_rnn(*partes, **pedido)
    assert all((resultado[n] == otra[n]).all() for n in resultado), "no es determinista"


def test_el_regimen_original_empieza_donde_debe(nombres, vocabulario, particion):
    pedido = dict(iteraciones=301, momentos=[0, 300], semilla=0)
    corrida = entrenar_original(nombres, particion.validacion, **pedido)
    assert corrida["perdidas"][0] == pytest.approx(
        25 * np.log(len(vocabulario)), abs=0.05
    )
    assert corrida["perdidas"][-100:].mean() < corrida["perdidas"][0] - 10
    assert corrida["apartados"].shape == corrida["muestras"].shape == (2,)
    assert {len(muestra) for muestra in corrida["muestras"]} == {200}


def test_medir_con_los_apartados_no_cambia_el_entrenamiento(nombres, particion):
    pedido = dict(iteraciones=40, semilla=0)
    midiendo = entrenar_original(nombres, particion.validacion, momentos=[20], **pedido)
    sin_medir = entrenar_original(nombres, momentos=[], **pedido)
    assert (midiendo["perdidas"] == sin_medir["perdidas"]).all()
    assert (midiendo["Whh"] == sin_medir["Whh"]).all()


def test_leer_de_corrido_es_leer_por_tramos(vocabulario, rng):
    red = RNN(len(vocabulario), 10, rng, escala=0.3)
    texto = np.concatenate([vocabulario.codificar("Tepic\nIxil\nPeto"), [0]])
    estado = red.estado_inicial(1)
    junto = nats_de_corrido(red, texto, estado)
    suma, anterior = 0.0, 0
    for actual in texto:
        par = np.array([[anterior]]), np.array([[actual]]), estado, np.ones((1, 1))
        perdida, _, estado = red.perdida_y_gradientes(*par)
        suma, anterior = suma + perdida, actual
    assert junto == pytest.approx(suma / len(texto), abs=1e-12)
    assert next(tramos(texto, 3)).entradas.shape == (3, 1)
