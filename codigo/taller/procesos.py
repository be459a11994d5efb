# Extraído de libro/taller-memoria.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 1686515604c6b6da

"""Repartir trabajo entre procesos sin que ninguno quede suelto.

Se explica en el apéndice «Recordar lo entrenado», sección «Los ayudantes».
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread


def morir_con_el_padre() -> None:
    """Hace que este proceso termine en cuanto termine el que lo creó."""
    if padre := parent_process():
        final = padre.sentinel
        Thread(target=lambda: (wait([final]), os._exit(1)), daemon=True).start()


@contextmanager
def sordo_a_ctrl_c() -> Iterator[None]:
    """Lo que se empiece aquí dentro no atiende Ctrl-C; al salir, quien lo llama sí."""
    antes = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, antes)
