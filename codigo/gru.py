# Extraído de libro/d-gru.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8718a009d7508954

"""La GRU, por lotes: la red que prueba que agregar una cuesta un archivo.

Se explica en el apéndice «Agregar una red: la GRU».
"""

import numpy as np
from numpy.typing import DTypeLike

from codigo.numeros import sigmoide
from codigo.red import Red
from codigo.regularizacion import Apagado
from codigo.veloz import Mesa, salida, sumar_por_letra


def mirar(aporte: np.ndarray, h: np.ndarray, Wh: np.ndarray) -> np.ndarray:
    """De lo que aporta la letra ``(B, 3H)`` y el estado ``(B, H)`` a r, z, q y n."""
    de_r, de_z, de_n = np.split(aporte, 3, axis=1)
    h_r, h_z, q = np.split(h @ Wh, 3, axis=1)
    r, z = sigmoide(de_r + h_r), sigmoide(de_z + h_z)
    return np.array([r, z, q, np.tanh(de_n + r * q)])


class GRU(Red):
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
    ) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
        """Lo mismo que la de las otras redes, con neuronas apagadas o sin ellas.

        Devuelve la pérdida en nats, sumada donde la máscara ``(T, B)`` es 1; su gradiente,
        con las claves de ``parametros``; y el estado final ``(B, H)``.
        """
        p, mesa, (T, B) = self.parametros, Mesa(estado.dtype), entradas.shape
        g = {nombre: np.empty_like(peso) for nombre, peso in p.items()}
        quedan = [1.0 if uno is None else uno for uno in apagado or (None,) * 3]
        entrada, visible, conexiones = (np.asarray(uno, estado.dtype) for uno in quedan)
        # ⟨leer con dos compuertas⟩
        de_las_letras = np.tile(entrada, 3) if entrada.ndim else entrada
        aporte = p["Wx"][entradas] * de_las_letras + p["b"]  # (T, B, 3H)
        Wh = p["Wh"] * conexiones
        h = np.empty((T + 1, *estado.shape), estado.dtype)
        compuertas = np.empty((T, 4, *estado.shape), estado.dtype)
        h[0] = estado
        for t in range(T):
            _, z, _, n = compuertas[t] = mirar(aporte[t], h[t], Wh)
            h[t + 1] = n + z * (h[t] - n)
        perdida, dh = salida(mesa, p, g, h[1:] * visible, objetivos, mascara)
        # ⟨volver por dos compuertas⟩
        dh *= visible
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
            futuro = d * z + du[t] @ Wh.T
        # ⟨sumar los gradientes de la GRU⟩
        g["Wh"] = np.tensordot(h[:-1], du, axes=((0, 1), (0, 1))) * conexiones
        g["b"] = da.sum(axis=(0, 1))
        da *= de_las_letras
        por_letra = da.reshape(T * B, -1)
        sumar_por_letra(mesa, entradas.reshape(-1), por_letra, g["Wx"])
        return perdida, g, h[T].copy()
