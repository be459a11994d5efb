# Extraído de libro/12-alumna.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 92c8b40b6b52e516

"""Dos jueces de lo inventado: uno que lee como las redes y otro que mide distancias.

Se explica en el capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de
engañar».
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from codigo.corrida import Corrida, Receta, correr
from codigo.datos import Vocabulario, normalizar
from codigo.evaluacion import Modelo, distinguir, mas_cercanos, nats_por_nombre
from codigo.red import Red

DE_CERO = Receta(
    H=64,
    B=16,
    epocas=15,
    factor_letras=10.0,
    apagar_recurrente=0.0,
    promedio=0.9,
    paciencia=15,
)
DE_LECTURA = replace(DE_CERO, B=32, epocas=10, tasa=0.016)
DE_JUEZ = replace(DE_CERO, epocas=3, tasa=0.009)


def estudiar(
    receta: Receta,
    nombres: Sequence[str],
    vocabulario: Vocabulario,
    desde: Mapping[str, np.ndarray] | None = None,
) -> Red:
    """Una red que estudia unos nombres, desde cero o desde los pesos que se le den.

    Se queda con lo último que aprendió: aquí la validación no decide nada.
    Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de engañar».
    """
    corrida = Corrida(receta, nombres, nombres[:1], vocabulario)
    for nombre, peso in (desde or {}).items():
        corrida.red.parametros[nombre][...] = peso
        corrida.promedio.parametros[nombre][...] = peso
    for _ in correr(corrida):
        pass
    return type(corrida.red).con(corrida.promedio.parametros)


def razon(
    real: Modelo, inventado: Modelo, nombres: Sequence[str], vocabulario: Vocabulario
) -> np.ndarray:
    """La nota ``(N,)``, en nats por nombre: mayor que cero si parece más real.

    Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de engañar».
    """
    como_real = nats_por_nombre(real, nombres, vocabulario)
    return nats_por_nombre(inventado, nombres, vocabulario) - como_real


def area_de_lo_estudiado(
    estudiados: Sequence[str],
    apartados: Sequence[str],
    inventados: Sequence[str],
    simbolos: str,
    semilla: int,
) -> dict[str, np.ndarray]:
    """El ``area`` ROC del juez que estudia lo de la autora y se examina con lo apartado.

    De cada montón, tantos nombres como apartados; los inventados que estudia no son los
    del examen. Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de
    engañar».
    """
    from sklearn.metrics import roc_auc_score

    vocabulario, n = Vocabulario([simbolos]), len(apartados)
    receta = replace(DE_CERO, semilla=semilla)
    montones = (estudiados[:n], inventados[n : 2 * n])
    real, falso = (estudiar(receta, suyos, vocabulario) for suyos in montones)
    notas = razon(real, falso, [*apartados, *inventados[:n]], vocabulario)
    return {"area": np.array(roc_auc_score(np.arange(2 * n) < n, notas))}


def areas_de_razon(
    leidos: Sequence[str],
    parejas: Sequence[tuple[Sequence[str], Sequence[str]]],
    simbolos: str,
    semilla: int,
    partes: int = 3,
) -> dict[str, np.ndarray]:
    """Área ROC ``(parejas,)`` del juez, con la nota por nombre y con la de cada símbolo.

    Cada pareja son unos reales y otros tantos inventados; los ``leidos`` los conocen las
    dos redes del juez, que sin ellos empiezan de cero.
    Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de engañar».

    Raises:
        ValueError: si en una pareja no hay tantos reales como inventados.
    """
    vocabulario, desde = Vocabulario([simbolos]), None
    receta = replace(DE_JUEZ if leidos else DE_CERO, semilla=semilla)
    if leidos:
        lectura = replace(DE_LECTURA, semilla=semilla)
        desde = estudiar(lectura, leidos, vocabulario).parametros
    # ⟨el examen de una pareja⟩
    from sklearn.metrics import roc_auc_score

    def examen(reales: Sequence[str], falsos: Sequence[str], k: int) -> list[float]:
        if len(reales) != len(falsos):
            raise ValueError(f"hay {len(reales)} reales y {len(falsos)} inventados")
        jueces = [
            estudiar(
                receta,
                [n for i, n in enumerate(suyos) if i % partes != k],
                vocabulario,
                desde,
            )
            for suyos in (reales, falsos)
        ]
        de_examen = [*reales[k::partes], *falsos[k::partes]]
        notas = razon(jueces[0], jueces[1], de_examen, vocabulario)
        es_real = np.arange(len(notas)) < len(notas) // 2
        largos = np.array([len(nombre) + 1 for nombre in de_examen])
        return [float(roc_auc_score(es_real, x)) for x in (notas, notas / largos)]

    areas = np.mean([[examen(*p, k) for k in range(partes)] for p in parejas], axis=1)
    return dict(zip(("por_nombre", "por_simbolo"), areas.T))


def examen_de_distancias(
    reales: Sequence[str], inventados: Sequence[str], estudiados: Sequence[str]
) -> tuple[float, float]:
    """La ``D`` de Kolmogórov y Smirnov, de 0 a 1, entre dos distancias, y su ``p``.

    Las distancias son al más parecido de los ``estudiados``.
    Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de engañar».
    """
    from scipy.stats import ks_2samp

    lejos = [mas_cercanos(n, estudiados)[0] for n in (reales, inventados)]
    prueba = ks_2samp(*lejos)
    return float(prueba.statistic), float(prueba.pvalue)


def areas_de_pedazos(
    parejas: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> dict[str, np.ndarray]:
    """El área ``(parejas,)`` de ``distinguir`` entre unos reales y unos inventados.

    Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de engañar».
    """
    rngs = map(np.random.default_rng, range(len(parejas)))
    areas = [distinguir(*pareja, rng, 1).mean() for pareja, rng in zip(parejas, rngs)]
    return {"areas": np.array(areas)}


def primeros_sin_copia(
    nombres: Iterable[str], estudiados: Iterable[str], cuantos: int | None = None
) -> list[str]:
    """Los primeros nombres distintos, normalizados, que no son copia; o todos ellos.

    Capítulo «Una alumna de seis maestras», sección «Jueces más difíciles de engañar».

    Raises:
        ValueError: si no alcanzan.
    """
    copias = {"", *map(normalizar, estudiados)}
    distintos: dict[str, str] = {}
    for nombre in nombres:
        if (llano := normalizar(nombre)) not in copias:
            distintos.setdefault(llano, nombre)
    if len(distintos) < (cuantos or 0):
        raise ValueError(f"hay {len(distintos)} nombres, y se piden {cuantos}")
    return list(distintos.values())[:cuantos]
