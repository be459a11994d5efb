"""Las redes rápidas calculan lo mismo que las legibles, y que PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codigo.gradiente import comprobar
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.regularizacion import Apagado, Apagador
from codigo.rnn import RNN
from codigo.veloz import (
    LSTMVeloz,
    Mesa,
    RNNVeloz,
    gradiente_de_pesos,
    rebanadas,
    rebanar,
    sumar_por_letra,
)
from tests.codigo.test_rnn import lote_al_azar

PAREJAS = [(RNN, RNNVeloz), (LSTM, LSTMVeloz)]
parejas = pytest.mark.parametrize(("legible", "veloz"), PAREJAS, ids=["rnn", "lstm"])


def leer(red, lote, estado, **opciones):
    pedido = lote.entradas, lote.objetivos, estado, lote.mascara
    perdida, g, final = red.perdida_y_gradientes(*pedido, **opciones)
    return perdida, {n: arreglo.copy() for n, arreglo in g.items()}, final


def diferencia(una, otra):
    de_gradientes = [np.abs(una[1][n] - otra[1][n]).max() for n in una[1]]
    return max(abs(una[0] - otra[0]), *de_gradientes, np.abs(una[2] - otra[2]).max())


@parejas
@settings(max_examples=80)
@given(
    T=st.integers(1, 9),
    B=st.integers(1, 9),
    V=st.integers(2, 40),
    H=st.integers(1, 40),
    semilla=st.integers(0, 10_000),
    empiezan=st.booleans(),
)
def test_la_rapida_calcula_lo_mismo_que_la_legible(
    legible, veloz, T, B, V, H, semilla, empiezan
):
    rng = np.random.default_rng(semilla)
    red = legible(V, H, rng, escala=0.5)
    lote, estado = lote_al_azar(rng, T, B, V), red.estado_inicial(B)
    if not empiezan:  # el estado viene de antes
        estado = rng.normal(size=estado.shape)
    assert (
        diferencia(
            leer(red, lote, estado), leer(veloz.con(red.parametros), lote, estado)
        )
        < 1e-10
    )


@parejas
@pytest.mark.parametrize(("B", "H"), [(64, 128), (32, 256), (64, 256)])
def test_tambien_cuando_los_productos_van_en_rebanadas(legible, veloz, B, H, rng):
    assert rebanadas(B, H, H) > 1
    red, lote = legible(20, H, rng, escala=H**-0.5), lote_al_azar(rng, 3, B, 20)
    estado = rng.normal(size=red.estado_inicial(B).shape)
    assert (
        diferencia(
            leer(red, lote, estado), leer(veloz.con(red.parametros), lote, estado)
        )
        < 1e-10
    )


@parejas
def test_la_mesa_no_arrastra_nada_de_una_llamada_a_otra(legible, veloz, rng):
    red = legible(11, 8, rng, escala=0.5)
    rapida = veloz.con(red.parametros)
    for T, B in ((9, 6), (2, 3), (1, 1), (9, 6), (4, 9)):
        lote = lote_al_azar(rng, T, B, 11)
        estado = rng.normal(size=red.estado_inicial(B).shape)
        assert diferencia(leer(red, lote, estado), leer(rapida, lote, estado)) < 1e-10


@parejas
def test_el_estado_pasa_de_una_llamada_a_la_siguiente(legible, veloz, rng):
    red = legible(11, 8, rng, escala=0.5)
    rapida, lote = veloz.con(red.parametros), lote_al_azar(rng, 10, 3, 11)
    entera, _, final = leer(red, lote, red.estado_inicial(3))
    estado, suma = rapida.estado_inicial(3), 0.0
    for corte in (slice(0, 1), slice(1, 6), slice(6, None)):
        parte = lote._replace(
            entradas=lote.entradas[corte],
            objetivos=lote.objetivos[corte],
            mascara=lote.mascara[corte],
        )
        perdida, _, estado = leer(rapida, parte, estado)
        suma += perdida
    assert suma == pytest.approx(entera, abs=1e-10)
    assert np.abs(estado - final).max() < 1e-12


@parejas
def test_nombres_de_una_letra(legible, veloz, vocabulario, rng):
    red, lote = legible(len(vocabulario), 6, rng), hacer_lote(["U", "I"], vocabulario)
    estado = red.estado_inicial(2)
    assert (
        diferencia(
            leer(red, lote, estado), leer(veloz.con(red.parametros), lote, estado)
        )
        < 1e-10
    )


@parejas
def test_en_32_bits_se_parece_y_no_se_desborda(legible, veloz, rng):
    red, lote = legible(30, 20, rng, escala=0.4), lote_al_azar(rng, 12, 5, 30)
    pesos = {n: p.astype(np.float32) for n, p in red.parametros.items()}
    estado = red.estado_inicial(5)
    una, otra = (
        leer(red, lote, estado),
        leer(veloz.con(pesos), lote, estado.astype(np.float32)),
    )
    assert otra[1]["by"].dtype == otra[2].dtype == np.float32
    assert diferencia(una, otra) < 1e-3
    pesos["by"] = pesos["by"] + np.linspace(-200, 200, 30, dtype=np.float32)
    perdida, g, _ = leer(veloz.con(pesos), lote, estado.astype(np.float32))
    assert np.isfinite(perdida) and all(np.isfinite(a).all() for a in g.values())


@parejas
def test_el_gradiente_con_apagado_coincide_con_el_numerico(legible, veloz, rng):
    apagador = Apagador(veloz(9, 7, rng, np.float64, 0.4), (0.3, 0.4, 0.5), rng)
    fijo = apagador.sortear(4)
    apagador.sortear = lambda B: fijo
    estado = rng.normal(size=apagador.estado_inicial(4).shape)
    errores = comprobar(apagador, lote_al_azar(rng, 8, 4, 9), estado, rng, cuantas=40)
    assert max(errores.values()) < 1e-6


@parejas
@settings(max_examples=25)
@given(
    T=st.integers(1, 6),
    B=st.integers(1, 4),
    H=st.integers(1, 6),
    semilla=st.integers(0, 9999),
)
def test_apagar_es_leer_cada_nombre_con_otra_red(legible, veloz, T, B, H, semilla):
    rng = np.random.default_rng(semilla)
    red, lote = veloz(6, H, rng, np.float64, 0.5), lote_al_azar(rng, T, B, 6)
    entra, recurre, _, sale, _ = red.NOMBRES
    apagado = Apagador(red, (0.4, 0.4, 0.4), rng).sortear(B)
    estado = rng.normal(size=red.estado_inicial(B).shape)
    perdida, g, _ = leer(red, lote, estado, apagado=apagado)
    suma, total = {n: np.zeros_like(p) for n, p in g.items()}, 0.0
    for b in range(B):
        veces = red.parametros[recurre].shape[1] // H
        factores = {
            entra: np.tile(apagado.entrada[b], veces)[None],
            recurre: apagado.recurrente,
            sale: apagado.salida[b][:, None],
        }
        otra = legible.con(
            {n: p * factores.get(n, 1) for n, p in red.parametros.items()}
        )
        uno = lote._replace(
            entradas=lote.entradas[:, [b]],
            objetivos=lote.objetivos[:, [b]],
            mascara=lote.mascara[:, [b]],
        )
        una, suyo, _ = leer(otra, uno, estado[..., [b], :])
        total += una
        for n in suma:
            suma[n] += suyo[n] * factores.get(n, 1)
    assert perdida == pytest.approx(total, abs=1e-10)
    assert max(np.abs(suma[n] - g[n]).max() for n in g) < 1e-10


@parejas
def test_apagar_nada_no_cambia_nada(legible, veloz, rng):
    red, lote = veloz(9, 7, rng, np.float64, 0.4), lote_al_azar(rng, 8, 4, 9)
    unos = Apagado(
        np.ones((4, 7)), np.ones((4, 7)), np.ones_like(red.parametros[red.NOMBRES[1]])
    )
    estado = red.estado_inicial(4)
    assert (
        diferencia(leer(red, lote, estado), leer(red, lote, estado, apagado=unos))
        < 1e-10
    )


def test_la_mesa_presta_y_recupera():
    mesa = Mesa(np.float32)
    grande = mesa("a", 4, 5)
    grande[...] = 7
    chica = mesa("a", 2, 3)
    assert np.shares_memory(grande, chica) and chica.dtype == np.float32
    assert not np.shares_memory(mesa("b", 2), chica)
    assert mesa("a", 30).shape == (30,)
    assert mesa("a", 30).ctypes.data % 64 == mesa("b", 2).ctypes.data % 64 == 0
    assert mesa.unos(3).tolist() == [1, 1, 1]


def test_rebanar_no_cambia_el_producto(rng):
    W, x = rng.normal(size=(256, 256)), rng.normal(size=(32, 256))
    partes = rebanar(Mesa(np.float64), "W", W, 32)
    assert len(partes) == 4
    assert np.abs(np.concatenate(list(x @ partes), axis=1) - x @ W).max() < 1e-10


@pytest.mark.parametrize("planos", [(), (4,)], ids=["simple", "por planos"])
@pytest.mark.parametrize(
    ("n", "K", "N"), [(0, 8, 5), (7, 8, 5), (800, 128, 128), (1600, 128, 67), (1609, 64, 96)]
)  # fmt: skip
def test_el_gradiente_de_los_pesos_es_el_mismo_producto_cortado(n, K, N, planos, rng):
    h, dz = rng.normal(size=(n, K)), rng.normal(size=(*planos, n, N))
    dW = np.empty((K, *planos, N))
    gradiente_de_pesos(Mesa(np.float64), h, dz, np.moveaxis(dW, 0, -2))
    assert np.abs(np.moveaxis(dW, 0, -2) - h.T @ dz).max() < 1e-10


def test_sumar_por_letra_es_sumar_de_uno_en_uno(rng):
    letras, dz = rng.integers(9, size=50), rng.normal(size=(4, 50, 3))
    suma, esperada = rng.normal(size=(12, 4, 3)), np.zeros((12, 4, 3))
    np.add.at(esperada, letras, dz.transpose(1, 0, 2))
    sumar_por_letra(Mesa(np.float64), letras, dz, suma)
    assert np.abs(suma - esperada).max() < 1e-12


@parejas
def test_el_paso_en_su_lugar_es_el_de_la_legible(legible, veloz, rng):
    red = legible(11, 8, rng, escala=0.5)
    rapida, letras = veloz.con(red.parametros), rng.integers(11, size=6)
    uno = otro = rng.normal(size=red.estado_inicial(6).shape)
    for _ in range(3):
        logitos, uno = red.paso(letras, uno)
        suyos, otro = rapida.paso(letras, otro)
        assert (
            np.abs(logitos - suyos).max() < 1e-12 and np.abs(uno - otro).max() < 1e-12
        )


@parejas
def test_el_estado_final_no_lo_pisa_la_siguiente_llamada(legible, veloz, rng):
    red, lote = veloz(11, 8, rng, np.float64, 0.5), lote_al_azar(rng, 6, 3, 11)
    _, _, final = leer(red, lote, red.estado_inicial(3))
    copia = final.copy()
    leer(red, lote_al_azar(rng, 6, 3, 11), final)
    assert (final == copia).all()


@parejas
def test_logitos_muy_negativos_tampoco_se_desbordan(legible, veloz, rng):
    red, lote = veloz(5, 4, rng), lote_al_azar(rng, 4, 2, 5)
    red.parametros["by"] -= 300
    perdida, g, _ = leer(red, lote, red.estado_inicial(2))
    assert np.isfinite(perdida) and all(np.isfinite(a).all() for a in g.values())


# --- Paridad con PyTorch


@parejas
def test_los_mismos_pesos_dan_lo_mismo_que_en_pytorch(legible, veloz, torch, rng):
    red = legible(13, 9, rng, escala=0.4)
    p = {n: torch.tensor(a, requires_grad=True) for n, a in red.parametros.items()}
    T, B = 7, 4
    x, y = rng.integers(13, size=(2, T, B))
    estado = rng.normal(size=red.estado_inicial(B).shape)
    logitos, hojas = (_de_lstm if legible is LSTM else _de_rnn)(torch, p, x, estado)
    perdida = torch.nn.functional.cross_entropy(
        logitos.reshape(-1, 13), torch.tensor(y).reshape(-1), reduction="sum"
    )
    perdida.backward()
    suya = perdida.item()
    paso_a_paso, actual = [], estado
    for letras in x:
        suyos, actual = red.paso(letras, actual)
        paso_a_paso.append(suyos)
    assert np.abs(np.array(paso_a_paso) - logitos.detach().numpy()).max() < 1e-5
    for modelo in (red, veloz.con(red.parametros)):
        nuestra, g, _ = modelo.perdida_y_gradientes(x, y, estado, np.ones((T, B)))
        assert nuestra == pytest.approx(suya, abs=1e-5)
        for nombre, arreglo in hojas().items():
            assert np.abs(g[nombre] - arreglo).max() < 1e-5, nombre


def _cargar(torch, celda, x, Wx, Wh, b):
    """Pone nuestros pesos en una celda de PyTorch, cuyas matrices van transpuestas."""
    with torch.no_grad():
        celda.weight_ih_l0.copy_(Wx.T)
        celda.weight_hh_l0.copy_(Wh.T)
        celda.bias_ih_l0.copy_(b)
        celda.bias_hh_l0.zero_()
    return torch.nn.functional.one_hot(torch.tensor(x), 13).double()


def _de_rnn(torch, p, x, estado):
    celda = torch.nn.RNN(13, 9).double()
    entradas = _cargar(torch, celda, x, p["Wxh"], p["Whh"], p["bh"])
    h, _ = celda(entradas, torch.tensor(estado)[None])

    def hojas():
        return {
            "Wxh": celda.weight_ih_l0.grad.numpy().T,
            "Whh": celda.weight_hh_l0.grad.numpy().T,
            "bh": celda.bias_ih_l0.grad.numpy(),
            "Why": p["Why"].grad.numpy(),
            "by": p["by"].grad.numpy(),
        }

    return h @ p["Why"] + p["by"], hojas


def _de_lstm(torch, p, x, estado):
    orden = np.concatenate(
        [np.arange(9) + 9 * k for k in (0, 1, 3, 2)]
    )  # ellos: i, f, g, o
    celda = torch.nn.LSTM(13, 9).double()
    entradas = _cargar(
        torch, celda, x, p["Wx"][:, orden], p["Wh"][:, orden], p["b"][orden]
    )
    h, _ = celda(entradas, tuple(torch.tensor(estado)[:, None]))

    def hojas():
        return {
            "Wx": celda.weight_ih_l0.grad.numpy().T[:, orden],
            "Wh": celda.weight_hh_l0.grad.numpy().T[:, orden],
            "b": celda.bias_ih_l0.grad.numpy()[orden],
            "Why": p["Why"].grad.numpy(),
            "by": p["by"].grad.numpy(),
        }

    return h @ p["Why"] + p["by"], hojas
