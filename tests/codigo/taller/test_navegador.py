import json
from base64 import b64decode

import numpy as np
import pytest
from bs4 import BeautifulSoup

from codigo import pizarron
from codigo.lstm import LSTM
from codigo.rnn import RNN
from codigo.taller.navegador import empacar, ida_y_vuelta, incrustar


@pytest.mark.parametrize(("dtype", "bits"), [(np.float16, 16), (np.float32, 32)])
def test_los_pesos_se_desempacan_iguales(vocabulario, rng, dtype, bits):
    red = LSTM(len(vocabulario), 5, rng)
    paquete = json.loads(json.dumps(empacar(red, vocabulario, dtype)))
    assert paquete["bits"] == bits
    assert paquete["simbolos"] == vocabulario.simbolos
    for nombre, peso in red.parametros.items():
        letras = np.frombuffer(b64decode(paquete["pesos"][nombre]), f"<f{bits // 8}")
        np.testing.assert_array_equal(letras, peso.astype(dtype).ravel())


def test_lo_incrustado_no_se_puede_salir_de_su_elemento():
    malo = "</script><script>alert('ñ')</script><!--"
    html = str(incrustar(un_dato=[malo, 1])).removeprefix("```{=html}\n")
    sopa = BeautifulSoup(html.removesuffix("\n```"), "html.parser")
    (elemento,) = sopa.find_all("script")
    assert elemento["id"] == "un-dato" and elemento["type"] == "application/json"
    assert json.loads(elemento.string) == [malo, 1]


def test_la_tabla_quieta_lee_hacia_abajo_y_acumula_hacia_arriba(vocabulario, rng):
    red = RNN(len(vocabulario), 5, rng, escala=0.5)
    letras = vocabulario.codificar("El Oro").tolist()
    x, sigue = [0, *letras], [*letras, 0]
    perdida, *leido = pizarron.adelante(red.parametros, x, sigue, np.zeros(5))
    cabeza, _, *filas = str(ida_y_vuelta(red, "El Oro", vocabulario)).splitlines()
    celdas = [fila.strip("| ").split(" | ") for fila in filas]
    assert [c[:2] for c in celdas[1:4]] == [["E", "l"], ["l", "␣"], ["␣", "O"]]
    assert abs(sum(float(c[2]) for c in celdas) - perdida) < 5e-3
    assert cabeza.strip("| ").split(" | ")[3:] == ["`Wxh`", "`Whh`", "`Why`"]
    for t in range(len(x)):
        resto = [parte[t:] for parte in (x, sigue, *leido)]
        g = pizarron.atras(red.parametros, *resto)
        normas = [np.linalg.norm(g[n]) for n in ("Wxh", "Whh", "Why")]
        np.testing.assert_allclose([float(c) for c in celdas[t][3:]], normas, atol=1e-3)
