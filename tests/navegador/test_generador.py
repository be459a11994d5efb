"""El generador: que la red del navegador sea la del libro, y que la página haga lo que dice."""

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from codigo.activaciones import log_softmax
from codigo.corrida import entrenar_receta
from codigo.limpieza import Corte
from codigo.redes import REDES
from codigo.taller.archivos import cargar_arreglos
from codigo.taller.memoria import recordar
from codigo.taller.navegador import empacar
from tests.conftest import RAIZ
from tests.navegador.conftest import abrir
from tests.navegador.test_paginas import faltas

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

LOGITOS = """([paquete, prefijos]) => {
  const red = Redes.leer(paquete);
  return prefijos.map((prefijo) => {
    let entrada = 0, paso = { estado: red.inicial() };
    for (const letra of [...prefijo, null]) {
      paso = red.paso(entrada, paso.estado);
      entrada = red.simbolos.indexOf(letra);
    }
    return [...paso.logitos];
  });
}"""


GUIONES = ["redes"]


def logitos_de_numpy(red, vocabulario, prefijos):
    """Los logitos después de cada prefijo, en ``float64``."""
    red = type(red).con({n: p.astype(np.float64) for n, p in red.parametros.items()})
    todos = []
    for prefijo in prefijos:
        estado = red.estado_inicial(1)
        for letra in [0, *vocabulario.codificar(prefijo)]:
            logitos, estado = red.paso(np.array([letra]), estado)
        todos.append(logitos[0])
    return np.array(todos)


def prefijos_de(nombres, rng):
    escogidos = rng.choice(nombres, 50)
    return ["", *(str(n)[: rng.integers(1, len(n) + 1)] for n in escogidos)]


@pytest.fixture(scope="module", params=sorted(REDES))
def entrenada(request, particion, vocabulario):
    tipo = request.param
    if tipo == "gru":
        partes = (*particion[:2], vocabulario.simbolos[1:])
        pesos = recordar(entrenar_receta, *partes, modelo=tipo, semilla=1)
    else:
        pesos = cargar_arreglos(RAIZ / f"data/alumna-{tipo}-1.npz")
    return tipo, REDES[tipo].con({n: p.astype(np.float32) for n, p in pesos.items()})


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_sus_logitos_son_los_de_numpy(
    vacia: Page, entrenada, nombres, vocabulario, rng, dtype
):
    tipo, red = entrenada
    se_redondea = tipo == "gru" and dtype == np.float16  # las alumnas ya venían así
    tolerancia = 1e-2 if se_redondea else 1e-5
    prefijos = prefijos_de(nombres, rng)
    paquete = empacar(red, vocabulario, dtype)
    del_navegador = np.array(vacia.evaluate(LOGITOS, [paquete, prefijos]))
    de_numpy = logitos_de_numpy(red, vocabulario, prefijos)
    escala = np.abs(de_numpy).max(axis=1, keepdims=True)
    assert np.abs((del_navegador - de_numpy) / escala).max() < tolerancia


def test_la_pagina_lleva_los_pesos_entrenados(
    contexto, sitio, entrenada, vocabulario, nombres, rng
):
    tipo, red = entrenada
    hoja = "libro/gru.html" if tipo == "gru" else "libro/13-generador.html"
    pagina = abrir(contexto, sitio, hoja).page
    prefijos = prefijos_de(nombres, rng)
    paquete = pagina.evaluate(
        "id => Taller.traer().then(() => Taller.datos(id))", f"pesos-{tipo}"
    )
    assert paquete == empacar(red, vocabulario)
    de_la_pagina = np.array(pagina.evaluate(LOGITOS, [paquete, prefijos]))
    de_numpy = logitos_de_numpy(red, vocabulario, prefijos)
    assert np.abs(log_softmax(de_la_pagina) - log_softmax(de_numpy)).max() < 0.1


PROBABILIDADES = "([y, t, piso]) => [...Redes.probabilidades(y, t, piso)]"


