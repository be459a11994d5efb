"""Lo que se le da mal al programa: cada entrada, su frase, su código de salida y nada perdido.

Casi todo corre dentro de este proceso; lo que necesita otro (Ctrl-C, el disco) está en
``test_interrupciones.py``.
"""

import io
import json
import os
import re
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codigo.__main__ import main
from codigo.datos import leer_nombres
from codigo.taller import lectura
from codigo.taller.archivos import cargar_arreglos, guardar_arreglos
from codigo.taller.lectura import MAX_LETRAS, leer_renglones, que_tiene_de_raro
from codigo.taller.modelos import cargar
from tests.conftest import RAIZ

NOMBRES = [f"Pueblo {a}{b}" for a in "abcde" for b in "ñóuxy"]
TEXTO = "\n".join(NOMBRES) + "\n"
RAPIDO = ("--neuronas", "3", "--epocas", "1")


def programa(capsys, monkeypatch, *argumentos):
    """Corre ``python -m codigo`` aquí mismo: código de salida, lo que escribió y lo que dijo."""
    monkeypatch.setattr(sys, "argv", ["codigo", *map(str, argumentos)])
    capsys.readouterr()
    codigo = main()
    return codigo, *capsys.readouterr()


def leer(ruta):
    return [nombre for _, nombre in leer_renglones(ruta)]


def arbol(carpeta):
    return {r.name: r.read_bytes() for r in carpeta.iterdir() if r.is_file()}


@pytest.fixture(scope="module")
def modelo(tmp_path_factory):
    """Un modelo de verdad, en bytes."""
    carpeta = tmp_path_factory.mktemp("modelo")
    (carpeta / "lista.txt").write_text(TEXTO, "utf-8")
    with pytest.MonkeyPatch.context() as cambio:
        lista, salida = str(carpeta / "lista.txt"), str(carpeta / "m.npz")
        cambio.setattr(
            sys, "argv", ["codigo", "entrenar", lista, "--salida", salida, *RAPIDO]
        )
        assert main() == 0
    return (carpeta / "m.npz").read_bytes()


@pytest.fixture
def carpeta(tmp_path, monkeypatch, modelo):
    """Una carpeta con una lista y un modelo buenos, donde corre el programa."""
    (tmp_path / "lista.txt").write_text(TEXTO, "utf-8")
    (tmp_path / "m.npz").write_bytes(modelo)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- Listas ------------------------------------------------------------------------------------

BUENAS = {  # lo que trae el archivo → los nombres que se entienden
    "marca al principio": (b"\xef\xbb\xbf" + TEXTO.encode(), NOMBRES),
    "renglones de Windows": (TEXTO.replace("\n", "\r\n").encode(), NOMBRES),
    "renglones vacíos": (("\n\n" + TEXTO + " \n\t\n").encode(), NOMBRES),
    "sin salto al final": (TEXTO.strip().encode(), NOMBRES),
    "espacios en las orillas": (TEXTO.replace("\n", " \t\n  ").encode(), NOMBRES),
    "emojis": (
        TEXTO.replace("Pueblo", "🏜️👩‍🌾").encode(),
        [n.replace("Pueblo", "🏜️👩‍🌾") for n in NOMBRES],
    ),
    "de una letra": ("\n".join("abcdefghijklmnñopqrstuv").encode(), None),
    "de ochenta letras": (
        "".join(f"{'ñ' * 79}{letra}\n" for letra in "abcdefghijklmnopqrst").encode(),
        None,
    ),
}


@pytest.mark.parametrize("caso", BUENAS)
def test_las_listas_que_se_aceptan(caso, carpeta, capsys, monkeypatch):
    contenido, nombres = BUENAS[caso]
    (carpeta / "suya.txt").write_bytes(contenido)
    assert leer(carpeta / "suya.txt") == (nombres or contenido.decode().split())
    assert leer_nombres(carpeta / "suya.txt") == leer(carpeta / "suya.txt")
    codigo, _, dicho = programa(
        capsys, monkeypatch, "entrenar", "suya.txt", "--salida", "otro.npz", *RAPIDO
    )
    assert codigo == 0 and "nats por símbolo en validación" in dicho
    assert re.match(r"suya\.txt: \d+ nombres, \d+ distintos\n", dicho), "avisó de algo"
    assert sorted(arbol(carpeta)) == ["lista.txt", "m.npz", "otro.npz", "suya.txt"]
    codigo, escrito, _ = programa(
        capsys, monkeypatch, "generar", "otro.npz", "-n", 3, "--maximo", 500
    )
    assert codigo == 0 and max(map(len, escrito.splitlines())) <= 500


