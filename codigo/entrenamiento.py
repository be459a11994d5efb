# Extraído de libro/02-rnn.qmd
# Extraído de libro/08-entrenar.qmd
# Extraído de libro/04-original.qmd
# Extraído de libro/10-afinar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: a3ab87e72b065950

"""El ciclo de entrenamiento, el mismo para todos los modelos y regímenes.

Se explica en los capítulos «Una red recurrente, a pie» y «La red original, tal cual».
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

# ⟨importar lo que usa el ciclo⟩
from codigo.archivos import cargar_arreglos, guardar_arreglos
from codigo.datos import (
    Lote,
    Vocabulario,
    hacer_lote,
    lotes_por_epoca,
    lotes_por_largo,
    rellenar,
    tramos,
)
from codigo.evaluacion import nats_en_lotes, nats_por_nombre
from codigo.generacion import continuar, generar
from codigo.optimizadores import (
    Adagrad,
    AdamW,
    Arreglos,
    Optimizador,
    calendario,
    recortar,
    recortar_norma,
)
from codigo.redes import clase_de, lleva_olvido
from codigo.regularizacion import Apagador, Promedio
from codigo.rnn import RNN


class Entrenable(Protocol):
    """Lo que el ciclo necesita de un modelo."""

    parametros: Arreglos

    def estado_inicial(self, B: int) -> Any:
        """El estado de ``B`` nombres que todavía no empiezan."""
        ...

    def perdida_y_gradientes(
        self,
        entradas: np.ndarray,
        objetivos: np.ndarray,
        estado: Any,
        mascara: np.ndarray,
    ) -> tuple[float, Arreglos, Any]:
        """La pérdida sumada, en nats, su gradiente y el estado final."""
        ...


class Avance(NamedTuple):
    """Lo que el ciclo avisa después de cada paso."""

    paso: int
    perdida: float  # en nats, sumada sobre el lote
    estado: Any


def entrenar(
    modelo: Entrenable,
    lotes: Iterable[Lote],
    optimizador: Optimizador,
    limite: float = 5.0,
    divisor: float = 1.0,
    recorte: Callable[[Arreglos, float], None] = recortar,
) -> Iterator[Avance]:
    """Da un paso por lote y avisa de cada uno, con la pérdida de antes de moverse.

    Capítulo «Una red recurrente, a pie», sección «Entrenar».

    Raises:
        Divergencia: si la pérdida deja de ser un número; los pesos no se mueven.
    """
    for paso, lote in enumerate(lotes):
        if not lote.sigue:
            estado = modelo.estado_inicial(lote.entradas.shape[1])
        perdida, gradientes, estado = modelo.perdida_y_gradientes(
            lote.entradas, lote.objetivos, estado, lote.mascara
        )
        # ⟨detenerse si diverge⟩
        if not math.isfinite(
            perdida + sum(float(np.vdot(g, g)) for g in gradientes.values())
        ):
            raise Divergencia(
                f"la pérdida dejó de ser un número en el paso {paso}; prueba una tasa menor"
            )
        for g in gradientes.values():
            np.multiply(g, 1 / divisor, out=g)
        recorte(gradientes, limite)
        optimizador.actualizar(modelo.parametros, gradientes)
        yield Avance(paso, perdida, estado)


def entrenar_rnn(
    entrenamiento: Sequence[str],
    validacion: Sequence[str],
    simbolos: str,
    *,
    H: int,
    B: int,
    tasa: float,
    escala: float,
    epocas: int,
    semilla: int,
) -> Arreglos:
    """Entrena una RNN con Adagrad: los pesos de su mejor época y las dos curvas.

    Las curvas, ``curva_entrenamiento`` y ``curva_validacion``, van en nats por símbolo,
    una medida por época. Capítulo «Una red recurrente, a pie», sección «Entrenar».
    """
    # ⟨preparar la red y los lotes⟩
    rng = np.random.default_rng(semilla)
    vocabulario = Vocabulario([simbolos])
    red = RNN(len(vocabulario), H, rng, escala=escala)
    apartado = hacer_lote(validacion, vocabulario)
    letras = sum(len(nombre) + 1 for nombre in entrenamiento)
    divisor = B * letras / len(entrenamiento)
    lotes = lotes_por_epoca(entrenamiento, vocabulario, B, rng)
    ciclo = entrenar(red, lotes, Adagrad(tasa), divisor=divisor)
    curvas: dict[str, list[float]] = {"curva_entrenamiento": [], "curva_validacion": []}
    mejores, vuelta = red.parametros, math.ceil(len(entrenamiento) / B)
    for _ in range(epocas):
        # ⟨dar una vuelta a los nombres⟩
        nats = sum(avance.perdida for avance in islice(ciclo, vuelta))
        curvas["curva_entrenamiento"].append(nats / letras)
        # ⟨quedarse con los mejores pesos⟩
        perdida, _, _ = red.perdida_y_gradientes(
            apartado.entradas,
            apartado.objetivos,
            red.estado_inicial(len(validacion)),
            apartado.mascara,
        )
        curvas["curva_validacion"].append(perdida / float(apartado.mascara.sum()))
        if curvas["curva_validacion"][-1] == min(curvas["curva_validacion"]):
            mejores = {nombre: peso.copy() for nombre, peso in red.parametros.items()}
    return {**mejores, **{nombre: np.array(curva) for nombre, curva in curvas.items()}}


def entrenar_original(
    nombres: Sequence[str],
    apartados: Sequence[str] = (),
    *,
    iteraciones: int,
    momentos: Sequence[int],
    semilla: int,
    H: int = 100,
    T: int = 25,
) -> Arreglos:
    """La red del programa original, con su régimen y sus hiperparámetros.

    Devuelve los pesos finales, ``perdidas (iteraciones,)`` en nats por tramo y, en cada
    uno de los ``momentos``, una muestra de 200 letras y, si hay nombres apartados, los
    nats por símbolo al leerlos de corrido. Capítulo «La red original, tal cual».
    """
    # ⟨preparar el régimen en línea⟩
    rng = np.random.default_rng(semilla)
    vocabulario = Vocabulario([*nombres, *apartados])
    red = RNN(len(vocabulario), H, rng)
    texto, apartado = (
        vocabulario.codificar("\n".join([*p, ""])) for p in (nombres, apartados)
    )
    ciclo = entrenar(red, tramos(texto, T), Adagrad(0.1))
    perdidas, muestras, medidas = np.empty(iteraciones), [], []
    for avance in islice(ciclo, iteraciones):
        perdidas[avance.paso] = avance.perdida
        if avance.paso in momentos:
            # ⟨anotar cómo va⟩
            indices = continuar(red, 0, avance.estado, 200, rng)
            muestras.append("".join(vocabulario.simbolos[i] for i in indices))
            if apartados:
                medidas.append(nats_de_corrido(red, apartado, avance.estado))
    anotado = {"muestras": np.array(muestras), "apartados": np.array(medidas)}
    return {**red.parametros, **anotado, "perdidas": perdidas}


def nats_de_corrido(red: RNN, texto: np.ndarray, estado: np.ndarray) -> float:
    """Nats por símbolo de un texto ``(letras,)`` que sigue a ``FIN``, sin reiniciar."""
    objetivos = texto[:, None]
    entradas = np.concatenate([[[0]], objetivos[:-1]])
    unos = np.ones(objetivos.shape)
    perdida, _, _ = red.perdida_y_gradientes(entradas, objetivos, estado, unos)
    return perdida / len(texto)


def suavizar(perdidas: np.ndarray, inicial: float) -> np.ndarray:
    """La pérdida suavizada del original: 0.999 de la anterior más 0.001 de la nueva."""
    suavizada, actual = np.empty_like(perdidas), inicial
    for i, perdida in enumerate(perdidas):
        actual = 0.999 * actual + 0.001 * perdida
        suavizada[i] = actual
    return suavizada


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

    FORMATO = 2  # de los puntos de control; sube cuando cambia lo que guardan

    def __init__(
        self,
        receta: Receta,
        entrenamiento: Sequence[str],
        validacion: Sequence[str],
        vocabulario: Vocabulario,
    ) -> None:
        self.receta, self.rng = receta, np.random.default_rng(receta.semilla)
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
        quien = [self.FORMATO, asdict(receta), vocabulario.simbolos]
        quien += [*entrenamiento, 0, *validacion]
        self.identidad = hashlib.sha256(json.dumps(quien).encode()).hexdigest()
        apartados = sorted((vocabulario.codificar(n) for n in validacion), key=len)
        self.apartados = [
            rellenar(apartados[i : i + 64]) for i in range(0, len(apartados), 64)
        ]
        # ⟨preparar la red⟩
        clase, V, H = clase_de(receta.modelo), len(vocabulario), receta.H
        opciones = {"escala": receta.escala * H**-0.5, "dtype": np.float32}
        if lleva_olvido(clase):
            opciones["olvido"] = receta.olvido
        self.red = clase(V, H, self.rng, **opciones)
        tasas = (receta.apagar_entrada, receta.apagar_salida, receta.apagar_recurrente)
        self.entrenable = (
            Apagador(self.red, tasas, self.rng) if any(tasas) else self.red
        )
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
            self.entrenable,
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
        todos["identidad"] = np.array(self.identidad)
        return todos

    def restaurar(self, guardado: Arreglos) -> None:
        """Vuelve al estado que devolvió ``estado``.

        Raises:
            ValueError: si no es un punto de control, o es de otra receta o de otros nombres.
        """
        if str(guardado.get("identidad")) != self.identidad:
            raise ValueError(
                "el punto de control es de otra receta o de otros nombres, "
                "o de otra versión de este programa"
            )
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


class Divergencia(ArithmeticError):
    """La pérdida dejó de ser un número. Capítulo «Entrenar en serio»."""


def correr(corrida: Corrida, punto: Path | None = None) -> Iterator[Corrida]:
    """Da las épocas que falten y avisa de cada una, ya guardado su punto de control.

    Capítulo «Entrenar en serio», sección «Detenerse y seguir».
    """
    if punto is not None and punto.is_file():
        corrida.restaurar(cargar_arreglos(punto))
    while not corrida.termino:
        corrida.epoca()
        if punto is not None:
            guardar_arreglos(punto, corrida.estado())
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


def vigilar(
    entrenamiento: Sequence[str],
    validacion: Sequence[str],
    simbolos: str,
    **receta: Any,
) -> Arreglos:
    """Por época, nats por símbolo y masa de lo estudiado y lo apartado, y seis nombres.

    Capítulo «Afinar sin engañarse», sección «El sobreaprendizaje se ve».
    """
    vocabulario, vistas, nombres = Vocabulario([simbolos]), [], []
    corrida = Corrida(Receta(**receta), entrenamiento, validacion, vocabulario)
    for _ in correr(corrida):
        red, vista = type(corrida.red).con(corrida.promedio.parametros), []
        for parte in (entrenamiento, validacion):
            nats = nats_por_nombre(red, parte, vocabulario)
            vista += [nats.sum() / sum(len(n) + 1 for n in parte), np.exp(-nats).sum()]
        vistas.append(vista)
        nombres.append(generar(red, vocabulario, 6, np.random.default_rng(1)))
    claves = ("nats_estudiados", "masa_estudiados", "nats_apartados", "masa_apartados")
    return dict(zip(claves, np.array(vistas).T)) | {"nombres": np.array(nombres)}
