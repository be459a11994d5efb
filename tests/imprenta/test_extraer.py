import json
import subprocess
import sys
from statistics import median

import pytest

from imprenta.__main__ import principal
from imprenta.errores import Errores
from imprenta.extraer import (
    armar,
    extraer,
    leer_trozos,
    textos_de,
)
from imprenta.fuentes import rutas_de_capitulos
from imprenta.indice import leer_libro
from imprenta.trozos import destinos, escribir_fichas
from tests.conftest import RAIZ

BUENO = """\
# Uno {#sec-uno}

```{.python file=codigo/saludo.py}
def saludar(pueblo):
    <<componer-el-saludo>>
    return saludo
```

Una explicación.

```{.python #componer-el-saludo}
if pueblo:
    <<decir-su-nombre>>
```

```{.python #decir-su-nombre titulo="decir su nombre"}
saludo = f"Hola, {pueblo}"
```
"""

CONTINUACION = """\
# Dos {#sec-dos}

```{.python #componer-el-saludo}
else:
    saludo = "Hola"
```

```{.python file=codigo/saludo.py}
SALUDO = saludar("Tepic")
```
"""


def correr(raiz, *argumentos):
    return principal(["--raiz", str(raiz), *argumentos])


def arbol(raiz):
    return {
        ruta.relative_to(raiz).as_posix(): (ruta.read_bytes(), ruta.stat().st_mtime_ns)
        for ruta in (raiz / "codigo").rglob("*")
        if ruta.is_file()
    }


def fichas_de(raiz, capitulo):
    escribir_fichas(raiz)
    return json.loads((raiz / f".cache/trozos/{capitulo}.json").read_text("utf-8"))


def test_expande_con_sangria_y_en_el_orden_del_libro(hacer_libro):
    raiz = hacer_libro(uno=BUENO, dos=CONTINUACION)
    assert correr(raiz, "extraer") == 0
    texto = (raiz / "codigo/saludo.py").read_text(encoding="utf-8")
    banner, _, cuerpo = texto.partition("\n\n")
    assert "libro/uno.qmd" in banner
    assert "libro/dos.qmd" in banner
    assert "python -m imprenta extraer" in banner
    assert cuerpo == (
        "def saludar(pueblo):\n"
        "    # ⟨componer el saludo⟩\n"
        "    if pueblo:\n"
        "        # ⟨decir su nombre⟩\n"
        '        saludo = f"Hola, {pueblo}"\n'
        "    else:\n"
        '        saludo = "Hola"\n'
        "    return saludo\n"
        "\n\n"
        'SALUDO = saludar("Tepic")\n'
    )
    ejecutado: dict[str, object] = {}
    exec(texto, ejecutado)
    assert ejecutado["SALUDO"] == "Hola, Tepic"


SIGUEN = {  # cómo empieza lo que continúa un trozo → cuántos renglones en blanco lleva antes
    "from math import tau": 0,
    "lugar,": 0,
    "# una nota": 0,
    "definir = 1": 0,
    "classes = 1": 0,
    "def f(): ...": 1,
    "async def f(): ...": 1,
    "class C: ...": 1,
    "@property": 1,
    "\n\n@property": 1,
}


@pytest.mark.parametrize("sigue", SIGUEN)
def test_solo_las_definiciones_se_separan_de_lo_que_continuan(hacer_libro, sigue):
    otra = f"```{{.python #trozo}}\n{sigue}\n```\n"
    raiz = hacer_libro(
        uno="```{.python file=codigo/a.py}\n    <<trozo>>\n```\n"
        f"```{{.python #trozo}}\na = 1\n```\n{otra}",
        dos=otra,
    )
    textos = textos_de(armar(raiz)["codigo/a.py"])[5:]
    blancos = [""] * SIGUEN[sigue]
    propios = [f"    {texto}".rstrip() for texto in sigue.split("\n")]
    debidos = ["    # ⟨trozo⟩", "    a = 1", *2 * [*blancos, *propios]]
    assert textos == debidos


