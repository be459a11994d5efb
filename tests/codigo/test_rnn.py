import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codigo import pizarron
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_simbolo
from codigo.lotes import Lote, hacer_lote
from codigo.rnn import RNN


def lote_al_azar(rng: np.random.Generator, T: int, B: int, V: int) -> Lote:
    largos = rng.integers(1, T + 1, size=B)
    mascara = (np.arange(T)[:, None] < largos).astype(float)
    return Lote(rng.integers(V, size=(T, B)), rng.integers(V, size=(T, B)), mascara)


def con_sesgos(red):
    """La misma red, con sesgos como los de una que ya estudió: no son cero."""
    for sesgo in (p for p in red.parametros.values() if p.ndim == 1):
        sesgo[...] += np.random.default_rng(sesgo.size).normal(size=sesgo.shape)
    return red


def leer_en_el_pizarron(modulo, red, lote, estado):
    """La pérdida y los gradientes de un lote, sumados nombre por nombre, y lo que leyó de cada uno."""
    total, suma, lecturas = (
        0.0,
        {n: np.zeros_like(p) for n, p in red.parametros.items()},
        [],
    )
    for b, largo in enumerate(lote.mascara.sum(axis=0).astype(int)):
        x, y = lote.entradas[:largo, b].tolist(), lote.objetivos[:largo, b].tolist()
        pedido = red.parametros, x, y
        una, *leido = modulo.adelante(*pedido, *np.atleast_2d(estado[..., b, :]))
        assert type(una) is float
        total += una
        for nombre, g in modulo.atras(*pedido, *leido).items():
            suma[nombre] += g
        lecturas.append(leido)
    return total, suma, lecturas


def test_nace_con_la_forma_y_el_tamano_de_su_contrato(rng):
    red = RNN(70, 90, rng)
    formas = {
        "Wxh": (70, 90),
        "Whh": (90, 90),
        "bh": (90,),
        "Why": (90, 70),
        "by": (70,),
    }
    assert {n: p.shape for n, p in red.parametros.items()} == formas
    assert tuple(formas) == RNN.NOMBRES
    for nombre, peso in red.parametros.items():
        tamano = np.sqrt(np.mean(peso**2))
        debido = 0 if nombre.startswith("b") else 0.01
        assert peso.dtype == float and tamano == pytest.approx(debido, rel=0.05)
    estado = red.estado_inicial(3)
    assert estado.shape == (3, 90) and not estado.any()
    grande = pizarron.pesos_iniciales(70, 90, np.random.default_rng(7))
    assert all(np.array_equal(grande[n], p) for n, p in red.parametros.items())


@given(
    T=st.integers(1, 7),
    B=st.integers(1, 5),
    V=st.integers(2, 8),
    H=st.integers(1, 9),
    semilla=st.integers(0, 10_000),
)
def test_el_lote_calcula_lo_mismo_que_el_pizarron(T, B, V, H, semilla):
    rng = np.random.default_rng(semilla)
    red, lote = con_sesgos(RNN(V, H, rng, escala=0.5)), lote_al_azar(rng, T, B, V)
    estado = rng.normal(size=(B, H))
    perdida, gradientes, final = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, lote.mascara
    )
    total, suma, lecturas = leer_en_el_pizarron(pizarron, red, lote, estado)
    for b, (estados, _) in enumerate(lecturas):
        if len(estados) == T + 1:
            assert final[b] == pytest.approx(estados[-1], abs=1e-12)
    assert perdida == pytest.approx(total, abs=1e-10)
    for nombre, g in gradientes.items():
        assert g.shape == red.parametros[nombre].shape
        assert np.abs(g - suma[nombre]).max() < 1e-10


def test_la_perdida_inicial_es_la_de_no_saber_nada(vocabulario, particion):
    red = RNN(len(vocabulario), 100, np.random.default_rng(0))
    lote = hacer_lote(particion.validacion, vocabulario)
    estado = red.estado_inicial(len(particion.validacion))
    perdida, _, _ = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, lote.mascara
    )
    assert perdida / lote.mascara.sum() == pytest.approx(
        np.log(len(vocabulario)), abs=1e-3
    )


def test_medir_por_lotes_y_letra_por_letra_da_lo_mismo(vocabulario, particion, rng):
    red = con_sesgos(RNN(len(vocabulario), 16, rng, escala=0.4))
    nombres = particion.validacion[:20]
    lote = hacer_lote(nombres, vocabulario)
    perdida, _, _ = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, red.estado_inicial(20), lote.mascara
    )
    assert nats_por_simbolo(red, nombres, vocabulario) == pytest.approx(
        perdida / lote.mascara.sum(), abs=1e-10
    )


