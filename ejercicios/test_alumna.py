"""Los ejercicios del capítulo «Una alumna de seis maestras»."""

import math

import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.alumna import dictar, sin_terminar
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_nombre
from codigo.generacion import generar
from codigo.mezclas import Mezcla
from codigo.ngramas import WittenBell
from codigo.rnn import RNN

POCOS = ["Tula", "Tulum", "Apan", "Apaxco", "Xalapa"]
VOCABULARIO = Vocabulario(POCOS)
V = len(VOCABULARIO)
AB = Vocabulario(["ab"])
OCHO = [a + b + c for a in "ab" for b in "ab" for c in "ab"]


class DeTres:
    """Escribe tres letras, cada una «a» o «b» con un volado, y termina."""

    def estado_inicial(self, B):
        return np.zeros(B, int)

    def paso(self, indices, estado):
        with np.errstate(divide="ignore"):
            dos = np.log([[0, 0.5, 0.5], [1, 0, 0]])
        return dos[(estado >= 3).astype(int)], estado + 1


def _lugares(modelo, nombres):
    """Lo que un modelo espera en cada lugar de los nombres, uno tras otro."""
    for nombre in nombres:
        estado = modelo.estado_inicial(1)
        for x in (0, *VOCABULARIO.codificar(nombre)):
            logitos, estado = modelo.paso(np.array([x]), estado)
            yield np.exp(log_softmax(logitos[0]))


def test_1_es_lo_que_va_del_promedio_de_las_sorpresas_a_la_de_la_mezcla(solucion, rng):
    pesos = np.array([0.2, 0.3, 0.5])
    modelos = [WittenBell(3, POCOS, VOCABULARIO)]
    modelos += [RNN(V, 6, rng, escala=0.9) for _ in range(2)]
    sueltas = [nats_por_nombre(m, POCOS, VOCABULARIO) for m in modelos]
    juntas = nats_por_nombre(Mezcla(modelos, pesos), POCOS, VOCABULARIO)
    por_lugar = zip(*(_lugares(m, POCOS) for m in modelos))
    total = sum(solucion.descuento(np.array(p), pesos) for p in por_lugar)
    assert total == pytest.approx((pesos @ sueltas - juntas).sum())


def test_1_las_copias_no_ganan_nada(solucion, rng):
    p = np.tile(rng.dirichlet(np.ones(9)), (4, 1))
    pesos = rng.dirichlet(np.ones(4))
    assert solucion.descuento(p, pesos) == pytest.approx(0, abs=1e-12)


def test_1_aguanta_los_ceros(solucion):
    p, iguales = np.array([[0.5, 0.5, 0], [0, 0.5, 0.5]]), np.array([0.5, 0.5])
    assert solucion.descuento(p, iguales) == pytest.approx(math.log(2))
    assert solucion.descuento(p, np.array([1.0, 0.0])) == pytest.approx(0, abs=1e-12)
    assert solucion.descuento(np.eye(2), iguales) == math.inf


def test_2_es_la_sorpresa_menos_la_de_la_maestra(solucion, rng):
    """Con ocho nombres igual de probables, la regla de la cadena: nats menos log 8."""
    for alumna in (RNN(3, 5, rng, escala=0.9), WittenBell(2, OCHO[:3], AB)):
        debida = nats_por_nombre(alumna, OCHO, AB).mean() - math.log(8)
        salio = solucion.divergencia(DeTres(), alumna, OCHO, AB)
        assert salio == pytest.approx(debida / 4)


def test_2_es_cero_solo_con_la_misma_y_no_da_igual_al_reves(solucion, rng):
    una, otra = RNN(V, 6, rng, escala=0.9), WittenBell(3, POCOS, VOCABULARIO)
    nada = solucion.divergencia(una, una, POCOS, VOCABULARIO)
    assert nada == pytest.approx(0, abs=1e-9)
    ida = solucion.divergencia(una, otra, POCOS, VOCABULARIO)
    vuelta = solucion.divergencia(otra, una, POCOS, VOCABULARIO)
    assert min(ida, vuelta) > 0.01 and ida != pytest.approx(vuelta, rel=0.01)


def test_2_cada_lugar_vale_lo_mismo(solucion, rng):
    una, otra = RNN(V, 6, rng, escala=0.9), RNN(V, 6, rng, escala=0.9)
    disparejos = ["Tu", "Xalapa", "ApaxcoTulumApan", "Tu"]
    q, p = (np.array(list(_lugares(m, disparejos))) for m in (una, otra))
    salio = solucion.divergencia(una, otra, disparejos, VOCABULARIO)
    assert salio == pytest.approx((q * np.log(q / p)).sum() / len(q))


def test_2_lo_imposible_solo_cuesta_de_un_lado(solucion, rng):
    red = RNN(3, 5, rng, escala=0.9)
    assert solucion.divergencia(red, DeTres(), OCHO, AB) == math.inf
    assert 0 < solucion.divergencia(DeTres(), red, OCHO, AB) < math.inf


