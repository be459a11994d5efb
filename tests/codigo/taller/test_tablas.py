"""Las tablas guardadas en ``data/`` son las que este código escribe y lee."""

from dataclasses import replace

import numpy as np
import pytest

from codigo.afinacion import (
    SEMILLAS,
    con_otras_tasas,
    escogido,
    estirones,
    ganadora,
    reafinadas,
)
from codigo.corrida import Corrida, Receta
from codigo.recetas import RECETAS
from codigo.redes import REDES
from codigo.taller.tablas import (
    escribir_filas,
    huella_de_datos,
    leer_ensayos,
    leer_filas,
)
from tests.conftest import RAIZ

MODELOS = ("rnn", "lstm")
CAMPOS = list(Receta.__dataclass_fields__)
por_modelo = pytest.mark.parametrize("modelo", MODELOS)


@por_modelo
def test_cada_ensayo_guardado_es_una_receta_de_hoy(modelo):
    filas = leer_ensayos(RAIZ / f"data/busqueda-{modelo}.csv")
    antes = ["ensayo", "terminado", "nats", "epocas_dadas"]
    assert list(filas[0]) == [*antes, *CAMPOS, "codigo", "datos"]
    recetas = [Receta(**{campo: fila[campo] for campo in CAMPOS}) for fila in filas]
    assert {receta.modelo for receta in recetas} == {modelo} <= set(REDES)
    assert len({fila["ensayo"] for fila in filas}) == len(filas) >= 100
    assert all(np.isfinite(fila["nats"]) for fila in filas)


TABLAS = [
    f"{tabla}-{m}" for tabla in ("busqueda", "estirones", "piezas") for m in MODELOS
]


def test_todas_las_tablas_salieron_de_la_misma_lista_y_del_mismo_codigo():
    """Una sola corrida de «make busqueda»: ni renglones viejos ni de otro programa."""
    filas = [f for t in TABLAS for f in leer_filas(RAIZ / f"data/{t}.csv")]
    assert {f["datos"] for f in filas} == {
        huella_de_datos(RAIZ / "data/municipios.txt")
    }
    assert len({f["codigo"] for f in filas}) == 1


@por_modelo
def test_el_codigo_de_hoy_repite_un_ensayo_guardado(modelo, particion, vocabulario):
    """El más barato; en esta máquina, hasta la última cifra, y en otra, casi."""
    filas = leer_ensayos(RAIZ / f"data/busqueda-{modelo}.csv")
    barato = min(filas, key=lambda f: f["epocas_dadas"] * (f["H"] + 200) ** 2 / f["B"])
    receta = Receta(**{campo: barato[campo] for campo in CAMPOS})
    corrida = Corrida(receta, *particion[:2], vocabulario)
    for _ in range(barato["epocas_dadas"]):
        corrida.epoca()
    assert min(corrida.validadas) == pytest.approx(barato["nats"], abs=0.02)


def final(modelo):
    base = ganadora(leer_ensayos(RAIZ / f"data/busqueda-{modelo}.csv"))
    filas = leer_filas(RAIZ / f"data/estirones-{modelo}.csv")
    return base, filas, replace(base, **estirones(base)[escogido(filas)])


@por_modelo
def test_los_estirones_y_las_piezas_guardados_son_los_de_hoy(modelo):
    base, estirados, receta = final(modelo)
    hechos = [(fila["receta"], int(fila["semilla"])) for fila in estirados]
    assert hechos == [(cambio, s) for cambio in estirones(base) for s in SEMILLAS]
    assert {fila["parte"] for fila in estirados} == {"validacion"}
    piezas = leer_filas(RAIZ / f"data/piezas-{modelo}.csv")
    ensayadas = [fila for fila in piezas if fila["parte"] == "validacion"]
    tasas = [(fila["receta"], float(fila["tasa"])) for fila in ensayadas]
    assert tasas == [(pieza, c["tasa"]) for pieza, c in con_otras_tasas(receta)]
    medidas = [fila for fila in piezas if fila["parte"] == "prueba"]
    hechas = [(f["receta"], float(f["tasa"]), int(f["semilla"])) for f in medidas]
    debidas = [(p, c["tasa"], s) for p, c in reafinadas(ensayadas) for s in SEMILLAS]
    assert hechas == debidas


@por_modelo
def test_la_receta_del_libro_es_la_que_salio_de_la_busqueda(modelo):
    assert RECETAS[modelo] == final(modelo)[-1]


def test_se_escoge_lo_mas_barato_a_menos_de_un_error_estandar():
    nats = {"la ganadora": (1.50, 1.52), "más": (1.48, 1.49), "todo": (1.46, 1.49)}
    filas = [{"receta": r, "nats": str(n)} for r, suyos in nats.items() for n in suyos]
    assert escogido(filas) == "más"  # 1.485 cabe en 1.475 ± 0.015; 1.51, no


def test_una_tabla_va_y_vuelve(tmp_path):
    filas = [{"receta": "ñandú", "nats": "1.5"}, {"receta": "con, coma", "nats": "2"}]
    escribir_filas(tmp_path / "t.csv", filas)
    assert leer_filas(tmp_path / "t.csv") == filas
