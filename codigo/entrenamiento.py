# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 498bb3195689d2f3

"""El ciclo de entrenamiento, el mismo para todas las redes y regímenes.

Se explica en el capítulo «Una red recurrente, a pie», sección «Entrenar».
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from codigo.datos import Vocabulario
from codigo.lotes import Lote, hacer_lote, lotes_por_epoca
from codigo.optimizadores import Adagrad, Arreglos, Optimizador, recortar
from codigo.red import Red
from codigo.rnn import RNN


class Avance(NamedTuple):
    """Lo que el ciclo avisa después de cada paso."""

    paso: int
    perdida: float  # en nats, sumada sobre el lote
    estado: np.ndarray


class Divergencia(ArithmeticError):
    """La pérdida o su gradiente dejó de ser un número.

    Capítulo «Una red recurrente, a pie», sección «Entrenar».
    """


def entrenar(
    red: Red,
    lotes: Iterable[Lote],
    optimizador: Optimizador,
    limite: float = 5.0,
    divisor: float = 1.0,
    recorte: Callable[[Arreglos, float], None] = recortar,
) -> Iterator[Avance]:
    """Da un paso por lote y avisa de cada uno, con la pérdida de antes de moverse.

    Capítulo «Una red recurrente, a pie», sección «Entrenar».

    Raises:
        Divergencia: si la pérdida o su gradiente deja de ser un número; los pesos no se
            mueven.
    """
    for paso, lote in enumerate(lotes):
        if not lote.sigue:
            estado = red.estado_inicial(lote.entradas.shape[1])
        perdida, gradientes, estado = red.perdida_y_gradientes(
            lote.entradas, lote.objetivos, estado, lote.mascara
        )
        # ⟨detenerse si diverge⟩
        if not math.isfinite(
            perdida + sum(float(np.vdot(g, g)) for g in gradientes.values())
        ):
            raise Divergencia(
                f"la pérdida dejó de ser un número en el paso {paso}; prueba una tasa menor"
            )
        for g in gradientes.values():
            np.multiply(g, 1 / divisor, out=g)
        recorte(gradientes, limite)
        optimizador.actualizar(red.parametros, gradientes)
        yield Avance(paso, perdida, estado)


def entrenar_rnn(
    entrenamiento: Sequence[str],
    validacion: Sequence[str],
    simbolos: str,
    *,
    H: int,
    B: int,
    tasa: float,
    escala: float,
    epocas: int,
    semilla: int,
    escala_Whh: float | None = None,
) -> Arreglos:
    """Entrena una RNN con Adagrad: los pesos de su mejor época y las dos curvas.

    Las curvas, ``curva_entrenamiento`` y ``curva_validacion``, van en nats por símbolo,
    una medida por época. Capítulo «Una red recurrente, a pie», sección «Entrenar».
    """
    # ⟨preparar la red y los lotes⟩
    rng = np.random.default_rng(semilla)
    vocabulario = Vocabulario([simbolos])
    red = RNN(len(vocabulario), H, rng, escala=escala)
    red.parametros["Whh"] *= (escala_Whh or escala) / escala
    apartado = hacer_lote(validacion, vocabulario)
    letras = sum(len(nombre) + 1 for nombre in entrenamiento)
    divisor = B * letras / len(entrenamiento)
    lotes = lotes_por_epoca(entrenamiento, vocabulario, B, rng)
    ciclo = entrenar(red, lotes, Adagrad(tasa), divisor=divisor)
    curvas: dict[str, list[float]] = {"curva_entrenamiento": [], "curva_validacion": []}
    mejores, vuelta = red.parametros, math.ceil(len(entrenamiento) / B)
    for _ in range(epocas):
        # ⟨dar una vuelta a los nombres⟩
        nats = sum(avance.perdida for avance in islice(ciclo, vuelta))
        curvas["curva_entrenamiento"].append(nats / letras)
        # ⟨quedarse con los mejores pesos⟩
        perdida, _, _ = red.perdida_y_gradientes(
            apartado.entradas,
            apartado.objetivos,
            red.estado_inicial(len(validacion)),
            apartado.mascara,
        )
        curvas["curva_validacion"].append(perdida / float(apartado.mascara.sum()))
        if curvas["curva_validacion"][-1] == min(curvas["curva_validacion"]):
            mejores = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    return {**mejores, **{nombre: np.array(curva) for nombre, curva in curvas.items()}}
