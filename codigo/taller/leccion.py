# Extraído de libro/taller-leccion.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: da3bfd8cda68d81f

"""Enseñar a las alumnas: cada una, con su lección y su semilla, y lo que sacó.

Se explica en el apéndice «Dictar la lección».
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

# ⟨importar lo que hace falta para enseñar⟩
from codigo.alumna import Alumna, Leccion, inventar_leccion
from codigo.corrida import Corrida, Receta, correr, entrenar_receta
from codigo.datos import Particion, Vocabulario, dividir, leer_nombres
from codigo.evaluacion import clasificar, distinguir, nats_por_nombre
from codigo.generacion import generar
from codigo.jueces import primeros_sin_copia
from codigo.limpieza import Corte, con_mancha
from codigo.lstm import LSTM
from codigo.mezclas import Mezcla
from codigo.ngramas import KneserNey
from codigo.optimizadores import Arreglos
from codigo.recetas import DE_LA_LSTM, RECETAS
from codigo.red import Red
from codigo.redes import clase_de
from codigo.taller.archivos import cargar_arreglos, entero_o_nada, guardar_arreglos
from codigo.taller.memoria import a_la_mitad, al_doble, huella, recordar_varios
from codigo.taller.tablas import (
    escribir_filas,
    huella_de_datos,
    leer_filas,
    municipios_nuevos,
)


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


Caso = tuple[Receta, int, str]  # la receta, cuántos nombres y qué se dicta de ellos


def casos(cuales: str) -> list[Caso]:
    """Las alumnas de una tabla, sin su semilla; las de la misma lección, seguidas."""
    if cuales == "grandes":
        return [(receta, 200_000, "distribuciones") for receta in GRANDES.values()]
    if cuales == "testigos":
        tamanos = {modelo: GRANDES[modelo].H for modelo in RECETAS}
        return [(replace(RECETAS[m], H=H), 0, "reales") for m, H in tamanos.items()]
    chicas = [
        (replace(DE_ALUMNA, modelo="rnn", epocas=epocas), cuantos, que)
        for cuantos, epocas in EPOCAS.items()
        for que in ("distribuciones", "letras", "distribuciones y reales")
    ]
    return [caso for caso in chicas if "reales" not in caso[2] or caso[1] == 60_000]


def dictar_a(cuantos: int, particion: Particion, vocabulario: Vocabulario) -> Leccion:
    """La lección de ``cuantos`` nombres que dicta la maestra del libro."""
    maestra, rng = juntar_maestras(particion, vocabulario), np.random.default_rng(0)
    estudiados = particion.entrenamiento
    return inventar_leccion(maestra, vocabulario, cuantos, estudiados, rng)


def preparar(
    receta: Receta,
    leccion: Leccion,
    que: str,
    particion: Particion,
    vocabulario: Vocabulario,
) -> Corrida:
    """La corrida de quien estudia la lección, o sus letras, o los nombres reales."""
    estudiados, validacion, _ = particion
    if que in ("letras", "reales"):
        suyos = list(leccion) if que == "letras" else estudiados
        return Corrida(receta, suyos, validacion, vocabulario)
    if que == "distribuciones y reales":
        unos = np.eye(len(vocabulario), dtype=np.float16)
        leccion = leccion | {
            nombre: unos[[*vocabulario.codificar(nombre), 0]] for nombre in estudiados
        }
    return Alumna(receta, leccion, validacion, vocabulario)


def terminar(corrida: Corrida) -> Red:
    """La red con los pesos de su mejor época."""
    for _ in correr(corrida):
        pass
    return type(corrida.red).con(corrida.mejores)


def medir(red: Red, particion: Particion, vocabulario: Vocabulario) -> dict[str, str]:
    """Los nats por símbolo de cada parte y la masa que la red le da."""
    medidas = {}
    for parte, suyos in particion._asdict().items():
        nats = nats_por_nombre(red, suyos, vocabulario)
        medidas[f"nats_{parte}"] = f"{nats.sum() / sum(len(n) + 1 for n in suyos):.5f}"
        medidas[f"masa_{parte}"] = f"{np.exp(-nats).sum():.6f}"
    return medidas


Fila = dict[str, Any]
DE_QUIEN = ("modelo", "nombres", "que", "semilla")


def ensenar(cuales: str, lista: Path, salida: Path) -> Iterator[Fila]:
    """Enseña a las que falten en una tabla y devuelve el renglón de cada una."""
    nombres, tabla = leer_nombres(lista), salida / f"alumnas-{cuales}.csv"
    vocabulario, particion = Vocabulario(nombres), dividir(nombres)
    con = {"codigo": huella(inventar_leccion)[:16], "datos": huella_de_datos(lista)}
    filas: list[Fila] = list(leer_filas(tabla)) if tabla.is_file() else []
    filas = [fila for fila in filas if con.items() <= fila.items()]
    hechas, leccion, dictados = {tuple(f[c] for c in DE_QUIEN) for f in filas}, {}, 0
    for (receta, cuantos, que), semilla in product(casos(cuales), SEMILLAS):
        if (receta.modelo, str(cuantos), que, str(semilla)) in hechas:
            continue
        if cuantos != dictados:
            leccion, dictados = dictar_a(cuantos, particion, vocabulario), cuantos
        suya = replace(receta, semilla=semilla)
        red = terminar(preparar(suya, leccion, que, particion, vocabulario))
        # ⟨apuntar lo que sacó⟩
        notas = medir(red, particion, vocabulario)
        filas.append({**asdict(suya), "nombres": cuantos, "que": que, **notas, **con})
        escribir_filas(tabla, filas)
        if cuales == "grandes":
            destino = salida / f"alumna-{receta.modelo}-{semilla}.npz"
            guardar_arreglos(destino, a_la_mitad(red.parametros))
        yield filas[-1]


def entrenar_alumna(
    nombres: Sequence[str], cuantos: int, que: str, **receta: Any
) -> Arreglos:
    """Los pesos de una alumna que estudia ``cuantos`` nombres inventados.

    Apéndice «Dictar la lección», sección «Las tablas».
    """
    vocabulario, particion = Vocabulario(nombres), dividir(nombres)
    leccion = dictar_a(cuantos, particion, vocabulario)
    suya = preparar(Receta(**receta), leccion, que, particion, vocabulario)
    return terminar(suya).parametros


PISOS = (0.0, 0.0005, 0.001, 0.0015, 0.002, 0.004)


def alumna_de(modelo: str, semilla: int = 1, carpeta: Path = Path("data")) -> Red:
    """Una de las cinco alumnas grandes de un modelo, con sus pesos en 32 bits."""
    guardada = cargar_arreglos(carpeta / f"alumna-{modelo}-{semilla}.npz")
    return clase_de(modelo).con(al_doble(guardada))


def cortar(lista: Path, salida: Path) -> Iterator[Fila]:
    """Lo que escribe cada alumna con cada piso; deja la tabla en ``cortes.csv``."""
    nombres = leer_nombres(lista)
    vocabulario, particion = Vocabulario(nombres), dividir(nombres)
    estudiados, validacion, _ = particion
    con = {"codigo": huella(Corte)[:16], "datos": huella_de_datos(lista)}
    filas = []
    for modelo, piso in product(RECETAS, PISOS):
        for semilla in SEMILLAS:
            rng = np.random.default_rng(semilla)
            red = Corte(alumna_de(modelo, semilla, salida), piso)
            escritos = generar(red, vocabulario, 2000, rng)
            # ⟨calificar el corte⟩
            clases = clasificar(escritos, estudiados, ())
            nuevos = [n for n, clase in zip(escritos, clases) if clase == "nuevo"]
            area = distinguir(
                validacion, nuevos, np.random.default_rng(semilla), 4
            ).mean()
            cuantas = {
                "manchas": sum(map(con_mancha, escritos)),
                "copias": clases.count("copia"),
            }
            de_quien = {"modelo": modelo, "piso": piso, "semilla": semilla}
            filas.append({**de_quien, **cuantas, "area": f"{area:.4f}", **con})
            yield filas[-1]
    escribir_filas(salida / "cortes.csv", filas)


SEMILLA_DE_LISTA = {"rnn": 2026, "lstm": 2027}


def entregar(lista: Path, salida: Path) -> None:
    """Escribe los cien primeros municipios que inventa cada alumna y que no existen."""
    nombres = leer_nombres(lista)
    vocabulario, existentes = Vocabulario(nombres), [*nombres, *municipios_nuevos()]
    for modelo, semilla in SEMILLA_DE_LISTA.items():
        rng = np.random.default_rng(semilla)
        alumna = Corte(alumna_de(modelo, carpeta=salida))
        escritos = generar(alumna, vocabulario, 200, rng)
        cien = primeros_sin_copia(escritos, existentes, 100)
        with entero_o_nada(salida / f"inventados-{modelo}.txt") as temporal:
            temporal.write_text("\n".join([*cien, ""]), "utf-8", newline="\n")


def main() -> None:
    """Hace las tablas que falten, y dice cómo va."""
    lista, salida = Path("data/municipios.txt"), Path("data")
    for cuales in ("grandes", "chicas", "testigos"):
        for fila in ensenar(cuales, lista, salida):
            print(*(fila[c] for c in DE_QUIEN), fila["nats_validacion"])
    for fila in cortar(lista, salida):
        print(*list(fila.values())[:6])
    entregar(lista, salida)


if __name__ == "__main__":
    main()
