# Extraído de libro/05-lotes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: e8a19bd5d846ef5a

"""Soluciones del capítulo «De una letra a un lote»."""

from collections.abc import Sequence

import numpy as np

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.evaluacion import Modelo
from codigo.generacion import elegir
from codigo.lotes import rellenar


def dos_desbordes() -> tuple[np.ndarray, np.ndarray]:
    """Logitos ``(V,)`` que se desbordan por arriba y logitos que se pierden abajo."""
    return np.array([0, 100], np.float32), np.array([-200, -201], np.float32)


def relleno_con_montones(
    codificados: Sequence[np.ndarray], B: int, cuantos: int, rng: np.random.Generator
) -> float:
    """Fracción de relleno, de 0 a 1, si el montón es de ``cuantos`` lotes de ``B``."""
    largos = rng.permutation([len(letras) + 1 for letras in codificados])
    leido = 0
    for inicio in range(0, len(largos), cuantos * B):
        monton = np.sort(largos[inicio : inicio + cuantos * B])
        lotes = (monton[i : i + B] for i in range(0, len(monton), B))
        leido += sum(lote.max() * len(lote) for lote in lotes)
    return float(1 - largos.sum() / leido)


def sumar_rachas(letras: np.ndarray, dz: np.ndarray, V: int) -> np.ndarray:
    """La suma ``(V, H)`` de los renglones de ``dz (n, H)`` que tocan a cada letra."""
    suma = np.zeros((V, dz.shape[1]), dz.dtype)
    orden = np.argsort(letras, kind="stable")
    presentes, inicios = np.unique(letras[orden], return_index=True)
    suma[presentes] = np.add.reduceat(dz[orden], inicios, axis=0)
    return suma


def nats_sin_relleno(
    modelo: Modelo, nombres: Sequence[str], vocabulario: Vocabulario
) -> np.ndarray:
    """Los nats ``(N,)`` de cada nombre, sin leer más que sus letras y su ``FIN``."""
    lote = rellenar([vocabulario.codificar(nombre) for nombre in nombres])
    nats, vivos = np.zeros(len(nombres)), np.arange(len(nombres))
    estado = modelo.estado_inicial(len(nombres))
    for entradas, objetivos, mascara in zip(*lote[:3]):
        siguen = mascara[vivos] > 0
        vivos, estado = vivos[siguen], elegir(estado, siguen)
        logitos, estado = modelo.paso(entradas[vivos], estado)
        logp = log_softmax(logitos)
        nats[vivos] -= logp[np.arange(len(vivos)), objetivos[vivos]]
    return nats
