"""Soluciones ajenas del capítulo «La LSTM»."""

import numpy as np

from codigo.activaciones import sigmoide
from codigo.lstm import LSTM
from tests.ejercicios import de, libro

bien, mal = de(__name__)
LIBRO = libro("lstm")

mal(1, "Olvida los sesgos.", "(V + H + 1) + (H + 1) * V", "(V + H) + H * V")
mal(
    1,
    "Cuenta tres compuertas y olvida la candidata.",
    "cuantos_pesos(4, V, H)",
    "cuantos_pesos(3, V, H)",
)


@mal(1)
def que_H_empareja(V, H):
    """El doble, como cuando H es grande."""
    return 2 * H


@bien(1)
def que_H_empareja(V, H):
    """Despeja la ecuación de segundo grado y prueba los dos enteros de al lado."""

    def lejos(n):
        return abs(n * n + n * (2 * V + 1) + V - pesos)

    pesos = sum(p.size for p in LSTM(V, H, np.random.default_rng()).parametros.values())
    b = 2 * V + 1
    raiz = int((-b + (b * b - 4 * (V - pesos)) ** 0.5) / 2)
    return raiz if lejos(raiz) <= lejos(raiz + 1) else raiz + 1


mal(2, "Pide que en cada letra quede esa fracción.", "queda ** (1 / n)", "queda")
mal(2, "Devuelve la compuerta y no su sesgo.", "math.log(f / (1 - f))", "f")
mal(2, "Cuenta una letra de más.", "(1 / n)", "(1 / (n + 1))")


@bien(2)
def olvido_para(n, queda=0.5):
    """Lo busca partiendo a la mitad."""
    bajo, alto = -50.0, 50.0
    for _ in range(100):
        medio = (bajo + alto) / 2
        if sigmoide(np.array(medio)) ** n < queda:
            bajo = medio
        else:
            alto = medio
    return alto


mal(
    3,
    "Confía en que un sesgo de 100 le gana a cualquier peso.",
    "2 * H : 3 * H] = 0\n",
    "2 * H : 3 * H] *= 1\n",
)
mal(3, "Comparte los arreglos con la original.", "p.copy()", "p")
mal(3, "Deja la compuerta a medias.", "= 100", "= 1")


@mal(3)
def sin_salida(red):
    """Cambia el orden de las compuertas: abre la candidata."""
    otra = LSTM.con({nombre: p.copy() for nombre, p in red.parametros.items()})
    H = len(red.parametros["Why"])
    for nombre, valor in (("Wx", 0), ("Wh", 0), ("b", 100)):
        otra.parametros[nombre][..., 3 * H :] = valor
    return otra


@bien(3)
def sin_salida(red):
    """Corta y pega las columnas, con un sesgo infinito."""
    p, nuevos = red.parametros, {}
    for nombre in p:
        partes = np.split(p[nombre], 4, axis=-1) if nombre[-1] in "xhb" else []
        if partes:
            partes[2] = np.full_like(partes[2], np.inf if nombre == "b" else 0)
        nuevos[nombre] = np.concatenate(partes, axis=-1) if partes else +p[nombre]
    return LSTM.con(nuevos)


mal(
    4,
    "La de salida mira la celda anterior.",
    "sigmoide(o + P[2] * nueva)",
    "sigmoide(o + P[2] * c)",
)
mal(4, "Olvida que la celda nueva la miró la de salida.", ' + dz_o * p["P"][2]\n', "\n")
mal(
    4,
    "Olvida que a la celda anterior la miraron dos.",
    'dc * f + dz_i * p["P"][0] + dz_f * p["P"][1]',
    "dc * f",
)
mal(
    4,
    "Pone los renglones de P en otro orden.",
    "i, f, g = sigmoide(i + P[0] * c), sigmoide(f + P[1] * c)",
    "i, f, g = sigmoide(i + P[1] * c), sigmoide(f + P[0] * c)",
)
mal(4, "Olvida el tipo en P.", "* escala).astype(dtype)", "* escala)")


@bien(4)
class Mirillas(LIBRO.Mirillas):
    """Las dos primeras compuertas de un golpe, y la celda como una mezcla."""

    def _celda(self, z, c):
        B, H = c.shape
        z, P = z.reshape(B, 4, H), self.parametros["P"]
        entra, queda = sigmoide(z[:, :2] + P[None, :2] * c[:, None]).transpose(1, 0, 2)
        g = np.tanh(z[:, 3])
        nueva = entra * g
        nueva += queda * c
        sale = 1 / (1 + np.exp(-z[:, 2] - P[2] * nueva))
        return np.stack([entra, queda, sale, g]), nueva, np.tanh(nueva) * sale
