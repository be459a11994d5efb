# Extraído de libro/velocidad.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 7e649f2cfafe9828

"""Las dos redes, rápidas: las mismas cuentas, sin pedir memoria a cada paso.

Se explica en el apéndice «Velocidad».
"""

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from codigo.lstm import LSTM
from codigo.pizarron import Parametros
from codigo.red import Apagado, Red
from codigo.rnn import RNN

PRODUCTO = 1_000_000  # multiplicaciones de la rebanada más grande
RENGLON = 64  # bytes que el procesador trae juntos de la memoria


class Mesa:
    """Arreglos con nombre que se piden una vez y se vuelven a usar, sin limpiarlos.

    Apéndice «Velocidad», sección «Pedir memoria cuesta».
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._reservas: dict[str, np.ndarray] = {}

    def __call__(self, nombre: str, *forma: int) -> np.ndarray:
        """Un arreglo de esa forma; su contenido es lo que haya quedado."""
        cuantos = math.prod(forma)
        if self._reservas.get(nombre, np.empty(0)).size < cuantos:
            holgado = np.empty(cuantos + RENGLON, self.dtype)
            sobra = -holgado.ctypes.data % RENGLON // holgado.itemsize
            self._reservas[nombre] = holgado[sobra : sobra + cuantos]
        return self._reservas[nombre][:cuantos].reshape(forma)

    def unos(self, cuantos: int) -> np.ndarray:
        """Un vector de unos; sirve para sumar con un producto de matrices."""
        unos = self("unos", cuantos)
        unos[:] = 1
        return unos


def sumar_por_letra(
    mesa: Mesa, letras: np.ndarray, dz: np.ndarray, suma: np.ndarray
) -> None:
    """En ``suma (V, …, H)``, la suma de ``dz (…, n, H)`` por cada letra de ``(n,)``.

    Apéndice «Velocidad», sección «Sumar por letra».
    """
    orden = np.argsort(letras.astype(np.uint16), kind="stable")
    juntas = mesa("borrador", *dz.shape)
    np.take(dz, orden, axis=-2, out=juntas, mode="clip")
    tramos, fin, unos = [], 0, mesa.unos(len(letras))
    for letra, veces in enumerate(np.bincount(letras).tolist()):
        inicio, fin = fin, fin + veces
        if veces:
            tramos.append((letra, inicio, fin))
    suma[...] = 0
    planos = juntas.reshape(-1, *dz.shape[-2:])
    destinos = suma.reshape(len(suma), len(planos), -1).swapaxes(0, 1)
    for plano, destino in zip(planos, destinos):
        for letra, inicio, fin in tramos:
            unos[inicio:fin].dot(plano[inicio:fin], destino[letra])


def rebanadas(filas: int, K: int, N: int) -> int:
    """En cuántas partes cortar las ``N`` columnas para no pasar de ``PRODUCTO``."""
    partes = 1
    while filas * K * N // partes > PRODUCTO and N // partes % 2 == 0:
        partes *= 2
    return partes if N // partes >= 16 else 1


def rebanar(mesa: Mesa, nombre: str, W: np.ndarray, filas: int) -> np.ndarray:
    """``W (K, N)`` contigua, en rebanadas ``(r, K, N / r)`` si es grande.

    Apéndice «Velocidad», sección «Rebanadas».
    """
    K, N = W.shape
    r = rebanadas(filas, K, N)
    if r == 1 and W.flags.c_contiguous:
        return W
    partes = mesa(nombre, r, K, N // r)
    np.copyto(partes, W.reshape(K, r, N // r).transpose(1, 0, 2))
    return partes if r > 1 else partes[0]


def gradiente_de_pesos(
    mesa: Mesa, h: np.ndarray, dz: np.ndarray, dW: np.ndarray
) -> None:
    """En ``dW (…, K, N)``, el producto de ``h (n, K)`` transpuesta por ``dz (…, n, N)``.

    Apéndice «Velocidad», sección «Rebanadas».
    """
    (n, K), N, planos = h.shape, dz.shape[-1], dz.shape[:-2]
    a, b = (lado // 32 if lado % 32 == 0 else 1 for lado in (K, N))
    K, N = K // a, N // b
    k = next((k for k in range(1, n) if n % k == 0 and n // k * K * N <= PRODUCTO), 1)
    renglones = h.reshape(k, n // k, a, 1, K).transpose(2, 3, 0, 4, 1)
    columnas = np.moveaxis(dz.reshape(*planos, 1, k, n // k, b, N), -2, -4)
    destino = dW.reshape(*planos, a, K, b, N).swapaxes(-3, -2)
    if k == 1:
        np.matmul(renglones, columnas, out=destino[..., None, :, :])
    else:
        parciales = mesa("parciales", *planos, a, b, k, K, N)
        np.matmul(renglones, columnas, out=parciales)
        np.add.reduce(parciales, axis=-3, out=destino)


def salida(
    mesa: Mesa,
    p: Parametros,
    g: Parametros,
    h: np.ndarray,
    objetivos: np.ndarray,
    mascara: np.ndarray,
    apagado: Apagado | None = None,
) -> tuple[float, np.ndarray]:
    """De los estados ``(T, B, H)`` a la pérdida y su gradiente, con la misma forma.

    Deja en ``g`` los gradientes de ``Why`` y ``by``. Apéndice «Velocidad».
    """
    (T, B, H), V = h.shape, len(p["by"])
    pesos = mascara.reshape(-1)
    if apagado is not None:
        h = np.multiply(h, apagado.salida, out=mesa("apagada", T, B, H))
    # ⟨los logitos de todo el lote⟩
    forma = (T, B) if B * H * V <= PRODUCTO else (T * B,)
    y = mesa("y", *forma, V)
    np.matmul(h.reshape(*forma, H), p["Why"], out=y)
    y += np.broadcast_to(p["by"], y.shape[1:]).copy()
    # ⟨la sorpresa sin copias⟩
    filas, planos = y.reshape(-1, V), y.reshape(-1)
    # ⟨cuidarse del desborde⟩
    if max(float(y.max()), -float(y.min())) > 60:
        y -= y.max(axis=-1, keepdims=True)
    if objetivos.ndim == 2:
        correctos = np.arange(T * B) * V + objetivos.reshape(-1)
        acierto = planos.take(correctos)
    else:
        esperadas = objetivos.reshape(-1, V)
        acierto = np.einsum("nv,nv->n", esperadas, filas)
    np.exp(y, out=y)
    sumas = np.dot(filas, mesa.unos(V), out=mesa("sumas", T * B))
    perdida = float(np.dot(np.log(sumas) - acierto, pesos))
    filas *= (pesos / sumas)[:, None]
    if objetivos.ndim == 2:
        planos[correctos] -= pesos
    else:
        filas -= pesos[:, None] * esperadas
    # ⟨de los logitos a los estados⟩
    dh, transpuesta = mesa("dh", T, B, H), mesa("WhyT", V, H)
    np.copyto(transpuesta, p["Why"].T)
    np.matmul(y, transpuesta, out=dh.reshape(*forma, H))
    gradiente_de_pesos(mesa, h.reshape(T * B, H), filas, g["Why"])
    np.dot(mesa.unos(T * B), filas, out=g["by"])
    if apagado is not None:
        dh *= apagado.salida
    return perdida, dh


class Veloz(Red):
    """Lo que agrega una red rápida: una mesa y gradientes que se vuelven a usar.

    Apéndice «Velocidad», sección «Lo que comparten las rápidas».
    """

    @cached_property
    def _mesa(self) -> Mesa:
        return Mesa(self.parametros["by"].dtype)

    @cached_property
    def _gradientes(self) -> Parametros:
        return {n: np.empty(p.shape, p.dtype) for n, p in self.parametros.items()}


def apagar_entrada(
    aporte: np.ndarray, sesgo: np.ndarray, W: np.ndarray, apagado: Apagado | None
) -> np.ndarray:
    """Apaga, en su lugar, el ``aporte`` de las letras; devuelve ``W`` ya apagada."""
    if apagado is None:
        return W
    aporte -= sesgo
    aporte *= apagado.entrada
    aporte += sesgo
    return W * apagado.recurrente


def apagar_de_regreso(dz: np.ndarray, dW: np.ndarray, apagado: Apagado | None) -> None:
    """Lo que se multiplicó de ida, de regreso se multiplica por lo mismo."""
    if apagado is not None:
        dW *= apagado.recurrente
        dz *= apagado.entrada


class RNNVeloz(Veloz, RNN):
    """La misma red que ``RNN``, más rápida; sus gradientes valen hasta la otra llamada.

    Apéndice «Velocidad», sección «La red simple, rápida».
    """

    # ⟨un paso en su lugar⟩
    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lo mismo que ``RNN.paso``, de ``(B,)`` y ``(B, H)`` a ``(B, V)`` y estado."""
        p = self.parametros
        h = estado @ p["Whh"]
        h += (p["Wxh"] + p["bh"])[indices]
        np.tanh(h, out=h)
        logitos = h @ p["Why"]
        logitos += p["by"]
        return logitos, h

    # ⟨la pérdida y sus gradientes, rápido⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Lo mismo que ``RNN.perdida_y_gradientes``, con neuronas apagadas o sin ellas."""
        p, g, mesa = self.parametros, self._gradientes, self._mesa
        (T, B), H = entradas.shape, len(p["bh"])
        # ⟨leer adelante, rápido⟩
        h = mesa("h", T + 1, B, H)
        h[0], aporte = estado, h[1:]
        np.take(p["Wxh"] + p["bh"], entradas, axis=0, out=aporte, mode="clip")
        Whh = apagar_entrada(aporte, p["bh"], p["Whh"], apagado)
        W = rebanar(mesa, "Whh", Whh, B)
        previo = vista = mesa("previo", B, H)
        producto: Callable[..., np.ndarray] = np.ndarray.dot
        if W.ndim > 2:
            producto = np.matmul
            vista = previo.reshape(B, len(W), -1).transpose(1, 0, 2)
        desde = 0 if estado.any() else 1
        np.tanh(aporte[:desde], out=aporte[:desde])
        for antes, ahora in zip(h[desde:-1], aporte[desde:]):
            producto(antes, W, vista)
            np.add(ahora, previo, ahora)
            np.tanh(ahora, ahora)
        perdida, dh = salida(mesa, p, g, h[1:], objetivos, mascara, apagado)
        # ⟨leer atrás, rápido⟩
        pendiente = np.multiply(aporte, aporte, out=mesa("borrador", T, B, H))
        np.subtract(1, pendiente, out=pendiente)
        W, dz = rebanar(mesa, "WhhT", Whh.T, B), dh
        np.multiply(dz[-1], pendiente[-1], out=dz[-1])
        for siguiente, este, cuesta in zip(dz[:0:-1], dz[-2::-1], pendiente[-2::-1]):
            producto(siguiente, W, vista)
            np.add(este, previo, este)
            np.multiply(este, cuesta, este)
        # ⟨sumar los gradientes, rápido⟩
        leidos = h[desde:-1].reshape(-1, H), dz[desde:].reshape(-1, H)
        gradiente_de_pesos(mesa, *leidos, g["Whh"])
        np.dot(mesa.unos(T * B), dz.reshape(-1, H), out=g["bh"])
        apagar_de_regreso(dz, g["Whh"], apagado)
        sumar_por_letra(mesa, entradas.reshape(-1), dz.reshape(-1, H), g["Wxh"])
        return perdida, g, h[T].copy()


