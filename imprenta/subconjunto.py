"""Lo que un capítulo puede usar: el subconjunto de Quarto que las dos ediciones tejen igual.

Revisa las fuentes antes de ejecutarlas, con archivo y renglón, porque Quarto deja pasar como
avisos una referencia rota o una opción mal escrita.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from imprenta.errores import ErrorDelLibro, levantar
from imprenta.extraer import es_trozo
from imprenta.fuentes import Bloque, Prosa, leer_capitulo, leer_yaml, rutas_de_capitulos

DE_TEXTO = ("label", "fig-cap", "fig-alt", "tbl-cap", "code-summary")
DE_SI_O_NO = ("echo", "eval", "output", "include", "warning", "code-fold")
RECUADROS = ("note", "tip", "warning", "important", "caution")
CLASES_DE_DIV = {"panel-tabset", "nombres", "curva", "glosario", "unnumbered"}
CLASES_DE_DIV |= {"mapa", "afirmaciones", *(f"callout-{tipo}" for tipo in RECUADROS)}
LENGUAJES = {"", "bash", "text", "markdown", "python", "javascript"}
ATRIBUTOS = {"file", "titulo", "como", "filename", "lst-cap"}

EXPRESION = re.compile(r"(?<!`)`\{python\}([ \t][^`]*)`(?!`)")
CODIGO_EN_LINEA = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
MATEMATICAS = re.compile(r"\$\$.*?\$\$|\$(?=\S)[^$]*?(?<=\S)\$", re.DOTALL)
COMENTARIO = re.compile(r"<!--.*?-->", re.DOTALL)
REFERENCIA = re.compile(r"(?<![\w.@/?&=\\])@([A-Za-z][\w-]*(?:[:.][\w-]+)*)")
ETIQUETA = re.compile(r"\{#((?:sec|fig|tbl|eq|lst)-[\w-]+)[^}]*\}")
ENCABEZADO = re.compile(r"^(#{1,6})\s+(.*?)\s*$")
DIV = re.compile(r"^(:{3,})\s*(.*?)\s*$")
IMAGEN = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)(\{[^}]*\})?")
AJENOS = {  # lo que Pandoc entiende y los dos tejedores no hacen igual, o el libro no usa
    r"^(=+|-+)\s*$": "título subrayado; los títulos llevan «#»",
    r"^#{4,6}\s": "los títulos llegan hasta «###»",
    r"^#{1,3}\s.*\{(?![#}])(?!\.unnumbered)": "atributo de título fuera del subconjunto",
    r"^:::+ *\{.*\b(?!collapse)[\w-]+=": "atributo de división fuera del subconjunto",
    r"^:\s{2,}\S": "lista de definiciones fuera del subconjunto",
    r"^\+[-=+]+$": "tabla de rejilla fuera del subconjunto",
    r"\^\[": "las notas al pie van aparte, como [^nota]",
    r"\]\{\.": "los atributos en línea quedan fuera del subconjunto",
    r"~[^~\s]+~|\^[^\^\s\]]+\^": "los subíndices y superíndices van en $…$",
    r"^\s*[-*] \[[ xX]\] ": "lista de tareas fuera del subconjunto",
    r"\\(begin|textbf|emph|cite|ref)\b": "LaTeX suelto; las matemáticas van en $…$",
    r"^[\s>]+(`{3,}|~{3,})": "un bloque de código no puede ir sangrado ni citado",
    r"\{\{<": "los atajos {{{{< … >}}}} quedan fuera del subconjunto",
    r"</?[A-Za-z][\w-]*(\s+[\w-]+(=\S+)?)*\s*/?>": "HTML suelto «{0}»; va en un bloque {{=html}}",
    r"\]\(([^)\s]+\.qmd[^)]*)\)": "enlaza con @sec-…, no con «{1}»",
}

Nota = tuple[int, str]  # un renglón, y lo que tiene de malo o la etiqueta que trae


def opciones(celda: Bloque) -> tuple[dict[str, object], list[str]]:
    """Las opciones ``#|`` de una celda y el código que queda después de ellas."""
    escritas = list(takewhile(lambda texto: texto.startswith("#|"), celda.lineas))
    texto = "\n".join(linea[2:].removeprefix(" ") for linea in escritas)
    queja = "las opciones de la celda no son"
    leidas = leer_yaml(texto, celda.archivo, celda.linea, queja) or {}
    if not isinstance(leidas, dict):
        raise celda.error("las opciones de la celda van como «#| nombre: valor»")
    for desfase, (nombre, valor) in enumerate(leidas.items(), 1):
        queja = ""
        if nombre in ("fig-width", "fig-height"):
            queja = f"Quarto ignora «{nombre}» en una celda de Python: usa figsize"
        elif nombre not in DE_TEXTO + DE_SI_O_NO:
            queja = f"no existe la opción de celda «{nombre}»"
        elif nombre in DE_SI_O_NO and not isinstance(valor, bool):
            queja = f"la opción «{nombre}» debe ser true o false"
        elif nombre in DE_TEXTO and not isinstance(valor, str):
            queja = f"la opción «{nombre}» debe ser un texto"
        if queja:
            raise celda.error(queja, desfase)
    return leidas, list(celda.lineas[len(escritas) :])


