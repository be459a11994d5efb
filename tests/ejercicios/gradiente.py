"""Soluciones ajenas del capítulo «¿Está bien el gradiente?»."""

import numpy as np

from codigo.gradiente import diferencias_centrales, error_relativo
from codigo.pizarron import adelante
from codigo.rnn import RNN
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Retrocede.", "peso[posicion] + delta", "peso[posicion] - delta")
mal(1, "Regresa el peso restando.", "peso[posicion] = valor", "peso[posicion] -= delta")


@bien(1)
def diferencias_adelante(red, lote, estado, nombre, posiciones, delta=1e-5):
    """Con una red nueva para cada peso, en una lista."""
    pedido, derivadas = (lote.entradas, lote.objetivos, estado, lote.mascara), []
    for posicion in posiciones:
        peso = red.parametros[nombre].copy()
        peso.flat[posicion] += delta
        movida = RNN.con({**red.parametros, nombre: peso})
        derivadas.append(movida.perdida_y_gradientes(*pedido)[0])
    return [(d - red.perdida_y_gradientes(*pedido)[0]) / delta for d in derivadas]


mal(2, "Pide que todo el renglón esté mal.", ".any(axis=1)", ".all(axis=1)")
mal(2, "Compara sin tolerancia.", "rtol=1e-5, atol=1e-7", "rtol=0, atol=0")


@mal(2)
def letras_mal_derivadas(red, lote, estado):
    """Compara la norma de cada renglón, que no ve los signos."""
    _, g, _ = red.perdida_y_gradientes(*lote[:2], estado, lote.mascara)
    g = g["Wxh"]
    numerico = diferencias_centrales(red, lote, estado, "Wxh", range(g.size))
    normas = np.linalg.norm([g, numerico.reshape(g.shape)], axis=2)
    return set(np.flatnonzero(~np.isclose(*normas, rtol=1e-5)).tolist())


@bien(2)
def letras_mal_derivadas(red, lote, estado):
    """Letra por letra, con el error relativo del capítulo."""
    _, g, _ = red.perdida_y_gradientes(*lote[:2], estado, lote.mascara)
    V, H = g["Wxh"].shape
    malas = set()
    for letra in range(V):
        suyas = range(letra * H, (letra + 1) * H)
        debido = diferencias_centrales(red, lote, estado, "Wxh", suyas)
        if error_relativo(g["Wxh"][letra], debido) > 1e-5:
            malas.add(letra)
    return malas


SUYO = """('[indices] + estado @ p["Whh"]', '[indices] - estado @ p["Whh"]')"""

mal(3, "La comprobación lo atrapa.", SUYO, '("h[1:] ** 2", "h[1:] ** 3")')
mal(3, "No empeora nada.", SUYO, '("hacia atrás.\\n", "hacia atras.\\n")')
mal(3, "Son más caracteres.", "'[indices] - estado", "'[indices] - 2 * estado")
bien(
    3,
    "Estropea la salida y no la memoria.",
    SUYO,
    """('h @ p["Why"] + p["by"], h', 'h @ p["Why"] - p["by"], h')""",
)


mal(4, "Toma la parte real.", ".imag", ".real")


@mal(4)
def derivada_compleja(p, entradas, objetivos, h, nombre, posicion):
    """Diferencias centrales: buenas, pero con resta."""
    perdidas = []
    for cuanto in (1e-5, -1e-5):
        movido = p[nombre].copy()
        movido[posicion] += cuanto
        perdidas.append(adelante({**p, nombre: movido}, entradas, objetivos, h)[0])
    return (perdidas[0] - perdidas[1]) / 2e-5


@bien(4)
def derivada_compleja(p, entradas, objetivos, h, nombre, posicion):
    """Todo complejo desde el principio y con la exponencial a la vista."""
    q = {n: peso + 0j for n, peso in p.items()}
    q[nombre][posicion] += 1e-20j
    perdida = 0
    for x, objetivo in zip(entradas, objetivos):
        h = np.tanh(q["Wxh"][x] + h @ q["Whh"] + q["bh"])
        y = h @ q["Why"] + q["by"]
        perdida += np.log(np.exp(y).sum()) - y[objetivo]
    return perdida.imag * 1e20
