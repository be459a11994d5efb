# Extraído de libro/taller-afirmaciones.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: a9fc6f1762d60e38

"""Lo que el libro afirma: se detiene si deja de ser cierto, y lo deja apuntado.

Se explica en el apéndice «Auditar el libro».
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

APUNTES = Path(".cache/afirmaciones")
_apuntadas: list[list[str]] = []


def _apuntar(cierta: object, frase: str, *medida: str) -> None:
    _apuntadas.append([frase, *(dato.replace("-", "−") for dato in medida)])
    if capitulo := os.environ.get("QUARTO_DOCUMENT_FILE"):
        APUNTES.mkdir(parents=True, exist_ok=True)
        ruta = (APUNTES / capitulo).with_suffix(".json")
        ruta.write_text(json.dumps(_apuntadas, ensure_ascii=False), encoding="utf-8")
    if not cierta:
        detalle = f" ({', '.join(medida[1:])})" if medida[1:] else ""
        raise AssertionError(f"dejó de ser cierto que {frase}{detalle}")


def afirmar(condicion: object, frase: str) -> None:
    """Detiene el libro si una frase de su texto dejó de ser cierta.

    Raises:
        AssertionError: si la condición no se cumple; lleva la frase.
    """
    _apuntar(condicion, frase, "cifra")


@dataclass(frozen=True)
class Diferencia:
    """Cuánto mide una diferencia pareada, y entre qué valores está con el nivel dado."""

    media: float
    bajo: float
    alto: float
    pares: int

    def __format__(self, cifras: str) -> str:
        return f"{self.media:{cifras}} [{self.bajo:{cifras}}, {self.alto:{cifras}}]"

    def __str__(self) -> str:
        return f"{self:.3g}"


def pareada(una: ArrayLike, otra: ArrayLike, nivel: float = 0.95) -> Diferencia:
    """Lo que ``una`` tiene de más que ``otra``, par por par, con su intervalo.

    Raises:
        ValueError: si hay menos de tres pares.
    """
    from scipy import stats

    restas = np.atleast_1d(np.subtract(una, otra, dtype=float))
    if restas.size < 3:
        raise ValueError("una comparación necesita por lo menos tres pares")
    if restas.size < 30:
        intervalo = stats.ttest_1samp(restas, 0).confidence_interval(nivel)
    else:
        azar = np.random.default_rng(0)
        examen = stats.bootstrap((restas,), np.mean, confidence_level=nivel, rng=azar)
        intervalo = examen.confidence_interval
    bajo, alto = map(float, intervalo)
    return Diferencia(float(restas.mean()), bajo, alto, restas.size)


def afirmar_mayor(
    mayor: ArrayLike,
    menor: ArrayLike,
    frase: str,
    de: str = "semillas",
    por: float = 0.0,
    nivel: float = 0.95,
) -> Diferencia:
    """Afirma que ``mayor`` le lleva más de ``por`` a ``menor``, con todo el intervalo.

    Raises:
        AssertionError: si el intervalo de la diferencia no queda por encima de ``por``.
        ValueError: si hay menos de tres pares.
    """
    resta = pareada(mayor, menor, nivel)
    pares, cuanto = f"{resta.pares} {de}", f"más de {por:g}"
    _apuntar(resta.bajo > por, frase, "comparación", pares, str(resta), cuanto)
    return resta


def afirmar_parecidas(
    una: ArrayLike, otra: ArrayLike, margen: float, frase: str, de: str = "semillas"
) -> Diferencia:
    """Afirma que ``una`` y ``otra`` no se distinguen: difieren en menos de ``margen``.

    Raises:
        AssertionError: si el intervalo de la diferencia, al 90 %, se sale del margen.
        ValueError: si hay menos de tres pares.
    """
    resta = pareada(una, otra, nivel=0.9)
    cabe = -margen < resta.bajo and resta.alto < margen
    cuanto = f"menos de {margen:g}"
    _apuntar(cabe, frase, "equivalencia", f"{resta.pares} {de}", str(resta), cuanto)
    return resta
