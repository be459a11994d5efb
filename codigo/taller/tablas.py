# Extraído de libro/taller-busqueda.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 7e2c18c1947b07aa

"""Las tablas CSV de la búsqueda: escribirlas completas y leerlas con sus tipos.

Se explica en el apéndice «Repartir una búsqueda», sección «Las tablas».
"""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codigo.corrida import Receta
from codigo.taller.archivos import entero_o_nada

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


def huella_de_datos(lista: Path) -> str:
    """Con qué lista se hizo una tabla."""
    return hashlib.sha256(lista.read_bytes()).hexdigest()[:16]


def escribir_ensayos(ruta: Path, ensayos: "Sequence[FrozenTrial]", lista: Path) -> None:
    """Un renglón por ensayo: cómo acabó, su receta y con qué código y qué datos."""
    filas = [
        {
            "ensayo": ensayo.number,
            "terminado": int(ensayo.state.name == "COMPLETE"),
            "nats": f"{min([*ensayo.intermediate_values.values(), *(ensayo.values or [])]):.5f}",
            "epocas_dadas": ensayo.user_attrs["epocas_dadas"],
            **ensayo.user_attrs["receta"],
            "codigo": ensayo.user_attrs["codigo"],
            "datos": huella_de_datos(lista),
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


def municipios_nuevos() -> list[str]:
    """Los que se crearon después de la lista: existen y nadie los estudia."""
    return [fila["nombre"] for fila in leer_filas(Path("data/nuevos.csv"))]


def leer_ensayos(ruta: Path) -> list[dict[str, Any]]:
    """Los renglones que dejó ``escribir_ensayos``, con los números como números."""
    tipos = {nombre: type(valor) for nombre, valor in asdict(Receta()).items()}
    tipos |= {"ensayo": int, "terminado": int, "nats": float, "epocas_dadas": int}
    return [
        {clave: tipos.get(clave, str)(texto) for clave, texto in fila.items()}
        for fila in leer_filas(ruta)
    ]
