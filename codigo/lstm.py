# Extraído de libro/07-lstm.qmd
# Extraído de libro/08-entrenar.qmd
# Extraído de libro/02-rnn.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: c66629921c31a3a2

"""La LSTM, por lotes y legible.

Se explica en los capítulos «La LSTM» y «Entrenar en serio».
"""

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import log_softmax, sigmoide
from codigo.pizarron import Parametros
from codigo.red import Apagado, ConCompuertas


def activar(z: np.ndarray) -> np.ndarray:
    """De ``z (B, 4H)`` a las compuertas ``(4, B, H)``: i, f, o y la candidata g."""
    i, f, o, g = np.split(z, 4, axis=1)
    return np.array([sigmoide(i), sigmoide(f), sigmoide(o), np.tanh(g)])


class LSTM(ConCompuertas):
    """LSTM de ``V`` símbolos y ``H`` celdas; su estado ``(2, B, H)`` son ``h`` y ``c``.

    ``parametros`` guarda ``Wx (V, 4H)``, ``Wh (H, 4H)``, ``b (4H,)``, ``Why (H, V)`` y
    ``by (V,)``; las compuertas van en el orden i, f, o, g. Capítulo «La LSTM».
    """

    NOMBRES = ("Wx", "Wh", "b", "Why", "by")

    # ⟨nacer con el olvido abierto⟩
    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
        olvido: float = 1.0,
    ) -> None:
        formas = {"Wx": (V, 4 * H), "Wh": (H, 4 * H), "Why": (H, V)}
        pesos = {n: rng.normal(size=forma) * escala for n, forma in formas.items()}
        pesos |= {"b": np.zeros(4 * H), "by": np.zeros(V)}
        pesos["b"][H : 2 * H] = olvido
        self.parametros = {n: pesos[n].astype(dtype) for n in self.NOMBRES}

    # ⟨un paso con compuertas⟩
    def estado_inicial(self, B: int) -> np.ndarray:
        """El estado ``(2, B, H)`` de ``B`` nombres que todavía no empiezan: ceros."""
        H = len(self.parametros["Why"])
        return np.zeros((2, B, H), self.parametros["Why"].dtype)

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(2, B, H)`` a logitos ``(B, V)`` y estado."""
        p, (h, c) = self.parametros, estado
        i, f, o, g = activar(p["Wx"][indices] + h @ p["Wh"] + p["b"])
        c = f * c + i * g
        h = o * np.tanh(c)
        return h @ p["Why"] + p["by"], np.array([h, c])

    # ⟨la pérdida y sus gradientes, con celda⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Lee un lote hacia adelante y hacia atrás.

        Recibe ``entradas``, ``objetivos`` y ``mascara (T, B)`` y el estado ``(2, B, H)``.
        Devuelve la pérdida en nats, sumada donde la máscara es 1; su gradiente, con las
        claves de ``parametros``; y el estado final ``(2, B, H)``.
        """
        p = self.parametros
        T, B = entradas.shape
        # ⟨lo que aportan a las compuertas⟩
        aporte, recurrente = p["Wx"][entradas], p["Wh"]  # (T, B, 4H) y (H, 4H)
        # ⟨apagar lo que entra⟩
        if apagado is not None:
            entrada = np.tile(apagado.entrada, recurrente.shape[1] // len(recurrente))
            aporte = aporte * entrada
            recurrente = recurrente * apagado.recurrente
        # ⟨leer el lote con compuertas⟩
        h = np.empty((T + 1, *estado.shape[1:]), estado.dtype)
        c = np.empty_like(h)
        compuertas = np.empty((T, 4, *estado.shape[1:]), estado.dtype)
        h[0], c[0] = estado
        for t in range(T):
            i, f, o, g = compuertas[t] = activar(aporte[t] + h[t] @ recurrente + p["b"])
            c[t + 1] = f * c[t] + i * g
            h[t + 1] = o * np.tanh(c[t + 1])
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
        # ⟨volver por la celda⟩
        dz = np.empty_like(aporte)
        del_estado, de_la_celda = np.zeros_like(h[0]), np.zeros_like(c[0])
        for t in reversed(range(T)):
            dz[t], de_la_celda = retroceder(
                compuertas[t], c[t], c[t + 1], dh_salida[t] + del_estado, de_la_celda
            )
            del_estado = dz[t] @ recurrente.T
        # ⟨sumar los gradientes de la LSTM⟩
        gradientes = {
            "Wx": np.zeros_like(p["Wx"]),
            "Wh": np.tensordot(h[:-1], dz, axes=((0, 1), (0, 1))),
            "b": dz.sum(axis=(0, 1)),
            "Why": np.tensordot(visible, dy, axes=((0, 1), (0, 1))),
            "by": dy.sum(axis=(0, 1)),
        }
        # ⟨apagar lo que entra de regreso⟩
        if apagado is not None:
            gradientes[self.NOMBRES[1]] *= apagado.recurrente
            dz = dz * entrada
        np.add.at(gradientes["Wx"], entradas, dz)
        return float(perdida), gradientes, np.array([h[T], c[T]])


def retroceder(
    compuertas: np.ndarray,
    c_anterior: np.ndarray,
    c: np.ndarray,
    dh: np.ndarray,
    de_la_celda: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Un paso hacia atrás: ``dz (B, 4H)`` y lo que le llega a la celda anterior.

    Recibe las compuertas ``(4, B, H)``, la celda de antes y la de después, y los
    gradientes ``dh`` y ``de_la_celda (B, H)``. Capítulo «La LSTM», «Volver por la celda».
    """
    i, f, o, g = compuertas
    visible = np.tanh(c)
    dc = de_la_celda + dh * o * (1 - visible**2)
    dz_i = dc * g * i * (1 - i)
    dz_f = dc * c_anterior * f * (1 - f)
    dz_o = dh * visible * o * (1 - o)
    dz_g = dc * i * (1 - g**2)
    return np.concatenate([dz_i, dz_f, dz_o, dz_g], axis=1), dc * f
