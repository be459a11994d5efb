"""Paso a paso: que el regreso del navegador sea el de NumPy, y que la figura se deje manejar."""

import asyncio
import inspect
import json
import os
import re
import shutil
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from subprocess import PIPE, Popen

import matplotlib.pyplot as plt
import numpy as np
import pytest
from tornado.websocket import websocket_connect

import codigo.pizarron
import codigo.pizarron_lstm
from codigo.gradiente import sabotear
from codigo.lstm import LSTM
from codigo.rnn import RNN
from codigo.taller.navegador import empacar
from tests.navegador.conftest import abrir
from tests.navegador.test_paginas import ALIGERAR, faltas

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

GUIONES = ["redes", "retroceso"]
NOMBRES = ["Ixil", "San Juan Ñumí", "Parangaricutiro"]
MODULOS = {"RNN": codigo.pizarron, "LSTM": codigo.pizarron_lstm}
REGRESO = """([paquete, letras, error]) => {
  const red = Redes.leer(paquete), pasos = Retroceso.leer(red, letras);
  const ultimo = [...Retroceso.volver(red, pasos, error)].at(-1);
  const g = Object.entries(ultimo.g).map(([nombre, suyo]) => [nombre, [...suyo]]);
  return [pasos.reduce((suma, { sorpresa }) => suma + sorpresa, 0), Object.fromEntries(g)];
}"""


def de_numpy(modulo, pesos, nombre, vocabulario):
    """La pérdida y los gradientes de un nombre, con uno de los pizarrones."""
    letras = vocabulario.codificar(nombre).tolist()
    pedido = pesos, [0, *letras], [*letras, 0]
    nada = [np.zeros(len(pesos["Why"]))] * (2 if "Wh" in pesos else 1)
    perdida, *leido = modulo.adelante(*pedido, *nada)
    return perdida, modulo.atras(*pedido, *leido)


@pytest.mark.parametrize("clase", [RNN, LSTM])
def test_el_regreso_es_el_de_numpy_sano_y_con_cada_error(
    vacia, clase, vocabulario, rng
):
    red = clase(len(vocabulario), 8, rng, np.float32, escala=0.5)
    pesos = {n: p.astype(np.float64) for n, p in red.parametros.items()}
    paquete, modulo = empacar(red, vocabulario, np.float32), MODULOS[clase.__name__]
    errores = vacia.evaluate("tipo => Retroceso.ERRORES[tipo]", clase.__name__)
    casos = {"": modulo} | {
        e: sabotear(modulo, *dado["cambia"]) for e, dado in errores.items()
    }
    assert len(casos) == 4
    sanos = {}
    for error, suyo in casos.items():
        for nombre in NOMBRES:
            letras = vocabulario.codificar(nombre).tolist()
            perdida, gradientes = vacia.evaluate(REGRESO, [paquete, letras, error])
            debida, debidos = de_numpy(suyo, pesos, nombre, vocabulario)
            assert abs(perdida - debida) < 1e-6
            suyos = np.concatenate([gradientes[n] for n in pesos])
            todos = np.concatenate([debidos[n].ravel() for n in pesos])
            assert np.abs(suyos - todos).max() < 1e-6
            sanos.setdefault(nombre, todos)
            assert not error or np.abs(todos - sanos[nombre]).max() > 1e-3


# --- La figura --------------------------------------------------------------------------------

# Recorre la figura y dice de cada paso lo que se ve. Las plenas son del dibujo, pero no de una pieza
# o una flecha, que es lo que se apaga.
CAMINO = """caja => {
  const uno = cual => caja.querySelector(cual), todos = cual => [...caja.querySelectorAll(cual)];
  const control = uno('[type=range]');
  const partes = todos('[role=status], pre code, .pasos-mando button:last-child');
  return Array.from({length: Number(control.max) + 1}, (_, paso) => {
    control.value = paso;
    control.dispatchEvent(new Event('input'));
    const codigo = uno('pre code');
    return {
      dice: uno('[role=status]').textContent,
      codigo: codigo.checkVisibility() ? codigo.textContent.trim().split('\\n') : [],
      texto: caja.textContent,
      formulas: todos('.adentro-marco > math').length,
      encendidas: todos('.encendida[data-parte]').length,
      plenas: todos('svg.dibujo > :not([data-parte], [data-flecha], title, desc)').length,
      borrados: todos('del').length,
      rotas: todos('.rota').map(e => e.dataset.parte ?? e.dataset.flecha),
      apagadas: todos('.rota:not(.encendida)').length,
      malas: todos('.mala').map(e => e.textContent),
      filas: todos('tbody tr').map(fila => [...fila.children].map(celda => celda.textContent)),
      altos: partes.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().y),
    };
  });
}"""
CORTAN = {
    *("el futuro no llega", "el estado no manda nada atrás"),
    "la celda olvida su futuro",
}
FIGURAS = {"02-rnn": RNN, "07-lstm": LSTM}