@pytest.mark.parametrize("piso", [0, 0.002, 0.2, 0.6, 1.1])
@pytest.mark.parametrize("temperatura", [0.7, 1.08])
def test_corta_lo_mismo_que_numpy(
    vacia: Page, entrenada, nombres, vocabulario, rng, temperatura, piso
):
    class Dicho:
        def paso(self, indices, estado):
            return logitos, estado

    logitos = logitos_de_numpy(entrenada[1], vocabulario, prefijos_de(nombres, rng)[:9])
    cortados, _ = Corte(Dicho(), piso).paso(np.zeros(9), None)
    de_numpy = np.exp(log_softmax(cortados / temperatura))
    del_navegador = [
        vacia.evaluate(PROBABILIDADES, [y, temperatura, piso]) for y in logitos.tolist()
    ]
    np.testing.assert_allclose(del_navegador, de_numpy, atol=1e-12)
    assert (np.array(del_navegador) > 0).any(axis=1).all()


@pytest.mark.parametrize(("tipo", "escala"), [("rnn", 1), ("lstm", 3), ("gru", 2)])
@pytest.mark.parametrize(
    ("temperatura", "piso"), [(0.7, 0), (1.0, 0), (1.3, 0), (1.08, 0.05)]
)
def test_sortea_con_las_probabilidades_de_numpy(
    vacia: Page, tipo, escala, vocabulario, rng, temperatura, piso
):
    """Con redes chicas y sin entrenar, donde unas letras son mucho más probables que otras."""
    red = REDES[tipo](len(vocabulario), 8, rng, np.float32, escala)
    veces = 1000
    letras = vacia.evaluate(
        """([paquete, veces, temperatura, piso]) => {
             const red = Redes.leer(paquete), dardo = Redes.azar(5);
             return Array.from({ length: veces }, () =>
               Redes.escribir(red, dardo, { temperatura, piso, prefijo: "San " }).next().value.letra);
           }""",
        [empacar(red, vocabulario, np.float32), veces, temperatura, piso],
    )
    p = np.exp(log_softmax(logitos_de_numpy(red, vocabulario, ["San "])[0]))
    p = np.where(p < piso, 0, p ** (1 / temperatura))
    esperadas, vistas = veces * p / p.sum(), Counter(letras)
    assert not vistas.keys() - set(np.flatnonzero(p))
    comunes = np.flatnonzero(esperadas >= 5)
    observadas = np.array([vistas[int(letra)] for letra in comunes])
    ji_cuadrada = ((observadas - esperadas[comunes]) ** 2 / esperadas[comunes]).sum()
    grados = len(comunes)
    assert ji_cuadrada < grados + 4 * np.sqrt(2 * grados)
    assert sum(vistas.values()) == veces


def test_el_azar_es_parejo_y_se_repite(vacia: Page):
    uno, otro, distinto = (
        np.array(
            vacia.evaluate(
                "s => { const d = Redes.azar(s); return Array.from({length: 5000}, d); }",
                semilla,
            )
        )
        for semilla in (7, 7, 8)
    )
    assert (uno == otro).all()
    assert (uno != distinto).any()
    assert abs(uno.mean() - 0.5) < 0.02
    assert abs(np.quantile(uno, 0.1) - 0.1) < 0.02


def test_el_generador_escribe_rotula_y_repite(contexto, sitio, particion):
    hoja = abrir(contexto, sitio, "libro/13-generador.html")
    pagina = hoja.page
    caja = pagina.locator(".generador")
    escritos = caja.locator(".generador-lista .nombre")
    expect(escritos).to_have_count(20)  # diez de cada red, al abrir
    primeros = escritos.all_inner_texts()
    caja.get_by_role("button", name="Diez nombres").click()
    assert escritos.count() == 40
    caja.get_by_label("Principio").fill("San ")
    assert escritos.count() == 40  # nada se borra sin pedirlo
    assert "otra lista" in caja.locator(".generador-aviso").inner_text()
    pagina.keyboard.press("Enter")
    de_san = escritos.all_inner_texts()
    assert len(de_san) == 20
    assert all(nombre.startswith("San ") for nombre in de_san)
    for clase, parte in (("copia", "entrenamiento"), ("nuevo", None)):
        for nombre in caja.locator(f".generador-lista .{clase}").all_inner_texts():
            if parte:
                assert nombre in particion.entrenamiento
            else:
                assert not any(nombre in parte for parte in particion)
    caja.get_by_label("Principio").fill("")
    caja.get_by_role("button", name="Diez nombres").click()
    assert escritos.all_inner_texts() == primeros
    assert hoja.consola == [] and hoja.fuera == []