def test_lo_que_continua_un_archivo_o_un_guion_se_separa_como_siempre(hacer_libro):
    raiz = hacer_libro(
        uno="```{.python file=codigo/a.py}\na = 1\n```\n"
        "```{.python file=codigo/a.py}\nb = 2\n```\n"
        "```{.javascript file=codigo/a.js}\n<<trozo>>\n```\n"
        "```{.javascript #trozo}\na;\n```\n```{.javascript #trozo}\nb;\n```\n"
    )
    textos = {r: textos_de(suyos) for r, suyos in armar(raiz).items()}
    assert textos["codigo/a.py"][-4:] == ["a = 1", "", "", "b = 2"]
    assert textos["codigo/a.js"][-3:] == ["a;", "", "b;"]


def test_dice_que_renglones_ya_se_conocian(hacer_libro):
    raiz = hacer_libro(
        uno="```{.python file=codigo/a.py}\n<<uno>>\n<<otro>>\n```\n"
        "```{.python #uno}\na = 1\n\nb = 2\n```\n"
        "```{.python #otro como=uno}\na = 1\n\nb = 3\n    a = 1\n```\n"
    )
    fichas = fichas_de(raiz, "uno")["trozos"]
    sabidos = {f["titulo"]: f["sabidos"] for f in fichas}
    assert sabidos == {"codigo/a.py": [], "uno": [], "otro": [1, 4]}
    uno = raiz / "libro/uno.qmd"
    uno.write_text(uno.read_text("utf-8").replace("como=uno", "como=dos"), "utf-8")
    with pytest.raises(Errores, match=r"uno\.qmd:10: no existe el trozo «dos»"):
        escribir_fichas(raiz)


def test_a_quien_incluye_dos_veces_no_se_le_nombra_dos_veces(hacer_libro):
    raiz = hacer_libro(
        uno="```{.python file=codigo/a.py}\n<<trozo>>\n```\n"
        "```{.python file=codigo/a.py}\n<<trozo>>\n```\n"
        "```{.python #trozo}\na = 1\n```\n"
    )
    usos = fichas_de(raiz, "uno")["trozos"][-1]["usos"]
    assert [uso["texto"] for uso in usos] == ["1.1", "1.2"]
    assert usos[0]["url"] != usos[1]["url"]


def test_el_mapa_no_nombra_archivos_que_todavia_no_nacen(hacer_libro):
    raiz = hacer_libro(
        uno="```{.python file=codigo/a.py}\n<<trozo>>\n```\n"
        "```{.python #trozo}\na = 1\n```\n",
        dos="```{.python file=codigo/b.py}\n<<trozo>>\nb = 2\n```\n"
        "```{.python #trozo}\na = 2\n```\n",
    )
    uno, dos = (
        [(f["archivo"]["texto"], f["nuevo"], f["renglones"]) for f in suyo["mapa"]]
        for suyo in (fichas_de(raiz, "uno"), fichas_de(raiz, "dos"))
    )
    assert uno == [("codigo/a.py", True, 1)]
    assert sorted(dos) == [
        ("codigo/a.py", False, 1),
        ("codigo/b.py", True, 2),
    ]


def test_el_javascript_lleva_sus_comentarios(hacer_libro):
    raiz = hacer_libro(
        uno="```{.javascript file=codigo/red.js}\n<<el-paso>>\n```\n"
        "```{.javascript #el-paso}\nconst paso = 1;\n```\n"
    )
    assert correr(raiz, "extraer") == 0
    archivo = raiz / "codigo/red.js"
    lineas = archivo.read_text("utf-8").splitlines()
    assert lineas[0] == "// Extraído de libro/uno.qmd"
    assert lineas[-2:] == ["// ⟨el paso⟩", "const paso = 1;"]
    assert not any(linea.startswith("#") for linea in lineas)
    archivo.write_text("const paso = 2;\n", "utf-8")
    assert correr(raiz, "extraer") == 1


