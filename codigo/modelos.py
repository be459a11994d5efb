# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 26b5d4aab3f04b64

"""Un modelo en un archivo, con su vocabulario: guardarlo y volver a usarlo.

Se explica en el capítulo «Entrenar en serio», sección «Un programa para tu lista».
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from codigo.archivos import cargar_arreglos, guardar_arreglos
from codigo.datos import Vocabulario
from codigo.entrenamiento import Receta
from codigo.redes import clase_de


def guardar_modelo(
    ruta: Path, pesos: dict[str, np.ndarray], vocabulario: Vocabulario, receta: Receta
) -> None:
    """Escribe en un ``.npz`` los pesos, los símbolos y la receta."""
    simbolos, texto = np.array(vocabulario.simbolos[1:]), json.dumps(asdict(receta))
    guardar_arreglos(ruta, {**pesos, "simbolos": simbolos, "receta": np.array(texto)})


def cargar_modelo(ruta: Path) -> tuple[Any, Vocabulario]:
    """La red y el vocabulario que guardó ``guardar_modelo``.

    Raises:
        ValueError: si el archivo no es un modelo de este programa.
    """
    arreglos = cargar_arreglos(ruta)
    if not {"simbolos", "receta"} <= set(arreglos):
        raise ValueError(f"{ruta} no es un modelo de este programa")
    clase = clase_de(json.loads(str(arreglos["receta"]))["modelo"])
    return clase.con(arreglos), Vocabulario([str(arreglos["simbolos"])])