def test_el_corte_se_quita_y_se_devuelve(contexto, sitio):
    hoja = abrir(contexto, sitio, "libro/13-generador.html")
    caja, tecla = hoja.page.locator(".generador"), hoja.page.keyboard.press
    escritos = caja.locator(".generador-lista .nombre")
    expect(escritos).to_have_count(20)
    con_corte = escritos.all_inner_texts()
    corte = caja.get_by_label("Corte")
    expect(caja.get_by_text("0.10 %")).to_be_visible()
    corte.focus()
    tecla("Home")
    expect(caja.get_by_text("sin corte")).to_be_visible()
    assert escritos.all_inner_texts() == con_corte  # nada se borra sin pedirlo
    tecla("Enter")
    assert escritos.count() == 20 and escritos.all_inner_texts() != con_corte
    for _ in range(2):
        tecla("ArrowRight")
    tecla("Enter")
    assert escritos.all_inner_texts() == con_corte
    tecla("End")
    expect(caja.get_by_text("1.00 %")).to_be_visible()
    assert hoja.consola == []


def en_foco(pagina):
    return pagina.evaluate(
        "(e => e.labels?.[0]?.innerText ?? e.innerText ?? '')(document.activeElement)"
    )


def ir_a(pagina, rotulo, a_lo_mas=200):
    """Con el tabulador, hasta lo que se llame así."""
    for _ in range(a_lo_mas):
        if en_foco(pagina).startswith(rotulo):
            return
        pagina.keyboard.press("Tab")
    raise AssertionError(f"no se llega a «{rotulo}» con el tabulador")


@pytest.mark.parametrize("ancho", [390, 1280])
def test_con_puro_teclado_se_comparan_dos_temperaturas_se_bajan_y_se_comparten(
    contexto, sitio, ancho
):
    hoja = abrir(contexto, sitio, "libro/13-generador.html")
    hoja.de_ancho(ancho)
    pagina, tecla = hoja.page, hoja.page.keyboard.press
    escritos = pagina.locator(".generador-lista .nombre")
    expect(escritos).to_have_count(20)
    ir_a(pagina, "Principio")
    pagina.keyboard.type("Tla")
    for rotulo, teclas in (
        ("Temperatura", ["ArrowLeft"] * 4),
        ("Semilla", ["Control+a", "7"]),
        ("Corte", ["Home", "ArrowRight"]),
        ("comparar con otra temperatura", ["Space"]),
        ("La otra temperatura", ["End"]),
        ("Diez nombres", ["Enter"]),
    ):
        ir_a(pagina, rotulo, 3)
        for una in teclas:
            tecla(una)
    expect(escritos).to_have_count(40)
    titulos = pagina.locator(".generador-titulo").all_inner_texts()
    grados = ("0.80", "1.50")
    assert titulos == [
        f"{red}, temperatura {t}" for red in ("Red simple", "LSTM") for t in grados
    ]
    assert pagina.evaluate("document.documentElement.scrollWidth") <= ancho
    assert faltas(hoja, donde=".generador") == []
    pedido = "#semilla=7&temperatura=0.8&otra=1.5&corte=0.0005&principio=Tla"
    assert pagina.url.endswith(pedido)
    bajado = {}
    for formato in ("texto", "CSV"):
        ir_a(pagina, f"Bajar en {formato}", 6)
        with pagina.expect_download() as bajada:
            tecla("Enter")
        bajado[formato] = Path(bajada.value.path()).read_text("utf-8-sig")
    filas = list(csv.reader(bajado["CSV"].splitlines()))
    rotulos = pagina.locator(".generador-rotulo").all_inner_texts()
    nombres = escritos.all_inner_texts()
    quien = [titulo.split(", temperatura ") for titulo in titulos for _ in range(10)]
    assert filas[0] == ["nombre", "red", "temperatura", "rótulo"]
    assert filas[1:] == [
        [n, *q, r] for n, q, r in zip(nombres, quien, rotulos, strict=True)
    ]
    assert set(rotulos) <= {"nuevo", "existe", "lo copió"}
    assert bajado["texto"].splitlines() == nombres
    pagina.reload()
    expect(escritos).to_have_count(40)
    assert escritos.all_inner_texts() == nombres
    assert hoja.consola == [] and hoja.fuera == []


