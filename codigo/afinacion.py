# Extraído de libro/10-afinar.qmd
# Extraído de libro/11-inventados.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 2d3682fcbc8c23a5

"""Afinar: ver el sobreaprendizaje, decir qué se busca, escoger, quitar y estirar.

Se explica en el capítulo «Afinar sin engañarse».
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from codigo.corrida import Corrida, Receta, correr
from codigo.datos import Vocabulario
from codigo.evaluacion import nats_por_nombre
from codigo.generacion import generar
from codigo.optimizadores import Arreglos
from codigo.red import ConCompuertas
from codigo.redes import clase_de

if TYPE_CHECKING:
    import optuna


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


SIN_FRENO = {"H": 128, "epocas": 40, "paciencia": 40, "promedio": 0}
SIN_FRENO |= {"apagar_entrada": 0, "apagar_salida": 0, "apagar_recurrente": 0}


EPOCAS = {"rnn": (40, 110)}  # entre cuántas; cuatro a uno en costo
PACIENCIA = {"rnn": 20}


def proponer(ensayo: "optuna.Trial", modelo: str) -> Receta:
    """La receta que Optuna quiere probar, con tres cifras significativas."""

    def entre(nombre: str, minimo: float, maximo: float, log: bool = False) -> float:
        return float(f"{ensayo.suggest_float(nombre, minimo, maximo, log=log):.3g}")

    con_compuertas = issubclass(clase_de(modelo), ConCompuertas)
    return Receta(
        modelo=modelo,
        H=ensayo.suggest_int("H", 64, 256, step=32),
        B=ensayo.suggest_categorical("B", [16, 32, 64]),
        epocas=ensayo.suggest_int("epocas", *EPOCAS.get(modelo, (20, 45))),
        paciencia=PACIENCIA.get(modelo, 8),
        tasa=entre("tasa", 1e-3, 4e-2, log=True),
        factor_letras=entre("factor_letras", 1, 60, log=True),
        decaimiento=entre("decaimiento", 1e-3, 3, log=True),
        limite=entre("limite", 0.1, 10, log=True),
        escala=entre("escala", 0.3, 3, log=True),
        olvido=entre("olvido", -1, 3) if con_compuertas else 0.0,
        apagar_entrada=entre("apagar_entrada", 0, 0.5),
        apagar_salida=entre("apagar_salida", 0, 0.6),
        apagar_recurrente=entre("apagar_recurrente", 0, 0.6),
        promedio=round(1 - entre("fuga_del_promedio", 1e-3, 0.1, log=True), 5),
        semilla=ensayo.user_attrs.get("semilla", 1),
    )


ANTES_LA_RNN = {
    "H": 192,
    "B": 16,
    "epocas": 103,
    "tasa": 0.00796,
    "factor_letras": 46.1,
    "decaimiento": 0.346,
    "limite": 0.23,
    "escala": 2.08,
    "apagar_entrada": 0.0401,
    "apagar_salida": 0.0215,
    "apagar_recurrente": 0.0526,
    "fuga_del_promedio": 0.00525,
}


ANTES_LA_LSTM = {
    "H": 256,
    "B": 64,
    "epocas": 45,
    "tasa": 0.0244,
    "factor_letras": 8.73,
    "decaimiento": 0.363,
    "limite": 0.344,
    "escala": 0.868,
    "olvido": -0.339,
    "apagar_entrada": 0.00373,
    "apagar_salida": 0.391,
    "apagar_recurrente": 0.326,
    "fuga_del_promedio": 0.0461,
}
INICIALES = {"rnn": ANTES_LA_RNN, "lstm": ANTES_LA_LSTM}


SEMILLAS = (2, 3, 4, 5, 6)  # con las que se vuelven a probar las finalistas


def importancias(
    filas: Sequence[dict[str, Any]], perillas: Sequence[str]
) -> dict[str, np.ndarray]:
    """Cuánto usa cada perilla un bosque de árboles ajustado a los ensayos; suman 1.

    Es lo que empeora en esos mismos ensayos al revolver una columna, entre la suma.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    terminadas = [fila for fila in filas if fila["terminado"]]
    X = np.array([[fila[perilla] for perilla in perillas] for fila in terminadas])
    y = np.array([fila["nats"] for fila in terminadas])
    bosque = RandomForestRegressor(300, random_state=0).fit(X, y)
    pesos = permutation_importance(bosque, X, y, n_repeats=20, random_state=0)
    medias = np.maximum(pesos.importances_mean, 0)
    return dict(zip(perillas, medias / medias.sum()))


