# Extraído de libro/07-lstm.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 2cd21d14b153a134

"""Soluciones del capítulo «La LSTM»."""

import math

import numpy as np

from codigo.lstm import LSTM
from codigo.numeros import sigmoide
from codigo.red import Red
from codigo.veloz import Mesa, salida


def cuantos_pesos(compuertas: int, V: int, H: int) -> int:
    """Los pesos de una red simple (una compuerta) o de una LSTM (cuatro)."""
    return compuertas * H * (V + H + 1) + (H + 1) * V


def que_H_empareja(V: int, H: int) -> int:
    """Las neuronas de la red simple que pesa casi lo mismo que una LSTM."""
    debidos = cuantos_pesos(4, V, H)
    return min(range(1, 4 * H), key=lambda n: abs(cuantos_pesos(1, V, n) - debidos))


def olvido_para(n: int, queda: float = 0.5) -> float:
    """El sesgo con que la celda conserva ``queda`` después de ``n`` letras."""
    f = queda ** (1 / n)
    return math.log(f / (1 - f))


def sin_salida(red: LSTM) -> LSTM:
    """La misma LSTM, con la compuerta de salida abierta para siempre."""
    otra = LSTM.con({nombre: p.copy() for nombre, p in red.parametros.items()})
    H = len(red.parametros["Why"])
    for nombre in ("Wx", "Wh", "b"):
        otra.parametros[nombre][..., 2 * H : 3 * H] = 0
    otra.parametros["b"][2 * H : 3 * H] = 100
    return otra


class Mirillas(Red):
    """Una LSTM cuyas compuertas miran la celda, con pesos ``P (3, H)``."""

    NOMBRES = (*LSTM.NOMBRES, "P")
    estado_inicial = LSTM.estado_inicial

    def __init__(
        self, V: int, H: int, rng: np.random.Generator, escala: float = 0.01
    ) -> None:
        self.parametros = LSTM(V, H, rng, escala=escala).parametros
        self.parametros["P"] = rng.normal(size=(3, H)) * escala

    def _celda(
        self, z: np.ndarray, c: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """De ``z (B, 4H)`` y la celda ``(B, H)``: compuertas, celda y estado nuevos."""
        i, f, o, g = np.split(z, 4, axis=1)
        P = self.parametros["P"]
        i, f, g = sigmoide(i + P[0] * c), sigmoide(f + P[1] * c), np.tanh(g)
        nueva = f * c + i * g
        o = sigmoide(o + P[2] * nueva)
        return np.array([i, f, o, g]), nueva, o * np.tanh(nueva)

    # ⟨un paso con mirillas⟩
    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(2, B, H)`` a logitos ``(B, V)`` y estado."""
        p, (h, c) = self.parametros, estado
        _, c, h = self._celda(p["Wx"][indices] + h @ p["Wh"] + p["b"], c)
        return h @ p["Why"] + p["by"], np.array([h, c])

    # ⟨la pérdida con mirillas⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
    ) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
        """Como la de ``LSTM``, con el gradiente de ``P`` además."""
        p, T = self.parametros, len(entradas)
        gradientes = {nombre: np.zeros_like(peso) for nombre, peso in p.items()}
        h, c = [estado[0]], [estado[1]]
        compuertas: list[np.ndarray] = []
        for letras in entradas:
            z = p["Wx"][letras] + h[-1] @ p["Wh"] + p["b"]
            for lista, cosa in zip((compuertas, c, h), self._celda(z, c[-1])):
                lista.append(cosa)
        perdida, dh_salida = salida(
            Mesa(float), p, gradientes, np.array(h[1:]), objetivos, mascara
        )
        del_estado, de_la_celda = np.zeros_like(h[0]), np.zeros_like(c[0])
        for t in reversed(range(T)):
            # ⟨un paso atrás con mirillas⟩
            (i, f, o, g), dh = compuertas[t], dh_salida[t] + del_estado
            visible = np.tanh(c[t + 1])
            dz_o = dh * visible * o * (1 - o)
            dc = de_la_celda + dh * o * (1 - visible**2) + dz_o * p["P"][2]
            dz_i, dz_f = dc * g * i * (1 - i), dc * c[t] * f * (1 - f)
            dz = np.concatenate([dz_i, dz_f, dz_o, dc * i * (1 - g**2)], axis=1)
            del_estado = dz @ p["Wh"].T
            de_la_celda = dc * f + dz_i * p["P"][0] + dz_f * p["P"][1]
            np.add.at(gradientes["Wx"], entradas[t], dz)
            gradientes["Wh"] += h[t].T @ dz
            gradientes["b"] += dz.sum(axis=0)
            miradas = zip((dz_i, dz_f, dz_o), (c[t], c[t], c[t + 1]))
            gradientes["P"] += [
                (de_quien * celda).sum(axis=0) for de_quien, celda in miradas
            ]
        return perdida, gradientes, np.array([h[T], c[T]])
