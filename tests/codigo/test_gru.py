"""Lo propio de la GRU; lo que cumple como cualquier red está en ``test_redes.py``."""

import numpy as np
import pytest

import codigo.gru
from codigo.gradiente import comprobar, sabotear
from codigo.gru import GRU
from tests.codigo.test_rnn import lote_al_azar


def test_los_parametros_nacen_con_su_forma_y_su_sesgo(rng):
    red = GRU(7, 5, rng, olvido=1.5)
    formas = {n: p.shape for n, p in red.parametros.items()}
    assert formas == {
        "Wx": (7, 15),
        "Wh": (5, 15),
        "b": (15,),
        "Why": (5, 7),
        "by": (7,),
    }
    assert red.parametros["b"].tolist() == [0] * 5 + [1.5] * 5 + [0] * 5


def test_si_conserva_todo_el_estado_pasa_intacto(rng):
    red, h = GRU(4, 3, rng, olvido=50.0), rng.normal(size=(2, 3))
    _, despues = red.paso(np.array([1, 2]), h)
    assert np.abs(despues - h).max() < 1e-12


def test_la_comprobacion_muerde(rng):
    mala = sabotear(codigo.gru, "dn * r]", "dn]").GRU(6, 5, rng, escala=0.5)
    lote = lote_al_azar(rng, 6, 3, 6)
    errores = comprobar(mala, lote, rng.normal(size=(3, 5)), rng)
    assert max(errores.values()) > 1e-3


def test_los_mismos_pesos_dan_lo_mismo_que_en_pytorch(torch, rng):
    red, (T, B) = GRU(13, 9, rng, escala=0.4), (7, 4)
    p = {n: torch.tensor(a, requires_grad=True) for n, a in red.parametros.items()}
    x, y = rng.integers(13, size=(2, T, B))
    estado = rng.normal(size=(B, 9))
    celda = torch.nn.GRU(13, 9).double()
    with torch.no_grad():
        celda.weight_ih_l0.copy_(p["Wx"].T)
        celda.weight_hh_l0.copy_(p["Wh"].T)
        celda.bias_ih_l0.copy_(p["b"])
        celda.bias_hh_l0.zero_()
    unos = torch.nn.functional.one_hot(torch.tensor(x), 13).double()
    logitos = celda(unos, torch.tensor(estado)[None])[0] @ p["Why"] + p["by"]
    suya = torch.nn.functional.cross_entropy(
        logitos.reshape(-1, 13), torch.tensor(y).reshape(-1), reduction="sum"
    )
    suya.backward()
    nuestra, g, _ = red.perdida_y_gradientes(x, y, estado, np.ones((T, B)))
    assert nuestra == pytest.approx(suya.item(), abs=1e-5)
    del_otro = {
        "Wx": celda.weight_ih_l0.grad.T,
        "Wh": celda.weight_hh_l0.grad.T,
        "b": celda.bias_ih_l0.grad,
        "Why": p["Why"].grad,
        "by": p["by"].grad,
    }
    for nombre, arreglo in del_otro.items():
        assert np.abs(g[nombre] - arreglo.numpy()).max() < 1e-5, nombre
