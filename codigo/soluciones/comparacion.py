# Extraído de libro/15-comparacion.qmd
# Extraído de libro/07-lstm.qmd
# Extraído de libro/08-entrenar.qmd
# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: ed60ed740f553f41

"""Soluciones del capítulo «RNN o LSTM: lo que vivimos»."""

import math
from itertools import product

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import log_softmax, sigmoide
from codigo.evaluacion import intervalo
from codigo.pizarron import Parametros
from codigo.red import Apagado, Red


def semillas_para(diferencia: float, desviacion: float) -> int:
    """Las semillas de cada red con que una diferencia vale el doble de su error."""
    return max(1, math.ceil(8 * (desviacion / diferencia) ** 2))


def diferencia_pareada(
    una: np.ndarray, otra: np.ndarray, letras: np.ndarray, rng: np.random.Generator
) -> tuple[float, float]:
    """El intervalo al 95 % de lo que una se sorprende más que la otra, por símbolo."""
    return intervalo(una - otra, letras, rng)


def voltear_signos(diferencias: np.ndarray) -> float:
    """Qué tan fácil es que el azar dé una diferencia así, en ``(n,)`` parejas."""
    signos = np.array(list(product((1, -1), repeat=len(diferencias))))
    sumas = np.abs(signos @ diferencias)
    return float(np.mean(sumas >= sumas[0] * (1 - 1e-9)))


class GRU(Red):
    """Red de ``H`` unidades con dos compuertas y sin celda; su estado es ``(B, H)``."""

    NOMBRES = ("Wx", "Wh", "b", "Why", "by")

    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
    ) -> None:
        formas = {"Wx": (V, 3 * H), "Wh": (H, 3 * H), "Why": (H, V)}
        pesos = {n: rng.normal(size=forma) * escala for n, forma in formas.items()}
        pesos |= {"b": np.zeros(3 * H), "by": np.zeros(V)}
        self.parametros = {n: pesos[n].astype(dtype) for n in self.NOMBRES}

    def estado_inicial(self, B: int) -> np.ndarray:
        """El estado ``(B, H)`` de ``B`` nombres que todavía no empiezan: ceros."""
        Why = self.parametros["Why"]
        return np.zeros((B, len(Why)), Why.dtype)

    # ⟨un paso de la GRU de 2014⟩
    def _unidades(
        self, aporte: np.ndarray, h: np.ndarray, Wh: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """Reinicio, conservación, candidata y estado nuevo, cada uno ``(B, H)``."""
        x, (W, Wg) = (
            aporte + self.parametros["b"],
            np.split(Wh, [2 * h.shape[1]], axis=1),
        )
        de_compuertas, de_candidata = np.split(x, [2 * h.shape[1]], axis=1)
        r, u = np.split(sigmoide(de_compuertas + h @ W), 2, axis=1)
        g = np.tanh(de_candidata + (r * h) @ Wg)
        return r, u, g, u * h + (1 - u) * g

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(B, H)`` a logitos ``(B, V)`` y estado."""
        p = self.parametros
        *_, h = self._unidades(p["Wx"][indices], estado, p["Wh"])
        return h @ p["Why"] + p["by"], h

    # ⟨la pérdida de la GRU de 2014⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """La pérdida sumada en nats, sus gradientes y el estado final ``(B, H)``."""
        p, H = self.parametros, estado.shape[1]
        T, B = entradas.shape
        # ⟨lo que aportan a las compuertas⟩
        aporte, recurrente = p["Wx"][entradas], p["Wh"]  # (T, B, 4H) y (H, 4H)
        # ⟨apagar lo que entra⟩
        if apagado is not None:
            entrada = np.tile(apagado.entrada, recurrente.shape[1] // len(recurrente))
            aporte = aporte * entrada
            recurrente = recurrente * apagado.recurrente
        h, unidades = np.array([estado] * (T + 1)), np.empty((T, 3, B, H), estado.dtype)
        for t in range(T):
            *unidades[t], h[t + 1] = self._unidades(aporte[t], h[t], recurrente)
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
        # ⟨volver por la GRU de 2014⟩
        W, Wg = np.split(recurrente, [2 * H], axis=1)
        dz, futuro = np.empty_like(aporte), np.zeros_like(estado)
        for t in reversed(range(T)):
            (r, u, g), dh = unidades[t], dh_salida[t] + futuro
            dg = dh * (1 - u) * (1 - g**2)
            por_reinicio = dg @ Wg.T
            dr = por_reinicio * h[t] * r * (1 - r)
            du = dh * (h[t] - g) * u * (1 - u)
            dz[t] = np.concatenate([dr, du, dg], axis=1)
            futuro = dh * u + por_reinicio * r + dz[t, :, : 2 * H] @ W.T
        # ⟨sumar los gradientes de la GRU de 2014⟩
        reiniciado, ejes = unidades[:, 0] * h[:-1], ((0, 1), (0, 1))
        dW = np.tensordot(h[:-1], dz[..., : 2 * H], axes=ejes)
        dWg = np.tensordot(reiniciado, dz[..., 2 * H :], axes=ejes)
        gradientes = {
            "Wx": np.zeros_like(p["Wx"]),
            "Wh": np.concatenate([dW, dWg], axis=1),
            "b": dz.sum(axis=(0, 1)),
            "Why": np.tensordot(visible, dy, axes=ejes),
            "by": dy.sum(axis=(0, 1)),
        }
        # ⟨apagar lo que entra de regreso⟩
        if apagado is not None:
            gradientes[self.NOMBRES[1]] *= apagado.recurrente
            dz = dz * entrada
        np.add.at(gradientes["Wx"], entradas, dz)
        return float(perdida), gradientes, h[T]
