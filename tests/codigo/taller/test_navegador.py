import json
from base64 import b64decode

import numpy as np
import pytest
from bs4 import BeautifulSoup

from codigo.lstm import LSTM
from codigo.taller.navegador import empacar, incrustar


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
