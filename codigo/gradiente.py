# Extraído de libro/03-gradiente.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 54b96720c490ba1f

"""La comprobación numérica del gradiente de cualquier modelo y los errores plantados.

Se explica en el capítulo «¿Está bien el gradiente?».
"""

import inspect
from collections.abc import Sequence
from itertools import islice
from types import ModuleType

import numpy as np

from codigo.datos import Vocabulario
from codigo.entrenamiento import entrenar
from codigo.evaluacion import nats_por_simbolo
from codigo.lotes import Lote, lotes_por_epoca
from codigo.optimizadores import Adagrad
from codigo.red import Red


def diferencias_centrales(
    red: Red,
    lote: Lote,
    estado: np.ndarray,
    nombre: str,
    posiciones: Sequence[int] | np.ndarray,
    delta: float = 1e-5,
) -> np.ndarray:
    """Derivada numérica ``(n,)`` de la pérdida en unas posiciones de un parámetro.

    Capítulo «¿Está bien el gradiente?», ecuación de las diferencias centrales.
    """
    # una vista: escribir en ella mueve el peso
    peso = red.parametros[nombre].reshape(-1)
    derivadas = []
    for posicion in posiciones:
        # ⟨medir a los dos lados⟩
        valor, perdidas = peso[posicion], []
        for movido in (valor + delta, valor - delta):
            peso[posicion] = movido
            perdida, _, _ = red.perdida_y_gradientes(
                lote.entradas, lote.objetivos, estado, lote.mascara
            )
            perdidas.append(perdida)
        peso[posicion] = valor
        arriba, abajo = perdidas
        derivadas.append((arriba - abajo) / (2 * delta))
    return np.array(derivadas)


def error_relativo(analitico: np.ndarray, numerico: np.ndarray) -> float:
    """Distancia entre dos gradientes, de 0 (iguales) a 1; 0 si ambos son cero."""
    tamano = np.linalg.norm(analitico) + np.linalg.norm(numerico)
    return float(np.linalg.norm(analitico - numerico) / tamano) if tamano else 0.0


def comprobar(
    red: Red,
    lote: Lote,
    estado: np.ndarray,
    rng: np.random.Generator,
    cuantas: int = 50,
    delta: float = 1e-5,
) -> dict[str, float]:
    """Error relativo de cada parámetro, en ``cuantas`` posiciones al azar de cada uno.

    Capítulo «¿Está bien el gradiente?», sección «Mover un peso tantito».

    Raises:
        ValueError: si algún parámetro no está en float64.
    """
    # ⟨negarse si faltan decimales⟩
    for nombre, peso in red.parametros.items():
        if peso.dtype != np.float64:
            raise ValueError(
                f"«{nombre}» está en {peso.dtype}: el gradiente se comprueba en float64, "
                "porque con menos decimales el redondeo tapa los errores"
            )
    _, gradientes, _ = red.perdida_y_gradientes(
        lote.entradas, lote.objetivos, estado, lote.mascara
    )
    errores = {}  # se copian porque una red puede volver a usar sus arreglos
    for nombre, g in {n: g.copy() for n, g in gradientes.items()}.items():
        posiciones = rng.permutation(g.size)[:cuantas]
        numerico = diferencias_centrales(red, lote, estado, nombre, posiciones, delta)
        errores[nombre] = error_relativo(g.reshape(-1)[posiciones], numerico)
    return errores


def texto_saboteado(modulo: ModuleType, antes: str, despues: str) -> str:
    """El texto del módulo con un fragmento cambiado por otro.

    Raises:
        ValueError: si el fragmento no aparece exactamente una vez.
    """
    texto = inspect.getsource(modulo)
    if texto.count(antes) != 1:
        raise ValueError(
            f"«{antes}» aparece {texto.count(antes)} veces en {modulo.__name__}"
        )
    return texto.replace(antes, despues)


def sabotear(modulo: ModuleType, antes: str, despues: str) -> ModuleType:
    """Una copia del módulo con un fragmento de su texto cambiado por otro.

    Capítulo «¿Está bien el gradiente?», sección «Errores plantados».

    Raises:
        ValueError: si el fragmento no aparece exactamente una vez.
    """
    saboteado = ModuleType(f"{modulo.__name__}_saboteado")
    exec(texto_saboteado(modulo, antes, despues), saboteado.__dict__)
    return saboteado


def entrenar_texto(
    entrenamiento: Sequence[str],
    validacion: Sequence[str],
    simbolos: str,
    *,
    texto: str,
    clase: str,
    H: int,
    pasos: int,
    semilla: int,
) -> dict[str, np.ndarray]:
    """Los ``nats`` por símbolo a que llega una red cuyo módulo dice ``texto``.

    Capítulo «¿Está bien el gradiente?», sección «Errores plantados».
    """
    modulo = ModuleType("saboteado")
    exec(texto, modulo.__dict__)
    # ⟨entrenarla como si nada⟩
    rng, vocabulario = np.random.default_rng(semilla), Vocabulario([simbolos])
    red = getattr(modulo, clase)(len(vocabulario), H, rng, escala=H**-0.5)
    fuente = lotes_por_epoca(entrenamiento, vocabulario, 32, rng)
    letras = float(np.mean([len(nombre) + 1 for nombre in entrenamiento]))
    for _ in islice(entrenar(red, fuente, Adagrad(0.05), divisor=32 * letras), pasos):
        pass
    return {"nats": np.array(nats_por_simbolo(red, validacion, vocabulario))}
