# Extraído de libro/01-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 7108d117bf6470c1

"""Soluciones del capítulo «Los municipios»."""

import numpy as np

from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo
from codigo.numeros import log_softmax


def sorpresas(modelo: Modelo, nombre: str, vocabulario: Vocabulario) -> np.ndarray:
    """Los nats de cada símbolo de un nombre, ``(letras + 1,)``, con su ``FIN``."""
    nats, estado, anterior = [], modelo.estado_inicial(1), 0
    for actual in [*vocabulario.codificar(nombre), 0]:
        logitos, estado = modelo.paso(np.array([anterior]), estado)
        nats.append(-log_softmax(logitos[0])[actual])
        anterior = actual
    return np.array(nats)
