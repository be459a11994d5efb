# Extraído de libro/taller-ordenes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 4f8d136facfd58e5

"""El arranque de ``python -m codigo``.

Se explica en el apéndice «La línea de órdenes».
"""

import io
import os
import signal
import sys


def main() -> int:
    """Corre el programa; devuelve el código de salida."""
    antes = signal.signal(signal.SIGINT, terminar)
    preparar_salidas()
    try:
        from codigo.taller.linea import correr_programa

        return correr_programa()
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, antes)


def preparar_salidas() -> None:
    """Deja las tres entradas y salidas abiertas, y las dos salidas en UTF-8."""
    # ⟨abrir las cerradas⟩
    for numero in range(3):
        try:
            os.fstat(numero)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # toma el primer número libre: ese
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")
    for salida in (sys.stdout, sys.stderr):
        if isinstance(salida, io.TextIOWrapper):
            salida.reconfigure(encoding="utf-8", errors="backslashreplace")
    os.environ["PYTHONIOENCODING"] = "utf-8"  # la de los ayudantes


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
