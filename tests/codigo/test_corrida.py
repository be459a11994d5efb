"""La corrida: que aprenda, que pare, que siga donde iba bit por bit y que avise si diverge."""

import subprocess
import sys

import numpy as np
import pytest

from codigo.archivos import cargar_arreglos
from codigo.datos import Vocabulario, lotes_por_largo
from codigo.entrenamiento import Corrida, Divergencia, Receta, correr, entrenar_receta
from codigo.evaluacion import nats_por_simbolo
from codigo.optimizadores import AdamW, calendario, recortar_norma
from codigo.redes import redes
from codigo.regularizacion import Apagador, Promedio
from codigo.veloz import LSTMVeloz, RNNVeloz
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


@pytest.mark.parametrize("modelo", redes())
@pytest.mark.parametrize(
    "regimen", [dict(), dict(tramo=25, B=1)], ids=["por nombres", "de corrido"]
)
def test_reanudar_da_los_mismos_pesos_bit_por_bit(modelo, regimen, partes, tmp_path):
    receta = Receta(**{**CHICA, "modelo": modelo, **regimen})
    pocos = partes[0][:40], partes[1][:20], partes[2]
    entera = terminar(Corrida(receta, *pocos))
    for corte in (1, 4):
        punto = tmp_path / f"{corte}.npz"
        for _, _ in zip(range(corte), correr(Corrida(receta, *pocos), punto)):
            pass
        reanudada = terminar(Corrida(receta, *pocos), punto)
        assert len(reanudada.validadas) == 6
        assert iguales(entera.estado(), reanudada.estado())


@pytest.mark.parametrize("modelo", redes())
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
import os, sys
import codigo.archivos
muere_en, donde, vez = int(sys.argv[3]), sys.argv[4], 0
original = getattr(os, donde)
def gancho(*argumentos):
    global vez
    vez += 1
    if vez == muere_en:
        os.kill(os.getpid(), 9)
    return original(*argumentos)
setattr(os, donde, gancho)
from pathlib import Path
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.entrenamiento import Corrida, Receta, correr
nombres = leer_nombres("data/municipios.txt")
partes = dividir(nombres)
pocos, apartados = partes.entrenamiento[:60], partes.validacion[:20]
corrida = Corrida(Receta(H=16, epocas=6), pocos, apartados, Vocabulario(nombres))
for _ in correr(corrida, Path(sys.argv[1])):
    print(len(corrida.validadas), flush=True)
