# Extraído de libro/08-entrenar.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: eae47c55d95143c3

"""Las redes del libro, por su nombre.

Se explica en el capítulo «Entrenar en serio», sección «La receta y la corrida».
"""

from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from codigo import veloz


def redes() -> list[str]:
    """Los nombres de las redes que hay: cada una en su archivo, con su clase."""
    archivos = sorted(Path(__file__).parent.glob("*.py"))
    return [
        archivo.stem
        for archivo in archivos
        if f"class {archivo.stem.upper()}(Red):" in archivo.read_text("utf-8")
    ]


def clase_de(nombre: str) -> type[Any]:
    """La clase de una red: la rápida, si la hay, o la de su archivo.

    Raises:
        ValueError: si no hay red que se llame así.
    """
    if nombre not in redes():
        hay = ", ".join(f"«{red}»" for red in redes())
        raise ValueError(f"no hay modelo «{nombre}»; hay {hay}")
    rapida = getattr(veloz, f"{nombre.upper()}Veloz", None)
    return rapida or getattr(import_module(f"codigo.{nombre}"), nombre.upper())


def lleva_olvido(clase: type[Any]) -> bool:
    """Si al nacer recibe el sesgo de una compuerta de olvido."""
    return "olvido" in signature(clase).parameters
