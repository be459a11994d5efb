"""Da formato, con Ruff, al código escrito dentro de los capítulos.

Cada trozo se formatea con el ancho que le queda después de su sangría, para que el archivo que se
extrae ya salga como Ruff lo quiere.
"""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

from imprenta.archivos import escribir
from imprenta.extraer import REFERENCIA, Trozo, es_trozo, leer_trozos
from imprenta.fuentes import Bloque, leer_capitulo, rutas_de_capitulos

ANCHO = 88
MARCA = re.compile(r"^(\s*)# <<(\S+)>>$", re.MULTILINE)


def formatear(raiz: Path) -> list[str]:
    """Reescribe los capítulos cuyo código no tenga el formato debido y dice cuáles."""
    trozos = leer_trozos(raiz)
    cambiados = []
    for ruta in rutas_de_capitulos(raiz):
        lineas = (raiz / ruta).read_text(encoding="utf-8").split("\n")
        bloques = [b for b in leer_capitulo(raiz, ruta) if isinstance(b, Bloque)]
        for bloque in reversed(bloques):
            if bloque.es_celda or (es_trozo(bloque) and "python" in bloque.clases):
                sangria = _sangria(trozos, bloque)
                lineas[bloque.linea : bloque.fin - 1] = _con_formato(bloque, sangria)
        texto = "\n".join(lineas)
        if texto != (raiz / ruta).read_text(encoding="utf-8"):
            escribir(raiz / ruta, texto)
            cambiados.append(ruta)
    return cambiados


def _sangria(trozos: dict[str, Trozo], bloque: Bloque) -> int:
    trozo = next((t for t in trozos.values() if bloque in t.partes), None)
    return _profundidad(trozos, trozo) if trozo else 0


def _profundidad(trozos: dict[str, Trozo], trozo: Trozo) -> int:
    """La mayor sangría con que el trozo aparece en un archivo."""
    profundidades = [0]
    for usuario, numero in trozo.usos:
        for texto in usuario.partes[numero].lineas:
            hallada = REFERENCIA.match(texto)
            if hallada and hallada["nombre"] == trozo.nombre:
                propia = len(hallada["sangria"])
                profundidades.append(propia + _profundidad(trozos, usuario))
    return max(profundidades)


def _con_formato(bloque: Bloque, sangria: int) -> list[str]:
    """El bloque con formato; para que Ruff vea su sangría, se le envuelve en clases vacías."""
    envoltura = [" " * n + "class _:" for n in range(0, sangria, 4)]
    marcado = "\n".join(
        REFERENCIA.sub(r"\g<sangria># <<\g<nombre>>>", texto) for texto in bloque.lineas
    )
    fuente = "\n".join([*envoltura, textwrap.indent(marcado, " " * sangria), ""])
    orden = [sys.executable, "-m", "ruff", "format", "--isolated", "--config"]
    orden += [f"line-length={ANCHO}", "--stdin-filename", "bloque.py", "-"]
    proceso = subprocess.run(
        orden, input=fuente, capture_output=True, text=True, encoding="utf-8"
    )
    if (
        proceso.returncode
    ):  # un fragmento que por sí solo no es Python: se queda como está
        return list(bloque.lineas)
    lineas = proceso.stdout.rstrip("\n").split("\n")[len(envoltura) :]
    return (
        MARCA.sub(r"\1<<\2>>", textwrap.dedent("\n".join(lineas)))
        .strip("\n")
        .split("\n")
    )
