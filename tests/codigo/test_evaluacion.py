import numpy as np
import pytest

from codigo.datos import Vocabulario, hacer_lote
from codigo.evaluacion import clasificar, nats_en_lotes, nats_por_simbolo
from codigo.lstm import LSTM
from codigo.numeros import log_softmax


class Uniforme:
    """No sabe nada: da lo mismo a los ``V`` símbolos."""

    def __init__(self, V):
        self.V = V

    def estado_inicial(self, B):
        return None

    def paso(self, indices, estado):
        return np.full((len(indices), self.V), 3.0), estado


class Oraculo(Uniforme):
    """Sabe que todos los nombres son «ab»."""

    def paso(self, indices, estado):
        siguiente = {0: 1, 1: 2, 2: 0}[int(indices[0])]
        return np.where(np.arange(3) == siguiente, 0.0, -np.inf)[None], estado


def test_no_saber_nada_vale_el_logaritmo_del_vocabulario():
    vocabulario = Vocabulario(["abc", "d"])
    assert nats_por_simbolo(Uniforme(5), ["abc", "d"], vocabulario) == pytest.approx(
        np.log(5)
    )


def test_saberlo_todo_vale_cero():
    assert nats_por_simbolo(Oraculo(3), ["ab", "ab"], Vocabulario(["ab"])) == 0


def test_clasificar_distingue_los_tres_casos():
    assert clasificar("Tepic", {"Tepic"}, {"Tepic", "Ixil"}) == "copia"
    assert clasificar("Ixil", {"Tepic"}, {"Tepic", "Ixil"}) == "real"
    assert clasificar("Ixpic", {"Tepic"}, {"Tepic", "Ixil"}) == "nuevo"


def test_log_softmax_no_se_desborda_y_suma_uno():
    logp = log_softmax(np.array([[1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0]]))
    assert np.isfinite(logp).all()
    assert np.exp(logp).sum(axis=1) == pytest.approx([1, 1])
    assert logp[0, 1] - logp[0, 0] == pytest.approx(-1)


def test_medir_por_lotes_es_medir_de_uno_en_uno(particion, vocabulario, rng):
    nombres, red = particion.validacion[:40], LSTM(len(vocabulario), 7, rng, escala=0.5)
    lotes = [hacer_lote(nombres[i : i + 16], vocabulario) for i in range(0, 40, 16)]
    de_uno_en_uno = nats_por_simbolo(red, nombres, vocabulario)
    assert nats_en_lotes(red, lotes) == pytest.approx(de_uno_en_uno, abs=1e-12)
