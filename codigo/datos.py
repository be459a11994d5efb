# Extraído de libro/01-municipios.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8b3ae8b99dd4f624

"""Los nombres: leerlos, repartirlos y convertirlos en números.

Se explica en el capítulo «Los municipios».
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

FIN = "\n"  # marca el final de un nombre y, como entrada, también el principio
SEMILLA = 20180509  # de la partición: la fecha de la tarea


def leer_nombres(ruta: str | Path) -> list[str]:
    """Lee un archivo UTF-8 con un nombre por renglón, sin los renglones vacíos.

    Los nombres salen en el orden del archivo, con los repetidos, y en la forma NFC
    de Unicode. Capítulo «Los municipios».

    Raises:
        OSError: si el archivo no se puede leer.
        UnicodeDecodeError: si no está en UTF-8.
    """
    texto = unicodedata.normalize("NFC", Path(ruta).read_text(encoding="utf-8-sig"))
    return [linea.strip() for linea in texto.splitlines() if linea.strip()]


DE_MAS = re.compile("[\u0300-\u0302\u0304-\u036f]|-dto[^-]*-")  # queda la tilde de la ñ


def normalizar(nombre: str) -> str:
    """Un nombre sin mayúsculas, acentos, distrito ni espacios de más, para comparar.

    Capítulo «Los municipios», sección «De dónde salen los nombres».
    """
    llano = unicodedata.normalize("NFD", nombre.casefold())
    return unicodedata.normalize("NFC", " ".join(DE_MAS.sub("", llano).split()))


class Vocabulario:
    """Los símbolos de una lista de nombres y el índice de cada uno; ``FIN`` es el 0.

    Capítulo «Los municipios».
    """

    def __init__(self, nombres: Sequence[str]) -> None:
        self.simbolos = FIN + "".join(sorted(set("".join(nombres)) - {FIN}))
        self._indices = {
            simbolo: indice for indice, simbolo in enumerate(self.simbolos)
        }

    def __len__(self) -> int:
        return len(self.simbolos)

    # ⟨codificar un nombre⟩
    def codificar(self, nombre: str) -> np.ndarray:
        """Los índices ``(letras,)`` de un nombre, sin el ``FIN``.

        Raises:
            ValueError: si el nombre tiene un símbolo que no está en el vocabulario.
        """
        if ajenos := sorted(set(nombre).difference(self._indices)):
            cuales = "», «".join(ajenos)
            raise ValueError(f"«{nombre}»: el vocabulario no tiene «{cuales}»")
        return np.array([self._indices[simbolo] for simbolo in nombre], dtype=np.intp)

    # ⟨decodificar unos índices⟩
    def decodificar(self, indices: Sequence[int] | np.ndarray) -> str:
        """El texto de unos índices, hasta el primer ``FIN`` (que no se incluye)."""
        lista = list(indices)
        hasta = lista.index(0) if 0 in lista else len(lista)
        return "".join(map(self.simbolos.__getitem__, lista[:hasta]))


class Particion(NamedTuple):
    """Los nombres distintos, repartidos; ningún nombre está en dos partes."""

    entrenamiento: list[str]
    validacion: list[str]
    prueba: list[str]


def dividir(nombres: Sequence[str], semilla: int = SEMILLA) -> Particion:
    """Reparte los nombres distintos: 80 % entrenamiento, 10 % validación, 10 % prueba.

    La misma lista y la misma semilla dan la misma partición. Capítulo «Los municipios».
    """
    distintos = sorted(set(nombres))
    orden = np.random.default_rng(semilla).permutation(len(distintos))
    barajados = [distintos[indice] for indice in orden]
    primero, segundo = int(0.8 * len(barajados)), int(0.9 * len(barajados))
    return Particion(
        barajados[:primero], barajados[primero:segundo], barajados[segundo:]
    )
