# Extraído de libro/08-entrenar.qmd
# Extraído de libro/velocidad.qmd
# Extraído de libro/gru.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 1db536922d703d74

"""Las redes del libro, por su nombre.

Se explica en el capítulo «Entrenar en serio» y en los apéndices «Velocidad» y
«Agregar una red: la GRU».
"""

# ⟨las redes que se importan⟩
from codigo.lstm import LSTM
from codigo.red import Red
from codigo.rnn import RNN
from codigo.veloz import LSTMVeloz, RNNVeloz
from codigo.gru import GRU

REDES: dict[str, type[Red]] = {"rnn": RNN, "lstm": LSTM}


def clase_de(nombre: str) -> type[Red]:
    """La clase de una red.

    Raises:
        ValueError: si no hay red que se llame así.
    """
    if nombre not in REDES:
        hay = ", ".join(f"«{red}»" for red in sorted(REDES))
        raise ValueError(f"no hay modelo «{nombre}»; hay {hay}")
    return REDES[nombre]


REDES |= {"rnn": RNNVeloz, "lstm": LSTMVeloz}


REDES["gru"] = GRU
