"""La corrida: que aprenda, que pare, que siga donde iba bit por bit y que avise si diverge."""

import numpy as np
import pytest

from codigo.corrida import Corrida, Receta, correr, entrenar_receta
from codigo.entrenamiento import Divergencia
from codigo.evaluacion import nats_por_simbolo
from codigo.lotes import lotes_por_largo
from codigo.optimizadores import AdamW, calendario, recortar_norma
from codigo.redes import REDES, clase_de
from codigo.regularizacion import Apagador, Promedio

CHICA = dict(H=16, epocas=6, B=32)


@pytest.fixture
def partes(particion, vocabulario):
    return particion.entrenamiento[:200], particion.validacion[:60], vocabulario


def terminar(corrida):
    for _ in correr(corrida):
        pass
    return corrida


def iguales(una, otra):
    return una.keys() == otra.keys() and all((una[n] == otra[n]).all() for n in una)


@pytest.mark.parametrize("modelo", sorted(REDES))
@pytest.mark.parametrize(
    "regimen", [dict(), dict(tramo=25, B=1)], ids=["por nombres", "de corrido"]
)
def test_reanudar_da_los_mismos_pesos_bit_por_bit(modelo, regimen, partes):
    receta = Receta(**{**CHICA, "modelo": modelo, **regimen})
    pocos = partes[0][:40], partes[1][:20], partes[2]
    entera = terminar(Corrida(receta, *pocos))
    for corte in (1, 4):
        cortada, reanudada = (Corrida(receta, *pocos) for _ in range(2))
        for _, _ in zip(range(corte), correr(cortada)):
            pass
        reanudada.restaurar(cortada.estado())
        assert len(terminar(reanudada).validadas) == 6
        assert iguales(entera.estado(), reanudada.estado())


@pytest.mark.parametrize("modelo", sorted(REDES))
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
    monkeypatch.setattr("codigo.corrida.nats_en_lotes", lambda *_: next(medidas))
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

    monkeypatch.setattr(corrida.aprendiz, "perdida_y_gradientes", infinito)
    with pytest.raises(Divergencia):
        corrida.epoca()
    despues = corrida.estado()
    assert all((antes[n] == despues[n]).all() for n in antes if n.startswith("red."))


def test_una_validacion_que_no_es_numero_es_divergencia(partes, monkeypatch):
    corrida = Corrida(Receta(**CHICA), *partes)
    monkeypatch.setattr("codigo.corrida.nats_en_lotes", lambda *_: float("nan"))
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
    clase = clase_de(modelo)
    red = clase(len(vocabulario), 12, rng, np.float32, 0.7 * 12**-0.5, **extra)
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


def test_a_un_estado_incompleto_no_se_vuelve(partes):
    estado = Corrida(Receta(**CHICA), *partes).estado()
    del estado["mejores.by"]
    with pytest.raises(ValueError, match=r"le falta «mejores\.by»"):
        Corrida(Receta(**CHICA), *partes).restaurar(estado)


def test_un_modelo_que_no_existe_es_un_error_claro(partes):
    with pytest.raises(ValueError, match="«nadie»"):
        Corrida(Receta(modelo="nadie"), *partes)


def test_si_diverge_se_detiene_y_conserva_los_mejores(partes):
    corrida = Corrida(Receta(**CHICA), *partes)
    for _, _ in zip(range(2), correr(corrida)):
        pass
    punto = corrida.estado()
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
    reanudada.restaurar(punto)
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
    monkeypatch.setattr("codigo.corrida.nats_en_lotes", lambda *_: next(medidas))
    corrida = Corrida(Receta(**{**CHICA, "epocas": 3}), *partes)
    vistos = [
        {n: p.copy() for n, p in c.promedio.parametros.items()} for c in correr(corrida)
    ]
    assert iguales(corrida.mejores, vistos[1]) and not iguales(
        corrida.mejores, vistos[2]
    )
