"""El programa ``python -m codigo``, como lo usa una persona."""

import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from codigo.datos import leer_nombres
from codigo.redes import redes
from tests.conftest import RAIZ


def correr(*argumentos, cwd=RAIZ):
    orden = [sys.executable, "-m", "codigo", *map(str, argumentos)]
    entorno = {"PYTHONPATH": str(RAIZ), "PATH": "/usr/bin:/bin", "COLUMNS": "100"}
    return subprocess.run(
        orden, cwd=cwd, env=entorno, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def lista(tmp_path_factory):
    ruta = tmp_path_factory.mktemp("listas") / "nombres.txt"
    nombres = sorted(set(leer_nombres(RAIZ / "data/municipios.txt")))[::12]
    ruta.write_text("\n".join(nombres) + "\n", "utf-8")
    return ruta


@pytest.fixture(scope="module")
def modelo(lista):
    salida = lista.with_name("modelo.npz")
    resultado = correr(
        "entrenar", lista, "--salida", salida, "--neuronas", 16, "--epocas", 4
    )
    assert resultado.returncode == 0, resultado.stderr
    assert (
        resultado.stdout == "" and "nats por símbolo en validación" in resultado.stderr
    )
    assert [r.name for r in lista.parent.glob("*.npz")] == ["modelo.npz"]
    return salida


@pytest.mark.parametrize("opciones", [("--modelo", red) for red in redes()])
def test_de_una_lista_a_diez_nombres_en_dos_ordenes(lista, tmp_path, opciones):
    salida = tmp_path / "m.npz"
    hecho = correr(
        "entrenar", lista, "--salida", salida, *opciones, "--epocas", 2, "--neuronas", 8
    )
    assert hecho.returncode == 0, hecho.stderr
    escrito = correr("generar", salida, "-n", 10)
    assert escrito.returncode == 0 and escrito.stderr == ""
    assert len(escrito.stdout.split("\n")) == 11


def test_la_semilla_repite_y_el_prefijo_encabeza(modelo):
    pedido = ("generar", modelo, "-n", 5, "--semilla", 3)
    assert (
        correr(*pedido).stdout
        == correr(*pedido).stdout
        != correr(*pedido[:-1], 4).stdout
    )
    frios = correr(
        *pedido, "--temperatura", 0.2, "--maximo", 12, "--prefijo", "San "
    ).stdout
    assert all(
        nombre.startswith("San ") and len(nombre) <= 12 for nombre in frios.splitlines()
    )


def test_evaluar_dice_la_sorpresa_y_la_copia(modelo, lista):
    dicho = correr("evaluar", modelo, lista).stdout
    assert re.fullmatch(
        r"nats por símbolo: \d\.\d{3}\ninventados que están en la lista: \d+\.\d %\n",
        dicho,
    )


def test_lo_que_se_interrumpe_se_reanuda(lista, tmp_path):
    salida = tmp_path / "m.npz"
    pedido = ("entrenar", lista, "--salida", salida, "--neuronas", 24, "--epocas", 400)
    orden = [sys.executable, "-m", "codigo", *map(str, pedido)]
    punto = tmp_path / "m.npz.punto"
    with subprocess.Popen(
        orden, cwd=RAIZ, stderr=subprocess.PIPE, text=True
    ) as proceso:
        while not punto.is_file() and proceso.poll() is None:
            time.sleep(0.02)
        proceso.send_signal(signal.SIGINT)
        dicho = proceso.communicate()[1]
    assert proceso.returncode == 130 and "interrumpido; --reanudar sigue desde" in dicho
    assert "Traceback" not in dicho and not salida.exists()
    otra_vez = correr(*pedido)
    assert otra_vez.returncode == 1 and "--reanudar" in otra_vez.stderr
    assert (
        "no hay un entrenamiento"
        in correr("entrenar", lista, "--reanudar", cwd=tmp_path).stderr
    )
    corta = correr(*pedido, "--reanudar")
    assert corta.returncode == 0 and salida.is_file() and not punto.exists()


@pytest.mark.parametrize(
    ("argumentos", "frase"),
    [
        ((), "falta decir qué hacer"),
        (("volar",), "no existe la orden «volar»"),
        (("entrenar",), "falta «lista»"),
        (("entrenar", "no-esta.txt"), "no-esta.txt: no existe"),
        (("entrenar", "latin.txt"), "latin.txt, renglón 2: no está en UTF-8"),
        (("entrenar", "cortas.txt"), "tiene 3 nombres y hacen falta 20"),
        (("entrenar", "lista.txt", "--modelo", "nadie"), "no hay modelo «nadie»"),
        (("entrenar", "lista.txt", "--epocas", "0"), "debe ser 1 o más"),
        (("generar", "lista.txt"), "está dañado o no es un .npz"),
        (("generar", "m.npz", "-n", "muchos"), "debe ser un entero"),
        (
            ("generar", "m.npz", "--temperatura", "0"),
            "la temperatura debe ser mayor que cero",
        ),
        (("generar", "m.npz", "--prefijo", "Ω"), "el vocabulario no tiene ['Ω']"),
        (("generar", "m.npz", "--raro"), "no existe la opción «--raro»"),
        (("generar", "m.npz", "otro"), "sobra «otro»"),
        (("generar", "."), ".: es una carpeta"),
        (("generar", "otro.npz"), "no es un modelo de este programa"),
        (("entrenar", "lista.txt", "--salida", "."), "no sirve de salida"),
        (("entrenar", "lista.txt", "--salida", "lista.txt"), "no sirve de salida"),
        (("entrenar", "lista.txt", "--reanudar=3"), "no lleva valor"),
        (("evaluar", "m.npz", "ajena.txt"), "el vocabulario no tiene"),
    ],
)
def test_los_errores_son_una_frase_en_espanol(argumentos, frase, tmp_path, modelo):
    (tmp_path / "latin.txt").write_bytes(
        "Ucú\nPeñón\n".encode().replace(b"\xc3\xb1", b"\xf1")
    )
    (tmp_path / "cortas.txt").write_text("a\nb\nc\n", "utf-8")
    (tmp_path / "lista.txt").write_text(
        "\n".join(f"nombre {n}" for n in range(30)), "utf-8"
    )
    (tmp_path / "ajena.txt").write_text("\n".join(f"名{n}" for n in range(30)), "utf-8")
    np.savez(tmp_path / "otro.npz", a=np.ones(2))
    (tmp_path / "m.npz").write_bytes(modelo.read_bytes())
    antes = {ruta.name for ruta in tmp_path.iterdir()}
    resultado = correr(*argumentos, cwd=tmp_path)
    assert resultado.returncode == 1
    assert frase in resultado.stderr and resultado.stdout == ""
    assert "Traceback" not in resultado.stderr and resultado.stderr.count("\n") == 1
    assert {ruta.name for ruta in tmp_path.iterdir()} == antes, "dejó algo a medias"


@pytest.mark.parametrize("orden", [(), ("entrenar",), ("generar",), ("evaluar",)])
def test_la_ayuda_esta_en_espanol(orden):
    resultado = correr(*orden, "--ayuda")
    assert resultado.returncode == 0 and "Uso:" in resultado.stdout
    assert not re.search(
        r"Usage|Options|Arguments|Commands|default|required|Show|exit|<(str|int|path|float)",
        resultado.stdout,
    )


def test_si_diverge_lo_dice_y_no_estorba_al_siguiente(lista, tmp_path):
    salida = tmp_path / "m.npz"
    resultado = correr(
        "entrenar", lista, "--salida", salida, "--tasa", "nan", "--epocas", 3
    )
    assert resultado.returncode == 1 and "dejó de ser un número" in resultado.stderr
    assert "Traceback" not in resultado.stderr and list(tmp_path.iterdir()) == []


def test_un_punto_danado_es_un_error_claro(lista, tmp_path):
    (tmp_path / "m.npz.punto").write_bytes(b"basura")
    resultado = correr("entrenar", lista, "--salida", tmp_path / "m.npz", "--reanudar")
    assert resultado.returncode == 1 and "m.npz.punto está dañado" in resultado.stderr
