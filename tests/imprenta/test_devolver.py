"""Lo que se edita en ``codigo/`` regresa a sus capítulos, o se dice por qué no se puede."""

import io
import subprocess
import sys

import pytest

from imprenta.__main__ import principal
from imprenta.extraer import extraer
from tests.conftest import RAIZ

UNO = """\
# Uno {#sec-uno}

La `edad` de `saludar`: prosa que no se toca.

```{.python file=codigo/saludo.py}
NOMBRES = ["Tepic"]


def saludar(pueblo, edad):
    <<componer-el-saludo>>
    return saludo
```

```{python}
edad = 3
```

```{.python #componer-el-saludo}
total = edad + 1
if pueblo:
    <<decir-su-nombre>>
```

```{.python #decir-su-nombre}
saludo = f"Hola, {pueblo}"
```

```{.python file=codigo/saludo.py}
def despedir(pueblo, edad):
    adios = "Adiós"

    return adios, edad
```
"""

DOS = """\
# Dos {#sec-dos}

```{.python file=codigo/otro.py}
from codigo.saludo import saludar

<<decir-dos-veces>>
edad = 4
print(saludar("Tepic", edad))
```

```{.python file=codigo/mas.py}
def mas():
    <<decir-dos-veces>>
    return 1
```

```{.python #decir-dos-veces}
print("una")
print("otra")
```
"""


@pytest.fixture
def libro(hacer_libro):
    raiz = hacer_libro(uno=UNO, dos=DOS)
    extraer(raiz)
    return raiz


def editar(raiz, archivo, *pares):
    ruta = raiz / "codigo" / archivo
    texto = ruta.read_bytes().decode()
    for viejo, nuevo in pares:
        assert viejo in texto
        texto = texto.replace(viejo, nuevo)
    ruta.write_bytes(texto.encode())
    return texto


def correr(raiz, *mas):
    return principal(["--raiz", str(raiz), "devolver", *mas])


def capitulos(raiz):
    return {r.name: r.read_bytes() for r in sorted((raiz / "libro").glob("*.qmd"))}


def sin_huella(texto):
    return [r for r in texto.split("\n") if not r.startswith("# Huella")]


def test_si_nada_se_edito_lo_dice(libro, capsys):
    antes = capitulos(libro)
    assert correr(libro) == 0
    assert "No hay nada que devolver" in capsys.readouterr().out
    assert capitulos(libro) == antes


# Lo que se hace en codigo/saludo.py → lo que cambia en el capítulo
EDICIONES = {
    "un renglón": [('f"Hola, ', 'f"Buenas, ')],
    "un renglón más": [
        ("    total = edad + 1\n", "    total = edad + 1\n    edad = 0\n")
    ],
    "un renglón al principio de un trozo": [
        ("    total = edad", "    print(edad)\n    total = edad")
    ],
    "un renglón menos": [("    total = edad + 1\n", "")],
    "un renglón en blanco menos": [('"Adiós"\n\n', '"Adiós"\n')],
    "dos renglones en lugar de uno": [
        ("    total = edad + 1\n", "    total = edad\n    total += 1\n")
    ],
    "uno en lugar de dos": [
        ('    adios = "Adiós"\n\n    return adios, edad', '    return "Adiós", edad')
    ],
    "un nombre, en todas partes": [("edad", "anios"), ("pueblo", "lugar")],
    "más renglones al final del archivo": [
        ("adios, edad\n", "adios, edad\n\n\ndef nada():\n    pass\n")
    ],
}


