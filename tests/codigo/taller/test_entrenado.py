import numpy as np
import pytest

from codigo.taller import entrenado
from codigo.taller.archivos import guardar_arreglos

CURVA = np.array([1.7, 1.6, 1.5], np.float32)
PESOS = {"Wxh": np.ones((3, 4), np.float16), "bh": np.ones(4, np.float16)}


@pytest.fixture
def carpetas(tmp_path, monkeypatch):
    """Lo que traía el libro y lo que se acaba de entrenar, iguales."""
    nuevos, guardados = tmp_path / "memoria/cero-1234", tmp_path / "entrenado"
    monkeypatch.setattr(entrenado, "MEMORIA", tmp_path / "memoria")
    monkeypatch.setattr(entrenado, "GUARDADO", guardados)
    for carpeta in (nuevos, guardados):
        guardar_arreglos(carpeta / "uno.npz", {**PESOS, "curva": CURVA})
    (nuevos / "uno.candado").touch()
    return nuevos, guardados


@pytest.mark.parametrize(
    ("nuevo", "queja"),
    [
        ({**PESOS, "curva": CURVA}, None),
        ({**PESOS, "curva": CURVA + np.float32(0.01)}, None),
        ({**PESOS, "curva": CURVA[:2]}, "«curva» da 1.6000 y era 1.5000"),
        ({**PESOS, "curva": CURVA + np.float32(0.1)}, "«curva» da 1.6000"),
        ({"Wxh": 2 * PESOS["Wxh"], "curva": CURVA}, None),
    ],
)
def test_se_comparan_las_medidas_y_no_los_pesos(carpetas, nuevo, queja, capsys):
    guardar_arreglos(carpetas[0] / "uno.npz", nuevo)
    assert entrenado.main(guarda=False) == bool(queja)
    assert (queja or "0 distintos") in capsys.readouterr().out


def test_lo_que_falta_o_sobra_se_dice(carpetas, capsys):
    for nuevo in ("dos", "areas_del_juez-1"):  # que en otra máquina juzga otros nombres
        guardar_arreglos(carpetas[0] / f"{nuevo}.npz", PESOS)
    (carpetas[0] / "uno.npz").unlink()
    assert entrenado.main(guarda=False) == 1
    dicho = capsys.readouterr().out
    assert "dos.npz: solo" in dicho and "uno.npz: solo" in dicho
    assert "2 distintos" in dicho


def test_guardar_deja_lo_recien_entrenado_y_nada_mas(carpetas):
    nuevos, guardados = carpetas
    guardar_arreglos(guardados / "viejo.npz", PESOS)
    guardar_arreglos(nuevos / "dos.npz", PESOS)
    (nuevos.parent / "cero-tarea").mkdir()
    (nuevos.parent / "cero-tarea/tarea-1.json").write_text("[]", "utf-8")
    assert entrenado.main(guarda=True) == 0
    quedan = {ruta.name for ruta in guardados.iterdir()}
    assert quedan == {"uno.npz", "dos.npz", "tarea-1.json"}
