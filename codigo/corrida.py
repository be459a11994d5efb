# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 1014d6dfb09e391f

"""Una receta en marcha: un entrenamiento que se puede detener, repetir y comparar.

Se explica en el capítulo «Entrenar en serio».
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

# ⟨importar lo que usa la corrida⟩
from codigo.datos import Vocabulario
from codigo.entrenamiento import Divergencia, entrenar
from codigo.evaluacion import nats_en_lotes
from codigo.lotes import Lote, lotes_por_largo, rellenar, tramos
from codigo.optimizadores import AdamW, Arreglos, calendario, recortar_norma
from codigo.red import ConCompuertas, Red
from codigo.redes import clase_de
from codigo.regularizacion import Apagador, Promedio


@dataclass(frozen=True)
class Receta:
    """Todo lo que decide un entrenamiento. Capítulo «Entrenar en serio»."""

    modelo: str = "lstm"
    H: int = 128
    B: int = 32
    epocas: int = 40
    tasa: float = 0.008
    factor_letras: float = 1.0  # veces la tasa, para los renglones de las letras
    decaimiento: float = 0.0
    limite: float = 1.0  # de la norma del gradiente
    escala: float = 1.0  # de los pesos iniciales, en veces 1/√H
    olvido: float = 1.0  # sesgo inicial de la compuerta de olvido
    apagar_entrada: float = 0.0
    apagar_salida: float = 0.2
    apagar_recurrente: float = 0.2
    promedio: float = 0.99
    paciencia: int = 8  # épocas sin mejorar antes de parar
    tramo: int = 0  # letras por tramo al leer de corrido; 0 es leer por nombres
    semilla: int = 1


class Corrida:
    """Un entrenamiento que avanza por épocas y se puede detener, guardar y seguir.

    Capítulo «Entrenar en serio», sección «La receta y la corrida».

    Raises:
        ValueError: si la receta pide un modelo que no existe.
    """

    def __init__(
        self,
        receta: Receta,
        entrenamiento: Sequence[str],
        validacion: Sequence[str],
        vocabulario: Vocabulario,
    ) -> None:
        self.receta, self.rng = receta, np.random.default_rng(receta.semilla)
        self.partes, self.vocabulario = (entrenamiento, validacion), vocabulario
        # ⟨preparar los nombres⟩
        self.codificados = [vocabulario.codificar(nombre) for nombre in entrenamiento]
        self.texto = np.concatenate([[*letras, 0] for letras in self.codificados])
        self.vuelta = math.ceil(len(self.codificados) / receta.B)
        self.letras = len(self.texto)
        if receta.tramo:
            self.vuelta = len(
                range(0, len(self.texto) - receta.tramo - 1, receta.tramo)
            )
            self.letras = self.vuelta * receta.tramo
            if not self.vuelta or receta.B != 1:
                raise ValueError(
                    "de corrido se lee con B = 1 y tramos que quepan en el texto"
                )
        apartados = sorted((vocabulario.codificar(n) for n in validacion), key=len)
        self.apartados = [
            rellenar(apartados[i : i + 64]) for i in range(0, len(apartados), 64)
        ]
        # ⟨preparar la red⟩
        clase, V, H = clase_de(receta.modelo), len(vocabulario), receta.H
        pedido, escala = (V, H, self.rng, np.float32), receta.escala * H**-0.5
        if issubclass(clase, ConCompuertas):
            self.red: Red = clase(*pedido, escala=escala, olvido=receta.olvido)
        else:
            self.red = clase(*pedido, escala=escala)
        tasas = (receta.apagar_entrada, receta.apagar_salida, receta.apagar_recurrente)
        self.aprendiz = Apagador(self.red, tasas, self.rng) if any(tasas) else self.red
        factores = {self.red.NOMBRES[0]: receta.factor_letras}
        self.optimizador = AdamW(receta.tasa, receta.decaimiento, factores=factores)
        self.promedio = Promedio(self.red.parametros, receta.promedio)
        self.pasos = 0
        self.entrenadas: list[float] = []
        self.validadas: list[float] = []
        self.mejores = {n: p.copy() for n, p in self.promedio.parametros.items()}

    # ⟨dar una época⟩
    def epoca(self) -> None:
        """Da una vuelta completa a los nombres y mide los de validación.

        Raises:
            Divergencia: si la pérdida deja de ser un número.
        """
        divisor = self.letras / self.vuelta
        ciclo = entrenar(
            self.aprendiz,
            self._lotes(),
            self.optimizador,
            self.receta.limite,
            divisor,
            recortar_norma,
        )
        with np.errstate(over="ignore", invalid="ignore"):  # de eso avisa Divergencia
            entrenada = sum(avance.perdida for avance in ciclo) / self.letras
            promediada = type(self.red).con(self.promedio.parametros)
            validada = nats_en_lotes(promediada, self.apartados)
        if not math.isfinite(validada):
            raise Divergencia(
                "la validación dejó de ser un número; prueba una tasa menor"
            )
        self.entrenadas.append(entrenada)
        self.validadas.append(validada)
        if self.validadas[-1] == min(self.validadas):
            self.mejores = {n: p.copy() for n, p in self.promedio.parametros.items()}

    def _lotes(self) -> Iterator[Lote]:
        de_corrido = islice(tramos(self.texto, max(self.receta.tramo, 1)), self.vuelta)
        por_nombres = lotes_por_largo(self.codificados, self.receta.B, self.rng)
        total = self.vuelta * self.receta.epocas
        for lote in de_corrido if self.receta.tramo else por_nombres:
            self.optimizador.tasa = self.receta.tasa * calendario(self.pasos / total)
            yield lote
            self.promedio.sumar(self.red.parametros, self.pasos)
            self.pasos += 1

    @property
    def termino(self) -> bool:
        """Si ya dio todas sus épocas o se le acabó la paciencia."""
        sin_mejorar = len(self.validadas) - 1 - int(np.argmin(self.validadas or [0]))
        return (
            len(self.validadas) >= self.receta.epocas
            or sin_mejorar >= self.receta.paciencia
        )

    # ⟨decir en qué estado va⟩
    def estado(self) -> Arreglos:
        """Todo lo que hace falta para seguir como si nada hubiera pasado."""
        grupos = {
            "red": self.red.parametros,
            "promedio": self.promedio.parametros,
            "mejores": self.mejores,
            "memoria": self.optimizador.memoria,
        }
        todos = {
            f"{g}.{n}": a.copy()
            for g, grupo in grupos.items()
            for n, a in grupo.items()
        }
        todos["curvas"] = np.array([self.entrenadas, self.validadas])
        todos["azar"] = np.array(json.dumps(self.rng.bit_generator.state))
        return todos

    def restaurar(self, guardado: Arreglos) -> None:
        """Vuelve al estado que devolvió ``estado``.

        Raises:
            ValueError: si le falta algo.
        """
        if faltan := self.estado().keys() - guardado.keys():
            raise ValueError(f"al punto de control le falta «{min(faltan)}»")
        grupos: dict[str, Arreglos] = {}
        for nombre, arreglo in guardado.items():
            grupo, _, clave = nombre.partition(".")
            grupos.setdefault(grupo, {})[clave] = arreglo.copy()
        for clave, peso in grupos["red"].items():
            self.red.parametros[clave][...] = peso
        self.promedio.parametros, self.mejores = grupos["promedio"], grupos["mejores"]
        self.optimizador.memoria = grupos["memoria"]
        self.entrenadas, self.validadas = guardado["curvas"].tolist()
        self.pasos = len(self.validadas) * self.vuelta
        self.rng.bit_generator.state = json.loads(str(guardado["azar"]))


def correr(corrida: Corrida) -> Iterator[Corrida]:
    """Da las épocas que falten y avisa de cada una.

    Capítulo «Entrenar en serio», sección «Detenerse y seguir».
    """
    while not corrida.termino:
        corrida.epoca()
        yield corrida


def entrenar_receta(
    entrenamiento: Sequence[str],
    validacion: Sequence[str],
    simbolos: str,
    **receta: Any,
) -> Arreglos:
    """Los mejores pesos de una receta y sus curvas, en nats por símbolo.

    Capítulo «Entrenar en serio», sección «Detenerse y seguir».
    """
    vocabulario = Vocabulario([simbolos])
    corrida = Corrida(Receta(**receta), entrenamiento, validacion, vocabulario)
    for _ in correr(corrida):
        pass
    curvas = zip(("entrenamiento", "validacion"), corrida.estado()["curvas"])
    return {**corrida.mejores, **{f"curva_{n}": curva for n, curva in curvas}}
