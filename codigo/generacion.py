# Extraído de libro/01-municipios.qmd
# Extraído de libro/04-original.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: b04089eacb6d6a8c

"""Inventar nombres: sortear un símbolo tras otro hasta el ``FIN``.

Se explica en los capítulos «Los municipios» y «La red original, tal cual».
"""

import unicodedata
from typing import Any

import numpy as np

from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo


def sortear(
    logitos: np.ndarray, rng: np.random.Generator, temperatura: float = 1.0
) -> np.ndarray:
    """Un símbolo al azar ``(B,)`` por cada renglón de ``logitos (B, V)``."""
    pesos = logitos - logitos.max(axis=1, keepdims=True)
    if temperatura != 1:
        with np.errstate(over="ignore"):  # muy fría: menos infinito está bien
            pesos /= max(temperatura, np.finfo(pesos.dtype).tiny)
    np.exp(pesos, out=pesos)
    acumulada = pesos.cumsum(axis=1)
    dardos = rng.random((len(logitos), 1), dtype=acumulada.dtype) * acumulada[:, -1:]
    return (acumulada > dardos).argmax(axis=1)


def generar(
    modelo: Modelo,
    vocabulario: Vocabulario,
    cuantos: int,
    rng: np.random.Generator,
    temperatura: float = 1.0,
    maximo: int = 80,
    prefijo: str = "",
) -> list[str]:
    """Inventa nombres con cualquier modelo; corta los que pasen de ``maximo`` letras.

    Capítulo «Los municipios», sección «Lo que inventa un contador».

    Raises:
        ValueError: si la temperatura no es un número mayor que cero, o si el prefijo
            tiene letras que el vocabulario no conoce o es más largo que ``maximo``.
    """
    if not temperatura > 0:
        raise ValueError(f"la temperatura debe ser mayor que cero, y es {temperatura}")
    # ⟨leer el prefijo⟩
    letras = vocabulario.codificar(unicodedata.normalize("NFC", prefijo))
    if len(letras) > maximo or 0 in letras:
        raise ValueError(
            f"el prefijo «{prefijo}» pasa de {maximo} letra{'s' * (maximo != 1)} o de un renglón"
        )
    indices, estado = np.zeros(cuantos, dtype=np.intp), modelo.estado_inicial(cuantos)
    for letra in letras:
        _, estado = modelo.paso(indices, estado)
        indices = np.full(cuantos, letra)
    # ⟨escribir todos los nombres a la vez⟩
    escritos, vivos = np.zeros((cuantos, maximo), dtype=np.intp), np.arange(cuantos)
    escritos[:, : len(letras)] = letras
    for n in range(len(letras), maximo):
        logitos, estado = modelo.paso(indices, estado)
        indices = sortear(logitos, rng, temperatura)
        escritos[vivos, n] = indices
        siguen = indices != 0
        if not siguen.any():
            break
        indices, vivos, estado = indices[siguen], vivos[siguen], elegir(estado, siguen)
    texto = np.array(["", *vocabulario.simbolos[1:]])[escritos]
    return texto.view(f"U{maximo}")[:, 0].tolist()


def elegir(estado: Any, cuales: np.ndarray) -> Any:
    """La parte de un estado que toca a los nombres escogidos, ``cuales (B,)``."""
    if isinstance(estado, np.ndarray):
        return estado[..., cuales, :]
    if isinstance(estado, tuple):
        return tuple(elegir(cada_uno, cuales) for cada_uno in estado)
    return [uno for uno, si in zip(estado, cuales) if si]


def continuar(
    modelo: Modelo, indice: int, estado: Any, cuantas: int, rng: np.random.Generator
) -> list[int]:
    """Los símbolos que el modelo escribe después de uno, sin detenerse en ``FIN``.

    Capítulo «La red original, tal cual», sección «El régimen en línea».
    """
    escritos = []
    for _ in range(cuantas):
        logitos, estado = modelo.paso(np.array([indice]), estado)
        indice = int(sortear(logitos, rng)[0])
        escritos.append(indice)
    return escritos
