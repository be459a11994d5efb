"""Construye municipios.csv y municipios.txt a partir del catálogo c_Municipio del SAT.

Necesita el paquete `satcfdi` (que trae el catálogo) y nada más; el libro no lo usa:

    pip install satcfdi==26.10.1
    python data/construir.py
"""

import csv
import unicodedata
from pathlib import Path

AQUI = Path(__file__).parent


def orden_espanol(texto: str) -> tuple[list[str], str]:
    """Clave de orden alfabético: Á junto a A, Ñ después de N, el espacio antes que toda letra."""
    letras = []
    for letra in unicodedata.normalize("NFC", texto).lower():
        letras.append("n~" if letra == "ñ" else unicodedata.normalize("NFD", letra)[0])
    return letras, texto


def leer_catalogo() -> list[tuple[str, str, str]]:
    """Las filas (clave, entidad, nombre) del catálogo, por entidad y clave."""
    from satcfdi.catalogs import select_all

    entidades = select_all("C756_c_Estado")
    filas = [
        (clave, entidades[entidad][1], unicodedata.normalize("NFC", nombre))
        for (clave, entidad), nombre in select_all("C756_c_Municipio").items()
    ]
    return sorted(filas, key=lambda fila: (orden_espanol(fila[1]), fila[0]))


def principal() -> None:
    filas = leer_catalogo()
    with (AQUI / "municipios.csv").open("w", encoding="utf-8", newline="") as archivo:
        escritor = csv.writer(archivo, lineterminator="\n")
        escritor.writerow(["clave", "entidad", "nombre"])
        escritor.writerows(filas)
    nombres = sorted((nombre for _, _, nombre in filas), key=orden_espanol)
    (AQUI / "municipios.txt").write_text("\n".join(nombres) + "\n", encoding="utf-8")
    print(f"{len(nombres)} municipios, {len(set(nombres))} nombres distintos")


if __name__ == "__main__":
    principal()
