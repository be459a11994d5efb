"""Soluciones ajenas del capítulo «Una alumna de seis maestras»."""

import math

import numpy as np

from codigo.activaciones import log_softmax
from codigo.ngramas import WittenBell
from tests.ejercicios import de, libro

bien, mal = de(__name__)
LIBRO = libro("alumna")

mal(1, "Devuelve el log Z, negativo.", "return -math.log(Z)", "return math.log(Z)")
mal(1, "Si no queda ninguno, no descuenta nada.", "else math.inf", "else 0.0")
mal(
    1,
    "Mezcla con el promedio aritmético.",
    "np.prod(probabilidades ** pesos[:, None], axis=0)",
    "(probabilidades * pesos[:, None])",
)


@mal(1)
def descuento(probabilidades, pesos):
    """Les suma tantito a los ceros para que el logaritmo no se queje."""
    return -math.log(np.exp(pesos @ np.log(probabilidades + 1e-9)).sum())


@bien(1)
def descuento(probabilidades, pesos):
    """Con logaritmos, sin los que no pesan ni lo que alguno prohíbe."""
    suyas = probabilidades[pesos > 0]
    suyas = suyas[:, (suyas > 0).all(axis=0)]
    logs = pesos[pesos > 0] @ np.log(suyas)
    return -np.logaddexp.reduce(logs, initial=-np.inf)


mal(
    2,
    "La mide al revés.",
    "in (maestra, alumna))",
    "in (maestra, alumna)); "
    "maestra, alumna, de_una, de_otra = alumna, maestra, de_otra, de_una",
)
mal(
    2,
    "Es la pérdida contra q, sin restar nada.",
    "(log_q[posible] - log_p",
    "(0 - log_p",
)
mal(2, "Da el promedio por nombre.", "float(lote.mascara.sum())", "len(nombres)")
mal(2, "Cuenta el relleno.", "lote.mascara > 0", "lote.mascara >= 0")


@mal(2)
def divergencia(maestra, alumna, nombres, vocabulario):
    """Solo mira la letra que salió."""
    lugares, nats = 0, 0.0
    for nombre in nombres:
        una, otra, x = maestra.estado_inicial(1), alumna.estado_inicial(1), 0
        for letra in [*vocabulario.codificar(nombre), 0]:
            q, una = maestra.paso(np.array([x]), una)
            p, otra = alumna.paso(np.array([x]), otra)
            nats += (log_softmax(q) - log_softmax(p))[0, letra]
            x, lugares = letra, lugares + 1
    return nats / lugares


@bien(2)
def divergencia(maestra, alumna, nombres, vocabulario):
    """Nombre por nombre y símbolo por símbolo, con probabilidades."""
    sobra = []
    for nombre in nombres:
        estados = [maestra.estado_inicial(1), alumna.estado_inicial(1)]
        for x in [0, *vocabulario.codificar(nombre)]:
            cada_una = []
            for i, modelo in enumerate((maestra, alumna)):
                y, estados[i] = modelo.paso(np.array([x]), estados[i])
                cada_una.append(np.exp(y[0]) / np.exp(y[0]).sum())
            sobra.append(
                sum(
                    q * math.log(q / p) if p > 0 else math.inf
                    for q, p in zip(*cada_una)
                    if q > 0
                )
            )
    return sum(sobra) / len(sobra)


mal(3, "Enfría en vez de calentar.", "** (1 / temperatura)", "** temperatura")
mal(
    3, "No vuelve a normalizar.", "return p / p.sum(axis=-1, keepdims=True)", "return p"
)
mal(3, "La mayor de todos los lugares.", "p.max(axis=-1, keepdims=True)", "p.max()")
mal(3, "Normaliza por columnas.", "p.sum(axis=-1", "p.sum(axis=0")
mal(
    3,
    "Calienta lo recibido.",
    "p = (p / p.max(axis=-1, keepdims=True)) ** (1 / temperatura)",
    "esperadas **= 1 / temperatura; p = esperadas",
)


@mal(3)
def ablandar(esperadas, temperatura):
    """Calienta las probabilidades como si fueran logitos."""
    return np.exp(log_softmax(esperadas / temperatura))


@bien(3)
def ablandar(esperadas, temperatura):
    """Regresa a logitos, con menos infinito en los ceros, y los divide."""
    with np.errstate(divide="ignore"):
        logitos = np.log(esperadas.astype(np.float64))
    return np.exp(log_softmax(logitos / temperatura))


mal(4, "Cuenta un uno en la que más se esperaba.", "+= q", "+= q == q.max()")
mal(4, "Los contextos van un lugar adelante.", "(0, *voc", "(*[], *voc")
mal(4, "Le falta el contexto más largo.", "min(orden, pos", "min(orden - 1, pos")
mal(
    4,
    "No mezcla: le cree al más largo.",
    "(cuentas + p) / (cuentas.sum() + 1)",
    "(cuentas + 1e-9) / (cuentas + 1e-9).sum()",
)


@mal(4)
class ContadorDestilado(LIBRO.ContadorDestilado):
    """Mezcla como Witten y Bell: cree que cada letra esperada se vio."""

    _mezclar = WittenBell._mezclar


@mal(4)
class ContadorDestilado(LIBRO.ContadorDestilado):
    """Cuenta las letras de la lección, y no lo que se esperaba."""

    def __init__(self, orden, leccion, vocabulario):
        unos = np.eye(len(vocabulario))
        letras = {n: unos[[*vocabulario.codificar(n), 0]] for n in leccion}
        super().__init__(orden, letras, vocabulario)


@bien(4)
class ContadorDestilado:
    """No cuenta nada: guarda la lección y, cada vez, la vuelve a recorrer."""

    def __init__(self, orden, leccion, vocabulario):
        self.orden, self.V = orden, len(vocabulario)
        self.lugares = [
            ("^" + nombre[:k], q.astype(float))
            for nombre, esperadas in leccion.items()
            for k, q in enumerate(esperadas)
        ]
        self.simbolos = ["^", *vocabulario.simbolos[1:]]

    def estado_inicial(self, B):
        return [""] * B

    def paso(self, indices, estado):
        leidos = [e + self.simbolos[i] for e, i in zip(estado, indices)]
        return np.log([self._tras(leido) for leido in leidos]), leidos

    def _tras(self, leido):
        p = np.full(self.V, 1 / self.V)
        for k in range(min(self.orden, len(leido) + 1)):
            fin = leido[len(leido) - k :]
            suyas = [q for antes, q in self.lugares if antes.endswith(fin)]
            p = (sum(suyas) + p) / (sum(q.sum() for q in suyas) + 1)
        return p
