# Extraído de libro/taller-ordenes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 0c6548aa38853de9

"""Redes recurrentes escritas a mano en NumPy que inventan municipios de México.

Se explica en el apéndice «La línea de órdenes», sección «Lo que se importa».
"""

DONDE = {
    "Corrida": "corrida",
    "GRU": "gru",
    "KneserNey": "ngramas",
    "LSTM": "lstm",
    "RNN": "rnn",
    "Receta": "corrida",
    "Vocabulario": "datos",
    "cargar": "taller.modelos",
    "comprobar": "gradiente",
    "correr": "corrida",
    "dividir": "datos",
    "entrenar": "entrenamiento",
    "generar": "generacion",
    "guardar": "taller.modelos",
    "leer_nombres": "datos",
}


def __getattr__(nombre: str) -> object:
    """Lo que se importa de ``codigo``, traído del módulo en que vive."""
    from importlib import import_module

    if nombre not in DONDE:
        raise AttributeError(f"«codigo» no tiene «{nombre}»")
    return getattr(import_module(f"codigo.{DONDE[nombre]}"), nombre)