@pytest.mark.parametrize("edicion", EDICIONES)
@pytest.mark.parametrize("fin", ["\n", "\r\n"])
def test_lo_editado_regresa_a_su_capitulo(libro, edicion, fin, capsys):
    crudo = UNO.replace("\n", fin).encode()
    (libro / "libro/uno.qmd").write_bytes(crudo)
    editado = editar(libro, "saludo.py", *EDICIONES[edicion])
    assert correr(libro, "--si") == 0
    assert "Se devolvió a libro/uno.qmd" in capsys.readouterr().out
    nuevo = (libro / "libro/uno.qmd").read_bytes().decode()
    esperado = "\n".join(nuevo.split(fin))
    assert nuevo.count("\n") == nuevo.count(fin)
    assert "La `edad` de `saludar`: prosa que no se toca." in nuevo
    assert f"```{{python}}{fin}edad = 3{fin}```" in nuevo
    for viejo, puesto in EDICIONES[edicion]:
        if edicion == "un nombre, en todas partes":
            assert esperado.count(puesto) == editado.count(puesto) > 3
        else:
            assert puesto.strip().split("\n")[0] in esperado
            assert viejo not in esperado or viejo in puesto
    ahora = (libro / "codigo/saludo.py").read_text("utf-8")
    assert sin_huella(ahora) == sin_huella(editado)
    assert principal(["--raiz", str(libro), "extraer", "--revisa"]) == 0


def test_un_nombre_cambia_en_varios_archivos_y_capitulos(libro):
    editar(libro, "saludo.py", ("saludar", "presentar"))
    editar(libro, "otro.py", ("saludar", "presentar"))
    assert correr(libro, "--si") == 0
    hecho = capitulos(libro)
    assert hecho["uno.qmd"].decode() == UNO.replace("def saludar", "def presentar")
    assert hecho["dos.qmd"].decode() == DOS.replace("saludar", "presentar")


def test_el_mismo_trozo_editado_igual_en_sus_dos_lugares(libro):
    for archivo in ("otro.py", "mas.py"):
        editar(libro, archivo, ('print("una")', 'print("1")'))
    assert correr(libro, "--si") == 0
    esperado = DOS.replace('print("una")', 'print("1")')
    assert capitulos(libro)["dos.qmd"].decode() == esperado


def test_antes_de_escribir_se_ve_la_diferencia_y_se_pregunta(
    libro, capsys, monkeypatch
):
    antes, codigo = capitulos(libro), editar(libro, "saludo.py", ("Hola", "Buenas"))

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for contesta in ("n\n", "\n", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(contesta))
        assert correr(libro) == 1
        salida = capsys.readouterr()
        assert (
            '-saludo = f"Hola, {pueblo}"\n+saludo = f"Buenas, {pueblo}"' in salida.out
        )
        assert "--- libro/uno.qmd\n+++ libro/uno.qmd\n@@ " in salida.out
        assert salida.out.endswith("¿Lo escribo? [s/N] ")
        assert salida.err == "no se escribió nada\n"
        assert capitulos(libro) == antes
        assert (libro / "codigo/saludo.py").read_text("utf-8") == codigo
    monkeypatch.setattr(sys, "stdin", Terminal("sí\n"))
    assert correr(libro) == 0
    assert b"Buenas" in capitulos(libro)["uno.qmd"]


