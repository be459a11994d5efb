"""Entrena la tuya: que la página aprenda lo mismo que NumPy y lea las listas como el programa."""

import re
from base64 import b64encode
from itertools import chain, count, islice
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from codigo.activaciones import log_softmax
from codigo.datos import Vocabulario
from codigo.entrenamiento import entrenar
from codigo.gru import GRU
from codigo.lotes import hacer_lote, lotes_por_largo
from codigo.lstm import LSTM
from codigo.optimizadores import AdamW, calendario, recortar_norma
from codigo.regularizacion import Promedio
from codigo.rnn import RNN
from codigo.taller import banco, linea
from codigo.taller.modelos import cargar
from codigo.taller.puntos import receta_de
from tests.codigo.taller import test_entradas_malas as malas
from tests.codigo.taller.test_entradas_malas import TEXTO, con, peso
from tests.conftest import RAIZ
from tests.navegador.conftest import abrir
from tests.navegador.test_generador import ir_a
from tests.navegador.test_paginas import faltas

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

modelo = malas.modelo  # uno de verdad, en bytes
PASOS, H, EPOCAS, SEMILLA = 50, 24, 3, 7
GUIONES = ("redes", "lectura", "entrenar", "modelos")
CLASES = {
    "RNN": (RNN, 0.005, 20),
    "LSTM": (LSTM, 0.015, 8),
    "GRU": (GRU, 0.015, 8),
}  # su tasa y su factor de las letras, como en las recetas de la página


class Dados:
    """Los de la página, con lo que las redes y los lotes de NumPy le piden a los suyos."""

    def __init__(self, semilla):
        self.semilla = semilla

    def dardo(self):
        todos = 0xFFFFFFFF
        self.semilla = s = (self.semilla + 0x6D2B79F5) & todos
        t = ((s ^ (s >> 15)) * (s | 1)) & todos
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & todos
        return (t ^ (t >> 14)) / 2**32

    def normal(self, size):
        pares = [(self.dardo(), self.dardo()) for _ in range(np.prod(size))]
        u, v = np.array(pares).T
        return (np.sqrt(-2 * np.log(1 - u)) * np.cos(2 * np.pi * v)).reshape(size)

    def permutation(self, n):
        orden = np.arange(n)
        for i in range(n - 1, 0, -1):
            j = int(self.dardo() * (i + 1))
            orden[[i, j]] = orden[[j, i]]
        return orden


