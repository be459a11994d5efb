from collections import Counter

import numpy as np
import pytest

from codigo.datos import Vocabulario
from codigo.generacion import continuar, generar, sortear
from codigo.ngramas import WittenBell
from codigo.rnn import RNN


class Dado:
    """Un modelo sin memoria, con logitos fijos."""

    def __init__(self, probabilidades):
        self.logitos = np.log(np.array(probabilidades))

    def estado_inicial(self, B):
        return [None] * B

    def paso(self, indices, estado):
        return np.tile(self.logitos, (len(indices), 1)), estado


def test_sortear_respeta_la_distribucion(rng):
    p = np.array([0.5, 0.3, 0.15, 0.05])
    logitos = np.log(p) + rng.uniform(-2000, 2000, (40_000, 1))
    veces = np.bincount(sortear(logitos, rng), minlength=4)
    esperadas = 40_000 * p
    ji_cuadrada = ((veces - esperadas) ** 2 / esperadas).sum()
    assert ji_cuadrada < 16.3  # 99.9 % con tres grados de libertad


def test_sortear_nunca_da_lo_imposible(rng):
    logitos = np.tile([-np.inf, 0.0, -np.inf, 1.0, -np.inf], (5000, 1))
    assert set(sortear(logitos, rng)) == {1, 3}

    class Cero:
        def random(self, forma, dtype):
            return np.zeros(forma, dtype)

    assert set(sortear(logitos, Cero())) == {1}


@pytest.mark.parametrize("temperatura", [0.5, 2])
def test_la_temperatura_enfria_o_calienta_la_distribucion(temperatura, rng):
    vocabulario, dado = Vocabulario(["ab"]), Dado([0.2, 0.5, 0.3])
    letras = Counter("".join(generar(dado, vocabulario, 20_000, rng, temperatura)))
    # Con T = 0.5 las probabilidades se elevan al cuadrado; con 2, se les saca raíz.
    debida = (0.5 / 0.3) ** (1 / temperatura)
    assert letras["a"] / letras["b"] == pytest.approx(debida, rel=0.05)


def test_el_largo_de_los_nombres_es_el_que_toca(rng):
    vocabulario = Vocabulario(["ab"])
    largos = [
        len(n) for n in generar(Dado([0.25, 0.5, 0.25]), vocabulario, 20_000, rng)
    ]
    assert np.mean(largos) == pytest.approx(3, rel=0.05)  # geométrica: (1 - p) / p


@pytest.mark.parametrize(("pedido", "maximo"), [({"maximo": 9}, 9), ({}, 80)])
def test_los_nombres_sin_fin_se_cortan(pedido, maximo, rng):
    nombres = generar(Dado([1e-12, 0.5, 0.5]), Vocabulario(["ab"]), 5, rng, **pedido)
    assert [len(nombre) for nombre in nombres] == [maximo] * 5


@pytest.mark.parametrize("temperatura", [0, -1, float("nan")])
def test_una_temperatura_imposible_es_un_error(temperatura, rng):
    with pytest.raises(ValueError, match="mayor que cero"):
        generar(Dado([0.5, 0.5]), Vocabulario(["a"]), 3, rng, temperatura)


def test_la_misma_semilla_da_los_mismos_nombres():
    vocabulario = Vocabulario(["Tepic", "Ixil"])
    red = RNN(len(vocabulario), 6, np.random.default_rng(0), escala=0.5)
    uno, otro = (
        generar(red, vocabulario, 20, np.random.default_rng(1)) for _ in range(2)
    )
    assert uno == otro
    assert uno != generar(red, vocabulario, 20, np.random.default_rng(2))


def test_un_modelo_que_memoriza_escribe_su_unico_nombre(rng):
    vocabulario = Vocabulario(["Ixil"])
    modelo = WittenBell(5, ["Ixil"] * 500, vocabulario)
    assert Counter(generar(modelo, vocabulario, 100, rng))["Ixil"] > 90


