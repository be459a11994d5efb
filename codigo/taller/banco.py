# Extraído de libro/taller-banco.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: e582c3c8759a3b9f

"""El banco de pruebas: razones de velocidad, medidas por turnos en un solo proceso.

Se explica en el apéndice «El banco de pruebas».
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

# ⟨importar lo que se mide⟩
from codigo import pizarron
from codigo.corrida import Corrida
from codigo.datos import Vocabulario, dividir, leer_nombres
from codigo.generacion import generar
from codigo.lstm import LSTM
from codigo.optimizadores import Adagrad, AdamW, recortar, recortar_norma
from codigo.recetas import RECETAS
from codigo.regularizacion import Promedio
from codigo.rnn import RNN
from codigo.taller.memoria import huella
from codigo.veloz import (
    LSTMVeloz,
    Mesa,
    RNNVeloz,
    gradiente_de_pesos,
    rebanar,
    sumar_por_letra,
)

T = 25
DESTINO = Path("data/banco.json")


def intercalar(
    funciones: dict[str, Callable[[], object]], rondas: int = 25, segundos: float = 0.1
) -> dict[str, np.ndarray]:
    """Segundos por llamada ``(rondas,)`` de cada función, medidas por turnos."""
    veces = {}
    for nombre, funcion in funciones.items():
        funcion()
        inicio = time.perf_counter()
        funcion()
        veces[nombre] = max(1, int(segundos / (time.perf_counter() - inicio)))
    tiempos: dict[str, list[float]] = {nombre: [] for nombre in funciones}
    for _ in range(rondas):
        for nombre, funcion in funciones.items():
            inicio = time.perf_counter()
            for _ in range(veces[nombre]):
                funcion()
            tiempos[nombre].append((time.perf_counter() - inicio) / veces[nombre])
    return {nombre: np.array(lista) for nombre, lista in tiempos.items()}


def cocientes(lenta: np.ndarray, rapida: np.ndarray) -> list[float]:
    """Cuántas veces cabe la rápida en la lenta, ronda por ronda."""
    return [float(f"{veces:.4g}") for veces in lenta / rapida]


def tramos_reales(
    B: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    """``B`` tramos de letras reales: entradas y objetivos ``(T, B)``, y ``V``."""
    nombres = leer_nombres("data/municipios.txt")
    vocabulario = Vocabulario(nombres)
    texto = vocabulario.codificar("\n".join(nombres))
    inicios = rng.integers(len(texto) - T - 1, size=B)
    ventanas = texto[inicios + np.arange(T + 1)[:, None]]
    return ventanas[:-1].copy(), ventanas[1:].copy(), len(vocabulario)


def del_pizarron(H: int, rng: np.random.Generator) -> Callable[[], object]:
    """Un tramo en el pizarrón, como el programa original."""
    x, y, V = tramos_reales(1, rng)
    p, optimizador = pizarron.pesos_iniciales(V, H, rng), Adagrad(0.1)
    entradas, objetivos, h = x[:, 0].tolist(), y[:, 0].tolist(), np.zeros(H)

    def paso() -> None:
        _, estados, probabilidades = pizarron.adelante(p, entradas, objetivos, h)
        g = pizarron.atras(p, entradas, objetivos, estados, probabilidades)
        recortar(g, 5)
        optimizador.actualizar(p, g)

    return paso


def de_numpy(red: RNN | LSTM, B: int, rng: np.random.Generator) -> Callable[[], object]:
    """Un paso de entrenamiento de una de nuestras redes."""
    x, y, _ = tramos_reales(B, rng)
    optimizador, estado = AdamW(1e-3), red.estado_inicial(B)
    mascara = np.ones((T, B), estado.dtype)

    def paso() -> None:
        _, g, _ = red.perdida_y_gradientes(x, y, estado, mascara)
        for gradiente in g.values():
            np.multiply(gradiente, 1 / (T * B), out=gradiente)
        recortar_norma(g, 1.0)
        optimizador.actualizar(red.parametros, g)

    return paso


def de_torch(
    tipo: str, B: int, H: int, hilos: int, rng: np.random.Generator
) -> Callable[[], object]:
    """El mismo paso, en PyTorch."""
    import torch  # type: ignore[import-not-found, unused-ignore]

    torch.set_num_threads(hilos)
    x, y, V = tramos_reales(B, rng)
    letras, objetivos = torch.tensor(x), torch.tensor(y).reshape(-1)
    red, lineal = getattr(torch.nn, tipo)(V, H), torch.nn.Linear(H, V)
    pesos = [*red.parameters(), *lineal.parameters()]
    optimizador = torch.optim.Adam(pesos, 1e-3)

    def paso() -> None:
        entradas = torch.nn.functional.one_hot(letras, V).float()
        logitos = lineal(red(entradas)[0]).reshape(-1, V)
        perdida = torch.nn.functional.cross_entropy(logitos, objetivos)
        optimizador.zero_grad()
        perdida.backward()  # type: ignore[no-untyped-call, unused-ignore]
        torch.nn.utils.clip_grad_norm_(pesos, 1.0)
        optimizador.step()
        perdida.item()

    return paso


def productos(
    B: int, H: int, V: int, G: int, rng: np.random.Generator
) -> Callable[[], object]:
    """Nada más los productos de una red con ``G`` compuertas (1 en la simple)."""
    formas = {"h": (T, B, H), "W": (H, G * H), "WT": (G * H, H), "z": (T, B, G * H)}
    formas |= {"Why": (H, V), "WhyT": (V, H), "y": (T * B, V)}
    a = {n: rng.normal(size=f).astype(np.float32) for n, f in formas.items()}
    z, dh, dW, dWhy = (
        np.empty(f, np.float32) for f in ((B, G * H), (B, H), (H, G * H), (H, V))
    )
    h, dz = a["h"].reshape(T * B, H), a["z"].reshape(T * B, G * H)
    dh_todo, y = np.empty_like(h), np.empty_like(a["y"])

    def paso() -> None:
        for estado in a["h"]:
            np.matmul(estado, a["W"], out=z)
        np.matmul(h, a["Why"], out=y)
        np.matmul(a["y"], a["WhyT"], out=dh_todo)
        for este in a["z"]:
            np.matmul(este, a["WT"], out=dh)
        np.matmul(h.T, dz, out=dW)
        np.matmul(h.T, a["y"], out=dWhy)

    return paso


def comparar(tipo: str, B: int, H: int, hilos: int) -> dict[str, Any]:
    """Un renglón de la tabla: nuestra red entre cada uno de los otros."""
    rng = np.random.default_rng(0)
    V = tramos_reales(1, rng)[2]
    clase, G = {"RNN": (RNNVeloz, 1), "LSTM": (LSTMVeloz, 4)}[tipo]
    funciones = {
        "nuestra": de_numpy(clase(V, H, rng, np.float32, H**-0.5), B, rng),
        "pizarrón": del_pizarron(100, rng),
        "torch": de_torch(tipo, B, H, hilos, rng),
        "productos": productos(B, H, V, G, rng),
    }
    tiempos = intercalar(funciones)
    nuestra = tiempos["nuestra"]
    return {
        "tipo": tipo,
        "B": B,
        "H": H,
        "pizarrón": cocientes(tiempos["pizarrón"] * B, nuestra),
        "torch": cocientes(tiempos["torch"], nuestra),
        "productos": cocientes(tiempos["productos"], nuestra),
    }


def muestreo() -> dict[str, list[float]]:
    """Nombres por segundo, en lotes de 2 000, entre los que salen de uno en uno."""
    vocabulario = Vocabulario(leer_nombres("data/municipios.txt"))
    rng, V, resultado = np.random.default_rng(0), len(vocabulario), {}
    for nombre, clase in (("RNN", RNNVeloz), ("LSTM", LSTMVeloz)):
        red = clase(V, 128, rng, np.float32)
        red.parametros["by"][0] = 1.6  # nombres de unas trece letras
        funciones: dict[str, Callable[[], object]] = {
            "uno": partial(generar, red, vocabulario, 1, rng),
            "lote": partial(generar, red, vocabulario, 2000, rng),
        }
        tiempos = intercalar(funciones)
        resultado[nombre] = cocientes(tiempos["uno"] * 2000, tiempos["lote"])
    return resultado


def memoria() -> float:
    """Megabytes, en su punto más alto, de entrenar la LSTM más grande de la tabla."""
    import resource  # no lo hay en Windows

    guion = (
        "from codigo.datos import Vocabulario, dividir, leer_nombres\n"
        "from codigo.corrida import Corrida, Receta\n"
        "nombres = leer_nombres('data/municipios.txt')\n"
        "partes = dividir(nombres)[:2]\n"
        "Corrida(Receta(H=256, B=64), *partes, Vocabulario(nombres)).epoca()\n"
    )
    subprocess.run([sys.executable, "-c", guion], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


PREPARAR = """([tipo, H, alfabeto, lote]) => {
  const nombres = ["Ixil"],
    listas = { entrenamiento: nombres, validacion: nombres, alfabeto };
  const receta = { tipo, H, epocas: 1, semilla: 1, Arreglo: Float32Array };
  Object.assign(window, { lote, corrida: new Entrenar.Corrida(receta, listas) });
}"""


def de_la_pagina(
    hoja: Any, tipo: str, B: int, H: int, rng: np.random.Generator
) -> Callable[[], object]:
    """Cuatro pasos de la página, en una hoja de Chromium."""
    x, y, V = tramos_reales(B, rng)
    letras = {"entradas": x.ravel().tolist(), "objetivos": y.ravel().tolist()}
    lote = {"T": T, "B": B, "cuantos": B, **letras}
    hoja.evaluate(PREPARAR, [tipo, H, ["?"] * V, lote])
    return partial(hoja.evaluate, "for (let k = 0; k < 4; k++) corrida.paso(lote)")


def con_promedio(red: RNN | LSTM, B: int) -> Callable[[], object]:
    """Cuatro pasos de una de nuestras redes, cada uno con su promedio de pesos."""
    paso = de_numpy(red, B, np.random.default_rng(0))
    promedio = Promedio(red.parametros, 0.99)

    def cuatro() -> None:
        for _ in range(4):
            paso()
            promedio.sumar(red.parametros, 1000)

    return cuatro


def buscar_navegador() -> str | None:
    """El Chromium que diga ``NAVEGADOR``, o el primero que haya."""
    nombres = ("chromium", "chromium-browser", "google-chrome", "chrome")
    hallados = filter(None, map(shutil.which, nombres))
    return os.environ.get("NAVEGADOR") or next(hallados, None)


def paginas(B: int = 16, H: int = 96) -> dict[str, list[float]]:
    """Cuántas veces más aprisa que la página entrena NumPy, con la misma red."""
    from playwright.sync_api import sync_playwright

    rng, resultado = np.random.default_rng(0), {}
    ruta = buscar_navegador()
    with sync_playwright() as p, p.chromium.launch(executable_path=ruta) as chromium:
        for tipo, clase in (("RNN", RNNVeloz), ("LSTM", LSTMVeloz)):
            hoja = chromium.new_page()
            for guion in ("redes", "entrenar"):
                hoja.add_script_tag(path=f"codigo/{guion}.js")
            en_ella = de_la_pagina(hoja, tipo, B, H, np.random.default_rng(0))
            V = tramos_reales(B, rng)[2]
            nuestra = con_promedio(clase(V, H, rng, np.float32, H**-0.5), B)
            tiempos = intercalar({"página": en_ella, "numpy": nuestra})
            resultado[tipo] = cocientes(tiempos["página"], tiempos["numpy"])
    return resultado


def escalones(B: int = 32, H: int = 128) -> dict[str, list[float]]:
    """Velocidad de cada versión de la red simple, en veces la del pizarrón."""
    rng = np.random.default_rng(0)
    V, escala = tramos_reales(1, rng)[2], H**-0.5
    redes = {
        "lote legible": RNN(V, H, rng, escala=escala),
        "lote legible, 32 bits": RNN(V, H, rng, np.float32, escala),
        "lote rápido": RNNVeloz(V, H, rng, np.float32, escala),
    }
    funciones = {n: de_numpy(red, B, rng) for n, red in redes.items()}
    tiempos = intercalar({"pizarrón": del_pizarron(H, rng), **funciones})
    return {n: cocientes(tiempos["pizarrón"] * B, tiempos[n]) for n in funciones}


def acumular(
    h: np.ndarray, dz: np.ndarray, dW: np.ndarray, parcial: np.ndarray
) -> None:
    """El gradiente de los pesos recurrentes, paso a paso."""
    for uno, otro in zip(h, dz):
        np.matmul(uno.T, otro, out=parcial)
        np.add(dW, parcial, out=dW)


def piezas(B: int = 32, H: int = 128) -> dict[str, list[float]]:
    """Cuánto gana cada pieza del apéndice «Velocidad»."""
    rng, mesa = np.random.default_rng(0), Mesa(np.float32)
    x, _, V = tramos_reales(B, rng)
    formas = {"W": (V, H), "h": (T, B, H), "dz": (T, B, H), "uno": (B, 256)}
    formas |= {"Whh": (256, 256)}
    a = {n: rng.normal(size=f).astype(np.float32) for n, f in formas.items()}
    uno_de_V, aporte = np.eye(V, dtype=np.float32)[x], np.empty_like(a["h"])
    suma, previo = np.zeros_like(a["W"]), np.empty_like(a["uno"])
    partes = rebanar(mesa, "W", a["Whh"], B)
    vista = previo.reshape(B, len(partes), -1).transpose(1, 0, 2)
    dW, parcial = np.zeros((H, H), np.float32), np.empty((H, H), np.float32)
    h, dz = a["h"].reshape(-1, H), a["dz"].reshape(-1, H)
    # ⟨las dos maneras de cada pieza⟩
    pares: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "escoger": (
            lambda: np.matmul(uno_de_V, a["W"], out=aporte),
            lambda: np.take(a["W"], x, axis=0, out=aporte, mode="clip"),
        ),
        "por letra": (
            lambda: np.add.at(suma, x, a["dz"]),
            lambda: sumar_por_letra(mesa, x.reshape(-1), dz, suma),
        ),
        "un producto": (
            partial(acumular, a["h"], a["dz"], dW, parcial),
            lambda: np.matmul(h.T, dz, out=dW),
        ),
        "cortar": (
            lambda: np.matmul(h.T, dz, out=dW),
            lambda: gradiente_de_pesos(mesa, h, dz, dW),
        ),
        "rebanar": (
            lambda: np.matmul(a["uno"], a["Whh"], out=previo),
            lambda: np.matmul(a["uno"], partes, out=vista),
        ),
    }
    resultado = {}
    for nombre, (obvia, nuestra) in pares.items():
        tiempos = intercalar({"obvia": obvia, "nuestra": nuestra})
        resultado[nombre] = cocientes(tiempos["obvia"], tiempos["nuestra"])
    return resultado


def epocas() -> list[float]:
    """Cuántas épocas de la receta de la red simple caben en una de la LSTM."""
    nombres = leer_nombres("data/municipios.txt")
    partes, vocabulario = dividir(nombres)[:2], Vocabulario(nombres)
    corridas = {
        modelo: Corrida(receta, *partes, vocabulario)
        for modelo, receta in RECETAS.items()
    }
    tiempos = intercalar({modelo: c.epoca for modelo, c in corridas.items()})
    return cocientes(tiempos["lstm"], tiempos["rnn"])


def por_lote(B: int = 32, H: int = 128) -> dict[str, list[float]]:
    """Cuánto tarda leer ``B`` tramos, o uno con una neurona, entre lo que tarda uno."""
    rng, funciones = np.random.default_rng(0), dict[str, Callable[[], object]]()
    casos = {"uno": (1, H), "lote": (B, H), "una neurona": (1, 1)}
    for nombre, (cuantos, neuronas) in casos.items():
        x, y, V = tramos_reales(cuantos, rng)
        red = RNN(V, neuronas, rng, escala=neuronas**-0.5)
        estado, mascara = red.estado_inicial(cuantos), np.ones((T, cuantos))
        funciones[nombre] = partial(red.perdida_y_gradientes, x, y, estado, mascara)
    tiempos = intercalar(funciones)
    return {n: cocientes(tiempos[n], tiempos["uno"]) for n in ("lote", "una neurona")}


def maquina() -> dict[str, str]:
    """El procesador y las bibliotecas con que se mide."""
    procesador, datos = platform.machine(), Path("/proc/cpuinfo")
    if datos.is_file():
        modelos = re.findall(r"model name\s*: (.+)", datos.read_text("utf-8"))
        procesador = modelos[0] if modelos else procesador
    algebra = np.show_config("dicts")["Build Dependencies"]["blas"]
    return {
        "procesador": procesador,
        "numpy": np.__version__,
        algebra["name"]: algebra["version"],
        "torch": version("torch"),
    }


def main() -> None:
    """Mide con los hilos que diga ``OPENBLAS_NUM_THREADS``, imprime y guarda."""
    if "OPENBLAS_NUM_THREADS" not in os.environ:
        sys.exit(
            "di con cuántos hilos: OPENBLAS_NUM_THREADS=1 python -m codigo.taller.banco"
        )
    if not buscar_navegador():
        sys.exit("no hay un Chromium que medir: NAVEGADOR=ruta dice cuál")
    hilos = int(os.environ["OPENBLAS_NUM_THREADS"])
    banco = (
        json.loads(DESTINO.read_text("utf-8")) if DESTINO.is_file() else {"hilos": {}}
    )
    if hilos == 1:
        banco |= {"escalones": escalones(), "piezas": piezas(), "memoria": memoria()}
        banco |= {"epocas": epocas(), "por_lote": por_lote(), "pagina": paginas()}
        banco["maquina"] = maquina()
    filas = []
    for tipo in ("RNN", "LSTM"):
        for H, B in ((128, 32), (128, 64), (256, 32), (256, 64)):
            filas.append(comparar(tipo, B, H, hilos))
            print(filas[-1], flush=True)
    medido = {"tabla": filas, "muestreo": muestreo(), "codigo": huella(comparar)[:16]}
    banco["hilos"][str(hilos)] = medido
    print(medido["muestreo"])
    DESTINO.write_text(json.dumps(banco, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
