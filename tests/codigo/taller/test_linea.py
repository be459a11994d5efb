"""El programa ``python -m codigo``, como lo usa una persona."""

import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest

from codigo.__main__ import main
from codigo.corrida import Corrida, Receta
from codigo.corrida import correr as correr_epocas
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.redes import REDES
from codigo.taller import linea
from codigo.taller.puntos import a_solas
from tests.codigo.taller.test_entradas_malas import programa
from tests.conftest import RAIZ

DE_POSIX = pytest.mark.skipif(
    os.name == "nt", reason="en Windows no hay tubos con nombre ni se cierra una salida"
)
ORDENES = ("entrenar", "generar", "evaluar", "destilar", "buscar")


def correr(*argumentos):
    """Corre ``python -m codigo`` aquí mismo; lo que pide un proceso aparte usa ``aparte``."""
    with (
        pytest.MonkeyPatch.context() as cambio,
        redirect_stdout(StringIO()) as escrito,
        redirect_stderr(StringIO()) as dicho,
    ):
        cambio.setenv("COLUMNS", "100")
        cambio.setattr(sys, "argv", ["codigo", *map(str, argumentos)])
        codigo = main()
    return subprocess.CompletedProcess([], codigo, escrito.getvalue(), dicho.getvalue())


def aparte(*orden, **variables):
    entorno = {**os.environ, "PYTHONPATH": str(RAIZ), "COLUMNS": "100", **variables}
    orden = [sys.executable, *map(str, orden)]
    return subprocess.run(orden, env=entorno, capture_output=True, encoding="utf-8")


@pytest.fixture(scope="module")
def lista(tmp_path_factory):
    ruta = tmp_path_factory.mktemp("listas") / "nombres.txt"
    nombres = sorted(set(leer_nombres(RAIZ / "data/municipios.txt")))[::12]
    ruta.write_text("\n".join(nombres) + "\n", "utf-8")
    return ruta


@pytest.fixture(scope="module")
def modelo(lista):
    salida = lista.with_name("modelo.npz")
    pedido = ("entrenar", lista, "--salida", salida, "--neuronas", 16, "--epocas", 4)
    resultado = aparte("-m", "codigo", *pedido)
    assert resultado.returncode == 0, resultado.stderr
    assert "nats por símbolo en validación" in resultado.stderr and not resultado.stdout
    assert [r.name for r in lista.parent.glob("*.npz")] == ["modelo.npz"]
    return salida


@pytest.mark.parametrize("opciones", [("--red", red) for red in sorted(REDES)])
def test_de_una_lista_a_diez_nombres_en_dos_ordenes(lista, tmp_path, opciones):
    salida = tmp_path / "m.npz"
    pedido = ("--salida", salida, *opciones, "--epocas", 2, "--neuronas", 8)
    hecho = correr("entrenar", lista, *pedido)
    assert hecho.returncode == 0, hecho.stderr
    escrito = correr("generar", salida, "-n", 10, "--maximo", 500)
    assert escrito.returncode == 0 and escrito.stderr == ""
    assert len(escrito.stdout.split("\n")) == 11


def test_la_semilla_repite_y_el_prefijo_encabeza(modelo):
    pedido = ("generar", modelo, "-n", 5, "--semilla", 3)
    una, igual, otra = (correr(*pedido[:-1], n).stdout for n in (3, 3, 4))
    assert una == igual != otra
    frio = ("--temperatura", 0.2, "--maximo", 12, "--prefijo", "San ")
    frios = correr(*pedido, *frio).stdout.splitlines()
    assert all(nombre[:4] == "San " and len(nombre) <= 12 for nombre in frios)


def test_evaluar_dice_la_sorpresa_y_la_copia(modelo, lista):
    dicho = correr("evaluar", modelo, lista).stdout
    assert re.fullmatch(
        r"nats por símbolo: \d\.\d{3}\ninventados que están en la lista: \d+\.\d %\n",
        dicho,
    )


INTERRUMPIDO = """
import os, runpy, signal
original, veces = os.replace, []
def gancho(*argumentos):
    original(*argumentos)
    veces.append(1)
    if len(veces) == 2:  # Ctrl-C en cuanto está el punto de la primera época
        signal.raise_signal(signal.SIGINT)
os.replace = gancho
runpy.run_module("codigo", run_name="__main__", alter_sys=True)
"""


