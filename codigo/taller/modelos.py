# Extraído de libro/taller-modelos.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 3ed108ab6ac999d2

"""Un modelo en un archivo, con su vocabulario: guardarlo y volver a usarlo.

Se explica en el apéndice «Modelos en disco».
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from codigo.corrida import Receta
from codigo.datos import Vocabulario
from codigo.red import Red
from codigo.redes import clase_de
from codigo.taller.archivos import cargar_arreglos, guardar_arreglos
from codigo.taller.lectura import INVISIBLE

VERSION = 1  # del archivo; crece cuando uno de antes ya no se entienda


def guardar(
    ruta: Path, pesos: dict[str, np.ndarray], vocabulario: Vocabulario, receta: Receta
) -> None:
    """Escribe en un ``.npz`` los pesos, los símbolos y la receta."""
    simbolos, texto = np.array(vocabulario.simbolos[1:]), json.dumps(asdict(receta))
    lo_demas = {"simbolos": simbolos, "receta": np.array(texto)}
    guardar_arreglos(ruta, {**pesos, **lo_demas, "version": np.array(VERSION)})


def cargar(ruta: str | Path) -> tuple[Red, Vocabulario]:
    """La red y el vocabulario que guardó ``guardar``.

    Raises:
        ValueError: si el archivo no es un modelo de este programa.
    """
    ruta = Path(ruta)
    arreglos = cargar_arreglos(ruta)
    vocabulario, clase = revisar_encabezado(ruta, arreglos), de_que_red(ruta, arreglos)
    revisar_pesos(ruta, arreglos, clase, vocabulario)
    return clase.con(arreglos), vocabulario


def revisar_encabezado(ruta: Path, arreglos: dict[str, np.ndarray]) -> Vocabulario:
    """El vocabulario de un modelo, si el archivo es de este programa y de esta versión.

    Raises:
        ValueError: si no lo es; dice por qué.
    """
    version = str(arreglos.get("version", ""))
    crudos = arreglos.get("simbolos", np.zeros(0)).tobytes()
    simbolos = crudos.decode("utf-32", errors="replace")
    if not simbolos or "receta" not in arreglos:
        raise ValueError(f"{ruta} no es un modelo de este programa")
    if version != str(VERSION):
        suya = f"la versión {version}" if version.isdecimal() else "otra versión"
        raise ValueError(
            f"{ruta} es de {suya} y aquí se lee la {VERSION}: "
            "hay que entrenarlo de nuevo"
        )
    if sorted(set(simbolos)) != list(simbolos) or INVISIBLE.search(simbolos):
        raise ValueError(f"{ruta} está dañado: sus símbolos no son un vocabulario")
    return Vocabulario([simbolos])


def de_que_red(ruta: Path, arreglos: dict[str, np.ndarray]) -> type[Red]:
    """La clase de la red de un modelo.

    Raises:
        ValueError: si su receta no nombra una.
    """
    try:
        return clase_de(json.loads(str(arreglos["receta"]))["modelo"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{ruta} está dañado: no dice qué red es") from error


def revisar_pesos(
    ruta: Path,
    arreglos: dict[str, np.ndarray],
    clase: type[Red],
    vocabulario: Vocabulario,
) -> None:
    """Comprueba que los pesos sean los de una red de esa clase con ese vocabulario.

    Raises:
        ValueError: si falta alguno, si su forma o su tipo no cuadra o si no todo es número.
    """
    V, recurrente = len(vocabulario), arreglos.get(clase.NOMBRES[1], np.zeros((0, 0)))
    H = len(recurrente) if recurrente.ndim == 2 and recurrente.nbytes else 0
    salida = arreglos.get("Why", recurrente)
    if not 0 < H <= recurrente.shape[1] or salida.shape != (H, V):
        raise ValueError(f"{ruta} está dañado: las formas de sus pesos no cuadran")
    red = clase(V, H, np.random.default_rng(0), dtype=np.float32)
    for nombre, debido in red.parametros.items():
        peso = arreglos.get(nombre, salida)
        if (peso.shape, peso.dtype) != (debido.shape, debido.dtype):
            raise ValueError(f"{ruta} está dañado: «{nombre}» no mide {debido.shape}")
        if not np.isfinite(peso).all():
            raise ValueError(
                f"{ruta} está dañado: «{nombre}» tiene algo que no es número"
            )
