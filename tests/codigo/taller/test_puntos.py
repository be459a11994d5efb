"""El punto de control en disco: que matar el proceso no pierda nada y que no se siga lo ajeno."""

import subprocess
import sys

import numpy as np
import pytest

from codigo.corrida import Corrida, Receta
from codigo.datos import Vocabulario
from codigo.taller.archivos import cargar_arreglos, guardar_arreglos
from codigo.taller.puntos import correr_con_punto, guardar_punto, volver_al_punto
from tests.codigo.test_corrida import CHICA, iguales, partes  # noqa: F401  (la fixture)
from tests.conftest import RAIZ

GUION = """
import os, sys
import codigo.taller.archivos
muere_en, donde, vez = int(sys.argv[3]), sys.argv[4], 0
original = getattr(os, donde)
def gancho(*argumentos):
    global vez
    vez += 1
    if vez == muere_en:
        os.kill(os.getpid(), 9)
    return original(*argumentos)
setattr(os, donde, gancho)
from pathlib import Path
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.corrida import Corrida, Receta
from codigo.taller.puntos import correr_con_punto
nombres = leer_nombres("data/municipios.txt")
partes = dividir(nombres)
pocos, apartados = partes.entrenamiento[:60], partes.validacion[:20]
corrida = Corrida(Receta(H=16, epocas=6), pocos, apartados, Vocabulario(nombres))
for _ in correr_con_punto(corrida, Path(sys.argv[1])):
    print(len(corrida.validadas), flush=True)
corrida.red.guardar(sys.argv[2])
"""


def lanzar(punto, final, muere_en=0, donde="replace"):
    orden = [sys.executable, "-c", GUION, str(punto), str(final), str(muere_en), donde]
    return subprocess.run(
        orden, cwd=RAIZ, capture_output=True, encoding="utf-8", check=False
    )


def test_matar_el_proceso_no_pierde_ni_cambia_nada(tmp_path):
    """SIGKILL a media escritura, justo antes de renombrar y entre época y época."""
    assert lanzar(tmp_path / "sin-matar.npz", tmp_path / "entera.npz").returncode == 0
    punto, final = tmp_path / "punto.npz", tmp_path / "reanudada.npz"
    for muere_en, donde in ((1, "replace"), (3, "fsync"), (4, "replace")):
        assert lanzar(punto, final, muere_en, donde).returncode == -9
        assert not final.exists()
    ultima = lanzar(punto, final)
    assert ultima.returncode == 0, ultima.stderr
    assert 0 < ultima.stdout.count("\n") < 6, "no siguió donde iba"
    assert iguales(cargar_arreglos(tmp_path / "entera.npz"), cargar_arreglos(final))


def test_el_disco_no_cambia_ni_un_bit(partes, tmp_path):  # noqa: F811
    punto = tmp_path / "punto.npz"
    una, otra = (Corrida(Receta(**CHICA), *partes) for _ in range(2))
    for _, _ in zip(range(2), correr_con_punto(una, punto)):
        pass
    volver_al_punto(punto, otra)
    assert iguales(una.estado(), otra.estado())


def test_un_punto_de_otra_receta_o_de_otros_nombres_se_rechaza(partes, tmp_path):  # noqa: F811
    punto = tmp_path / "punto.npz"
    guardar_punto(punto, Corrida(Receta(**CHICA), *partes))
    with pytest.raises(ValueError, match="otra receta"):
        volver_al_punto(punto, Corrida(Receta(**{**CHICA, "tasa": 0.5}), *partes))
    entrenamiento, validacion, vocabulario = partes
    for otras in (
        (entrenamiento[:-1], validacion, vocabulario),
        (entrenamiento, validacion[:-1], vocabulario),
        (entrenamiento, validacion, Vocabulario([vocabulario.simbolos[1:] + "Ω"])),
    ):
        with pytest.raises(ValueError, match="otros nombres"):
            volver_al_punto(punto, Corrida(Receta(**CHICA), *otras))
    guardar_arreglos(punto, {"a": np.ones(1)})
    with pytest.raises(ValueError, match="punto de control"):
        volver_al_punto(punto, Corrida(Receta(**CHICA), *partes))
