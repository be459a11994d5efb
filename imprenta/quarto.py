"""Lo que Quarto corre antes y después de tejer (``pre-render`` y ``post-render``)."""

import os
import sys
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from imprenta.errores import ErrorDelLibro  # noqa: E402
from imprenta.preparar import preparar  # noqa: E402
from imprenta.sitio import revisar_referencias  # noqa: E402

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
