# Extraído de libro/10-afinar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 4c2516f05a31ebb4

"""Buscar una receta: Optuna propone, la validación decide.

Se explica en el capítulo «Afinar sin engañarse».
"""

import csv
import hashlib
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

# ⟨importar lo que se afina⟩
from codigo.archivos import (
    entero_o_nada,
    huella,
    morir_con_el_padre,
    recordar_varios,
)
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.entrenamiento import Corrida, Divergencia, Receta, correr, entrenar_receta
from codigo.redes import clase_de, lleva_olvido

SEMILLAS = (2, 3, 4)  # con las que se vuelven a probar las finalistas
EPOCAS = {"rnn": (40, 110)}  # entre cuántas; cuatro a uno en costo
PACIENCIA = {"rnn": 20}


def proponer(ensayo: optuna.Trial, modelo: str) -> Receta:
    """La receta que Optuna quiere probar, con tres cifras significativas."""

    def entre(nombre: str, minimo: float, maximo: float, log: bool = False) -> float:
        return float(f"{ensayo.suggest_float(nombre, minimo, maximo, log=log):.3g}")

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
        olvido=entre("olvido", -1, 3) if lleva_olvido(clase_de(modelo)) else 0.0,
        apagar_entrada=entre("apagar_entrada", 0, 0.5),
        apagar_salida=entre("apagar_salida", 0, 0.6),
        apagar_recurrente=entre("apagar_recurrente", 0, 0.6),
        promedio=round(1 - entre("fuga_del_promedio", 1e-3, 0.1, log=True), 5),
        semilla=ensayo.user_attrs.get("semilla", 1),
    )


COMUN = {"decaimiento": 0.1, "limite": 1.0, "escala": 2.0, "fuga_del_promedio": 0.01}
APAGAR = {"apagar_entrada": 0.15, "apagar_salida": 0.1, "apagar_recurrente": 0.25}
INICIALES: dict[str, dict[str, Any]] = {
    "rnn": COMUN
    | APAGAR
    | {"H": 192, "B": 16, "epocas": 100, "tasa": 0.004, "factor_letras": 8.0},
    "lstm": COMUN
    | APAGAR
    | {
        "H": 256,
        "B": 64,
        "epocas": 45,
        "tasa": 0.004,
        "factor_letras": 5.0,
        "olvido": 1.0,
    },
}


def probar(
    ensayo: optuna.Trial,
    receta: Receta,
    partes: tuple[list[str], list[str]],
    vocabulario: Vocabulario,
) -> float:
    """Los mejores nats de validación de una receta; poda la que va mal.

    Raises:
        optuna.TrialPruned: si a estas alturas la mitad de las demás iba mejor.
    """
    corrida, decimo = Corrida(receta, *partes, vocabulario), 0
    ensayo.set_user_attr("receta", asdict(receta))
    ensayo.set_user_attr("codigo", huella()[0][:16])
    for _ in correr(corrida):
        dadas, mejor = len(corrida.validadas), min(corrida.validadas)
        ensayo.set_user_attr("epocas_dadas", dadas)
        # ⟨podar si va mal⟩
        if 10 * dadas // receta.epocas > decimo and receta.semilla == 1:
            decimo = 10 * dadas // receta.epocas
            ensayo.report(mejor, decimo)
            if ensayo.should_prune():
                raise optuna.TrialPruned
    return mejor


def _cuantos(estudio: optuna.study.Study, estados: Sequence[TrialState]) -> int:
    return len(estudio.get_trials(deepcopy=False, states=tuple(estados)))


