# Extraído de libro/gru.qmd
# Extraído de libro/07-lstm.qmd
# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: a8601e4f62929b09

"""La GRU, por lotes: la red que prueba que agregar una cuesta un archivo.

Se explica en el apéndice «Agregar una red: la GRU».
"""

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import sigmoide
from codigo.pizarron import Parametros
from codigo.red import Apagado, ConCompuertas
from codigo.veloz import Mesa, salida, sumar_por_letra


def mirar(aporte: np.ndarray, h: np.ndarray, Wh: np.ndarray) -> np.ndarray:
    """De lo que aporta la letra ``(B, 3H)`` y el estado ``(B, H)`` a r, z, q y n."""
    de_r, de_z, de_n = np.split(aporte, 3, axis=1)
    h_r, h_z, q = np.split(h @ Wh, 3, axis=1)
    r, z = sigmoide(de_r + h_r), sigmoide(de_z + h_z)
    return np.array([r, z, q, np.tanh(de_n + r * q)])


class GRU(ConCompuertas):
    """GRU de ``V`` símbolos y ``H`` neuronas, con estado ``(B, H)``.

    ``parametros`` guarda ``Wx (V, 3H)``, ``Wh (H, 3H)``, ``b (3H,)``, ``Why (H, V)`` y
    ``by (V,)``, en el orden r, z, n. Apéndice «Agregar una red: la GRU».
    """

    NOMBRES = ("Wx", "Wh", "b", "Why", "by")

    # ⟨nacer conservando⟩
    def __init__(
        self,
        V: int,
        H: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
        escala: float = 0.01,
        olvido: float = 1.0,
    ) -> None:
        formas = {"Wx": (V, 3 * H), "Wh": (H, 3 * H), "Why": (H, V)}
        pesos = {n: rng.normal(size=forma) * escala for n, forma in formas.items()}
        pesos |= {"b": np.zeros(3 * H), "by": np.zeros(V)}
        pesos["b"][H : 2 * H] = olvido
        self.parametros = {n: pesos[n].astype(dtype) for n in self.NOMBRES}

    # ⟨un paso de la GRU⟩
    def estado_inicial(self, B: int) -> np.ndarray:
        """El estado ``(B, H)`` de ``B`` nombres que todavía no empiezan: ceros."""
        Why = self.parametros["Why"]
        return np.zeros((B, len(Why)), Why.dtype)

    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """De símbolos ``(B,)`` y estado ``(B, H)`` a logitos ``(B, V)`` y estado."""
        p = self.parametros
        _, z, _, n = mirar(p["Wx"][indices] + p["b"], estado, p["Wh"])
        h = n + z * (estado - n)
        return h @ p["Why"] + p["by"], h

    # ⟨la pérdida de la GRU⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Lo mismo que la de las otras redes, con neuronas apagadas o sin ellas.

        Devuelve la pérdida en nats, sumada donde la máscara ``(T, B)`` es 1; su gradiente,
        con las claves de ``parametros``; y el estado final ``(B, H)``.
        """
        p, mesa, (T, B) = self.parametros, Mesa(estado.dtype), entradas.shape
        g = {nombre: np.empty_like(peso) for nombre, peso in p.items()}
        # ⟨leer con dos compuertas⟩
        # ⟨lo que aportan a las compuertas⟩
        aporte, recurrente = p["Wx"][entradas], p["Wh"]  # (T, B, 4H) y (H, 4H)
        # ⟨apagar lo que entra⟩
        if apagado is not None:
            entrada = np.tile(apagado.entrada, recurrente.shape[1] // len(recurrente))
            aporte = aporte * entrada
            recurrente = recurrente * apagado.recurrente
        aporte = aporte + p["b"]
        h = np.empty((T + 1, *estado.shape), estado.dtype)
        compuertas = np.empty((T, 4, *estado.shape), estado.dtype)
        h[0] = estado
        for t in range(T):
            _, z, _, n = compuertas[t] = mirar(aporte[t], h[t], recurrente)
            h[t + 1] = n + z * (h[t] - n)
        perdida, dh = salida(mesa, p, g, h[1:], objetivos, mascara, apagado)
        # ⟨volver por dos compuertas⟩
        da, du, futuro = (
            np.empty_like(aporte),
            np.empty_like(aporte),
            np.zeros_like(estado),
        )
        for t in reversed(range(T)):
            (r, z, q, n), d = compuertas[t], dh[t] + futuro
            dn = d * (1 - z) * (1 - n**2)
            dr, dz = dn * q * r * (1 - r), d * (h[t] - n) * z * (1 - z)
            da[t] = np.concatenate([dr, dz, dn], axis=1)  # lo que va a las letras
            du[t] = np.concatenate([dr, dz, dn * r], axis=1)  # lo que va al estado
            futuro = d * z + du[t] @ recurrente.T
        # ⟨sumar los gradientes de la GRU⟩
        g["Wh"] = np.tensordot(h[:-1], du, axes=((0, 1), (0, 1)))
        g["b"] = da.sum(axis=(0, 1))
        if apagado is not None:
            g["Wh"] *= apagado.recurrente
            da *= entrada
        por_letra = da.reshape(T * B, -1)
        sumar_por_letra(mesa, entradas.reshape(-1), por_letra, g["Wx"])
        return perdida, g, h[T].copy()