class Figura:
    """La figura de una página, y cómo se maneja."""

    def __init__(self, hoja):
        self.hoja, self.caja = hoja, hoja.page.locator(".pasos")
        self.control = self.caja.get_by_role("slider", name="Paso")

    @property
    def dice(self):
        return self.caja.get_by_role("status").inner_text()

    def tecla(self, cual):
        self.control.press(cual)
        return int(self.control.input_value())

    def fila(self, rotulo):
        celdas = self.caja.get_by_role("row", name=rotulo).locator("td")
        return [texto.replace("−", "-") for texto in celdas.all_inner_texts()]

    def plantar(self, error):
        self.caja.get_by_label("Error plantado").select_option(error)

    def camino(self):
        """Lo que se ve en cada paso."""
        return self.caja.evaluate(CAMINO)

    def restablecer(self):
        """Como recién abierta."""
        self.hoja.page.emulate_media(color_scheme="light")
        self.hoja.de_ancho(1280)
        self.plantar("")
        self.caja.get_by_label("Nombre").fill("Ixil")


@pytest.fixture(scope="module")
def abiertas(navegador, sitio):
    @cache
    def ligera(cual):
        hoja = abrir(contexto, sitio, f"libro/{cual}.html")
        hoja.page.evaluate(ALIGERAR, ".pasos")
        return Figura(hoja)

    with navegador.new_context(offline=True, reduced_motion="reduce") as contexto:
        yield ligera


@pytest.fixture(params=sorted(FIGURAS))
def figura(request, abiertas):
    suya = abiertas(request.param)
    suya.restablecer()
    yield suya
    assert suya.hoja.consola == [] and suya.hoja.fuera == []


@pytest.fixture
def pesos(figura):
    """Los pesos que la página trae, en ``float64``, como los desempaca NumPy."""
    clase = FIGURAS[figura.hoja.nombre.removeprefix("libro/").removesuffix(".html")]
    leer = "JSON.parse(document.getElementById('pesos-de-ocho').textContent)"
    paquete = figura.hoja.page.evaluate(leer)
    V, pesos = len(paquete["simbolos"]), {}
    for nombre, letras in paquete["pesos"].items():
        peso = np.frombuffer(b64decode(letras), "<f2").astype(float)
        ancho = V if nombre == "Why" else len(peso) // V
        ancho = ancho if nombre in ("Wxh", "Wx", "Why") else len(peso) // 8
        pesos[nombre] = peso if nombre[0] == "b" else peso.reshape(-1, ancho)
    return MODULOS[clase.__name__], pesos


def test_llega_a_la_perdida_y_al_gradiente_de_numpy(figura, pesos, vocabulario):
    figura.caja.get_by_label("Nombre").fill("Tepic")
    perdida, gradientes = de_numpy(*pesos, "Tepic", vocabulario)
    figura.tecla("End")
    normas = [np.linalg.norm(g) for g in gradientes.values()]
    np.testing.assert_allclose(
        list(map(float, figura.fila("va en"))), normas, atol=6e-3
    )
    assert f"{perdida:.3f} nats" in figura.caja.locator("caption").first.inner_text()
    (fin,) = (p["dice"] for p in figura.camino() if "Se acabó el nombre" in p["dice"])
    assert f"{perdida:.3f} nats" in fin


def test_avanza_y_retrocede_con_botones_teclas_y_control(figura):
    primero = figura.dice
    figura.caja.get_by_role("button", name="Siguiente").click()
    segundo = figura.dice
    assert segundo != primero and "símbolo 1 de 5" in segundo
    figura.hoja.page.keyboard.press("ArrowLeft")  # el foco sigue en el botón
    assert figura.dice == primero
    assert figura.tecla("ArrowRight") == 1 and figura.dice == segundo
    figura.tecla("PageDown")
    assert "símbolo 2 de 5" in figura.dice
    figura.tecla("End")
    assert "Regreso, símbolo 1 de 5" in figura.dice
    nombre = figura.caja.get_by_label("Nombre")
    nombre.press("ArrowLeft")  # ahí mueve el cursor, no la figura
    assert "Regreso, símbolo 1 de 5" in figura.dice
    nombre.fill("Ωmega")
    assert "no conoce «Ω»" in figura.dice and figura.control.is_disabled()


