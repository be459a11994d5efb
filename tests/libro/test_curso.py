"""La edición de aula: lo que se da por llenar corre, y lo que lo resuelve no está en ninguna parte."""

import ast
import base64
import html
import inspect
import os
import re
import subprocess
import sys
import zipfile
from io import BytesIO

import nbformat
import pytest
from bs4 import BeautifulSoup

from imprenta import curso as curso_
from imprenta import diapositivas
from imprenta.archivos import escribir
from imprenta.curso import RESUELTO
from imprenta.errores import ErrorDelLibro
from imprenta.esqueletos import FALTA, HUECOS, pedidas_de, puntos
from imprenta.fuentes import leer_indice, leer_texto, rutas_de_capitulos
from tests.conftest import RAIZ

pytestmark = pytest.mark.libro
ETIQUETA = re.compile(r"<[^>]*>")
NO_SON_LETRAS = re.compile(r"\W+")
ADJUNTO = re.compile(r'ADJUNTO = "([^"]+)"')
CAPITULOS = sorted({archivo for archivo, _ in puntos(RAIZ)})
NUMERADOS = [
    e.ruta.removeprefix("libro/").removesuffix(".qmd")
    for e in leer_indice(RAIZ)[1]
    if e.numero and not e.es_apendice
]


@pytest.fixture(scope="module")
def curso():
    carpeta = RAIZ / "_curso"
    assert carpeta.is_dir(), "no hay edición de aula: corre «make curso»"
    return carpeta


def llano(texto):
    """Lo mismo, sin marcas ni signos: así se parece a sí mismo en cualquier formato."""
    return NO_SON_LETRAS.sub(" ", html.unescape(ETIQUETA.sub("", texto)))


def de_corrido(elemento):
    """Su texto, sin los espacios, que cambian con el renglón en que cae."""
    return "".join(elemento.text.split())


def abrir(nombre, contenido):
    """Los textos de un archivo, y los de lo que trae empacado."""
    if nombre.endswith((".zip", ".epub")):
        with zipfile.ZipFile(BytesIO(contenido)) as paquete:
            for dentro in paquete.namelist():
                yield from abrir(dentro, paquete.read(dentro))
    elif nombre.endswith((".html", ".xhtml", ".js", ".py", ".ipynb", ".csv", ".txt")):
        texto = contenido.decode()
        for adjunto in ADJUNTO.findall(texto.replace('\\"', '"')):
            yield from abrir("adjunto.zip", base64.b64decode(adjunto))
        texto = ADJUNTO.sub("", texto.replace('\\"', '"')).replace("\\n", "\n")
        yield nombre, llano(texto.replace("\\u003c", "<"))


def de_las_soluciones():
    """Lo que hace cada función que se pide, y lo que se dice de ella en su recuadro."""
    for capitulo in CAPITULOS:
        fuente = leer_texto(RAIZ, f"codigo/soluciones/{capitulo}.py")
        for nodo in ast.walk(ast.parse(fuente)):
            if isinstance(nodo, ast.FunctionDef):
                cuerpo = nodo.body[bool(ast.get_docstring(nodo)) :]
                hace = "\n".join(
                    fuente.split("\n")[cuerpo[0].lineno - 1 : nodo.end_lineno]
                )
                yield llano(re.sub(" *#.*", "", hace))
    for ruta in rutas_de_capitulos(RAIZ):
        for recuadro in RESUELTO.findall(leer_texto(RAIZ, ruta)):
            prosa = re.sub(
                r"^```.*?^```$", "", recuadro, flags=re.MULTILINE | re.DOTALL
            )
            frases = re.findall(r"[\w, ]{40,}", prosa.partition("\n## ")[2])
            yield from map(llano, frases)


def test_ninguna_solucion_esta_en_lo_que_se_le_da_al_estudiante(curso):
    suyo = next(curso.glob("*-estudiantes.zip"))
    todo = "\n".join(texto for _, texto in abrir(suyo.name, suyo.read_bytes()))
    modulos = [*RAIZ.glob("codigo/*.py"), *RAIZ.glob("libro/*.qmd")]
    explicado = llano(
        "\n".join(RESUELTO.sub("", m.read_text("utf-8")) for m in modulos)
    )
    buscadas = [s for s in de_las_soluciones() if len(s) > 30 and s not in explicado]
    assert len(buscadas) > 200 and llano("¿Está bien `atras`? Averígualo") in todo
    assert [s for s in buscadas if s in todo] == []
    [(_, con_ellas)] = abrir("x.html", (RAIZ / "_libro/libro/02-rnn.html").read_bytes())
    assert sum(s in con_ellas for s in buscadas) > 5, "en el libro completo sí están"
    assert "from codigo soluciones" not in todo


