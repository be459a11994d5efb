# Extraído de libro/taller-leccion.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 1a511f158d62143c

"""Enseñar a las alumnas: cada una, con su lección y su semilla, y lo que sacó.

Se explica en el apéndice «Dictar la lección».
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from codigo.alumna import Alumna, Leccion, inventar_leccion
from codigo.corrida import Corrida, Receta, correr, entrenar_receta
from codigo.datos import Particion, Vocabulario, dividir, leer_nombres
from codigo.evaluacion import Modelo, nats_por_nombre
from codigo.lstm import LSTM
from codigo.mezclas import Mezcla
from codigo.ngramas import KneserNey
from codigo.recetas import DE_LA_LSTM
from codigo.taller.archivos import guardar_arreglos
from codigo.taller.memoria import huella, recordar_varios
from codigo.taller.tablas import escribir_filas, huella_de_datos, leer_filas

SEMILLAS = (1, 2, 3, 4, 5)
DE_ALUMNA = Receta(
    H=256,
    B=64,
    tasa=0.006,
    factor_letras=10.0,
    apagar_salida=0.0,
    apagar_recurrente=0.0,
    promedio=0.995,
)
GRANDES = {
    "lstm": replace(DE_ALUMNA, modelo="lstm", H=320, epocas=4, tasa=0.007),
    "rnn": replace(DE_ALUMNA, modelo="rnn", H=512, epocas=3, tasa=0.004),
    "gru": replace(DE_ALUMNA, modelo="gru", H=320, epocas=3),
}
EPOCAS = {2_000: 60, 10_000: 24, 60_000: 6, 200_000: 3}


def juntar_maestras(particion: Particion, vocabulario: Vocabulario) -> Mezcla:
    """Las cinco LSTM y el contador del capítulo «Los municipios que no existen»."""
    partes = (particion.entrenamiento, particion.validacion, vocabulario.simbolos[1:])
    pedidos = [
        asdict(replace(DE_LA_LSTM, semilla=semilla)) for semilla in range(11, 16)
    ]
    redes = [
        LSTM.con(p) for p in recordar_varios(entrenar_receta, *partes, pedidos=pedidos)
    ]
    contador = KneserNey(7, particion.entrenamiento, vocabulario)
    return Mezcla([*redes, contador], [0.12] * 5 + [0.4])


Caso = tuple[Receta, int, str]  # la receta, cuántos nombres y qué se dicta de ellos


def casos(cuales: str) -> list[Caso]:
    """Las alumnas de una tabla, sin su semilla; las de la misma lección, seguidas."""
    if cuales == "grandes":
        return [(receta, 200_000, "distribuciones") for receta in GRANDES.values()]
    chicas = [
        (replace(DE_ALUMNA, modelo="rnn", epocas=epocas), cuantos, que)
        for cuantos, epocas in EPOCAS.items()
        for que in ("distribuciones", "letras", "distribuciones y reales")
    ]
    return [caso for caso in chicas if "reales" not in caso[2] or caso[1] == 60_000]


def preparar(
    receta: Receta,
    leccion: Leccion,
    que: str,
    particion: Particion,
    vocabulario: Vocabulario,
) -> Corrida:
    """La corrida de una alumna: con toda la lección, con sus letras o con reales."""
    if que == "letras":
        return Corrida(receta, list(leccion), particion.validacion, vocabulario)
    if que == "distribuciones y reales":
        unos = np.eye(len(vocabulario), dtype=np.float16)
        seguros = {
            n: unos[[*vocabulario.codificar(n), 0]] for n in particion.entrenamiento
        }
        leccion = leccion | seguros
    return Alumna(receta, leccion, particion.validacion, vocabulario)


def ensenar(cuales: str, lista: Path, salida: Path) -> Iterator[dict[str, Any]]:
    """Enseña a las alumnas que falten en la tabla y apunta lo que saca cada una."""
    nombres = leer_nombres(lista)
    vocabulario, particion = Vocabulario(nombres), dividir(nombres)
    maestra = juntar_maestras(particion, vocabulario)
    tabla = salida / f"alumnas-{cuales}.csv"
    filas: list[dict[str, Any]] = []
    con = {"codigo": huella(inventar_leccion)[:16], "datos": huella_de_datos(lista)}
    if tabla.is_file():
        filas = [fila for fila in leer_filas(tabla) if con.items() <= fila.items()]
    hechas = {
        tuple(fila[c] for c in ("modelo", "nombres", "que", "semilla"))
        for fila in filas
    }
    dictados = 0
    for (receta, cuantos, que), semilla in product(casos(cuales), SEMILLAS):
        if (receta.modelo, str(cuantos), que, str(semilla)) in hechas:
            continue
        if dictados != cuantos:
            rng, dictados = np.random.default_rng(0), cuantos
            estudiados = particion.entrenamiento
            leccion = inventar_leccion(maestra, vocabulario, cuantos, estudiados, rng)
        corrida = preparar(
            replace(receta, semilla=semilla), leccion, que, particion, vocabulario
        )
        for _ in correr(corrida):
            pass
        red = type(corrida.red).con(corrida.mejores)
        filas.append(
            {
                **asdict(corrida.receta),
                "nombres": cuantos,
                "que": que,
                **medir(red, particion, vocabulario),
                **con,
            }
        )
        escribir_filas(tabla, filas)
        if cuales == "grandes":
            chicos = {n: peso.astype(np.float16) for n, peso in red.parametros.items()}
            guardar_arreglos(salida / f"alumna-{receta.modelo}-{semilla}.npz", chicos)
        yield filas[-1]


def medir(
    red: Modelo, particion: Particion, vocabulario: Vocabulario
) -> dict[str, str]:
    """Los nats por símbolo de lo apartado y la masa de lo estudiado."""
    medidas = {}
    for parte, suyos in particion._asdict().items():
        nats = nats_por_nombre(red, suyos, vocabulario)
        medidas[f"nats_{parte}"] = f"{nats.sum() / sum(len(n) + 1 for n in suyos):.5f}"
        medidas[f"masa_{parte}"] = f"{np.exp(-nats).sum():.6f}"
    return medidas


if __name__ == "__main__":
    for cuales in sys.argv[1:] or ("grandes", "chicas"):
        for fila in ensenar(cuales, Path("data/municipios.txt"), Path("data")):
            print(
                *(
                    fila[c]
                    for c in ("modelo", "nombres", "que", "semilla", "nats_validacion")
                )
            )
