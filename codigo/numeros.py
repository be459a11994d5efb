# Extraído de libro/01-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: b8dd763f91ef27f5

"""Las cuentas que comparten todos los modelos."""

import numpy as np


def log_softmax(logitos: np.ndarray) -> np.ndarray:
    """Log-probabilidades ``(..., V)``, en nats, de unos logitos ``(..., V)``.

    Capítulo «Los municipios», sección «Qué tan sorprendido queda un modelo».
    """
    centrados = logitos - logitos.max(axis=-1, keepdims=True)
    return centrados - np.log(np.exp(centrados).sum(axis=-1, keepdims=True))
