"""Lo que toda página del libro debe cumplir, abierta desde el disco y sin red."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import axe_playwright_python
import pytest

from tests.navegador.conftest import DEL_PROGRAMA, PAGINAS, abrir

pytestmark = [pytest.mark.libro, pytest.mark.navegador]

ANCHOS = (360, 768, 1280)  # teléfono, tableta y escritorio
PESO, DATOS = 900_000, 2_700_000  # bytes de lo que se lee, y de lo que llega al usarse
NORMAS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DEL_COLOR = ["color-contrast", "link-in-text-block"]  # lo que cambia con el tema
CON_TODO = ["index.html", "libro/06-olvido.html", "codigo/index.html"]
QUE_CAMBIA = [*DEL_COLOR, "target-size", "scrollable-region-focusable"]  # y el ancho
DESPLEGAR = "document.querySelectorAll('details').forEach(d => { d.open = true; })"
# Quita de la página lo que más pesa y no está ahí.
ALIGERAR = """donde => document.querySelectorAll('pre, svg, table, .globo, .vista, .lateral > *')
  .forEach(e => e.closest(donde) || e.remove())"""
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
# Lo del color se mira, de cada manera de verse (la suya y la de lo que lo contiene), en tres muestras.
FALTAS = """([cuales, donde]) => {
  const maneras = new Map(), vistas = [];
  const mirar = (e, deAfuera) => {
    const c = getComputedStyle(e), enlaza = e.matches('a[href]');
    const suya = [deAfuera, enlaza, c.color, c.background, c.opacity, c.textDecoration, c.fontSize,
      c.fontWeight].join();
    if (!maneras.has(suya)) maneras.set(suya, maneras.size);
    const manera = maneras.get(suya), dice = enlaza || e.matches('input, select')
      || [...e.childNodes].some(({nodeType, data}) => nodeType === Node.TEXT_NODE && data.trim());
    const seVe = dice && e.checkVisibility({visibilityProperty: true});
    if (seVe) vistas[manera] = (vistas[manera] ?? 0) + 1;
    e.toggleAttribute('data-muestra', seVe && vistas[manera] <= 3);
    [...e.children].forEach(hijo => mirar(hijo, manera));
  };
  document.querySelectorAll(donde).forEach(e => mirar(e, ''));
  axe.configure({rules: [{id: 'color-contrast', selector: '[data-muestra]'},
                         {id: 'link-in-text-block', selector: 'a[data-muestra]'}]});
  return axe.run(donde, {runOnly: cuales, resultTypes: ['violations'], preload: false})
    .then(({violations}) => violations.flatMap(({id, nodes}) =>
        nodes.map(({html, failureSummary}) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)));
}"""


def faltas(hoja, cuales=NORMAS, donde="html"):
    hoja.usada = True
    if not hoja.page.evaluate("'axe' in window"):
        hoja.page.evaluate(AXE.read_text(encoding="utf-8"))
    hoja.page.evaluate(ALIGERAR, donde)
    return hoja.page.evaluate(FALTAS, [cuales, donde])


def test_abre_limpia_y_no_pide_nada_de_fuera(hoja):
    hoja.como_nueva()
    assert hoja.fuera == [] and hoja.consola == []
    assert hoja.page.locator("h1").count() >= 1
    rotas = "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
    assert hoja.page.evaluate(rotas) == []


def test_pesa_poco(hoja, sitio, solo_pandoc):
    hoja.como_nueva()
    archivos = {Path(unquote(urlsplit(url).path)) for url in hoja.pedidos}
    assert sitio / hoja.nombre in archivos
    pesos = {archivo.name: archivo.stat().st_size for archivo in archivos}
    datos = sum(peso for nombre, peso in pesos.items() if nombre.endswith(".datos.js"))
    assert sum(pesos.values()) - datos < PESO and datos < DATOS
    sin_oficio = hoja.page.locator("pre :is(a[aria-hidden], .op)").count()
    assert not sin_oficio or hoja.nombre in DEL_PROGRAMA


def test_las_anclas_internas_existen(hoja):
    perdidas = """[...document.querySelectorAll('main a[href^="#"]')]
        .map(a => decodeURIComponent(a.hash.slice(1)))
        .filter(id => id && !document.getElementById(id))"""
    assert hoja.page.evaluate(perdidas) == []


def test_todo_renglon_que_nombra_un_trozo_lo_enlaza(hoja, solo_pandoc):
    sueltos = """[...document.querySelectorAll('.trozo pre code > span')]
        .filter(s => /^\\s*⟨.+⟩\\s*$/.test(s.textContent))
        .filter(s => !s.querySelector('a.referencia')
            || getComputedStyle(s.querySelector('a.referencia')).textDecorationLine !== 'underline')
        .map(s => s.textContent)"""
    assert hoja.page.evaluate(sueltos) == []


@pytest.mark.parametrize("ancho", [320, *ANCHOS])
def test_cabe_sin_desplazarse_a_los_lados(hoja, ancho):
    hoja.como_nueva()
    hoja.de_ancho(ancho)
    medida = "document.documentElement.scrollWidth"
    assert hoja.page.evaluate(medida) <= ancho
    abrir_globos = """(si) => document.querySelectorAll('.con-globo')
        .forEach(caja => caja.classList.toggle('abierto', si))"""
    hoja.page.evaluate(abrir_globos, True)
    con_globos = hoja.page.evaluate(medida)
    hoja.page.evaluate(abrir_globos, False)
    assert con_globos <= ancho


PIES = """() => [...document.querySelectorAll('.pagina div.quarto-float')]
  .filter(e => e.checkVisibility() && !e.matches(':has(.dibujos), .callout *')).filter(e => {
    const pie = e.querySelector('figcaption').getBoundingClientRect();
    const choca = o => { const c = o.getBoundingClientRect();
      return c.right > pie.left && c.left < pie.right && c.bottom > pie.top && c.top < pie.bottom; };
    const vecinos = [...document.querySelectorAll('main :is(.trozo, div.sourceCode, svg, table)')];
    return pie.left < e.getBoundingClientRect().right || vecinos.some(choca);
  }).map(e => e.id)"""


def test_el_pie_va_al_margen_y_no_choca_con_nada(hoja, solo_pandoc):
    hoja.de_ancho(1280)
    hoja.page.evaluate(DESPLEGAR)
    assert hoja.page.evaluate(PIES) == []


# Lo que mide en la pantalla cada letra de un dibujo, y cada figura con sus letras.
LETRAS = """() => [...document.querySelectorAll('main svg text')].flatMap(texto => {
  const matriz = texto.getScreenCTM();
  const cuerpo = e => parseFloat(getComputedStyle(e).fontSize) * Math.hypot(matriz.a, matriz.b);
  return matriz ? [texto, ...texto.children].map(cuerpo) : [];
}).filter(Boolean)"""
FIGURAS = """() => [...document.querySelectorAll('main img[src$=svg]')]
  .filter(e => e.width).map(e => [e.src, e.width])"""


def test_el_texto_de_las_figuras_se_lee_en_un_telefono(hoja, solo_pandoc):
    hoja.de_ancho(390)
    hoja.page.evaluate(DESPLEGAR)
    assert min(hoja.page.evaluate(LETRAS), default=8) >= 8
    for url, ancho in hoja.page.evaluate(FIGURAS):
        svg = Path(unquote(urlsplit(url).path)).read_text("utf-8")
        dibujado = float(re.findall(r'viewBox="\S+ \S+ (\S+)', svg)[0])
        cuerpos = re.findall(r"scale\((0\.\d+) -0", svg)  # en trazos, por cada cien
        chico = min((100 * float(cuerpo) for cuerpo in cuerpos), default=99)
        assert chico * ancho / dibujado >= 8, (url, chico)


MANERAS = [(1280, "light"), (360, "dark"), (1280, "dark"), (360, "light")]


def test_no_tiene_faltas_de_accesibilidad(hoja, solo_pandoc):
    """Los colores no dependen del ancho, salvo los de la barra y el índice, que son de todas."""
    hoja.como_nueva()
    hoja.page.evaluate(DESPLEGAR)
    for n, (ancho, tema) in enumerate(MANERAS[: 4 if hoja.nombre in CON_TODO else 2]):
        hoja.de_ancho(ancho)
        hoja.page.emulate_media(color_scheme=tema)
        cuales = QUE_CAMBIA if n and hoja.nombre not in CON_TODO else NORMAS
        assert faltas(hoja, cuales) == [], (ancho, tema)


# De lo que se alcanza con el tabulador: si el foco le llega, si se ve ahí y si no lo tapa la barra.
ENFOCAR = """([deCada, desde]) => {
  window.juzgar = (e) => {
    const caja = e.getBoundingClientRect(), {outlineStyle, outlineWidth} = getComputedStyle(e);
    const barra = document.querySelector('.barra').getBoundingClientRect().bottom;
    const tapado = !e.closest('.barra, .saltar') && (caja.bottom <= barra || caja.top >= innerHeight);
    const visible = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    const mal = tapado || !visible || document.activeElement !== e;
    return mal ? e.outerHTML.slice(0, 120) : '';
  };
  const vistos = {}, debidas = [];
  const todos = [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
    .filter(e => e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true})
                 && !e.matches('#contenido, .vista *'));
  window.malas = todos.map(e => { e.focus({focusVisible: true}); return juzgar(e); });
  todos.forEach((e, i) => { // de los que son como otros, el tabulador recorre los primeros
    const clase = `${e.parentElement.tagName} ${e.tagName} ${e.className}`;
    vistos[clase] = (vistos[clase] ?? 0) + 1;
    e.dataset.parada = i;
    if (vistos[clase] <= deCada) return debidas.push(`${i}`);
    e.dataset.antes = e.getAttribute('tabindex') ?? '';
    e.tabIndex = -1;
  });
  todos.at(desde).focus();
  document.activeElement.blur();
  window.paradas = [];
  window.alSeguir = ({key}) => { // antes de moverse, se mira dónde se estaba
    const e = document.activeElement;
    if (key !== 'Tab' || e === document.body) return;
    paradas.push(e);
    malas.push(juzgar(e));
  };
  addEventListener('keydown', window.alSeguir);
  return debidas;
}"""
DIO_LA_VUELTA = "() => paradas.indexOf(paradas[0], 1) > 0"
DEJAR = """() => {
  removeEventListener('keydown', window.alSeguir);
  document.querySelectorAll('[data-antes]').forEach(e => {
    e.dataset.antes ? e.setAttribute('tabindex', e.dataset.antes) : e.removeAttribute('tabindex');
    delete e.dataset.antes;
  });
  return [paradas.map(e => e.dataset.parada), malas.filter(Boolean)];
}"""


@pytest.mark.parametrize(("ancho", "sostiene"), [(360, ["Shift"]), (1280, [])])
def test_el_teclado_llega_a_todo_y_siempre_se_ve_donde_va(
    hoja, ancho, sostiene, solo_pandoc
):
    """Todo se enfoca; y con la tecla, en un teléfono hacia atrás, los dos primeros de cada clase."""
    hoja.usada = True
    hoja.de_ancho(ancho)
    teclado = hoja.page.keyboard
    debidas = hoja.page.evaluate(ENFOCAR, [2, -len(sostiene)])
    for tecla in sostiene:
        teclado.down(tecla)
    for n in range(2 * len(debidas) + 200):
        teclado.down("Tab")
        if n % 10 == 9 and hoja.page.evaluate(DIO_LA_VUELTA):
            break
    else:
        pytest.fail("el tabulador quedó atrapado en la página")
    for tecla in ("Tab", *sostiene):
        teclado.up(tecla)
    paradas, malas = hoja.page.evaluate(DEJAR)
    assert malas == []
    assert set(debidas) <= set(paradas)


@pytest.mark.parametrize("pagina", PAGINAS)
def test_sin_javascript_se_lee_todo(sin_guiones, sitio, pagina, es_pandoc):
    hoja = abrir(sin_guiones, sitio, pagina)
    ocultos = """[...document.querySelectorAll('main :is(p, li, h1, h2, h3, pre, td)')]
        .filter(e => !e.closest('details, [hidden]') && !e.checkVisibility({visibilityProperty: true}))
        .map(e => e.outerHTML.slice(0, 120))"""
    if es_pandoc:  # las pestañas de Quarto necesitan su guion
        assert hoja.page.evaluate(ocultos) == []
    assert hoja.page.locator("main p").count() >= 2
    assert hoja.page.locator(".indice-libro a, .sidebar-item a").first.is_visible()


COLORES = {
    "07-lstm": {"i": "q-i", "g": "q-g", "h": "q-h", "c": "q-c"},
    "gru": {"r": "q-i", "z": "q-i", "n": "q-g", "q": "q-h", "h": "q-h"},
}


@pytest.mark.parametrize("pagina", COLORES)
def test_cada_letra_lleva_el_color_que_tiene_en_el_dibujo(contexto, sitio, pagina):
    page = abrir(contexto, sitio, f"libro/{pagina}.html").page
    pintadas = page.locator("math mi.cantidad").evaluate_all(
        "es => Object.fromEntries(es.map(e => [e.textContent, e.classList[1]]))"
    )
    assert COLORES[pagina].items() <= pintadas.items()
    orillas = page.locator(".de-cantidad.q-g").all_inner_texts()
    assert orillas and not any(r.strip().startswith('g["') for r in orillas)
    assert not any("nombre:" in r for r in orillas)


@pytest.mark.parametrize("ancho", [820, 1024, 1110, 1280])
@pytest.mark.parametrize(
    "pagina", ["index.html", "libro/02-rnn.html", "codigo/lstm.py.html"]
)
def test_no_se_corta_codigo_donde_hay_lugar_para_el(
    contexto, sitio, pagina, ancho, solo_pandoc
):
    """Solo se corta un renglón si la caja ya llega al borde o ya caben 88 letras y su número."""
    hoja = abrir(contexto, sitio, pagina)
    hoja.de_ancho(ancho)
    cortados = """() => [...document.querySelectorAll('main pre')]
        .filter(pre => pre.checkVisibility() && pre.scrollWidth > pre.clientWidth)
        .map(pre => [pre.getBoundingClientRect(), pre.matches('.tramo *') ? 810 : 760])
        .filter(([caja, debido]) => caja.width < debido && innerWidth - caja.right > 60).length"""
    assert hoja.page.evaluate(cortados) == 0


def test_al_imprimir_se_abren_las_soluciones(contexto, sitio, solo_pandoc):
    pagina = abrir(contexto, sitio, "libro/02-rnn.html").page
    abiertas = pagina.locator("details.callout[open]")
    pagina.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert abiertas.count() == pagina.locator("details.callout").count() > 0
    pagina.evaluate("dispatchEvent(new Event('afterprint'))")
    assert abiertas.count() == 0
