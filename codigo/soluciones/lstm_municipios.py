# Extraído de libro/09-lstm-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 29763c94ed9e024c

"""Soluciones del capítulo «La LSTM aprende municipios»."""

from collections.abc import Sequence

import numpy as np

from codigo.alcance import recorrer
from codigo.datos import Vocabulario, hacer_lote
from codigo.lstm import LSTM
from codigo.rnn import RNN
from codigo.veloz import Mesa, salida


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
    """Lo que queda en la celda de cada símbolo leído, ``(letras + 1, H)``; suman la celda."""
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
        escala: float = 0.01,
    ) -> None:
        super().__init__(V, H, rng, escala=escala)
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
    ) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
        """Como la de ``RNN``, con dos caminos de regreso en vez de uno."""
        p, a = self.parametros, self.conserva
        g = {nombre: np.zeros_like(peso) for nombre, peso in p.items()}
        h, nuevos = [estado], []
        for letras in entradas:
            nuevos.append(np.tanh(p["Wxh"][letras] + h[-1] @ p["Whh"] + p["bh"]))
            h.append(a * h[-1] + (1 - a) * nuevos[-1])
        visto = np.array(h[1:])
        perdida, dh_salida = salida(Mesa(float), p, g, visto, objetivos, mascara)
        futuro = np.zeros_like(estado)
        for t in reversed(range(len(entradas))):
            dh = dh_salida[t] + futuro
            dz = (1 - a) * dh * (1 - nuevos[t] ** 2)
            futuro = a * dh + dz @ p["Whh"].T
            np.add.at(g["Wxh"], entradas[t], dz)
            g["Whh"] += h[t].T @ dz
            g["bh"] += dz.sum(axis=0)
        return perdida, g, h[-1]
