# Extraído de libro/taller-ordenes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: d3b507f57761172b

"""El programa de línea de órdenes: ``python -m codigo --ayuda``.

Se explica en el apéndice «La línea de órdenes».
"""

import math
import os
import signal
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any
from zipfile import is_zipfile

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from typer.core import TyperCommand, TyperGroup

# ⟨importar lo que usa el programa⟩
from codigo.alumna import Alumna, inventar_leccion
from codigo.corrida import Corrida, correr
from codigo.datos import Vocabulario, dividir, normalizar
from codigo.entrenamiento import Divergencia
from codigo.evaluacion import clasificar, nats_en_lotes
from codigo.generacion import generar as inventar
from codigo.limpieza import PISO, Corte
from codigo.lotes import hacer_lote
from codigo.mezclas import Mezcla
from codigo.recetas import receta_para
from codigo.redes import REDES
from codigo.taller.espanol import POR_QUE, en_espanol
from codigo.taller.leccion import DE_ALUMNA
from codigo.taller.lectura import INVISIBLE, MAX_LETRAS, leer_renglones
from codigo.taller.modelos import cargar, guardar
from codigo.taller.puntos import correr_con_punto, guardar_punto

DISTRIBUCION, EXTRA = "redes-recurrentes-a-pie", "busqueda"

consola = Console(stderr=True, highlight=False)


def decir(que: str) -> None:
    """Una frase en la consola, de un solo renglón aunque cite algo que no lo sea."""
    visible = INVISIBLE.sub(lambda hallado: ascii(hallado[0])[1:-1], que)
    imprimible = visible.encode(errors="backslashreplace").decode()
    consola.print(imprimible, markup=False, soft_wrap=True)


class Orden(TyperCommand):
    """Una orden con la ayuda en español."""

    def get_help(self, ctx: Any) -> str:
        """El texto de la ayuda."""
        return en_espanol(super().get_help(ctx))


class Programa(TyperGroup):
    """El programa completo, con la ayuda en español."""

    def get_help(self, ctx: Any) -> str:
        """El texto de la ayuda."""
        return en_espanol(super().get_help(ctx))


app = typer.Typer(
    cls=Programa,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--ayuda"]},
    help="Redes recurrentes que aprenden tu lista de nombres e inventan otros.",
)


def leer_lista(ruta: Path, al_menos: int) -> list[str]:
    """Los nombres de un archivo, o una frase clara de por qué no se puede."""
    crudos = list(leer_renglones(ruta))
    nombres = [unicodedata.normalize("NFC", crudo) for crudo in crudos]
    if cambian := sum(a != b for a, b in zip(crudos, nombres)):
        decir(
            f"{ruta}: nombres con la letra y su acento por separado: {cambian}; se juntaron"
        )
    distintos = len(set(nombres))
    if distintos < al_menos:
        raise ValueError(
            f"{ruta}: nombres distintos: {distintos}; hacen falta {al_menos}"
        )
    return nombres