@pytest.mark.parametrize("temperatura", [0.3, 1.0, 1.7, 20.0])
def test_3_es_como_dividir_los_logitos(solucion, rng, temperatura):
    red, x = RNN(V, 6, rng, escala=0.9), np.array([0, 3, 1])
    logitos, _ = red.paso(x, red.estado_inicial(3))
    antes, despues = (np.exp(log_softmax(logitos / t)) for t in (1, temperatura))
    copia = antes.copy()
    tres = solucion.ablandar(antes, temperatura)
    assert (antes == copia).all() and np.allclose(tres, despues)
    assert np.allclose(solucion.ablandar(antes[1], temperatura), despues[1])
    dos_de_tres = solucion.ablandar(np.stack([antes, antes[::-1]]), temperatura)
    assert np.allclose(dos_de_tres, [despues, despues[::-1]])


def test_3_da_igual_ablandar_antes_que_despues_de_quitar_los_fin(solucion):
    maestra = WittenBell(4, POCOS, VOCABULARIO)
    antes, despues = (dictar(maestra, ["Tulapa", "Apanco"], VOCABULARIO) for _ in "12")
    antes = {n: solucion.ablandar(q, 2.5) for n, q in antes.items()}
    for una in (antes, despues):
        sin_terminar(una, POCOS)
    for nombre, q in despues.items():
        tibia = solucion.ablandar(q, 2.5)
        assert np.allclose(tibia, antes[nombre], atol=1e-3)
    assert solucion.ablandar(despues["Tulapa"], 2.5)[4, 0] == 0


@pytest.mark.parametrize("temperatura", [1e-2, 1e-3])
def test_3_muy_fria_queda_la_mayor(solucion, temperatura):
    p = np.array([[0.001, 0.002, 0.001, 0], [0.001] * 4, [0, 0.25, 0, 0.75]])
    with np.errstate(invalid="ignore"):
        fria = solucion.ablandar(p, temperatura)
    assert np.allclose(fria, [[0, 1, 0, 0], [0.25] * 4, [0, 0, 0, 1]])


def test_4_con_puras_letras_cuenta_lo_que_cuenta_cualquiera(solucion):
    """Con un uno en la letra que siguió, las cuentas son las de ``WittenBell``."""
    unos = {n: np.eye(V)[[*VOCABULARIO.codificar(n), 0]] for n in POCOS}
    suyo = solucion.ContadorDestilado(3, unos, VOCABULARIO)
    cuenta = WittenBell(3, POCOS, VOCABULARIO)
    cuenta._mezclar = lambda k, c, p: (c + p) / (c.sum() + 1)
    otros = ["Tula", "Apalapa", "xX", "Tuxo", "l", ""]
    for uno, otro in zip(_lugares(suyo, otros), _lugares(cuenta, otros), strict=True):
        assert np.allclose(uno, otro)


def test_4_a_mano(solucion):
    q = np.array([[0.2, 0.6, 0.2], [0.5, 0.1, 0.4]])
    modelo = solucion.ContadorDestilado(2, {"a": q}, AB)
    vacio = (q.sum(axis=0) + 1 / 3) / 3
    al_empezar, estado = modelo.paso(np.array([0]), modelo.estado_inicial(1))
    assert np.allclose(np.exp(al_empezar[0]), (q[0] + vacio) / 2)
    tras_a, estado = modelo.paso(np.array([1]), estado)
    assert np.allclose(np.exp(tras_a[0]), (q[1] + vacio) / 2)
    tras_b, _ = modelo.paso(np.array([2]), estado)
    assert np.allclose(np.exp(tras_b[0]), vacio)


def test_4_alcanza_a_una_maestra_de_su_tamano(solucion, rng):
    """Si la maestra es un contador del mismo orden, acaba diciendo lo que ella."""
    maestra = WittenBell(2, POCOS, VOCABULARIO)
    leccion = dictar(maestra, generar(maestra, VOCABULARIO, 2000, rng), VOCABULARIO)
    alumno = solucion.ContadorDestilado(2, leccion, VOCABULARIO)
    pares = zip(_lugares(maestra, POCOS), _lugares(alumno, POCOS))
    assert max(np.abs(q - p).max() for q, p in pares) < 0.01


def test_4_contesta_a_varios_a_la_vez_y_escribe(solucion, rng):
    leccion = dictar(RNN(V, 6, rng, escala=0.9), POCOS, VOCABULARIO)
    alumno = solucion.ContadorDestilado(3, leccion, VOCABULARIO)
    juntos = nats_por_nombre(alumno, POCOS, VOCABULARIO)
    sueltos = [
        -sum(np.log(p[i]) for p, i in zip(_lugares(alumno, [n]), suyas, strict=True))
        for n in POCOS
        for suyas in [(*VOCABULARIO.codificar(n), 0)]
    ]
    assert np.allclose(juntos, sueltos)
    assert len(generar(alumno, VOCABULARIO, 5, rng)) == 5
