# Extraído de libro/01-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 05c97facedb7c9f4

"""Los rivales que solo cuentan: n-gramas interpolados.

Se explica en el capítulo «Los municipios», sección «Contar letras: los n-gramas».
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from codigo.datos import Vocabulario

Contexto = tuple[int, ...]
Cuentas = dict[Contexto, np.ndarray]


class WittenBell:
    """N-grama interpolado de Witten y Bell; orden 1 es el unigrama y 2, el bigrama.

    Se ajusta al construirlo. Capítulo «Los municipios», ecuación de Witten y Bell.

    Raises:
        ValueError: si el orden es menor que 1.
    """

    def __init__(
        self, orden: int, nombres: Sequence[str], vocabulario: Vocabulario
    ) -> None:
        if orden < 1:
            raise ValueError(
                f"el orden de un n-grama es al menos 1, y se pidió {orden}"
            )
        self.orden, self.V = orden, len(vocabulario)
        # ⟨contar todos los nombres⟩
        self.cuentas: list[Cuentas] = [
            defaultdict(lambda: np.zeros(self.V)) for _ in range(orden)
        ]
        for nombre in nombres:
            self._contar((0, *vocabulario.codificar(nombre).tolist(), 0))
        self._recordadas: dict[Contexto, np.ndarray] = {}

    # ⟨contar un nombre⟩
    def _contar(self, simbolos: Contexto) -> None:
        for posicion in range(1, len(simbolos)):
            for k in range(min(self.orden, posicion + 1)):
                contexto = simbolos[posicion - k : posicion]
                self.cuentas[k][contexto][simbolos[posicion]] += 1

    # ⟨la probabilidad de cada símbolo⟩
    def probabilidades(self, contexto: Contexto) -> np.ndarray:
        """Probabilidad ``(V,)`` de cada símbolo después del contexto; suman 1."""
        k = len(contexto)
        if k >= self.orden:
            return self.probabilidades(contexto[1:])
        if contexto not in self._recordadas:
            p = self.probabilidades(contexto[1:]) if k else np.full(self.V, 1 / self.V)
            cuentas = self.cuentas[k].get(contexto)
            self._recordadas[contexto] = (
                p if cuentas is None else self._mezclar(k, cuentas, p)
            )
        return self._recordadas[contexto]

    def _mezclar(self, k: int, cuentas: np.ndarray, p: np.ndarray) -> np.ndarray:
        distintos = np.count_nonzero(cuentas)
        return (cuentas + distintos * p) / (cuentas.sum() + distintos)

    # ⟨responder como los demás modelos⟩
    def estado_inicial(self, B: int) -> list[Contexto]:
        """``B`` contextos vacíos."""
        return [()] * B

    def paso(
        self, indices: np.ndarray, estado: list[Contexto]
    ) -> tuple[np.ndarray, list[Contexto]]:
        """De símbolos ``(B,)`` a logitos ``(B, V)``: aquí, log-probabilidades."""
        contextos = [
            (*viejo, int(actual))[max(0, len(viejo) + 2 - self.orden) :]
            for viejo, actual in zip(estado, indices)
        ]
        return np.log([self.probabilidades(uno) for uno in contextos]), contextos


class KneserNey(WittenBell):
    """N-grama de Kneser y Ney modificado, con tres descuentos por orden.

    Capítulo «Los municipios», ecuación de Kneser y Ney.
    """

    def __init__(
        self, orden: int, nombres: Sequence[str], vocabulario: Vocabulario
    ) -> None:
        super().__init__(orden, nombres, vocabulario)
        for k in range(orden - 1):
            self._contar_antecesores(k)
        self.descuentos = [_descuentos(cuentas) for cuentas in self.cuentas]

    # ⟨contar antecesores distintos⟩
    def _contar_antecesores(self, k: int) -> None:
        nuevas = {
            contexto: c
            for contexto, c in self.cuentas[k].items()
            if contexto[:1] == (0,)
        }
        for contexto, cuentas in self.cuentas[k + 1].items():
            nuevas.setdefault(contexto[1:], np.zeros(self.V))
            nuevas[contexto[1:]] += cuentas > 0
        self.cuentas[k] = nuevas

    # ⟨mezclar con descuentos⟩
    def _mezclar(self, k: int, cuentas: np.ndarray, p: np.ndarray) -> np.ndarray:
        descuento = self.descuentos[k][np.minimum(cuentas, 3).astype(int)]
        return (cuentas - descuento + descuento.sum() * p) / cuentas.sum()


def _descuentos(cuentas: Cuentas) -> np.ndarray:
    """Los descuentos ``(4,)`` para cuentas de 0, 1, 2 y 3 o más."""
    valores = np.concatenate(list(cuentas.values()))
    n = [max(int(np.count_nonzero(valores == v)), 1) for v in (1, 2, 3, 4)]
    base = n[0] / (n[0] + 2 * n[1])
    v = np.arange(1, 4)
    crudos = v - (v + 1) * base * np.divide(n[1:], n[:-1])
    return np.array([0.0, *np.clip(crudos, 0.05, v - 0.05)])
