# Extraído de libro/14-comparacion.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 403cf15b45fc0298

"""Soluciones del capítulo «RNN o LSTM: lo que vivimos»."""

import math
from itertools import product

import numpy as np

from codigo.evaluacion import intervalo
from codigo.numeros import sigmoide
from codigo.red import Red
from codigo.veloz import Mesa, salida


def semillas_para(diferencia: float, desviacion: float) -> int:
    """Las semillas de cada red con que una diferencia vale el doble de su error."""
    return max(1, math.ceil(8 * (desviacion / diferencia) ** 2))


def diferencia_pareada(
    una: np.ndarray, otra: np.ndarray, letras: np.ndarray, rng: np.random.Generator
) -> tuple[float, float]:
    """El intervalo al 95 % de lo que una se sorprende más que la otra, por símbolo."""
    return intervalo(una - otra, letras, rng)


def voltear_signos(diferencias: np.ndarray) -> float:
    """Qué tan fácil es que el azar dé una diferencia así, de 0 a 1, en ``(n,)`` parejas."""
    signos = np.array(list(product((1, -1), repeat=len(diferencias))))
    sumas = np.abs(signos @ diferencias)
    return float(np.mean(sumas >= sumas[0] * (1 - 1e-9)))


class GRU(Red):
    """Red de ``H`` unidades con dos compuertas y sin celda; su estado es ``(B, H)``."""

    NOMBRES = ("Wx", "Wh", "b", "Why", "by")

    def __init__(
        self, V: int, H: int, rng: np.random.Generator, escala: float = 0.01
    ) -> None:
        formas = {"Wx": (V, 3 * H), "Wh": (H, 3 * H), "Why": (H, V)}
        self.parametros = {n: rng.normal(size=f) * escala for n, f in formas.items()}
        self.parametros |= {"b": np.zeros(3 * H), "by": np.zeros(V)}

    def estado_inicial(self, B: int) -> np.ndarray:
        """El estado ``(B, H)`` de ``B`` nombres que todavía no empiezan: ceros."""
        return np.zeros((B, len(self.parametros["Why"])))

    # ⟨un paso de la GRU de 2014⟩
    def _unidades(self, indices: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, ...]:
        """Reinicio, conservación, candidata y estado nuevo, cada uno ``(B, H)``."""
        p, H = self.parametros, h.shape[1]
        x, W, Wg = p["Wx"][indices] + p["b"], *np.split(p["Wh"], [2 * H], axis=1)
        r, u = np.split(sigmoide(x[:, : 2 * H] + h @ W), 2, axis=1)
        g = np.tanh(x[:, 2 * H :] + (r * h) @ Wg)
        return r, u, g, u * h + (1 - u) * g

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(B, H)`` a logitos ``(B, V)`` y estado."""
        *_, h = self._unidades(indices, estado)
        return h @ self.parametros["Why"] + self.parametros["by"], h

    # ⟨la pérdida de la GRU de 2014⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
    ) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
        """La pérdida sumada en nats, sus gradientes y el estado final ``(B, H)``."""
        p, H = self.parametros, estado.shape[1]
        gradientes = {nombre: np.zeros_like(peso) for nombre, peso in p.items()}
        W, Wg = np.split(p["Wh"], [2 * H], axis=1)
        dW, dWg = np.split(gradientes["Wh"], [2 * H], axis=1)  # vistas
        h, guardado = [estado], []
        for letras in entradas:
            *unidades, nuevo = self._unidades(letras, h[-1])
            guardado.append(unidades)
            h.append(nuevo)
        perdida, dh_salida = salida(
            Mesa(float), p, gradientes, np.array(h[1:]), objetivos, mascara
        )
        futuro = np.zeros_like(estado)
        for t in reversed(range(len(entradas))):
            # ⟨un paso atrás de la GRU de 2014⟩
            (r, u, g), antes, dh = guardado[t], h[t], dh_salida[t] + futuro
            dg = dh * (1 - u) * (1 - g**2)
            por_reinicio = dg @ Wg.T
            dr = por_reinicio * antes * r * (1 - r)
            du = dh * (antes - g) * u * (1 - u)
            compuertas = np.concatenate([dr, du], axis=1)
            futuro = dh * u + por_reinicio * r + compuertas @ W.T
            dW += antes.T @ compuertas
            dWg += (r * antes).T @ dg
            dz = np.concatenate([compuertas, dg], axis=1)
            gradientes["b"] += dz.sum(axis=0)
            np.add.at(gradientes["Wx"], entradas[t], dz)
        return perdida, gradientes, h[-1]