LARGO = "a" * (MAX_LETRAS + 1)
MALAS = {  # lo que trae el archivo → la frase
    "vacía": (b"", "suya.txt: nombres distintos: 0; hacen falta 20"),
    "puros renglones vacíos": (b"\r\n \n\t\n", "nombres distintos: 0"),
    "un solo nombre": (b"Tepic\n" * 30, "nombres distintos: 1; hacen falta 20"),
    "una sola letra": (b"a", "nombres distintos: 1; hacen falta 20"),
    "Latin-1": (
        TEXTO.encode("latin-1"),
        "suya.txt, renglón 1: no está en UTF-8, parece Windows-1252; guárdalo en UTF-8, "
        "o di en cuál con --codificacion cp1252",
    ),
    "en ruso de Windows": (
        "Москва\n".encode("cp1251"),
        "renglón 1: no está en UTF-8; guárdalo en UTF-8, o di en cuál con --codific",
    ),
    "UTF-16": (TEXTO.encode("utf-16"), "renglón 1: el archivo está en UTF-16;"),
    "UTF-16 al revés": (b"\xfe\xff" + TEXTO.encode("utf-16-be"), "está en UTF-16;"),
    "UTF-16 sin marca": (
        TEXTO.encode("utf-16-le"),
        "no es texto, o está en UTF-16 (entonces, guárdalo en UTF-8)",
    ),
    "una hoja de cálculo": (b"PK\x03\x04" + bytes(60), "un modelo, un .xlsx o un .zip"),
    "un ejecutable": (b"\x7fELF\x02\x01\x01" + bytes(60), "renglón 1: tiene bytes nul"),
    "una imagen": (b"\x89PNG\r\n\x1a\n" + bytes(60), "renglón 1: no está en UTF-8"),
    "una tabla": (
        (TEXTO + "Jalisco\tTequila\n").encode(),
        "suya.txt, renglón 26: tiene un tabulador; si es una tabla, escoge con --col",
    ),
    "una tabla con comas": (
        "".join(f'"{n}","a, b",3\n' for n in NOMBRES).encode(),
        "suya.txt: parece una tabla separada con «,»; si es una tabla, escoge con --c",
    ),
    "una tabla con punto y coma": (
        "".join(f"{n};;3\n" for n in ("nombre", *NOMBRES)).encode(),
        "suya.txt: parece una tabla separada con «;»; si es una tabla, escoge con --c",
    ),
    "entre comillas": (
        "".join(f'"{n}"\n' for n in NOMBRES).encode(),
        "suya.txt: todos los nombres van entre comillas; si es una tabla, escoge",
    ),
    "JSON": (
        json.dumps(NOMBRES, indent=1).encode(),
        "suya.txt: parece JSON; hace falta un nombre por renglón",
    ),
    "un carácter de control": (
        ("Ucú\nPe\x1b[31mñón\n" + TEXTO).encode(),
        "suya.txt, renglón 2: tiene el carácter de control U+001B",
    ),
    "renglones de otro siglo": (TEXTO.replace("\n", "\r").encode(), "control U+000D"),
    "otra marca de renglón": (TEXTO.replace("\n", "\u2028").encode(), "U+2028"),
    "un nombre larguísimo": ((TEXTO + LARGO).encode(), "renglón 26: pasa de 1000 letr"),
    "un renglón sin fin": (b"x" * 10**6, "renglón 1: pasa de 1000 letras"),
}


@pytest.mark.parametrize("orden", ["entrenar", "buscar", "evaluar"])
@pytest.mark.parametrize("caso", MALAS)
def test_las_listas_que_se_rechazan(caso, orden, carpeta, capsys, monkeypatch):
    contenido, frase = MALAS[caso]
    if orden == "evaluar" and "distintos: 1" in frase:
        return  # un solo nombre sí se puede evaluar
    (carpeta / "suya.txt").write_bytes(contenido)
    antes = arbol(carpeta)
    argumentos = {
        "entrenar": ("suya.txt",),
        "buscar": ("suya.txt", "--salida", "tabla.csv"),
        "evaluar": ("m.npz", "suya.txt"),
    }
    codigo, escrito, dicho = programa(capsys, monkeypatch, orden, *argumentos[orden])
    assert (codigo, escrito) == (1, "")
    assert dicho.startswith("error: suya.txt") and dicho.count("\n") == 1
    assert frase.replace("falta 20", "falta") in dicho.replace("falta 20", "falta")
    assert arbol(carpeta) == antes, "perdió algo o lo dejó a medias"


