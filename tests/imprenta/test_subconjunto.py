import pytest

from imprenta.errores import ErrorDelLibro
from imprenta.subconjunto import revisar
from tests.conftest import RAIZ

TITULO = "# Uno {#sec-uno}\n\n"


def celda(*opciones: str, codigo: str = "print(1)") -> str:
    return (
        TITULO
        + "```{python}\n"
        + "".join(f"#| {o}\n" for o in opciones)
        + f"{codigo}\n```\n"
    )


MALOS = {
    "opción desconocida": (
        celda("eco: false"),
        ":4: no existe la opción de celda «eco»",
    ),
    "opción sin efecto": (celda("fig-width: 3"), ":4: Quarto ignora «fig-width»"),
    "opción de otro tipo": (
        celda('echo: "no"'),
        ":4: la opción «echo» debe ser true o false",
    ),
    "opciones que no son YAML": (
        celda("label: [a"),
        ":4: las opciones de la celda no son YAML",
    ),
    "figura con pie en blanco": (
        celda("label: fig-a", 'fig-cap: "  "', "fig-alt: A"),
        ":3: a la celda «fig-a» le falta fig-cap",
    ),
    "tabla con pie vacío": (
        celda("label: tbl-a", 'tbl-cap: ""'),
        ":3: a la celda «tbl-a» le falta tbl-cap",
    ),
    "listado con pie vacío": (
        TITULO + '```{.python #lst-a lst-cap=""}\n1\n```\n',
        ":3: al listado «lst-a» le falta lst-cap",
    ),
    "imagen con texto alternativo vacío": (
        TITULO + '![x](dos.qmd){#fig-a fig-alt=" "}\n',
        ":3: a la imagen le falta su texto alternativo",
    ),
    "tabla sin pie": (celda("label: tbl-a"), ":3: a la celda «tbl-a» le falta tbl-cap"),
    "celda larga": (celda(codigo="x = 1\n" * 31), ":3: el bloque tiene 32 renglones"),
    "referencia a nada": (
        TITULO + "Véase\n@fig-nada.\n",
        ":4: la referencia @fig-nada no lleva",
    ),
    "obra desconocida": (
        TITULO + "Dice [@nadie2020].\n",
        ":3: la referencia @nadie2020 no",
    ),
    "imagen que no está": (
        TITULO + '![x](foto.png){#fig-a fig-alt="x"}\n',
        ":3: no existe la imagen «foto.png»",
    ),
    "atajo": (TITULO + "{{< video a.mp4 >}}\n", ":3: los atajos"),
    "división desconocida": (
        TITULO + "::: {.grid}\nx\n:::\n",
        ":3: división fuera del",
    ),
    "división abierta": (
        TITULO + "::: {.callout-note}\nx\n",
        ":3: este «:::» no se cierra",
    ),
    "división de más": (TITULO + "x\n\n:::\n", ":5: este «:::» no cierra nada"),
    "HTML suelto": (TITULO + "Un <b>grito</b>.\n", ":3: HTML suelto «<b>»"),
    "lenguaje ajeno": (TITULO + "```{r}\n1\n```\n", ":3: bloque de un lenguaje fuera"),
    "atributo ajeno": (
        TITULO + '```{.bash archivo="x"}\n1\n```\n',
        ":3: el bloque tiene atributos desconocidos",
    ),
    "bloque sangrado": (
        TITULO + "- a\n\n  ```bash\n  ls\n  ```\n",
        ":5: un bloque de código no",
    ),
    "bloque abierto": (
        TITULO + "```bash\nls\n",
        ":3: este bloque de código no se cierra",
    ),
    "expresión con espacios": (
        TITULO + "Van `{python}  x`.\n",
        ":3: la expresión debe ser",
    ),
    "expresión partida": (
        TITULO + "Van `{python} x +\n1`.\n",
        ":3: la expresión debe caber",
    ),
    "enlace a un .qmd": (TITULO + "[aquí](dos.qmd)\n", ":3: enlaza con @sec-…"),
    "opciones sin nombre": (celda("hola"), ":3: las opciones de la celda van como"),
    "figura que no se muestra": (
        celda("label: fig-a", "fig-cap: A", "fig-alt: A", "output: false"),
        ":3: «fig-a» no puede llevar output: false",
    ),
    "orden de consola": (celda(codigo="!ls"), ":3: las órdenes «!» y «%»"),
    "título subrayado": (TITULO + "Dos\n====\n", ":4: título subrayado"),
    "título hondo": (TITULO + "#### Hondo\n", ":3: los títulos llegan hasta «###»"),
    "recuadro con título por atributo": (
        TITULO + '::: {.callout-note title="Ojo"}\nx\n:::\n',
        ":3: atributo de división",
    ),
    "clase en línea": (
        TITULO + "Un [texto]{.smallcaps}.\n",
        ":3: los atributos en línea",
    ),
    "nota en línea": (
        TITULO + "Un texto.^[Nota.]\n",
        ":3: las notas al pie van aparte",
    ),
    "subíndice": (TITULO + "Agua: H~2~O.\n", ":3: los subíndices"),
    "bloque citado": (
        TITULO + "> ```bash\n> ls\n> ```\n",
        ":3: un bloque de código no puede",
    ),
    "LaTeX suelto": (TITULO + "Un \\textbf{grito}.\n", ":3: LaTeX suelto"),
    "título en YAML": (
        "---\ntitle: Uno\n---\n\n" + TITULO,
        ":1: el capítulo empieza con YAML",
    ),
    "sin título": ("Texto.\n", ":1: debe tener un solo título «#», y tiene 0"),
    "dos títulos": (TITULO + "# Dos\n", ":1: debe tener un solo título «#», y tiene 2"),
    "título sin etiqueta": (
        "# Uno\n",
        ":1: al título del capítulo le falta su {#sec-…}",
    ),
    "etiqueta repetida": (TITULO + "## Otra {#sec-dos}\n", "«sec-dos» ya está en"),
}


@pytest.mark.parametrize("caso", MALOS)
def test_lo_que_se_sale_dice_archivo_y_renglon(hacer_libro, caso):
    texto, mensaje = MALOS[caso]
    with pytest.raises(ErrorDelLibro) as error:
        revisar(hacer_libro(uno=texto))
    esperado = mensaje if not mensaje.startswith(":") else f"libro/uno.qmd{mensaje}"
    assert esperado in str(error.value)


def test_junta_todos_los_errores(hacer_libro):
    with pytest.raises(ErrorDelLibro) as error:
        revisar(hacer_libro(uno=TITULO + "@fig-a y @fig-b.\n"))
    assert len(str(error.value).splitlines()) == 2


BUENO = """# Uno {#sec-uno}

Correo a@b.mx, \\@nadie, [liga](https://a.mx/u?@x=1), 3 < 4, código `@fig-nada` y `<b>`,
fórmula $a < b > c$ y @sec-dos.
<!-- un comentario con @fig-nada y <b> -->

$$
x_1 <y>
$$ {#eq-a}

La @eq-a y [-@eq-a]; también `{python}` y `python`.
"""


def test_lo_que_solo_se_parece_no_es_un_error(hacer_libro):
    revisar(hacer_libro(uno=BUENO))


def test_falta_un_capitulo(hacer_libro):
    raiz = hacer_libro()
    (raiz / "libro/dos.qmd").unlink()
    with pytest.raises(
        ErrorDelLibro, match=r"_quarto\.yml:\d+: el capítulo libro/dos\.qmd no"
    ):
        revisar(raiz)


def test_el_libro_de_verdad_esta_dentro_del_subconjunto():
    revisar(RAIZ)
