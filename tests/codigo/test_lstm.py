import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codigo.lstm
from codigo import pizarron_lstm
from codigo.activaciones import log_softmax, sigmoide
from codigo.gradiente import comprobar, sabotear
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM, activar
from tests.codigo.test_rnn import con_sesgos, leer_en_el_pizarron, lote_al_azar


def test_la_sigmoide_no_se_desborda():
    z = np.array([-1e4, -2.0, 0.0, 2.0, 1e4])
    assert sigmoide(z) == pytest.approx(
        [0, 1 / (1 + np.e**2), 0.5, 1 / (1 + np.e**-2), 1]
    )


def test_las_compuertas_van_en_el_orden_del_contrato():
    z = np.array([[10.0, -10.0, 0.0, 2.0]])
    assert activar(z)[:, 0, 0] == pytest.approx([1, 0, 0.5, np.tanh(2)], abs=1e-4)


def test_nace_con_la_forma_y_el_tamano_de_su_contrato(rng):
    red = LSTM(70, 50, rng)
    p = red.parametros
    formas = {
        "Wx": (70, 200),
        "Wh": (50, 200),
        "b": (200,),
        "Why": (50, 70),
        "by": (70,),
    }
    assert [(n, peso.shape) for n, peso in p.items()] == list(formas.items())
    assert tuple(formas) == LSTM.NOMBRES
    for nombre in ("Wx", "Wh", "Why"):
        assert p[nombre].dtype == float
        assert p[nombre].std() == pytest.approx(0.01, rel=0.05)
    assert not p["by"].any() and not red.estado_inicial(3).any()
    assert red.estado_inicial(3).shape == (2, 3, 50)


@pytest.mark.parametrize(("pedido", "sesgo"), [({}, 1.0), ({"olvido": 1.5}, 1.5)])
def test_nace_con_el_olvido_abierto(pedido, sesgo, rng):
    b = LSTM(7, 5, rng, **pedido).parametros["b"]
    assert b.tolist() == [0] * 5 + [sesgo] * 5 + [0] * 10


def test_trabaja_en_la_precision_que_se_le_pide(rng):
    red, lote = LSTM(6, 5, rng, dtype=np.float32), lote_al_azar(rng, 4, 3, 6)
    mascara = lote.mascara.astype(np.float32)
    perdida, gradientes, estado = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, red.estado_inicial(3), mascara
    )
    assert type(perdida) is float
    assert {a.dtype for a in (*gradientes.values(), estado)} == {np.dtype(np.float32)}


def test_un_paso_hace_la_cuenta_de_sus_ecuaciones(rng):
    red = con_sesgos(LSTM(4, 1, rng, escala=1.0))
    p, (h, c) = red.parametros, (0.3, -0.7)
    z = p["Wx"][2] + h * p["Wh"][0] + p["b"]
    i, f, o = 1 / (1 + np.exp(-z[:3]))
    nueva = f * c + i * np.tanh(z[3])
    logitos, estado = red.paso(np.array([2]), np.array([[[h]], [[c]]]))
    assert estado.ravel() == pytest.approx([o * np.tanh(nueva), nueva])
    assert logitos[0] == pytest.approx(o * np.tanh(nueva) * p["Why"][0] + p["by"])


@given(
    T=st.integers(1, 7),
    B=st.integers(1, 4),
    H=st.integers(1, 6),
    semilla=st.integers(0, 9999),
)
def test_el_lote_calcula_lo_mismo_que_el_pizarron(T, B, H, semilla):
    rng = np.random.default_rng(semilla)
    red, lote = con_sesgos(LSTM(6, H, rng, escala=0.5)), lote_al_azar(rng, T, B, 6)
    estado = rng.normal(size=(2, B, H))
    perdida, gradientes, final = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, lote.mascara
    )
    total, suma, lecturas = leer_en_el_pizarron(pizarron_lstm, red, lote, estado)
    for b, (estados, celdas, probabilidades) in enumerate(lecturas):
        largo = len(probabilidades)
        assert largo == lote.mascara[:, b].sum()
        assert np.sum(probabilidades) == pytest.approx(largo)
        if largo == T:
            assert np.abs(final[:, b] - [estados[-1], celdas[-1]]).max() < 1e-12
    assert perdida == pytest.approx(total, abs=1e-12)
    assert all(np.abs(g - suma[n]).max() < 1e-12 for n, g in gradientes.items())


@settings(max_examples=25)
@given(
    T=st.integers(1, 6),
    B=st.integers(1, 4),
    H=st.integers(1, 6),
    semilla=st.integers(0, 9999),
)
def test_el_gradiente_analitico_coincide_con_el_numerico(T, B, H, semilla):
    rng = np.random.default_rng(semilla)
    red, lote = con_sesgos(LSTM(6, H, rng, escala=0.5)), lote_al_azar(rng, T, B, 6)
    errores = comprobar(red, lote, rng.normal(size=(2, B, H)), rng, cuantas=12)
    assert max(errores.values()) < 1e-6


def test_la_comprobacion_muerde(rng):
    mala = sabotear(codigo.lstm, "dc * f\n", "0 * dc\n").LSTM(6, 5, rng, escala=0.5)
    errores = comprobar(
        mala, lote_al_azar(rng, 6, 3, 6), rng.normal(size=(2, 3, 5)), rng
    )
    assert max(errores.values()) > 1e-3


def test_el_lote_es_la_suma_de_los_nombres_sueltos(vocabulario, rng):
    red = LSTM(len(vocabulario), 9, rng, escala=0.4)
    nombres = ["Ucú", "San Juan Ñumí", "Parral"]

    def leer(lista):
        lote = hacer_lote(lista, vocabulario)
        estado = red.estado_inicial(len(lista))
        return red.perdida_y_gradientes(
            lote.entradas, lote.objetivos, estado, lote.mascara
        )

    juntos, sueltos = leer(nombres), [leer([nombre]) for nombre in nombres]
    assert juntos[0] == pytest.approx(sum(s[0] for s in sueltos), abs=1e-10)
    for clave, g in juntos[1].items():
        assert np.abs(g - sum(s[1][clave] for s in sueltos)).max() < 1e-12


def test_leer_de_corrido_es_leer_paso_a_paso(rng):
    red, lote = con_sesgos(LSTM(6, 5, rng, escala=0.5)), lote_al_azar(rng, 8, 3, 6)
    estado = inicial = rng.normal(size=(2, 3, 5))
    suma = 0.0
    for x, objetivo, mascara in zip(lote.entradas, lote.objetivos, lote.mascara):
        logitos, estado = red.paso(x, estado)
        suma -= (log_softmax(logitos)[np.arange(3), objetivo] * mascara).sum()
    perdida, _, final = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, inicial, lote.mascara
    )
    assert perdida == pytest.approx(suma, abs=1e-10)
    assert np.abs(final - estado).max() < 1e-12


def test_lo_que_se_guarda_es_lo_que_se_carga(tmp_path, rng):
    red = LSTM(9, 4, rng)
    red.guardar(tmp_path / "red.npz")
    otra = LSTM.cargar(tmp_path / "red.npz")
    assert all((otra.parametros[n] == p).all() for n, p in red.parametros.items())
