"""El banco mide bien y lo guardado tiene lo que el apéndice lee."""

import json

import numpy as np
import pytest

from codigo.alcance import alcance_rnn
from codigo.celda import alcance_lstm, recorrer
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.rnn import RNN
from codigo.taller import banco
from tests.conftest import RAIZ


def test_los_cocientes_van_ronda_por_ronda():
    lenta, rapida = np.array([2.0, 40, 1]), np.array([1.0, 10, 3])
    assert banco.cocientes(lenta, rapida) == [2, 4, 0.3333]


def test_intercalar_turna_las_funciones():
    turnos = []
    tiempos = banco.intercalar(
        {"a": lambda: turnos.append("a"), "b": lambda: turnos.append("b")}, 3, 0.0
    )
    assert turnos == list("aabb" + "ab" * 3)
    assert all(
        medidas.shape == (3,) and (medidas > 0).all() for medidas in tiempos.values()
    )


def test_lo_guardado_esta_completo_y_se_midio_con_un_solo_codigo():
    guardado = json.loads((RAIZ / "data/banco.json").read_text("utf-8"))
    sueltos = {"escalones", "piezas", "por_lote", "pagina", "epocas", "memoria"}
    assert guardado.keys() == {"hilos", "maquina", *sueltos}
    assert guardado["hilos"]["1"]["codigo"] == guardado["hilos"]["2"]["codigo"]
    for hilos in ("1", "2"):
        casos = {(r["tipo"], r["B"], r["H"]) for r in guardado["hilos"][hilos]["tabla"]}
        assert casos == {
            (t, b, h) for t in ("RNN", "LSTM") for b in (32, 64) for h in (128, 256)
        }
    medidas = [
        m
        for n in ("escalones", "piezas", "por_lote", "pagina")
        for m in guardado[n].values()
    ]
    assert {len(m) for m in [*medidas, guardado["epocas"]]} == {25}
    assert guardado["maquina"].keys() >= {"procesador", "numpy", "torch"}


def test_todos_los_contendientes_corren(monkeypatch, rng):
    monkeypatch.chdir(RAIZ)
    banco.del_pizarron(8, rng)()
    banco.de_numpy(RNN(67, 8, rng), 3, rng)()
    banco.productos(3, 8, 67, 4, rng)()


def test_sin_navegador_se_dice_antes_de_medir_nada(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setattr(banco, "buscar_navegador", lambda: None)
    monkeypatch.setattr(banco, "intercalar", lambda *_: pytest.fail("midió"))
    with pytest.raises(SystemExit, match="NAVEGADOR=ruta dice cuál"):
        banco.main()


@pytest.mark.parametrize(
    ("clase", "alcance"),
    [(RNN, alcance_rnn), (LSTM, alcance_lstm)],
    ids=["rnn", "lstm"],
)
def test_el_alcance_coincide_con_la_derivada_numerica(clase, alcance, vocabulario, rng):
    """Hasta el principio: mover el estado inicial mueve la última pérdida lo que dice."""
    red = clase(len(vocabulario), 5, rng, escala=0.5)
    lote = hacer_lote(["Ixil"], vocabulario)
    solo_la_ultima = np.zeros_like(lote.mascara)
    solo_la_ultima[-1] = 1
    estado = red.estado_inicial(1)
    derivadas = []
    for posicion in np.ndindex(estado.shape):
        lados = []
        for delta in (1e-5, -1e-5):
            movido = estado.copy()
            movido[posicion] += delta
            pedido = lote.entradas, lote.objetivos, movido, solo_la_ultima
            lados.append(red.perdida_y_gradientes(*pedido)[0])
        derivadas.append((lados[0] - lados[1]) / 2e-5)
    normas = alcance(red, lote.entradas, lote.objetivos[-1])
    assert normas.shape == (6, 1)
    assert normas[-1, 0] == pytest.approx(np.linalg.norm(derivadas), rel=1e-6)


def test_recorrer_anota_lo_que_hizo_la_red(vocabulario, rng):
    red, lote = LSTM(len(vocabulario), 5, rng), hacer_lote(["Ixil"], vocabulario)
    compuertas, celdas, logitos = recorrer(red, lote.entradas)
    assert compuertas.shape == (5, 4, 1, 5) and celdas.shape == (6, 1, 5)
    i, f, _, g = compuertas[2]
    assert np.abs(f * celdas[2] + i * g - celdas[3]).max() < 1e-12
    assert logitos.shape == (1, len(vocabulario))
