# Extraído de libro/taller-busqueda.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8f7215b83648f08c

"""Buscar una receta entre varios procesos: Optuna propone, la validación decide.

Se explica en el apéndice «Repartir una búsqueda».
"""

import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

# ⟨importar lo que se afina⟩
from codigo.afinacion import (
    INICIALES,
    SEMILLAS,
    con_otras_tasas,
    escogido,
    estirones,
    ganadora,
    proponer,
    reafinadas,
)
from codigo.corrida import Corrida, Receta, correr, entrenar_receta
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.entrenamiento import Divergencia
from codigo.evaluacion import nats_por_nombre
from codigo.redes import clase_de
from codigo.taller.memoria import huella, recordar_varios
from codigo.taller.procesos import morir_con_el_padre, sordo_a_ctrl_c
from codigo.taller.tablas import (
    escribir_ensayos,
    escribir_filas,
    huella_de_datos,
    leer_ensayos,
)


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
    ensayo.set_user_attr("codigo", huella(entrenar_receta)[:16])
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


DEL_ALMACEN = (SQLAlchemyError, optuna.exceptions.OptunaError)


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
    try:
        return optuna.create_study(
            study_name=f"{modelo} {huella_de_datos(lista)[:8]}",
            storage=RDBStorage(almacen, engine_kwargs={"poolclass": NullPool}),
            load_if_exists=True,
            sampler=optuna.samplers.TPESampler(n_startup_trials=24, seed=semilla),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=12, n_warmup_steps=2),
        )
    except (*DEL_ALMACEN, ImportError, ValueError) as error:
        raise ValueError(f"no se pudo abrir el almacén {almacen}") from error


TERMINADOS = (TrialState.COMPLETE, TrialState.PRUNED)


def trabajar(
    lista: Path, modelo: str, almacen: str, ensayos: int, quien: int = 0
) -> None:
    """Prueba recetas hasta que el estudio junte ``ensayos``; cada proceso corre una."""
    morir_con_el_padre()
    warnings.filterwarnings("ignore", message="The reported value is ignored")
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
            callbacks=[avisar],
        )


COMO_ACABO = {TrialState.PRUNED: "podado", TrialState.FAIL: "divergió"}


def avisar(_: optuna.study.Study, ensayo: FrozenTrial) -> None:
    """Dice en un renglón cómo acabó un ensayo."""
    como = COMO_ACABO.get(ensayo.state) or f"{ensayo.values[0]:.3f} nats por símbolo"
    with suppress(OSError):
        print(f"ensayo {ensayo.number}: {como}", file=sys.stderr, flush=True)


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
    if encolados := sum("semilla" in t.user_attrs for t in estudio.trials):
        _repartir(procesos, (lista, modelo, almacen, ensayos + encolados))
    return estudio.get_trials(states=TERMINADOS)


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
    except (*DEL_ALMACEN, AssertionError) as error:
        raise ValueError(
            f"el almacén {pedido[2]} dejó de responder (¿se llenó el disco?); "
            "lo terminado sigue ahí"
        ) from error


def _ayudar(*pedido: Any) -> None:
    with suppress(Exception):  # quien coordina tropieza con lo mismo, y lo dice
        trabajar(*pedido)


def variar(
    lista: Path,
    receta: Receta,
    cambios: Iterable[tuple[str, dict[str, Any]]],
    semillas: Sequence[int] = SEMILLAS,
    parte: str = "validacion",
) -> list[dict[str, Any]]:
    """Los nats por símbolo de una receta, con cada cambio y semilla, en una parte."""
    nombres = leer_nombres(lista)
    partes, vocabulario = dividir(nombres), Vocabulario(nombres)
    pedidos = [
        (nombre, asdict(replace(receta, **cambio, semilla=semilla)))
        for nombre, cambio in cambios
        for semilla in semillas
    ]
    hechas = recordar_varios(
        entrenar_receta,
        *partes[:2],
        vocabulario.simbolos[1:],
        pedidos=[pedido for _, pedido in pedidos],
    )
    # ⟨escribir lo que dio cada una⟩
    medidos = getattr(partes, parte)
    letras = sum(len(nombre) + 1 for nombre in medidos)
    comunes = {"codigo": huella(entrenar_receta)[:16], "datos": huella_de_datos(lista)}
    filas = []
    for (nombre, pedido), hecha in zip(pedidos, hechas):
        red = clase_de(receta.modelo).con(hecha)
        nats = nats_por_nombre(red, medidos, vocabulario).sum() / letras
        fila = {"receta": nombre, "semilla": pedido["semilla"], "tasa": pedido["tasa"]}
        filas.append({**fila, "nats": f"{nats:.5f}", "parte": parte, **comunes})
    return filas


def main() -> None:
    """La búsqueda de este libro: los dos modelos, y las piezas de los que ganaron."""
    lista, almacen = Path("data/municipios.txt"), "sqlite:///busqueda.db"
    finales = []
    for modelo in ("rnn", "lstm"):
        hechos = buscar(lista, modelo, almacen, 100, os.cpu_count() or 1, finalistas=5)
        escribir_ensayos(Path(f"data/busqueda-{modelo}.csv"), hechos, lista)
        base = ganadora(leer_ensayos(Path(f"data/busqueda-{modelo}.csv")))
        estiradas = variar(lista, base, estirones(base).items())
        escribir_filas(Path(f"data/estirones-{modelo}.csv"), estiradas)
        finales.append(replace(base, **estirones(base)[escogido(estiradas)]))
    for final in finales:
        ensayadas = variar(lista, final, con_otras_tasas(final), semillas=(1,))
        quitadas = variar(lista, final, reafinadas(ensayadas), parte="prueba")
        escribir_filas(Path(f"data/piezas-{final.modelo}.csv"), ensayadas + quitadas)


if __name__ == "__main__":
    main()
