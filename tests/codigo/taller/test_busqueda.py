"""La búsqueda: que no vea la prueba, que siga donde se quedó y que no pierda lo terminado."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import optuna
import pytest

from codigo import afinacion
from codigo.corrida import Receta, entrenar_receta
from codigo.datos import Particion, Vocabulario, dividir, leer_nombres
from codigo.recetas import RECETAS, receta_para
from codigo.taller import busqueda, tablas
from tests.conftest import RAIZ


@pytest.fixture(autouse=True)
def pocas_epocas(monkeypatch):
    monkeypatch.setattr(afinacion, "EPOCAS", {"rnn": (3, 4), "lstm": (3, 4)})
    for inicial in afinacion.INICIALES.values():
        monkeypatch.setitem(inicial, "epocas", 3)


@pytest.fixture
def lista(tmp_path):
    ruta = tmp_path / "nombres.txt"
    nombres = sorted(set(leer_nombres(RAIZ / "data/municipios.txt")))[::100]
    ruta.write_text("\n".join(nombres) + "\n", "utf-8")
    return ruta


@pytest.fixture
def almacen(tmp_path):
    return f"sqlite:///{tmp_path}/busqueda.db"


@pytest.fixture
def postgres():
    """Un PostgreSQL recién hecho, que escucha nada más en esta máquina."""
    binarios = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binarios:
        assert not os.environ.get("CI"), "en CI debe haber un PostgreSQL"
        pytest.skip("no hay PostgreSQL; en Debian, apt install postgresql")
    # fuera de tmp_path: pytest la cierra a los demás usuarios en cuanto empieza otra sesión
    carpeta, como = Path(tempfile.mkdtemp(prefix="pg-")), []
    if os.getuid() == 0:  # se niega a correr como root
        como = ["runuser", "-u", "postgres", "--"]
        shutil.chown(carpeta, "postgres")

    def pg(programa, *argumentos):
        subprocess.run(
            [*como, str(binarios[-1] / programa), *argumentos],
            check=True,
            cwd=carpeta,
            stdout=subprocess.DEVNULL,
        )

    datos, puerto = str(carpeta / "datos"), str(40000 + os.getpid() % 20000)
    pg("initdb", "-D", datos, "-A", "trust", "-U", "postgres", "--no-sync")
    opciones = f"-p {puerto} -c listen_addresses=127.0.0.1 -k ''"
    pg(
        "pg_ctl",
        "-D",
        datos,
        "-w",
        "-l",
        str(carpeta / "registro"),
        "-o",
        opciones,
        "start",
    )
    yield f"postgresql+psycopg://postgres@127.0.0.1:{puerto}/postgres"
    pg("pg_ctl", "-D", datos, "-m", "immediate", "stop")
    shutil.rmtree(carpeta)


def terminados(almacen, lista):
    estudio = busqueda.abrir(lista, "rnn", almacen)
    return {
        ensayo.number: (ensayo.state, ensayo.values, ensayo.user_attrs["receta"])
        for ensayo in estudio.get_trials(states=busqueda.TERMINADOS)
    }


GUION = """
from codigo import afinacion
afinacion.EPOCAS["rnn"] = (3, 4)
afinacion.INICIALES["rnn"]["epocas"] = 3
if __name__ == "__main__":
    from codigo.__main__ import main
    raise SystemExit(main())
