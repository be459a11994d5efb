"""Los jueces: distinguen lo que se nota, callan ante lo igual, y su nota tiene signo."""

from dataclasses import replace

import pytest

from codigo.generacion import generar
from codigo.jueces import (
    DE_CERO,
    areas_de_razon,
    estudiar,
    examen_de_distancias,
    primeros_sin_copia,
    razon,
)
from codigo.ngramas import WittenBell


@pytest.fixture
def del_unigrama(particion, vocabulario, rng):
    unigrama = WittenBell(1, particion.entrenamiento, vocabulario)
    return primeros_sin_copia(generar(unigrama, vocabulario, 400, rng), ())[:120]


def test_la_nota_es_mayor_que_cero_en_lo_que_parece_real(particion, vocabulario):
    reales = particion.entrenamiento[:60]
    real = estudiar(DE_CERO, reales, vocabulario)
    falso = estudiar(DE_CERO, [nombre[::-1] for nombre in reales], vocabulario)
    notas = razon(real, falso, reales, vocabulario)
    assert notas.shape == (60,) and (notas > 0).mean() > 0.9
    assert razon(falso, real, reales, vocabulario) == pytest.approx(-notas)


def test_estudiar_desde_unos_pesos_sigue_donde_iban(particion, vocabulario):
    nombres = particion.entrenamiento[:40]
    leida = estudiar(DE_CERO, nombres, vocabulario)
    quieta = replace(DE_CERO, epocas=1, tasa=0.0)
    igual = estudiar(quieta, nombres, vocabulario, leida.parametros)
    for nombre, peso in leida.parametros.items():
        assert igual.parametros[nombre] == pytest.approx(peso)


def test_el_juez_de_la_razon_nota_al_unigrama_y_no_a_otra_mitad(
    particion, vocabulario, del_unigrama
):
    leidos, resto = particion.entrenamiento[:300], particion.entrenamiento[600:]
    parejas = [(resto[:120], del_unigrama), (resto[:120], resto[120:240])]
    areas = areas_de_razon(leidos, parejas, vocabulario.simbolos[1:], semilla=1)
    for nota in ("por_nombre", "por_simbolo"):
        assert areas[nota].shape == (2,)
        assert areas[nota][0] > 0.85 and 0.3 < areas[nota][1] < 0.7


def test_el_juez_de_la_razon_puede_empezar_de_cero(
    particion, vocabulario, del_unigrama
):
    reales, simbolos = particion.validacion[:60], vocabulario.simbolos[1:]
    areas = areas_de_razon([], [(reales, del_unigrama[:60])], simbolos, semilla=1)
    assert areas["por_nombre"].shape == (1,) and areas["por_nombre"][0] > 0.8
    with pytest.raises(ValueError, match="60 reales y 59 inventados"):
        areas_de_razon([], [(reales, del_unigrama[:59])], simbolos, semilla=1)


def test_las_distancias_notan_lo_lejano_y_lo_pegado(particion, del_unigrama):
    estudiados, apartados = particion.entrenamiento[:1000], particion.validacion
    pegados = [f"{nombre}s" for nombre in estudiados[:200]]
    for suyos in (del_unigrama, pegados):
        separacion, p = examen_de_distancias(apartados, suyos, estudiados)
        assert 0.4 < separacion <= 1 and p < 1e-6
    separacion, p = examen_de_distancias(apartados, particion.prueba, estudiados)
    assert separacion < 0.15 and p > 0.01


def test_lo_que_se_juzga_no_es_copia_ni_se_repite():
    nombres = ["Tepic", "", "Ucú", "tepíc", "Peto", "Mérida"]
    assert primeros_sin_copia(nombres, ["MERIDA"]) == ["Tepic", "Ucú", "Peto"]
    assert primeros_sin_copia(nombres, [], 2) == ["Tepic", "Ucú"]
    with pytest.raises(ValueError, match="hay 4 nombres, y se piden 5"):
        primeros_sin_copia(nombres, [], 5)
    assert primeros_sin_copia([], []) == []
