# Extraído de libro/taller-ordenes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: f3e5da60a20eb344

"""El arranque de ``python -m codigo``.

Se explica en el apéndice «La línea de órdenes».
"""

import os
import signal
import sys


def main() -> int:
    """Corre el programa; devuelve el código de salida."""
    antes = signal.signal(signal.SIGINT, terminar)
    try:
        from codigo.taller.linea import correr_programa

        return correr_programa()
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, antes)


def terminar(*_: object) -> None:
    """Acaba en este instante, sin despedirse."""
    os.write(2, b"interrumpido\n")
    os._exit(130)


if __name__ == "__main__":
    salida = main()
    if salida == 130:
        # si se despidiera de una interrupción, Python podría cambiar el código
        os._exit(130)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ya nada más falta cerrar
    sys.exit(salida)
