# Extraído de libro/10-afinar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 4593ec1e0159dda1

"""Las recetas que quedaron de la búsqueda, una por modelo.

Se explica en el capítulo «Afinar sin engañarse».
"""

from dataclasses import replace

from codigo.corrida import Receta
from codigo.redes import clase_de

DE_LA_RNN = Receta(
    modelo="rnn",
    H=192,
    B=16,
    epocas=103,
    paciencia=20,
    tasa=0.00796,
    factor_letras=46.1,
    decaimiento=0.346,
    limite=0.23,
    escala=2.08,
    olvido=0.0,  # la red simple no lo usa
    apagar_entrada=0.0401,
    apagar_salida=0.0215,
    apagar_recurrente=0.0526,
    promedio=0.99475,
)


DE_LA_LSTM = Receta(
    modelo="lstm",
    H=256,
    B=64,
    epocas=60,
    tasa=0.0244,
    factor_letras=8.73,
    decaimiento=0.363,
    limite=0.344,
    escala=0.868,
    olvido=-0.339,
    apagar_entrada=0.00373,
    apagar_salida=0.5,
    apagar_recurrente=0.326,
    promedio=0.98,
)

RECETAS = {"rnn": DE_LA_RNN, "lstm": DE_LA_LSTM}
MUNICIPIOS = 1858  # los nombres de entrenamiento con que se afinaron


def receta_para(modelo: str, cuantos: int) -> Receta:
    """La receta de un modelo para una lista con ``cuantos`` nombres de entrenamiento.

    La de un modelo que nadie ha afinado es ``Receta()``, sin cambios.

    Con menos nombres que los municipios, lotes más chicos, para dar los mismos pasos por
    época; con más, menos épocas. Capítulo «Afinar sin engañarse».

    Raises:
        ValueError: si no hay un modelo que se llame así.
    """
    clase_de(modelo)
    base, veces = RECETAS.get(modelo, Receta(modelo)), cuantos / MUNICIPIOS
    B = max(4, round(base.B * min(veces, 1)))
    return replace(base, B=B, epocas=max(8, round(base.epocas / max(veces, 1))))