def test_sin_terminal_y_sin_si_solo_muestra(libro):
    antes = capitulos(libro)
    editar(libro, "saludo.py", ("Hola", "Buenas"))
    orden = [sys.executable, "-m", "imprenta", "--raiz", str(libro), "devolver"]
    hecho = subprocess.run(
        orden, cwd=RAIZ, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    assert hecho.returncode == 1 and "+saludo = " in hecho.stdout
    assert hecho.stderr.startswith("no se escribió nada: sin una terminal")
    assert hecho.stderr.count("\n") == 1 and capitulos(libro) == antes


SIN_LUGAR = {  # el archivo, lo que se edita en él, y la frase
    "el aviso del principio": (
        "saludo.py",
        ("No se edita a mano", "Se edita"),
        "codigo/saludo.py:2: este renglón lo puso el extractor",
    ),
    "la nota de un trozo": (
        "saludo.py",
        ("# ⟨componer el saludo⟩", "# hola"),
        "codigo/saludo.py:9: este renglón lo puso el extractor",
    ),
    "un renglón entre dos trozos del archivo": (
        "saludo.py",
        ("return saludo\n\n\n", "return saludo\n\n"),
        "codigo/saludo.py:16: esto no cae dentro de ningún trozo",
    ),
    "lo que abre o cierra": (
        "saludo.py",
        ('{pueblo}"\n', '{pueblo}"\n        print(saludo)\n'),
        "codigo/saludo.py:14: no se sabe si es de libro/uno.qmd:24 o de libro/uno.qmd:18",
    ),
    "lo que sale de su sangría": (
        "saludo.py",
        ("    total = edad + 1\n", "total = edad + 1\n"),
        "codigo/saludo.py:10: se sale de la sangría de su trozo, libro/uno.qmd:19",
    ),
    "una sola copia": (
        "otro.py",
        ('print("una")', 'print("1")'),
        "codigo/otro.py:8: es del mismo trozo que codigo/mas.py:7, y no se editaron igual",
    ),
    "una sola copia que pierde un renglón": (
        "mas.py",
        ('    print("una")\n', ""),
        "codigo/mas.py:7: es del mismo trozo que codigo/otro.py:8",
    ),
    "una cerca": (
        "saludo.py",
        ("    adios = ", '    """\n```\n    """\n    adios = '),
        "lo editado no se puede escribir en su capítulo",
    ),
    "una referencia": (
        "saludo.py",
        ("    total = edad + 1\n", "    <<decir-su-nombre>>\n"),
        "no hay cómo escribir esto en su capítulo",
    ),
    "sin el renglón del final": (
        "saludo.py",
        ("    return adios, edad\n", "    return adios, edad"),
        "codigo/saludo.py:21: esto no cae dentro",
    ),
}


@pytest.mark.parametrize("caso", SIN_LUGAR)
def test_lo_que_no_tiene_un_solo_lugar_no_se_escribe(libro, caso, capsys):
    antes = capitulos(libro)
    archivo, par, frase = SIN_LUGAR[caso]
    editado = editar(libro, archivo, par)
    assert correr(libro, "--si") == 1
    dicho = capsys.readouterr().err
    assert frase in dicho and dicho.count("\n") == 1, dicho
    assert capitulos(libro) == antes
    assert (libro / "codigo" / archivo).read_text("utf-8") == editado


def test_dos_copias_editadas_distinto(libro, capsys):
    editar(libro, "otro.py", ('print("una")', 'print("1")'))
    editar(libro, "mas.py", ('print("una")', 'print("I")'))
    assert correr(libro, "--si") == 1
    assert "no se editaron igual" in capsys.readouterr().err


def test_los_archivos_nuevos_y_los_que_faltan(libro, capsys):
    (libro / "codigo/nuevo.py").write_text("x = 1\n", "utf-8")
    assert correr(libro, "--si") == 1
    assert "codigo/nuevo.py:1: ningún capítulo define" in capsys.readouterr().err
    (libro / "codigo/nuevo.py").unlink()
    (libro / "codigo/mas.py").unlink()
    assert correr(libro, "--si") == 1
    assert capsys.readouterr().err.startswith("codigo/mas.py: falta;")


def test_si_el_capitulo_tambien_cambio_no_se_escoge(libro, capsys):
    editar(libro, "saludo.py", ("Hola", "Buenas"))
    ruta = libro / "libro/uno.qmd"
    ruta.write_text(UNO.replace("Adiós", "Abur"), "utf-8")
    antes = capitulos(libro)
    assert correr(libro, "--si") == 1
    assert "su capítulo cambió desde que se extrajo" in capsys.readouterr().err
    assert capitulos(libro) == antes


def test_la_revision_dice_como_devolverlo(libro, capsys):
    editar(libro, "saludo.py", ("Hola", "Buenas"))
    for orden in (["extraer"], ["extraer", "--revisa"]):
        assert principal(["--raiz", str(libro), *orden]) == 1
        assert (
            "«python -m imprenta devolver» lleva el cambio" in capsys.readouterr().err
        )
