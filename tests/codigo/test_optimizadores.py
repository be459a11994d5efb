import numpy as np
import pytest

from codigo.optimizadores import Adagrad, AdamW, calendario, recortar, recortar_norma


def test_adagrad_hace_la_cuenta_de_su_ecuacion():
    optimizador, p = Adagrad(0.5, epsilon=0.0), {"w": np.array([1.0, 2.0])}
    optimizador.actualizar(p, {"w": np.array([3.0, -4.0])})
    assert p["w"] == pytest.approx([0.5, 2.5])  # el primer paso siempre mide la tasa
    optimizador.actualizar(p, {"w": np.array([3.0, 4.0])})
    assert p["w"] == pytest.approx([0.5 - 0.5 / 2**0.5, 2.5 - 0.5 / 2**0.5])


def test_adagrad_suma_su_epsilon_dentro_de_la_raiz():
    p = {"w": np.zeros(1)}
    Adagrad(0.5).actualizar(p, {"w": np.array([1e-4])})
    assert p["w"] == pytest.approx(-0.5 / 2**0.5)  # el cuadrado también es 1e-8


def test_recortar_trabaja_en_su_lugar():
    g = np.array([-9.0, 1.0, 9.0])
    recortar({"w": g}, 5)
    assert g.tolist() == [-5, 1, 5]


OMISION = {"decaimiento": 0.0, "betas": (0.9, 0.99), "epsilon": 1e-8}
OTRAS = {"decaimiento": 0.01, "betas": (0.8, 0.95), "epsilon": 1e-3}


@pytest.mark.parametrize(("pedido", "valores"), [({}, OMISION), (OTRAS, OTRAS)])
def test_adamw_hace_la_cuenta_de_su_ecuacion(pedido, valores, rng):
    decaimiento, (b1, b2), epsilon = valores.values()
    optimizador = AdamW(0.1, **pedido)
    p = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}
    theta = {n: a.copy() for n, a in p.items()}
    m, v = dict.fromkeys(p, 0.0), dict.fromkeys(p, 0.0)
    for n in range(1, 8):
        g = {nombre: epsilon * rng.normal(size=a.shape) for nombre, a in p.items()}
        for nombre, a in g.items():
            m[nombre] = b1 * m[nombre] + (1 - b1) * a
            v[nombre] = b2 * v[nombre] + (1 - b2) * a**2
            if nombre == "W":
                theta[nombre] *= 1 - 0.1 * decaimiento
            raiz = np.sqrt(v[nombre] / (1 - b2**n)) + epsilon
            theta[nombre] -= 0.1 * (m[nombre] / (1 - b1**n)) / raiz
        optimizador.actualizar(p, g)
    assert all(np.abs(p[n] - theta[n]).max() < 1e-12 for n in p)


def test_adamw_es_el_de_pytorch(rng, torch):
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


def test_la_norma_de_numeros_enormes_no_se_desborda():
    g = {nombre: np.full(1, 1.5e19, np.float32) for nombre in "ab"}
    recortar_norma(g, 1.0)
    assert g["a"][0] == g["b"][0] == pytest.approx(0.5**0.5)


def test_el_calendario_sube_y_luego_baja():
    curva = [calendario(x) for x in np.linspace(0, 1, 101)]
    tope = int(np.argmax(curva))
    assert tope == 5 and curva[tope] == pytest.approx(1)
    assert curva[: tope + 1] == sorted(curva[: tope + 1])
    assert curva[tope:] == sorted(curva[tope:], reverse=True)
    assert calendario(1) == calendario(1.5) == pytest.approx(0.02)  # y ahí se queda


@pytest.mark.parametrize("calienta", [0.05, 0.2])
def test_el_calendario_sube_derecho_y_baja_como_un_coseno(calienta):
    def es(avance):
        return calendario(avance, *([calienta] if calienta != 0.05 else []))

    desde = 0.01 / (calienta + 0.01)  # el primer paso no es de tamaño cero
    for parte in (0, 0.25, 0.5, 0.75):
        assert es(parte * calienta) == pytest.approx(desde + parte * (1 - desde))
        baja = (1 + np.cos(np.pi * parte)) / 2
        debida = 0.02 + 0.98 * baja
        assert es(calienta + parte * (1 - calienta)) == pytest.approx(debida)


def test_el_factor_agranda_el_paso_de_un_solo_parametro():
    pesos = {nombre: np.ones(3) for nombre in "ab"}
    AdamW(0.01, factores={"a": 5.0}).actualizar(
        pesos, {nombre: np.full(3, 2.0) for nombre in "ab"}
    )
    assert 1 - pesos["a"] == pytest.approx(5 * (1 - pesos["b"]))
