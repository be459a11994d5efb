# Extraído de libro/02-rnn.qmd
# Extraído de libro/04-original.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 0fecfa8318777a63

"""El ciclo de entrenamiento, el mismo para todos los modelos y regímenes.

Se explica en los capítulos «Una red recurrente, a pie» y «La red original, tal cual».
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np

from codigo.datos import Lote, Vocabulario, hacer_lote, lotes_por_epoca, tramos
from codigo.generacion import continuar
from codigo.optimizadores import Adagrad, Arreglos, recortar
from codigo.rnn import RNN


class Entrenable(Protocol):
    """Lo que el ciclo necesita de un modelo."""

    parametros: Arreglos

    def estado_inicial(self, B: int) -> Any:
        """El estado de ``B`` nombres que todavía no empiezan."""
        ...

    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: Any,
        mascara: np.ndarray,
    ) -> tuple[float, Arreglos, Any]:
        """La pérdida sumada, en nats, su gradiente y el estado final."""
        ...


class Avance(NamedTuple):
    """Lo que el ciclo avisa después de cada paso."""

    paso: int
    perdida: float  # en nats, sumada sobre el lote
    estado: Any


def entrenar(
    modelo: Entrenable,
    lotes: Iterable[Lote],
    optimizador: Adagrad,
    limite: float = 5.0,
    divisor: float = 1.0,
) -> Iterator[Avance]:
    """Da un paso por lote y avisa de cada uno, con la pérdida de antes de moverse.

    Capítulo «Una red recurrente, a pie», sección «Entrenar».
    """
    for paso, lote in enumerate(lotes):
        if not lote.sigue:
            estado = modelo.estado_inicial(lote.entradas.shape[1])
        perdida, gradientes, estado = modelo.perdida_y_gradientes(
            lote.entradas, lote.objetivos, estado, lote.mascara
        )
        for g in gradientes.values():
            np.divide(g, divisor, out=g)
        recortar(gradientes, limite)
        optimizador.actualizar(modelo.parametros, gradientes)
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
) -> Arreglos:
    """Entrena una RNN con Adagrad: los pesos de su mejor época y las dos curvas.

    Las curvas, ``curva_entrenamiento`` y ``curva_validacion``, van en nats por símbolo,
    una medida por época. Capítulo «Una red recurrente, a pie», sección «Entrenar».
    """
    # ⟨preparar la red y los lotes⟩
    rng = np.random.default_rng(semilla)
    vocabulario = Vocabulario([simbolos])
    red = RNN(len(vocabulario), H, rng, escala=escala)
    prueba = hacer_lote(validacion, vocabulario)
    letras = sum(len(nombre) + 1 for nombre in entrenamiento)
    divisor = B * letras / len(entrenamiento)
    lotes = lotes_por_epoca(entrenamiento, vocabulario, B, rng)
    ciclo = entrenar(red, lotes, Adagrad(tasa), divisor=divisor)
    curvas: dict[str, list[float]] = {"curva_entrenamiento": [], "curva_validacion": []}
    mejores, vuelta = red.parametros, -(-len(entrenamiento) // B)
    for _ in range(epocas):
        # ⟨dar una vuelta a los nombres⟩
        nats = sum(avance.perdida for avance in islice(ciclo, vuelta))
        curvas["curva_entrenamiento"].append(nats / letras)
        # ⟨quedarse con los mejores pesos⟩
        perdida, _, _ = red.perdida_y_gradientes(
            prueba.entradas,
            prueba.objetivos,
            red.estado_inicial(len(validacion)),
            prueba.mascara,
        )
        curvas["curva_validacion"].append(perdida / float(prueba.mascara.sum()))
        if curvas["curva_validacion"][-1] == min(curvas["curva_validacion"]):
            mejores = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    return {**mejores, **{nombre: np.array(curva) for nombre, curva in curvas.items()}}


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
