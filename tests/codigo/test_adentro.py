import numpy as np
import pytest

from codigo.adentro import (
    RASGOS,
    a_quien_le_importa,
    explica,
    explican_juntas,
    memoria,
    rasgos,
)
from codigo.lstm import LSTM
from codigo.rnn import RNN


@pytest.fixture(params=[RNN, LSTM])
def red(request, vocabulario, rng):
    return request.param(len(vocabulario), 12, rng, escala=0.5)


def test_hay_una_medida_por_letra_y_en_el_mismo_orden(red, vocabulario):
    nombres = ["San Blas", "Ucú", "Villa de Arista"]
    juntas = memoria(red, nombres, vocabulario)
    assert len(juntas) == sum(map(len, nombres))
    assert all(len(valores) == len(juntas) for valores in rasgos(nombres).values())
    de_uno_en_uno = [memoria(red, [nombre], vocabulario) for nombre in nombres]
    np.testing.assert_allclose(juntas, np.concatenate(de_uno_en_uno), atol=1e-12)


def test_los_rasgos_son_los_que_dicen():
    valores = {rasgo: lista.tolist() for rasgo, lista in rasgos(["San de"]).items()}
    assert set(valores) == set(RASGOS)
    assert valores["cuántas letras lleva la palabra"] == [1, 2, 3, 0, 1, 2]
    assert valores["cuántas palabras van"] == [0, 0, 0, 1, 1, 1]
    assert valores["ya pasó un San o una Santa"] == [0, 0, 0, 1, 1, 1]
    assert valores["la palabra acaba aquí"] == [0, 0, 1, 0, 0, 1]
    assert valores["sigue una vocal"] == [1, 0, 0, 0, 1, 0]


def test_el_de_se_ve_venir_desde_la_ultima_letra():
    valores = rasgos(["Ojo de Sol", "Ojo duro"])["sigue un «de»"].tolist()
    assert valores == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0] + [0] * 8


def test_una_unidad_que_copia_el_rasgo_lo_explica_todo_y_el_ruido_nada(rng):
    rasgo = rng.normal(size=5000)
    guardado = np.stack([-3 * rasgo + 1, rng.normal(size=5000), np.zeros(5000)], axis=1)
    de_cada_una = explica(guardado, rasgo)
    assert de_cada_una[0] == pytest.approx(1)
    assert de_cada_una[1] < 0.01
    assert de_cada_una[2] == 0


def test_juntas_explican_lo_que_ninguna_explica_sola(rng):
    unidades = rng.normal(size=(6000, 20))
    rasgo = unidades.sum(axis=1)
    assert explica(unidades, rasgo).max() < 0.1
    mitad = (unidades[:3000], rasgo[:3000], unidades[3000:], rasgo[3000:])
    assert explican_juntas(*mitad) > 0.99


def test_a_nadie_le_importa_lo_que_no_ha_leido(red, vocabulario):
    normas = a_quien_le_importa(red, "Ixtapa", vocabulario)
    assert normas.shape == (7, 7)
    assert np.isnan(normas[np.triu_indices(7, 1)]).all()
    assert (normas[np.tril_indices(7)] > 0).all()
