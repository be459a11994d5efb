# Extraído de libro/10-afinar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: b3a9038824ea9d00

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
    epocas=108,
    paciencia=20,
    tasa=0.00397,
    factor_letras=52.7,
    decaimiento=0.34,
    limite=0.392,
    escala=1.99,
    olvido=0.0,  # la red simple no lo usa
    apagar_entrada=0.0217,
    apagar_salida=0.00192,
    apagar_recurrente=0.104,
    promedio=0.9794,
)


DE_LA_LSTM = Receta(
    modelo="lstm",
    H=256,
    B=64,
    epocas=52,
    tasa=0.034,
    factor_letras=15.9,
    decaimiento=0.142,
    limite=1.43,
    escala=0.852,
    olvido=-0.559,
    apagar_entrada=0.0156,
    apagar_salida=0.5,
    apagar_recurrente=0.446,
    promedio=0.9351,
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
