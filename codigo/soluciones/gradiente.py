# Extraído de libro/03-gradiente.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 1d3ec6b645bd30e0

"""Soluciones del capítulo «¿Está bien el gradiente?»."""

from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.gradiente import diferencias_centrales
from codigo.lotes import Lote
from codigo.pizarron import Parametros, un_paso
from codigo.red import Red
from codigo.rnn import RNN


def diferencias_adelante(
    red: Red,
    lote: Lote,
    estado: np.ndarray,
    nombre: str,
    posiciones: Sequence[int],
    delta: float = 1e-5,
) -> np.ndarray:
    """Derivada numérica ``(n,)`` que solo avanza, en unas posiciones de un parámetro."""
    leer = red.perdida_y_gradientes
    perdida, *_ = leer(lote.entradas, lote.objetivos, estado, lote.mascara)
    peso, derivadas = red.parametros[nombre].reshape(-1), []
    for posicion in posiciones:
        valor, peso[posicion] = peso[posicion], peso[posicion] + delta
        movida, *_ = leer(lote.entradas, lote.objetivos, estado, lote.mascara)
        peso[posicion] = valor
        derivadas.append((movida - perdida) / delta)
    return np.array(derivadas)


def letras_mal_derivadas(red: RNN, lote: Lote, estado: np.ndarray) -> set[int]:
    """Los renglones de ``Wxh`` cuyo gradiente no coincide con el numérico."""
    _, gradientes, _ = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, lote.mascara
    )
    g = gradientes["Wxh"]
    numerico = diferencias_centrales(red, lote, estado, "Wxh", range(g.size))
    malos = ~np.isclose(g, numerico.reshape(g.shape), rtol=1e-5, atol=1e-7)
    return set(np.flatnonzero(malos.any(axis=1)).tolist())


SABOTAJE = ('[indices] + estado @ p["Whh"]', '[indices] - estado @ p["Whh"]')


def derivada_compleja(
    p: Parametros,
    entradas: Sequence[int],
    objetivos: Sequence[int],
    h: np.ndarray,
    nombre: str,
    posicion: tuple[int, ...],
) -> float:
    """La derivada de la pérdida en un peso, con un paso imaginario de 10⁻⁵⁰."""
    movido, perdida = p[nombre].astype(complex), 0j
    movido[posicion] += 1e-50j
    for x, objetivo in zip(entradas, objetivos):
        h, y = un_paso({**p, nombre: movido}, x, h)
        perdida -= log_softmax(y)[objetivo]
    return float(perdida.imag / 1e-50)