def test_dice_su_ecuacion_y_sus_renglones_y_enciende_el_dibujo(figura, pesos):
    modulo, _ = pesos
    renglones = [linea.strip() for linea in inspect.getsource(modulo).splitlines()]
    for paso in figura.camino():
        assert paso["formulas"] == 1
        escritos = paso["codigo"]
        assert bool(escritos) == ("Se acabó el nombre" not in paso["dice"])
        assert [r for r in escritos if r and r not in renglones] == []
        de_pesos = "Cada peso suma" in paso["dice"]
        assert not de_pesos or len(escritos) == len(pesos[1])
        assert "−0.000" not in paso["texto"]
        assert paso["encendidas"] >= 1 and paso["plenas"] == 0


def test_en_las_orillas_del_nombre_no_hay_anterior_ni_siguiente(figura):
    figura.tecla("End")
    assert "Antes no hay nada" in figura.dice
    formula = figura.caja.get_by_role("region", name="La ecuación")
    assert "+=" in formula.text_content()
    solos = 0
    for paso in figura.camino():
        if "le llega solo por su" in paso["dice"]:
            solos += 1
            de_otro = ("futuro", "del estado", "de la celda")
            (vale,) = (
                cifras for de, *cifras in paso["filas"] if de.startswith(de_otro)
            )
            assert set(vale) == {"0"}
        else:
            assert not re.search("Regreso.*5 de 5.*siguiente", paso["dice"])
    assert solos == (2 if "07" in figura.hoja.nombre else 1)


@pytest.mark.parametrize("cual", [1, 2, 3])
def test_un_error_plantado_se_ve_donde_cambia_y_donde_ya_no_es_el_gradiente(
    figura, pesos, vocabulario, cual
):
    opciones = figura.caja.get_by_label("Error plantado").locator("option")
    error = opciones.nth(cual).inner_text()
    figura.plantar(error)
    figura.tecla("End")
    cambia = figura.hoja.page.evaluate(
        "e => Object.values(Retroceso.ERRORES).map(s => s[e]).find(Boolean).cambia",
        error,
    )
    modulo, suyos = pesos
    for rotulo, programa in (
        ("≠ va en", sabotear(modulo, *cambia)),
        ("sano", modulo),
    ):
        _, gradientes = de_numpy(programa, suyos, "Ixil", vocabulario)
        normas = [np.linalg.norm(g) for g in gradientes.values()]
        vistas = figura.caja.get_by_role("row", name=rotulo).last.locator("td")
        np.testing.assert_allclose(
            list(map(float, vistas.all_inner_texts())), normas, atol=6e-3
        )
    regreso = [p for p in figura.camino() if p["dice"].startswith("Regreso")]
    dicho = "".join(paso["dice"] for paso in regreso)
    borrado, rotas = (any(p[q] for p in regreso) for q in ("borrados", "rotas"))
    assert ("Aquí se corta" in dicho) == (error in CORTAN)
    assert "ya no es el gradiente" in dicho and borrado and rotas


SIN_PENDIENTE, SIN_ESTADO = (
    "falta la derivada de tanh",
    "el estado no manda nada atrás",
)
SIN_CELDA, CON_LA_NUEVA = "la celda olvida su futuro", "olvido con la celda nueva"
ROTAS = {
    ("02-rnn", SIN_PENDIENTE): {
        27: "",
        28: "tanh-suma suma",
        29: "suma suma-Whh suma-bh suma-Wxh",
        30: "suma suma-Whh Whh-antes antes",
        31: "",
        32: "despues-h h h",
        33: "h h h-tanh tanh-suma suma",
    },
    ("02-rnn", "el futuro no llega"): {28: "", 32: "despues-h h h"},
    ("07-lstm", SIN_ESTADO): {
        36: "",
        39: "h h h-por_o por_o-tanh tanh-bifurca bifurca bifurca-suma suma",
    },
    ("07-lstm", CON_LA_NUEVA): {
        33: "",
        34: "por_f-f f f-z z",
        35: "z z-Wx z-Wh z-b",
        36: "z z-Wh Wh-antes antes",
    },
    ("07-lstm", SIN_CELDA): {
        39: "c_despues-c c c-bifurca bifurca bifurca-suma suma",
    },
}


@pytest.mark.parametrize(("figura", "error"), ROTAS, indirect=["figura"])
def test_se_rompe_lo_que_lleva_algo_mal_y_nada_mas(request, figura, error):
    figura.plantar(error)
    camino = figura.camino()
    for n, debidas in ROTAS[request.node.callspec.params["figura"], error].items():
        assert {*camino[n]["rotas"]} == set(debidas.split()), n
    for n, paso in enumerate(camino):
        assert bool(paso["rotas"]) == any("va en" not in m for m in paso["malas"]), n
        assert paso["apagadas"] == 0, n


