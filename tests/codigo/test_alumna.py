"""La alumna: la lección, y lo que no se le enseña."""

import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.alumna import Alumna, dictar, inventar_leccion, sin_terminar
from codigo.corrida import Corrida, Receta
from codigo.evaluacion import clasificar
from codigo.ngramas import WittenBell

CHICA = Receta("rnn", H=8, B=4, epocas=2, apagar_salida=0, apagar_recurrente=0)


@pytest.fixture
def bigrama(particion, vocabulario):
    return WittenBell(2, particion.entrenamiento, vocabulario)


def test_dicta_lo_que_la_maestra_espera_en_cada_lugar(bigrama, vocabulario):
    leccion = dictar(bigrama, ["Peto", "Ixil", "Ucú", "Peto"], vocabulario)
    assert set(leccion) == {"Peto", "Ixil", "Ucú"}
    estado = bigrama.estado_inicial(1)
    for letra, dicho in zip([0, *vocabulario.codificar("Ucú")], leccion["Ucú"]):
        logitos, estado = bigrama.paso(np.array([letra]), estado)
        np.testing.assert_allclose(dicho, np.exp(log_softmax(logitos[0])), atol=1e-3)
    assert leccion["Ucú"].shape == (4, len(vocabulario))


def test_no_se_espera_el_fin_donde_termina_un_estudiado(bigrama, vocabulario):
    antes = dictar(bigrama, ["Tepicapan"], vocabulario)["Tepicapan"].copy()
    leccion = {"Tepicapan": antes.copy()}
    sin_terminar(leccion, ["Tepic", "Peto"])
    ahora = leccion["Tepicapan"].astype(float)
    assert antes[5, 0] > 0 and ahora[5, 0] == 0
    assert ahora[5].sum() == pytest.approx(1, abs=2e-3)
    otros = np.arange(10) != 5
    assert (leccion["Tepicapan"][otros] == antes[otros]).all()


def test_en_la_leccion_no_hay_copias(bigrama, vocabulario, particion):
    estudiados = [*particion.entrenamiento, "Sala"]
    azar = np.random.default_rng(0)
    leccion = inventar_leccion(bigrama, vocabulario, 3000, estudiados, azar)
    assert 2000 < len(leccion) <= 3000
    assert set(clasificar(leccion, estudiados, ())) == {"nuevo"}


def test_la_alumna_estudia_lo_que_se_espera_y_no_la_letra(bigrama, vocabulario):
    escritos = ["Ixil", "Peto", "Ucú", "Tepic", "Abalá"]
    leccion = dictar(bigrama, escritos, vocabulario)
    alumna = Alumna(CHICA, leccion, escritos, vocabulario)
    de_letras = Corrida(CHICA, list(leccion), escritos, vocabulario)
    for suyo, otro in zip(alumna._lotes(), de_letras._lotes()):
        assert (suyo.entradas == otro.entradas).all()
        for b, letras in enumerate(otro.objetivos.T):
            nombre = vocabulario.decodificar(letras)
            dicho = suyo.objetivos[: len(nombre) + 1, b]
            assert (dicho == leccion[nombre]).all()
            assert not suyo.objetivos[len(nombre) + 1 :, b].any()