def revisar(raiz: Path) -> None:
    """Revisa todos los capítulos."""
    errores: list[ErrorDelLibro] = []
    etiquetas: dict[str, str] = {}
    referencias: list[tuple[str, int, str]] = []
    for ruta in rutas_de_capitulos(raiz):
        try:
            segmentos = leer_capitulo(raiz, ruta)
        except ErrorDelLibro as error:
            errores.append(error)
            continue
        quejas = [*_quejas(raiz, ruta, segmentos)]
        for linea, nombre in _etiquetas(segmentos):
            if anterior := etiquetas.get(nombre):
                quejas.append((linea, f"la etiqueta «{nombre}» ya está en {anterior}"))
            etiquetas[nombre] = f"{ruta}:{linea}"
        errores += [ErrorDelLibro(queja, ruta, linea) for linea, queja in quejas]
        referencias += [
            (ruta, linea, nombre)
            for prosa in segmentos
            if isinstance(prosa, Prosa)
            for linea, texto in renglones(prosa)
            for nombre in REFERENCIA.findall(texto)
        ]
    conocidas = etiquetas.keys() | _obras(raiz)
    for ruta, linea, nombre in referencias:
        if nombre not in conocidas:
            mensaje = f"la referencia @{nombre} no lleva a ningún lado"
            errores.append(ErrorDelLibro(mensaje, ruta, linea))
    levantar(errores)


def _obras(raiz: Path) -> set[str]:
    bibliografia = raiz / "libro/recursos/referencias.bib"
    texto = bibliografia.read_text(encoding="utf-8") if bibliografia.is_file() else ""
    return set(re.findall(r"^@\w+\{([^,\s]+),", texto, re.MULTILINE))


def limpia(texto: str, *sobran: re.Pattern[str]) -> str:
    """La prosa sin lo que sobra: código, matemáticas y comentarios, o lo que se diga."""
    for patron in sobran or (COMENTARIO, CODIGO_EN_LINEA, MATEMATICAS):
        texto = patron.sub(lambda hallado: re.sub(r"[^\n]", " ", hallado[0]), texto)
    return texto


