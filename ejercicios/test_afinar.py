"""Los ejercicios del capítulo «Afinar sin engañarse»."""

import numpy as np
import pytest

from codigo.corrida import Corrida, Receta


def test_1_con_una_sola_receta_no_hay_optimismo(solucion, rng):
    assert solucion.optimismo(1, 0.01, rng) == pytest.approx(0, abs=0.0005)


@pytest.mark.parametrize(  # esperanza del mayor de n normales
    ("cuantas", "esperado"),
    [(2, 1 / np.sqrt(np.pi)), (3, 1.5 / np.sqrt(np.pi)), (10, 1.53875)],
)
def test_1_es_la_esperanza_de_la_que_mejor_suerte_tuvo(
    solucion, rng, cuantas, esperado
):
    salio = solucion.optimismo(cuantas, 0.02, rng, veces=200_000)
    assert salio == pytest.approx(0.02 * esperado, rel=0.012)


def test_2_con_todos_los_nombres_el_orden_es_seguro(solucion, rng):
    una, otra = rng.normal(size=(2, 40)) + 30
    assert solucion.orden_seguro(una, otra, 40, rng) == 1
    assert solucion.orden_seguro(otra, una, 40, rng) == 1


@pytest.mark.parametrize(("cuantos", "debido"), [(1, 1 / 6), (3, 1 / 2), (5, 5 / 6)])
def test_2_las_muestras_son_de_los_mismos_nombres(solucion, rng, cuantos, debido):
    dificil = np.array([50.0, 20, 80, 30, 60, 10])  # igual para las dos
    una = dificil + np.array([10, -1, -1, -1, -1, -1])  # un solo nombre decide
    salio = solucion.orden_seguro(una, dificil, cuantos, rng, sorteos=4000)
    assert salio == pytest.approx(debido, abs=0.035)


def test_2_entre_mas_nombres_mas_seguro(solucion, rng):
    otra = rng.normal(size=230) + 30
    una = otra + rng.normal(0.2, 1.5, size=230)
    seguros = [solucion.orden_seguro(una, otra, n, rng) for n in (10, 50, 150)]
    assert seguros == sorted(seguros) and seguros[0] > 0.5


class Fingida:
    """Una corrida cuya curva ya se sabe."""

    def __init__(self, curva):
        self.curva, self.validadas = curva, []

    @property
    def termino(self):
        return len(self.validadas) == len(self.curva)

    def epoca(self):
        assert not self.termino, "ya había terminado"
        self.validadas.append(self.curva[len(self.validadas)])


def test_3_gana_la_mejor_y_cada_ronda_dobla_las_epocas(solucion):
    corridas = [Fingida([3 - i / 10 - e / 100 for e in range(20)]) for i in range(8)]
    assert solucion.mitades(corridas[::-1]) is corridas[7]
    dadas = sorted(len(corrida.validadas) for corrida in corridas)
    assert dadas == [1, 1, 1, 1, 2, 2, 4, 4], "sin empezar de cero ni dar de más"


def test_3_se_le_escapa_la_que_empieza_despacio(solucion):
    lenta = Fingida([9.0, 9.0, 1.0, 1.0])
    otras = [Fingida([5.0 + i] * 4) for i in range(3)]
    assert solucion.mitades([lenta, *otras]) is otras[0]
    assert len(lenta.validadas) == 1


def test_3_cuenta_la_mejor_epoca_y_no_la_ultima(solucion):
    sube, pareja = Fingida([2.0, 3.0, 4.0]), Fingida([2.5, 2.5, 2.5])
    assert solucion.mitades([pareja, sube], epocas=3) is sube


def test_3_con_impares_y_con_una_que_ya_termino(solucion):
    corta, *otras = (Fingida([1.0]), *(Fingida([2.0 + i] * 9) for i in range(4)))
    assert solucion.mitades([*otras, corta]) is corta
    assert sorted(len(c.validadas) for c in otras) == [1, 1, 1, 2]


def test_3_sirve_con_corridas_de_verdad(solucion, particion, vocabulario):
    partes = particion.entrenamiento[:40], particion.validacion[:20]
    corridas = [
        Corrida(
            Receta(modelo="rnn", H=8, B=8, epocas=8, tasa=tasa), *partes, vocabulario
        )
        for tasa in (1e-6, 0.02, 1e-5, 1e-4)
    ]
    ganadora = solucion.mitades(corridas, epocas=2)
    assert ganadora is corridas[1] and len(ganadora.validadas) == 4