def test_continuar_no_se_detiene_en_el_fin(rng):
    escritos = continuar(Dado([0.5, 0.5]), 0, None, 300, rng)
    assert len(escritos) == 300
    assert set(escritos) == {0, 1}


def test_continuar_pasa_el_estado_y_la_letra(rng):
    class Suma:
        def paso(self, indices, estado):
            assert indices.shape == (1,)
            letra = (indices[0] + estado) % 5
            return np.where(np.arange(5) == letra, 0.0, -np.inf)[None], estado + 1

    escritos = continuar(Suma(), 3, 0, 5, rng)
    assert escritos == [3 + 0, 3 + 1, 4 + 2 - 5, 1 + 3, 4 + 4 - 5]
    assert {type(letra) for letra in escritos} == {int}


def test_el_prefijo_encabeza_todos_los_nombres(vocabulario, rng):
    red = RNN(len(vocabulario), 10, rng, escala=0.3)
    assert all(
        n.startswith("San ") for n in generar(red, vocabulario, 30, rng, prefijo="San ")
    )


def test_el_prefijo_cambia_lo_que_sigue():
    vocabulario = Vocabulario(["Ixil", "Ucú"])
    modelo = WittenBell(3, ["Ixil", "Ucú"], vocabulario)
    escritos = Counter(
        generar(modelo, vocabulario, 200, np.random.default_rng(0), prefijo="Ix")
    )
    assert escritos.most_common(1)[0][0] == "Ixil"


def test_un_prefijo_imposible_es_un_error_claro(vocabulario, rng):
    red = RNN(len(vocabulario), 4, rng)
    with pytest.raises(ValueError, match="no tiene"):
        generar(red, vocabulario, 3, rng, prefijo="Ω")
    with pytest.raises(ValueError, match="pasa de 3 letras"):
        generar(red, vocabulario, 3, rng, maximo=3, prefijo="Parral")
    assert (
        generar(red, vocabulario, 2, rng, maximo=6, prefijo="Parral") == ["Parral"] * 2
    )


ESTADOS = {
    "arreglo": (lambda faltan: faltan[:, None], lambda estado: estado[:, 0]),
    "lista": (lambda faltan: faltan.tolist(), np.array),
    "tupla": (
        lambda faltan: ((faltan[:, None],), "..."),
        lambda estado: estado[0][0][:, 0],
    ),
}


@pytest.mark.parametrize(("envolver", "abrir"), ESTADOS.values(), ids=ESTADOS)
def test_los_que_terminan_salen_de_la_fila_sin_mover_a_los_demas(envolver, abrir, rng):
    """Con un modelo que no sortea nada, cada columna sigue su propio hilo."""

    class Contador:
        def estado_inicial(self, B):
            return envolver(np.arange(B) % 5)

        def paso(self, indices, estado):
            faltan = abrir(estado)
            letra = np.where(faltan > 0, faltan + 1, 0)
            logitos = np.where(np.arange(9) == letra[:, None], 0.0, -1e9)
            return logitos, envolver(np.maximum(faltan - 1, 0))

    alfabeto = Vocabulario(["abcdefgh"])
    nombres = generar(Contador(), alfabeto, 10, rng)
    assert nombres == ["", "b", "cb", "dcb", "edcb"] * 2
    con_prefijo = generar(Contador(), alfabeto, 5, rng, prefijo="hh")  # la lee como dos
    assert con_prefijo == ["hh", "hh", "hh", "hhb", "hhcb"]


def test_el_prefijo_se_normaliza_y_no_acepta_renglones(vocabulario, rng):
    red = RNN(len(vocabulario), 4, rng)
    descompuesto = "A\u0301"
    assert generar(red, vocabulario, 1, rng, prefijo=descompuesto)[0].startswith("Á")
    with pytest.raises(ValueError, match="de un renglón"):
        generar(red, vocabulario, 1, rng, prefijo="San\nJuan")


def test_muy_fria_escoge_siempre_lo_mas_probable(rng):
    logitos = np.tile(np.array([0.0, 30.0, 29.9], np.float32), (200, 1))
    assert set(sortear(logitos, rng, 1e-39)) == {1}