def test_una_segunda_vez_no_cambia_nada(hacer_libro, capsys):
    raiz = hacer_libro(uno=BUENO)
    assert correr(raiz, "extraer") == 0
    antes = arbol(raiz)
    capsys.readouterr()
    assert correr(raiz, "extraer") == 0
    assert capsys.readouterr().out == ""
    assert arbol(raiz) == antes


def test_revisa_no_escribe_y_avisa_de_lo_que_falta(hacer_libro, capsys):
    raiz = hacer_libro(uno=BUENO)
    assert correr(raiz, "extraer", "--revisa") == 1
    assert (
        "codigo/saludo.py: falta; lo define libro/uno.qmd:3" in capsys.readouterr().err
    )
    assert arbol(raiz) == {}


ERRORES = {
    "referencia que no existe": (
        BUENO.replace("<<decir-su-nombre>>", "<<decir-otra-cosa>>"),
        "libro/uno.qmd:13: no existe el trozo «decir-otra-cosa»",
    ),
    "ciclo": (
        BUENO.replace('saludo = f"Hola, {pueblo}"', "<<componer-el-saludo>>"),
        "libro/uno.qmd:17: los trozos forman un ciclo",
    ),
    "ciclo que no cuelga de ningún archivo": (
        BUENO + "\n```{.python #a}\n<<b>>\n```\n\n```{.python #b}\n<<a>>\n```\n",
        "los trozos forman un ciclo: a → b → a",
    ),
    "trozo que nadie usa": (
        BUENO + "\n```{.python #sobrante}\nx = 1\n```\n",
        "libro/uno.qmd:20: nadie usa el trozo «sobrante»",
    ),
    "nombre que no es ASCII": (
        BUENO.replace("componer-el-saludo", "componer-él-saludo"),
        "libro/uno.qmd:11: el nombre de trozo «componer-él-saludo» debe llevar solo",
    ),
    "título que no corresponde": (
        BUENO.replace('titulo="decir su nombre"', 'titulo="decir su edad"'),
        "libro/uno.qmd:16: el título «decir su edad» no corresponde",
    ),
    "nombre que parece etiqueta": (
        BUENO.replace("decir-su-nombre", "fig-nombre").replace(
            '"decir su nombre"', '"fig nombre"'
        ),
        "libro/uno.qmd:16: el trozo «fig-nombre» empieza como etiqueta",
    ),
    "dos trozos para un archivo": (
        BUENO.replace("{.python file=", "{.python #saludar file=")
        + "\n```{.python #otro file=codigo/saludo.py}\nx = 1\n```\n",
        "libro/uno.qmd:20: los trozos «saludar» y «otro» quieren escribir",
    ),
    "un trozo para dos archivos": (
        BUENO.replace("{.python file=", "{.python #saludar file=")
        + "\n```{.python #saludar file=codigo/otro.py}\nx = 1\n```\n",
        "libro/uno.qmd:20: el trozo «saludar» ya se escribe en codigo/saludo.py",
    ),
    "bloque sin cerrar": (
        BUENO.removesuffix("```\n"),
        "libro/uno.qmd:16: este bloque de código no se cierra",
    ),
    "referencia a media línea": (
        BUENO.replace("    return saludo", "    return saludo  # <<decir-su-nombre>>"),
        "libro/uno.qmd:6: la referencia a un trozo debe ir sola",
    ),
    "destino fuera de codigo": (
        BUENO.replace("file=codigo/saludo.py", "file=data/saludo.py"),
        "libro/uno.qmd:3: el destino «data/saludo.py» está fuera de codigo/",
    ),
    "bloque que se come al siguiente": (
        BUENO.replace("    return saludo\n```\n", "    return saludo\n"),
        "libro/uno.qmd:3: este bloque de código no se cierra",
    ),
    "referencia con espacios": (
        BUENO.replace("<<decir-su-nombre>>", "<<decir su nombre>>"),
        "libro/uno.qmd:13: no existe el trozo «decir su nombre»",
    ),
    "destino vacío": (
        BUENO.replace("file=codigo/saludo.py", "file="),
        "libro/uno.qmd:3: el destino «» está fuera",
    ),
    "destino con rodeos": (
        BUENO.replace("file=codigo/saludo.py", "file=codigo/./saludo.py"),
        "libro/uno.qmd:3: el destino «codigo/./saludo.py» está fuera",
    ),
    "trozo dentro de un comentario": (
        BUENO + "\n<!--\n```{.python #oculto}\nx = 1\n```\n-->\n",
        "libro/uno.qmd:21: hay un bloque de código dentro de un comentario",
    ),
    "destino que se escapa": (
        BUENO.replace("file=codigo/saludo.py", "file=codigo/../saludo.py"),
        "libro/uno.qmd:3: el destino «codigo/../saludo.py» está fuera de codigo/",
    ),
}


