"""Los ejercicios del capítulo «Los municipios»."""

import numpy as np

from codigo.activaciones import log_softmax
from codigo.evaluacion import nats_por_simbolo
from codigo.generacion import generar
from codigo.ngramas import WittenBell


def test_1_las_sorpresas_suman_los_nats_de_siempre(solucion, particion, vocabulario):
    modelo = WittenBell(3, particion.entrenamiento, vocabulario)
    nats = solucion.sorpresas(modelo, "Mexicali", vocabulario)
    assert len(nats) == len("Mexicali") + 1 and min(nats) > 0
    esperado = nats_por_simbolo(modelo, ["Mexicali"], vocabulario)
    assert np.isclose(np.mean(nats), esperado)


def test_1_lo_improbable_sorprende_mas(solucion, particion, vocabulario):
    modelo = WittenBell(3, particion.entrenamiento, vocabulario)
    comun = solucion.sorpresas(modelo, "San", vocabulario)
    raro = solucion.sorpresas(modelo, "Sxn", vocabulario)
    assert raro[1] > comun[1] and np.isclose(raro[0], comun[0])


POCOS = ["Apan", "Apaxco", "Apaxtla", "Tula", "Tulancingo", "Xalapa", "Tul"]


def test_2_cada_nombre_de_su_lista_tiene_la_misma_probabilidad(solucion, vocabulario):
    modelo = solucion.Memorioso(POCOS, vocabulario)
    for nombre in POCOS:
        nats = nats_por_simbolo(modelo, [nombre], vocabulario) * (len(nombre) + 1)
        assert np.isclose(np.exp(-nats), 1 / len(POCOS))


def test_2_lo_que_inventa_es_copia_y_lo_inventa_todo(solucion, vocabulario, rng):
    modelo = solucion.Memorioso(POCOS, vocabulario)
    assert set(generar(modelo, vocabulario, 200, rng)) == set(POCOS)


def test_2_un_nombre_que_no_estudio_le_parece_imposible(solucion, vocabulario):
    modelo = solucion.Memorioso(POCOS, vocabulario)
    assert nats_por_simbolo(modelo, ["Tula", "Apatzingán"], vocabulario) == np.inf


def test_2_si_ya_nadie_empieza_asi_reparte_por_igual(solucion, vocabulario):
    modelo = solucion.Memorioso(POCOS, vocabulario)
    for principio in ("z", "Apz", "Tulaz", "zTula"):
        estado = modelo.estado_inicial(1)
        for indice in (0, *vocabulario.codificar(principio)):
            logitos, estado = modelo.paso(np.array([indice]), estado)
        assert np.allclose(log_softmax(logitos), -np.log(len(vocabulario)))


def _probabilidades(modelos, nombres, solucion, vocabulario):
    """Las que cada modelo dio a cada símbolo, ``(modelos, símbolos)``."""
    nats = [
        np.concatenate([solucion.sorpresas(m, n, vocabulario) for n in nombres])
        for m in modelos
    ]
    return np.exp(-np.array(nats))


def _nats(pesos, p):
    return -np.log(np.asarray(pesos) @ p).mean()


def test_3_los_pesos_son_los_mejores_de_una_rejilla(solucion, particion, vocabulario):
    estudiados, apartados = particion.entrenamiento[:300], particion.validacion[:20]
    modelos = [WittenBell(orden, estudiados, vocabulario) for orden in (1, 3)]
    pesos = solucion.repartir(modelos, apartados, vocabulario, vueltas=200)
    p = _probabilidades(modelos, apartados, solucion, vocabulario)
    rejilla = np.linspace(0, 1, 1001)
    mejor = rejilla[np.argmin([_nats((w, 1 - w), p) for w in rejilla])]
    assert np.isclose(sum(pesos), 1) and min(pesos) > 0
    assert abs(pesos[0] - mejor) < 0.002


def test_3_cada_vuelta_es_la_parte_que_le_toco(solucion, particion, vocabulario):
    estudiados, apartados = particion.entrenamiento[:300], particion.validacion[:9]
    modelos = [WittenBell(orden, estudiados, vocabulario) for orden in (1, 2, 3)]
    pesos, p = (
        np.full(3, 1 / 3),
        _probabilidades(modelos, apartados, solucion, vocabulario),
    )
    for vueltas in range(1, 4):
        pesos = np.mean([pesos * q / (pesos @ q) for q in p.T], axis=0)
        salio = solucion.repartir(modelos, apartados, vocabulario, vueltas)
        assert np.allclose(salio, pesos)


def test_3_ninguna_vuelta_empeora(solucion, particion, vocabulario):
    estudiados, apartados = particion.entrenamiento[:300], particion.validacion[:20]
    modelos = [WittenBell(orden, estudiados, vocabulario) for orden in (1, 2, 3)]
    p = _probabilidades(modelos, apartados, solucion, vocabulario)
    pesos = [solucion.repartir(modelos, apartados, vocabulario, n) for n in range(8)]
    assert np.allclose(pesos[0], 1 / 3)
    assert np.all(np.diff([_nats(unos, p) for unos in pesos]) < 0)
