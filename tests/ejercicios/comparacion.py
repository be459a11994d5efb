"""Soluciones ajenas del capítulo «RNN o LSTM: lo que vivimos»."""

import numpy as np

import codigo.gru
from codigo.activaciones import sigmoide
from codigo.evaluacion import intervalo
from tests.ejercicios import de, libro

bien, mal = de(__name__)
LIBRO = libro("comparacion")

mal(
    1,
    "Cuando la cuenta sale exacta pide una de más.",
    "math.ceil(8 * (desviacion / diferencia) ** 2)",
    "int(8 * (desviacion / diferencia) ** 2) + 1",
)
mal(1, "Le basta un error.", "ceil(8 *", "ceil(2 *")
mal(1, "Olvida que bailan las dos.", "ceil(8 *", "ceil(4 *")
mal(1, "Si no bailan, ninguna.", "max(1, ", "max(0, ")


@bien(1)
def semillas_para(diferencia, desviacion):
    """Las va agregando de una en una."""
    n = 1
    while 2 * desviacion * np.sqrt(2 / n) > diferencia:
        n += 1
    return n


@mal(2)
def diferencia_pareada(una, otra, letras, rng):
    """Resta dos intervalos: a cada red le tocan otros nombres."""
    (a, b), (c, d) = (intervalo(nats, letras, rng) for nats in (una, otra))
    return a - d, b - c


@mal(2)
def diferencia_pareada(una, otra, letras, rng):
    """Remuestrea cada red por su lado."""
    restas = []
    for _ in range(1000):
        a, b = rng.integers(len(una), size=(2, len(una)))
        restas.append(una[a].sum() / letras[a].sum() - otra[b].sum() / letras[b].sum())
    return tuple(np.quantile(restas, [0.025, 0.975]))


@mal(2)
def diferencia_pareada(una, otra, letras, rng):
    """Por nombre y no por símbolo."""
    return intervalo(una - otra, np.ones(len(letras)), rng)


mal(2, "Cambia los papeles.", "una - otra", "otra - una")


@bien(2)
def diferencia_pareada(una, otra, letras, rng):
    """Reparte a cada nombre cuántas veces sale."""
    n = len(letras)
    veces = rng.multinomial(n, np.full(n, 1 / n), size=6000)
    razones = np.sort((veces @ una - veces @ otra) / (veces @ letras))
    return razones[150], razones[-151]


mal(3, "Cuenta un solo lado.", "np.abs(signos @ diferencias)", "signos @ diferencias")
mal(
    3,
    "No cuenta los empates.",
    "sumas >= sumas[0] * (1 - 1e-9)",
    "sumas > sumas[0] * (1 + 1e-9)",
)


@mal(3)
def voltear_signos(diferencias):
    """Sortea los signos en vez de contarlos todos."""
    rng = np.random.default_rng(0)
    signos = rng.choice([-1, 1], size=(1000, len(diferencias)))
    return np.mean(abs(signos @ diferencias) >= abs(diferencias.sum()))


@bien(3)
def voltear_signos(diferencias):
    """De diferencia en diferencia, sin matriz: sumar o restar lo que sigue."""
    sumas = [0.0]
    for diferencia in diferencias:
        sumas = [s + d for s in sumas for d in (diferencia, -diferencia)]
    lejos = [abs(s) >= abs(sumas[0]) for s in sumas]
    return lejos.count(True) / len(lejos)


mal(
    4,
    "Reinicia después del producto, como la de PyTorch.",
    "(r * h) @ Wg",
    "r * (h @ Wg)",
)
mal(4, "La compuerta conserva al revés.", "u * h + (1 - u) * g", "u * g + (1 - u) * h")
mal(4, "Olvida lo que vuelve por el reinicio.", " + por_reinicio * r +", " +")
mal(
    4,
    "Suma el gradiente con el estado sin reiniciar.",
    "unidades[:, 0] * h[:-1]",
    "h[:-1]",
)
mal(4, "Usa las compuertas en el otro orden.", "r, u = np.split", "u, r = np.split")


@mal(4)
class GRU(codigo.gru.GRU):
    """La del apéndice, entera: reinicia después del producto."""


@bien(4)
class GRU(LIBRO.GRU):
    """Con las compuertas de un jalón y el estado como lo que se mueve hacia la candidata."""

    def _unidades(self, aporte, h, Wh):
        H, z = h.shape[1], aporte + self.parametros["b"]
        r = 1 / (1 + np.exp(-z[:, :H] - h @ Wh[:, :H]))
        mueve = sigmoide(-z[:, H : 2 * H] - h @ Wh[:, H : 2 * H])
        g = np.tanh(z[:, 2 * H :] + (h * r) @ Wh[:, 2 * H :])
        return r, 1 - mueve, g, h + mueve * (g - h)