def con_numpy(tipo, entrenamiento, vocabulario):
    """Una red y el promedio de sus pesos, después de unos pasos con esos dados."""
    clase, tasa, factor = CLASES[tipo]
    dados = Dados(SEMILLA)
    red = clase(len(vocabulario), H, dados, np.float64, H**-0.5)
    codificados = [vocabulario.codificar(nombre) for nombre in entrenamiento]
    B = max(4, min(16, round(len(codificados) / 116)))
    letras = sum(len(c) + 1 for c in codificados)
    vuelta = -(-len(codificados) // B)
    adam = AdamW(tasa, 0.3, factores={red.NOMBRES[0]: factor})
    promedio = Promedio(red.parametros, 0.99)

    def lotes():
        epocas = (lotes_por_largo(codificados, B, dados) for _ in count())
        for n, lote in enumerate(islice(chain.from_iterable(epocas), PASOS)):
            adam.tasa = tasa * calendario(n / (vuelta * EPOCAS))
            yield lote

    ciclo = entrenar(red, lotes(), adam, 1.0, letras / vuelta, recortar_norma)
    for avance in ciclo:
        promedio.sumar(red.parametros, avance.paso)
    return red, promedio


ENTRENAR = """([receta, partes, pasos, bits = 64]) => {
  const Arreglo = { 32: Float32Array, 64: Float64Array }[bits];
  const corrida = new Entrenar.Corrida({...receta, Arreglo}, partes);
  const marcha = corrida.avanzar();
  while (corrida.pasos < pasos) marcha.next();
  const lista = (pesos) => Object.fromEntries(Object.entries(pesos).map(([n, p]) => [n, [...p]]));
  return {pesos: lista(corrida.red.p), promedio: lista(corrida.promedio), historia: corrida.historia,
          mejores: lista(corrida.mejor.pesos)};
}"""


@pytest.mark.parametrize("tipo", CLASES)
def test_con_los_mismos_dados_aprende_lo_mismo_que_numpy(vacia, particion, tipo):
    entrenamiento, validacion = particion.entrenamiento[:130], particion.validacion[:30]
    vocabulario = Vocabulario(entrenamiento + validacion)
    partes = {"entrenamiento": entrenamiento, "validacion": validacion}
    partes["alfabeto"] = list(vocabulario.simbolos)
    receta = {"tipo": tipo, "H": H, "epocas": EPOCAS, "semilla": SEMILLA}
    de_la_pagina = vacia.evaluate(ENTRENAR, [receta, partes, PASOS])
    red, promedio = con_numpy(tipo, entrenamiento, vocabulario)
    for suyos, mios in (
        (red.parametros, de_la_pagina["pesos"]),
        (promedio.parametros, de_la_pagina["promedio"]),
    ):
        assert suyos.keys() == mios.keys()
        for nombre, suyo in suyos.items():
            np.testing.assert_allclose(mios[nombre], suyo.ravel(), rtol=0, atol=1e-6)
    mejor = type(red).con(
        {
            n: np.reshape(de_la_pagina["mejores"][n], p.shape)
            for n, p in red.parametros.items()
        }
    )

    def nats(nombres):
        entradas, objetivos, mascara, _ = hacer_lote(nombres, vocabulario)
        estado = mejor.estado_inicial(len(nombres))
        return mejor.perdida_y_gradientes(entradas, objetivos, estado, mascara)[0]

    (epoca,) = de_la_pagina["historia"]
    letras = sum(len(n) + 1 for n in validacion)
    assert epoca["validacion"] == pytest.approx(nats(validacion) / letras)
    masa = sum(np.exp(-nats([nombre])) for nombre in entrenamiento)
    assert epoca["masa"] == pytest.approx(masa)


@pytest.mark.parametrize("tipo", CLASES)
def test_con_la_mitad_de_los_bits_aprende_casi_lo_mismo(vacia, particion, tipo):
    entrenamiento, validacion = particion.entrenamiento[:130], particion.validacion[:30]
    partes = {"entrenamiento": entrenamiento, "validacion": validacion}
    partes["alfabeto"] = list(Vocabulario(entrenamiento + validacion).simbolos)
    receta = {"tipo": tipo, "H": H, "epocas": EPOCAS, "semilla": SEMILLA}
    de_32, de_64 = (
        vacia.evaluate(ENTRENAR, [receta, partes, PASOS, bits]) for bits in (32, 64)
    )
    for nombre, peso_de_64 in de_64["pesos"].items():
        mio = de_32["pesos"][nombre]
        np.testing.assert_allclose(mio, peso_de_64, rtol=0, atol=0.01)
        assert np.float32(mio).tolist() == mio  # son de 32 de verdad
    nats = [d["historia"][0]["validacion"] for d in (de_32, de_64)]
    assert nats[0] == pytest.approx(nats[1], rel=0, abs=1e-6)


def test_la_primera_epoca_de_la_red_simple_es_la_del_texto(vacia, particion, nombres):
    estudiados, validacion, _ = particion
    partes = {"entrenamiento": estudiados, "validacion": validacion}
    partes["alfabeto"] = list(Vocabulario(nombres).simbolos)
    historia = vacia.evaluate(
        """([receta, partes]) => {
          const corrida = new Entrenar.Corrida(receta, partes);
          for (const _ of corrida.avanzar()) if (corrida.historia.length) break;
          return corrida.historia;
        }""",
        [{"tipo": "RNN", "H": 96, "epocas": 20, "semilla": 2018}, partes],
    )
    assert f"{historia[0]['validacion']:.3f}" == "2.015"


LEER = """letras => {
  try {
    const bytes = Uint8Array.from(atob(letras), (letra) => letra.charCodeAt(0));
    return Lectura.leer(bytes, "suya.txt");
  } catch ({ message }) {
    return message;
  }
}"""
LISTAS = {**malas.BUENAS, **malas.MALAS, **malas.RARAS}
LISTAS["comillas dentro y fuera"] = (b'"a ""b"";c",d\n"e\nf",g\n' * 12, None)
LISTAS["comillas sueltas"] = ('San "Juan";x\n"";y\n' * 12).encode(), None
LISTAS["mal leída con euro"] = (TEXTO + "É€\n").encode(), None
LISTAS["comas con espacio"] = (
    "".join(f"García, {n}\n" for n in "abcdefghijklmnñopqrstu").encode(),
    None,
)


@pytest.mark.parametrize("caso", LISTAS)
def test_lee_y_rechaza_las_listas_con_las_palabras_del_programa(
    vacia, caso, tmp_path, monkeypatch
):
    contenido, dicho = LISTAS[caso][0], []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(linea, "decir", dicho.append)
    (tmp_path / "suya.txt").write_bytes(contenido)
    try:
        nombres = list(linea.leer_lista(Path("suya.txt"), 20))
    except ValueError as error:
        esperado = str(error)
    else:
        esperado = {"nombres": nombres, "avisos": dicho}
    assert vacia.evaluate(LEER, b64encode(contenido).decode()) == esperado


ABRIR = """([letras, prefijos]) => {
  try {
    const bytes = Uint8Array.from(atob(letras), (letra) => letra.charCodeAt(0));
    const red = Redes.leer(Modelos.leer(bytes, "m.npz"));
    const p = prefijos.map((prefijo) => Redes.escribir(red, () => 0, { prefijo }).next().value);
    return { tipo: red.constructor.name, simbolos: red.simbolos.join(""),
             p: p.map(({ probabilidades }) => [...probabilidades]) };
  } catch ({ message }) {
    return message;
  }
}"""
PREFIJOS = ["", "P", "Pueb", "Pueblo a", "ñoxu"]


def por_columnas(modelo):
    return con(modelo, Wh=np.asfortranarray(peso(modelo, "Wh")))


def otro_peso(modelo):
    """El último byte del primer peso, cambiado: sigue siendo número, y solo la suma lo nota."""
    fin = modelo.index(b"PK\x03\x04", 4) - 1
    return modelo[:fin] + bytes([modelo[fin] ^ 1]) + modelo[fin + 1 :]


ENTEROS = {  # modelos que se abren, raros o no
    "como se guardó": lambda m: m,
    "por columnas": por_columnas,
    "con paja delante": lambda m: b"PK\x03\x04" + bytes(99) + m,
    "con algo de más": lambda m: con(m, otro=np.arange(6.0).reshape(1, 2, 3)),
    "la versión en letras": lambda m: con(m, version=np.array("1")),
}
ROTOS = {
    "con otro peso": otro_peso,
    **{caso: arruinar for caso, (arruinar, _) in malas.MODELOS.items()},
    "de 16 bits": lambda m: con(m, Wx=peso(m, "Wx").astype(np.float16)),
    "de 64 bits": lambda m: con(m, by=peso(m, "by").astype(np.float64)),
    "al revés": lambda m: con(m, by=peso(m, "by").astype(">f4")),
    "versión negativa": lambda m: con(m, version=np.array(-1)),
    "versión en lista": lambda m: con(m, version=np.array([1])),
    "versión árabe": lambda m: con(m, version=np.array("٢")),
    "sin símbolos": lambda m: con(m, simbolos=np.array("")),
    "símbolos desordenados": lambda m: con(m, simbolos=np.array("ba")),
    "receta sin red": lambda m: con(m, receta=np.array("{}")),
    "receta de otra red": lambda m: con(m, receta=np.array('{"modelo": "LSTM"}')),
    "receta que hereda": lambda m: con(m, receta=np.array('{"modelo": "toString"}')),
    "receta que no es JSON": lambda m: con(m, receta=np.array("lstm")),
    "sin salida": lambda m: con(m, Why=None),
    "un zip vacío": lambda _: b"PK\x05\x06" + bytes(18),
    "cifrado": lambda m: m.replace(b"PK\x01\x02-\x03-\0\0", b"PK\x01\x02-\x03-\0\1"),
}


def probabilidades(red, vocabulario, prefijos):
    def despues(prefijo):
        estado = red.estado_inicial(1)
        for letra in (0, *vocabulario.codificar(prefijo)):
            logitos, estado = red.paso(np.array([letra]), estado)
        return np.exp(log_softmax(logitos[0]))

    return [despues(prefijo) for prefijo in prefijos]


@pytest.mark.parametrize("caso", [*ENTEROS, *ROTOS])
def test_abre_y_rechaza_los_modelos_con_las_palabras_del_programa(
    vacia, caso, modelo, tmp_path, monkeypatch
):
    contenido = (ENTEROS | ROTOS)[caso](modelo)
    monkeypatch.chdir(tmp_path)
    Path("m.npz").write_bytes(contenido)
    dado = vacia.evaluate(ABRIR, [b64encode(contenido).decode(), PREFIJOS])
    if caso in ROTOS:
        with pytest.raises(ValueError) as error:
            cargar("m.npz")
        assert dado == str(error.value)
        return
    red, vocabulario = cargar("m.npz")
    assert (dado["tipo"], dado["simbolos"]) == ("LSTM", vocabulario.simbolos)
    esperadas = probabilidades(red, vocabulario, PREFIJOS)
    np.testing.assert_allclose(dado["p"], esperadas, rtol=0, atol=1e-6)


def test_se_detiene_sola_si_deja_de_mejorar_y_se_queda_con_la_mejor(vacia, rng):
    al_azar = ["".join(rng.choice(list("abcdefgh"), 6)) for _ in range(60)]
    partes = {"entrenamiento": al_azar[:40], "validacion": al_azar[40:]}
    partes["alfabeto"] = list(Vocabulario(al_azar).simbolos)
    receta = {"tipo": "LSTM", "H": 32, "epocas": 80, "semilla": 1}
    corrida = vacia.evaluate(
        """([receta, partes]) => {
          const corrida = new Entrenar.Corrida(receta, partes);
          for (const _ of corrida.avanzar());
          return { motivo: corrida.motivo, mejor: corrida.mejor.epoca, historia: corrida.historia };
        }""",
        [receta, partes],
    )
    assert corrida["motivo"] == "lleva 5 épocas sin mejorar"
    validadas = [epoca["validacion"] for epoca in corrida["historia"]]
    assert corrida["mejor"] == np.argmin(validadas) + 1 == len(validadas) - 5


@pytest.fixture
def hoja(contexto, sitio):
    abierta = abrir(contexto, sitio, "libro/entrena.html")
    yield abierta
    assert abierta.consola == [] and abierta.fuera == []


def pegar(caja, texto, unidades="8", epocas="3"):
    caja.get_by_role("combobox", name="Lista", exact=True).select_option("La mía")
    caja.get_by_label("Pega aquí").fill(texto)
    caja.get_by_role("spinbutton", name="Unidades").fill(unidades)
    caja.get_by_label("Épocas").fill(epocas)


@pytest.mark.parametrize("tipo", ["Red simple", "LSTM", "GRU"])
def test_con_el_teclado_se_entrena_una_y_escribe(hoja, tipo):
    caja, tecla = hoja.page.locator(".entrena"), hoja.page.keyboard.press
    aviso = caja.get_by_role("status").first
    pegar(caja, TEXTO)
    caja.get_by_role("combobox", name="Red", exact=True).select_option(tipo)
    caja.get_by_role("button", name="Un paso").focus()
    tecla("Enter")
    expect(caja).to_contain_text("Paso 1 de 15, época 1 de 3")
    expect(caja).to_contain_text("lo pegado: 25 nombres, 25 distintos")
    tecla("Tab")  # «Una época»
    tecla("Enter")
    expect(aviso).to_contain_text("Época 1: ")
    expect(caja.get_by_role("button", name="Entrenar")).to_be_visible()
    caja.get_by_label("Semilla").first.focus()
    tecla("Enter")  # el formulario entrena
    expect(aviso).to_contain_text("Se detuvo porque ya dio sus 3 épocas. La mejor")
    expect(caja.locator(".generador-lista .nombre")).to_have_count(10)
    expect(caja.locator(".adentro")).to_contain_text(f"Unidad 0 de 8, {tipo}.")
    assert caja.locator(".curva tbody tr").count() == 3
    caja.get_by_role("slider").first.focus()
    tecla("Home")
    expect(caja.locator(".curva-dice")).to_contain_text("época 1")
    for ancho in (1280, 390):
        hoja.de_ancho(ancho)
        hoja.page.evaluate("scrollTo(0, 0)")  # que la barra no tape nada
        assert hoja.page.evaluate("document.documentElement.scrollWidth") <= ancho
        assert faltas(hoja, donde=".entrena") == []


def test_los_municipios_van_repartidos_como_en_todo_el_libro(hoja, particion):
    caja = hoja.page.locator(".entrena")
    caja.get_by_label("Unidades").fill("4")
    caja.get_by_label("Épocas").fill("1")
    caja.get_by_role("button", name="Entrenar").click()
    expect(caja.get_by_role("status").first).to_contain_text("Se detuvo")
    conocidos = hoja.page.evaluate("Taller.datos('conocidos-tuyos')")
    estudiados, validacion, prueba = particion
    assert conocidos == {"vistos": estudiados, "apartados": validacion + prueba}


def test_se_pausa_sin_perder_lo_aprendido_y_sigue(hoja):
    caja = hoja.page.locator(".entrena")
    avance = caja.get_by_text(re.compile(r"^Paso \d"))
    caja.get_by_role("button", name="Entrenar").click()
    expect(avance).to_contain_text("faltan unos")
    caja.get_by_role("button", name="Pausar").click()
    expect(caja.get_by_role("button", name="Entrenar")).to_be_visible()
    hoja.de_ancho(1000)
    quieto = avance.inner_text()
    hoja.de_ancho(1280)
    assert avance.inner_text() == quieto
    caja.get_by_role("button", name="Un paso").click()
    n = int(quieto.split()[1])
    expect(avance).to_contain_text(f"Paso {n + 1} de")


@pytest.mark.parametrize(
    ("texto", "unidades", "frase"),
    [
        ("Tepic\n", "8", "lo pegado: nombres distintos: 1; hacen falta 20"),
        (TEXTO, "7", "Unidades: debe ser un entero de 4 a 256, de 4 en 4"),
        (TEXTO + "a\tb", "8", "lo pegado, renglón 26: tiene un tabulador; si es"),
    ],
)
def test_lo_que_esta_mal_se_dice_y_no_se_entrena(hoja, texto, unidades, frase):
    caja = hoja.page.locator(".entrena")
    pegar(caja, texto, unidades)
    caja.get_by_role("button", name="Entrenar").click()
    expect(caja.get_by_role("status").first).to_contain_text(frase)
    assert caja.get_by_role("button", name="Entrenar").is_visible()
    assert caja.locator(".curva tr").count() == 0


def test_tambien_se_abre_un_archivo(hoja, tmp_path):
    caja = hoja.page.locator(".entrena")
    pegar(caja, "")
    (tmp_path / "suya.txt").write_bytes(b"\xff\xfeT")
    caja.get_by_label("O abre un archivo").set_input_files(tmp_path / "suya.txt")
    caja.get_by_role("button", name="Entrenar").click()
    frase = "suya.txt, renglón 1: el archivo está en UTF-16; guárdalo en UTF-8"
    expect(caja.get_by_role("status").first).to_have_text(frase)


@pytest.mark.parametrize("ancho", [390, 1280])
def test_la_pagina_entera_se_usa_con_puro_teclado(hoja, ancho):
    hoja.de_ancho(ancho)
    pagina, tecla = hoja.page, hoja.page.keyboard.press
    caja = pagina.locator(".entrena.activo")
    expect(caja).to_be_visible()
    ir_a(pagina, "Lista")
    tecla("End")  # «La mía»
    for rotulo, texto in (("Unidades", "8"), ("Épocas", "1"), ("Pega aquí", TEXTO)):
        ir_a(pagina, rotulo, 6)
        tecla("Control+a")
        pagina.keyboard.insert_text(texto)
    for rotulo in ("O abre un archivo", "Entrenar"):
        ir_a(pagina, rotulo, 3)
    tecla("Enter")
    expect(caja.get_by_role("status").first).to_contain_text("Se detuvo")
    expect(caja.get_by_role("button", name="Guardar el modelo")).to_be_visible()
    ir_a(pagina, "O abre, o suelta", 4)
    ir_a(pagina, "Guardar el modelo", 4)
    with pagina.expect_download() as bajada:
        tecla("Enter")
    assert len(cargar(bajada.value.path())[1]) == 15
    escritos = caja.locator(".generador-lista .nombre")
    expect(escritos).to_have_count(10)
    for rotulo, una, cuantos in (
        ("comparar", "Space", 10),
        ("La otra temperatura", "Home", 10),
        ("Diez nombres", "Enter", 20),
    ):
        ir_a(pagina, rotulo, 6)
        tecla(una)
        expect(escritos).to_have_count(cuantos)
    ir_a(pagina, "Unidad", 12)
    tecla("ArrowUp")
    expect(caja.locator(".adentro")).to_contain_text("Unidad 1 de 8")
    assert pagina.evaluate("document.documentElement.scrollWidth") <= ancho


@pytest.mark.parametrize("tipo", ["Red simple", "LSTM", "GRU"])
def test_la_que_se_guarda_es_la_que_abre_el_programa(
    hoja, tipo, tmp_path, capsys, monkeypatch
):
    caja = hoja.page.locator(".entrena")
    pegar(caja, TEXTO, epocas="1")
    caja.get_by_role("combobox", name="Red", exact=True).select_option(tipo)
    caja.get_by_role("button", name="Entrenar").click()
    guardar = caja.get_by_role("button", name="Guardar el modelo")
    with hoja.page.expect_download() as bajada:
        guardar.focus()
        hoja.page.keyboard.press("Enter")
    assert bajada.value.suggested_filename == "modelo.npz"
    bajada.value.save_as(tmp_path / "modelo.npz")
    red, vocabulario = cargar(tmp_path / "modelo.npz")
    simbolos, p = hoja.page.evaluate(LA_SUYA, PREFIJOS)
    assert simbolos == vocabulario.simbolos
    esperadas = probabilidades(red, vocabulario, PREFIJOS)
    np.testing.assert_allclose(p, esperadas, rtol=0, atol=1e-6)
    receta = receta_de(tmp_path / "modelo.npz")
    assert (receta.H, receta.epocas, receta.semilla, receta.B) == (8, 1, 2018, 4)
    assert receta.apagar_salida == 0 < receta.tasa
    monkeypatch.chdir(tmp_path)
    Path("lista.txt").write_text(TEXTO, "utf-8")
    for orden in ("generar modelo.npz -n 2", "evaluar modelo.npz lista.txt"):
        codigo, escrito, _ = malas.programa(capsys, monkeypatch, *orden.split())
        assert (codigo, escrito.count("\n")) == (0, 2)


LA_SUYA = """(prefijos) => {
  const red = Redes.leer(Taller.datos("red-tuya"));
  const p = prefijos.map((prefijo) => Redes.escribir(red, () => 0, { prefijo }).next().value);
  return [red.simbolos.join(""), p.map(({ probabilidades }) => [...probabilidades])];
}"""
SOLTAR = """(caja, [letras, nombre]) => {
  const traslado = new DataTransfer();
  const bytes = Uint8Array.from(atob(letras), (letra) => letra.charCodeAt(0));
  traslado.items.add(new File([bytes], nombre));
  return ["dragover", "drop"].map((que) => caja.dispatchEvent(
    new DragEvent(que, { dataTransfer: traslado, bubbles: true, cancelable: true })));
}"""


def test_un_modelo_del_programa_se_abre_y_escribe_y_uno_malo_no_borra_nada(
    hoja, modelo, tmp_path
):
    caja = hoja.page.locator(".entrena")
    aviso = caja.get_by_role("status").first
    nombres = caja.locator(".generador-lista .nombre")
    (tmp_path / "m.npz").write_bytes(modelo)
    caja.get_by_label("un modelo.npz ya entrenado").set_input_files(tmp_path / "m.npz")
    expect(aviso).to_have_text(
        "m.npz: LSTM de 3 unidades y 15 símbolos; escribe aquí abajo."
    )
    expect(nombres).to_have_count(10)
    expect(caja.locator(".adentro")).to_contain_text("Unidad 0 de 3, LSTM.")
    assert "".join(caja.locator(".generador-rotulo").all_inner_texts()) == ""
    for ancho in (1280, 390):
        hoja.de_ancho(ancho)
        hoja.page.evaluate("scrollTo(0, 0)")
        assert hoja.page.evaluate("document.documentElement.scrollWidth") <= ancho
        assert faltas(hoja, donde=".entrena") == []
    escritos = nombres.all_inner_texts()
    soltado = caja.evaluate(SOLTAR, [b64encode(modelo[:-1]).decode(), "roto.npz"])
    assert soltado == [False, False]  # la página lo toma; el navegador no se va a él
    expect(aviso).to_have_text("roto.npz está dañado o no es un .npz de arreglos")
    assert nombres.all_inner_texts() == escritos
    malo = con(modelo, Why=np.full_like(peso(modelo, "Why"), 1234.5))
    caja.evaluate(SOLTAR, [b64encode(malo).decode(), "otro.npz"])
    frase = "otro.npz: tiene pesos disparatados, hasta de 1.23e+03; quizá divergió"
    expect(caja.get_by_text(frase)).to_be_visible()
    (tmp_path / "suya.txt").write_text(TEXTO, "utf-8")
    pegar(caja, "", epocas="1")
    caja.get_by_label("O abre un archivo").set_input_files(tmp_path / "suya.txt")
    caja.get_by_role("button", name="Entrenar").click()
    expect(aviso).to_contain_text("Se detuvo porque ya dio")
    expect(caja.get_by_text(frase)).to_have_count(0)


@pytest.mark.parametrize("tipo", ["RNN", "LSTM"])
def test_el_banco_da_cuatro_pasos_en_la_pagina(vacia, tipo, monkeypatch, rng):
    monkeypatch.chdir(RAIZ)
    banco.de_la_pagina(vacia, tipo, 4, 8, rng)()
    assert vacia.evaluate("corrida.pasos") == 4
    assert vacia.evaluate("Number.isFinite(corrida.red.p.by[0])")


def test_sin_javascript_queda_dicho(sin_guiones, sitio):
    pagina = abrir(sin_guiones, sitio, "libro/entrena.html").page
    assert pagina.get_by_text("hace falta JavaScript").is_visible()
