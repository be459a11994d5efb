import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_simbolo
from codigo.ngramas import KneserNey, WittenBell

NOMBRES = ["ana", "anita", "nata", "tan", "ñata"]


@pytest.mark.parametrize("clase", [WittenBell, KneserNey])
@given(orden=st.integers(1, 6), texto=st.text(alphabet="aintñ", max_size=8))
def test_las_probabilidades_son_positivas_y_suman_uno(clase, orden, texto):
    vocabulario = Vocabulario(NOMBRES)
    modelo = clase(orden, NOMBRES, vocabulario)
    contexto = (0, *vocabulario.codificar(texto).tolist()) if texto else ()
    p = modelo.probabilidades(contexto[-(orden - 1) :] if orden > 1 else ())
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert (p > 0).all()


def test_el_unigrama_de_witten_y_bell_se_calcula_a_mano():
    vocabulario = Vocabulario(["aab"])
    p = WittenBell(1, ["aab"], vocabulario).probabilidades(())
    # Cuatro símbolos, tres distintos: a dos veces, b una y FIN una, y V = 3.
    esperada = np.array([1 + 3 / 3, 2 + 3 / 3, 1 + 3 / 3]) / (4 + 3)
    assert p == pytest.approx(esperada)


def test_el_bigrama_de_witten_y_bell_se_calcula_a_mano():
    vocabulario = Vocabulario(["aab"])
    modelo = WittenBell(2, ["aab"], vocabulario)
    abajo = modelo.probabilidades(())
    # Después de la «a»: una «a» y una «b», dos distintos.
    esperada = (np.array([0, 1, 1]) + 2 * abajo) / 4
    assert modelo.probabilidades((1,)) == pytest.approx(esperada)


def test_kneser_ney_cuenta_antecesores_distintos_y_no_veces():
    nombres = ["xaxaxaxa", "ya", "zb", "wb", "vb"]
    vocabulario = Vocabulario(nombres)
    corto = KneserNey(2, nombres, vocabulario).cuentas[0][()]
    a, b = vocabulario.codificar("ab")
    assert corto[a] == 2  # la siguen la x y la y
    assert corto[b] == 3  # la z, la w y la v


def test_un_contexto_nunca_visto_se_acorta():
    vocabulario = Vocabulario(NOMBRES)
    modelo = WittenBell(3, NOMBRES, vocabulario)
    t, i = vocabulario.codificar("ti")
    assert modelo.probabilidades((int(i), int(i))) == pytest.approx(
        modelo.probabilidades((int(i),))
    )
    assert t != i


@pytest.mark.parametrize("clase", [WittenBell, KneserNey])
def test_caminar_paso_a_paso_da_las_mismas_probabilidades(clase):
    vocabulario = Vocabulario(NOMBRES)
    modelo = clase(3, NOMBRES, vocabulario)
    estado = modelo.estado_inicial(2)
    for letra in (0, *vocabulario.codificar("anit")):
        logitos, estado = modelo.paso(np.array([letra, 0]), estado)
    ultimas = tuple(vocabulario.codificar("it").tolist())
    assert np.exp(logitos[0]) == pytest.approx(modelo.probabilidades(ultimas))
    assert np.exp(logitos[1]) == pytest.approx(modelo.probabilidades((0, 0)))


def test_mas_memoria_sorprende_menos(particion, vocabulario):
    nats = [
        nats_por_simbolo(
            WittenBell(n, particion.entrenamiento, vocabulario),
            particion.validacion,
            vocabulario,
        )
        for n in (1, 2, 3, 4)
    ]
    assert nats == sorted(nats, reverse=True)


def test_un_orden_imposible_es_un_error():
    with pytest.raises(ValueError, match="al menos 1"):
        WittenBell(0, NOMBRES, Vocabulario(NOMBRES))
