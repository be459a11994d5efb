"""Soluciones ajenas del capítulo «Lo que la red simple olvida»."""

import numpy as np

from codigo.activaciones import log_softmax
from codigo.alcance import alcance_rnn
from tests.ejercicios import de

bien, mal = de(__name__)

mal(1, "Devuelve la otra matriz de la descomposición.", "(H, H)))[0]", "(H, H)))[1]")
mal(1, "Siempre la misma.", "rng.normal(", "np.random.default_rng(0).normal(")


@mal(1)
def ortogonal(H, rng):
    """Normaliza los renglones, pero no quedan perpendiculares."""
    W = rng.normal(size=(H, H))
    return W / np.linalg.norm(W, axis=1, keepdims=True)


@bien(1)
def ortogonal(H, rng):
    """Los giros de una descomposición en valores singulares."""
    izquierda, _, derecha = np.linalg.svd(rng.normal(size=(H, H)))
    return izquierda @ derecha


mal(
    2,
    "Se pasa un paso.",
    "for letras in entradas[: T - k]",
    "for letras in entradas[: T - k - 1]",
)
mal(2, "Mueve hacia un solo lado.", "perdida(h - lado) for lado", "perdida(h) for lado")
mal(2, "Divide entre lo que movió a un lado.", "/ (2 * delta)", "/ delta")
mal(
    2,
    "Solo se mueve hacia adelante.",
    "perdida(h + lado) - perdida(h - lado)",
    "2 * (perdida(h + lado) - perdida(h))",
)


@bien(2)
def alcance_medido(red, entradas, objetivos, k, delta=1e-5):
    """Todas las neuronas movidas a la vez, en un lote más grande."""
    (T, B), H = entradas.shape, len(red.parametros["bh"])
    estado = red.estado_inicial(B)
    for letras in entradas[: T - k]:
        estado = red.paso(letras, estado)[1]
    lados = np.vstack([np.eye(H), -np.eye(H)]) * delta
    movido = (estado + lados[:, None]).reshape(-1, H)
    for letras in entradas[T - k :]:
        movido = red.paso(np.tile(letras, 2 * H), movido)[1]
    logp = log_softmax(movido @ red.parametros["Why"] + red.parametros["by"])
    nats = -logp[np.arange(2 * H * B), np.tile(objetivos, 2 * H)].reshape(2, H, B)
    return np.sqrt((((nats[0] - nats[1]) / (2 * delta)) ** 2).sum(axis=0))


mal(3, "Promedia los cocientes.", "np.median(", "np.mean(")
mal(3, "No pone en orden los factores.", "sorted(factores)", "factores")
mal(
    3,
    "Compara las dos medianas, y no nombre por nombre.",
    "np.median(normas[-1] / normas[0]) > 1",
    "np.median(normas[-1]) > np.median(normas[0])",
)
mal(3, "Mira el primer paso hacia atrás y no el principio.", "normas[-1]", "normas[1]")


@mal(3)
def factor_que_explota(red, entradas, objetivos, factores):
    """Cambia la matriz de la red y la regresa dividiendo: queda el redondeo."""
    Whh = red.parametros["Whh"]
    for factor in sorted(factores):
        Whh *= factor
        normas = alcance_rnn(red, entradas, objetivos)
        Whh /= factor
        if np.median(normas[-1] / normas[0]) > 1:
            return factor
    return None


@bien(3)
def factor_que_explota(red, entradas, objetivos, factores):
    """Los prueba todos, guarda la matriz y la deja como estaba; cuenta nombres."""
    Whh, sirven = red.parametros["Whh"].copy(), []
    for factor in factores:
        red.parametros["Whh"][...] = factor * Whh
        normas = alcance_rnn(red, entradas, objetivos)
        crecen = np.sort(normas[-1] / normas[0])
        if (crecen[(len(crecen) - 1) // 2] + crecen[len(crecen) // 2]) / 2 > 1:
            sirven.append(factor)
    red.parametros["Whh"][...] = Whh
    return min(sirven, default=None)


mal(4, "Se equivoca de letra por una.", "entradas[-1 - k]", "entradas[-k]")
mal(4, "Olvida el sesgo.", "[h, np.ones(B)]", "[h, np.zeros(B)]")
mal(
    4,
    "Se califica con lo que estudió.",
    "(X[mitad:] @ W).argmax(axis=1) == letra[mitad:]",
    "(X @ W).argmax(axis=1) == letra",
)
mal(
    4,
    "Estudia también la segunda mitad.",
    "lstsq(X[:mitad], unos[:mitad]",
    "lstsq(X, unos",
)


@bien(4)
def recuerda(red, entradas, k):
    """Con unos y menos unos, y la seudoinversa; avanza con lotes de uno."""
    V, (T, B) = len(red.parametros["by"]), entradas.shape
    h = np.zeros((B, len(red.parametros["bh"])))
    for b in range(B):
        estado = red.estado_inicial(1)
        for t in range(T):
            _, estado = red.paso(entradas[t, b : b + 1], estado)
        h[b] = estado[0]
    X, letra = np.hstack([np.ones((B, 1)), h]), entradas[T - 1 - k]
    unos = 2.0 * (letra[:, None] == np.arange(V)) - 1
    W = np.linalg.pinv(X[: B // 2]) @ unos[: B // 2]
    aciertos = [int(np.argmax(X[b] @ W)) == letra[b] for b in range(B // 2, B)]
    return sum(aciertos) / len(aciertos)
