# Extraído de libro/taller-libro.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: de9c43ec738f237a

"""El taller: lo que hace falta alrededor de las redes y no es de ellas.

Se explica en los apéndices de «El taller». El tema, en la carpeta de arriba, no lo usa.
"""
