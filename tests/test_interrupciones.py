"""Ctrl-C en cualquier momento, SIGKILL al azar, el disco lleno o de solo lectura, y dos a la vez.

Para que Ctrl-C llegue siempre en el mismo lugar se lo manda el programa a sí mismo, al importar un
módulo o en la enésima escritura, con un ``sitecustomize`` que Python carga antes que nada.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from imprenta import libro as taller
from imprenta.archivos import A_MEDIAS, CANDADO, limpiar, uno_a_la_vez
from imprenta.extraer import extraer
from imprenta.libro import hacer
from tests import apagones
from tests.conftest import PUEDE_MONTAR, RAIZ
from tests.imprenta.conftest import escribir_libro

SIN = "en Windows no hay SIGKILL, ni con qué poner un candado ni estorbar un disco"
fcntl = pytest.importorskip("fcntl", reason=SIN)

AVISO = """\
import os, signal, sys
que, _, cual = os.environ["INTERRUMPIR"].partition(":")

def interrumpir():
    os.kill(os.getpid(), signal.SIGINT)

class AlImportar:
    def find_spec(self, nombre, *_):
        if nombre == cual:
            sys.meta_path.remove(self)
            interrumpir()

def contado(original, vez=0):
    def gancho(*a, **k):
        nonlocal vez
        vez += 1
        if vez == int(cual):
            interrumpir()
        return original(*a, **k)
    return gancho

if que == "importar":
    sys.meta_path.insert(0, AlImportar())
else:
    setattr(os, que, contado(getattr(os, que)))
