import numpy as np
import pytest

from codigo.activaciones import log_softmax
from codigo.afinacion import vigilar
from codigo.datos import Vocabulario
from codigo.evaluacion import (
    areas_del_juez,
    clasificar,
    distinguir,
    intervalo,
    mas_cercanos,
    nats_en_lotes,
    nats_por_nombre,
    nats_por_simbolo,
)
from codigo.generacion import generar
from codigo.lotes import hacer_lote
from codigo.lstm import LSTM
from codigo.mezclas import Mezcla
from codigo.ngramas import WittenBell


class Uniforme:
    """No sabe nada: da lo mismo a los ``V`` símbolos."""

    def __init__(self, V):
        self.V = V

    def estado_inicial(self, B):
        return None

    def paso(self, indices, estado):
        return np.full((len(indices), self.V), 3.0), estado


class Oraculo(Uniforme):
    """Sabe que todos los nombres son «ab»."""

    def estado_inicial(self, B):
        assert B == 1

    def paso(self, indices, estado):
        assert indices.shape == (1,)
        siguiente = {0: 1, 1: 2, 2: 0}[int(indices[0])]
        return np.where(np.arange(3) == siguiente, 0.0, -np.inf)[None], estado


def test_no_saber_nada_vale_el_logaritmo_del_vocabulario():
    vocabulario = Vocabulario(["abc", "d"])
    nats = nats_por_simbolo(Uniforme(5), ["abc", "d"], vocabulario)
    assert nats == pytest.approx(np.log(5)) and type(nats) is float


def test_saberlo_todo_vale_cero():
    assert nats_por_simbolo(Oraculo(3), ["ab", "ab"], Vocabulario(["ab"])) == 0


def test_clasificar_distingue_los_tres_casos():
    inventados = ["Tepic", "Ixil", "Ixpic"]
    clases = clasificar(inventados, {"Tepic"}, {"Tepic", "Ixil"})
    assert clases == ["copia", "real", "nuevo"]


def test_clasificar_no_se_deja_enganar_por_la_ropa_de_un_nombre():
    vestidos = ["TEPIC", " San  Felipe ", "San Juan Mixtepec", "Numaran"]
    reales = ["Tepic", "San Felipe", "San Juan Mixtepec -Dto. 08 -", "Numarán"]
    assert clasificar(vestidos, reales, ()) == ["copia"] * 4
    assert clasificar(["Ano", "Cañada"], ["Año", "Canada"], ()) == ["nuevo"] * 2


def test_log_softmax_no_se_desborda_y_suma_uno():
    logp = log_softmax(np.array([[1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0]]))
    assert np.isfinite(logp).all()
    assert np.exp(logp).sum(axis=1) == pytest.approx([1, 1])
    assert logp[0, 1] - logp[0, 0] == pytest.approx(-1)


def test_medir_por_lotes_es_medir_de_uno_en_uno(particion, vocabulario, rng):
    nombres, red = particion.validacion[:40], LSTM(len(vocabulario), 7, rng, escala=0.5)
    lotes = [hacer_lote(nombres[i : i + 16], vocabulario) for i in range(0, 40, 16)]
    de_uno_en_uno = nats_por_simbolo(red, nombres, vocabulario)
    en_lotes = nats_en_lotes(red, lotes)
    assert en_lotes == pytest.approx(de_uno_en_uno, abs=1e-12)
    assert type(en_lotes) is float


def test_los_nats_de_cada_nombre_van_en_el_orden_de_la_lista(particion, vocabulario):
    class Bigrama(WittenBell):
        def estado_inicial(self, B):
            juntos.append(B)
            return super().estado_inicial(B)

    juntos, nombres = [], [*particion.validacion, *particion.prueba[:80]]
    modelo = Bigrama(2, particion.entrenamiento[:300], vocabulario)
    nats = nats_por_nombre(modelo, nombres, vocabulario)
    assert sum(juntos) == len(nombres) > 256 >= max(juntos)
    sueltos = [
        nats_por_simbolo(modelo, [nombre], vocabulario) * (len(nombre) + 1)
        for nombre in nombres
    ]
    assert nats == pytest.approx(np.array(sueltos), abs=1e-10)


