"""Los ejercicios del capítulo «¿Está bien el gradiente?»."""

from itertools import islice

import numpy as np
import pytest

import codigo.rnn
from codigo.datos import Vocabulario
from codigo.entrenamiento import entrenar
from codigo.evaluacion import nats_por_simbolo
from codigo.gradiente import comprobar, sabotear
from codigo.lotes import hacer_lote, lotes_por_epoca
from codigo.optimizadores import Adagrad
from codigo.pizarron import adelante, atras, pesos_iniciales
from codigo.rnn import RNN

POCOS = ["Tula", "Apan", "Tulum", "Xalapa", "Taxco"]
VOCABULARIO = Vocabulario(POCOS)
V, H = len(VOCABULARIO), 5


def _red_y_lote(rng, clase=RNN):
    lote = hacer_lote(["Tula", "Xalapa", "Taxco"], VOCABULARIO)
    return clase(V, H, rng, escala=0.5), lote, rng.normal(size=(3, H))


def test_1_avanzar_se_parece_al_gradiente_y_deja_los_pesos(solucion, rng):
    red, lote, estado = _red_y_lote(rng)
    _, g, _ = red.perdida_y_gradientes(lote.entradas, lote.objetivos, estado, lote[2])
    for nombre, peso in red.parametros.items():
        antes, cuales = peso.copy(), range(0, peso.size, 3)
        salio = solucion.diferencias_adelante(red, lote, estado, nombre, cuales)
        assert np.allclose(salio, g[nombre].reshape(-1)[::3], rtol=1e-3, atol=1e-3)
        solucion.diferencias_adelante(red, lote, estado, nombre, cuales, 0.7)
        assert (peso == antes).all()


@pytest.mark.parametrize("delta", [1e-2, 1e-4])
def test_1_mide_de_aqui_hacia_adelante(solucion, rng, delta):
    red, lote, estado = _red_y_lote(rng)
    for posicion in range(0, H * H, 4):
        movida = RNN.con({n: peso.copy() for n, peso in red.parametros.items()})
        movida.parametros["Whh"].flat[posicion] += delta
        antes, despues = (
            una.perdida_y_gradientes(*lote[:2], estado, lote.mascara)[0]
            for una in (red, movida)
        )
        salio = solucion.diferencias_adelante(
            red, lote, estado, "Whh", [posicion], delta
        )
        assert np.allclose(salio, (despues - antes) / delta, rtol=1e-7, atol=1e-9)


def test_2_en_la_red_sana_no_hay_ninguna(solucion, rng):
    assert solucion.letras_mal_derivadas(*_red_y_lote(rng)) == set()


def test_2_dice_cuales_son_las_que_se_repiten(solucion, rng):
    antes = 'np.add.at(gradientes["Wxh"], entradas, dz)'
    mala = sabotear(codigo.rnn, antes, 'gradientes["Wxh"][entradas] += dz')
    red, lote, estado = _red_y_lote(rng, mala.RNN)
    leidas = lote.entradas[lote.mascara > 0]
    repetidas = np.flatnonzero(np.bincount(leidas) > 1)
    assert solucion.letras_mal_derivadas(red, lote, estado) == set(repetidas)


def test_2_basta_un_peso_con_el_signo_cambiado(solucion, rng):
    antes = 'np.add.at(gradientes["Wxh"], entradas, dz)'
    mala = sabotear(codigo.rnn, antes, antes + '; gradientes["Wxh"][3, 0] *= -1')
    red, lote, estado = _red_y_lote(rng, mala.RNN)
    assert 3 in lote.entradas
    assert solucion.letras_mal_derivadas(red, lote, estado) == {3}


def _a_un_caracter(antes, despues):
    for i in range(len(antes) + 1):
        cambia = antes[:i] + despues[i : i + 1] + antes[i + 1 :]
        agrega = antes[:i] + despues[i : i + 1] + antes[i:]
        quita = antes[:i] + antes[i + 1 :]
        if despues in (cambia, agrega, quita):
            return antes != despues
    return False


def test_3_es_de_un_caracter_y_la_comprobacion_no_lo_atrapa(solucion, rng):
    assert _a_un_caracter(*solucion.SABOTAJE)
    mala = sabotear(codigo.rnn, *solucion.SABOTAJE)
    red, lote, estado = _red_y_lote(rng, mala.RNN)
    assert max(comprobar(red, lote, estado, rng).values()) < 1e-6


def test_3_pero_empeora_la_validacion(solucion, particion, vocabulario):
    nats = []
    for modulo in (codigo.rnn, sabotear(codigo.rnn, *solucion.SABOTAJE)):
        rng = np.random.default_rng(4)
        red = modulo.RNN(len(vocabulario), 24, rng, escala=24**-0.5)
        lotes = lotes_por_epoca(particion.entrenamiento, vocabulario, 16, rng)
        for _ in islice(entrenar(red, lotes, Adagrad(0.1), divisor=240), 40):
            pass
        nats.append(nats_por_simbolo(red, particion.validacion[:40], vocabulario))
    assert nats[1] > nats[0] + 0.02


def test_4_coincide_en_todas_las_cifras(solucion, rng):
    p = pesos_iniciales(V, H, rng, escala=0.7)
    entradas, objetivos, h = [0, 2, 1, 4, 2], [2, 1, 4, 2, 0], rng.normal(size=H)
    _, *leido = adelante(p, entradas, objetivos, h)
    for nombre, g in atras(p, entradas, objetivos, *leido).items():
        for posicion in np.ndindex(g.shape):
            salio = solucion.derivada_compleja(
                p, entradas, objetivos, h, nombre, posicion
            )
            assert salio == pytest.approx(g[posicion], rel=1e-11, abs=1e-13)
    assert all(peso.dtype == float for peso in p.values())