corrida.red.guardar(sys.argv[2])
"""


def lanzar(punto, final, muere_en=0, donde="replace"):
    orden = [sys.executable, "-c", GUION, str(punto), str(final), str(muere_en), donde]
    return subprocess.run(orden, cwd=RAIZ, capture_output=True, text=True, check=False)


def test_matar_el_proceso_no_pierde_ni_cambia_nada(tmp_path):
    """SIGKILL a media escritura, justo antes de renombrar y entre época y época."""
    assert lanzar(tmp_path / "sin-matar.npz", tmp_path / "entera.npz").returncode == 0
    punto, final = tmp_path / "punto.npz", tmp_path / "reanudada.npz"
    for muere_en, donde in ((1, "replace"), (3, "fsync"), (4, "replace")):
        assert lanzar(punto, final, muere_en, donde).returncode == -9
        assert not final.exists()
    ultima = lanzar(punto, final)
    assert ultima.returncode == 0, ultima.stderr
    assert 0 < ultima.stdout.count("\n") < 6, "no siguió donde iba"
    assert iguales(cargar_arreglos(tmp_path / "entera.npz"), cargar_arreglos(final))


def test_la_foto_del_estado_no_cambia_ni_se_comparte(partes):
    una, otra = (Corrida(Receta(**CHICA), *partes) for _ in range(2))
    una.epoca()
    foto = una.estado()
    copia = {n: a.copy() for n, a in foto.items()}
    otra.restaurar(foto)
    una.epoca()
    assert iguales(foto, copia)
    otra.epoca()
    assert iguales(una.estado(), otra.estado())


def test_los_mejores_sobreviven_a_la_reanudacion(partes, monkeypatch):
    medidas = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr("codigo.entrenamiento.nats_en_lotes", lambda *_: next(medidas))
    corrida, otra = (Corrida(Receta(**CHICA), *partes) for _ in range(2))
    for _ in range(3):
        corrida.epoca()
    otra.restaurar(corrida.estado())
    assert iguales(corrida.mejores, otra.mejores)
    assert not iguales(otra.mejores, otra.promedio.parametros)


def test_un_gradiente_infinito_no_toca_los_pesos(partes, monkeypatch):
    corrida = Corrida(Receta(**CHICA), *partes)
    corrida.epoca()
    antes = corrida.estado()

    def infinito(*_):
        return (
            1.0,
            {n: np.full_like(p, np.inf) for n, p in corrida.red.parametros.items()},
            None,
        )

    monkeypatch.setattr(corrida.entrenable, "perdida_y_gradientes", infinito)
    with pytest.raises(Divergencia):
        corrida.epoca()
    despues = corrida.estado()
    assert all((antes[n] == despues[n]).all() for n in antes if n.startswith("red."))


def test_una_validacion_que_no_es_numero_es_divergencia(partes, monkeypatch):
    corrida = Corrida(Receta(**CHICA), *partes)
    monkeypatch.setattr("codigo.entrenamiento.nats_en_lotes", lambda *_: float("nan"))
    with pytest.raises(Divergencia, match="validación"):
        corrida.epoca()
    assert corrida.validadas == []


@pytest.mark.parametrize("modelo", ["rnn", "lstm"])
def test_la_corrida_hace_lo_que_la_receta_dice(modelo, partes):
    """Contra un ciclo escrito a mano, con todos los campos fuera de su valor por omisión."""
    entrenamiento, validacion, vocabulario = partes
    receta = Receta(
        modelo=modelo, H=12, B=16, epocas=2, tasa=0.02, decaimiento=0.3, limite=0.2, escala=0.7,
        olvido=2.0, apagar_entrada=0.1, apagar_salida=0.2, apagar_recurrente=0.3, promedio=0.9,
        semilla=5,
    )  # fmt: skip
    corrida = Corrida(receta, *partes)
    for _ in correr(corrida):
        pass
    rng = np.random.default_rng(5)
    extra = {"olvido": 2.0} if modelo == "lstm" else {}
    clase = {"rnn": RNNVeloz, "lstm": LSTMVeloz}[modelo]
    red = clase(len(vocabulario), 12, rng, escala=0.7 * 12**-0.5, **extra)
    apagador, adam = Apagador(red, (0.1, 0.2, 0.3), rng), AdamW(0.02, 0.3)
    promedio = Promedio(red.parametros, 0.9)
    codificados = [vocabulario.codificar(nombre) for nombre in entrenamiento]
    vuelta = -(-len(codificados) // 16)
    divisor = sum(len(c) + 1 for c in codificados) / vuelta
    paso = 0
    for _ in range(2):
        for lote in lotes_por_largo(codificados, 16, rng):
            estado = red.estado_inicial(lote.mascara.shape[1])
            pedido = lote.entradas, lote.objetivos, estado, lote.mascara
            _, g, _ = apagador.perdida_y_gradientes(*pedido)
            for uno in g.values():
                np.multiply(uno, 1 / divisor, out=uno)
            recortar_norma(g, 0.2)
            adam.tasa = 0.02 * calendario(paso / (2 * vuelta))
            adam.actualizar(red.parametros, g)
            promedio.sumar(red.parametros, paso)
            paso += 1
    for n in red.parametros:
        assert np.allclose(red.parametros[n], corrida.red.parametros[n], atol=1e-6), n
        assert np.allclose(
            promedio.parametros[n], corrida.promedio.parametros[n], atol=1e-6
        ), n
    medida = nats_por_simbolo(clase.con(promedio.parametros), validacion, vocabulario)
    assert corrida.validadas[-1] == pytest.approx(medida, abs=1e-4)


def test_de_corrido_se_promedian_las_letras_que_se_leen(partes, vocabulario):
    receta = Receta(
        H=8, epocas=1, B=1, tramo=1000, tasa=1e-9, apagar_salida=0, apagar_recurrente=0
    )
    corrida = Corrida(receta, *partes)
    corrida.epoca()
    assert corrida.entrenadas[0] == pytest.approx(np.log(len(vocabulario)), abs=0.2)
    for mala in (dict(tramo=10**6, B=1), dict(tramo=25, B=2)):
        with pytest.raises(ValueError, match="de corrido"):
            Corrida(Receta(**mala), *partes)


def test_un_punto_de_otra_receta_o_de_otros_nombres_se_rechaza(partes):
    estado = Corrida(Receta(**CHICA), *partes).estado()
    with pytest.raises(ValueError, match="otra receta"):
        Corrida(Receta(**{**CHICA, "tasa": 0.5}), *partes).restaurar(estado)
    entrenamiento, validacion, vocabulario = partes
    for otras in (
        (entrenamiento[:-1], validacion, vocabulario),
        (entrenamiento, validacion[:-1], vocabulario),
        (entrenamiento, validacion, Vocabulario([vocabulario.simbolos[1:] + "Ω"])),
    ):
        with pytest.raises(ValueError, match="otros nombres"):
            Corrida(Receta(**CHICA), *otras).restaurar(estado)
    with pytest.raises(ValueError, match="punto de control"):
        Corrida(Receta(**CHICA), *partes).restaurar({"a": np.ones(1)})
    del estado["mejores.by"]
    with pytest.raises(ValueError, match=r"le falta «mejores\.by»"):
        Corrida(Receta(**CHICA), *partes).restaurar(estado)


def test_un_modelo_que_no_existe_es_un_error_claro(partes):
    with pytest.raises(ValueError, match="«nadie»"):
        Corrida(Receta(modelo="nadie"), *partes)


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
