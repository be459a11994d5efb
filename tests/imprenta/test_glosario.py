import json
from itertools import pairwise

import pytest

from imprenta.__main__ import principal
from imprenta.errores import ErrorDelLibro
from imprenta.glosario import escribir_indice, leer, revisar
from tests.conftest import RAIZ

LOTE = """\
- nombre: lote
  formas: [lotes]
  ingles: batch
  seccion: sec-uno
  otros: [tanda de nombres, mini-lote]
  definicion: Varios juntos.
"""
UNO = "# Uno {#sec-uno}\n\nUn lote.\n"
DOS = "# Dos {#sec-dos}\n\n"


def quejas(raiz):
    with pytest.raises(ErrorDelLibro) as error:
        revisar(raiz)
    return str(error.value).splitlines()


@pytest.mark.parametrize(
    ("prosa", "renglon", "ajeno"),
    [
        ("Texto.\n\nEn\nbatch.\n", 6, "batch"),
        ("Los Mini-lotes.\n", 3, "Mini-lotes"),
        ("Una nota.[^a]\n\n[^a]: Una tanda\n    de nombres.\n", 5, "tanda de nombres"),
        ("## El batch\n", 3, "batch"),
        ("Otro, en inglés, *seed*, es batch.\n", 3, "batch"),
    ],
)
def test_un_nombre_ajeno_dice_archivo_y_renglon(hacer_libro, prosa, renglon, ajeno):
    (queja,) = quejas(hacer_libro(LOTE, uno=UNO, dos=DOS + prosa))
    assert queja.startswith(f"libro/dos.qmd:{renglon}: en este libro «{ajeno}")
    assert queja.endswith("se dice «lote»")


def test_el_libro_no_se_teje_con_un_nombre_ajeno(hacer_libro, capsys):
    raiz = hacer_libro(LOTE, uno=UNO, dos=DOS + "Un batch.\n")
    assert principal(["--raiz", str(raiz), "libro", "--motor", "pandoc"]) == 1
    assert capsys.readouterr().err.startswith("libro/dos.qmd:3: en este libro «batch»")
    assert not (raiz / "_libro").exists()


def test_lo_que_solo_se_parece_no_es_un_nombre_ajeno(hacer_libro):
    prosa = (
        "Un lote (en inglés, *batch*), `batch`, $batch$, Batchelor, [el lote](batch.png)\n"
        "y la tanda. <!-- batch -->\n\n```python\nbatch = 1  # mini-lote\n```\n"
    )
    revisar(hacer_libro(LOTE, uno=UNO, dos=DOS + prosa))


@pytest.mark.parametrize(
    ("glosario", "queja"),
    [
        (
            LOTE.replace("sec-uno", "sec-nada"),
            ":1: la sección sec-nada de «lote» no existe",
        ),
        (
            LOTE.replace("sec-uno", "sec-dos"),
            ":1: «lote» no aparece en su sección, sec-dos",
        ),
        (LOTE + LOTE.replace("lote\n", "montón\n", 1), ":7: «lotes» ya es de «lote»"),
        (LOTE + "  salvo: [libro/nada.qmd]\n", ":1: no existe el capítulo libro/nada"),
        (LOTE + "  plural: lotes\n", ":1: un término lleva nombre, ingles"),
        (LOTE + "- nombre: sesgo\n", ":7: un término lleva nombre, ingles"),
        (LOTE.replace("[lotes]", "lotes"), ":1: un término lleva nombre, ingles"),
        ("lote: varios\n", ":1: debe ser una lista de términos"),
        ("- [lote\n", ":2: no es YAML válido"),
    ],
)
def test_un_termino_mal_puesto_dice_su_renglon(hacer_libro, glosario, queja):
    uno = UNO.replace("Un lote.", "Un lote, un montón, el sesgo.")
    dos = DOS + "El `lote` de la @sec-uno.\n\n## Otra {#sec-lote}\n"
    dicho = quejas(hacer_libro(glosario, uno=uno, dos=dos))
    assert dicho[0].startswith(f"libro/recursos/glosario.yml{queja}")


def test_un_termino_cuenta_si_esta_en_una_subseccion_y_no_en_la_siguiente(hacer_libro):
    uno = "# Uno {#sec-uno}\n\n## Dentro\n\nUn lote.\n"
    revisar(hacer_libro(LOTE, uno=uno))
    aparte = LOTE.replace("sec-uno", "sec-dentro")
    uno = (
        "# Uno {#sec-uno}\n\n## Dentro {#sec-dentro}\n\nNada.\n\n## Fuera\n\nUn lote.\n"
    )
    assert "no aparece en su sección" in quejas(hacer_libro(aparte, uno=uno))[0]


def test_los_capitulos_omiten_lo_que_definen_y_lo_que_se_les_exceptua(hacer_libro):
    glosario = LOTE + "  salvo: [libro/dos.qmd]\n"
    ap = "# Glosario {#sec-glosario}\n\n::: {.glosario}\n:::\n"
    raiz = hacer_libro(glosario, uno=UNO, dos=DOS, ap=ap)
    escribir_indice(raiz)
    indice = json.loads((raiz / ".cache/glosario.json").read_text(encoding="utf-8"))
    assert indice["capitulos"] == {
        "index.qmd": {"glosario": "libro/ap.html", "omite": []},
        "libro/uno.qmd": {"glosario": "ap.html", "omite": ["termino-lote"]},
        "libro/dos.qmd": {"glosario": "ap.html", "omite": ["termino-lote"]},
    }
    assert indice["formas"] == {"lote": "termino-lote", "lotes": "termino-lote"}


def test_un_libro_sin_glosario_no_marca_nada(hacer_libro):
    raiz = hacer_libro()
    (raiz / "libro/recursos/glosario.yml").unlink()
    revisar(raiz)
    escribir_indice(raiz)
    indice = json.loads((raiz / ".cache/glosario.json").read_text(encoding="utf-8"))
    assert indice["terminos"] == [] == list(indice["capitulos"])


def test_el_glosario_de_verdad_va_en_orden_y_la_prosa_lo_respeta():
    revisar(RAIZ)
    terminos = leer(RAIZ)
    assert 35 <= len(terminos) <= 55
    assert all(t.definicion.endswith(".") for t in terminos)
    fuera = [
        f"glosario.yml va en orden alfabético: «{este.nombre}», antes que «{otro.nombre}»"
        for este, otro in pairwise(terminos)
        if este.linea > otro.linea
    ]
    assert not fuera, fuera
