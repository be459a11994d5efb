# Extraído de libro/01-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 3e0c5ac74f6c0c17

"""Soluciones del capítulo «Los municipios»."""

from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo
from codigo.ngramas import Contexto


def sorpresas(modelo: Modelo, nombre: str, vocabulario: Vocabulario) -> np.ndarray:
    """Los nats de cada símbolo de un nombre, ``(letras + 1,)``, con su ``FIN``."""
    nats, estado, anterior = [], modelo.estado_inicial(1), 0
    for actual in [*vocabulario.codificar(nombre), 0]:
        logitos, estado = modelo.paso(np.array([anterior]), estado)
        nats.append(-log_softmax(logitos[0])[actual])
        anterior = actual
    return np.array(nats)


class Memorioso:
    """El modelo que solo sabe repetir los nombres que le dieron, todos por igual."""

    def __init__(self, nombres: Sequence[str], vocabulario: Vocabulario) -> None:
        self.parejo = np.ones(len(vocabulario))
        self.cuentas: dict[Contexto, np.ndarray] = {}
        for nombre in nombres:
            simbolos = (0, *vocabulario.codificar(nombre).tolist(), 0)
            for n in range(1, len(simbolos)):
                vistos = self.cuentas.setdefault(simbolos[:n], 0 * self.parejo)
                vistos[simbolos[n]] += 1

    def estado_inicial(self, B: int) -> list[Contexto]:
        """``B`` nombres de los que no se ha leído nada."""
        return [()] * B

    def paso(
        self, indices: np.ndarray, estado: list[Contexto]
    ) -> tuple[np.ndarray, list[Contexto]]:
        """De símbolos ``(B,)`` a logitos ``(B, V)``; lo imposible vale −∞."""
        leidos = [(*antes, int(i)) for antes, i in zip(estado, indices)]
        cuentas = [self.cuentas.get(leido, self.parejo) for leido in leidos]
        with np.errstate(divide="ignore"):
            return np.log(cuentas), leidos


def repartir(
    modelos: Sequence[Modelo],
    nombres: Sequence[str],
    vocabulario: Vocabulario,
    vueltas: int = 50,
) -> np.ndarray:
    """Los pesos ``(modelos,)`` con que el promedio se sorprende menos."""
    nats = [
        np.concatenate([sorpresas(modelo, nombre, vocabulario) for nombre in nombres])
        for modelo in modelos
    ]
    p = np.exp(-np.array(nats))  # (modelos, símbolos)
    pesos = np.full(len(modelos), 1 / len(modelos))
    for _ in range(vueltas):
        partes = pesos[:, None] * p
        pesos = (partes / partes.sum(axis=0)).mean(axis=1)
    return pesos
