# Extraído de libro/01-municipios.qmd
# Extraído de libro/02-rnn.qmd
# Extraído de libro/04-original.qmd
# Extraído de libro/05-lotes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8e54cea74124db3e

"""Los nombres: leerlos, repartirlos y convertirlos en números.

Se explica en los capítulos «Los municipios» y «Una red recurrente, a pie».
"""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

FIN = "\n"  # marca el final de un nombre y, como entrada, también el principio
SEMILLA = 20180509


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
        if ajenos := sorted(set(nombre) - set(self.simbolos)):
            raise ValueError(
                f"el vocabulario no tiene {ajenos}, que aparece en «{nombre}»"
            )
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


class Lote(NamedTuple):
    """Varios nombres que la red lee a la vez, rellenos hasta el largo del mayor.

    Capítulo «Una red recurrente, a pie», sección «De un nombre a un lote».
    """

    entradas: np.ndarray  # (T, B), enteros
    objetivos: np.ndarray  # (T, B), las entradas corridas un lugar
    mascara: np.ndarray  # (T, B), uno donde hay símbolo y cero en el relleno
    sigue: bool = False  # si continúa el texto del lote anterior


def rellenar(codificados: Sequence[np.ndarray]) -> Lote:
    """Un lote con nombres codificados; ``T`` es el largo del mayor más su ``FIN``."""
    T = max(len(letras) for letras in codificados) + 1
    entradas = np.zeros((T, len(codificados)), dtype=np.intp)
    objetivos, mascara = entradas.copy(), np.zeros(entradas.shape, np.float32)
    for b, letras in enumerate(codificados):
        entradas[1 : len(letras) + 1, b] = objetivos[: len(letras), b] = letras
        mascara[: len(letras) + 1, b] = 1
    return Lote(entradas, objetivos, mascara)


def hacer_lote(nombres: Sequence[str], vocabulario: Vocabulario) -> Lote:
    """Un lote con unos nombres, tal como se escriben."""
    return rellenar([vocabulario.codificar(nombre) for nombre in nombres])


def lotes_por_epoca(
    nombres: Sequence[str], vocabulario: Vocabulario, B: int, rng: np.random.Generator
) -> Iterator[Lote]:
    """Lotes de ``B`` nombres barajados, época tras época, sin fin."""
    while True:
        orden = rng.permutation(len(nombres))
        for inicio in range(0, len(orden), B):
            yield hacer_lote(
                [nombres[i] for i in orden[inicio : inicio + B]], vocabulario
            )


def tramos(indices: np.ndarray, T: int) -> Iterator[Lote]:
    """Un texto ``(letras,)`` en tramos de ``T`` letras, de principio a fin y sin parar.

    El estado pasa de un tramo al siguiente y se reinicia al volver al principio.
    Capítulo «La red original, tal cual», sección «El régimen en línea».
    """
    unos = np.ones((T, 1))
    while True:
        for inicio in range(0, len(indices) - T - 1, T):
            ventana = indices[inicio : inicio + T + 1, None]
            yield Lote(ventana[:-1], ventana[1:], unos, sigue=inicio > 0)


def lotes_por_largo(
    codificados: Sequence[np.ndarray], B: int, rng: np.random.Generator
) -> Iterator[Lote]:
    """Una época en lotes de ``B`` nombres de largo parecido, con azar.

    Capítulo «De una letra a un lote», sección «Leer relleno».
    """
    orden, lotes = rng.permutation(len(codificados)).tolist(), []
    for inicio in range(0, len(orden), 8 * B):
        monton = sorted(
            orden[inicio : inicio + 8 * B], key=lambda i: len(codificados[i])
        )
        lotes += [monton[i : i + B] for i in range(0, len(monton), B)]
    for cual in rng.permutation(len(lotes)):
        yield rellenar([codificados[i] for i in lotes[cual]])
