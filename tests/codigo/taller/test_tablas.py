"""Las tablas guardadas en ``data/`` son las que este código escribe y lee."""

import numpy as np
import pytest

from codigo.afinacion import PIEZAS, SEMILLAS, estirones, ganadora
from codigo.corrida import Receta
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


@por_modelo
def test_los_ensayos_se_hicieron_con_esta_lista(modelo):
    filas = leer_ensayos(RAIZ / f"data/busqueda-{modelo}.csv")
    assert {f["datos"] for f in filas} == {
        huella_de_datos(RAIZ / "data/municipios.txt")
    }


@por_modelo
def test_las_piezas_y_los_estirones_guardados_son_los_de_hoy(modelo):
    base = ganadora(leer_ensayos(RAIZ / f"data/busqueda-{modelo}.csv"))
    for tabla, cambios, semillas in (
        ("piezas", PIEZAS, SEMILLAS[:2]),
        ("estirones", estirones(base), SEMILLAS),
    ):
        filas = leer_filas(RAIZ / f"data/{tabla}-{modelo}.csv")
        hechas = {(fila["receta"], int(fila["semilla"])) for fila in filas}
        assert hechas == {
            (cambio, semilla) for cambio in cambios for semilla in semillas
        }


def test_una_tabla_va_y_vuelve(tmp_path):
    filas = [{"receta": "ñandú", "nats": "1.5"}, {"receta": "con, coma", "nats": "2"}]
    escribir_filas(tmp_path / "t.csv", filas)
    assert leer_filas(tmp_path / "t.csv") == filas
