"""Lo que un capítulo puede usar: el subconjunto de Quarto que las dos ediciones tejen igual.

Revisa las fuentes antes de ejecutarlas, con archivo y renglón, porque Quarto deja pasar como
avisos una referencia rota o una opción mal escrita.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imprenta.errores import ErrorDelLibro, Errores
from imprenta.extraer import es_trozo
from imprenta.fuentes import (
    Bloque,
    Prosa,
    leer_capitulo,
    leer_yaml,
    rutas_de_capitulos,
)

OPCIONES = {
    "label": str,
    "echo": bool,
    "eval": bool,
    "output": bool,
    "include": bool,
    "warning": bool,
    "fig-cap": str,
    "fig-alt": str,
    "tbl-cap": str,
    "code-fold": bool,
    "code-summary": str,
}
SIN_EFECTO = {"fig-width", "fig-height"}
CLASES_DE_DIV = {
    *(f"callout-{tipo}" for tipo in ("note", "tip", "warning", "important", "caution")),
    "panel-tabset",
    "nombres",
    "curva",
    "glosario",
    "mapa",
    "unnumbered",
}
LENGUAJES = {
    *("", "bash", "text", "markdown", "python", "javascript"),
    *("{=html}", "{python}"),
}
TIPOS = ("sec", "fig", "tbl", "eq", "lst")

EXPRESION = re.compile(r"(?<!`)`\{python\}([ \t][^`]*)`(?!`)")
CODIGO_EN_LINEA = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
MATEMATICAS = re.compile(r"\$\$.*?\$\$|\$(?=\S)[^$]*?(?<=\S)\$", re.DOTALL)
COMENTARIO = re.compile(r"<!--.*?-->", re.DOTALL)
REFERENCIA = re.compile(r"(?<![\w.@/?&=\\])@([A-Za-z][\w-]*(?:[:.][\w-]+)*)")
ETIQUETA = re.compile(rf"\{{#((?:{'|'.join(TIPOS)})-[\w-]+)[^}}]*\}}")
ENCABEZADO = re.compile(r"^(#{1,6})\s+(.*?)\s*$")
DIV = re.compile(r"^(:{3,})\s*(.*?)\s*$")
IMAGEN = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)(\{[^}]*\})?")
HTML_CRUDO = re.compile(r"</?[A-Za-z][\w-]*(\s+[\w-]+(=\S+)?)*\s*/?>")
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
}
ENLACE_A_FUENTE = re.compile(r"\]\(([^)\s]+\.qmd[^)]*)\)")


@dataclass(frozen=True)
class Marca:
    """Una etiqueta o una referencia, con el lugar en que está escrita."""

    nombre: str
    archivo: str
    linea: int


def opciones(celda: Bloque) -> tuple[dict[str, object], list[str]]:
    """Las opciones ``#|`` de una celda y el código que queda después de ellas.

    Raises:
        ErrorDelLibro: si no son YAML, o si alguna no existe, no tiene efecto o es de otro tipo.
    """
    cuantas = next(
        (i for i, t in enumerate(celda.lineas) if not t.startswith("#|")),
        len(celda.lineas),
    )
    texto = "\n".join(linea[2:].removeprefix(" ") for linea in celda.lineas[:cuantas])
    queja = "las opciones de la celda no son"
    leidas = leer_yaml(texto, celda.archivo, celda.linea, queja) or {}
    if not isinstance(leidas, dict):
        mensaje = "las opciones de la celda van como «#| nombre: valor»"
        raise ErrorDelLibro(mensaje, celda.archivo, celda.linea)
    for desfase, (nombre, valor) in enumerate(leidas.items(), 1):
        _revisar_opcion(nombre, valor, celda.archivo, celda.linea + desfase)
    return leidas, list(celda.lineas[cuantas:])


def _revisar_opcion(nombre: str, valor: object, archivo: str, linea: int) -> None:
    if nombre in SIN_EFECTO:
        mensaje = (
            f"Quarto ignora «{nombre}» en una celda de Python: usa figsize en el código"
        )
        raise ErrorDelLibro(mensaje, archivo, linea)
    if nombre not in OPCIONES:
        raise ErrorDelLibro(f"no existe la opción de celda «{nombre}»", archivo, linea)
    if not isinstance(valor, OPCIONES[nombre]):
        quiere = "true o false" if OPCIONES[nombre] is bool else "un texto"
        raise ErrorDelLibro(f"la opción «{nombre}» debe ser {quiere}", archivo, linea)


def revisar(raiz: Path) -> None:
    """Revisa todos los capítulos.

    Raises:
        Errores: todo lo que quede fuera del subconjunto y toda referencia sin resolver.
    """
    errores: list[ErrorDelLibro] = []
    etiquetas: dict[str, Marca] = {}
    referencias: list[Marca] = []
    for ruta in rutas_de_capitulos(raiz):
        try:
            segmentos = leer_capitulo(raiz, ruta)
        except ErrorDelLibro as error:
            errores.append(error)
            continue
        errores += _revisar_estructura(raiz, ruta, segmentos)
        for marca in _etiquetas(segmentos):
            if anterior := etiquetas.get(marca.nombre):
                lugar = f"{anterior.archivo}:{anterior.linea}"
                mensaje = f"la etiqueta «{marca.nombre}» ya está en {lugar}"
                errores.append(ErrorDelLibro(mensaje, marca.archivo, marca.linea))
            etiquetas[marca.nombre] = marca
        referencias += _referencias(segmentos)
    conocidas = etiquetas.keys() | _obras(raiz)
    errores += [
        ErrorDelLibro(
            f"la referencia @{r.nombre} no lleva a ningún lado", r.archivo, r.linea
        )
        for r in referencias
        if r.nombre not in conocidas
    ]
    if errores:
        raise Errores(errores)


def _obras(raiz: Path) -> set[str]:
    bibliografia = raiz / "libro/recursos/referencias.bib"
    if not bibliografia.is_file():
        return set()
    return set(
        re.findall(
            r"^@\w+\{([^,\s]+),", bibliografia.read_text(encoding="utf-8"), re.MULTILINE
        )
    )


def limpia(
    texto: str,
    sobran: tuple[re.Pattern[str], ...] = (COMENTARIO, CODIGO_EN_LINEA, MATEMATICAS),
) -> str:
    """La prosa sin código, matemáticas ni comentarios, con los mismos renglones."""
    for patron in sobran:
        texto = patron.sub(lambda hallado: re.sub(r"[^\n]", " ", hallado[0]), texto)
    return texto


def _revisar_estructura(
    raiz: Path, ruta: str, segmentos: list[Bloque | Prosa]
) -> Iterator[ErrorDelLibro]:
    titulos = []
    abiertos: list[int] = []
    for segmento in segmentos:
        if isinstance(segmento, Bloque):
            yield from _revisar_bloque(segmento)
            continue
        if segmento.linea == 1 and segmento.lineas[0] == "---":
            yield ErrorDelLibro(
                "el capítulo empieza con YAML: el título va en un «#»", ruta, 1
            )
        yield from _revisar_expresiones(segmento)
        for linea, texto in enumerate(
            limpia("\n".join(segmento.lineas)).split("\n"), segmento.linea
        ):
            if (hallado := ENCABEZADO.match(texto)) and len(hallado[1]) == 1:
                titulos.append((linea, hallado[2]))
            yield from _revisar_div(ruta, linea, texto, abiertos)
            yield from _revisar_linea(raiz, ruta, linea, texto)
    if len(titulos) != 1:
        yield ErrorDelLibro(
            f"debe tener un solo título «#», y tiene {len(titulos)}", ruta, 1
        )
    elif (".unnumbered" in titulos[0][1]) != (ruta == "index.qmd"):
        mensaje = "la portada, y solo ella, lleva {.unnumbered} en su título"
        yield ErrorDelLibro(mensaje, ruta, titulos[0][0])
    elif "{#sec-" not in titulos[0][1]:
        yield ErrorDelLibro(
            "al título del capítulo le falta su {#sec-…}", ruta, titulos[0][0]
        )
    for linea in abiertos:
        yield ErrorDelLibro("este «:::» no se cierra", ruta, linea)


def _revisar_bloque(bloque: Bloque) -> Iterator[ErrorDelLibro]:
    lugar = bloque.archivo, bloque.linea
    if bloque.es_celda:
        try:
            leidas, codigo = opciones(bloque)
        except ErrorDelLibro as error:
            yield error
            return
        etiqueta = str(leidas.get("label", ""))
        for tipo, piden in (("fig", ("fig-cap", "fig-alt")), ("tbl", ("tbl-cap",))):
            faltan = [opcion for opcion in piden if opcion not in leidas]
            if etiqueta.startswith(f"{tipo}-") and faltan:
                yield ErrorDelLibro(
                    f"a la celda «{etiqueta}» le falta {' y '.join(faltan)}", *lugar
                )
        oculta = [o for o in ("eval", "output", "include") if leidas.get(o) is False]
        if etiqueta.startswith(("fig-", "tbl-")) and oculta:
            yield ErrorDelLibro(
                f"«{etiqueta}» no puede llevar {oculta[0]}: false", *lugar
            )
        if any(texto.lstrip().startswith(("!", "%")) for texto in codigo):
            yield ErrorDelLibro("las órdenes «!» y «%» de IPython quedan fuera", *lugar)
        largo = len(codigo)
    else:
        lenguaje = bloque.clases[0] if bloque.clases else bloque.info
        if lenguaje not in LENGUAJES:
            yield ErrorDelLibro(
                f"bloque de un lenguaje fuera del subconjunto: «{bloque.info}»", *lugar
            )
        if sobran := set(bloque.atributos) - {
            *("file", "titulo", "como", "filename", "lst-cap")
        }:
            yield ErrorDelLibro(
                f"el bloque tiene atributos desconocidos: {sorted(sobran)}", *lugar
            )
        if bloque.id and not es_trozo(bloque) and "lst-cap" not in bloque.atributos:
            yield ErrorDelLibro(f"al listado «{bloque.id}» le falta lst-cap", *lugar)
        largo = len(bloque.lineas)
    if largo > 30:
        yield ErrorDelLibro(
            f"el bloque tiene {largo} renglones; el máximo es 30", *lugar
        )


def _revisar_expresiones(prosa: Prosa) -> Iterator[ErrorDelLibro]:
    for linea, texto in enumerate(prosa.lineas, prosa.linea):
        for hallado in EXPRESION.finditer(texto):
            if hallado[1] != " " + hallado[1].strip() or not hallado[1].strip():
                mensaje = "la expresión debe ser `{python} expr`, sin espacios de más"
                yield ErrorDelLibro(mensaje, prosa.archivo, linea)
        if "`{python} " in EXPRESION.sub("", texto):
            yield ErrorDelLibro(
                "la expresión debe caber en un renglón", prosa.archivo, linea
            )


def _revisar_div(
    ruta: str, linea: int, texto: str, abiertos: list[int]
) -> Iterator[ErrorDelLibro]:
    hallado = DIV.match(texto)
    if not hallado:
        return
    if not hallado[2]:
        if abiertos:
            abiertos.pop()
        else:
            yield ErrorDelLibro("este «:::» no cierra nada", ruta, linea)
        return
    abiertos.append(linea)
    clases = set(re.findall(r"\.([\w-]+)", hallado[2]))
    etiqueta = re.search(r"#((?:fig|tbl)-[\w-]+)", hallado[2])
    if (
        not hallado[2].startswith("{")
        or not (clases or etiqueta)
        or not clases <= CLASES_DE_DIV
    ):
        yield ErrorDelLibro(
            f"división fuera del subconjunto: «{hallado[2]}»", ruta, linea
        )


def _revisar_linea(
    raiz: Path, ruta: str, linea: int, texto: str
) -> Iterator[ErrorDelLibro]:
    if "{{<" in texto:
        yield ErrorDelLibro(
            "los atajos {{< … >}} quedan fuera del subconjunto", ruta, linea
        )
    for patron, mensaje in AJENOS.items():
        if re.search(patron, texto):
            yield ErrorDelLibro(mensaje, ruta, linea)
    if hallado := HTML_CRUDO.search(texto):
        mensaje = f"HTML suelto «{hallado[0]}»; va en un bloque {{=html}}"
        yield ErrorDelLibro(mensaje, ruta, linea)
    if hallado := ENLACE_A_FUENTE.search(texto):
        yield ErrorDelLibro(f"enlaza con @sec-…, no con «{hallado[1]}»", ruta, linea)
    for imagen in IMAGEN.finditer(texto):
        if not ((raiz / ruta).parent / imagen[1]).is_file():
            yield ErrorDelLibro(f"no existe la imagen «{imagen[1]}»", ruta, linea)
        if "fig-alt=" not in (imagen[2] or ""):
            yield ErrorDelLibro(
                "a la imagen le falta su texto alternativo (fig-alt)", ruta, linea
            )


def _etiquetas(segmentos: list[Bloque | Prosa]) -> Iterator[Marca]:
    for segmento in segmentos:
        if isinstance(segmento, Prosa):
            # Las ecuaciones llevan su etiqueta fuera de los $$, así que las matemáticas se conservan.
            texto = limpia("\n".join(segmento.lineas), (COMENTARIO, CODIGO_EN_LINEA))
            for linea, renglon in enumerate(texto.split("\n"), segmento.linea):
                for hallado in ETIQUETA.finditer(renglon):
                    yield Marca(hallado[1], segmento.archivo, linea)
        elif segmento.es_celda:
            try:
                etiqueta = opciones(segmento)[0].get("label")
            except ErrorDelLibro:
                continue
            if etiqueta:
                yield Marca(str(etiqueta), segmento.archivo, segmento.linea)
        elif segmento.id and not es_trozo(segmento):
            yield Marca(segmento.id, segmento.archivo, segmento.linea)


def _referencias(segmentos: list[Bloque | Prosa]) -> Iterator[Marca]:
    for segmento in segmentos:
        if isinstance(segmento, Prosa):
            prosa = limpia("\n".join(segmento.lineas))
            for linea, renglon in enumerate(prosa.split("\n"), segmento.linea):
                for hallado in REFERENCIA.finditer(renglon):
                    yield Marca(hallado[1], segmento.archivo, linea)
