import inspect
from itertools import islice

import numpy as np
import pytest

import codigo.rnn
from codigo.datos import Vocabulario
from codigo.entrenamiento import entrenar
from codigo.evaluacion import nats_por_simbolo
from codigo.gradiente import (
    comprobar,
    diferencias_centrales,
    entrenar_texto,
    error_relativo,
    sabotear,
)
from codigo.lotes import hacer_lote, lotes_por_epoca
from codigo.optimizadores import Adagrad
from codigo.rnn import RNN

NOMBRES = ["Ucú", "Pátzcuaro", "San Juan Ñumí", "Parral"]


@pytest.fixture
def caso():
    """Nombres de largos distintos, con máscara y un estado inicial que no es cero."""
    rng, vocabulario = np.random.default_rng(11), Vocabulario(NOMBRES)
    red = RNN(len(vocabulario), 9, rng, escala=0.3)
    return red, hacer_lote(NOMBRES, vocabulario), rng.normal(size=(4, 9)), rng


def test_el_gradiente_analitico_coincide_con_el_numerico(caso):
    errores = comprobar(*caso, cuantas=10_000)
    assert set(errores) == {"Wxh", "Whh", "bh", "Why", "by"}
    assert max(errores.values()) < 1e-6


def test_la_comprobacion_deja_los_pesos_como_estaban(caso):
    red = caso[0]
    antes = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    comprobar(*caso)
    assert all((antes[n] == p).all() for n, p in red.parametros.items())


class Cubos:
    """Suma cubos, recuerda con qué pesos y devuelve siempre el mismo arreglo, reescrito."""

    def __init__(self, *pesos):
        self.parametros = {"x": np.array(pesos)}
        self.vistos, self.g = [], np.zeros(np.shape(pesos))

    def perdida_y_gradientes(self, *_):
        x = self.parametros["x"]
        self.vistos.append(x.copy())
        self.g[...] = np.nan if self.vistos[1:] else 3 * x**2
        return float((x**3).sum()), {"x": self.g}, None


NADA = hacer_lote(["a"], Vocabulario(["a"]))


def test_las_diferencias_centrales_derivan_una_funcion_conocida():
    derivadas = diferencias_centrales(Cubos(1.0, 2.0, -3.0), NADA, None, "x", [0, 1, 2])
    assert isinstance(derivadas, np.ndarray)
    assert derivadas == pytest.approx([3, 12, 27], rel=1e-8)
    for delta in (1e-5, 1e-2):  # en cero, lo que se equivocan es delta al cuadrado
        pedido = {} if delta == 1e-5 else {"delta": delta}
        fallo = diferencias_centrales(Cubos(0.0), NADA, None, "x", [0], **pedido)
        assert fallo == pytest.approx(delta**2, rel=1e-6, abs=0)


@pytest.mark.parametrize(
    ("pedido", "cuantas", "delta"),
    [
        ({}, 50, 1e-5),
        ({"cuantas": 3, "delta": 1e-3}, 3, 1e-3),
        ({"cuantas": 99}, 60, 1e-5),
    ],
)
def test_comprobar_mueve_un_poco_cada_posicion_sorteada(pedido, cuantas, delta, rng):
    modelo = Cubos(*np.linspace(1, 2, 60).reshape(6, 10))
    error = comprobar(modelo, NADA, None, rng, **pedido)["x"]
    assert type(error) is float and 0 < error < 1e-6
    pasos = np.array(modelo.vistos[1:]).reshape(-1, 2, 60) - modelo.vistos[0].ravel()
    assert (np.count_nonzero(pasos, axis=2) == 1).all()
    posiciones = np.abs(pasos).argmax(axis=2)
    assert (posiciones[:, 0] == posiciones[:, 1]).all()
    assert len(set(posiciones[:, 0].tolist())) == len(pasos) == cuantas
    assert pasos.sum(axis=2) == pytest.approx(np.tile([delta, -delta], (cuantas, 1)))


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
def test_la_comprobacion_atrapa_un_error_plantado(caso, antes, despues):
    if antes == ".T\n":
        antes, despues = "dz[t] @ recurrente.T", "dz[t] @ recurrente"
    modulo = sabotear(codigo.rnn, antes, despues)
    rng = np.random.default_rng(11)
    red = modulo.RNN(len(Vocabulario(NOMBRES)), 9, rng, escala=0.3)
    assert max(comprobar(red, *caso[1:]).values()) > 1e-3


def test_no_se_sabotea_lo_que_no_esta_una_sola_vez():
    with pytest.raises(ValueError, match="aparece 0 veces"):
        sabotear(codigo.rnn, "esto no está", "")
    with pytest.raises(ValueError, match=r"veces en codigo\.rnn"):
        sabotear(codigo.rnn, "np.", "numpy.")


def test_no_se_comprueba_con_32_bits(caso, vocabulario, rng):
    red = codigo.rnn.RNN(len(vocabulario), 12, rng)
    red.parametros["bh"] = red.parametros["bh"].astype(np.float32)
    with pytest.raises(ValueError, match=r"«bh» está en float32.*float64.*redondeo"):
        comprobar(red, *caso[1:])


def test_la_red_de_un_texto_se_entrena_como_la_de_su_modulo(particion, vocabulario):
    estudiados, apartados = particion.entrenamiento[:40], particion.validacion[:9]
    simbolos = vocabulario.simbolos[1:]
    receta = {"clase": "RNN", "H": 6, "pasos": 3, "semilla": 5}
    dado = entrenar_texto(
        estudiados, apartados, simbolos, texto=inspect.getsource(codigo.rnn), **receta
    )
    rng = np.random.default_rng(5)
    red = RNN(len(vocabulario), 6, rng, escala=6**-0.5)
    fuente = lotes_por_epoca(estudiados, vocabulario, 32, rng)
    divisor = 32 * np.mean([len(nombre) + 1 for nombre in estudiados])
    for _ in islice(entrenar(red, fuente, Adagrad(0.05), divisor=divisor), 3):
        pass
    assert isinstance(dado["nats"], np.ndarray)
    assert dado == {"nats": nats_por_simbolo(red, apartados, vocabulario)}