RARAS = {  # lo que trae el archivo → lo que se avisa de él; el modelo se hace
    "dos archivos pegados": (
        (TEXTO + "\ufeff" + TEXTO).encode(),
        "suya.txt, renglón 26: tiene U+FEFF, que no se ve",
    ),
    "letras perdidas": (
        (TEXTO + "Pe\ufffdón\nÑu\ufffd\n").encode(),
        "suya.txt, renglón 26 (y 1 otro así): tiene U+FFFD, que fue una letra",
    ),
    "mal leída": (
        (TEXTO + "Cancún".encode().decode("cp1252")).encode(),
        "suya.txt, renglón 26: es UTF-8 leído como Windows-1252, como «Ã©» por «é»",
    ),
    "un espacio de ancho cero": (
        (TEXTO + "San\u200bJuan\n").encode(),
        "suya.txt, renglón 26: tiene U+200B, que no se ve",
    ),
    "un guion invisible": (
        (TEXTO + "San\xadJuan\n").encode(),
        "suya.txt, renglón 26: tiene U+00AD, que no se ve",
    ),
    "espacios que no se cortan": (
        TEXTO.replace(" ", "\xa0").encode(),
        "suya.txt, renglón 1 (y 24 otros así): tiene U+00A0, que no se ve",
    ),
    "con título": (
        ("Nombre\n" + TEXTO).encode(),
        "suya.txt, renglón 1: «Nombre» parece un título; con --columna Nombre se salta",
    ),
    "de quinientas letras": (
        "".join(f"{'ñ' * 499}{letra}\n" for letra in "abcdefghijklmnopqrst").encode(),
        "suya.txt, renglón 1 (y 19 otros así): pasa de 80 letras, y generar corta ahí "
        "lo que inventa si no se le da otro --maximo",
    ),
    "con repetidos": (
        (TEXTO + "Pueblo añ\n").encode(),
        "suya.txt: 26 nombres, 25 distintos",
    ),
    "los acentos en dos pedazos": (
        TEXTO.replace("ñ", "n\u0303").encode(),
        "suya.txt: nombres con la letra y su acento por separado: 5; se juntaron",
    ),
}


@pytest.mark.parametrize("caso", RARAS)
def test_lo_raro_de_una_lista_se_avisa(caso, carpeta, capsys, monkeypatch):
    contenido, frase = RARAS[caso]
    (carpeta / "suya.txt").write_bytes(contenido)
    codigo, _, dicho = programa(
        capsys, monkeypatch, "entrenar", "suya.txt", "--salida", "otro.npz", *RAPIDO
    )
    assert codigo == 0 and f"{frase}\n" in dicho
    assert cargar(carpeta / "otro.npz")[1].simbolos.count("ñ") == 1


COLUMNAS = {  # lo que trae el archivo, las opciones; siempre salen los mismos nombres
    "por título": ("".join(f"3;{n}\n" for n in ("nombre", *NOMBRES)), "nombre"),
    "por número": ("".join(f'"{n}", "a, b"\n' for n in NOMBRES), "1"),
    "con tabuladores": ("".join(f"\t{n}\tx\n" for n in NOMBRES), "2"),
    "entre comillas": ("".join(f'"{n}"\n' for n in ("Nombre", *NOMBRES)), "Nombre"),
}


@pytest.mark.parametrize("codificacion", ["utf-8", "cp1252", "Latin-1"])
@pytest.mark.parametrize("caso", COLUMNAS)
def test_de_una_tabla_se_escoge_una_columna(
    caso, codificacion, carpeta, capsys, monkeypatch
):
    texto, columna = COLUMNAS[caso]
    (carpeta / "suya.txt").write_text(texto, codificacion)
    como = ("--columna", columna, "--codificacion", codificacion)
    pedido = ("entrenar", "suya.txt", *como, "--salida", "otro.npz", *RAPIDO)
    codigo, _, dicho = programa(capsys, monkeypatch, *pedido)
    assert codigo == 0 and "suya.txt: 25 nombres, 25 distintos\n" in dicho
    assert (carpeta / "otro.npz").read_bytes() == (carpeta / "m.npz").read_bytes()
    codigo, escrito, _ = programa(
        capsys, monkeypatch, "evaluar", "m.npz", "suya.txt", *como
    )
    assert (codigo, escrito.count("\n")) == (0, 2)


def test_un_guion_es_la_entrada_estandar(carpeta, capsys, monkeypatch):
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXTO.encode()), encoding="utf-8")
    )
    pedido = ("entrenar", "-", "--salida", "otro.npz", *RAPIDO)
    assert programa(capsys, monkeypatch, *pedido)[0] == 0
    assert (carpeta / "otro.npz").read_bytes() == (carpeta / "m.npz").read_bytes()