class Memorioso:
    """Se sabe una lista de memoria y la recita, cada nombre con la misma probabilidad."""

    def __init__(self, nombres, vocabulario):
        self.V = len(vocabulario)
        self.lista = [(*vocabulario.codificar(n).tolist(), 0) for n in nombres]

    def estado_inicial(self, B):
        return [()] * B

    def paso(self, indices, estado):
        leidos = [
            tuple(letra for letra in (*viejo, int(i)) if letra)
            for viejo, i in zip(estado, indices)
        ]
        pesos = np.zeros((len(leidos), self.V))
        for b, leido in enumerate(leidos):
            for nombre in self.lista:
                if nombre[: len(leido)] == leido:
                    pesos[b, nombre[len(leido)]] += 1
        with np.errstate(divide="ignore"):
            return np.log(pesos / np.maximum(pesos.sum(1, keepdims=True), 1)), leidos


@pytest.fixture
def memorioso(particion, vocabulario):
    return Memorioso(particion.entrenamiento[:60], vocabulario)


def test_quien_recita_de_memoria_tiene_toda_la_masa_y_todo_lo_copia(
    memorioso, particion, vocabulario, rng
):
    sabidos = particion.entrenamiento[:60]
    nats = nats_por_nombre(memorioso, sabidos, vocabulario)
    assert np.exp(-nats).sum() == pytest.approx(1)
    assert nats == pytest.approx(np.log(60))
    inventados = generar(memorioso, vocabulario, 300, rng)
    assert set(clasificar(inventados, sabidos, ())) == {"copia"}
    distancias, cual = mas_cercanos(inventados, sabidos)
    assert distancias.max() == 0
    assert [sabidos[i] for i in cual] == inventados


def test_distinguir_pide_bastantes_inventados(rng):
    with pytest.raises(ValueError, match="hay 1 inventados para 2 reales"):
        distinguir(["a", "b"], ["c", "c", "c"], rng)


def test_distinguir_compara_tantos_como_reales_con_pedazos_de_una_a_cuatro_letras(
    rng, monkeypatch
):
    ajustes = []

    def ajustar(juez, textos, etiquetas):
        ajustes.append((list(textos), list(etiquetas)))
        pedazos = juez[0].build_analyzer()("^Ab c$")
        debidos = {"^Ab c$"[i : i + n] for n in range(1, 5) for i in range(7 - n)}
        assert set(pedazos) == debidos
        assert (juez[1].C, juez[1].max_iter) == (10, 1000)

    monkeypatch.setattr("sklearn.pipeline.Pipeline.fit", ajustar)

    def opina(juez, textos):
        return [float(texto in ("^uno$", "^dos$")) for texto in textos]

    monkeypatch.setattr("sklearn.pipeline.Pipeline.decision_function", opina)
    reales = ["Ana", "Eva", "Sol", "Luz", "Paz"]
    inventados = ["uno", "dos", "tres", "tres", "seis", "once", "diez"]
    areas = distinguir(reales, inventados, rng, leidos=["Ixil"])
    assert areas.shape == (8,) and len(ajustes) == 40
    for textos, etiquetas in ajustes:
        assert len(textos) == len(set(textos)) == len(etiquetas) == 9
        falsos = {texto for texto, falso in zip(textos, etiquetas) if falso}
        assert len(falsos) == 4 and falsos <= {f"^{n}$" for n in inventados}
        assert "^Ixil$" in textos and "^Ixil$" not in falsos
    sorteos = {frozenset(t for t, f in zip(*a) if f) for a in ajustes}
    assert len(sorteos) > 8
    apartado = [{f"^{n}$" for n in reales} - set(textos) for textos, _ in ajustes]
    assert len({str(apartado[k : k + 5]) for k in range(0, 40, 5)}) > 2
    assert set(areas) <= {0.5, 0.6, 0.7} and len(set(areas)) > 1
    justos = ["uno", "dos", "tres", "seis", "once"]
    assert distinguir(reales, justos, rng, 1).shape == (1,)


def test_la_distancia_es_la_de_edicion_entre_el_largo_del_mayor():
    distancias, cual = mas_cercanos(["abc", "xyzw"], ["abd", "qqqq", "xyz"])
    assert distancias == pytest.approx([1 / 3, 1 / 4], abs=1e-6)
    assert cual.tolist() == [0, 2]


