# Extraído de libro/02-rnn.qmd
# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 4dda1ae34fbf8ca0

"""La red recurrente simple, por lotes.

Se explica en los capítulos «Una red recurrente, a pie» y «Entrenar en serio».
"""

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import log_softmax
from codigo.pizarron import Parametros, pesos_iniciales
from codigo.red import Apagado, Red


class RNN(Red):
    """Red recurrente simple de ``V`` símbolos y ``H`` neuronas ocultas.

    ``parametros`` guarda ``Wxh (V, H)``, ``Whh (H, H)``, ``bh (H,)``, ``Why (H, V)`` y
    ``by (V,)``. Ecuaciones del capítulo «Una red recurrente, a pie».
    """

    NOMBRES = ("Wxh", "Whh", "bh", "Why", "by")

    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
    ) -> None:
        pesos = pesos_iniciales(V, H, rng, escala)
        self.parametros = {nombre: peso.astype(dtype) for nombre, peso in pesos.items()}

    # ⟨el estado y un paso⟩
    def estado_inicial(self, B: int) -> np.ndarray:
        """El estado ``(B, H)`` de ``B`` nombres que todavía no empiezan: ceros."""
        return np.zeros((B, len(self.parametros["bh"])), self.parametros["bh"].dtype)

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(B, H)`` a logitos ``(B, V)`` y estado."""
        p = self.parametros
        h = np.tanh(p["Wxh"][indices] + estado @ p["Whh"] + p["bh"])
        return h @ p["Why"] + p["by"], h

    # ⟨la pérdida y sus gradientes⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Lee un lote hacia adelante y hacia atrás.

        Recibe ``entradas``, ``objetivos`` y ``mascara (T, B)`` y el estado ``(B, H)``.
        Devuelve la pérdida en nats, sumada donde la máscara es 1; su gradiente, con las
        claves de ``parametros``; y el estado final ``(B, H)``.
        """
        p = self.parametros
        T, B = entradas.shape
        # ⟨lo que aportan las letras⟩
        aporte, recurrente = p["Wxh"][entradas], p["Whh"]  # (T, B, H) y (H, H)
        # ⟨apagar lo que entra⟩
        if apagado is not None:
            entrada = np.tile(apagado.entrada, recurrente.shape[1] // len(recurrente))
            aporte = aporte * entrada
            recurrente = recurrente * apagado.recurrente
        # ⟨leer el lote hacia adelante⟩
        h = np.empty((T + 1, *estado.shape), estado.dtype)
        h[0] = estado
        for t in range(T):
            h[t + 1] = np.tanh(aporte[t] + h[t] @ recurrente + p["bh"])
        # ⟨lo que se deja ver⟩
        visible = h[1:]
        if apagado is not None:
            visible = visible * apagado.salida
        # ⟨medir la sorpresa⟩
        logp = log_softmax(visible @ p["Why"] + p["by"])  # (T, B, V)
        pasos, columnas = np.indices((T, B))
        perdida = -(logp[pasos, columnas, objetivos] * mascara).sum()
        dy = np.exp(logp)
        dy[pasos, columnas, objetivos] -= 1
        dy *= mascara[:, :, None]
        # ⟨de los logitos al estado⟩
        dh_salida = dy @ p["Why"].T
        if apagado is not None:
            dh_salida = dh_salida * apagado.salida
        # ⟨leer el lote hacia atrás⟩
        pendiente = 1 - h[1:] ** 2
        dz = np.empty_like(dh_salida)
        futuro = np.zeros_like(h[0])
        for t in reversed(range(T)):
            dz[t] = (dh_salida[t] + futuro) * pendiente[t]
            futuro = dz[t] @ recurrente.T
        # ⟨sumar los gradientes⟩
        gradientes = {
            "Wxh": np.zeros_like(p["Wxh"]),
            "Whh": np.tensordot(h[:-1], dz, axes=((0, 1), (0, 1))),
            "bh": dz.sum(axis=(0, 1)),
            "Why": np.tensordot(visible, dy, axes=((0, 1), (0, 1))),
            "by": dy.sum(axis=(0, 1)),
        }
        # ⟨apagar lo que entra de regreso⟩
        if apagado is not None:
            gradientes[self.NOMBRES[1]] *= apagado.recurrente
            dz = dz * entrada
        np.add.at(gradientes["Wxh"], entradas, dz)
        return float(perdida), gradientes, h[T]
