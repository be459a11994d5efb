# Extraído de libro/06-olvido.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 47650a5efa9dc4b4

"""Soluciones del capítulo «Lo que la red simple olvida»."""

from collections.abc import Iterable

import numpy as np

from codigo.activaciones import log_softmax
from codigo.alcance import alcance_rnn
from codigo.rnn import RNN


def ortogonal(H: int, rng: np.random.Generator) -> np.ndarray:
    """Una matriz ``(H, H)`` al azar que conserva la norma de cualquier vector."""
    return np.linalg.qr(rng.normal(size=(H, H)))[0]


def alcance_medido(
    red: RNN, entradas: np.ndarray, objetivos: np.ndarray, k: int, delta: float = 1e-5
) -> np.ndarray:
    """La norma ``(B,)`` del gradiente ``k`` pasos atrás, por diferencias centrales."""
    T, B = entradas.shape
    h = red.estado_inicial(B)
    for letras in entradas[: T - k]:
        _, h = red.paso(letras, h)

    def perdida(h: np.ndarray) -> np.ndarray:
        for letras in entradas[T - k :]:
            _, h = red.paso(letras, h)
        logitos = h @ red.parametros["Why"] + red.parametros["by"]
        return -log_softmax(logitos)[np.arange(B), objetivos]

    lados = delta * np.eye(h.shape[1])
    derivadas = [perdida(h + lado) - perdida(h - lado) for lado in lados]
    return np.linalg.norm(derivadas, axis=0) / (2 * delta)


def factor_que_explota(
    red: RNN, entradas: np.ndarray, objetivos: np.ndarray, factores: Iterable[float]
) -> float | None:
    """El primer factor de ``Whh`` con que el gradiente crece al retroceder."""
    for factor in sorted(factores):
        otra = RNN.con({**red.parametros, "Whh": factor * red.parametros["Whh"]})
        normas = alcance_rnn(otra, entradas, objetivos)
        if np.median(normas[-1] / normas[0]) > 1:
            return factor
    return None


def recuerda(red: RNN, entradas: np.ndarray, k: int) -> float:
    """Qué fracción de las letras de hace ``k`` pasos se lee en el estado final."""
    B = entradas.shape[1]
    h = red.estado_inicial(B)
    for letras in entradas:
        _, h = red.paso(letras, h)
    X = np.column_stack([h, np.ones(B)])
    letra, mitad = entradas[-1 - k], B // 2
    unos = np.eye(len(red.parametros["by"]))[letra]
    W, *_ = np.linalg.lstsq(X[:mitad], unos[:mitad], rcond=None)
    return float(np.mean((X[mitad:] @ W).argmax(axis=1) == letra[mitad:]))
