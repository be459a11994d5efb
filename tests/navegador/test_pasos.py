"""Paso a paso: que el regreso del navegador sea el de NumPy, y que la figura se deje manejar."""

import numpy as np
import pytest

import codigo.lstm
import codigo.pizarron
from codigo.gradiente import sabotear
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.rnn import RNN
from codigo.taller.navegador import empacar
from tests.conftest import RAIZ

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

NOMBRES = ["Ixil", "San Juan Ñumí", "Parangaricutiro"]
MODULOS = {"RNN": codigo.pizarron, "LSTM": codigo.lstm}
REGRESO = """([paquete, letras, error]) => {
  const red = Redes.leer(paquete), pasos = Retroceso.leer(red, letras);
  const ultimo = [...Retroceso.volver(red, pasos, error)].at(-1);
  const g = Object.entries(ultimo.g).map(([nombre, suyo]) => [nombre, [...suyo]]);
  return [pasos.reduce((suma, { sorpresa }) => suma + sorpresa, 0), Object.fromEntries(g)];
}"""


@pytest.fixture
def taller(navegador):
    pagina = navegador.new_page()
    pagina.set_content("<!doctype html><title>prueba</title>")
    for guion in ("redes", "retroceso"):
        pagina.add_script_tag(path=RAIZ / f"codigo/{guion}.js")
    yield pagina
    pagina.close()


def de_numpy(modulo, pesos, nombre, vocabulario):
    """La pérdida y los gradientes de un nombre, con el pizarrón o con la LSTM de un módulo."""
    lote = hacer_lote([nombre], vocabulario)
    entradas, objetivos = lote.entradas[:, 0], lote.objetivos[:, 0]
    if hasattr(modulo, "LSTM"):
        red = modulo.LSTM.con(pesos)
        return red.perdida_y_gradientes(
            lote.entradas, lote.objetivos, red.estado_inicial(1), lote.mascara
        )[:2]
    h = np.zeros(len(pesos["bh"]))
    perdida, *leido = modulo.adelante(pesos, entradas, objetivos, h)
    return perdida, modulo.atras(pesos, entradas, objetivos, *leido)


@pytest.mark.parametrize("clase", [RNN, LSTM])
def test_el_regreso_es_el_de_numpy_sano_y_con_cada_error(
    taller, clase, vocabulario, rng
):
    red = clase(len(vocabulario), 8, rng, np.float32, escala=0.5)
    pesos = {n: p.astype(np.float64) for n, p in red.parametros.items()}
    paquete, modulo = empacar(red, vocabulario, np.float32), MODULOS[clase.__name__]
    errores = taller.evaluate("tipo => Retroceso.ERRORES[tipo]", clase.__name__)
    casos = {"": modulo} | {
        e: sabotear(modulo, *dado["cambia"]) for e, dado in errores.items()
    }
    assert len(casos) == 4
    sanos = {}
    for error, suyo in casos.items():
        for nombre in NOMBRES:
            letras = vocabulario.codificar(nombre).tolist()
            perdida, gradientes = taller.evaluate(REGRESO, [paquete, letras, error])
            debida, debidos = de_numpy(suyo, pesos, nombre, vocabulario)
            assert abs(perdida - debida) < 1e-6
            suyos = np.concatenate([gradientes[n] for n in pesos])
            todos = np.concatenate([debidos[n].ravel() for n in pesos])
            assert np.abs(suyos - todos).max() < 1e-6
            print(clase.__name__, error, nombre, abs(perdida - debida), np.abs(suyos - todos).max())
            sanos.setdefault(nombre, todos)
            assert not error or np.abs(todos - sanos[nombre]).max() > 1e-3