def test_el_intervalo_rodea_al_valor_y_se_cierra_con_mas_nombres(rng):
    assert intervalo(np.full(30, 6.0), np.full(30, 3.0), rng) == (2, 2)
    for n in (100, 1600):
        valores = rng.permutation(np.arange(n))  # de desviación n / √12
        bajo, alto = intervalo(valores, np.full(n, 2.0), rng, 2500)
        lado = 1.96 * n / 12**0.5 / n**0.5 / 2
        debidos = valores.mean() / 2 + np.array([-lado, lado])
        assert [bajo, alto] == pytest.approx(debidos, abs=lado / 10)
        assert type(bajo) is type(alto) is float


def test_el_intervalo_remuestrea_dos_mil_veces(rng):
    arriba, abajo = rng.random((2, 10))
    uno, otro = np.random.default_rng(3), np.random.default_rng(3)
    assert intervalo(arriba, abajo, uno) == intervalo(arriba, abajo, otro, 2000)


def test_la_mezcla_promedia_logaritmos_y_escribe(particion, vocabulario, rng):
    contador = WittenBell(3, particion.entrenamiento, vocabulario)
    red = LSTM(len(vocabulario), 5, rng, escala=0.5)
    mezcla = Mezcla((contador, red), (0.25, 0.75))
    indices = np.array([0, 0, 0])
    suyos, estado = mezcla.paso(indices, mezcla.estado_inicial(3))
    de = [
        np.exp(log_softmax(m.paso(indices, m.estado_inicial(3))[0]))
        for m in (contador, red)
    ]
    producto = de[0] ** 0.25 * de[1] ** 0.75
    suma = producto.sum(axis=1, keepdims=True)
    assert np.exp(log_softmax(suyos)) == pytest.approx(producto / suma)
    assert (
        isinstance(estado, tuple) and len(generar(mezcla, vocabulario, 20, rng)) == 20
    )


def test_vigilar_mide_lo_mismo_que_las_medidas(particion, vocabulario):
    partes = (particion.entrenamiento[:200], particion.validacion[:50])
    visto = vigilar(*partes, vocabulario.simbolos[1:], modelo="rnn", H=16, epocas=3)
    nombres = visto.pop("nombres")
    assert nombres.shape == (3, 6) and len(set(nombres.ravel().tolist())) > 10
    assert {clave: len(curva) for clave, curva in visto.items()} == {
        f"{que}_{cuales}": 3
        for que in ("nats", "masa")
        for cuales in ("estudiados", "apartados")
    }
    assert visto["nats_estudiados"][-1] < visto["nats_estudiados"][0] < np.log(67)
    assert (visto["masa_estudiados"] > 0).all() and (visto["masa_estudiados"] < 1).all()


def test_el_ruido_no_copia_cae_lejos_y_se_nota(particion, vocabulario, rng):
    uniforme = WittenBell(1, ["".join(vocabulario.simbolos[1:])], vocabulario)
    ruido = generar(uniforme, vocabulario, 800, rng, maximo=14)
    ruido = [n for n in ruido if len(n) > 3]
    assert not set(ruido) & set(particion.entrenamiento)
    lejos = mas_cercanos(ruido, particion.entrenamiento)[0].mean()
    assert (
        lejos
        > 1.5 * mas_cercanos(particion.validacion, particion.entrenamiento)[0].mean()
    )
    assert distinguir(particion.validacion, ruido, rng, sorteos=2).min() > 0.97


def test_entre_nombres_reales_no_hay_quien_distinga(particion, rng):
    reales = particion.entrenamiento[:800]
    areas = distinguir(particion.validacion, reales, rng, sorteos=4)
    assert areas.shape == (4,)
    assert 0.42 < areas.mean() < 0.58


def test_cada_tanda_se_juzga_con_los_sorteos_de_su_lugar(particion):
    reales, otros = particion.validacion[:40], particion.entrenamiento
    tandas = [otros[:60], otros[60:130], otros[:60]]
    areas = areas_del_juez(reales, tandas, 2)["areas"]
    for n, tanda in enumerate(tandas):
        suya = distinguir(reales, tanda, np.random.default_rng(n), 2).mean()
        assert areas[n] == suya
    assert areas[0] != areas[2]
    ocho = distinguir(reales, tandas[0], np.random.default_rng(0)).mean()
    assert areas_del_juez(reales, tandas[:1])["areas"] == [ocho]
