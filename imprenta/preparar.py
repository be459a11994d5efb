"""Lo que va antes de tejer, y lo que Quarto corre antes y después (``pre-render``, ``post-render``)."""

import os
import sys
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
if not __package__:  # lo corre Quarto, como un guion suelto
    sys.path.insert(0, str(RAIZ))

from imprenta import extraer, glosario, subconjunto, trozos  # noqa: E402
from imprenta.errores import ErrorDelLibro  # noqa: E402
from imprenta.sitio import revisar_referencias  # noqa: E402


def preparar(raiz: Path) -> None:
    """Extrae el código, deja los índices de trozos y términos y revisa las fuentes."""
    for ruta in extraer.extraer(raiz):
        print(f"Se extrajo {ruta}")
    trozos.escribir_fichas(raiz)
    subconjunto.revisar(raiz)
    glosario.revisar(raiz)
    glosario.escribir_indice(raiz)


if __name__ == "__main__":
    try:
        if sys.argv[1] == "antes":
            preparar(RAIZ)
        elif os.environ.get("QUARTO_PROJECT_RENDER_ALL"):
            from imprenta.libro import para_llevar

            sitio = Path(os.environ["QUARTO_PROJECT_OUTPUT_DIR"])
            revisar_referencias(sitio)
            para_llevar(RAIZ, sitio)
    except ErrorDelLibro as error:
        sys.exit(str(error))