def ganadora(ensayos: Sequence[dict[str, Any]]) -> Receta:
    """De las finalistas, la receta de mejor promedio con las semillas nuevas."""
    nats: dict[Receta, list[float]] = {}
    for ensayo in ensayos:
        if ensayo["semilla"] in SEMILLAS:
            receta = Receta(**{clave: ensayo[clave] for clave in asdict(Receta())})
            nats.setdefault(replace(receta, semilla=1), []).append(ensayo["nats"])
    return min(nats, key=lambda receta: float(np.mean(nats[receta])))


def estirones(receta: Receta) -> dict[str, dict[str, Any]]:
    """Qué se le cambia a la ganadora para ver si se quedó corta."""
    epocas, mas = {"epocas": round(receta.epocas * 4 / 3)}, {"H": receta.H + 64}
    salida, promedio = {"apagar_salida": 0.5}, {"promedio": 0.98}
    return {
        "la ganadora": {},
        "más épocas": epocas,
        "más épocas y salida apagada": epocas | salida,
        "más épocas y promedio": epocas | promedio,
        "más épocas, salida apagada y promedio": epocas | salida | promedio,
        "más épocas y unidades": epocas | mas,
        "todo": epocas | mas | salida | promedio,
    }


def escogido(filas: Sequence[dict[str, Any]]) -> str:
    """El primer estirón que queda a menos de un error estándar del mejor."""
    nats: dict[str, list[float]] = {}
    for fila in filas:
        nats.setdefault(fila["receta"], []).append(float(fila["nats"]))
    medias = {receta: float(np.mean(suyos)) for receta, suyos in nats.items()}
    mejor = min(medias, key=lambda receta: medias[receta])
    error = np.std(nats[mejor], ddof=1) / len(nats[mejor]) ** 0.5
    return next(r for r, media in medias.items() if media <= medias[mejor] + error)


PIEZAS: dict[str, dict[str, Any]] = {
    "completa": {},
    "sin factor de las letras": {"factor_letras": 1.0},
    "sin apagar entradas": {"apagar_entrada": 0.0},
    "sin apagar salidas": {"apagar_salida": 0.0},
    "sin apagar conexiones": {"apagar_recurrente": 0.0},
    "sin decaimiento": {"decaimiento": 0.0},
    "sin promedio de pesos": {"promedio": 0.0},
}
VECES = (0.5, 1, 2, 4)  # la tasa que se prueba al quitar una


def con_otras_tasas(receta: Receta) -> list[tuple[str, dict[str, Any]]]:
    """Cada pieza que se quita, con cada tasa que se prueba en lugar de la suya."""
    return [
        (pieza, cambio | {"tasa": veces * receta.tasa})
        for pieza, cambio in PIEZAS.items()
        for veces in VECES
    ]


def reafinadas(filas: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Cada pieza que se quita, con la tasa con que le fue mejor sin ella."""
    de_peor_a_mejor = sorted(filas, key=lambda fila: -float(fila["nats"]))
    tasas = {fila["receta"]: float(fila["tasa"]) for fila in de_peor_a_mejor}
    return [
        (pieza, cambio | {"tasa": tasas[pieza]}) for pieza, cambio in PIEZAS.items()
    ]
