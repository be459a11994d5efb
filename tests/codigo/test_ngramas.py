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


# Tres nombres, «aba», «ba» y «aa», y V = 3. Cuentas de FIN, a y b, con FIN escrito 0:
#   después de nada 3 5 2; de 0: 0 2 1; de a: 3 1 1; de b: 0 2 0;
#   de 0a: 0 1 1; de 0b y de ab: 0 1 0; de ba: 2 0 0; de aa: 1 0 0.
A_MANO = ["aba", "ba", "aa"]


def es(modelo, contexto, *numeradores):
    """Si las probabilidades después del contexto son esos números entre su suma."""
    suya = modelo.probabilidades(contexto)
    return suya == pytest.approx(np.array(numeradores) / sum(numeradores), abs=1e-12)


def test_witten_y_bell_se_calcula_a_mano():
    modelo = WittenBell(3, A_MANO, Vocabulario(A_MANO))
    assert es(modelo, (), 3 + 3 / 3, 5 + 3 / 3, 2 + 3 / 3)  # diez, y tres distintas
    assert es(modelo, (1,), 3 + 3 * 4 / 13, 1 + 3 * 6 / 13, 1 + 3 * 3 / 13)
    assert es(modelo, (0, 1), 2 * 51 / 104, 1 + 2 * 31 / 104, 1 + 2 * 22 / 104)
    assert es(modelo, (2, 1), 2 + 51 / 104, 31 / 104, 22 / 104)


def test_kneser_y_ney_se_calcula_a_mano():
    modelo = KneserNey(3, A_MANO, Vocabulario(A_MANO))
    # Antecesores distintos: FIN solo viene tras a; a, tras 0, a y b; b, tras 0 y a. Tras «a»,
    # FIN viene en aa y en ba; a y b, en 0a. Lo que empieza con 0 se queda con sus veces.
    cortas = [
        modelo.cuentas[0][()],
        *(modelo.cuentas[1][(letra,)] for letra in range(3)),
    ]
    assert np.array_equal(cortas, [[1, 3, 2], [0, 2, 1], [2, 1, 1], [0, 2, 0]])
    de_orden_cuatro = KneserNey(4, A_MANO, Vocabulario(A_MANO)).cuentas[2]
    assert de_orden_cuatro[0, 1].tolist() == [0, 1, 1]
    # Cuentas que valen 1, 2, 3 y 4 (si no hay, una): 1 1 1 1, 3 3 1 1 y 5 1 1 1. La base
    # n1 / (n1 + 2 n2) es 1/3, 1/3 y 5/7; D2 = 2 - 3 (5/7) (1/1) no llega y se acota.
    for suyos, debidos in zip(
        modelo.descuentos,
        [(1 / 3, 1, 5 / 3), (1 / 3, 5 / 3, 5 / 3), (5 / 7, 0.05, 1 / 7)],
    ):
        assert suyos == pytest.approx([0, *debidos])
    assert es(modelo, (), 1 - 1 / 3 + 3 / 3, 3 - 5 / 3 + 3 / 3, 2 - 1 + 3 / 3)
    de_a = (
        2 - 5 / 3 + 7 / 3 * 5 / 18,
        1 - 1 / 3 + 7 / 3 * 7 / 18,
        1 - 1 / 3 + 7 / 3 * 6 / 18,
    )
    assert es(modelo, (1,), *de_a)  # que son 53, 85 y 78 entre 216
    assert es(modelo, (0,), 2 * 5 / 18, 2 - 5 / 3 + 2 * 7 / 18, 1 - 1 / 3 + 2 * 6 / 18)
    quitado = 2 * 5 / 7 / 216
    assert es(modelo, (0, 1), quitado * 53, 2 / 7 + quitado * 85, 2 / 7 + quitado * 78)
    assert es(modelo, (2, 1), 1.95 + 0.05 * 53 / 216, 0.05 * 85 / 216, 0.05 * 78 / 216)


def test_los_descuentos_salen_de_cuantas_cuentas_valen_uno_dos_tres_y_cuatro():
    def contar(texto):
        return KneserNey(1, [texto], Vocabulario([texto]))

    # Con el FIN, siete valen uno; cuatro, dos; tres, tres, y dos, cuatro.
    muchas = contar("abcdef" + "ghij" * 2 + "klm" * 3 + "no" * 4)
    base = 7 / (7 + 2 * 4)
    d1, d2, d3 = 1 - 2 * base * 4 / 7, 2 - 3 * base * 3 / 4, 3 - 4 * base * 2 / 3
    assert muchas.descuentos[0] == pytest.approx([0, d1, d2, d3])
    quitado = 7 * d1 + 4 * d2 + 5 * d3
    assert muchas.probabilidades(())[-1] == pytest.approx((4 - d3 + quitado / 16) / 32)
    # Una vale uno y diez, dos: D1 = 1/21 y D2 = 2 - 1/70 se acotan.
    pocas = contar("abcdefghij" * 2)
    assert pocas.descuentos[0] == pytest.approx([0, 0.05, 1.95, 3 - 4 / 21])


@pytest.mark.parametrize("clase", [WittenBell, KneserNey])
def test_un_contexto_nunca_visto_o_muy_largo_se_acorta(clase):
    vocabulario = Vocabulario(NOMBRES)
    modelo = clase(3, NOMBRES, vocabulario)
    t, i = vocabulario.codificar("ti").tolist()
    for largo, corto in (((i, i), (i,)), ((t, i, t), (i, t)), ((0, i, i), (i,))):
        assert modelo.probabilidades(largo) == pytest.approx(
            modelo.probabilidades(corto)
        )


@pytest.mark.parametrize("clase", [WittenBell, KneserNey])
@pytest.mark.parametrize("orden", [1, 2, 3, 5])
def test_caminar_paso_a_paso_da_las_mismas_probabilidades(clase, orden):
    vocabulario = Vocabulario(NOMBRES)
    modelo = clase(orden, NOMBRES, vocabulario)
    estado, leidos = modelo.estado_inicial(2), ((), ())
    for letra in (0, *vocabulario.codificar("anita")):
        logitos, estado = modelo.paso(np.array([letra, 0]), estado)
        assert logitos.shape == (2, len(vocabulario))
        leidos = (*leidos[0], int(letra)), (*leidos[1], 0)
        ultimos = [leido[max(0, len(leido) + 1 - orden) :] for leido in leidos]
        assert estado == ultimos  # no recuerda más de lo que usa
        suyas = [modelo.probabilidades(contexto) for contexto in ultimos]
        assert np.exp(logitos) == pytest.approx(np.array(suyas))


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


def test_el_orden_es_uno_o_mas():
    assert len(WittenBell(1, NOMBRES, Vocabulario(NOMBRES)).cuentas) == 1
    with pytest.raises(ValueError, match="al menos 1"):
        WittenBell(0, NOMBRES, Vocabulario(NOMBRES))
