"""Los ejercicios del capítulo «El generador»."""

import itertools

import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_nombre
from codigo.ngramas import WittenBell
from codigo.rnn import RNN

POCOS = ["Tula", "Tulum", "Apan", "Apaxco", "Xalapa"]
VOCABULARIO = Vocabulario(POCOS)
V = len(VOCABULARIO)


class Fijo:
    """Un modelo que da siempre las mismas probabilidades después de tanto leído."""

    def __init__(self, *tablas):
        self.tablas = np.array(tablas)

    def estado_inicial(self, B):
        return [0] * B

    def paso(self, indices, estado):
        with np.errstate(divide="ignore"):
            logitos = np.log(
                [self.tablas[min(n, len(self.tablas) - 1)] for n in estado]
            )
        return logitos, [n + 1 for n in estado]


def test_1_mide_lo_que_no_tienen_en_comun(solucion):
    vocabulario = Vocabulario(["ab"])
    uno, otro = Fijo([0.5, 0.3, 0.2], [0, 1, 0]), Fijo([0.2, 0.3, 0.5], [0, 0, 1])
    assert solucion.desacuerdo(uno, otro, "", vocabulario) == pytest.approx(0.3)
    assert solucion.desacuerdo(uno, otro, "a", vocabulario) == pytest.approx(1)
    nada = solucion.desacuerdo(uno, uno, "ab", vocabulario)
    assert nada == pytest.approx(0, abs=1e-12)


def test_1_cuenta_todas_las_letras_y_no_solo_la_peor(solucion):
    uno, otro = Fijo([0.5, 0.3, 0.1, 0.1]), Fijo([0.3, 0.1, 0.3, 0.3])
    salio = solucion.desacuerdo(uno, otro, "", Vocabulario(["abc"]))
    assert salio == pytest.approx(0.4)


def test_1_lee_el_principio_y_da_igual_quien_va_primero(solucion, rng):
    uno, otro = WittenBell(3, POCOS, VOCABULARIO), RNN(V, 5, rng, escala=0.9)
    hay = [solucion.desacuerdo(uno, otro, p, VOCABULARIO) for p in ("", "Tu", "Apa")]
    al_reves = [
        solucion.desacuerdo(otro, uno, p, VOCABULARIO) for p in ("", "Tu", "Apa")
    ]
    assert np.allclose(hay, al_reves) and len(set(hay)) == 3 and max(hay) < 1


def test_2_deja_los_menos_que_juntan_la_masa(solucion):
    p = np.array([[0.1, 0.5, 0.3, 0.1 - 1e-9, 1e-9], [0.01, 0.01, 0.01, 0.96, 0.01]])
    quedan = np.isfinite(solucion.sin_cola(np.log(p), 0.7))
    assert quedan.tolist() == [
        [False, True, True, False, False],
        [False] * 3 + [True, False],
    ]


@pytest.mark.parametrize("masa", [0.05, 0.5, 0.9, 0.999])
def test_2_ni_de_mas_ni_de_menos(solucion, rng, masa):
    logitos = 3 * rng.normal(size=(20, 12))
    antes, p = logitos.copy(), np.exp(log_softmax(logitos))
    cortados = solucion.sin_cola(logitos, masa)
    quedan = np.isfinite(cortados)
    assert (logitos == antes).all() and (cortados[quedan] == antes[quedan]).all()
    for suyas, cuales in zip(p, quedan):
        assert suyas[cuales].sum() >= masa
        assert suyas[cuales].sum() - suyas[cuales].min() < masa
        assert suyas[cuales].min() >= suyas[~cuales].max(initial=0)


@pytest.mark.parametrize(("masa", "cuantos"), [(0.5, 1), (0.6, 2), (0.75, 2), (0.8, 3)])
def test_2_con_empates_y_masa_exacta_deja_los_menos(solucion, masa, cuantos):
    cortados = solucion.sin_cola(np.log([[1.0, 2.0, 1.0]]), masa)
    assert np.isfinite(cortados[0, 1]) and np.isfinite(cortados).sum() == cuantos


def test_3_los_extremos_son_0_y_255_y_el_error_medio_escalon(solucion, rng):
    peso = rng.normal(size=(40, 30))
    en_bytes, menor, escalon = solucion.en_ocho_bits(peso)
    assert en_bytes.dtype == np.uint8 and en_bytes.shape == peso.shape
    assert en_bytes.flat[peso.argmin()] == 0 and en_bytes.flat[peso.argmax()] == 255
    vuelta = solucion.de_ocho_bits(en_bytes, menor, escalon)
    assert np.abs(vuelta - peso).max() <= escalon / 2 * (1 + 1e-9)
    assert escalon == pytest.approx(np.ptp(peso) / 255)


def test_3_no_se_tropieza_con_los_pesos_iguales(solucion):
    for valor in (0.0, -2.5):
        peso = np.full(7, valor)
        assert np.allclose(solucion.de_ocho_bits(*solucion.en_ocho_bits(peso)), peso)


def test_3_casi_no_cuesta_nats(solucion, rng):
    red = RNN(V, 16, rng, escala=0.5)
    chica = RNN.con(
        {
            nombre: solucion.de_ocho_bits(*solucion.en_ocho_bits(peso))
            for nombre, peso in red.parametros.items()
        }
    )
    nats = [nats_por_nombre(una, POCOS, VOCABULARIO).sum() for una in (red, chica)]
    assert nats[1] != nats[0] and nats[1] == pytest.approx(nats[0], rel=0.01)


def test_4_son_los_mismos_que_probandolos_todos(solucion):
    vocabulario = Vocabulario(["ab", "aab", "b", "abc"])
    modelo = WittenBell(3, ["ab", "aab", "b", "abc"], vocabulario)
    todos = [
        "".join(letras)
        for n in range(6)
        for letras in itertools.product("abc", repeat=n)
    ]
    nats = nats_por_nombre(modelo, todos, vocabulario)
    debidos = [(todos[i], np.exp(-nats[i])) for i in np.argsort(nats)[:8]]
    salieron = solucion.mas_probables(modelo, vocabulario, 8)
    assert [nombre for nombre, _ in salieron] == [nombre for nombre, _ in debidos]
    assert np.allclose([p for _, p in salieron], [p for _, p in debidos])


def test_4_lo_mas_probable_no_es_lo_que_empieza_mejor(solucion):
    vocabulario = Vocabulario(["ab"])
    modelo = Bifurca()
    assert [n for n, _ in solucion.mas_probables(modelo, vocabulario, 2)] == ["b", "aa"]


class Bifurca:
    """Casi siempre empieza con «a», pero nada de lo que sigue a la «a» es probable."""

    def estado_inicial(self, B):
        return [()] * B

    def paso(self, indices, estado):
        leidos = [(*antes, int(i)) for antes, i in zip(estado, indices)]
        p = {
            (0,): [0.02, 0.58, 0.4],
            (0, 1): [0.3, 0.4, 0.3],
            (0, 2): [0.98, 0.01, 0.01],
        }
        return np.log([p.get(leido, [0.9, 0.06, 0.04]) for leido in leidos]), leidos
