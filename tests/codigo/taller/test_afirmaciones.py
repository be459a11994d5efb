"""Las tres maneras de afirmar: cuándo se sostienen, cuándo detienen el libro y qué apuntan."""

import json

import numpy as np
import pytest

from codigo.taller import afirmaciones
from codigo.taller.afirmaciones import (
    Diferencia,
    afirmar,
    afirmar_mayor,
    afirmar_parecidas,
    pareada,
)

BASE = np.array([1.60, 1.55, 1.58, 1.57, 1.61])


def test_el_intervalo_de_pocos_pares_es_el_de_la_t():
    resta = pareada(BASE, BASE - [0.01, 0.03, 0.02, 0.02, 0.02])
    medio = 2.7764451 * np.std([1, 3, 2, 2, 2], ddof=1) / 100 / np.sqrt(5)
    medidos = resta.media, resta.bajo, resta.alto
    assert medidos == pytest.approx((0.02, 0.02 - medio, 0.02 + medio), abs=1e-7)
    assert resta.pares == 5


def test_una_diferencia_se_escribe_con_su_intervalo():
    resta = Diferencia(0.03, -0.01, 0.07, 5)
    assert f"{resta:+.3f}" == "+0.030 [-0.010, +0.070]"
    assert str(resta) == "0.03 [-0.01, 0.07]"


def test_el_intervalo_de_muchos_pares_se_remuestrea_y_no_cambia_de_una_vez_a_otra():
    restas = np.random.default_rng(3).exponential(size=200) - 0.5
    una, otra = pareada(restas, 0), pareada(restas, np.zeros(200))
    assert una == otra
    medio = 1.96 * restas.std(ddof=1) / np.sqrt(200)
    assert una.bajo == pytest.approx(restas.mean() - medio, abs=0.04)
    assert una.alto == pytest.approx(restas.mean() + medio, abs=0.04)


def test_lo_mayor_se_sostiene_solo_si_el_intervalo_deja_fuera_la_cota():
    menor = BASE - [0.010, 0.014, 0.012, 0.011, 0.013]
    assert afirmar_mayor(BASE, menor, "gana").media == pytest.approx(0.012)
    with pytest.raises(AssertionError, match=r"que gana por poco \(5 semillas, 0.012"):
        afirmar_mayor(BASE, menor, "gana por poco", por=0.0111)
    with pytest.raises(AssertionError, match="al revés"):
        afirmar_mayor(menor, BASE, "al revés")


def test_una_ventaja_que_depende_de_la_semilla_no_alcanza():
    dudosa = BASE - [0.05, -0.01, 0.03, -0.02, 0.06]
    assert np.mean(BASE - dudosa) > 0.02
    with pytest.raises(AssertionError):
        afirmar_mayor(BASE, dudosa, "en promedio gana, pero no siempre")


def test_no_distinguirse_es_caber_en_el_margen_y_no_solo_incluir_al_cero():
    afirmar_parecidas(BASE, BASE - [0.001, -0.002, 0.001, 0, 0.001], 0.005, "empatan")
    with pytest.raises(AssertionError, match="incluye al cero"):
        vaivenes = [0.05, -0.05, 0.02, -0.04, 0.03]
        afirmar_parecidas(BASE, BASE + vaivenes, 0.005, "incluye al cero")
    with pytest.raises(AssertionError, match="difieren poco, pero difieren"):
        corrida = BASE - [0.006, 0.0061, 0.0059, 0.006, 0.006]
        afirmar_parecidas(BASE, corrida, 0.005, "difieren poco, pero difieren")


def test_dos_pares_no_son_una_comparacion():
    with pytest.raises(ValueError, match="por lo menos tres pares"):
        afirmar_mayor(BASE[:2], BASE[:2] - 0.1, "casi")


def test_cada_capitulo_deja_apuntado_lo_que_afirma(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(afirmaciones, "_apuntadas", [])
    monkeypatch.setenv("QUARTO_DOCUMENT_FILE", "02-rnn.qmd")
    afirmar(len(BASE) > 1, "uno es menor que dos")
    afirmar_mayor(
        BASE - [-0.1, -0.1, -0.1, -0.1, -0.11], BASE, "gana", "nombres", por=0.05
    )
    with pytest.raises(AssertionError, match="dejó de ser cierto que uno es tres"):
        afirmar(False, "uno es tres")
    apuntes = json.loads(
        (tmp_path / ".cache/afirmaciones/02-rnn.json").read_text("utf-8")
    )
    assert [uno[:2] for uno in apuntes] == [
        ["uno es menor que dos", "cifra"],
        ["gana", "comparación"],
        ["uno es tres", "cifra"],
    ]
    assert apuntes[1][2:] == ["5 nombres", "0.102 [0.0964, 0.108]", "más de 0.05"]


def test_fuera_de_un_libro_no_se_apunta_nada(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUARTO_DOCUMENT_FILE", raising=False)
    afirmar(True, "nada")
    assert not list(tmp_path.iterdir())
