import numpy as np
import pytest

from codigo.lstm import LSTM
from codigo.optimizadores import AdamW, calendario, recortar_norma
from codigo.regularizacion import Apagador, Promedio
from tests.codigo.test_veloz import torch  # noqa: F401  (la fixture)


def test_adamw_hace_la_cuenta_de_su_ecuacion(rng):
    optimizador = AdamW(0.1, decaimiento=0.01, betas=(0.8, 0.95), epsilon=1e-3)
    p, theta = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}, {}
    theta = {n: a.copy() for n, a in p.items()}
    m = {n: 0.0 for n in p}
    v = {n: 0.0 for n in p}
    for n in range(1, 8):
        g = {nombre: rng.normal(size=a.shape) for nombre, a in p.items()}
        for nombre, a in g.items():
            m[nombre] = 0.8 * m[nombre] + 0.2 * a
            v[nombre] = 0.95 * v[nombre] + 0.05 * a**2
            if nombre == "W":
                theta[nombre] *= 1 - 0.1 * 0.01
            raiz = np.sqrt(v[nombre] / (1 - 0.95**n)) + 1e-3
            theta[nombre] -= 0.1 * (m[nombre] / (1 - 0.8**n)) / raiz
        optimizador.actualizar(p, g)
    assert all(np.abs(p[n] - theta[n]).max() < 1e-12 for n in p)


def test_adamw_es_el_de_pytorch(rng, torch):  # noqa: F811
    p = {"W": rng.normal(size=(4, 3))}
    suyo = torch.tensor(p["W"], requires_grad=True)
    otro = torch.optim.AdamW([suyo], 0.05, betas=(0.9, 0.99), weight_decay=0.1)
    nuestro = AdamW(0.05, decaimiento=0.1)
    for _ in range(10):
        g = rng.normal(size=(4, 3))
        suyo.grad = torch.tensor(g)
        otro.step()
        nuestro.actualizar(p, {"W": g})
    assert np.abs(p["W"] - suyo.detach().numpy()).max() < 1e-10


def test_recortar_la_norma_conserva_la_direccion():
    g = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    recortar_norma(g, 1.0)
    assert g["a"].tolist() == pytest.approx([0.6, 0]) and g["b"][0, 0] == pytest.approx(
        0.8
    )
    recortar_norma(g, 5.0)
    assert g["b"][0, 0] == pytest.approx(0.8)


def test_el_calendario_sube_y_luego_baja():
    curva = [calendario(x) for x in np.linspace(0, 1, 101)]
    tope = int(np.argmax(curva))
    assert 0 < curva[0] < 0.3 and tope == 5 and curva[tope] == pytest.approx(1)
    assert curva[: tope + 1] == sorted(curva[: tope + 1])
    assert curva[tope:] == sorted(curva[tope:], reverse=True)
    assert curva[-1] == pytest.approx(0.02)


def test_el_promedio_decae(rng):
    p = {"W": np.array([0.0])}
    promedio = Promedio(p, 0.5)
    for paso, valor in enumerate([1.0, 2.0, 3.0]):
        promedio.sumar({"W": np.array([valor])}, paso)
    # 1/10, 2/11 y 3/12 son menores que 0.5: al principio manda lo nuevo
    a = 0.1 * 0 + 0.9 * 1
    b = 2 / 11 * a + 9 / 11 * 2
    assert promedio.parametros["W"][0] == pytest.approx(0.25 * b + 0.75 * 3)
    assert p["W"][0] == 0


def test_sin_decaimiento_el_promedio_es_lo_ultimo():
    promedio = Promedio({"W": np.zeros(2)}, 0.0)
    promedio.sumar({"W": np.array([3.0, 4.0])}, 0)
    assert promedio.parametros["W"].tolist() == [3, 4]


def test_lo_apagado_se_compensa_y_dura_todo_el_nombre(rng):
    apagador = Apagador(LSTM(9, 50, rng, np.float32), (0.2, 0.5, 0.3), rng)
    apagado = apagador.sortear(400)
    assert [a.shape for a in apagado] == [(400, 50), (400, 50), (50, 200)]
    for factores, tasa in zip(apagado, (0.2, 0.5, 0.3)):
        assert set(np.unique(factores)) == {0, np.float32(1 / (1 - tasa))}
        assert factores.mean() == pytest.approx(1, abs=0.03)
        assert (factores == 0).mean() == pytest.approx(tasa, abs=0.02)


def test_el_factor_agranda_el_paso_de_un_solo_parametro():
    pesos = {nombre: np.ones(3) for nombre in "ab"}
    AdamW(0.01, factores={"a": 5.0}).actualizar(
        pesos, {nombre: np.full(3, 2.0) for nombre in "ab"}
    )
    assert 1 - pesos["a"] == pytest.approx(5 * (1 - pesos["b"]))