def test_sin_las_formas_que_son_de_otra_red_el_nombre_de_un_peso_va_en_medio(figura):
    formas = figura.caja.locator("[data-forma]")
    assert formas.count() and not any(forma.is_visible() for forma in formas.all())
    caja, nombre = (
        figura.caja.locator(f"[data-parte=Why] {que}").bounding_box()
        for que in ("rect", "text >> nth=1")
    )
    centros = [c["y"] + c["height"] / 2 for c in (caja, nombre)]
    assert abs(centros[0] - centros[1]) < 2


def test_lo_que_no_cabe_se_desliza_se_nota_y_la_letra_no_se_achica(figura):
    page = figura.hoja.page
    dichos = [paso["dice"] for paso in figura.camino()]
    acaba = next(n for n, dice in enumerate(dichos) if "Se acabó el nombre" in dice)
    for ancho, dibujo in ((390, 350), (1280, 350)):
        figura.hoja.de_ancho(ancho)
        trazado = figura.caja.locator("svg.dibujo").bounding_box()
        assert trazado["width"] >= dibujo
        dicho = figura.caja.locator(".pasos-dice").bounding_box()
        assert (trazado["y"] < dicho["y"] + dicho["height"]) == (ancho == 1280)
        figura.control.fill(str(acaba))
        formula = figura.caja.get_by_role("region", name="La ecuación")
        mide = "e => e.firstElementChild.getBoundingClientRect().width"
        assert formula.evaluate(mide) <= formula.evaluate("e => e.clientWidth") + 1
        figura.tecla("Home")
    figura.hoja.de_ancho(320)
    figura.tecla("ArrowRight")
    valores = figura.caja.get_by_role("region", name="Lo que vale")
    assert valores.evaluate("e => e.scrollWidth > e.clientWidth")
    assert "gradient" in valores.evaluate("e => getComputedStyle(e).backgroundImage")
    valores.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=valores.element_handle())
    letra = "es => es.map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(valores.locator("th, td").evaluate_all(letra)) >= 11


@pytest.mark.parametrize("densidad", [1.2, 1.5])
def test_donde_nada_se_desliza_no_hay_sombra(navegador, sitio, densidad):
    ventana = {"width": 1280, "height": 1400}
    pagina = navegador.new_page(device_scale_factor=densidad, viewport=ventana)
    pagina.goto(f"{sitio.as_uri()}/libro/07-lstm.html")
    for marco in pagina.locator(".pasos .adentro-marco").all():
        pixeles = plt.imread(BytesIO(marco.screenshot()))[2:-2]
        assert np.ptp(pixeles[:, -4:], axis=(0, 1)).max() == 0
    pagina.close()


def test_en_un_telefono_se_ve_lo_que_cambia_al_avanzar(figura):
    figura.hoja.page.set_viewport_size({"width": 390, "height": 844})
    figura.caja.locator("table").first.evaluate("e => e.scrollIntoView()")
    for n, paso in enumerate(figura.camino()):
        altos = paso["altos"]
        assert altos == sorted(altos) and altos[0] > 0 and altos[-1] < 800, n


def test_cabe_y_no_tiene_faltas_a_medio_camino_y_con_un_error(figura, solo_pandoc):
    page = figura.hoja.page
    figura.caja.get_by_label("Nombre").fill("San Juan Parangaricutiro")
    figura.caja.get_by_label("Error plantado").select_option(index=1)
    for ancho, tema in ((390, "light"), (1280, "dark")):
        figura.hoja.de_ancho(ancho)
        page.emulate_media(color_scheme=tema)
        for paso in ("Home", "End", "PageUp"):
            figura.tecla(paso)
            assert faltas(figura.hoja, donde=".pasos") == [], (ancho, tema, paso)
            total = page.evaluate("document.documentElement.scrollWidth")
            assert total <= ancho, (ancho, tema, paso)


def test_un_lector_de_pantalla_sabe_que_es_y_en_que_va(figura):
    grupo = figura.hoja.page.get_by_role("group", name="Paso a paso por un nombre")
    arbol = grupo.aria_snapshot()
    for cosa in ('textbox "Nombre"', 'combobox "Error plantado"', 'slider "Paso"'):
        assert cosa in arbol
    assert 'button "Siguiente' in arbol and "status" in arbol and "img" not in arbol
    figura.tecla("ArrowRight")
    assert figura.control.get_attribute("aria-valuetext").startswith("2 de ")
    for region in grupo.get_by_role("region").all():
        region.focus()
        assert region.evaluate("e => e.matches(':focus-visible')")