@pytest.mark.parametrize(
    ("direccion", "valores"),
    [
        ("#semilla=7", ["7", "1", "", "0.001", False]),
        ("#sec-red-js", ["2018", "1", "", "0.001", False]),
        (
            "#temperatura=nada&semilla=&corte=-3&otra=99&principio=%FF",
            ["2018", "1", "\ufffd", "0", True],
        ),
    ],
)
def test_la_direccion_dice_que_se_pide_y_lo_que_no_se_entiende_no_estorba(
    contexto, sitio, direccion, valores
):
    hoja = abrir(contexto, sitio, f"libro/13-generador.html{direccion}")
    caja = hoja.page.locator(".generador.activo")
    hoja.page.evaluate("scrollTo(0, 0)")
    rotulos = ("Semilla", "Temperatura", "Principio", "Corte")
    for rotulo, valor in zip(rotulos, valores):
        expect(caja.get_by_label(rotulo, exact=False).first).to_have_value(valor)
    assert caja.get_by_role("checkbox").is_checked() == valores[4]
    expect(caja.locator(".generador-aviso")).to_contain_text(
        re.compile("20 nombres|no conocen")
    )
    assert hoja.page.url.endswith(direccion)  # y mirar no la cambia
    hoja.page.evaluate("location.hash = 'semilla=9&principio=Xo'")
    escritos = caja.locator(".generador-lista .nombre")
    expect(escritos.first).to_have_text(re.compile("^Xo"))
    assert escritos.count() == 20 and hoja.consola == []


def test_letra_por_letra_ensena_sus_dudas(contexto, sitio):
    pagina = abrir(contexto, sitio, "libro/13-generador.html").page
    caja = pagina.locator(".generador")
    aviso = caja.locator(".generador-aviso")
    expect(aviso).to_have_text("20 nombres en la lista.")
    assert caja.locator(".generador-dudas li").count() > 1  # también al abrir
    caja.get_by_label("Principio").fill("Tla")
    boton = caja.get_by_role("button", name="Una letra")
    boton.focus()
    pagina.keyboard.press("Enter")
    for seccion in caja.locator("section").all():
        assert seccion.locator(".generador-actual").inner_text().startswith("Tla")
        filas = seccion.locator(".generador-dudas li")
        assert 1 <= filas.count() <= 7
        cifras = [float(t.split("%")[0].split()[-1]) for t in filas.all_inner_texts()]
        assert cifras == sorted(cifras, reverse=True) and sum(cifras) <= 101


def test_un_principio_imposible_se_explica(contexto, sitio):
    hoja = abrir(contexto, sitio, "libro/13-generador.html")
    pagina = hoja.page
    caja = pagina.locator(".generador")
    caja.get_by_label("Principio").fill("Ωmega")
    assert "no conocen «Ω»" in caja.locator(".generador-aviso").inner_text()
    assert caja.get_by_role("button", name="Diez nombres").is_disabled()
    assert hoja.consola == []