def test_lo_que_se_interrumpe_se_reanuda(lista, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    salida, punto = tmp_path / "m.npz", tmp_path / "m.npz.punto"
    pedido = ("entrenar", lista, "--salida", salida, "--neuronas", 8, "--epocas", 4)
    hecho = aparte("-c", INTERRUMPIDO, *pedido)
    dicho = hecho.stderr
    assert hecho.returncode == 130 and "interrumpido; --reanudar sigue desde" in dicho
    assert "Traceback" not in dicho and punto.is_file() and not salida.exists()
    otra_vez = correr(*pedido)
    assert otra_vez.returncode == 1 and "--reanudar" in otra_vez.stderr
    assert "no hay un entrenamiento" in correr("entrenar", lista, "--reanudar").stderr
    seguir = (*pedido[:4], "--reanudar")  # las opciones las trae el punto
    otras = correr(*seguir, "--tasa", 0.5)
    assert otras.returncode == 1 and "empezó con otras opciones" in otras.stderr
    with a_solas(punto):
        ocupado = correr(*seguir)
    assert ocupado.returncode == 1 and punto.is_file()
    assert "otro entrenamiento está usando" in ocupado.stderr
    assert "bórra" not in ocupado.stderr
    corta = correr(*seguir)
    assert corta.returncode == 0 and salida.is_file() and not punto.exists()
    correr("entrenar", lista, "--salida", tmp_path / "otro.npz", *pedido[4:])
    assert salida.read_bytes() == (tmp_path / "otro.npz").read_bytes()


@pytest.mark.parametrize("ancho", [40, 57, 100])
@pytest.mark.parametrize("orden", ["", *ORDENES])
def test_la_ayuda_esta_en_espanol_y_en_columnas(orden, ancho, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(ancho))
    dichas = {
        programa(capsys, monkeypatch, *orden.split(), ayuda)
        for ayuda in ("--ayuda", "--help", "-h")
    }
    [(codigo, ayuda, _)] = dichas
    assert codigo == 0
    assert "Uso:" in ayuda and "Muestra esta" in ayuda
    assert not re.search(
        r"Usage|Options|Arguments|Commands|default|required|Show|exit|typing|OPTIONS"
        r"|<(str|int|path|float|list)",
        ayuda,
    )
    opciones = ayuda.partition("Opciones:\n")[2].partition("\n\n")[0].splitlines()
    empiezan = {re.search(r"(?<=\S  )\s*\S|(?<=^ {4})\s*\S", o).end() for o in opciones}
    assert len(empiezan) == 1, ayuda


def test_si_falta_lo_que_usa_la_busqueda_se_dice_que_instalar(lista, tmp_path):
    guion = (
        "import sys; sys.modules['optuna'] = None\nfrom codigo.__main__ import main\n"
    )
    orden = (
        guion + "sys.exit(main())",
        "buscar",
        lista,
        "--salida",
        tmp_path / "e.csv",
    )
    hecho = aparte("-c", *orden)
    assert hecho.returncode == 1 and "Traceback" not in hecho.stderr
    assert "pip install 'redes-recurrentes-a-pie[busqueda]'" in hecho.stderr


def test_generar_se_salta_lo_que_esta_en_una_lista_y_lo_que_ya_escribio(
    modelo, tmp_path
):
    pedido = ("generar", modelo, "-n", 40, "--semilla", 3, "--prefijo", "San ")
    frio = ("--temperatura", 0.3)
    tal_cual = correr(*pedido, *frio).stdout.splitlines()
    distintos = correr(*pedido, *frio, "--sin-repetir").stdout.splitlines()
    assert len(set(tal_cual)) < 40 == len(set(distintos))
    vistos = tmp_path / "vistos.txt"
    vistos.write_text("\n".join(distintos).upper() + "\n", "utf-8")
    otros = correr(*pedido, *frio, "--sin-copias", vistos).stdout.splitlines()
    assert len(otros) == 40 and not set(otros) & set(distintos)


def test_si_ya_no_hay_otros_nombres_lo_dice(modelo):
    helado = ("--temperatura", 1e-9, "--sin-repetir", "-n", 5, "--maximo", 2)
    resultado = correr("generar", modelo, *helado)
    assert resultado.returncode == 1 and resultado.stdout.count("\n") == 1
    assert "error: nombres escritos: 1; de 20464 sorteados" in resultado.stderr


def test_destilar_deja_un_modelo_que_escribe_y_no_copia(lista, modelo, tmp_path):
    otro, alumna = tmp_path / "otro.npz", tmp_path / "alumna.npz"
    chico = ("--neuronas", 8, "--epocas", 2)
    correr("entrenar", lista, "--salida", otro, "--red", "rnn", *chico)
    pedido = ("destilar", modelo, otro, "--lista", lista, "--salida", alumna, *chico)
    hecho = correr(*pedido, "--nombres", 200)
    assert hecho.returncode == 0 and "nats por símbolo en lo inventado" in hecho.stderr
    assert len(correr("generar", alumna, "-n", 5).stdout.splitlines()) == 5
    assert {ruta.name for ruta in tmp_path.iterdir()} == {"alumna.npz", "otro.npz"}


def test_no_se_destilan_modelos_con_otros_simbolos_ni_encima_de_uno(modelo, tmp_path):
    ajena, otro = tmp_path / "ajena.txt", tmp_path / "otro.npz"
    ajena.write_text("\n".join(f"zz{n}" for n in range(100, 140)) + "\n", "utf-8")
    correr("entrenar", ajena, "--salida", otro, "--neuronas", 8, "--epocas", 1)
    resultado = correr("destilar", modelo, otro, "--salida", tmp_path / "a.npz")
    assert "no sabe los mismos símbolos que" in resultado.stderr
    assert resultado.returncode == 1
    encima = correr("destilar", modelo, otro, "--salida", otro)
    assert encima.returncode == 1 and "no sirve de salida" in encima.stderr


def test_no_se_borra_lo_que_no_es_un_modelo(modelo, lista, tmp_path):
    notas = tmp_path / "notas.txt"
    notas.write_text("mías\n", "utf-8")
    for orden in (("destilar", modelo), ("entrenar", lista)):
        resultado = correr(*orden, "--salida", notas)
        assert resultado.returncode == 1 and "no es un modelo" in resultado.stderr
    assert notas.read_text("utf-8") == "mías\n"


@DE_POSIX
def test_un_tubo_no_sirve_de_salida(modelo, tmp_path):
    tubo = tmp_path / "tubo"
    os.mkfifo(tubo)
    resultado = correr("destilar", modelo, "--salida", tubo)
    assert resultado.returncode == 1 and "no es un archivo" in resultado.stderr


def test_nunca_escribe_un_nombre_vacio(lista, tmp_path):
    salida = tmp_path / "m.npz"
    correr("entrenar", lista, "--salida", salida, "--epocas", 1, "--neuronas", 2)
    escritos = correr("generar", salida, "-n", 3000, "--semilla", 1).stdout.splitlines()
    assert len(escritos) == 3000 and all(map(str.strip, escritos))


def test_los_primeros_de_seis_son_los_que_escribe_quien_pide_tres(modelo):
    for mas in ((), ("--sin-repetir", "--sin-copias", "data/municipios.txt")):
        pedido = ("generar", modelo, "--semilla", 3, *mas, "-n")
        seis, muchos = (correr(*pedido, n).stdout.splitlines() for n in (6, 300))
        assert correr(*pedido, 3).stdout.splitlines() == seis[:3]
        assert muchos[:6] == seis


def test_lo_que_se_corta_en_el_maximo_se_dice(modelo):
    resultado = correr("generar", modelo, "-n", 1, "--maximo", 1)
    assert resultado.stderr == "cortados a 1 letra, que es el --maximo: 1 nombre\n"


def test_si_se_detiene_por_paciencia_lo_dice_y_la_barra_acaba(
    monkeypatch, lista, capsys
):
    nombres = leer_nombres(lista)
    receta = Receta("rnn", H=4, B=32, epocas=40, paciencia=1, tasa=0.5)
    corrida = Corrida(receta, *dividir(nombres)[:2], Vocabulario(nombres))
    linea.con_barra(correr_epocas(corrida), corrida)
    dadas, dicho = len(corrida.validadas), capsys.readouterr().err
    assert dadas < 40 and f"se detuvo en la época {dadas}: 1 época sin mejorar" in dicho
    assert "━" in dicho and "0:00:00" in dicho, "la barra se quedó a medias"


def test_la_barra_avanza_dentro_de_la_epoca(lista):
    nombres = leer_nombres(lista)
    corrida = Corrida(Receta(H=4), *dividir(nombres)[:2], Vocabulario(nombres))
    barra = linea.Barra(corrida)
    barra.add_task("", total=corrida.vuelta)
    corrida.pasos = 3
    list(barra.get_renderables())
    assert barra.tasks[0].completed == 3


VARIAS = """
import json, sys
from codigo.__main__ import main
for orden in json.loads(sys.argv[1]):
    sys.argv = ["codigo", *orden]
    main()
"""


@pytest.mark.parametrize("codificacion", ["ascii", "latin-1", "cp1252"])
def test_lo_que_dice_va_siempre_en_utf_8(codificacion, modelo, tmp_path):
    lista = tmp_path / "Ñumí.txt"
    lista.write_text("Ucú\n", "utf-8")
    frios = ("generar", modelo, "--prefijo", "Ñ", "--semilla", "1")
    ordenes = [("evaluar", modelo, lista), ("evaluar", "-h"), (*frios, "-n0"), frios]
    orden = ("-c", VARIAS, json.dumps(ordenes, default=str))
    hecho = aparte(*orden, PYTHONIOENCODING=codificacion)
    assert "nats por símbolo" in hecho.stdout and "Mide la sorpresa" in hecho.stdout
    assert "Ñumí.txt: 1 nombre, 1 distinto\n" in hecho.stderr
    assert "debe ser 1 o más" in hecho.stderr
    assert hecho.stdout.endswith(correr(*frios).stdout)


@DE_POSIX
@pytest.mark.parametrize(
    "cerradas", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&1 | true"]
)
def test_sin_quien_oiga_se_entrena_igual_y_no_queda_un_punto(cerradas, lista, tmp_path):
    orden = f"{sys.executable} -m codigo entrenar {lista} --salida {tmp_path}/m.npz"
    entorno = {**os.environ, "PYTHONPATH": str(RAIZ)}
    hecho = subprocess.run(
        f"{orden} --neuronas 4 --epocas 2 {cerradas}", shell=True, env=entorno
    )
    assert hecho.returncode == 0
    assert [ruta.name for ruta in tmp_path.iterdir()] == ["m.npz"]