@pytest.mark.parametrize("caso", ERRORES)
def test_los_errores_dicen_donde_y_no_escriben_nada(hacer_libro, capsys, caso):
    texto, mensaje = ERRORES[caso]
    raiz = hacer_libro(uno=BUENO)
    assert correr(raiz, "extraer") == 0
    antes = arbol(raiz)
    hacer_libro(uno=texto)
    for orden in (["extraer"], ["extraer", "--revisa"]):
        assert correr(raiz, *orden) == 1
        assert mensaje in capsys.readouterr().err
    assert arbol(raiz) == antes


def test_un_archivo_editado_a_mano_no_se_pisa(hacer_libro, capsys):
    raiz = hacer_libro(uno=BUENO)
    correr(raiz, "extraer")
    ruta = raiz / "codigo/saludo.py"
    ruta.write_text(
        ruta.read_text(encoding="utf-8").replace("Hola", "Adiós"), encoding="utf-8"
    )
    editado = arbol(raiz)
    hacer_libro(uno=BUENO.replace("return saludo", "return saludo + '!'"))
    assert correr(raiz, "extraer") == 1
    error = capsys.readouterr().err
    lugar = "codigo/saludo.py:9: se editó a mano y no coincide con libro/uno.qmd:17"
    assert f"{lugar}; «python -m imprenta devolver» lleva el cambio" in error
    assert arbol(raiz) == editado


def test_otros_finales_de_renglon_no_son_una_edicion(hacer_libro, capsys):
    raiz = hacer_libro(uno=BUENO)
    assert correr(raiz, "extraer") == 0
    ruta = raiz / "codigo/saludo.py"
    ruta.write_bytes((debido := ruta.read_bytes()).replace(b"\n", b"\r\n"))
    assert correr(raiz, "extraer", "--revisa") == 1
    dicho = capsys.readouterr().err
    assert dicho.startswith("codigo/saludo.py: dice lo debido, con finales de renglón")
    assert correr(raiz, "extraer") == 0 and ruta.read_bytes() == debido
    ruta.write_bytes(debido.replace(b"\n", b"\r\n").replace(b"Hola", b"Buenas"))
    assert correr(raiz, "extraer") == 1
    assert "se editó a mano" in capsys.readouterr().err
    assert correr(raiz, "devolver", "--si") == 0
    assert "Buenas" in (raiz / "libro/uno.qmd").read_text("utf-8")


def test_un_archivo_huerfano_es_un_error(hacer_libro, capsys):
    raiz = hacer_libro(uno=BUENO)
    correr(raiz, "extraer")
    (raiz / "codigo/suelto.py").write_text("x = 1\n", encoding="utf-8")
    for orden in (["extraer"], ["extraer", "--revisa"]):
        assert correr(raiz, *orden) == 1
        assert "codigo/suelto.py:1: ningún capítulo define" in capsys.readouterr().err


