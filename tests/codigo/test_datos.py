import csv
import re
import unicodedata
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codigo.datos import FIN, Vocabulario, dividir, leer_nombres, normalizar
from codigo.lotes import hacer_lote, lotes_por_epoca, lotes_por_largo, tramos
from data.construir import orden_espanol
from tests.conftest import RAIZ

LETRAS = st.text(alphabet="abcdeñÁ -.", min_size=1, max_size=12)


def test_las_cuentas_de_la_lista(nombres):
    assert len(nombres) == 2463
    assert len(set(nombres)) == 2323
    assert len(set("\n".join(nombres))) == 67
    assert min(map(len, nombres)) == 3
    assert max(map(len, nombres)) == 49


def test_las_cuentas_del_catalogo(nombres):
    with open(RAIZ / "data/municipios.csv", encoding="utf-8", newline="") as archivo:
        filas = list(csv.DictReader(archivo))
    assert list(filas[0]) == ["clave", "entidad", "nombre"]
    assert len({fila["entidad"] for fila in filas}) == 32
    assert (
        len({(fila["entidad"], fila["clave"]) for fila in filas}) == len(filas) == 2463
    )
    assert sorted(fila["nombre"] for fila in filas) == sorted(nombres)


def test_los_municipios_nuevos_traen_fecha_y_fuente(nombres):
    with open(RAIZ / "data/nuevos.csv", encoding="utf-8", newline="") as archivo:
        filas = list(csv.DictReader(archivo))
    assert list(filas[0]) == ["nombre", "entidad", "aprobado", "fuente"]
    assert len({fila["nombre"] for fila in filas}) == 15
    for fila in filas:
        assert re.fullmatch(r"20(1[789]|2[0-6])-(0[1-9]|1[0-2])", fila["aprobado"])
        assert fila["fuente"].startswith("https://")
    conocidos = {normalizar(nombre) for nombre in nombres}
    ya = {fila["nombre"] for fila in filas if normalizar(fila["nombre"]) in conocidos}
    assert ya == {"Hueyapan", "San Felipe", "San Nicolás", "Xoxocotla"}


def test_normalizar_quita_lo_que_no_distingue():
    assert normalizar("San Juan  Mixtepec -Dto. 26 - ") == "san juan mixtepec"
    assert normalizar("ÁLAMO") == normalizar("A\u0301lamo") == "alamo"
    assert normalizar("Ñuu Güémez") == "ñuu guemez"
    assert normalizar("Nombre-con-guiones") == "nombre-con-guiones"


def test_la_lista_esta_en_orden_espanol(nombres):
    assert nombres == sorted(nombres, key=orden_espanol)
    numi = nombres.index("San Juan Ñumí")
    assert nombres[numi - 1] < "San Juan O" < nombres[numi + 1]
    prueba = ["Ñumí", "Nunkiní", "Ocampo", "Álamo", "Alaquines", "Zapopan", "Acuña"]
    assert sorted(prueba, key=orden_espanol) == [
        "Acuña", "Álamo", "Alaquines", "Nunkiní", "Ñumí", "Ocampo", "Zapopan",
    ]  # fmt: skip


def test_los_nombres_estan_limpios(nombres):
    for nombre in nombres:
        assert nombre == nombre.strip() == unicodedata.normalize("NFC", nombre)
        assert "  " not in nombre


def test_leer_normaliza_y_salta_renglones_vacios(tmp_path):
    ruta = tmp_path / "lista.txt"
    ruta.write_text("Me\u0301rida\n\n \t\n  Tepic \r\nMérida\n", encoding="utf-8")
    assert (
        leer_nombres(ruta) == leer_nombres(str(ruta)) == ["Mérida", "Tepic", "Mérida"]
    )


def test_el_vocabulario_son_las_letras_en_orden_despues_del_fin():
    vocabulario = Vocabulario(["hgfed", "", "c\nab"])
    assert vocabulario.simbolos == "\nabcdefgh" and len(vocabulario) == 9
    nada = vocabulario.codificar("")
    assert nada.shape == (0,) and nada.dtype == np.intp


@given(st.lists(LETRAS, min_size=1, max_size=8))
def test_codificar_y_decodificar_son_inversas(lista):
    vocabulario = Vocabulario(lista)
    assert vocabulario.simbolos[0] == FIN
    for nombre in lista:
        indices = vocabulario.codificar(nombre)
        assert indices.min() > 0
        assert vocabulario.decodificar(indices) == nombre
        assert vocabulario.decodificar([*indices, 0, *indices]) == nombre


def test_una_letra_ajena_es_un_error_claro(vocabulario):
    with pytest.raises(ValueError, match=r"^«a@b»: el vocabulario no tiene «@»$"):
        vocabulario.codificar("a@b")