def atender_ctrl_c() -> None:
    """De aquí en adelante, Ctrl-C es un ``KeyboardInterrupt``."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def revisar_salida(salida: Path, *se_leen: Path) -> None:
    """Se niega a escribir encima de lo que se lee o de lo que no es un archivo."""
    if salida.exists() and not salida.is_file():
        raise ValueError(f"{salida} no sirve de salida: no es un archivo")
    if salida.resolve() in {ruta.resolve() for ruta in se_leen}:
        raise ValueError(f"{salida} no sirve de salida: es lo mismo que se lee")


def revisar_modelo(salida: Path, *se_leen: Path) -> None:
    """Lo mismo, y que no se borre algo que no era un modelo."""
    revisar_salida(salida, *se_leen)
    if salida.is_file() and not is_zipfile(salida):
        raise ValueError(f"{salida} ya existe y no es un modelo: escoge otra salida")


CualRed = Annotated[
    str, typer.Option("--red", help=f"Una de: {', '.join(sorted(REDES))}.")
]


@app.command(cls=Orden)
def entrenar(
    lista: Annotated[Path, typer.Argument(help="Archivo UTF-8, uno por renglón.")],
    salida: Annotated[Path, typer.Option(help="Dónde queda el modelo.")] = Path(
        "modelo.npz"
    ),
    red: CualRed = "lstm",
    neuronas: Annotated[
        int | None, typer.Option(min=1, max=4096, help="Unidades.")
    ] = None,
    epocas: Annotated[int | None, typer.Option(min=1, help="Cuántas épocas.")] = None,
    tasa: Annotated[float | None, typer.Option(help="De aprendizaje.")] = None,
    semilla: Annotated[int, typer.Option(min=0, help="Semilla del azar.")] = 1,
    reanudar: Annotated[
        bool, typer.Option("--reanudar", help="Sigue uno que se interrumpió.")
    ] = False,
) -> None:
    """Entrena una red con una lista de nombres."""
    # ⟨preparar la corrida y su punto⟩
    revisar_modelo(salida, lista)
    if tasa is not None and not 0 < tasa < math.inf:
        raise ValueError(f"la tasa debe ser un número mayor que cero, y es {tasa}")
    nombres = leer_lista(lista, al_menos=20)
    vocabulario, particion = Vocabulario(nombres), dividir(nombres)
    pedido: dict[str, Any] = {
        "H": neuronas,
        "epocas": epocas,
        "tasa": tasa,
        "semilla": semilla,
    }
    cambios = {clave: valor for clave, valor in pedido.items() if valor is not None}
    escogida = replace(receta_para(red, len(particion.entrenamiento)), **cambios)
    corrida = Corrida(escogida, *particion[:2], vocabulario)
    punto = salida.with_name(f"{salida.name}.punto")
    # ⟨mirar si hay un punto⟩
    if punto.is_file() and not reanudar:
        raise ValueError(
            f"hay un entrenamiento a medias en {punto}: usa --reanudar, o bórralo"
        )
    if reanudar and not punto.is_file():
        raise ValueError(f"no hay un entrenamiento a medias en {punto}")
    # ⟨entrenar y cuidar lo ganado⟩
    atender_ctrl_c()
    try:
        if not reanudar:
            guardar_punto(punto, corrida)
        con_barra(correr_con_punto(corrida, punto), escogida.epocas)
    except KeyboardInterrupt:
        seguir = f"; --reanudar sigue desde {punto}" if punto.is_file() else ""
        decir(f"interrumpido{seguir}")
        raise typer.Exit(130) from None
    except Divergencia as error:
        punto.unlink(missing_ok=True)
        if not corrida.validadas:
            raise
        guardar(salida, corrida.mejores, vocabulario, escogida)
        raise Divergencia(f"{error}; {salida} tiene los mejores hasta ahí") from None
    guardar(salida, corrida.mejores, vocabulario, escogida)
    punto.unlink(missing_ok=True)
    nats = f"{min(corrida.validadas):.3f} nats por símbolo en validación"
    decir(f"{salida}: {nats}")


def con_barra(avances: Iterator[Corrida], epocas: int) -> None:
    """Da las épocas de una corrida con una barra de avance."""
    columnas = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columnas, console=consola) as barra:
        tarea = barra.add_task("empieza", total=epocas)
        for corrida in avances:
            barra.update(
                tarea,
                completed=len(corrida.validadas),
                description=f"entrenamiento {corrida.entrenadas[-1]:.3f}, "
                f"validación {corrida.validadas[-1]:.3f}",
            )


@app.command(cls=Orden)
def generar(
    modelo: Annotated[Path, typer.Argument(help="El modelo que dejó «entrenar».")],
    n: Annotated[int, typer.Option("-n", min=1, help="Cuántos nombres.")] = 10,
    temperatura: Annotated[
        float, typer.Option(help="Menos de 1, prudente; más, atrevido.")
    ] = 1.0,
    piso: Annotated[
        float, typer.Option(min=0, max=1, help="Lo menos probable que se escribe.")
    ] = PISO,
    prefijo: Annotated[str, typer.Option(help="Cómo empiezan todos.")] = "",
    maximo: Annotated[
        int, typer.Option(min=1, max=MAX_LETRAS, help="Letras, a lo más.")
    ] = 80,
    semilla: Annotated[
        int | None, typer.Option(min=0, help="Para repetir lo mismo.")
    ] = None,
    sin_copias: Annotated[
        Path | None, typer.Option(help="Una lista: se salta lo que esté en ella.")
    ] = None,
    sin_repetir: Annotated[
        bool, typer.Option("--sin-repetir", help="Se salta lo que ya escribió.")
    ] = False,
) -> None:
    """Inventa nombres con un modelo y los escribe, uno por renglón."""
    red, vocabulario = cargar(modelo)
    rng, cortada = np.random.default_rng(semilla), Corte(red, piso)
    copias = leer_lista(sin_copias, 1) if sin_copias else []
    # ⟨escribir los que se pueda⟩
    prohibidos, van, sorteados = {"", *map(normalizar, copias)}, 0, 0
    while van < n:
        tanda = 2000 if copias or sin_repetir else min(2000, n - van)
        escritos = inventar(
            cortada, vocabulario, tanda, rng, min(temperatura, 1e6), maximo, prefijo
        )
        suyos = []
        for nombre in escritos:
            if normalizar(nombre) not in prohibidos:
                suyos.append(nombre)
                prohibidos |= {normalizar(nombre)} if sin_repetir else set()
        if suyos := suyos[: n - van]:
            print(*suyos, sep="\n", flush=True)
        van, sorteados = van + len(suyos), sorteados + tanda
        if van < n and sorteados > 20_000 + 100 * van:
            raise ValueError(
                f"nombres escritos: {van}; de {sorteados} sorteados, ya casi no salen otros"
            )


@app.command(cls=Orden)
def evaluar(
    modelo: Annotated[Path, typer.Argument(help="El modelo que dejó «entrenar».")],
    lista: Annotated[
        Path, typer.Argument(help="Archivo UTF-8, un nombre por renglón.")
    ],
) -> None:
    """Mide la sorpresa de un modelo ante una lista y cuánto copia de ella."""
    red, vocabulario = cargar(modelo)
    nombres = sorted(sorted(set(leer_lista(lista, al_menos=1))), key=len)
    lotes = [
        hacer_lote(nombres[i : i + 64], vocabulario) for i in range(0, len(nombres), 64)
    ]
    inventados = inventar(red, vocabulario, 1000, np.random.default_rng(0))
    copias = clasificar(inventados, nombres, ()).count("copia")
    print(f"nats por símbolo: {nats_en_lotes(red, lotes):.3f}")
    print(f"inventados que están en la lista: {copias / 10:.1f} %")


def juntar(rutas: Iterable[Path]) -> tuple[Mezcla, Vocabulario]:
    """La mezcla, a partes iguales, de varios modelos, y su vocabulario."""
    cargados = [(ruta, *cargar(ruta)) for ruta in rutas]
    primera, _, vocabulario = cargados[0]
    for ruta, _, suyo in cargados:
        if suyo.simbolos != vocabulario.simbolos:
            raise ValueError(f"{ruta} no sabe los mismos símbolos que {primera}")
    redes = [red for _, red, _ in cargados]
    return Mezcla(redes, [1 / len(redes)] * len(redes)), vocabulario


@app.command(cls=Orden)
def destilar(
    modelos: Annotated[list[Path], typer.Argument(help="Los que dejó «entrenar».")],
    salida: Annotated[Path, typer.Option(help="Dónde queda la alumna.")] = Path(
        "alumna.npz"
    ),
    lista: Annotated[
        Path | None, typer.Option(help="La que estudiaron: no se le dicta ninguno.")
    ] = None,
    red: CualRed = "lstm",
    neuronas: Annotated[
        int, typer.Option(min=1, max=4096, help="Unidades.")
    ] = DE_ALUMNA.H,
    epocas: Annotated[int, typer.Option(min=1, help="Cuántas épocas.")] = 6,
    nombres: Annotated[
        int,
        typer.Option(min=100, max=1_000_000, help="Cuántos le inventan sus maestras."),
    ] = 60_000,
    semilla: Annotated[int, typer.Option(min=0, help="Semilla del azar.")] = 1,
) -> None:
    """Enseña a una red lo que saben varias, con nombres que ellas inventan."""
    # ⟨enseñar a la alumna⟩
    atender_ctrl_c()
    try:
        # ⟨dictar la leccion de varias⟩
        revisar_modelo(salida, *modelos, *([lista] if lista else []))
        TemporaryFile(
            dir=salida.absolute().parent
        ).close()  # si no se puede, mejor saberlo ya
        receta_para(red, 1)
        maestra, vocabulario = juntar(modelos)
        estudiados = leer_lista(lista, 1) if lista else []
        receta = replace(
            DE_ALUMNA, modelo=red, H=neuronas, epocas=epocas, semilla=semilla
        )
        decir("las maestras inventan y dictan…")
        rng = np.random.default_rng(semilla)
        leccion = inventar_leccion(maestra, vocabulario, nombres, estudiados, rng)
        if len(leccion) < 20:
            raise ValueError(
                f"nombres que inventan y no son copia: {len(leccion)}; son pocos"
            )
        suyos = dividir(list(leccion))
        decir(f"nombres de la lección, sin copias ni repetidos: {len(leccion)}")
        dictados = {nombre: leccion[nombre] for nombre in suyos.entrenamiento}
        alumna = Alumna(receta, dictados, suyos.validacion, vocabulario)
        con_barra(correr(alumna), receta.epocas)
    except KeyboardInterrupt:
        decir("interrumpido")
        raise typer.Exit(130) from None
    guardar(salida, alumna.mejores, vocabulario, receta)
    nats = f"{min(alumna.validadas):.3f} nats por símbolo en lo inventado"
    decir(f"{salida}: {nats}")


@app.command(cls=Orden)
def buscar(
    lista: Annotated[Path, typer.Argument(help="Archivo UTF-8, uno por renglón.")],
    salida: Annotated[Path, typer.Option(help="Tabla CSV con los ensayos.")],
    red: CualRed = "lstm",
    ensayos: Annotated[int, typer.Option(min=1, help="Cuántas probar.")] = 100,
    finalistas: Annotated[int, typer.Option(min=0, help="Con más semillas.")] = 5,
    procesos: Annotated[int, typer.Option(min=1, help="Cuántos a la vez.")] = 2,
    almacen: Annotated[
        str, typer.Option(help="Base de datos, por su URL de Optuna.")
    ] = "sqlite:///busqueda.db",
) -> None:
    """Busca una receta; repetir la orden sigue donde se quedó."""
    from codigo.taller import busqueda, tablas

    revisar_salida(salida, lista)
    leer_lista(lista, al_menos=20)
    receta_para(red, 1)
    hechos = busqueda.buscar(lista, red, almacen, ensayos, procesos, finalistas)
    atender_ctrl_c()
    tablas.escribir_ensayos(salida, hechos, lista)
    decir(f"{salida}: {len(hechos)} ensayos")


def correr_programa() -> int:
    """Corre el programa; devuelve el código de salida."""
    try:
        return app(prog_name="python -m codigo", standalone_mode=False) or 0
    except OSError as error:
        que = POR_QUE.get(error.errno or 0, "no se pudo leer o escribir")
        mensaje = f"{error.filename or 'la salida'}: {que}"
        if error.filename is None:  # lo que falta por escribir tampoco va a caber
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except MemoryError:
        mensaje = "no alcanza la memoria; pide menos neuronas o menos nombres"
    except (ValueError, Divergencia) as error:
        mensaje = str(error)
    except ModuleNotFoundError as error:
        mensaje = (
            f"para eso falta «{error.name}»: pip install '{DISTRIBUCION}[{EXTRA}]'"
        )
    except Exception as error:
        if not hasattr(error, "format_message"):  # los errores de uso, de Typer
            raise
        mensaje = en_espanol(error.format_message())
    decir(f"error: {mensaje}")
    return 1