"""


@pytest.fixture
def lista(tmp_path):
    return apagones.escribir_lista(tmp_path)


@pytest.fixture(scope="module")
def modelo(tmp_path_factory):
    carpeta = tmp_path_factory.mktemp("modelo")
    entrenar = ("codigo", "entrenar", apagones.escribir_lista(carpeta), "--neuronas", 4)
    assert correr((*entrenar, "--epocas", 1), carpeta).returncode == 0
    return carpeta / "modelo.npz"


def correr(orden, carpeta, interrumpir="", **como):
    entorno = {**apagones.ENTORNO, "COLUMNS": "100"}
    if interrumpir:
        aviso = carpeta / "aviso"
        aviso.mkdir(exist_ok=True)
        (aviso / "sitecustomize.py").write_text(AVISO, "utf-8")
        entorno |= {
            "PYTHONPATH": f"{aviso}{os.pathsep}{RAIZ}",
            "INTERRUMPIR": interrumpir,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    return subprocess.run(
        [sys.executable, "-m", *map(str, orden)],
        cwd=carpeta,
        env=entorno,
        capture_output=True,
        encoding="utf-8",
        **como,
    )


def arbol(carpeta):
    return {
        n: b for n, b in apagones.paginas(carpeta).items() if not n.startswith(".cache")
    }


def quedan(carpeta):
    return sorted(r.name for r in carpeta.iterdir() if r.name != "aviso")


# --- Ctrl-C ------------------------------------------------------------------------------------

AL_IMPORTAR = [
    "codigo.taller.linea",
    "numpy",
    "numpy.linalg",
    "typer",
    "rich",
    "codigo.recetas",
]


@pytest.mark.parametrize("modulo", AL_IMPORTAR)
def test_ctrl_c_mientras_se_cargan_los_modulos(modulo, lista, tmp_path):
    hecho = correr(("codigo", "entrenar", lista), tmp_path, f"importar:{modulo}")
    assert (hecho.returncode, hecho.stdout) == (130, "")
    assert hecho.stderr == "interrumpido\n"
    assert quedan(tmp_path) == ["lista.txt"]


@pytest.mark.parametrize("momento", ["fsync:1", "replace:1", "fsync:3", "replace:4"])
def test_ctrl_c_a_media_escritura_deja_el_punto_o_nada(momento, lista, tmp_path):
    orden = ("codigo", "entrenar", lista, "--neuronas", 4, "--epocas", 6)
    hecho = correr(orden, tmp_path, momento)
    assert hecho.returncode == 130 and "Traceback" not in hecho.stderr
    assert "interrumpido" in hecho.stderr
    punto = [] if momento.endswith("1") else ["modelo.npz.punto"]
    assert quedan(tmp_path) == ["lista.txt", *punto]
    assert ("--reanudar sigue desde" in hecho.stderr) == bool(punto)
    seguir = ["--reanudar"] * len(punto)
    assert correr((*orden, *seguir), tmp_path).returncode == 0
    assert quedan(tmp_path) == ["lista.txt", "modelo.npz"]


@pytest.mark.parametrize("orden", ["generar", "evaluar"])
def test_ctrl_c_al_usar_un_modelo(orden, modelo, lista, tmp_path):
    mas = ("-n", 10**9) if orden == "generar" else (lista,)
    completa = [sys.executable, "-m", "codigo", orden, *map(str, (modelo, *mas))]
    if orden == "evaluar":  # acaba pronto: se interrumpe a sí mismo
        hecho = correr(completa[2:], tmp_path, "importar:unicodedata")
        assert hecho.returncode == 130 and hecho.stderr == "interrumpido\n"
        return
    with subprocess.Popen(
        completa,
        cwd=tmp_path,
        env=apagones.ENTORNO,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as proceso:
        assert proceso.stdout.readline()  # ya está escribiendo
        proceso.send_signal(signal.SIGINT)
        _, dicho = proceso.communicate()
    assert (proceso.returncode, dicho) == (130, b"interrumpido\n")


def test_ctrl_c_en_la_busqueda_le_llega_a_todos_y_nadie_se_queja(lista, tmp_path):
    orden = ["buscar", str(lista), "--red", "rnn", "--salida", "t.csv"]
    orden += ["--almacen", f"sqlite:///{tmp_path}/b.db", "--procesos", "2"]
    orden += ["--ensayos", "100000"]  # que no acabe sola
    with subprocess.Popen(
        [sys.executable, "-m", "codigo", *orden],
        cwd=tmp_path,
        env=apagones.ENTORNO,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as proceso:
        base = tmp_path / "b.db"
        try:
            # De vez en cuando: mirar la base estorba a quienes escriben en ella. Si uno tropieza
            # con SQLite al empezar, el otro sigue solo: con cuatro ensayos hechos ya arrancaron.
            apagones.esperar(
                lambda: (
                    apagones.trabajan(base) == 2
                    or (apagones.trabajan(base) and len(apagones.terminados(base)) > 3)
                ),
                "no trabajan",
                0.5,
            )
            hechos = apagones.terminados(base)
        except BaseException:
            os.killpg(proceso.pid, signal.SIGKILL)
            raise
        os.killpg(proceso.pid, signal.SIGINT)
        _, dicho = proceso.communicate()
    *avances, ultimo = dicho.decode().splitlines()
    assert (proceso.returncode, ultimo) == (130, "interrumpido")
    assert all("25 nombres" in dice or "ensayo" in dice for dice in avances), avances
    assert not (tmp_path / "t.csv").exists()
    despues = apagones.terminados(tmp_path / "b.db")
    assert {n: despues[n] for n in hechos} == hechos


@pytest.fixture(scope="module")
def tejido(tmp_path_factory):
    """Un libro ya tejido, que se copia para lo demás."""
    raiz = escribir_libro(tmp_path_factory.mktemp("tejido"))
    hacer(raiz, "pandoc")
    return raiz


@pytest.mark.parametrize(
    "momento", ["importar:imprenta.errores", "importar:typst", "replace:3", "replace:9"]
)
def test_ctrl_c_al_tejer_deja_el_libro_como_estaba(momento, tejido, tmp_path):
    libro = shutil.copytree(tejido, tmp_path / "libro")
    orden = ("imprenta", "--raiz", libro, "libro", "--motor", "pandoc")
    antes = apagones.paginas(libro / "_libro")
    escribir_libro(libro, uno="# Otro {#sec-uno}\n\nNuevo.\n")
    hecho = correr(orden, tmp_path, momento)
    assert hecho.returncode == 130 and "Traceback" not in hecho.stderr, hecho.stderr
    assert "Interrumpido: el último libro bueno queda como estaba." in hecho.stderr
    assert apagones.paginas(libro / "_libro") == antes
    assert not list(libro.glob(f"{A_MEDIAS}*"))


# --- SIGKILL -----------------------------------------------------------------------------------


@pytest.mark.apagones
@pytest.mark.parametrize("que", apagones.QUE_HACER)
def test_matar_a_momentos_al_azar_no_pierde_nada(que, tmp_path):
    *pasos, resumen = apagones.QUE_HACER[que](tmp_path, 2, random.Random(61))
    assert len(pasos) >= 2 and "muertes" in resumen


def test_si_matan_entre_los_dos_cambios_de_nombre_el_siguiente_lo_compone(
    tmp_path, monkeypatch
):
    """Donde el sistema no sabe intercambiar dos carpetas en una sola operación."""
    monkeypatch.setattr(taller, "_intercambiar", lambda *_: False)
    nuevo, actual, original = tmp_path / f"{A_MEDIAS}a", tmp_path / "_libro", os.replace
    nuevo.parent.mkdir()
    for corte in (1, 2, 3):
        for carpeta, texto in ((nuevo, "nuevo"), (actual, "viejo")):
            carpeta.mkdir(exist_ok=True)
            (carpeta / "index.html").write_text(texto, "utf-8")
        veces = iter(range(1, 4))

        def morir(de, a, veces=veces, corte=corte):
            if next(veces) == corte:
                raise InterruptedError
            original(de, a)

        monkeypatch.setattr(os, "replace", morir)
        with pytest.raises(InterruptedError):
            taller._reemplazar(nuevo, actual)
        limpiar(tmp_path, "_libro")
        assert quedan(tmp_path) == [".cache", "_libro"]
        assert quedan(nuevo.parent) == []
        assert (actual / "index.html").read_text("utf-8") == (
            "nuevo" if corte == 3 else "viejo"
        )


def test_el_intercambio_es_una_sola_operacion(tmp_path, monkeypatch):
    nuevo, actual = tmp_path / "nuevo", tmp_path / "_libro"
    for carpeta in (nuevo, actual):
        carpeta.mkdir()
        (carpeta / "index.html").write_text(carpeta.name, "utf-8")
    monkeypatch.setattr(os, "replace", lambda *_: pytest.fail("fueron dos pasos"))
    taller._reemplazar(nuevo, actual)
    assert (actual / "index.html").read_text("utf-8") == "nuevo"
    assert (nuevo / "index.html").read_text("utf-8") == "_libro"


def test_lo_reciente_de_otro_no_se_borra(tmp_path):
    temporal = tmp_path / ".cache/celdas/.x.json.123.tmp"
    temporal.parent.mkdir(parents=True)
    temporal.write_text("", "utf-8")
    limpiar(tmp_path, "_libro")
    assert temporal.exists()
    apagones.envejecer(tmp_path)
    limpiar(tmp_path, "_libro")
    assert not temporal.exists()


# --- Dos a la vez ------------------------------------------------------------------------------


ESPERAN = {  # la orden → lo último que escribe
    "libro": ("--motor", "pandoc", "_libro/index.html"),
    "extraer": ("codigo/x.py",),
    "formatear": ("libro/uno.qmd",),
    "devolver": ("--si", "libro/uno.qmd"),
}
CON_CODIGO = "# Uno {#sec-uno}\n\n```{.python file=codigo/x.py}\nx  =  1\n```\n"


@pytest.mark.parametrize("que", ESPERAN)
def test_el_segundo_espera_y_lo_dice(que, tmp_path):
    escribir_libro(tmp_path, uno=CON_CODIGO)
    *opciones, escrito = ESPERAN[que]
    if que == "devolver":
        extraer(tmp_path)
        editado = (tmp_path / "codigo/x.py").read_text("utf-8").replace("x  =", "x =")
        (tmp_path / "codigo/x.py").write_text(editado.replace("=  1", "= 1"), "utf-8")
    orden = ["imprenta", "--raiz", str(tmp_path), que, *opciones]
    antes = arbol(tmp_path)
    with uno_a_la_vez(tmp_path):
        proceso = subprocess.Popen(
            [sys.executable, "-m", *orden],
            env=apagones.ENTORNO,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        frase = "Otro proceso está escribiendo en este libro; espero…\n"
        assert proceso.stdout.readline() == frase
        assert proceso.poll() is None and arbol(tmp_path) == antes
    proceso.communicate()
    assert proceso.returncode == 0
    if que in ("formatear", "devolver"):
        assert "\nx = 1\n" in (tmp_path / "libro/uno.qmd").read_text("utf-8")
    else:
        assert (tmp_path / escrito).is_file()


def test_si_matan_al_que_teje_su_candado_se_suelta(tmp_path):
    guion = (
        "import sys, time; from pathlib import Path; from imprenta.archivos import *\n"
        "with uno_a_la_vez(Path(sys.argv[1])): print('puesto', flush=True); time.sleep(99)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", guion, tmp_path],
        env=apagones.ENTORNO,
        stdout=subprocess.PIPE,
    ) as proceso:
        assert proceso.stdout.readline() == b"puesto\n"
        with (tmp_path / CANDADO).open("wb") as archivo:
            with pytest.raises(BlockingIOError):
                fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)
            proceso.kill()
            proceso.wait()
            fcntl.flock(archivo, fcntl.LOCK_EX | fcntl.LOCK_NB)


# --- El disco ----------------------------------------------------------------------------------

SIN_PODERES = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] * (os.getuid() == 0)
MEDIOS = {  # cómo se estorba → qué se antepone a la orden, y la frase
    "sin permiso": ("chmod 555 disco", SIN_PODERES, "no hay permiso"),
    "lleno por tope": ("ulimit -f 8", [], "no queda espacio en el disco"),
}
if PUEDE_MONTAR:
    lleno = "cp disco/lista.txt . && mount -t tmpfs -o size=40k nada disco && mv lista.txt disco"
    MEDIOS["lleno"] = (lleno, [], "no queda espacio en el disco")
    solo = "mount --bind disco disco && mount -o remount,ro,bind disco"
    MEDIOS["de solo lectura"] = (solo, [], "está en un disco de solo lectura")


def en_disco(tmp_path, medio, orden):
    """Corre una orden dentro de la carpeta ``disco``, estorbada, y dice qué quedó en ella."""
    antes, prefijo, frase = MEDIOS[medio]
    guion = f'{antes} && cd disco && "$@"; codigo=$?; ls -A . ; exit $codigo'
    completa = ["unshare", "-rm"] if "mount" in antes else []
    completa += ["bash", "-c", guion, "bash", *prefijo, sys.executable, "-m", *orden]
    hecho = subprocess.run(
        completa,
        cwd=tmp_path,
        env={
            **apagones.ENTORNO,
            "PYTHONDONTWRITEBYTECODE": "1",
        },  # que no lo gaste Python
        capture_output=True,
        encoding="utf-8",
    )
    (tmp_path / "disco").chmod(0o755)
    return hecho.returncode, hecho.stdout.split(), hecho.stderr, frase


@pytest.mark.parametrize("medio", MEDIOS)
def test_si_no_se_puede_escribir_se_dice_y_no_queda_nada(medio, tmp_path):
    (tmp_path / "disco").mkdir()
    apagones.escribir_lista(tmp_path / "disco")
    orden = ["codigo", "entrenar", "lista.txt", "--neuronas", "64"]
    codigo, quedo, dicho, frase = en_disco(tmp_path, medio, orden)
    *_, ultimo = dicho.replace(".punto", "").splitlines()
    assert (codigo, ultimo) == (1, f"error: modelo.npz: {frase}")
    assert quedo == ["lista.txt"]


@pytest.mark.parametrize(
    "medio", sorted(set(MEDIOS) - {"lleno"})
)  # ni vacío cabe el libro
def test_si_no_se_puede_escribir_el_libro_de_antes_se_queda(medio, tmp_path):
    disco = tmp_path / "disco"
    disco.mkdir()
    escribir_libro(disco)
    (disco / "lista.txt").touch()
    (disco / "_libro").mkdir()
    (disco / "_libro/index.html").write_text("el de antes", "utf-8")
    orden = ["imprenta", "--raiz", ".", "libro", "--motor", "pandoc"]
    codigo, quedo, dicho, frase = en_disco(tmp_path, medio, orden)
    assert codigo == 1 and frase in dicho and "Traceback" not in dicho, dicho
    assert (disco / "_libro/index.html").read_text("utf-8") == "el de antes"
    assert not list(disco.glob(f"{A_MEDIAS}*"))
    assert not [n for n in quedo if n.startswith("_libro.")]


def test_la_salida_llena_es_una_frase(modelo):
    with Path("/dev/full").open("w", encoding="utf-8") as llena:
        hecho = subprocess.run(
            [sys.executable, "-m", "codigo", "generar", modelo],
            env=apagones.ENTORNO,
            stdout=llena,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
    assert hecho.returncode == 1
    assert hecho.stderr == "error: la salida: no queda espacio en el disco\n"


def test_si_nadie_lee_la_salida_generar_se_calla(modelo):
    orden = f"{sys.executable} -m codigo generar {modelo} -n 100000 | head -1"
    hecho = subprocess.run(
        ["bash", "-c", orden], env=apagones.ENTORNO, capture_output=True
    )
    assert hecho.stdout.count(b"\n") == 1 and hecho.stderr == b""