def test_codificar_no_recorre_el_vocabulario(vocabulario, monkeypatch):
    monkeypatch.setattr(vocabulario, "simbolos", None)
    assert len(vocabulario.codificar("Ucú")) == 3


def test_la_particion_reparte_sin_repetir(nombres, particion):
    assert [len(parte) for parte in particion] == [1858, 232, 233]
    juntos = [nombre for parte in particion for nombre in parte]
    assert sorted(juntos) == sorted(set(nombres))
    assert dividir(list(reversed(nombres))) == particion
    assert dividir(nombres, semilla=20180509) == particion
    assert dividir(nombres, semilla=1) != particion


@given(st.lists(LETRAS, min_size=1, max_size=6))
def test_un_lote_dice_lo_mismo_que_sus_nombres(lista):
    vocabulario = Vocabulario(lista)
    lote = hacer_lote(lista, vocabulario)
    assert lote.entradas.shape == (max(map(len, lista)) + 1, len(lista))
    assert lote.sigue is False
    for b, nombre in enumerate(lista):
        largo = len(nombre) + 1
        assert lote.mascara[:, b].sum() == largo == lote.mascara[:largo, b].sum()
        assert lote.entradas[0, b] == lote.objetivos[largo - 1, b] == 0
        assert vocabulario.decodificar(lote.objetivos[:, b]) == nombre
        assert (lote.entradas[1:largo, b] == lote.objetivos[: largo - 1, b]).all()


def test_cada_epoca_ve_todos_los_nombres_una_vez(particion, vocabulario, rng):
    nombres = particion.validacion
    fuente = lotes_por_epoca(nombres, vocabulario, 50, rng)
    ordenes = []
    for _ in range(2):
        vistos = []
        for lote in islice(fuente, 5):
            vistos += [vocabulario.decodificar(columna) for columna in lote.objetivos.T]
        assert sorted(vistos) == sorted(nombres)
        ordenes.append(vistos)
    assert ordenes[0] != ordenes[1]


def test_los_tramos_recorren_el_texto_como_el_original():
    texto = np.arange(100, 160)
    vuelta = list(islice(tramos(texto, 25), 4))
    assert [lote.sigue for lote in vuelta] == [False, True, False, True]
    assert (vuelta[1].entradas[:, 0] == texto[25:50]).all()
    assert (vuelta[1].objetivos[:, 0] == texto[26:51]).all()
    assert all(lote.mascara.shape == (25, 1) and lote.mascara.all() for lote in vuelta)
    de_una_letra = islice(tramos(texto[:5], 1), 4)
    assert [lote.sigue for lote in de_una_letra] == [False, True, True, False]
    # en p empieza uno si p + T + 1 < largo, como en el programa de 2015
    for largo, inicios in ((51, [0, 0]), (52, [0, 25, 0]), (77, [0, 25, 50, 0])):
        vistos = islice(tramos(np.arange(largo), 25), len(inicios))
        assert [int(lote.entradas[0, 0]) for lote in vistos] == inicios


def test_la_marca_de_orden_no_es_una_letra(tmp_path):
    (tmp_path / "lista.txt").write_bytes("\ufeffUcú\r\nIxil\r\n".encode())
    assert leer_nombres(tmp_path / "lista.txt") == ["Ucú", "Ixil"]


def test_los_lotes_por_largo_ven_todo_y_casi_no_rellenan(particion, vocabulario, rng):
    nombres = particion.entrenamiento
    codificados = [vocabulario.codificar(nombre) for nombre in nombres]
    epocas = [list(lotes_por_largo(codificados, 32, rng)) for _ in range(2)]
    for lotes in epocas:
        vistos = [
            vocabulario.decodificar(c) for lote in lotes for c in lote.objetivos.T
        ]
        assert sorted(vistos) == sorted(nombres)
        relleno = 1 - sum(x.mascara.sum() for x in lotes) / sum(
            x.mascara.size for x in lotes
        )
        assert relleno < 0.2
    una, otra = ([lote.entradas.shape for lote in lotes] for lotes in epocas)
    assert una != otra and una != sorted(una)


@pytest.mark.parametrize(("lotes", "en_orden"), [(8, True), (9, False)])
def test_los_de_largo_parecido_se_buscan_entre_ocho_lotes(lotes, en_orden, rng):
    codificados = [np.ones(largo, int) for largo in range(1, 4 * lotes + 1)]
    vistos = [lote.mascara.sum(axis=0) for lote in lotes_por_largo(codificados, 4, rng)]
    vistos.sort(key=min)
    assert [len(largos) for largos in vistos] == [4] * lotes
    seguidos = [max(uno) < min(otro) for uno, otro in pairwise(vistos)]
    assert all(seguidos) == en_orden