class SinFin(io.RawIOBase):
    """Un archivo de nombres que no se acaba; cuenta cuánto le leyeron."""

    leidos = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        trozo = (b"Tepic\n" * (len(buffer) // 6))[: len(buffer)]
        buffer[: len(trozo)] = trozo
        SinFin.leidos += len(trozo)
        return len(trozo)


def test_dos_millones_de_nombres_se_rechazan_sin_cargarlos(tmp_path, monkeypatch):
    class Ruta:
        def open(self, modo):
            return io.BufferedReader(SinFin())

        def __str__(self):
            return "millones.txt"

    monkeypatch.setattr(lectura, "MAX_NOMBRES", 3000)
    renglones = leer_renglones(Ruta())
    for _ in range(3000):
        next(renglones)
    with pytest.raises(ValueError, match=r"millones\.txt: pasa de 3000 nombres"):
        next(renglones)
    assert SinFin.leidos < 3001 * 6 + io.DEFAULT_BUFFER_SIZE


# --- Argumentos --------------------------------------------------------------------------------

ARGUMENTOS = {
    "nada": ("", "falta decir qué hacer"),
    "una orden que no hay": ("volar", "no existe la orden «volar»"),
    "sin lista": ("entrenar", "falta «lista»"),
    "una lista que no está": ("entrenar no-esta.txt", "no-esta.txt: no existe"),
    "una carpeta por lista": ("entrenar .", ".: es una carpeta"),
    "una lista dentro de otra": ("entrenar lista.txt/x", "hay un archivo donde"),
    "un nombre imposible": (f"entrenar {'x' * 300}", "el nombre es demasiado largo"),
    "una receta que no hay": ("entrenar lista.txt --red x", "no hay modelo «x»"),
    "cero épocas": ("entrenar lista.txt --epocas 0", "debe ser 1 o más"),
    "cero unidades": ("entrenar lista.txt --neuronas 0", "debe ser 1 o más"),
    "unidades de menos": ("entrenar lista.txt --neuronas -3", "debe ser 1 o más"),
    "unidades de más": ("entrenar lista.txt --neuronas 9999999", "debe ser 4096 o men"),
    "tasa cero": ("entrenar lista.txt --tasa 0", "mayor que cero, y es 0.0"),
    "tasa negativa": ("entrenar lista.txt --tasa -0.1", "mayor que cero, y es -0.1"),
    "tasa que no es número": (
        "entrenar lista.txt --tasa nan",
        "mayor que cero, y es n",
    ),
    "tasa infinita": ("entrenar lista.txt --tasa inf", "mayor que cero, y es inf"),
    "semilla negativa": ("entrenar lista.txt --semilla -1", "debe ser 0 o más"),
    "encima de la lista": ("entrenar lista.txt --salida lista.txt", "no sirve de sal"),
    "encima de la carpeta": ("entrenar lista.txt --salida .", "no sirve de salida"),
    "un archivo por carpeta": ("entrenar lista.txt --salida m.npz/x", "hay un archivo"),
    "nada que reanudar": ("entrenar lista.txt --reanudar", "no hay un entrenamiento"),
    "una bandera con valor": ("entrenar lista.txt --reanudar=3", "no lleva valor"),
    "un modelo que no está": ("generar no-esta.npz", "no-esta.npz: no existe"),
    "una carpeta por modelo": ("generar .", ".: es una carpeta"),
    "una lista por modelo": ("generar lista.txt", "está dañado o no es un .npz"),
    "cuántos, con letra": ("generar m.npz -n muchos", "debe ser un entero"),
    "cero nombres": ("generar m.npz -n 0", "debe ser 1 o más"),
    "temperatura cero": ("generar m.npz --temperatura 0", "mayor que cero, y es 0.0"),
    "temperatura negativa": (
        "generar m.npz --temperatura -1",
        "mayor que cero, y es -",
    ),
    "temperatura con coma": (
        "generar m.npz --temperatura 0,5",
        "debe ser un número, con punto decimal: 0.5",
    ),
    "temperatura NaN": ("generar m.npz --temperatura nan", "mayor que cero, y es nan"),
    "temperatura con letra": ("generar m.npz --temperatura x", "debe ser un número"),
    "largo cero": ("generar m.npz --maximo 0", "debe ser 1 o más"),
    "largo de más": ("generar m.npz --maximo 1001", "debe ser 1000 o menos"),
    "prefijo ajeno": ("generar m.npz --prefijo Ω", "el vocabulario no tiene «Ω»"),
    "prefijo sin sentido": (
        "generar m.npz --prefijo \udcff",
        "el vocabulario no tiene",
    ),
    "prefijo de más": ("generar m.npz --prefijo Pueblo --maximo 3", "pasa de 3 letras"),
    "prefijo de dos": ("generar m.npz --prefijo Pu --maximo 1", "pasa de 1 letra o"),
    "una opción que no hay": ("generar m.npz --raro", "no existe la opción «--raro»"),
    "un argumento de más": ("generar m.npz otro", "sobra «otro»"),
    "letras ajenas": ("evaluar m.npz ajena.txt", "ningún nombre se puede medir con m."),
    "una lista sin fin": (
        "evaluar m.npz /dev/full",
        "/dev/full, renglón 1: tiene bytes",
    ),
    "al revés": ("evaluar lista.txt m.npz", "van al revés: evaluar m.npz lista.txt"),
    "una semilla sin fin": (
        f"generar m.npz --semilla {'9' * 5000}",
        "demasiado grande",
    ),
    "una columna que no hay": (
        "entrenar lista.txt --columna 2",
        "lista.txt, renglón 1: no tiene la columna «2»",
    ),
    "una columna sin ese título": (
        "entrenar lista.txt --columna título",
        "lista.txt, renglón 1: no tiene la columna «título»",
    ),
    "una celda en dos renglones": (
        "entrenar partida.csv --columna nombre",
        "partida.csv, renglón 2: abre unas comillas que no cierra; una celda no puede",
    ),
    "una codificación que no hay": (
        "evaluar m.npz lista.txt --codificacion x",
        "no hay codificación «x»",
    ),
    "la salida estándar de salida": (
        "entrenar lista.txt --salida -",
        "- no sirve de salida: no es un archivo",
    ),
    "la lista donde iría el punto": (
        "entrenar q.npz.punto --salida q.npz",
        "q.npz.punto no sirve de salida: es lo mismo que se lee",
    ),
    "otra cosa donde iría el punto": (
        "entrenar lista.txt --salida q.npz",
        "no es un entrenamiento a medias de este programa: escoge otra salida",
    ),
    "reanudar otra cosa": (
        "entrenar lista.txt --salida q.npz --reanudar",
        "no es un entrenamiento a medias de este programa: escoge otra salida",
    ),
    "buscar en una carpeta imposible": (
        "buscar lista.txt --salida m.npz/t.csv",
        "m.npz/t.csv: hay un archivo donde debería haber una carpeta",
    ),
    "un almacén sin archivo": (
        "buscar lista.txt --salida t.csv --almacen sqlite:///",
        "no se pudo abrir el almacén",
    ),
    "un almacén con letras por puerto": (
        "buscar lista.txt --salida t.csv --almacen postgresql://a:b@c:d/e",
        "no se pudo abrir el almacén",
    ),
    "buscar sobre la lista": ("buscar lista.txt --salida lista.txt", "no sirve de sal"),
    "un almacén que no se abre": (
        "buscar lista.txt --salida t.csv --almacen sqlite:////no/existe/x.db",
        "no se pudo abrir el almacén",
    ),
    "un almacén de nada": (
        "buscar lista.txt --salida t.csv --almacen nada",
        "no se pudo abrir el almacén",
    ),
}


@pytest.mark.parametrize("caso", ARGUMENTOS)
def test_los_argumentos_que_se_rechazan(caso, carpeta, capsys, monkeypatch):
    orden, frase = ARGUMENTOS[caso]
    if "/dev/" in orden and os.name == "nt":
        pytest.skip("en Windows no hay /dev")
    (carpeta / "ajena.txt").write_text("\n".join(f"名{n}" for n in range(30)), "utf-8")
    (carpeta / "q.npz.punto").write_text(TEXTO, "utf-8")
    partida = "".join(f'3;"Pueblo\n{n}"\n' for n in NOMBRES)
    (carpeta / "partida.csv").write_text(f"x;nombre\n{partida}", "utf-8")
    antes = arbol(carpeta)
    codigo, escrito, dicho = programa(capsys, monkeypatch, *orden.split())
    assert (codigo, escrito) == (1, "")
    *_, ultimo = dicho.splitlines()
    assert ultimo.startswith("error: ") and dicho.count("error: ") == 1, dicho
    assert frase in ultimo
    assert arbol(carpeta) == antes, "perdió algo o lo dejó a medias"


def test_si_diverge_lo_dice_y_no_estorba_al_siguiente(carpeta, capsys, monkeypatch):
    antes = arbol(carpeta)
    pedido = ("entrenar", "lista.txt", "--salida", "o.npz", "--tasa", "1e38")
    codigo, _, dicho = programa(capsys, monkeypatch, *pedido)
    assert codigo == 1 and "error: la pérdida dejó de ser un número" in dicho
    assert arbol(carpeta) == antes


@pytest.mark.parametrize("antes", [True, False])
def test_lo_peor_que_el_azar_no_se_guarda(antes, carpeta, capsys, monkeypatch):
    """Hay divergencias que no llegan a NaN; no se llevan un modelo bueno."""
    antes or (carpeta / "m.npz").unlink()
    habia = arbol(carpeta)
    pedido = ("entrenar", "lista.txt", "--salida", "m.npz", "--tasa", 3000, *RAPIDO)
    codigo, _, dicho = programa(capsys, monkeypatch, *pedido)
    assert codigo == 1 and "peor que el azar" in dicho and "prueba una tasa me" in dicho
    assert arbol(carpeta) == habia


def test_las_letras_ajenas_se_cuentan_y_lo_demas_se_mide(carpeta, capsys, monkeypatch):
    _, bien, _ = programa(capsys, monkeypatch, "evaluar", "m.npz", "lista.txt")
    (carpeta / "suya.txt").write_text(f"Ωρα\n{TEXTO}Ñω\n", "utf-8")
    codigo, escrito, dicho = programa(
        capsys, monkeypatch, "evaluar", "m.npz", "suya.txt"
    )
    assert (codigo, escrito) == (0, bien)
    frase = "suya.txt, renglón 1: no se miden 2 de 27 nombres: el vocabulario no tiene "
    assert frase + "«Ñ», «Ω», «α», «ρ», «ω»" in dicho


@pytest.mark.parametrize("orden", ["generar m.npz -n 1", "evaluar m.npz lista.txt"])
def test_los_pesos_disparatados_se_avisan(orden, carpeta, modelo, capsys, monkeypatch):
    malo = con(modelo, Why=np.full_like(peso(modelo, "Why"), 1e30))
    (carpeta / "m.npz").write_bytes(malo)
    _, _, dicho = programa(capsys, monkeypatch, *orden.split())
    assert "m.npz: tiene pesos disparatados, hasta de 1e+30; quizá divergió" in dicho


@pytest.mark.parametrize("temperatura", ["1e-50", "1e-300", "inf", "1e300"])
def test_las_temperaturas_extremas_escriben_nombres(
    temperatura, carpeta, capsys, monkeypatch
):
    pedido = ("generar", "m.npz", "--temperatura", temperatura, "--semilla", 1)
    codigo, escrito, dicho = programa(capsys, monkeypatch, *pedido)
    assert codigo == 0 and escrito.count("\n") == 10
    if float(temperatura) < 1:
        assert dicho == ""
        assert len(set(escrito.split("\n"))) == 2, "helada, escribe siempre lo mismo"


# --- Modelos -----------------------------------------------------------------------------------


def con(modelo, **cambios):
    """Los bytes de un modelo con algunos arreglos cambiados (o quitados, si son ``None``)."""
    with np.load(io.BytesIO(modelo)) as archivo:
        arreglos = {**archivo, **cambios}
    destino = io.BytesIO()
    np.savez(destino, **{n: a for n, a in arreglos.items() if a is not None})
    return destino.getvalue()


def peso(modelo, nombre):
    with np.load(io.BytesIO(modelo)) as archivo:
        return archivo[nombre]


def con_nan(modelo):
    Wx = peso(modelo, "Wx").copy()
    Wx[-1, -1] = np.nan
    return con(modelo, Wx=Wx)


def en_pickle(modelo):
    destino = io.BytesIO()
    np.savez(destino, Wx=np.array([{"peligro": print}], dtype=object))
    return destino.getvalue()


def comprimido(modelo):
    """El mismo modelo, comprimido y con paja delante para que no mida más de lo que ocupa."""
    destino = io.BytesIO()
    with np.load(io.BytesIO(modelo)) as archivo:
        np.savez_compressed(destino, **archivo)
    return b"PK\x03\x04" + bytes(20_000) + destino.getvalue()


def bomba(_):
    """Sesenta y cuatro megabytes de ceros que, comprimidos, ocupan 64 kilobytes."""
    destino = io.BytesIO()
    with zipfile.ZipFile(destino, "w", zipfile.ZIP_DEFLATED) as comprimido:
        comprimido.writestr("Wx.npy", bytes(2**26))
    return destino.getvalue()


def encimado(modelo):
    """El directorio nombra mil veces la misma parte, como las bombas sin compresión."""
    destino = io.BytesIO()
    with zipfile.ZipFile(destino, "w") as archivo:
        archivo.writestr("a.npy", bytes(10_000))
        ficha = archivo.infolist()[0]
        for n in range(1000):
            otra = zipfile.ZipInfo(f"{n}.npy")
            otra.file_size = otra.compress_size = ficha.file_size
            otra.CRC, otra.header_offset = ficha.CRC, ficha.header_offset
            archivo.filelist.append(otra)
    return destino.getvalue()


def mentiroso(modelo):
    """La cabecera de un arreglo dice que tiene un billón de números."""
    cabecera = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        cabecera, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    )
    destino = io.BytesIO()
    with zipfile.ZipFile(destino, "w") as archivo:
        archivo.writestr("Wx.npy", cabecera.getvalue() + bytes(800))
    return destino.getvalue()


def sin_arreglos(_):
    destino = io.BytesIO()
    with zipfile.ZipFile(destino, "w") as archivo:
        archivo.writestr("simbolos", "hola")
    return destino.getvalue()


def voltear_un_bit(modelo):
    mitad = len(modelo) // 2
    return modelo[:mitad] + bytes([modelo[mitad] ^ 1]) + modelo[mitad + 1 :]


def sin_directorio(modelo):
    """Al final dice que su directorio empieza antes que el archivo (lo halló atheris)."""
    return b"\x1a\x16\x16\x16" + modelo[:-6] + b"\xff" * 4 + modelo[-2:]


DANADO = "m.npz está dañado o no es un .npz de arreglos"
MODELOS = {
    "vacío": (lambda m: b"", DANADO),
    "cortado a la mitad": (lambda m: m[: len(m) // 2], DANADO),
    "cortado al final": (lambda m: m[:-1], DANADO),
    "con un bit cambiado": (voltear_un_bit, DANADO),
    "con el directorio fuera": (sin_directorio, DANADO),
    "un pickle": (lambda m: b"\x80\x04\x95", DANADO),
    "un pickle disfrazado": (en_pickle, DANADO),
    "un arreglo suelto": (lambda m: b"\x93NUMPY\x01\x00", DANADO),
    "comprimido": (comprimido, DANADO),
    "una bomba": (bomba, DANADO),
    "una bomba sin comprimir": (encimado, DANADO),
    "un arreglo que miente": (mentiroso, DANADO),
    "un zip cualquiera": (sin_arreglos, DANADO),
    "otros arreglos": (lambda m: con(m, simbolos=None), "no es un modelo de este prog"),
    "sin receta": (lambda m: con(m, receta=None), "no es un modelo de este programa"),
    "de antes": (
        lambda m: con(m, version=None),
        "es de otra versión y aquí se lee la 1",
    ),
    "de después": (
        lambda m: con(m, version=np.array(7)),
        "m.npz es de la versión 7 y aquí se lee la 1: hay que entrenarlo de nuevo",
    ),
    "sin un peso": (lambda m: con(m, by=None), "«by» no mide (1"),
    "otra forma": (lambda m: con(m, b=np.zeros(5, np.float32)), "«b» no mide (12,)"),
    "otro tipo": (lambda m: con(m, b=np.zeros(12, int)), "«b» no mide (12,)"),
    "recurrente rota": (
        lambda m: con(m, Wh=np.zeros((4, 3))),
        "formas de sus pesos no",
    ),
    "recurrente vacía": (
        lambda m: con(m, Wh=np.zeros((10**9, 0))),
        "formas de sus pes",
    ),
    "recurrente de nada": (
        lambda m: con(m, Wh=np.zeros((3, 12), "V0")),
        "formas de sus pesos no",
    ),
    "sin recurrente": (lambda m: con(m, Wh=None), "las formas de sus pesos no cuadran"),
    "vocabulario de más": (
        lambda m: con(m, simbolos=np.array("".join(map(chr, range(300, 8000))))),
        "las formas de sus pesos no cuadran",
    ),
    "vocabulario repetido": (
        lambda m: con(m, simbolos=np.array("aab")),
        "un vocabular",
    ),
    "vocabulario que no es de letras": (
        lambda m: con(m, simbolos=np.array([2**30, 2**31], np.uint32).view("U2")[0]),
        "un vocabulario",
    ),
    "vocabulario de control": (
        lambda m: con(m, simbolos=np.array("\x1b[")),
        "un vocab",
    ),
    "con NaN": (con_nan, "m.npz está dañado: «Wx» tiene algo que no es número"),
    "con infinitos": (
        lambda m: con(m, by=np.full_like(peso(m, "by"), np.inf)),
        "«by» tiene algo que no es número",
    ),
}


@pytest.mark.parametrize("orden", ["generar m.npz", "evaluar m.npz lista.txt"])
@pytest.mark.parametrize("caso", MODELOS)
def test_los_modelos_que_se_rechazan(caso, orden, carpeta, modelo, capsys, monkeypatch):
    arruinar, frase = MODELOS[caso]
    (carpeta / "m.npz").write_bytes(arruinar(modelo))
    antes = arbol(carpeta)
    codigo, escrito, dicho = programa(capsys, monkeypatch, *orden.split())
    assert (codigo, escrito) == (1, "")
    assert frase in dicho and dicho.count("\n") == 1, dicho
    assert arbol(carpeta) == antes


@pytest.mark.parametrize("hacer", [bomba, encimado])
def test_la_bomba_se_rechaza_sin_abrirla(hacer, tmp_path, monkeypatch):
    (tmp_path / "m.npz").write_bytes(hacer(None))
    with zipfile.ZipFile(tmp_path / "m.npz") as archivo:
        dice = sum(parte.file_size for parte in archivo.infolist())
    assert (tmp_path / "m.npz").stat().st_size < dice / 50
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("abrió"))
    with pytest.raises(ValueError, match="dañado"):
        cargar_arreglos(tmp_path / "m.npz")


def test_el_modelo_bueno_se_lee_y_trae_su_receta(tmp_path, modelo):
    (tmp_path / "m.npz").write_bytes(modelo)
    red, vocabulario = cargar(tmp_path / "m.npz")
    assert red.parametros["Wh"].shape == (3, 12)
    assert set(vocabulario.simbolos[1:]) == set("".join(NOMBRES))
    assert json.loads(str(peso(modelo, "receta")))["modelo"] == "lstm"


@pytest.mark.parametrize("contenido", [b"basura", b""])
def test_un_punto_danado_es_un_error_claro(contenido, carpeta, capsys, monkeypatch):
    (carpeta / "o.npz.punto").write_bytes(contenido)
    pedido = ("entrenar", "lista.txt", "--salida", "o.npz")
    codigo, _, dicho = programa(capsys, monkeypatch, *pedido, "--reanudar")
    assert codigo == 1 and "o.npz.punto está dañado" in dicho
    codigo, _, dicho = programa(capsys, monkeypatch, *pedido)
    assert codigo == 1 and "escoge otra salida" in dicho and "bórra" not in dicho
    assert (carpeta / "o.npz.punto").read_bytes() == contenido


def test_un_punto_de_otra_lista_se_rechaza_y_se_conserva(carpeta, capsys, monkeypatch):
    suya = {"identidad": np.array("otra"), "receta": np.array("{}"), "a": np.ones(2)}
    guardar_arreglos("o.npz.punto", suya)
    antes = arbol(carpeta)
    pedido = ("entrenar", "lista.txt", "--salida", "o.npz", "--reanudar")
    codigo, _, dicho = programa(capsys, monkeypatch, *pedido)
    assert codigo == 1 and "es de otra receta o de otros nombres" in dicho
    assert arbol(carpeta) == antes


# --- Al azar -----------------------------------------------------------------------------------


@given(st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
def test_cualquier_lista_se_lee_o_se_rechaza_con_su_renglon(
    tmp_path_factory, contenido
):
    ruta = tmp_path_factory.getbasetemp() / "azar.txt"
    ruta.write_bytes(contenido)
    try:
        nombres = leer(ruta)
    except ValueError as error:
        assert "azar.txt, renglón " in str(error)
    else:
        assert all(nombre and nombre == nombre.strip() for nombre in nombres)
        assert len(leer_nombres(ruta)) == len(nombres)


@given(donde=st.integers(0), que=st.binary(min_size=1, max_size=8))
def test_un_modelo_pisado_se_lee_o_se_rechaza(tmp_path_factory, modelo, donde, que):
    ruta = tmp_path_factory.getbasetemp() / "azar.npz"
    donde %= len(modelo)
    ruta.write_bytes(modelo[:donde] + que + modelo[donde + len(que) :])
    try:
        red, vocabulario = cargar(ruta)
    except ValueError as error:
        assert "azar.npz" in str(error)
    else:
        assert red.parametros["Why"].shape == (3, len(vocabulario))


def test_la_lista_del_libro_se_lee_igual_con_desconfianza():
    ruta = RAIZ / "data/municipios.txt"
    assert leer_nombres(ruta) == leer(ruta)
    assert not any(que_tiene_de_raro(n, nombre) for n, nombre in leer_renglones(ruta))
