"""Da formato, con Ruff, al código escrito dentro de los capítulos.

Cada trozo se formatea con el ancho que le queda después de su sangría, para que el archivo que se
extrae ya salga como Ruff lo quiere.
"""

import re
import subprocess
import sys
import textwrap
import tokenize
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from imprenta.archivos import escribir_todo
from imprenta.errores import ErrorDelLibro
from imprenta.extraer import REFERENCIA, Trozo, leer_trozos
from imprenta.fuentes import Bloque, Cambios, con_cambios, leer_todo
from imprenta.paleta import pintar

ANCHO = 88
MARCA = re.compile(r"^(\s*)# <<(\S+)>>$", re.MULTILINE)


def formatear(raiz: Path) -> list[str]:
    """Copia la paleta, reescribe los capítulos cuyo código no tenga el formato debido y dice cuáles."""
    pintados = pintar(raiz)
    todos = [bloque for bloque in leer_todo(raiz) if isinstance(bloque, Bloque)]
    bloques = [(bloque, 0) for bloque in todos if bloque.es_celda]
    for trozo in leer_trozos(raiz).values():
        if not _entre_parentesis(trozo):
            de_python = (parte for parte in trozo.partes if "python" in parte.clases)
            bloques += ((parte, _sangria(trozo)) for parte in de_python)
    cambios: dict[str, Cambios] = defaultdict(dict)
    for (bloque, _), nuevas in zip(bloques, _con_formato(bloques)):
        if bloque.lineas and nuevas != list(bloque.lineas):
            renglones = range(bloque.linea + 1, bloque.linea + 1 + len(bloque.lineas))
            cambios[bloque.archivo] |= {renglon: [] for renglon in renglones}
            cambios[bloque.archivo][bloque.linea + 1] = nuevas
    nuevos = {r: con_cambios((raiz / r).read_bytes(), c) for r, c in cambios.items()}
    escribir_todo(raiz, nuevos)
    return sorted({*nuevos, *pintados})


def _sangria(trozo: Trozo) -> int:
    """La mayor sangría con que el trozo aparece en un archivo."""
    sangrias = [0]
    for usuario, parte, indice in trozo.usos:
        texto = usuario.partes[parte].lineas[indice]
        sangrias.append(len(texto) - len(texto.lstrip()) + _sangria(usuario))
    return max(sangrias)


def _entre_parentesis(trozo: Trozo) -> bool:
    """Si el trozo continúa una lista ya abierta: por sí solo, Ruff lo tomaría por otra cosa."""
    return any(
        _abierto(usuario.partes[parte].lineas[:indice]) or _entre_parentesis(usuario)
        for usuario, parte, indice in trozo.usos
    )


def _abierto(lineas: tuple[str, ...]) -> bool:
    """Si al acabar esos renglones, sin contar los trozos, queda un paréntesis sin cerrar."""
    hondura = 0
    with suppress(tokenize.TokenError, SyntaxError):
        renglones = iter([REFERENCIA.sub("", texto) + "\n" for texto in lineas])
        for ficha in tokenize.generate_tokens(lambda: next(renglones, "")):
            if ficha.type == tokenize.OP:
                hondura += (ficha.string in "([{") - (ficha.string in ")]}")
    return hondura > 0


def _con_formato(bloques: list[tuple[Bloque, int]]) -> list[list[str]]:
    """Los bloques con formato; Ruff corre una vez, y a lo que por sí solo no es Python lo deja."""
    with TemporaryDirectory(prefix="imprenta-") as carpeta:
        archivos = [Path(carpeta, f"{n}.py") for n in range(len(bloques))]
        for archivo, par in zip(archivos, bloques):
            archivo.write_text(_envuelto(*par), encoding="utf-8")
        orden = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache"]
        orden += ["--config", f"line-length={ANCHO}", carpeta]
        proceso = subprocess.run(orden, capture_output=True, encoding="utf-8")
        if proceso.returncode not in (0, 2):  # 2: alguno no es Python
            raise ErrorDelLibro(f"Ruff no pudo correr: {proceso.stderr.strip()}")
        salidas = [archivo.read_text(encoding="utf-8") for archivo in archivos]
    return [_desenvuelto(*par, salida) for par, salida in zip(bloques, salidas)]


def _envuelto(bloque: Bloque, sangria: int) -> str:
    """El bloque dentro de clases vacías, para que Ruff vea su sangría."""
    envoltura = [" " * n + "class _:" for n in range(0, sangria, 4)]
    marca = r"\g<sangria># <<\g<nombre>>>"
    marcado = "\n".join(REFERENCIA.sub(marca, texto) for texto in bloque.lineas)
    return "\n".join([*envoltura, textwrap.indent(marcado, " " * sangria), ""])


def _desenvuelto(bloque: Bloque, sangria: int, salida: str) -> list[str]:
    if salida == _envuelto(bloque, sangria):
        return list(bloque.lineas)
    lineas = salida.rstrip("\n").split("\n")[len(range(0, sangria, 4)) :]
    texto = textwrap.dedent("\n".join(lineas)).strip("\n")
    return MARCA.sub(r"\1<<\2>>", texto).split("\n")
