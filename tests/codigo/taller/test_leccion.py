"""Estudiar distribuciones: la pérdida de las redes rápidas contra q, y lo que dicen las tablas."""

from pathlib import Path

import numpy as np
import pytest

from codigo.alumna import Alumna, dictar
from codigo.corrida import Receta
from codigo.gradiente import comprobar
from codigo.gru import GRU
from codigo.lotes import hacer_lote
from codigo.ngramas import WittenBell
from codigo.taller.leccion import SEMILLAS, casos
from codigo.taller.tablas import huella_de_datos, leer_filas
from codigo.veloz import LSTMVeloz, RNNVeloz
from tests.conftest import RAIZ

RAPIDAS = (RNNVeloz, LSTMVeloz, GRU)


@pytest.mark.parametrize("clase", RAPIDAS)
def test_el_gradiente_contra_distribuciones_es_el_numerico(clase, vocabulario, rng):
    V = len(vocabulario)
    lote = hacer_lote(["Ucú", "Tepic", "Peto"], vocabulario)
    esperadas = rng.dirichlet(np.full(V, 0.1), size=lote.objetivos.shape)
    red = clase(V, 6, rng, np.float64, 0.3)
    contra = lote._replace(objetivos=esperadas)
    errores = comprobar(red, contra, red.estado_inicial(3), rng, cuantas=60)
    assert max(errores.values()) < 1e-5


@pytest.mark.parametrize("clase", RAPIDAS)
def test_con_un_uno_en_la_letra_es_la_perdida_de_siempre(clase, vocabulario, rng):
    V = len(vocabulario)
    lote = hacer_lote(["Ucú", "Tepic"], vocabulario)
    red, hechas = clase(V, 6, rng, np.float64, 0.3), []
    for objetivos in (lote.objetivos, np.eye(V)[lote.objetivos]):
        perdida, gradientes, _ = red.perdida_y_gradientes(
            lote.entradas, objetivos, red.estado_inicial(2), lote.mascara
        )
        hechas.append((perdida, {n: g.copy() for n, g in gradientes.items()}))
    (letra, suyos), (uno, otros) = hechas
    assert letra == uno
    assert all((suyos[n] == otros[n]).all() for n in suyos)


def test_una_alumna_aprende_de_lo_que_se_espera(particion, vocabulario):
    bigrama = WittenBell(2, particion.entrenamiento, vocabulario)
    leccion = dictar(bigrama, particion.entrenamiento[:40], vocabulario)
    chica = Receta("rnn", H=8, B=4, epocas=2, apagar_salida=0, apagar_recurrente=0)
    alumna = Alumna(chica, leccion, particion.validacion[:10], vocabulario)
    alumna.epoca()
    alumna.epoca()
    assert alumna.entrenadas[1] < alumna.entrenadas[0]


@pytest.mark.parametrize("cuales", ["grandes", "chicas", "testigos"])
def test_cada_tabla_trae_todos_sus_casos_una_vez_y_con_un_solo_codigo(cuales):
    filas = leer_filas(RAIZ / f"data/alumnas-{cuales}.csv")
    debidos = [
        (receta.modelo, str(cuantos), que, str(semilla))
        for receta, cuantos, que in casos(cuales)
        for semilla in SEMILLAS
    ]
    quienes = [(f["modelo"], f["nombres"], f["que"], f["semilla"]) for f in filas]
    assert sorted(quienes) == sorted(debidos)
    assert len({fila["codigo"] for fila in filas}) == 1
    con_cual = {fila["datos"] for fila in filas}
    assert con_cual == {huella_de_datos(Path(RAIZ / "data/municipios.txt"))}
