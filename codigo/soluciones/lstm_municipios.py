# Extraído de libro/09-lstm-municipios.qmd
# Extraído de libro/02-rnn.qmd
# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: d6af2ff81e439a72

"""Soluciones del capítulo «La LSTM aprende municipios»."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import log_softmax
from codigo.celda import recorrer
from codigo.datos import Vocabulario
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.pizarron import Parametros
from codigo.red import Apagado
from codigo.rnn import RNN


def apertura(
    red: LSTM, nombres: Sequence[str], vocabulario: Vocabulario, letra: str
) -> np.ndarray:
    """El promedio ``(3,)`` de las compuertas i, f y o al leer una letra."""
    lote = hacer_lote(nombres, vocabulario)
    compuertas, _, _ = recorrer(red, lote.entradas)  # (T, 4, B, H)
    (indice,) = vocabulario.codificar(letra)
    al_leerla = (lote.entradas == indice) & (lote.mascara > 0)
    return compuertas[:, :3].transpose(1, 0, 2, 3)[:, al_leerla].mean(axis=(1, 2))


def aportes(red: LSTM, nombre: str, vocabulario: Vocabulario) -> np.ndarray:
    """Lo que queda de cada símbolo en la celda, ``(letras + 1, H)``; suman la celda."""
    leidos = np.array([0, *vocabulario.codificar(nombre)])
    compuertas, _, _ = recorrer(red, leidos[:, None])
    i, f, _, g = compuertas[:, :, 0].transpose(1, 0, 2)
    lo_que_sigue = np.vstack([f[1:], np.ones_like(f[:1])])
    queda = np.cumprod(lo_que_sigue[::-1], axis=0)[::-1]
    return i * g * queda


class ConFuga(RNN):
    """Una red simple que en cada letra conserva una fracción fija de su estado."""

    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        conserva: float,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
    ) -> None:
        super().__init__(V, H, rng, dtype, escala)
        self.conserva = conserva

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(B, H)`` a logitos ``(B, V)`` y estado."""
        _, nuevo = super().paso(indices, estado)
        h = self.conserva * estado + (1 - self.conserva) * nuevo
        return h @ self.parametros["Why"] + self.parametros["by"], h

    # ⟨la pérdida con fuga⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Como la de ``RNN``, con dos caminos de regreso en vez de uno."""
        p, a = self.parametros, self.conserva
        T, B = entradas.shape
        # ⟨lo que aportan las letras⟩
        aporte, recurrente = p["Wxh"][entradas], p["Whh"]  # (T, B, H) y (H, H)
        # ⟨apagar lo que entra⟩
        if apagado is not None:
            entrada = np.tile(apagado.entrada, recurrente.shape[1] // len(recurrente))
            aporte = aporte * entrada
            recurrente = recurrente * apagado.recurrente
        # ⟨leer con fuga⟩
        h = np.empty((T + 1, *estado.shape), estado.dtype)
        nuevo = np.empty_like(h[1:])
        h[0] = estado
        for t in range(T):
            nuevo[t] = np.tanh(aporte[t] + h[t] @ recurrente + p["bh"])
            h[t + 1] = a * h[t] + (1 - a) * nuevo[t]
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
        # ⟨volver con fuga⟩
        dz = np.empty_like(dh_salida)
        futuro = np.zeros_like(h[0])
        for t in reversed(range(T)):
            dh = dh_salida[t] + futuro
            dz[t] = (1 - a) * dh * (1 - nuevo[t] ** 2)
            futuro = a * dh + dz[t] @ recurrente.T
        # ⟨sumar los gradientes⟩
        gradientes = {
            "Wxh": np.zeros_like(p["Wxh"]),
            "Whh": np.tensordot(h[:-1], dz, axes=((0, 1), (0, 1))),
            "bh": dz.sum(axis=(0, 1)),
            "Why": np.tensordot(visible, dy, axes=((0, 1), (0, 1))),
            "by": dy.sum(axis=(0, 1)),
        }
        # ⟨apagar lo que entra de regreso⟩
        if apagado is not None:
            gradientes[self.NOMBRES[1]] *= apagado.recurrente
            dz = dz * entrada
        np.add.at(gradientes["Wxh"], entradas, dz)
        return float(perdida), gradientes, h[T]