def test_sin_guion_queda_la_tabla(sin_guiones, sitio, pesos, figura, vocabulario):
    pagina = abrir(sin_guiones, sitio, figura.hoja.nombre).page
    filas = pagina.locator(".pasos table tbody tr")
    assert filas.count() == 5 and filas.first.is_visible()
    perdida, gradientes = de_numpy(*pesos, "Ixil", vocabulario)
    cifras = [
        [float(c) for c in f.locator("td").all_inner_texts()[2:]] for f in filas.all()
    ]
    assert abs(sum(fila[0] for fila in cifras) - perdida) < 5e-3
    matrices = [np.linalg.norm(g) for g in gradientes.values() if g.ndim == 2]
    np.testing.assert_allclose(cifras[0][1:], matrices, atol=1e-3)


# --- En Firefox: Playwright no maneja el de Debian, pero él mismo atiende el protocolo BiDi -------


async def manejar(direccion, url, teclas, *preguntas):
    """Abre una página en Firefox, oprime unas teclas en la figura y contesta lo que se pregunte."""
    canal = await websocket_connect(f"{direccion}/session", max_message_size=10**8)

    async def pedir(metodo, **datos):
        await canal.write_message(
            json.dumps({"id": 1, "method": metodo, "params": datos})
        )
        while "id" not in (dicho := json.loads(await canal.read_message())):
            pass
        return dicho["result"]

    await pedir("session.new", capabilities={})
    aqui = (await pedir("browsingContext.getTree"))["contexts"][0]["context"]

    async def evaluar(que):
        blanco = {"target": {"context": aqui}, "awaitPromise": False}
        dicho = await pedir(
            "script.evaluate", expression=f"JSON.stringify({que})", **blanco
        )
        return json.loads(dicho["result"].get("value", "null"))

    await pedir("browsingContext.navigate", context=aqui, url=url, wait="complete")
    await evaluar("document.querySelector('.pasos input[type=range]').focus()")
    pulsos = [
        {"type": f"key{v}", "value": tecla} for tecla in teclas for v in ("Down", "Up")
    ]
    actua = {"type": "key", "id": "teclado", "actions": pulsos}
    await pedir("input.performActions", context=aqui, actions=[actua])
    contestado = [await evaluar(pregunta) for pregunta in preguntas]
    await pedir("session.end")
    canal.close()
    while await canal.read_message() is not None:
        pass
    return contestado


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    ruta = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if ruta is None:
        assert not os.environ.get("CI"), "en CI debe haber un Firefox"
        pytest.skip("no hay un Firefox en esta máquina")
    perfil = str(tmp_path_factory.mktemp("perfil"))
    orden = [ruta, "--headless", "--no-remote", "--remote-debugging-port=0"]
    with Popen([*orden, "--profile", perfil], stderr=PIPE, encoding="utf-8") as proceso:
        yield next(r.split()[-1] for r in proceso.stderr if "BiDi listening" in r)
        proceso.terminate()
        proceso.stderr.read()


@pytest.mark.parametrize("pagina", sorted(FIGURAS))
def test_en_firefox_calcula_y_camina_igual(
    firefox, contexto, sitio, pagina, vocabulario
):
    figura = Figura(abrir(contexto, sitio, f"libro/{pagina}.html"))
    letras = vocabulario.codificar("Parangaricutiro").tolist()
    regreso = (
        "(([letras, error]) => (" + REGRESO + ")([JSON.parse(document.getElementById"
        f"('pesos-de-ocho').textContent), letras, error]))([{letras}, ''])"
    )
    dice = "document.querySelector('.pasos-dice').textContent"
    fin, izquierda = "\ue010", "\ue012"
    url = f"{sitio.as_uri()}/libro/{pagina}.html"
    pedido = manejar(firefox, url, [fin, izquierda], dice, regreso)
    with ThreadPoolExecutor(1) as aparte:  # Playwright ocupa el ciclo de este hilo
        dicho, (perdida, suyos) = aparte.submit(asyncio.run, pedido).result()
    figura.tecla("End")
    figura.tecla("ArrowLeft")
    assert dicho.strip() == figura.dice
    debida, debidos = figura.hoja.page.evaluate(regreso)
    assert abs(perdida - debida) < 1e-6
    for nombre, debido in debidos.items():
        np.testing.assert_allclose(suyos[nombre], debido, rtol=0, atol=1e-6)
