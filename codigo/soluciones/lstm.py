# Extraído de libro/07-lstm.qmd
# Extraído de libro/08-entrenar.qmd
# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 7f456832f49acc19

"""Soluciones del capítulo «La LSTM»."""

import math

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import log_softmax, sigmoide
from codigo.lstm import LSTM
from codigo.pizarron import Parametros
from codigo.red import Apagado, Red


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
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
    ) -> None:
        self.parametros = LSTM(V, H, rng, dtype, escala).parametros
        self.parametros["P"] = (rng.normal(size=(3, H)) * escala).astype(dtype)

    # ⟨la celda con mirillas⟩
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
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Como la de ``LSTM``, con el gradiente de ``P`` además."""
        p = self.parametros
        T, B = entradas.shape
        # ⟨lo que aportan a las compuertas⟩
        aporte, recurrente = p["Wx"][entradas], p["Wh"]  # (T, B, 4H) y (H, 4H)
        # ⟨apagar lo que entra⟩
        if apagado is not None:
            entrada = np.tile(apagado.entrada, recurrente.shape[1] // len(recurrente))
            aporte = aporte * entrada
            recurrente = recurrente * apagado.recurrente
        # ⟨leer con mirillas⟩
        h = np.empty((T + 1, *estado.shape[1:]), estado.dtype)
        c = np.empty_like(h)
        compuertas = np.empty((T, 4, *estado.shape[1:]), estado.dtype)
        h[0], c[0] = estado
        for t in range(T):
            z = aporte[t] + h[t] @ recurrente + p["b"]
            compuertas[t], c[t + 1], h[t + 1] = self._celda(z, c[t])
        # ⟨lo que se deja ver⟩
        visible = h[1:]
        if apagado is not None:
            visible = visible * apagado.salida
        # ⟨medir la sorpresa⟩
        logp = log_softmax(visible @ p["Why"] + p["by"])  # (T, B, V)
        pasos, columnas = np.indices((T, B))
        perdida = -(logp[pasos, columnas, objetivos] * mascara).sum()
        dy = np.exp(logp)
        dy[pasos, columnas, objetivos] -= 1
        dy *= mascara[:, :, None]
        # ⟨de los logitos al estado⟩
        dh_salida = dy @ p["Why"].T
        if apagado is not None:
            dh_salida = dh_salida * apagado.salida
        # ⟨volver con mirillas⟩
        dz, dP = np.empty_like(aporte), np.zeros_like(p["P"])
        del_estado, de_la_celda = np.zeros_like(h[0]), np.zeros_like(c[0])
        for t in reversed(range(T)):
            # ⟨un paso atrás con mirillas⟩
            (i, f, o, g), dh = compuertas[t], dh_salida[t] + del_estado
            asomada = np.tanh(c[t + 1])
            dz_o = dh * asomada * o * (1 - o)
            dc = de_la_celda + dh * o * (1 - asomada**2) + dz_o * p["P"][2]
            dz_i, dz_f = dc * g * i * (1 - i), dc * c[t] * f * (1 - f)
            dz[t] = np.concatenate([dz_i, dz_f, dz_o, dc * i * (1 - g**2)], axis=1)
            del_estado = dz[t] @ recurrente.T
            de_la_celda = dc * f + dz_i * p["P"][0] + dz_f * p["P"][1]
            miradas = zip((dz_i, dz_f, dz_o), (c[t], c[t], c[t + 1]))
            dP += [(de_quien * celda).sum(axis=0) for de_quien, celda in miradas]
        # ⟨sumar los gradientes de la LSTM⟩
        gradientes = {
            "Wx": np.zeros_like(p["Wx"]),
            "Wh": np.tensordot(h[:-1], dz, axes=((0, 1), (0, 1))),
            "b": dz.sum(axis=(0, 1)),
            "Why": np.tensordot(visible, dy, axes=((0, 1), (0, 1))),
            "by": dy.sum(axis=(0, 1)),
        }
        # ⟨apagar lo que entra de regreso⟩
        if apagado is not None:
            gradientes[self.NOMBRES[1]] *= apagado.recurrente
            dz = dz * entrada
        gradientes["P"] = dP
        np.add.at(gradientes["Wx"], entradas, dz)
        return float(perdida), gradientes, np.array([h[T], c[T]])