def test_lo_que_se_reparte_es_lo_que_hay_en_su_carpeta(curso):
    with zipfile.ZipFile(next(curso.glob("*-estudiantes.zip"))) as paquete:
        empacado = {n: paquete.read(n) for n in paquete.namelist()}
    suelto = curso.glob("estudiantes/**/*")
    assert empacado == {
        r.relative_to(curso).as_posix(): r.read_bytes() for r in suelto if r.is_file()
    }
    assert not [n for n in empacado if "soluciones" in n]


@pytest.mark.parametrize("capitulo", CAPITULOS)
def test_los_ejercicios_van_por_llenar_y_cada_uno_falla_por_eso(curso, capitulo):
    texto = (curso / f"estudiantes/ejercicios/{capitulo}.py").read_text("utf-8")
    pedidas = pedidas_de(leer_texto(RAIZ, f"ejercicios/test_{capitulo}.py"))
    modulo = {"__name__": capitulo}
    exec(compile(texto, capitulo, "exec"), modulo)
    assert pedidas.keys() <= modulo.keys()
    suyos = [c for c in modulo.values() if getattr(c, "__module__", "") == capitulo]
    assert not [c for c in suyos if inspect.isabstract(c)], "le falta algo a su clase"
    for ejercicio, estrellas in (
        (n, v) for (c, n), v in puntos(RAIZ).items() if c == capitulo
    ):
        assert f"# Ejercicio {ejercicio} {'★' * estrellas}\n" in texto
    for nodo in ast.walk(ast.parse(texto)):
        if isinstance(nodo, ast.FunctionDef):
            hace = nodo.body[bool(ast.get_docstring(nodo)) :]
            assert [ast.unparse(paso) for paso in hace] == [FALTA], nodo.name


def test_el_estudiante_prueba_lo_suyo_en_la_carpeta_que_se_le_dio(curso, tmp_path):
    with zipfile.ZipFile(next(curso.glob("*-estudiantes.zip"))) as paquete:
        paquete.extractall(tmp_path)
    [suya] = tmp_path.iterdir()
    orden = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "ejercicios/test_rnn.py",
    ]
    sin_nada = {n: v for n, v in os.environ.items() if n != "PYTHONPATH"}
    for texto, codigo, dice in (
        (None, 1, "NotImplementedError"),
        (leer_texto(RAIZ, "codigo/soluciones/rnn.py"), 0, "passed"),
    ):
        if texto:
            (suya / "ejercicios/rnn.py").write_text(texto, "utf-8")
        hecho = subprocess.run(
            orden, cwd=suya, env=sin_nada, capture_output=True, encoding="utf-8"
        )
        assert hecho.returncode == codigo and dice in hecho.stdout, hecho.stdout


def test_la_tarea_con_huecos_es_la_llena_sin_lo_que_se_pide(curso):
    huecos, llena = (
        nbformat.read(curso / ruta, as_version=4)
        for ruta in ("estudiantes/libretas/tarea.ipynb", "docentes/tarea.ipynb")
    )
    nbformat.validate(huecos)
    de_codigo = [c for c in huecos.cells if c.cell_type == "code"]
    assert not any(c.outputs or c.execution_count for c in de_codigo)
    assert sum(c.source.count(FALTA) for c in de_codigo) == len(HUECOS)
    for nueva, vieja in zip(huecos.cells, llena.cells):
        assert nueva.cell_type == vieja.cell_type
        if nueva.cell_type == "code":
            quitado = {*nueva.source.split("\n")} - {*vieja.source.split("\n")}
            assert {renglon.strip() for renglon in quitado} <= {FALTA}
    assert "## Tu comentario" in huecos.cells[-1].source
    assert "Quién ganó" not in str(huecos) and "Nuestro comentario" not in str(huecos)


def test_el_examen_lleva_sus_respuestas_aparte(curso):
    suyo, docente = (
        (curso / cual).read_text("utf-8")
        for cual in ("estudiantes/curso/examen.html", "docentes/examen.html")
    )
    preguntas = re.findall(r"<strong>Pregunta (\d+) ", suyo)
    assert preguntas == re.findall(r"<strong>Pregunta (\d+) ", docente)
    assert (
        preguntas == [str(n) for n in range(1, len(preguntas) + 1)]
        and len(preguntas) >= 12
    )
    assert (
        len(re.findall(r"Respuesta\s*</", docente)) == len(preguntas)
        and "Respuesta" not in suyo
    )


def test_las_ecuaciones_de_la_hoja_son_las_del_libro():
    hoja = leer_texto(RAIZ, "curso/ecuaciones.qmd")
    libro = "\n".join(leer_texto(RAIZ, ruta) for ruta in rutas_de_capitulos(RAIZ))
    ecuaciones = re.findall(r"^\$\$\n(.*?)^\$\$", hoja, re.MULTILINE | re.DOTALL)
    propias = [e for e in ecuaciones if e not in libro]
    assert len(ecuaciones) > 12
    assert len(propias) == 2 and all(r"\bar{u}_t" in e for e in propias), (
        "solo el regreso de la GRU, que la misma hoja comprueba, no está en ecuaciones en el libro"
    )