def test_leer_en_dos_mitades_da_el_mismo_estado_y_la_misma_perdida(rng):
    red = RNN(6, 5, rng, escala=0.5)
    lote, estado = lote_al_azar(rng, 8, 3, 6), rng.normal(size=(3, 5))
    unos = np.ones((8, 3))
    entera, _, final = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, unos
    )
    partes = 0.0
    for mitad in (slice(0, 3), slice(3, 8)):
        perdida, _, estado = red.perdida_y_gradientes(
            lote.entradas[mitad], lote.objetivos[mitad], estado, unos[mitad]
        )
        partes += perdida
    assert partes == pytest.approx(entera, abs=1e-10)
    assert estado == pytest.approx(final, abs=1e-12)


def test_el_relleno_no_cuenta(rng):
    red = RNN(6, 5, rng, escala=0.5)
    lote, estado = lote_al_azar(rng, 8, 4, 6), red.estado_inicial(4)
    otras = np.where(lote.mascara > 0, lote.entradas, 5)
    objetivos = np.where(lote.mascara > 0, lote.objetivos, 0)
    una, g, _ = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, lote.mascara
    )
    dos, h, _ = red.perdida_y_gradientes(otras, objetivos, estado, lote.mascara)
    assert una == pytest.approx(dos, abs=1e-12)
    assert all(np.abs(g[n] - h[n]).max() < 1e-12 for n in g)


def test_no_altera_lo_que_recibe(rng):
    red = RNN(6, 5, rng)
    lote, estado = lote_al_azar(rng, 4, 3, 6), rng.normal(size=(3, 5))
    copias = [a.copy() for a in (lote.entradas, lote.objetivos, estado, lote.mascara)]
    pesos = {n: p.copy() for n, p in red.parametros.items()}
    red.perdida_y_gradientes(lote.entradas, lote.objetivos, estado, lote.mascara)
    red.paso(lote.entradas[0], estado)
    columna = red.parametros, lote.entradas[:, 0], lote.objetivos[:, 0]
    perdida, estados, probabilidades = pizarron.adelante(*columna, estado[0])
    salidas = [a.copy() for a in (*estados, *probabilidades)]
    pizarron.atras(*columna, estados, probabilidades)
    assert np.array_equal(salidas[:5], estados) and type(perdida) is float
    assert np.array_equal(salidas[5:], probabilidades)
    for copia, actual in zip(
        copias, (lote.entradas, lote.objetivos, estado, lote.mascara)
    ):
        assert (copia == actual).all()
    assert all((pesos[n] == p).all() for n, p in red.parametros.items())


def test_trabaja_en_la_precision_que_se_le_pide(rng):
    red = RNN(6, 5, rng, dtype=np.float32)
    lote = lote_al_azar(rng, 4, 3, 6)
    perdida, gradientes, estado = red.perdida_y_gradientes(
        lote.entradas,
        lote.objetivos,
        red.estado_inicial(3),
        lote.mascara.astype(np.float32),
    )
    assert type(perdida) is float
    assert {a.dtype for a in (*gradientes.values(), estado)} == {np.dtype(np.float32)}


def test_lo_que_se_guarda_es_lo_que_se_carga(tmp_path, rng):
    red = RNN(9, 4, rng)
    red.guardar(tmp_path / "red.npz")
    otra = RNN.cargar(tmp_path / "red.npz")
    assert all((otra.parametros[n] == p).all() for n, p in red.parametros.items())
    assert [ruta.name for ruta in tmp_path.iterdir()] == ["red.npz"]


def test_la_misma_semilla_da_los_mismos_pesos():
    uno, otro = (RNN(9, 4, np.random.default_rng(5)).parametros for _ in range(2))
    assert all((uno[n] == otro[n]).all() for n in uno)


def test_el_pizarron_se_aprende_un_nombre():
    vocabulario = Vocabulario(["Ixil"])
    p = pizarron.pesos_iniciales(len(vocabulario), 8, np.random.default_rng(0), 0.3)
    x = vocabulario.codificar("Ixil").tolist()
    entradas, objetivos = [0, *x], [*x, 0]
    for _ in range(300):
        perdida, estados, probs = pizarron.adelante(p, entradas, objetivos, np.zeros(8))
        for nombre, g in pizarron.atras(p, entradas, objetivos, estados, probs).items():
            p[nombre] -= 0.3 * g
    assert perdida < 0.2