def abrir(
    lista: Path, modelo: str, almacen: str, semilla: int = 0
) -> optuna.study.Study:
    """El estudio de un modelo con una lista; lo crea si no existe.

    Raises:
        ValueError: si la base de datos no se puede abrir.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    de_la_lista = hashlib.sha256(lista.read_bytes()).hexdigest()[:8]
    try:
        return optuna.create_study(
            study_name=f"{modelo} {de_la_lista}",
            storage=RDBStorage(almacen, engine_kwargs={"poolclass": NullPool}),
            load_if_exists=True,
            sampler=optuna.samplers.TPESampler(n_startup_trials=24, seed=semilla),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=12, n_warmup_steps=2),
        )
    except (SQLAlchemyError, ImportError) as error:
        raise ValueError(f"no se pudo abrir el almacén {almacen}") from error


TERMINADOS = (TrialState.COMPLETE, TrialState.PRUNED)


def trabajar(
    lista: Path, modelo: str, almacen: str, ensayos: int, quien: int = 0
) -> None:
    """Prueba recetas hasta que el estudio junte ``ensayos``; cada proceso corre una."""
    morir_con_el_padre()
    nombres = leer_nombres(lista)
    partes, vocabulario = dividir(nombres)[:2], Vocabulario(nombres)
    estudio = abrir(lista, modelo, almacen, quien)
    vivos = (*TERMINADOS, TrialState.RUNNING) if quien else TERMINADOS
    while _cuantos(estudio, vivos) < ensayos:
        estudio.optimize(
            lambda ensayo: probar(
                ensayo, proponer(ensayo, modelo), partes, vocabulario
            ),
            n_trials=1,
            catch=(Divergencia,),
        )


def buscar(
    lista: Path,
    modelo: str,
    almacen: str,
    ensayos: int,
    procesos: int = 1,
    finalistas: int = 0,
) -> list[FrozenTrial]:
    """Los ensayos terminados, después de repartirlos entre procesos.

    Las ``finalistas`` mejores recetas se vuelven a probar con otras semillas.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    estudio = abrir(lista, modelo, almacen)
    if not estudio.trials:
        estudio.enqueue_trial(INICIALES.get(modelo, INICIALES["lstm"]))
    _repartir(procesos, (lista, modelo, almacen, ensayos))
    # ⟨encolar las finalistas⟩
    if finalistas and not any("semilla" in t.user_attrs for t in estudio.trials):
        completos = [t for t in estudio.trials if t.state == TrialState.COMPLETE]
        mejores = sorted(completos, key=lambda t: t.values[0])[:finalistas]
        for ensayo, semilla in [(t, s) for t in mejores for s in SEMILLAS]:
            estudio.enqueue_trial(ensayo.params, user_attrs={"semilla": semilla})
    encolados = sum("semilla" in t.user_attrs for t in estudio.trials)
    _repartir(procesos, (lista, modelo, almacen, ensayos + encolados))
    return estudio.get_trials(states=TERMINADOS)


@contextmanager
def sordo_a_ctrl_c() -> Iterator[None]:
    """Lo que se empiece aquí dentro no atiende Ctrl-C; al salir, quien lo llama sí."""
    antes = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, antes)


def _repartir(procesos: int, pedido: tuple[Path, str, str, int]) -> None:
    contexto = get_context("spawn")
    ayudantes = [
        contexto.Process(target=_ayudar, args=(*pedido, quien + 1), daemon=True)
        for quien in range(procesos)
    ]
    with sordo_a_ctrl_c():
        for ayudante in ayudantes:
            ayudante.start()
    for ayudante in ayudantes:
        ayudante.join()
    try:
        trabajar(*pedido)
    except (SQLAlchemyError, optuna.exceptions.OptunaError, AssertionError) as error:
        raise ValueError(
            f"el almacén {pedido[2]} dejó de responder (¿se llenó el disco?); "
            "lo terminado sigue ahí"
        ) from error


def _ayudar(*pedido: Any) -> None:
    with suppress(Exception):  # quien coordina tropieza con lo mismo, y lo dice
        trabajar(*pedido)


def escribir_ensayos(ruta: Path, ensayos: Sequence[FrozenTrial], lista: Path) -> None:
    """Un renglón por ensayo: cómo acabó, su receta y con qué código y qué datos."""
    datos = hashlib.sha256(lista.read_bytes()).hexdigest()[:16]
    filas = [
        {
            "ensayo": ensayo.number,
            "terminado": int(ensayo.state == TrialState.COMPLETE),
            "nats": f"{min([*ensayo.intermediate_values.values(), *(ensayo.values or [])]):.5f}",
            "epocas_dadas": ensayo.user_attrs["epocas_dadas"],
            **ensayo.user_attrs["receta"],
            "codigo": ensayo.user_attrs["codigo"],
            "datos": datos,
        }
        for ensayo in ensayos
    ]
    escribir_filas(ruta, filas)


def escribir_filas(ruta: Path, filas: Sequence[dict[str, Any]]) -> None:
    """Escribe una tabla CSV completa, o no la escribe."""
    with (
        entero_o_nada(ruta) as temporal,
        temporal.open("w", encoding="utf-8", newline="") as archivo,
    ):
        escritor = csv.DictWriter(archivo, list(filas[0]), lineterminator="\n")
        escritor.writeheader()
        escritor.writerows(filas)


def leer_filas(ruta: Path) -> list[dict[str, str]]:
    """Los renglones de una tabla CSV."""
    with ruta.open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo))


def leer_ensayos(ruta: Path) -> list[dict[str, Any]]:
    """Los renglones que dejó ``escribir_ensayos``, con los números como números."""
    tipos = {nombre: type(valor) for nombre, valor in asdict(Receta()).items()}
    tipos |= {"ensayo": int, "terminado": int, "nats": float, "epocas_dadas": int}
    return [
        {clave: tipos.get(clave, str)(texto) for clave, texto in fila.items()}
        for fila in leer_filas(ruta)
    ]


