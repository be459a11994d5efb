"""Lo que cualquier red del libro cumple, la que sea: quien agrega una no escribe estas pruebas."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codigo import afinacion
from codigo.activaciones import log_softmax
from codigo.corrida import Receta, entrenar_receta
from codigo.generacion import generar
from codigo.gradiente import comprobar
from codigo.lotes import hacer_lote
from codigo.recetas import RECETAS, receta_para
from codigo.red import ConCompuertas
from codigo.redes import REDES, clase_de
from codigo.regularizacion import Apagador
from codigo.taller import busqueda
from codigo.taller.modelos import cargar, guardar
from tests.codigo.test_rnn import lote_al_azar

todas = pytest.mark.parametrize("nombre", sorted(REDES))


def nacer(nombre, V, H, rng):
    return clase_de(nombre)(V, H, rng, dtype=np.float64, escala=0.5)


def test_se_encuentran_por_su_nombre():
    clases = {nombre: clase_de(nombre) for nombre in sorted(REDES)}
    assert list(clases) == ["gru", "lstm", "rnn"]
    assert [c.__name__ for c in clases.values()] == ["GRU", "LSTMVeloz", "RNNVeloz"]
    con_olvido = [issubclass(clase, ConCompuertas) for clase in clases.values()]
    assert con_olvido == [True, True, False]
    with pytest.raises(ValueError, match="no hay modelo «datos»; hay «gru», «lstm»"):
        clase_de("datos")


@todas
@settings(max_examples=20)
@given(
    T=st.integers(1, 6),
    B=st.integers(1, 4),
    H=st.integers(1, 6),
    apagar=st.booleans(),
    semilla=st.integers(0, 9999),
)
def test_el_gradiente_coincide_con_el_numerico(nombre, T, B, H, apagar, semilla):
    rng = np.random.default_rng(semilla)
    red = nacer(nombre, 6, H, rng)
    if apagar:
        red = Apagador(red, (0.3, 0.3, 0.3), rng)
        fijo = red.sortear(B)
        red.sortear = lambda _: fijo
    estado = rng.normal(size=red.estado_inicial(B).shape)
    errores = comprobar(red, lote_al_azar(rng, T, B, 6), estado, rng, cuantas=12)
    assert max(errores.values()) < 1e-6


@todas
def test_leer_de_corrido_es_leer_paso_a_paso(nombre, rng):
    red, lote, suma = nacer(nombre, 6, 5, rng), lote_al_azar(rng, 8, 3, 6), 0.0
    estado = inicial = rng.normal(size=red.estado_inicial(3).shape)
    for x, objetivo, mascara in zip(lote.entradas, lote.objetivos, lote.mascara):
        logitos, estado = red.paso(x, estado)
        suma -= (log_softmax(logitos)[np.arange(3), objetivo] * mascara).sum()
    perdida, _, final = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, inicial, lote.mascara
    )
    assert perdida == pytest.approx(suma, abs=1e-10)
    assert np.abs(final - estado).max() < 1e-12


@todas
def test_el_lote_es_la_suma_de_los_nombres_sueltos(nombre, vocabulario, rng):
    red = nacer(nombre, len(vocabulario), 9, rng)

    def leer(lista):
        x, y, mascara = hacer_lote(lista, vocabulario)[:3]
        estado = red.estado_inicial(len(lista))
        perdida, g, _ = red.perdida_y_gradientes(x, y, estado, mascara)
        return perdida, {clave: arreglo.copy() for clave, arreglo in g.items()}

    lista = ["Ucú", "San Juan Ñumí", "Parral"]
    juntos, sueltos = leer(lista), [leer([uno]) for uno in lista]
    assert juntos[0] == pytest.approx(sum(s[0] for s in sueltos), abs=1e-10)
    for clave, g in juntos[1].items():
        assert np.abs(g - sum(s[1][clave] for s in sueltos)).max() < 1e-12


@todas
def test_se_entrena_se_guarda_y_escribe_lo_mismo(
    nombre, particion, vocabulario, tmp_path
):
    partes = particion.entrenamiento[:200], particion.validacion[:40]
    receta = Receta(modelo=nombre, H=16, epocas=4, B=16)
    hecha = entrenar_receta(*partes, vocabulario.simbolos[1:], **asdict(receta))
    curva = hecha["curva_validacion"]
    assert curva.min() < 0.9 * curva[0]
    red = clase_de(nombre).con(hecha)
    guardar(tmp_path / "m.npz", red.parametros, vocabulario, receta)
    otra, leido = cargar(tmp_path / "m.npz")
    assert type(otra) is type(red) and leido.simbolos == vocabulario.simbolos
    una, dos = (
        generar(r, vocabulario, 5, np.random.default_rng(1), prefijo="San ")
        for r in (red, otra)
    )
    assert una == dos and all(uno.startswith("San ") for uno in una)


@todas
def test_la_busqueda_le_propone_recetas(nombre, particion, tmp_path, monkeypatch):
    monkeypatch.setattr(afinacion, "EPOCAS", dict.fromkeys(REDES, (2, 3)))
    for inicial in afinacion.INICIALES.values():
        monkeypatch.setitem(inicial, "epocas", 2)
    monkeypatch.setattr(
        busqueda, "_repartir", lambda procesos, pedido: busqueda.trabajar(*pedido)
    )
    lista = tmp_path / "nombres.txt"
    lista.write_text("\n".join(particion.entrenamiento[:20]), "utf-8")
    hechos = busqueda.buscar(lista, nombre, f"sqlite:///{tmp_path}/b.db", 2)
    assert [ensayo.user_attrs["receta"]["modelo"] for ensayo in hechos] == [nombre] * 2


@todas
def test_la_receta_de_omision_es_la_afinada_o_la_comun(nombre):
    comun = replace(Receta(), modelo=nombre)
    assert receta_para(nombre, 1858) == RECETAS.get(nombre, comun)