@pytest.fixture(scope="module")
def del_libro(curso):
    """Las páginas de los estudiantes, sin las definiciones que se asoman en ellas."""
    paginas = {}
    for capitulo in NUMERADOS:
        texto = (curso / f"estudiantes/libro/{capitulo}.html").read_text("utf-8")
        paginas[capitulo] = BeautifulSoup(texto, "html.parser")
        for globo in paginas[capitulo].select(".globo"):
            globo.decompose()
    return paginas


@pytest.mark.parametrize("capitulo", NUMERADOS)
def test_las_diapositivas_ensenan_lo_del_libro_y_nada_mas(curso, del_libro, capitulo):
    fuente = leer_texto(RAIZ, f"curso/diapositivas/{capitulo}.qmd")
    titulos = re.findall("^## (.*)$", fuente, re.MULTILINE)
    nombra = re.findall("^@(.*)$", fuente, re.MULTILINE)
    assert 6 <= len(titulos) <= 12 and titulos[0][-1] == titulos[-1][-1] == "?"
    assert {"fig", "ejercicio"} < {n.partition("-")[0] for n in nombra}
    assert any(n.startswith(("eq-", "trozo-")) for n in nombra)
    html_ = (curso / f"estudiantes/diapositivas/{capitulo}.html").read_text("utf-8")
    pagina = BeautifulSoup(html_, "html.parser")
    secciones = pagina.select("section.diapositiva")
    assert [s["id"] for s in secciones] == [str(n + 1) for n in range(len(titulos))]
    for nombrado in nombra[:-1]:
        suyo = pagina.find(id=nombrado)
        [original] = filter(None, (p.find(id=nombrado) for p in del_libro.values()))
        assert de_corrido(suyo) == de_corrido(original) != ""
    enunciado = "".join(map(de_corrido, secciones[-1].find_all("p")))
    assert enunciado.startswith(f"Ejercicio{nombra[-1][-1]}★")
    assert enunciado in de_corrido(del_libro[capitulo])
    de_quarto = (curso / f"docentes/diapositivas/{capitulo}.qmd").read_text("utf-8")
    assert re.findall("^## (.*?) {", de_quarto, re.MULTILINE) == titulos
    assert "```{" not in de_quarto and "⟦" not in de_quarto and "?@" not in de_quarto
    figuras = re.findall(r"\]\((.*?_files/.*?)\)", de_quarto)
    assert len(figuras) == len([n for n in nombra if n.startswith("fig-")])
    for figura in figuras:
        copia = curso / f"docentes/diapositivas/{figura}"
        assert (
            copia.read_bytes() == (curso / f"estudiantes/libro/{figura}").read_bytes()
        )


def test_no_sobra_ninguna_diapositiva_y_el_temario_las_enlaza(curso):
    fuentes = sorted(r.stem for r in (RAIZ / "curso/diapositivas").glob("*.qmd"))
    temario = (curso / "estudiantes/curso/temario.html").read_text("utf-8")
    enlazadas = re.findall(r'href="\.\./diapositivas/(.*?)\.html"', temario)
    assert fuentes == NUMERADOS == sorted(enlazadas)
    assert [
        hueco for hueco in sorted(HUECOS) if f">{hueco}</code>" not in temario
    ] == []


@pytest.mark.parametrize(
    ("texto", "queja"),
    [
        ("## ¿Qué?\n\n@fig-nada\n", "x.qmd:3: nombra «fig-nada»"),
        ("Sin título.\n", "x.qmd:1: cada diapositiva empieza con un «##»"),
    ],
)
def test_una_diapositiva_que_nombra_lo_que_no_hay_lo_dice(tmp_path, texto, queja):
    (tmp_path / "x.qmd").write_text(texto, "utf-8")
    with pytest.raises(ErrorDelLibro, match=f"^{queja}"):
        diapositivas._armar(tmp_path, "x.qmd", {})


@pytest.mark.parametrize("que", ["cambió", "puso"])
def test_lo_que_alguien_dejo_ahi_no_se_toca(tmp_path, que):
    (tmp_path / "_curso").mkdir()
    (tmp_path / "_curso/mio.py").write_text("x = 1\n", "utf-8")
    if que == "cambió":
        escribir(tmp_path / "_curso" / curso_.DEJADO, '{"mio.py": "otra huella"}')
    with pytest.raises(ErrorDelLibro, match=r"^_curso/mio.py: no es como se dejó"):
        curso_.hacer(tmp_path)
    assert (tmp_path / "_curso/mio.py").read_text("utf-8") == "x = 1\n"