def importancias(
    filas: Sequence[dict[str, Any]], perillas: Sequence[str]
) -> dict[str, float]:
    """Qué fracción de lo que varían los nats depende de cada perilla; suman 1.

    Se ajusta un bosque de árboles a los ensayos terminados y se mide cuánto empeora al
    revolver cada columna.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    terminadas = [fila for fila in filas if fila["terminado"]]
    X = np.array([[fila[perilla] for perilla in perillas] for fila in terminadas])
    y = np.array([fila["nats"] for fila in terminadas])
    bosque = RandomForestRegressor(300, random_state=0).fit(X, y)
    pesos = permutation_importance(bosque, X, y, n_repeats=20, random_state=0)
    medias = np.maximum(pesos.importances_mean, 0)
    return dict(zip(perillas, (medias / medias.sum()).tolist()))


def ganadora(ensayos: Sequence[dict[str, Any]]) -> Receta:
    """De las finalistas, la receta de mejor promedio con las semillas nuevas."""
    nats: dict[Receta, list[float]] = {}
    for ensayo in ensayos:
        if ensayo["semilla"] in SEMILLAS:
            receta = Receta(**{clave: ensayo[clave] for clave in asdict(Receta())})
            nats.setdefault(replace(receta, semilla=1), []).append(ensayo["nats"])
    return min(nats, key=lambda receta: float(np.mean(nats[receta])))


PIEZAS: dict[str, dict[str, Any]] = {
    "completa": {},
    "sin factor de las letras": {"factor_letras": 1.0},
    "sin apagar entradas": {"apagar_entrada": 0.0},
    "sin apagar salidas": {"apagar_salida": 0.0},
    "sin apagar conexiones": {"apagar_recurrente": 0.0},
    "sin decaimiento": {"decaimiento": 0.0},
    "sin promedio de pesos": {"promedio": 0.0},
}


def variar(
    lista: Path,
    receta: Receta,
    cambios: dict[str, dict[str, Any]],
    semillas: Sequence[int] = SEMILLAS,
) -> list[dict[str, Any]]:
    """Los nats en validación de una receta con cada cambio y cada semilla."""
    nombres = leer_nombres(lista)
    partes = (*dividir(nombres)[:2], Vocabulario(nombres).simbolos[1:])
    pedidos = [
        (nombre, asdict(replace(receta, **cambio, semilla=semilla)))
        for nombre, cambio in cambios.items()
        for semilla in semillas
    ]
    hechas = recordar_varios(entrenar_receta, *partes, pedidos=[p for _, p in pedidos])
    return [
        {"receta": nombre, "semilla": pedido["semilla"], "nats": f"{nats:.5f}"}
        for (nombre, pedido), hecha in zip(pedidos, hechas)
        for nats in [hecha["curva_validacion"].min()]
    ]


def estirones(receta: Receta) -> dict[str, dict[str, Any]]:
    """Qué se le cambia a la ganadora para ver si se quedó corta."""
    epocas, mas = {"epocas": round(receta.epocas * 4 / 3)}, {"H": receta.H + 64}
    salida, promedio = {"apagar_salida": 0.5}, {"promedio": 0.98}
    return {
        "la ganadora": {},
        "más épocas": epocas,
        "más épocas y unidades": epocas | mas,
        "más épocas y salida apagada": epocas | salida,
        "más épocas y promedio": epocas | promedio,
        "más épocas, salida apagada y promedio": epocas | salida | promedio,
        "todo": epocas | mas | salida | promedio,
    }


def main() -> None:
    """La búsqueda de este libro: los dos modelos, y las piezas de los que ganaron."""
    lista, almacen = Path("data/municipios.txt"), "sqlite:///busqueda.db"
    for modelo in ("rnn", "lstm"):
        hechos = buscar(lista, modelo, almacen, 100, os.cpu_count() or 1, finalistas=5)
        escribir_ensayos(Path(f"data/busqueda-{modelo}.csv"), hechos, lista)
        base = ganadora(leer_ensayos(Path(f"data/busqueda-{modelo}.csv")))
        quitadas = variar(lista, base, PIEZAS, SEMILLAS[:2])
        escribir_filas(Path(f"data/piezas-{modelo}.csv"), quitadas)
        estiradas = variar(lista, base, estirones(base))
        escribir_filas(Path(f"data/estirones-{modelo}.csv"), estiradas)


if __name__ == "__main__":
    main()