class LSTMVeloz(Veloz, LSTM):
    """La misma red que ``LSTM``, más rápida; sus gradientes valen hasta otra llamada.

    Apéndice «Velocidad», sección «La LSTM, rápida».
    """

    # ⟨un paso con compuertas en su lugar⟩
    def paso(
        self, indices: np.ndarray, estado: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lo mismo que ``LSTM.paso``, de ``(B,)`` y ``(2, B, H)`` a ``(B, V)`` y estado."""
        p, (h, c) = self.parametros, estado
        z = h @ p["Wh"]
        z += (p["Wx"] + p["b"])[indices]
        abiertas = z[:, : -h.shape[1]]
        abiertas *= 0.5
        np.tanh(z, out=z)
        abiertas += 1
        abiertas *= 0.5
        i, f, o, candidata = np.split(z, 4, axis=1)
        candidata *= i
        nuevo = np.empty_like(estado)
        np.multiply(f, c, out=nuevo[1])
        nuevo[1] += candidata
        np.tanh(nuevo[1], out=nuevo[0])
        nuevo[0] *= o
        logitos = nuevo[0] @ p["Why"]
        logitos += p["by"]
        return logitos, nuevo

    # ⟨la pérdida y sus gradientes, por planos⟩
    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: np.ndarray,
        mascara: np.ndarray,
        apagado: Apagado | None = None,
    ) -> tuple[float, Parametros, np.ndarray]:
        """Lo mismo que ``LSTM.perdida_y_gradientes``, con neuronas apagadas o sin ellas."""
        p, g, mesa = self.parametros, self._gradientes, self._mesa
        (T, B), (H, V) = entradas.shape, p["Why"].shape
        mitad = np.array([0.5, 0.5, 0.5, 1], p["b"].dtype).reshape(4, 1, 1, 1)
        # ⟨leer adelante por planos⟩
        planos = mesa("planos", 4, V, H)
        de_las_letras = (p["Wx"] + p["b"]).reshape(V, 4, H).transpose(1, 0, 2)
        np.multiply(de_las_letras, mitad[:, 0], out=planos)
        aporte = mesa("z", 4, T, B, H)
        np.take(planos, entradas, axis=1, out=aporte, mode="clip")
        sesgo = p["b"].reshape(4, 1, 1, H) * mitad
        Wh = apagar_entrada(aporte, sesgo, p["Wh"], apagado)
        r, pasos = rebanadas(B, H, H), aporte.transpose(1, 0, 2, 3)
        W = mesa("Wh", 4, r, H, H // r)
        por_planos = mesa("por planos", 4, H, H)
        np.copyto(por_planos, Wh.reshape(H, 4, H).transpose(1, 0, 2))
        np.multiply(
            por_planos.reshape(4, H, r, H // r).transpose(0, 2, 1, 3), mitad, out=W
        )
        previo = mesa("previo", 4, B, H)
        vista = previo.reshape(4, B, r, H // r).transpose(0, 2, 1, 3)
        h, c = mesa("h", T + 1, B, H), mesa("c", T + 1, B, H)
        visible = mesa("visible", T, B, H)
        h[0], c[0] = estado
        auxiliar, desde = mesa("auxiliar", B, H), 0 if estado[0].any() else 1
        for t, z in enumerate(pasos):
            # ⟨un paso sin pedir memoria⟩
            if t >= desde:
                np.matmul(h[t], W, out=vista)
                np.add(z, previo, out=z)
            np.tanh(z, out=z)
            np.multiply(z[:3], 0.5, out=z[:3])
            np.add(z[:3], 0.5, out=z[:3])
            i, f, o, candidata = z
            np.multiply(i, candidata, out=auxiliar)
            np.multiply(f, c[t], out=c[t + 1])
            np.add(c[t + 1], auxiliar, out=c[t + 1])
            np.tanh(c[t + 1], out=visible[t])
            np.multiply(o, visible[t], out=h[t + 1])
        perdida, dh = salida(mesa, p, g, h[1:], objetivos, mascara, apagado)
        # ⟨volver por planos⟩
        W = mesa("WhT", 4, r, H, H // r)
        np.copyto(W, por_planos.reshape(4, r, H // r, H).transpose(0, 1, 3, 2))
        pendiente, dc = mesa("pendiente", 4, B, H), mesa("dc", B, H)
        dc[...] = 0
        for t in reversed(range(T)):
            z, d = pasos[t], dh[t]
            if t + 1 < T:
                np.matmul(pasos[t + 1][:, None], W, out=vista)
                np.add.reduce(previo, axis=0, out=auxiliar)
                np.add(d, auxiliar, out=d)
            # ⟨un paso atrás sin pedir memoria⟩
            i, f, o, candidata = z
            np.multiply(z, z, out=pendiente)
            np.subtract(z[:3], pendiente[:3], out=pendiente[:3])
            np.subtract(1, pendiente[3], out=pendiente[3])
            for plano, factor in zip(pendiente, (candidata, c[t], visible[t], i)):
                np.multiply(plano, factor, out=plano)
            np.multiply(visible[t], visible[t], out=auxiliar)
            np.subtract(1, auxiliar, out=auxiliar)
            np.multiply(auxiliar, o, out=auxiliar)
            np.multiply(auxiliar, d, out=auxiliar)
            np.add(dc, auxiliar, out=dc)
            np.multiply(dc, f, out=auxiliar)
            np.multiply(pendiente[:2], dc, out=z[:2])
            np.multiply(pendiente[2], d, out=o)
            np.multiply(pendiente[3], dc, out=candidata)
            dc, auxiliar = auxiliar, dc
        # ⟨sumar los gradientes por planos⟩
        dz, n, dW_por_planos = (
            aporte,
            T * B,
            g["Wh"].reshape(H, 4, H).transpose(1, 0, 2),
        )
        leidos = h[desde:-1].reshape(-1, H), dz[:, desde:].reshape(4, -1, H)
        gradiente_de_pesos(mesa, *leidos, dW_por_planos)
        por_compuerta = dz.reshape(4, n, H)
        np.matmul(mesa.unos(n), por_compuerta, out=g["b"].reshape(4, H))
        apagar_de_regreso(dz, g["Wh"], apagado)
        sumar_por_letra(
            mesa, entradas.reshape(-1), por_compuerta, g["Wx"].reshape(V, 4, H)
        )
        return perdida, g, np.array([h[T], c[T]])
