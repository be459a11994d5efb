# Extraído de libro/taller-pagina.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 8e0910aee4a9304b

"""Llevar una red a una página: sus pesos, en letras, y los datos que leen los guiones.

Se explica en el apéndice «Una red en una página».
"""

import json
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.lotes import hacer_lote
from codigo.red import Red
from codigo.taller.presentacion import Markdown, tabla


def empacar(
    red: Red, vocabulario: Vocabulario, dtype: DTypeLike = np.float16
) -> dict[str, Any]:
    """Una red en JSON: de qué tipo es, sus símbolos y sus pesos en base64.

    ``dtype`` es de 16 o de 32 bits. Apéndice «Una red en una página».
    """
    numero = np.dtype(dtype).newbyteorder("<")
    pesos = {
        nombre: b64encode(peso.astype(numero).tobytes()).decode()
        for nombre, peso in red.parametros.items()
    }
    return {
        "tipo": type(red).__name__.removesuffix("Veloz"),
        "bits": 8 * numero.itemsize,
        "simbolos": vocabulario.simbolos,
        "pesos": pesos,
    }


def incrustar(**datos: Any) -> Markdown:
    """Cada dato, con su nombre, en un elemento que los guiones de la página leen."""
    elementos = []
    for nombre, dato in datos.items():
        id_ = nombre.replace("_", "-")
        cuerpo = json.dumps(dato, ensure_ascii=False).replace("<", "\\u003c")
        elementos.append(
            f'<script type="application/json" id="{id_}">{cuerpo}</script>'
        )
    return Markdown("\n".join(["```{=html}", *elementos, "```"]))


def ida_y_vuelta(red: Red, nombre: str, vocabulario: Vocabulario) -> Markdown:
    """La tabla de un nombre: hacia abajo se lee; hacia arriba se acumula el gradiente.

    Apéndice «Una red en una página», sección «Sin guion».
    """
    entradas, objetivos, mascara, _ = hacer_lote([nombre], vocabulario)
    matrices = [n for n, peso in red.parametros.items() if peso.ndim == 2]
    letras = ["FIN", *nombre.replace(" ", "␣"), "FIN"]
    estado, filas = red.estado_inicial(1), []
    for t, entra in enumerate(entradas):
        resto = entradas[t:], objetivos[t:], estado, mascara[t:]
        _, g, _ = red.perdida_y_gradientes(*resto)
        logitos, estado = red.paso(entra, estado)
        sorpresa = -log_softmax(logitos)[0, objetivos[t, 0]]
        cifras = [sorpresa, *(np.linalg.norm(g[n]) for n in matrices)]
        filas.append((*letras[t : t + 2], *(f"{cifra:.3f}" for cifra in cifras)))
    rotulos = ("entra", "debe salir", "sorpresa", *(f"`{n}`" for n in matrices))
    return tabla(rotulos, filas)