def renglones(prosa: Prosa, *sobran: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Los renglones de la prosa ya limpia, con su número."""
    texto = limpia("\n".join(prosa.lineas), *sobran)
    return enumerate(texto.split("\n"), prosa.linea)


def _quejas(raiz: Path, ruta: str, segmentos: list[Bloque | Prosa]) -> Iterator[Nota]:
    titulos: list[Nota] = []
    abiertos: list[int] = []
    for segmento in segmentos:
        if isinstance(segmento, Bloque):
            yield from _revisar_bloque(segmento)
            continue
        if segmento.linea == 1 and segmento.lineas[0] == "---":
            yield 1, "el capítulo empieza con YAML: el título va en un «#»"
        yield from _revisar_expresiones(segmento)
        for linea, texto in renglones(segmento):
            if (hallado := ENCABEZADO.match(texto)) and len(hallado[1]) == 1:
                titulos.append((linea, hallado[2]))
            yield from ((linea, q) for q in _revisar_div(linea, texto, abiertos))
            yield from ((linea, q) for q in _revisar_linea((raiz / ruta).parent, texto))
    if len(titulos) != 1:
        yield 1, f"debe tener un solo título «#», y tiene {len(titulos)}"
    elif (".unnumbered" in titulos[0][1]) != (ruta == "index.qmd"):
        yield titulos[0][0], "la portada, y solo ella, lleva {.unnumbered} en su título"
    elif "{#sec-" not in titulos[0][1]:
        yield titulos[0][0], "al título del capítulo le falta su {#sec-…}"
    for linea in abiertos:
        yield linea, "este «:::» no se cierra"


def _revisar_bloque(bloque: Bloque) -> Iterator[Nota]:
    largo = len(bloque.lineas)
    quejas = _revisar_cercado(bloque)
    if bloque.es_celda:
        try:
            leidas, codigo = opciones(bloque)
        except ErrorDelLibro as error:
            yield error.linea, error.mensaje
            return
        largo, quejas = len(codigo), _revisar_celda(leidas, codigo)
    yield from ((bloque.linea, queja) for queja in quejas)
    if largo > 30:
        yield bloque.linea, f"el bloque tiene {largo} renglones; el máximo es 30"


def _revisar_celda(leidas: dict[str, object], codigo: list[str]) -> Iterator[str]:
    etiqueta = str(leidas.get("label", ""))
    pide = {"fig-": "fig-cap", "tbl-": "tbl-cap"}.get(etiqueta[:4])
    if pide and not str(leidas.get(pide, "")).strip():
        yield f"a la celda «{etiqueta}» le falta {pide}"
    oculta = [o for o in ("eval", "output", "include") if leidas.get(o) is False]
    if pide and oculta:
        yield f"«{etiqueta}» no puede llevar {oculta[0]}: false"
    if any(texto.lstrip().startswith(("!", "%")) for texto in codigo):
        yield "las órdenes «!» y «%» de IPython quedan fuera"


def _revisar_cercado(bloque: Bloque) -> Iterator[str]:
    lenguaje = bloque.clases[0] if bloque.clases else bloque.info
    if lenguaje not in LENGUAJES | {"{=html}", "{python}"}:
        yield f"bloque de un lenguaje fuera del subconjunto: «{bloque.info}»"
    if sobran := sorted(bloque.atributos.keys() - ATRIBUTOS):
        yield f"el bloque tiene atributos desconocidos: {sobran}"
    if bloque.id and not es_trozo(bloque) and not bloque.atributos.get("lst-cap"):
        yield f"al listado «{bloque.id}» le falta lst-cap"


def _revisar_expresiones(prosa: Prosa) -> Iterator[Nota]:
    for linea, texto in enumerate(prosa.lineas, prosa.linea):
        for hallado in EXPRESION.finditer(texto):
            if hallado[1] != " " + hallado[1].strip() or not hallado[1].strip():
                queja = "la expresión debe ser `{python} expr`, sin espacios de más"
                yield linea, queja
        if "`{python} " in EXPRESION.sub("", texto):
            yield linea, "la expresión debe caber en un renglón"


def _revisar_div(linea: int, texto: str, abiertos: list[int]) -> Iterator[str]:
    hallado = DIV.match(texto)
    if hallado and hallado[2]:
        abiertos.append(linea)
        clases = set(re.findall(r"\.([\w-]+)", hallado[2]))
        conocida = clases or re.search(r"#((?:fig|tbl)-[\w-]+)", hallado[2])
        if hallado[2][0] != "{" or not conocida or not clases <= CLASES_DE_DIV:
            yield f"división fuera del subconjunto: «{hallado[2]}»"
    elif hallado and abiertos:
        abiertos.pop()
    elif hallado:
        yield "este «:::» no cierra nada"


def _revisar_linea(carpeta: Path, texto: str) -> Iterator[str]:
    for patron, queja in AJENOS.items():
        if hallado := re.search(patron, texto):
            yield queja.format(hallado[0], *hallado.groups())
    for imagen in IMAGEN.finditer(texto):
        if not (carpeta / imagen[1]).is_file():
            yield f"no existe la imagen «{imagen[1]}»"
        if not re.search(r'fig-alt="[^"]*[^"\s]', imagen[2] or ""):
            yield "a la imagen le falta su texto alternativo (fig-alt)"


def _etiquetas(segmentos: list[Bloque | Prosa]) -> Iterator[Nota]:
    for segmento in segmentos:
        if isinstance(segmento, Prosa):
            # Las ecuaciones llevan su etiqueta fuera de los $$, así que las matemáticas se conservan.
            for linea, texto in renglones(segmento, COMENTARIO, CODIGO_EN_LINEA):
                yield from ((linea, nombre) for nombre in ETIQUETA.findall(texto))
        elif segmento.es_celda:
            with suppress(ErrorDelLibro):
                if etiqueta := opciones(segmento)[0].get("label"):
                    yield segmento.linea, str(etiqueta)
        elif segmento.id and not es_trozo(segmento):
            yield segmento.linea, segmento.id
