"""La memoria en disco: lo que recuerda es lo que hay, y lo que se daña se hace de nuevo."""

import json

import pytest

from imprenta.archivos import recordar
from imprenta.ejecutar import en_vigor, huella_de_lo_usado


def contador():
    hechos = []

    def hacer():
        hechos.append(1)
        return json.dumps(len(hechos)).encode()

    return hacer


def test_lo_recordado_se_olvida_si_cambia_una_parte(tmp_path):
    hacer = contador()

    def pedir(*partes):
        return recordar(tmp_path, "x", partes, hacer)

    assert [pedir(b"ab", b"c"), pedir(b"ab", b"c")] == [b"1", b"1"]
    assert pedir(b"a", b"bc") == b"2"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("corto", "largo"), [("uno", "uno-bis"), ("u", "u-n-o")])
def test_olvidar_un_nombre_no_olvida_al_que_empieza_igual(tmp_path, corto, largo):
    hacer = contador()
    assert recordar(tmp_path, f"{corto}.json", [b"1"], hacer, json.loads) == 1
    assert recordar(tmp_path, f"{largo}.json", [b"1"], hacer, json.loads) == 2
    assert recordar(tmp_path, f"{corto}.json", [b"2"], hacer, json.loads) == 3
    assert recordar(tmp_path, f"{largo}.json", [b"1"], hacer, json.loads) == 2
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("danado", [b"", b"[1, ", b"\xff\xfe", b"nada"])
def test_lo_danado_se_hace_de_nuevo_y_se_dice_en_un_renglon(tmp_path, danado, capsys):
    hacer = contador()
    assert recordar(tmp_path, "x.json", [b"1"], hacer, json.loads) == 1
    (guardado,) = tmp_path.iterdir()
    guardado.write_bytes(danado)
    assert recordar(tmp_path, "x.json", [b"1"], hacer, json.loads) == 2
    assert capsys.readouterr().err == f"{guardado}: está dañado; se hace de nuevo\n"
    assert recordar(tmp_path, "x.json", [b"1"], hacer, json.loads) == 2
    assert capsys.readouterr().err == ""


def test_si_no_se_puede_hacer_no_se_olvida_lo_de_antes(tmp_path):
    hacer = contador()
    assert recordar(tmp_path, "x", [b"1"], hacer) == b"1"
    with pytest.raises(ZeroDivisionError):
        recordar(tmp_path, "x", [b"2"], lambda: 1 // 0)
    assert recordar(tmp_path, "x", [b"1"], hacer) == b"1"


CAMBIOS = {
    "un subpaquete": ("codigo/taller/otro.py", "x = 1\n"),
    "el candado": ("requisitos.lock", "optuna==5\n"),
    "los datos": ("data/hondo/lista.txt", "Tepic\n"),
}


@pytest.mark.parametrize("cambio", CAMBIOS)
def test_la_huella_ve_todo_lo_que_las_celdas_usan(hacer_libro, cambio):
    raiz = hacer_libro()
    usa = "from codigo.taller.otro import x"
    antes = huella_de_lo_usado(raiz, usa)
    ruta, texto = CAMBIOS[cambio]
    (raiz / ruta).parent.mkdir(parents=True, exist_ok=True)
    (raiz / ruta).write_text(texto, encoding="utf-8")
    nueva = huella_de_lo_usado(raiz, usa)
    assert nueva != antes
    (raiz / ruta).write_text(texto * 2, encoding="utf-8")
    assert huella_de_lo_usado(raiz, usa) not in (antes, nueva)


@pytest.mark.parametrize(
    ("celdas", "depende"),
    [
        ("import numpy", False),
        ("from codigo.otro import x", False),
        ("from codigo.uno import x", True),
        ("def f():\n    from codigo.usa import x", True),
        ("from codigo import x", True),
        ("%run celda.py", True),
    ],
)
def test_un_capitulo_depende_de_los_modulos_que_usa_y_de_ningun_otro(
    hacer_libro, celdas, depende
):
    raiz = hacer_libro()
    (raiz / "codigo").mkdir(exist_ok=True)
    (raiz / "codigo/otro.py").write_text("x = 1\n", "utf-8")
    (raiz / "codigo/usa.py").write_text("import codigo.uno\n", "utf-8")
    huellas = set()
    for x in (1, 2):
        (raiz / "codigo/uno.py").write_text(f"x = {x}\n", "utf-8")
        huellas.add(huella_de_lo_usado(raiz, celdas))
    assert len(huellas) == 1 + depende


@pytest.mark.parametrize(
    "variable",
    ["OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "MKL_CBWR"],
)
def test_cuentan_las_variables_del_algebra_en_vigor(hacer_libro, monkeypatch, variable):
    raiz = hacer_libro()
    monkeypatch.delenv(variable, raising=False)
    sin_ella = en_vigor(raiz)
    monkeypatch.setenv(variable, "2")
    assert en_vigor(raiz) == {**sin_ella, variable: "2"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "7")  # la de la consola manda
    assert en_vigor(raiz)["SOURCE_DATE_EPOCH"] == "7"
    monkeypatch.setenv("OTRA_COSA", "2")
    assert "OTRA_COSA" not in en_vigor(raiz)
    monkeypatch.setenv("DESDE", "cero")
    assert en_vigor(raiz)["DESDE"] == "cero"
