import numpy as np
import pytest

import codigo.rnn
from codigo.gradiente import comprobar, diferencias_centrales, error_relativo, sabotear
from codigo.lotes import hacer_lote
from codigo.rnn import RNN


@pytest.fixture
def caso(vocabulario):
    """Nombres de largos distintos, con máscara y un estado inicial que no es cero."""
    rng = np.random.default_rng(11)
    red = RNN(len(vocabulario), 12, rng, escala=0.3)
    lote = hacer_lote(["Ucú", "Pátzcuaro", "San Juan Ñumí", "Parral"], vocabulario)
    return red, lote, rng.normal(size=(4, 12)), rng


def test_el_gradiente_analitico_coincide_con_el_numerico(caso):
    errores = comprobar(*caso, cuantas=10_000)
    assert set(errores) == {"Wxh", "Whh", "bh", "Why", "by"}
    assert max(errores.values()) < 1e-6


def test_la_comprobacion_deja_los_pesos_como_estaban(caso):
    red = caso[0]
    antes = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    comprobar(*caso)
    assert all((antes[n] == p).all() for n, p in red.parametros.items())


def test_las_diferencias_centrales_derivan_una_funcion_conocida():
    class Cubo:
        parametros = {"x": np.array([1.0, 2.0, -3.0])}

        def perdida_y_gradientes(self, *_):
            return float((self.parametros["x"] ** 3).sum()), {}, None

    lote = hacer_lote(["a"], codigo.datos.Vocabulario(["a"]))
    derivadas = diferencias_centrales(Cubo(), lote, None, "x", [0, 1, 2])
    assert derivadas == pytest.approx([3, 12, 27], rel=1e-8)


def test_el_error_relativo_va_de_cero_a_uno():
    g = np.array([3.0, -4.0])
    assert error_relativo(g, g) == 0
    assert error_relativo(g, -g) == pytest.approx(1)
    assert error_relativo(g, np.zeros(2)) == pytest.approx(1)
    assert error_relativo(np.zeros(2), np.zeros(2)) == 0


@pytest.mark.parametrize(
    ("antes", "despues"),
    [
        ("(dh_salida[t] + futuro)", "dh_salida[t]"),
        ("objetivos] -= 1", "objetivos] += 1"),
        (".T\n", "\n"),
    ],
)
def test_la_comprobacion_atrapa_un_error_plantado(caso, vocabulario, antes, despues):
    if antes == ".T\n":
        antes, despues = "dz[t] @ recurrente.T", "dz[t] @ recurrente"
    modulo = sabotear(codigo.rnn, antes, despues)
    rng = np.random.default_rng(11)
    red = modulo.RNN(len(vocabulario), 12, rng, escala=0.3)
    assert max(comprobar(red, *caso[1:]).values()) > 1e-3


def test_no_se_sabotea_lo_que_no_esta_una_sola_vez():
    with pytest.raises(ValueError, match="aparece 0 veces"):
        sabotear(codigo.rnn, "esto no está", "")
    with pytest.raises(ValueError, match=r"veces en codigo\.rnn"):
        sabotear(codigo.rnn, "np.", "numpy.")
