"""Dar formato a los capítulos cambia su código, y nada más."""

import subprocess

import pytest

from imprenta import formatear
from imprenta.__main__ import principal
from imprenta.errores import ErrorDelLibro
from imprenta.extraer import armar, extraer, textos_de

LARGO = "total = [primero_de_todos, segundo_de_todos, tercero_de_todos, cuarto, quinto]"
assert (
    len(LARGO) <= formatear.ANCHO < len(LARGO) + 12
)  # cabe sin la sangría, y con ella no
FEO = f"""\
# Uno  {{#sec-uno}}

Prosa  con   espacios y   `x=1`, que no se toca.\t

```{{.python file=codigo/a.py}}
def   f( primero_de_todos,segundo_de_todos ):
    if   primero_de_todos :
            print()
            <<el-cuerpo>>
    return   1
```

```{{.python #el-cuerpo}}
x  =  'uno'
for  y in x :
    print( y )
    <<lo-de-adentro>>
```

```{{.python #lo-de-adentro}}
{LARGO}
if  total :
    <<lo-de-hasta-adentro>>
```

```{{.python #lo-de-adentro}}
{LARGO}
```

```{{.python #lo-de-hasta-adentro}}
total  =  0
```

```{{python}}
#| label: una
a,b  =  b,a
print( 'hola' )
```

```python
no  =  'se extrae'
```

```bash
ls   -l
```

```{{.javascript file=codigo/a.js}}
const   x=1
```

```{{.python file=codigo/b.py}}
valores = [
    <<los-valores>>
]
f(
    <<los-argumentos>>
)
```

```{{.python #los-valores}}
1,   2,
```

```{{.python #los-valores}}
3,
  4
```

```{{.python #los-argumentos}}
uno =  1,
*otros ,
```

Y el   final, sin renglón de más"""

BONITO = (
    FEO.replace(
        "def   f( primero_de_todos,segundo_de_todos ):",
        "def f(primero_de_todos, segundo_de_todos):",
    )
    .replace("    if   primero_de_todos :", "    if primero_de_todos:")
    .replace("            print()\n            <<", "        print()\n        <<")
    .replace("print( y )", "print(y)")
    .replace("    return   1", "    return 1")
    .replace("x  =  'uno'", 'x = "uno"')
    .replace("for  y in x :", "for y in x:")
    .replace("a,b  =  b,a", "a, b = b, a")
    .replace("print( 'hola' )", 'print("hola")')
    .replace("total  =  0", "total = 0")
    .replace(
        f"{LARGO}\n```",
        "total = [\n    primero_de_todos,\n    segundo_de_todos,\n    tercero_de_todos,\n"
        "    cuarto,\n    quinto,\n]\n```",
    )
)


@pytest.mark.parametrize("inicio", ["", "\ufeff"])
@pytest.mark.parametrize("fin", ["\n", "\r\n"])
def test_solo_cambia_el_codigo_y_queda_igual_la_segunda_vez(hacer_libro, fin, inicio):
    raiz = hacer_libro(uno=FEO)
    ruta = raiz / "libro/uno.qmd"
    otros = {r: r.read_bytes() for r in raiz.rglob("*.qmd") if r != ruta}
    ruta.write_bytes((inicio + FEO.replace("\n", fin)).encode())
    assert formatear.formatear(raiz) == ["libro/uno.qmd"]
    assert ruta.read_bytes().decode() == inicio + BONITO.replace("\n", fin)
    assert {r: r.read_bytes() for r in otros} == otros
    assert formatear.formatear(raiz) == []


def test_lo_extraido_sale_como_ruff_lo_quiere(hacer_libro):
    texto = FEO.replace("if  total :\n    <<lo", "<<lo").replace(LARGO, "total = 1", 1)
    raiz = hacer_libro(uno=texto.replace("def   f(", '"""A."""\n\n\ndef   f('))
    formatear.formatear(raiz)
    extraer(raiz)
    orden = [formatear.sys.executable, "-m", "ruff", "format", "--isolated", "--check"]
    orden += ["--config", "line-length=88", str(raiz / "codigo/a.py")]
    hecho = subprocess.run(orden, capture_output=True, encoding="utf-8")
    assert hecho.returncode == 0, hecho.stdout


def test_el_programa_sigue_siendo_el_mismo(hacer_libro):
    raiz = hacer_libro(uno=FEO)
    antes = {r: textos_de(suyos) for r, suyos in armar(raiz).items()}
    formatear.formatear(raiz)
    despues = {r: textos_de(suyos) for r, suyos in armar(raiz).items()}

    def sin_blancos(textos):
        return "".join("".join(textos[4:]).split()).replace("'", '"').replace(",]", "]")

    assert antes.keys() == despues.keys()
    for ruta, textos in antes.items():
        assert sin_blancos(textos) == sin_blancos(despues[ruta])


def test_ruff_corre_una_sola_vez_por_libro(hacer_libro, monkeypatch):
    veces, original = [], subprocess.run

    def contado(*a, **k):
        veces.append(a)
        return original(*a, **k)

    monkeypatch.setattr(formatear.subprocess, "run", contado)
    formatear.formatear(hacer_libro(uno=FEO))
    assert len(veces) == 1


def test_sin_ruff_se_dice_y_no_se_toca_nada(hacer_libro, monkeypatch, capsys):
    raiz = hacer_libro(uno=FEO)
    monkeypatch.setattr(formatear.sys, "executable", "false")
    with pytest.raises(ErrorDelLibro, match="Ruff no pudo correr"):
        formatear.formatear(raiz)
    assert principal(["--raiz", str(raiz), "formatear"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert (raiz / "libro/uno.qmd").read_text("utf-8") == FEO
