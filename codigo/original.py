# Extraído de libro/04-original.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 9f0c37a280f67d65

"""El régimen del programa original: de corrido, en orden y sin apartar nada.

Se explica en el capítulo «La red original, tal cual».
"""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from codigo.datos import Vocabulario
from codigo.entrenamiento import entrenar
from codigo.generacion import continuar
from codigo.lotes import tramos
from codigo.optimizadores import Adagrad, Arreglos
from codigo.rnn import RNN


def entrenar_original(
    nombres: Sequence[str],
    apartados: Sequence[str] = (),
    *,
    iteraciones: int,
    momentos: Sequence[int],
    semilla: int,
    H: int = 100,
    T: int = 25,
) -> Arreglos:
    """La red del programa original, con su régimen y sus hiperparámetros.

    Devuelve los pesos finales, ``perdidas (iteraciones,)`` en nats por tramo y, en cada
    uno de los ``momentos``, una muestra de 200 letras y, si hay nombres apartados, los
    nats por símbolo al leerlos de corrido. Capítulo «La red original, tal cual».
    """
    # ⟨preparar el régimen en línea⟩
    rng = np.random.default_rng(semilla)
    vocabulario = Vocabulario([*nombres, *apartados])
    red = RNN(len(vocabulario), H, rng)
    texto, apartado = (
        vocabulario.codificar("\n".join([*p, ""])) for p in (nombres, apartados)
    )
    ciclo = entrenar(red, tramos(texto, T), Adagrad(0.1))
    perdidas, muestras, medidas = np.empty(iteraciones), [], []
    for avance in islice(ciclo, iteraciones):
        perdidas[avance.paso] = avance.perdida
        if avance.paso in momentos:
            # ⟨anotar cómo va⟩
            indices = continuar(red, 0, avance.estado, 200, rng)
            muestras.append("".join(vocabulario.simbolos[i] for i in indices))
            if apartados:
                medidas.append(nats_de_corrido(red, apartado, avance.estado))
    anotado = {"muestras": np.array(muestras), "apartados": np.array(medidas)}
    return {**red.parametros, **anotado, "perdidas": perdidas}


def nats_de_corrido(red: RNN, texto: np.ndarray, estado: np.ndarray) -> float:
    """Nats por símbolo de un texto ``(letras,)`` que sigue a ``FIN``, sin reiniciar."""
    objetivos = texto[:, None]
    entradas = np.concatenate([[[0]], objetivos[:-1]])
    unos = np.ones(objetivos.shape)
    perdida, _, _ = red.perdida_y_gradientes(entradas, objetivos, estado, unos)
    return perdida / len(texto)


def suavizar(perdidas: np.ndarray, inicial: float) -> np.ndarray:
    """La pérdida suavizada del original: 0.999 de la anterior más 0.001 de la nueva."""
    suavizada, actual = np.empty_like(perdidas), inicial
    for i, perdida in enumerate(perdidas):
        actual = 0.999 * actual + 0.001 * perdida
        suavizada[i] = actual
    return suavizada
