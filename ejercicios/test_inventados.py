"""Los ejercicios del capítulo «Los municipios que no existen»."""

import itertools
import math

import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_nombre, nats_por_simbolo
from codigo.generacion import generar
from codigo.mezclas import Mezcla
from codigo.ngramas import WittenBell
from codigo.rnn import RNN

POCOS = ["Tula", "Tulum", "Apan", "Apaxco", "Xalapa"]
VOCABULARIO = Vocabulario(POCOS)
V = len(VOCABULARIO)


def _modelos(rng):
    return [WittenBell(3, POCOS, VOCABULARIO), RNN(V, 6, rng, escala=0.9)]


class Fijo:
    """Un modelo que siempre reparte igual: medio al FIN, tres décimos a «a» y dos a «b»."""

    def estado_inicial(self, B):
        return np.zeros((B, 1))

    def paso(self, indices, estado):
        return np.log([[0.5, 0.3, 0.2]] * len(indices)), estado


@pytest.mark.parametrize(
    ("lista", "debida"),
    [
        (["a"], 0.15),
        (["ab", "a", "ba"], 0.15 + 2 * 0.03),
        (["aaaabbbbaaaabbbb"], 0.5 * 0.3**8 * 0.2**8),
    ],
)
def test_1_es_exacta_por_chica_que_sea(solucion, lista, debida):
    assert solucion.masa(Fijo(), lista, Vocabulario(["ab"])) == pytest.approx(debida)


def test_1_los_repetidos_cuentan_una_vez(solucion, rng):
    modelo, _ = _modelos(rng)
    una_vez = solucion.masa(modelo, POCOS, VOCABULARIO)
    assert solucion.masa(modelo, POCOS * 9, VOCABULARIO) == pytest.approx(una_vez)
    de_uno_en_uno = sum(solucion.masa(modelo, [n], VOCABULARIO) for n in POCOS)
    assert de_uno_en_uno == pytest.approx(una_vez) and 0 < una_vez < 1


@pytest.mark.parametrize(
    ("nombre", "pedazo"),
    [
        ("Tulapan", "Tula"),
        ("Santa Xalapa", "Xalapa"),
        ("Apaxcotl", "Apaxco"),
        ("zzz", ""),
        ("laAp", "la"),  # «laAp» no vale: son dos nombres pegados
        ("mApu", "Ap"),
    ],
)
def test_2_es_el_mas_largo_que_ya_estaba(solucion, nombre, pedazo):
    assert solucion.pedazo_copiado(nombre, POCOS) == pedazo


def test_2_no_hay_otro_mas_largo(solucion, particion):
    lista = particion.entrenamiento[:200]
    for nombre in particion.validacion[:15]:
        pedazo = solucion.pedazo_copiado(nombre, lista)
        n = len(pedazo) + 1
        mayores = [nombre[i : i + n] for i in range(len(nombre) - n + 1)]
        assert pedazo in nombre and any(pedazo in otro for otro in lista)
        assert not any(m in otro for m in mayores for otro in lista)


def test_3_cuenta_parejas(solucion):
    assert solucion.cuantos_sabe(["a", "a", "b"]) == 3
    assert solucion.cuantos_sabe(["a"] * 5) == 1
    assert solucion.cuantos_sabe(["a", "a", "a", "b", "b", "c"]) == pytest.approx(
        15 / 4
    )
    assert math.isinf(solucion.cuantos_sabe(["a", "b", "c"]))


def test_3_le_atina_a_cuantos_eran(solucion, rng):
    veces = [
        1 / solucion.cuantos_sabe(list(map(str, rng.integers(400, size=200))))
        for _ in range(60)
    ]
    assert 1 / np.mean(veces) == pytest.approx(400, rel=0.1)


def test_4_un_nombre_vale_el_promedio_de_lo_que_vale_en_cada_modelo(solucion, rng):
    modelos, pesos = _modelos(rng), (0.3, 0.7)
    mezcla = solucion.MezclaDeNombres(modelos, pesos, VOCABULARIO)
    for nombre in [*POCOS, "Tul", "Xapan"]:
        p, *suyas = (
            np.exp(-nats_por_simbolo(m, [nombre], VOCABULARIO) * (len(nombre) + 1))
            for m in (mezcla, *modelos)
        )
        assert p == pytest.approx(np.dot(pesos, suyas))


def test_4_no_es_la_mezcla_letra_por_letra(solucion, rng):
    modelos, pesos = _modelos(rng), (0.5, 0.5)
    una = solucion.MezclaDeNombres(modelos, pesos, VOCABULARIO)
    otra = Mezcla(modelos, pesos)
    nats = [nats_por_nombre(m, POCOS, VOCABULARIO) for m in (una, otra)]
    assert not np.allclose(*nats, rtol=0.01)


def test_4_escribe_varios_a_la_vez_con_lo_que_le_toca_a_cada_uno(solucion, rng):
    modelos = _modelos(rng)
    mezcla = solucion.MezclaDeNombres(modelos, (0.5, 0.5), VOCABULARIO)
    inventados = generar(mezcla, VOCABULARIO, 4000, rng)
    masas = [
        np.exp(-nats_por_nombre(modelo, POCOS, VOCABULARIO)).sum() for modelo in modelos
    ]
    vistos = np.mean([nombre in POCOS for nombre in inventados])
    assert vistos == pytest.approx(np.mean(masas), abs=0.03)


def test_4_las_probabilidades_de_cada_letra_suman_uno(solucion, rng):
    mezcla = solucion.MezclaDeNombres(_modelos(rng), (0.5, 0.5), VOCABULARIO)
    estado = mezcla.estado_inicial(2)
    for letras in itertools.pairwise((0, 3, 1, 4)):
        logitos, estado = mezcla.paso(np.array(letras), estado)
        assert np.exp(log_softmax(logitos)).sum() == pytest.approx(2)
