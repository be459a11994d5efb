# Extraído de libro/01-municipios.qmd
# Extraído de libro/08-entrenar.qmd
# Extraído de libro/10-afinar.qmd
# Extraído de libro/11-inventados.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 55760e86ef259ceb

"""Cómo se califica a un modelo: su sorpresa ante lo que no vio y lo que inventa.

Se explica en los capítulos «Los municipios», «Entrenar en serio»,
«Afinar sin engañarse» y «Los municipios que no existen».
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np

# ⟨importar lo que se califica⟩
from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario, normalizar
from codigo.lotes import Lote, rellenar


class Modelo(Protocol):
    """Lo que cualquier modelo del libro sabe hacer, sea de cuentas o una red."""

    def estado_inicial(self, B: int) -> Any:
        """El estado de ``B`` nombres que todavía no empiezan."""
        ...

    def paso(self, indices: np.ndarray, estado: Any) -> tuple[np.ndarray, Any]:
        """De símbolos ``(B,)`` a logitos ``(B, V)`` del siguiente, y estado nuevo."""
        ...


def nats_por_simbolo(
    modelo: Modelo, nombres: Sequence[str], vocabulario: Vocabulario
) -> float:
    """Entropía cruzada de un modelo, en nats por símbolo, con los ``FIN``.

    Capítulo «Los municipios», sección «Qué tan sorprendido queda un modelo».
    """
    nats = simbolos = 0.0
    for nombre in nombres:
        estado, anterior = modelo.estado_inicial(1), 0
        for actual in [*vocabulario.codificar(nombre), 0]:
            logitos, estado = modelo.paso(np.array([anterior]), estado)
            nats -= log_softmax(logitos[0])[actual]
            anterior = actual
        simbolos += len(nombre) + 1
    return float(nats / simbolos)


def clasificar(
    inventados: Iterable[str], entrenamiento: Iterable[str], existentes: Iterable[str]
) -> list[str]:
    """De cada nombre, «copia» si se estudió, «real» si existe y no, o «nuevo».

    Se comparan normalizados. Capítulo «Los municipios», sección «Lo que inventa un contador».
    """
    vistos, reales = (
        set(map(normalizar, entrenamiento)),
        set(map(normalizar, existentes)),
    )
    return [
        "copia" if nombre in vistos else "real" if nombre in reales else "nuevo"
        for nombre in map(normalizar, inventados)
    ]


def nats_de_lote(modelo: Modelo, lote: Lote) -> np.ndarray:
    """Los nats ``(B,)`` que le cuesta a un modelo cada nombre de un lote.

    Capítulo «Entrenar en serio», sección «La receta y la corrida».
    """
    nats = np.zeros(lote.mascara.shape[1])
    estado, columnas = modelo.estado_inicial(len(nats)), np.arange(len(nats))
    for x, objetivo, mascara in zip(lote.entradas, lote.objetivos, lote.mascara):
        logitos, estado = modelo.paso(x, estado)
        nats -= np.where(mascara, log_softmax(logitos)[columnas, objetivo], 0)
    return nats


def nats_en_lotes(modelo: Modelo, lotes: Sequence[Lote]) -> float:
    """Lo mismo que ``nats_por_simbolo``, con los nombres ya en lotes."""
    nats = sum(float(nats_de_lote(modelo, lote).sum()) for lote in lotes)
    return nats / sum(float(lote.mascara.sum()) for lote in lotes)


def nats_por_nombre(
    modelo: Modelo, nombres: Sequence[str], vocabulario: Vocabulario
) -> np.ndarray:
    """Los nats ``(N,)`` de cada nombre con su ``FIN``; ``exp(-nats)``, su probabilidad.

    Capítulo «Afinar sin engañarse», sección «El sobreaprendizaje se ve».
    """
    codificados = [vocabulario.codificar(nombre) for nombre in nombres]
    orden = np.argsort([len(letras) for letras in codificados], kind="stable")
    nats = np.zeros(len(nombres))
    for inicio in range(0, len(orden), 256):
        cuales = orden[inicio : inicio + 256]
        nats[cuales] = nats_de_lote(modelo, rellenar([codificados[i] for i in cuales]))
    return nats


def intervalo(
    arriba: np.ndarray,
    abajo: np.ndarray,
    rng: np.random.Generator,
    remuestras: int = 2000,
) -> tuple[float, float]:
    """Entre qué valores queda ``arriba.sum() / abajo.sum()``, al 95 %, si se remuestrea.

    Las dos ``(N,)``, un renglón por nombre. Capítulo «Los municipios que no existen».
    """
    cuales = rng.integers(len(arriba), size=(remuestras, len(arriba)))
    razones = arriba[cuales].sum(axis=1) / abajo[cuales].sum(axis=1)
    bajo, alto = np.quantile(razones, (0.025, 0.975))
    return float(bajo), float(alto)


def mas_cercanos(
    nombres: Sequence[str], reales: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Distancia ``(N,)`` de cada nombre al real más parecido, y cuál es.

    Es la de Levenshtein entre el largo del mayor: 0 es el mismo y 1, nada que ver.
    Capítulo «Los municipios que no existen», sección «Qué tan lejos cae».
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    distancias = cdist(nombres, reales, scorer=Levenshtein.normalized_distance)
    cual = distancias.argmin(axis=1)
    return distancias[np.arange(len(nombres)), cual].astype(float), cual


def distinguir(
    reales: Sequence[str],
    inventados: Sequence[str],
    rng: np.random.Generator,
    sorteos: int = 8,
    leidos: Sequence[str] = (),
) -> np.ndarray:
    """Área bajo la curva ROC ``(sorteos,)`` de quien los separa; 0.5 es a ciegas.

    Cada sorteo toma tantos inventados distintos como reales y se valida en cinco partes;
    ``leidos`` son otros nombres que el juez ya sabe que son reales.
    Capítulo «Los municipios que no existen», sección «¿Se nota?».

    Raises:
        ValueError: si hay menos inventados distintos que reales.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline

    distintos = sorted(set(inventados))
    if len(distintos) < len(reales):
        raise ValueError(f"hay {len(distintos)} inventados para {len(reales)} reales")
    # ⟨el juez y sus sorteos⟩
    juez = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), lowercase=False),
        LogisticRegression(C=10, max_iter=1000),
    )
    n, areas = len(reales), []
    de_mas = [f"^{nombre}$" for nombre in leidos]
    for _ in range(sorteos):
        escogidos = rng.choice(distintos, n, replace=False)
        textos = np.array([f"^{nombre}$" for nombre in (*reales, *escogidos)])
        inventado, notas = np.arange(2 * n) >= n, []
        partes = StratifiedKFold(5, shuffle=True, random_state=int(rng.integers(2**31)))
        for estudia, examina in partes.split(textos, inventado):
            etiquetas = [*inventado[estudia], *np.zeros(len(de_mas), bool)]
            juez.fit([*textos[estudia], *de_mas], etiquetas)
            opina = juez.decision_function(textos[examina])
            notas.append(roc_auc_score(inventado[examina], opina))
        areas.append(np.mean(notas))
    return np.array(areas)


def areas_del_juez(
    reales: Sequence[str],
    tandas: Sequence[Sequence[str]],
    sorteos: int = 8,
    leidos: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """El área ``(tandas,)`` de ``distinguir`` en cada tanda, promedio de sus sorteos.

    Capítulo «Los municipios que no existen», sección «¿Se nota?».
    """
    rngs = map(np.random.default_rng, range(len(tandas)))
    juzgadas = [
        distinguir(reales, tanda, rng, sorteos, leidos)
        for tanda, rng in zip(tandas, rngs)
    ]
    return {"areas": np.mean(juzgadas, axis=1)}