"""


def lanzar(almacen, lista, salida, ensayos, **como):
    guion = salida.with_suffix(".py")  # en un archivo, para que lo lean sus ayudantes
    guion.write_text(GUION, "utf-8")
    orden = [sys.executable, str(guion), "buscar", str(lista), "--red", "rnn"]
    orden += ["--salida", str(salida), "--almacen", almacen, "--ensayos", str(ensayos)]
    orden += ["--procesos", "1", "--finalistas", "0"]
    entorno = {**os.environ, "PYTHONPATH": str(RAIZ)}
    return subprocess.Popen(orden, env=entorno, **como)


@pytest.mark.parametrize(
    "donde", ["almacen", pytest.param("postgres", marks=pytest.mark.apagones)]
)
def test_dos_procesos_comparten_un_estudio_y_si_uno_muere_nada_se_pierde(
    donde, lista, tmp_path, request
):
    url, ensayos = request.getfixturevalue(donde), 4
    busqueda.abrir(lista, "rnn", url)
    # el que va a morir no acabaría nunca; el otro, cuando entre los dos junten cuatro
    uno = lanzar(url, lista, tmp_path / "1.csv", 10**6)
    otro = lanzar(url, "-", tmp_path / "2.csv", ensayos, stdin=subprocess.PIPE)
    with otro.stdin as entrada:  # se la entrega otro programa, y la leen sus ayudantes
        entrada.write(lista.read_bytes())
    while len(antes := terminados(url, lista)) < 2:
        assert uno.poll() is None and otro.poll() is None
        time.sleep(0.3)
    uno.kill()
    assert uno.wait() and otro.wait() == 0
    despues = terminados(url, lista)
    assert {numero: despues[numero] for numero in antes} == antes
    filas = tablas.leer_ensayos(tmp_path / "2.csv")
    escritos = [fila["ensayo"] for fila in filas]
    assert filas[0]["datos"] == tablas.huella_de_datos(lista)
    assert len(escritos) >= ensayos and escritos == sorted(escritos)
    assert set(escritos) <= despues.keys()
    assert not (tmp_path / "1.csv").exists()


def test_buscar_mas_sigue_donde_se_quedo_y_cada_renglon_se_puede_repetir(
    lista, almacen, tmp_path, capsys
):
    busqueda.trabajar(lista, "lstm", almacen, 2)
    antes = busqueda.abrir(lista, "lstm", almacen).trials
    busqueda.trabajar(lista, "lstm", almacen, 3)
    despues = busqueda.abrir(lista, "lstm", almacen).trials
    assert despues[:2] == antes and len(despues) == 3
    dicho = capsys.readouterr().err
    assert re.findall(r"^ensayo (\d): \d\.\d{3} nats por símbolo$", dicho, re.M) == [
        *"012"
    ]
    ruta = tmp_path / "ensayos.csv"
    tablas.escribir_ensayos(ruta, despues, lista)
    fila = tablas.leer_ensayos(ruta)[0]
    nombres = leer_nombres(lista)
    simbolos = Vocabulario(nombres).simbolos[1:]
    campos = {n: fila[n] for n in Receta.__dataclass_fields__}
    repetido = entrenar_receta(*dividir(nombres)[:2], simbolos, **campos)
    assert fila["nats"] == round(float(repetido["curva_validacion"].min()), 5)


def test_las_finalistas_se_prueban_con_otras_semillas(lista, almacen, monkeypatch):
    monkeypatch.setattr(
        busqueda, "_repartir", lambda procesos, pedido: busqueda.trabajar(*pedido)
    )
    hechos = busqueda.buscar(lista, "rnn", almacen, 3, finalistas=1)
    recetas = [ensayo.user_attrs["receta"] for ensayo in hechos]
    assert [receta["semilla"] for receta in recetas] == [1, 1, 1, *afinacion.SEMILLAS]
    mejor = min(hechos[:3], key=lambda ensayo: ensayo.value)
    for receta in recetas[3:]:
        assert {**receta, "semilla": 1} == mejor.user_attrs["receta"]


class Prohibida(list):
    """Una parte que nadie debe mirar."""

    def mirar(self, *que):
        raise AssertionError("la búsqueda miró la prueba")

    __getattribute__ = __iter__ = __len__ = __getitem__ = __contains__ = __eq__ = mirar


def test_la_busqueda_no_mira_la_prueba(lista, almacen, monkeypatch):
    with pytest.raises(AssertionError, match="miró la prueba"):
        len(Prohibida())
    partes = dividir(leer_nombres(lista))
    con_trampa = Particion(partes.entrenamiento, partes.validacion, Prohibida())
    monkeypatch.setattr(busqueda, "dividir", lambda nombres: con_trampa)
    busqueda.trabajar(lista, "rnn", almacen, 1)


def test_la_prueba_no_se_abre_antes_del_capitulo_once():
    quienes = [
        ruta.name
        for carpeta in ("libro", "codigo", "imprenta")
        for ruta in sorted((RAIZ / carpeta).rglob("*"))
        if ruta.suffix in (".qmd", ".py", ".md")
        and ".prueba" in ruta.read_text("utf-8").replace("len(particion.prueba)", "")
    ]
    # la tarea suelta califica con ellos, una vez, dos redes que afinó con la validación
    desde_el_once = [
        "11-inventados.qmd",
        "12-alumna.qmd",
        "14-por-dentro.qmd",
        "15-comparacion.qmd",
    ]
    assert quienes == [*desde_el_once, "tarea.md"]


def test_una_base_que_no_se_puede_abrir_es_un_error_claro(lista):
    with pytest.raises(ValueError, match="no se pudo abrir el almacén"):
        busqueda.abrir(lista, "rnn", "sqlite:////no/existe/x.db")


def test_la_receta_se_acomoda_al_tamano_de_la_lista():
    base = RECETAS["lstm"]
    assert receta_para("lstm", 1858) == base
    chica, grande = receta_para("lstm", 100), receta_para("lstm", 18_580)
    assert chica.B < base.B and chica.epocas == base.epocas
    assert grande.B == base.B and grande.epocas < base.epocas
    with pytest.raises(ValueError, match="no hay modelo «nadie»"):
        receta_para("nadie", 10)


def test_la_importancia_reconoce_lo_que_manda(rng):
    filas = [
        {"nats": 2 + a, "terminado": 1, "tasa": 10**-a, "H": int(b), "modelo": "rnn"}
        for a, b in zip(rng.random(120), rng.integers(9, size=120))
    ]
    importancia = afinacion.importancias(filas, ["tasa", "H"])
    assert importancia["tasa"] > 0.9
    assert np.isclose(sum(importancia.values()), 1)


def test_optuna_es_la_version_que_se_probo():
    assert optuna.__version__.startswith("5.")


@pytest.mark.parametrize("modelo", ["rnn", "lstm"])
def test_la_receta_de_partida_y_los_cambios_nombran_perillas_que_existen(modelo):
    """``FixedTrial`` se niega a inventar un valor: si falta un nombre, o sobra, se nota."""
    inicial = afinacion.INICIALES[modelo]
    ensayo = optuna.trial.FixedTrial(inicial)
    receta = afinacion.proponer(ensayo, modelo)
    assert ensayo.params.keys() == inicial.keys()
    comunes = inicial.keys() & asdict(receta).keys()
    assert {n: getattr(receta, n) for n in comunes} == {n: inicial[n] for n in comunes}
    for cambio in (*afinacion.PIEZAS.values(), *afinacion.estirones(receta).values()):
        replace(receta, **cambio)
