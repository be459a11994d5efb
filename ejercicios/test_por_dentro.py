"""Los ejercicios del capítulo «Por dentro»."""

import numpy as np
import pytest

from codigo.adentro import RASGOS, explica, memoria, rasgos
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_simbolo
from codigo.lstm import LSTM
from codigo.rnn import RNN

POCOS = ["Tula", "Santa Ana", "Apan", "Xalapa"]
VOCABULARIO = Vocabulario(POCOS)
V, H = len(VOCABULARIO), 6


@pytest.mark.parametrize(
    ("leido", "van"),
    [
        *(("T", 1), ("Tu", 0), ("Ixtl", 3), ("Tepatitlán", 1), ("Güé", 0), ("Á", 0)),
        *(("San ", 0), ("San J", 1), ("", 0), ("Xch", 3), ("Ñ", 1), ("Agü", 0)),
        *(("Xoy", 1), ("YÉ", 0), ("AGÜ", 0), ("ATLY", 3), ("É", 0), ("Íb", 1)),
    ],
)
def test_1_cuenta_desde_la_ultima_vocal_o_espacio(solucion, leido, van):
    assert solucion.sin_vocal(leido, "lo que sigue") == van


def test_1_sirve_como_los_demas_rasgos(solucion, rng):
    with pytest.MonkeyPatch.context() as cambio:
        cambio.setitem(RASGOS, "van sin vocal", solucion.sin_vocal)
        valores = rasgos(["Tula", "Apxtn"])["van sin vocal"]
        suyos = rasgos(["Tula", "Apan"])["van sin vocal"]
    assert valores.tolist() == [1, 0, 1, 0, 0, 1, 2, 3, 4]
    guardado = memoria(RNN(V, H, rng, escala=0.5), ["Tula", "Apan"], VOCABULARIO)
    assert explica(guardado, suyos).shape == (H,)


def _sin_renglon_ni_columna(red, unidad):
    """La red de ``H - 1`` unidades que resulta de quitar una de verdad."""
    quedan = np.arange(len(red.parametros["bh"])) != unidad
    p = red.parametros
    return RNN.con(
        {
            "Wxh": p["Wxh"][:, quedan],
            "Whh": p["Whh"][np.ix_(quedan, quedan)],
            "bh": p["bh"][quedan],
            "Why": p["Why"][quedan],
            "by": p["by"],
        }
    )


def _red(rng):
    red = RNN(V, H, rng, escala=0.9)
    red.parametros["bh"] += rng.normal(size=H)
    return red


def test_2_la_unidad_vale_siempre_cero(solucion, rng):
    otra = solucion.sin_unidad(_red(rng), 2)
    assert otra.parametros["Whh"].shape == (H, H)
    guardado = memoria(otra, POCOS, VOCABULARIO)
    assert (guardado[:, 2] == 0).all() and (guardado[:, 3] != 0).all()


def test_2_apuesta_lo_mismo_que_una_red_con_una_unidad_menos(solucion, rng):
    red = _red(rng)
    for unidad in range(H):
        apagada, chica = (
            nats_por_simbolo(una, POCOS, VOCABULARIO)
            for una in (
                solucion.sin_unidad(red, unidad),
                _sin_renglon_ni_columna(red, unidad),
            )
        )
        assert apagada == pytest.approx(chica)


def test_2_la_original_no_cambia(solucion, rng):
    red = _red(rng)
    antes = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    otra = solucion.sin_unidad(red, 0)
    for peso in otra.parametros.values():
        peso[...] = 7
    assert all((red.parametros[nombre] == antes[nombre]).all() for nombre in antes)


def test_3_es_lo_que_sube_al_quitarla_de_verdad(solucion, rng):
    red = _red(rng)
    debido = [
        nats_por_simbolo(_sin_renglon_ni_columna(red, unidad), POCOS, VOCABULARIO)
        - nats_por_simbolo(red, POCOS, VOCABULARIO)
        for unidad in range(H)
    ]
    salio = solucion.cuanto_duele(red, POCOS, VOCABULARIO)
    assert np.shape(salio) == (H,) and np.allclose(salio, debido)


def test_3_la_que_nadie_usa_no_duele(solucion, rng):
    red = _red(rng)
    red.parametros["Why"][4] = red.parametros["Whh"][4] = 0
    duele = solucion.cuanto_duele(red, POCOS, VOCABULARIO)
    assert (
        duele[4] == pytest.approx(0, abs=1e-12) and abs(np.delete(duele, 4)).min() > 0
    )


def _sorpresas(red, leidos, objetivos):
    estado, nats = red.estado_inicial(1), []
    for indice, objetivo in zip(leidos, objetivos):
        logitos, estado = red.paso(np.array([indice]), estado)
        p = np.exp(logitos[0] - logitos.max())
        nats.append(-np.log(p[objetivo] / p.sum()))
    return np.array(nats)


@pytest.mark.parametrize("clase", [RNN, LSTM])
def test_4_es_lo_que_sube_leyendo_mal_una_letra_a_la_vez(solucion, rng, clase):
    red = clase(V, H, rng, escala=0.9)
    letras = VOCABULARIO.codificar("Santa").tolist()
    (otra,) = VOCABULARIO.codificar("X")
    salio = solucion.borrones(red, "Santa", VOCABULARIO, "X")
    bien = _sorpresas(red, [0, *letras], [*letras, 0])
    assert salio.shape == (6, 6)
    for s in range(6):
        leidos = [0, *letras]
        leidos[s] = otra
        mal = _sorpresas(red, leidos, [*letras, 0])
        assert np.allclose(salio[:, s], mal - bien)


def test_4_el_futuro_no_cambia_lo_apostado(solucion, rng):
    red = RNN(V, H, rng, escala=0.9)
    salio = solucion.borrones(red, "Santa Ana", VOCABULARIO, "X")
    assert np.allclose(np.triu(salio, 1), 0) and (np.diag(salio) != 0).all()
    red.parametros["Whh"][...] = 0
    sin_memoria = solucion.borrones(red, "Santa Ana", VOCABULARIO, "X")
    assert np.allclose(np.tril(sin_memoria, -1), 0)
