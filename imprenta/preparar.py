"""Lo que va antes de tejer."""

from pathlib import Path

from imprenta import extraer, glosario, subconjunto, trozos


def preparar(raiz: Path) -> None:
    """Extrae el código, deja los índices de trozos y términos y revisa las fuentes."""
    for ruta in extraer.extraer(raiz):
        print(f"Se extrajo {ruta}")
    trozos.escribir_fichas(raiz)
    subconjunto.revisar(raiz)
    glosario.revisar(raiz)
    glosario.escribir_indice(raiz)
