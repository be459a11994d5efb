"""La corrida: que aprenda, que pare, que siga donde iba bit por bit y que avise si diverge."""

import subprocess
import sys
import time

import numpy as np
import pytest

from codigo.archivos import cargar_arreglos
from codigo.entrenamiento import Corrida, Divergencia, Receta, correr, entrenar_receta
from tests.conftest import RAIZ

CHICA = dict(H=16, epocas=6, B=32)


@pytest.fixture
def partes(particion, vocabulario):
    return particion.entrenamiento[:200], particion.validacion[:60], vocabulario


def terminar(corrida, punto=None):
    for _ in correr(corrida, punto):
        pass
    return corrida


def iguales(una, otra):
    return una.keys() == otra.keys() and all((una[n] == otra[n]).all() for n in una)


@pytest.mark.parametrize("modelo", ["rnn", "lstm"])
@pytest.mark.parametrize(
    "regimen", [dict(), dict(tramo=25, B=1)], ids=["por nombres", "de corrido"]
)
def test_reanudar_da_los_mismos_pesos_bit_por_bit(modelo, regimen, partes, tmp_path):
    receta = Receta(**{**CHICA, "modelo": modelo, **regimen})
    entera = terminar(Corrida(receta, *partes))
    for corte in (1, 4):
        punto = tmp_path / f"{corte}.npz"
        for _, _ in zip(range(corte), correr(Corrida(receta, *partes), punto)):
            pass
        reanudada = terminar(Corrida(receta, *partes), punto)
        assert len(reanudada.validadas) == 6
        assert iguales(entera.estado(), reanudada.estado())


@pytest.mark.parametrize("modelo", ["rnn", "lstm"])
def test_aprende_y_la_misma_semilla_da_lo_mismo(modelo, partes, vocabulario):
    pedido = dict(**CHICA, modelo=modelo, semilla=3)
    una, otra = (
        entrenar_receta(*partes[:2], vocabulario.simbolos[1:], **pedido)
        for _ in range(2)
    )
    assert iguales(una, otra)
    assert una["curva_validacion"][-1] < 0.9 * una["curva_validacion"][0]
    distinta = entrenar_receta(
        *partes[:2], vocabulario.simbolos[1:], **{**pedido, "semilla": 4}
    )
    assert not iguales(una, distinta)


GUION = """
import sys
from pathlib import Path
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.entrenamiento import Corrida, Receta, correr
nombres = leer_nombres("data/municipios.txt")
partes = dividir(nombres)
pocos, apartados = partes.entrenamiento[:300], partes.validacion
corrida = Corrida(Receta(H=24, epocas=12), pocos, apartados, Vocabulario(nombres))
for _ in correr(corrida, Path(sys.argv[1])):
    print(len(corrida.validadas), flush=True)
corrida.red.guardar(sys.argv[2])
"""


def lanzar(punto, final):
    orden = [sys.executable, "-c", GUION, str(punto), str(final)]
    return subprocess.Popen(orden, cwd=RAIZ, stdout=subprocess.PIPE, text=True)


def test_matar_el_proceso_no_pierde_ni_cambia_nada(tmp_path):
    with lanzar(tmp_path / "sin-matar.npz", tmp_path / "entera.npz") as entero:
        entero.communicate()
    azar, punto, muertes = np.random.default_rng(0), tmp_path / "punto.npz", 0
    while True:
        with lanzar(punto, tmp_path / "reanudada.npz") as proceso:
            proceso.stdout.readline()  # ya dio al menos una época
            time.sleep(azar.uniform(0, 0.05))
            if muertes < 3:
                proceso.kill()  # SIGKILL: no puede despedirse
                muertes += 1
            proceso.communicate()
        if proceso.returncode == 0:
            break
    assert muertes == 3
    assert iguales(
        cargar_arreglos(tmp_path / "entera.npz"),
        cargar_arreglos(tmp_path / "reanudada.npz"),
    )


def test_un_punto_de_otra_receta_o_de_otros_nombres_se_rechaza(partes):
    estado = Corrida(Receta(**CHICA), *partes).estado()
    with pytest.raises(ValueError, match="otra receta"):
        Corrida(Receta(**{**CHICA, "tasa": 0.5}), *partes).restaurar(estado)
    with pytest.raises(ValueError, match="otra lista"):
        Corrida(Receta(**CHICA), partes[0][:-1], *partes[1:]).restaurar(estado)


def test_un_modelo_que_no_existe_es_un_error_claro(partes):
    with pytest.raises(ValueError, match="«gru»"):
        Corrida(Receta(modelo="gru"), *partes)


def test_si_diverge_se_detiene_y_conserva_los_mejores(partes, tmp_path):
    corrida, punto = Corrida(Receta(**CHICA), *partes), tmp_path / "punto.npz"
    for _, _ in zip(range(2), correr(corrida, punto)):
        pass
    mejores = {n: p.copy() for n, p in corrida.mejores.items()}
    corrida.red.parametros["by"][3] = np.nan
    antes = {n: p.copy() for n, p in corrida.red.parametros.items()}
    with pytest.raises(Divergencia, match="dejó de ser un número"):
        corrida.epoca()
    assert iguales(mejores, corrida.mejores)
    assert all(
        np.array_equal(p, antes[n], equal_nan=True)
        for n, p in corrida.red.parametros.items()
    )
    reanudada = Corrida(Receta(**CHICA), *partes)
    reanudada.restaurar(cargar_arreglos(punto))
    assert all(np.isfinite(p).all() for p in reanudada.red.parametros.values())


def test_se_le_acaba_la_paciencia_y_guarda_la_mejor(partes):
    corrida = Corrida(Receta(**{**CHICA, "paciencia": 2, "epocas": 50}), *partes)
    for valor in (2.0, 1.5, 1.7):
        corrida.validadas.append(valor)
        assert not corrida.termino
    corrida.validadas.append(1.6)
    assert corrida.termino


def test_los_mejores_son_los_de_la_mejor_epoca(partes, monkeypatch):
    medidas = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr("codigo.entrenamiento.nats_en_lotes", lambda *_: next(medidas))
    corrida = Corrida(Receta(**{**CHICA, "epocas": 3}), *partes)
    vistos = [
        {n: p.copy() for n, p in c.promedio.parametros.items()} for c in correr(corrida)
    ]
    assert iguales(corrida.mejores, vistos[1]) and not iguales(
        corrida.mejores, vistos[2]
    )