def test_la_lista_se_copia_o_queda_seleccionada(contexto, sitio):
    pagina = abrir(contexto, sitio, "libro/13-generador.html").page
    caja = pagina.locator(".generador")
    aviso = caja.locator(".generador-aviso")
    expect(aviso).to_have_text("20 nombres en la lista.")
    caja.get_by_role("button", name="Copiar la lista").click()
    expect(aviso).to_contain_text(re.compile("portapapeles|seleccionada"))
    texto = aviso.inner_text()
    seleccion = pagina.evaluate("getSelection().toString()")
    primero = caja.locator(".generador-lista .nombre").first.inner_text()
    assert "portapapeles" in texto or primero in seleccion
    caja.get_by_label("Semilla").fill("7")
    caja.get_by_role("button", name="Una letra").click()
    caja.get_by_role("button", name="Copiar la lista").click()
    expect(aviso).to_have_text("Todavía no hay nombres que copiar.")


def test_con_colores_forzados_y_en_papel_quedan_las_barras_y_los_tintes(
    contexto, sitio
):
    for pagina, pieza in (
        ("13-generador", ".generador-barra"),
        ("14-por-dentro", ".tinte"),
    ):
        hoja = abrir(contexto, sitio, f"libro/{pagina}.html").page
        tinte = hoja.locator(pieza).first
        tinte.wait_for(state="attached")
        fondo = "e => getComputedStyle(e).background"
        ajuste = "e => getComputedStyle(e).printColorAdjust"
        hoja.emulate_media(forced_colors="active")
        forzado = tinte.evaluate(fondo)
        assert "gradient" in forzado or "color(" in forzado or "rgba" in forzado
        hoja.emulate_media(media="print", forced_colors="none")
        assert tinte.evaluate(ajuste) == "exact"


def test_sin_javascript_deja_nombres_ya_escritos(sin_guiones, sitio):
    pagina = abrir(sin_guiones, sitio, "libro/13-generador.html").page
    assert pagina.get_by_text("hace falta JavaScript").is_visible()
    assert pagina.locator(".generador li").count() >= 16


def test_la_portada_tambien_escribe(contexto, sitio):
    hoja = abrir(contexto, sitio, "index.html")
    caja = hoja.page.locator(".generador")
    assert caja.locator(".generador-lista").count() == 0  # hasta que se ve
    caja.scroll_into_view_if_needed()
    expect(caja.locator(".generador-lista .nombre")).to_have_count(10)
    caja.get_by_label("Principio").fill("Xo")
    caja.get_by_role("button", name="Diez nombres").click()
    escritos = caja.locator(".generador-lista .nombre").all_inner_texts()
    assert len(escritos) == 10 and all(nombre.startswith("Xo") for nombre in escritos)
    assert hoja.consola == []


DE_LA_RED = """() => {
  const red = Redes.leer(Taller.datos('pesos-rnn'));
  const pasos = [...Redes.escribir(red, Redes.azar(2018), { piso: 0.001 })];
  return pasos.map((paso) => red.simbolos[paso.letra]).join('');
}"""


def test_la_tira_de_la_portada_escribe_con_la_red_y_se_detiene(navegador, sitio):
    quieto = navegador.new_context(reduced_motion="reduce")
    pagina = abrir(quieto, sitio, "index.html").page
    boton = pagina.get_by_role("button", name="Escribir")
    expect(boton).to_be_visible()
    circulos, leidas = pagina.locator(".tira b"), pagina.locator(".tira i")
    escrito = "".join(circulos.all_inner_texts())
    nombre = pagina.evaluate(DE_LA_RED)
    assert nombre.rstrip("\n").replace(" ", "␣").endswith(escrito.rstrip("·"))
    assert escrito.endswith("·")
    assert leidas.all_inner_texts()[1:] == list(escrito[:-1])
    boton.click()
    pagina.wait_for_function(
        "antes => document.querySelector('.tira [role=img]').innerText !== antes",
        arg=pagina.locator(".tira [role=img]").inner_text(),
    )
    pagina.get_by_role("button", name="Pausar").click()
    expect(boton).to_be_visible()
    quieto.close()
