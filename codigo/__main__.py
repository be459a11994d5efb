# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: e3ba6f435a0b00c4

"""El arranque de ``python -m codigo``.

Se explica en el capítulo «Entrenar en serio», sección «Las órdenes».
"""

import os
import signal
import sys


def main() -> int:
    """Corre el programa; devuelve el código de salida."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from codigo.linea import correr_programa

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return correr_programa()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    salida = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ya está terminando
    sys.exit(salida)
