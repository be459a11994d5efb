# Extraído de libro/01-municipios.qmd
# Extraído de libro/07-lstm.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 62d86683c008d644

"""Las funciones de activación: de un número cualquiera a una probabilidad o compuerta.

Se explica en los capítulos «Los municipios» y «La LSTM».
"""

import numpy as np


def log_softmax(logitos: np.ndarray) -> np.ndarray:
    """Log-probabilidades ``(..., V)``, en nats, de unos logitos ``(..., V)``.

    Capítulo «Los municipios», sección «Qué tan sorprendido queda un modelo».
    """
    centrados = logitos - logitos.max(axis=-1, keepdims=True)
    return centrados - np.log(np.exp(centrados).sum(axis=-1, keepdims=True))


def sigmoide(z: np.ndarray) -> np.ndarray:
    """La función logística, calculada como una tangente para que nunca se desborde.

    Capítulo «La LSTM», sección «Una celda con compuertas».
    """
    return (1 + np.tanh(z / 2)) / 2
