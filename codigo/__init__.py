# Extraído de libro/a-como-esta-hecho.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 9667ce65fbccb452

"""Redes recurrentes escritas a mano en NumPy que inventan municipios de México.

Los datos van en un solo sentido: datos → ngramas, rnn y lstm → entrenamiento →
generacion y evaluacion. Cada módulo dice qué capítulo lo explica.
"""
