"""Lo que el proyecto declara de sí mismo coincide en todas partes."""

import re
import tomllib

import yaml

from tests.conftest import RAIZ

PROYECTO = tomllib.loads((RAIZ / "pyproject.toml").read_text("utf-8"))["project"]
TALLER = yaml.safe_load((RAIZ / ".github/workflows/libro.yml").read_text("utf-8"))
CITA = yaml.safe_load((RAIZ / "CITATION.cff").read_text("utf-8"))


def test_la_version_es_la_misma_en_todas_partes():
    hallada = re.search(
        r"^## (\S+) \((\S+)\)$", (RAIZ / "CAMBIOS.md").read_text("utf-8"), re.MULTILINE
    )
    assert PROYECTO["version"] == CITA["version"] == hallada[1]
    assert str(CITA["date-released"]) == hallada[2]


def test_se_prueba_en_todas_las_versiones_de_python_que_se_declaran():
    declaradas = [c.split(" :: ")[-1] for c in PROYECTO["classifiers"] if "::" in c]
    versiones = [v for v in declaradas if re.fullmatch(r"3\.\d+", v)]
    probadas = TALLER["jobs"]["pruebas"]["strategy"]["matrix"]["python"]
    assert versiones == probadas == ["3.11", "3.12", "3.13", "3.14"]
    assert PROYECTO["requires-python"] == f">={versiones[0]}"


def test_las_licencias_estan_en_su_lugar():
    assert "MIT License" in (RAIZ / "LICENSE").read_text("utf-8")
    assert "Creative Commons" in (RAIZ / "LICENSE-TEXTO").read_text("utf-8")
    assert CITA["license"] == ["MIT", "CC-BY-4.0"] and PROYECTO["license"] == "MIT"


def test_todo_paquete_de_los_candados_lleva_su_huella():
    for candado, cuantos in (("requisitos.lock", 50), ("pruebas.lock", 20)):
        renglones = (RAIZ / candado).read_text("utf-8").replace("\\\n", " ")
        paquetes = [r for r in renglones.splitlines() if re.match(r"[a-z]", r)]
        assert len(paquetes) > cuantos
        assert all("==" in p and "--hash=sha256:" in p for p in paquetes)
    assert '"--require-hashes"' in (RAIZ / "hacer.py").read_text("utf-8")