def test_cambiar_el_capitulo_reescribe_lo_extraido(hacer_libro):
    raiz = hacer_libro(uno=BUENO)
    extraer(raiz)
    hacer_libro(uno=BUENO.replace("Hola", "Buenas"))
    assert extraer(raiz) == ["codigo/saludo.py"]
    assert "Buenas" in (raiz / "codigo/saludo.py").read_text(encoding="utf-8")


def test_si_no_se_puede_escribir_todo_no_cambia_nada(hacer_libro, monkeypatch):
    otro = "\n```{.python file=codigo/otro.py}\nx = 1\n```\n"
    raiz = hacer_libro(uno=BUENO + otro)
    extraer(raiz)
    antes = arbol(raiz)
    hacer_libro(uno=BUENO.replace("Hola", "Buenas") + otro.replace("1", "2"))
    with monkeypatch.context() as parche:

        def se_llena(ruta, contenido):
            if ruta.name == "1":
                raise OSError("disco lleno")
            ruta.write_bytes(contenido)

        parche.setattr("imprenta.archivos.escribir", se_llena)
        with pytest.raises(OSError, match="disco lleno"):
            extraer(raiz)
    assert arbol(raiz) == antes
    assert extraer(raiz) == ["codigo/saludo.py", "codigo/otro.py"]


def test_cualquier_caracter_cambiado_en_codigo_se_nota(tmp_path, monkeypatch):
    """En el libro de verdad: un carácter de más o de menos en cada renglón, uno a la vez."""
    archivos = armar(RAIZ)
    monkeypatch.setattr("imprenta.extraer.armar", lambda _: archivos)
    for ruta, renglones in archivos.items():
        (tmp_path / ruta).parent.mkdir(exist_ok=True)
        texto = "\n".join([*textos_de(renglones), ""])
        (tmp_path / ruta).write_text(texto, encoding="utf-8", newline="\n")
    extraer(tmp_path, revisa=True)
    original = (tmp_path / "codigo/rnn.py").read_bytes()
    lineas = original.count(b"\n")
    for posicion in range(0, len(original), 37):
        cambiado = original[:posicion] + b"@" + original[posicion + 1 :]
        if cambiado == original:
            continue
        (tmp_path / "codigo/rnn.py").write_bytes(cambiado)
        with pytest.raises(
            Errores, match=r"codigo/rnn\.py:\d+: .*no coincide con libro/"
        ):
            extraer(tmp_path, revisa=True)
    for sobra in (b"\n", b" ", b"x = 1\n"):
        (tmp_path / "codigo/rnn.py").write_bytes(original + sobra)
        with pytest.raises(
            Errores, match=rf"codigo/rnn\.py:({lineas + 1}|{lineas + 2}):"
        ):
            extraer(tmp_path, revisa=True)


def test_el_codigo_del_libro_coincide_con_sus_capitulos():
    orden = [sys.executable, "-m", "imprenta", "extraer", "--revisa"]
    proceso = subprocess.run(orden, cwd=RAIZ, capture_output=True, encoding="utf-8")
    assert proceso.returncode == 0, proceso.stderr


def test_los_capitulos_salen_en_el_orden_de_quarto():
    assert [
        entrada.ruta for entrada in leer_libro(RAIZ).entradas
    ] == rutas_de_capitulos(RAIZ)


def test_los_trozos_son_cortos():
    explicados, soluciones = [], []
    for trozo in leer_trozos(RAIZ).values():
        de_ejercicio = any("soluciones" in destino for destino in destinos(trozo))
        largos = [len(parte.lineas) for parte in trozo.partes]
        (soluciones if de_ejercicio else explicados).extend(largos)
    assert max(explicados + soluciones) <= 30
    assert median(explicados) <= 12
    assert median(soluciones) <= 15  # con los imports de cada capítulo
