# Extraído de libro/taller-ordenes.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: aaaf20a40450ec8a

"""El programa de línea de órdenes: ``python -m codigo --ayuda``.

Se explica en el apéndice «La línea de órdenes».
"""

import math
import os
import signal
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Annotated, Any
from zipfile import is_zipfile

import numpy as np
import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from typer._click.formatting import HelpFormatter
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
from codigo.red import Red
from codigo.redes import REDES
from codigo.taller.espanol import POR_QUE, contar, en_espanol
from codigo.taller.leccion import DE_ALUMNA
from codigo.taller.lectura import (
    A_LO_MAS,
    INVISIBLE,
    MAX_LETRAS,
    leer_renglones,
    por_que_es_tabla,
    que_tiene_de_raro,
)
from codigo.taller.modelos import cargar, guardar
from codigo.taller.puntos import a_solas, correr_con_punto, guardar_punto, receta_de

DISTRIBUCION, EXTRA = "redes-recurrentes-a-pie", "busqueda"


class Consola(Console):
    """Una consola que se calla, y no se muere, si nadie la escucha."""

    def on_broken_pipe(self) -> None:
        """Quien leía los avisos se fue: el trabajo sigue."""
        self.quiet = True


consola = Consola(stderr=True, highlight=False)


def decir(que: str) -> None:
    """Una frase en la consola, de un solo renglón aunque cite algo que no lo sea."""
    visible = INVISIBLE.sub(lambda hallado: ascii(hallado[0])[1:-1], que)
    imprimible = visible.encode(errors="backslashreplace").decode()
    consola.print(imprimible, markup=False, soft_wrap=True)


class Formato(HelpFormatter):
    """Acomoda la ayuda, ya en español."""

    def write_usage(self, prog: str, args: str = "", prefix: Any = None) -> None:
        """El renglón de cómo se usa."""
        super().write_usage(prog, en_espanol(args), "Uso: ")

    def write_heading(self, heading: str) -> None:
        """El título de una sección."""
        super().write_heading(en_espanol(heading))

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        """Una lista de opciones y qué hace cada una."""
        traducidas = [(en_espanol(que), en_espanol(ayuda)) for que, ayuda in rows]
        super().write_dl(traducidas, col_max, col_spacing)


class Contexto(typer.Context):
    """En qué se corre una orden."""

    formatter_class = Formato


class Orden(TyperCommand):
    """Una orden con la ayuda en español."""

    context_class = Contexto


class Programa(TyperGroup):
    """El programa completo, con la ayuda en español."""

    context_class = Contexto


app = typer.Typer(
    cls=Programa,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help", "--ayuda"]},
    help="Redes recurrentes que aprenden tu lista de nombres e inventan otros.",
)


def leer_lista(
    ruta: Path, al_menos: int, columna: str = "", codificacion: str = "utf-8"
) -> dict[str, int]:
    """Los nombres distintos de un archivo y el primer renglón en que viene cada uno.

    Raises:
        ValueError: si no se puede; dice por qué.
    """
    leidos = list(leer_renglones(ruta, columna, codificacion))
    if not columna and (que := por_que_es_tabla([nombre for _, nombre in leidos])):
        raise ValueError(f"{ruta}: {que}")
    nombres: dict[str, int] = {}
    for renglon, nombre in leidos:
        nombres.setdefault(unicodedata.normalize("NFC", nombre), renglon)
    if len(nombres) < al_menos:
        raise ValueError(
            f"{ruta}: nombres distintos: {len(nombres)}; hacen falta {al_menos}"
        )
    # ⟨avisar de lo que se vio⟩
    raros: dict[str, list[int]] = {}
    for renglon, nombre in leidos:
        if frase := que_tiene_de_raro(renglon, nombre):
            raros.setdefault(frase, []).append(renglon)
    for frase, cuales in raros.items():
        otros = f" (y {contar(len(cuales) - 1, 'otro')} así)" * (len(cuales) > 1)
        decir(f"{ruta}, renglón {cuales[0]}{otros}: {frase}")
    if juntados := sum(not unicodedata.is_normalized("NFC", n) for _, n in leidos):
        decir(
            f"{ruta}: nombres con la letra y su acento por separado: {juntados}; se juntaron"
        )
    distintos = contar(len(nombres), "distinto")
    decir(f"{ruta}: {contar(len(leidos), 'nombre')}, {distintos}")
    return nombres


def atender_ctrl_c() -> None:
    """De aquí en adelante, Ctrl-C es un ``KeyboardInterrupt``."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def revisar_salida(salida: Path, *se_leen: Path) -> None:
    """Se niega a escribir encima de lo que se lee o de lo que no es un archivo.

    También a empezar algo que puede tardar horas si ahí no se va a poder guardar.
    """
    if salida.name == "-" or (salida.exists() and not salida.is_file()):
        raise ValueError(f"{salida} no sirve de salida: no es un archivo")
    if salida.resolve() in {ruta.resolve() for ruta in se_leen}:
        raise ValueError(f"{salida} no sirve de salida: es lo mismo que se lee")
    try:
        if salida.exists():
            salida.open("ab").close()
        hay = (carpeta for carpeta in salida.resolve().parents if carpeta.exists())
        TemporaryFile(dir=next(hay)).close()
    except OSError as error:
        error.filename = str(salida)
        raise


def revisar_modelo(salida: Path, *se_leen: Path) -> None:
    """Lo mismo, y que no se borre algo que no era un modelo."""
    revisar_salida(salida, *se_leen)
    if salida.is_file() and not is_zipfile(salida):
        raise ValueError(f"{salida} ya existe y no es un modelo: escoge otra salida")


CUALES = f"Una de: {', '.join(sorted(REDES))}."
CualRed = Annotated[str, typer.Option("--red", help=CUALES)]
Modelo = Annotated[Path, typer.Argument(help="El modelo que dejó «entrenar».")]
Neuronas = Annotated[int | None, typer.Option(min=1, max=4096, help="Unidades.")]
Epocas = Annotated[int | None, typer.Option(min=1, help="Cuántas épocas.")]


Lista = Annotated[
    Path, typer.Argument(help="Archivo con un nombre por renglón; «-» es la entrada.")
]
CualColumna = Annotated[
    str, typer.Option("--columna", help="Si es una tabla: su título o su número.")
]
Codificacion = Annotated[str, typer.Option(help="De la lista; «cp1252», por ejemplo.")]


@app.command(cls=Orden)
def entrenar(
    lista: Lista,
    salida: Annotated[Path, typer.Option(help="Dónde queda el modelo.")] = Path(
        "modelo.npz"
    ),
    columna: CualColumna = "",
    codificacion: Codificacion = "utf-8",
    red: Annotated[
        str | None, typer.Option("--red", help=CUALES, show_default="lstm")
    ] = None,
    neuronas: Neuronas = None,
    epocas: Epocas = None,
    tasa: Annotated[float | None, typer.Option(help="De aprendizaje.")] = None,
    semilla: Annotated[
        int | None, typer.Option(min=0, help="Semilla del azar.", show_default="1")
    ] = None,
    reanudar: Annotated[
        bool, typer.Option("--reanudar", help="Sigue uno que se interrumpió.")
    ] = False,
) -> None:
    """Entrena una red con una lista de nombres."""
    # ⟨revisar lo que se pide⟩
    revisar_modelo(salida, lista)
    punto = salida.with_name(f"{salida.name}.punto")
    revisar_salida(punto, lista)
    receta_para(red or "lstm", 1)
    if tasa is not None and not 0 < tasa < math.inf:
        raise ValueError(f"la tasa debe ser un número mayor que cero, y es {tasa}")
    with a_solas(punto):
        # ⟨mirar si hay un punto⟩
        empezado = receta_de(punto) if punto.is_file() else None
        if empezado and not reanudar:
            raise ValueError(
                f"hay un entrenamiento a medias en {punto}: usa --reanudar, o bórralo"
            )
        if reanudar and not empezado:
            raise ValueError(f"no hay un entrenamiento a medias en {punto}")
        nombres = list(leer_lista(lista, 20, columna, codificacion))
        vocabulario, particion = Vocabulario(nombres), dividir(nombres)
        # ⟨escoger la receta⟩
        pedido: dict[str, Any] = {
            "modelo": red,
            "H": neuronas,
            "epocas": epocas,
            "tasa": tasa,
            "semilla": semilla,
        }
        cambios = {clave: valor for clave, valor in pedido.items() if valor is not None}
        base = empezado or receta_para(red or "lstm", len(particion.entrenamiento))
        escogida = replace(base, **cambios)
        if empezado and escogida != empezado:
            raise ValueError(
                f"{punto} empezó con otras opciones: deja nada más --reanudar"
            )
        corrida = Corrida(escogida, *particion[:2], vocabulario)
        # ⟨entrenar y cuidar lo ganado⟩
        atender_ctrl_c()
        try:
            if not reanudar:
                guardar_punto(punto, corrida)
            con_barra(correr_con_punto(corrida, punto), corrida)
            guardar_lo_mejor(salida, corrida, "en validación")
        except KeyboardInterrupt:
            seguir = f"; --reanudar sigue desde {punto}" if punto.is_file() else ""
            decir(f"interrumpido{seguir}")
            raise typer.Exit(130) from None
        except Divergencia as error:
            punto.unlink(missing_ok=True)
            if not corrida.validadas:
                raise
            guardar_lo_mejor(salida, corrida, "en validación")
            raise Divergencia(
                f"{error}; {salida} tiene los mejores hasta ahí"
            ) from None
        punto.unlink(missing_ok=True)


def guardar_lo_mejor(salida: Path, corrida: Corrida, en_que: str) -> None:
    """Guarda los mejores pesos y dice cuántos nats les cuesta lo apartado.

    Raises:
        Divergencia: si es peor que escoger cada símbolo al azar; no se guarda.
    """
    nats, azar = min(corrida.validadas), math.log(len(corrida.vocabulario))
    if nats > azar:
        raise Divergencia(
            f"la red quedó peor que el azar ({nats:.3f} nats por símbolo contra "
            f"{azar:.3f}) y no se guardó: prueba una tasa menor, o más épocas"
        )
    guardar(salida, corrida.mejores, corrida.vocabulario, corrida.receta)
    decir(f"{salida}: {nats:.3f} nats por símbolo {en_que}")


class Barra(Progress):
    """Una barra de avance que sigue los pasos de una corrida."""

    def __init__(self, corrida: Corrida) -> None:
        self.corrida = corrida
        columnas = (
            BarColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
        )
        super().__init__(*columnas, console=consola)

    def get_renderables(self) -> Iterable[RenderableType]:
        """Lo que se dibuja."""
        for tarea in self.task_ids:
            self.update(tarea, completed=self.corrida.pasos)
        return super().get_renderables()


def con_barra(avances: Iterator[Corrida], corrida: Corrida) -> None:
    """Da las épocas de una corrida con una barra de avance."""
    epocas, paciencia = corrida.receta.epocas, corrida.receta.paciencia
    with Barra(corrida) as barra:
        tarea = barra.add_task("empieza", total=epocas * corrida.vuelta)
        for _ in avances:
            barra.update(
                tarea,
                description=f"época {len(corrida.validadas)} de {epocas}: "
                f"entrenamiento {corrida.entrenadas[-1]:.3f}, "
                f"validación {corrida.validadas[-1]:.3f}",
            )
        barra.update(tarea, total=corrida.pasos)
    if (dadas := len(corrida.validadas)) < epocas:
        cuantas = contar(paciencia, "época")
        decir(f"se detuvo en la época {dadas}: {cuantas} sin mejorar")


def abrir(modelo: Path) -> tuple[Red, Vocabulario]:
    """Lo que da ``cargar``, con un aviso si no parecen pesos de una red que aprendió."""
    red, vocabulario = cargar(modelo)
    mayor = max(float(np.abs(peso).max()) for peso in red.parametros.values())
    if mayor > 100:
        decir(
            f"{modelo}: tiene pesos disparatados, hasta de {mayor:.3g}; quizá divergió"
        )
    return red, vocabulario


@app.command(cls=Orden)
def generar(
    modelo: Modelo,
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
    ] = A_LO_MAS,
    semilla: Annotated[
        int | None, typer.Option(min=0, help="Para repetir lo mismo.")
    ] = None,
    sin_copias: Annotated[
        Path | None, typer.Option(help="Una lista: se salta lo que esté en ella.")
    ] = None,
    columna: CualColumna = "",
    codificacion: Codificacion = "utf-8",
    sin_repetir: Annotated[
        bool, typer.Option("--sin-repetir", help="Se salta lo que ya escribió.")
    ] = False,
) -> None:
    """Inventa nombres con un modelo y los escribe, uno por renglón."""
    red, vocabulario = abrir(modelo)
    copias = leer_lista(sin_copias, 1, columna, codificacion) if sin_copias else {}
    # ⟨escribir los que se pueda⟩
    prohibidos, van, sorteados, cortados = {"", *map(normalizar, copias)}, 0, 0, 0
    rng, cortada = np.random.default_rng(semilla), Corte(red, piso)
    tanda, calor = 16, min(temperatura, 1e6)
    while van < n:
        escritos = inventar(cortada, vocabulario, tanda, rng, calor, maximo, prefijo)
        suyos = []
        for nombre in escritos:
            if normalizar(nombre) not in prohibidos:
                suyos.append(nombre)
                prohibidos |= {normalizar(nombre)} if sin_repetir else set()
        if suyos := suyos[: n - van]:
            print(*suyos, sep="\n", flush=True)
        cortados += sum(len(nombre) == maximo for nombre in suyos)
        van, sorteados = van + len(suyos), sorteados + tanda
        tanda = min(2 * tanda, 2048)
        if van < n and sorteados > 20_000 + 100 * van:
            raise ValueError(
                f"nombres escritos: {van}; de {sorteados} sorteados, ya casi no salen otros"
            )
    if cortados:
        donde = f"{contar(maximo, 'letra')}, que es el --maximo"
        decir(f"cortados a {donde}: {contar(cortados, 'nombre')}")


@app.command(cls=Orden)
def evaluar(
    modelo: Modelo,
    lista: Lista,
    columna: CualColumna = "",
    codificacion: Codificacion = "utf-8",
) -> None:
    """Mide la sorpresa de un modelo ante una lista y cuánto copia de ella."""
    if lista.is_file() and is_zipfile(lista) and not is_zipfile(modelo):
        raise ValueError(f"van al revés: evaluar {lista} {modelo}")
    red, vocabulario = abrir(modelo)
    leidos = leer_lista(lista, 1, columna, codificacion)
    # ⟨apartar los de letras ajenas⟩
    sabe = set(vocabulario.simbolos)
    ajenos = {
        nombre: set(nombre) - sabe for nombre in leidos if not sabe.issuperset(nombre)
    }
    if ajenos:
        cuales = "», «".join(sorted(set().union(*ajenos.values()))[:20])
        donde = f"{lista}, renglón {leidos[next(iter(ajenos))]}"
        frase = (
            f"{donde}: no se miden {len(ajenos)} de {contar(len(leidos), 'nombre')}: "
        )
        decir(f"{frase}el vocabulario no tiene «{cuales}»")
    if len(ajenos) == len(leidos):
        raise ValueError(f"{lista}: ningún nombre se puede medir con {modelo}")
    conocidos = sorted(leidos.keys() - ajenos.keys(), key=lambda n: (len(n), n))
    trozos = [conocidos[i : i + 64] for i in range(0, len(conocidos), 64)]
    lotes = [hacer_lote(trozo, vocabulario) for trozo in trozos]
    maximo = max(A_LO_MAS, len(conocidos[-1]))
    inventados = inventar(
        red, vocabulario, 1000, np.random.default_rng(0), maximo=maximo
    )
    copias = clasificar(inventados, leidos, ()).count("copia")
    print(f"nats por símbolo: {nats_en_lotes(red, lotes):.3f}")
    print(f"inventados que están en la lista: {copias / 10:.1f} %")


def juntar(rutas: Iterable[Path]) -> tuple[Mezcla, Vocabulario]:
    """La mezcla, a partes iguales, de varios modelos, y su vocabulario."""
    cargados = [(ruta, *abrir(ruta)) for ruta in rutas]
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
    columna: CualColumna = "",
    codificacion: Codificacion = "utf-8",
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
        receta_para(red, 1)
        maestra, vocabulario = juntar(modelos)
        estudiados = list(leer_lista(lista, 1, columna, codificacion)) if lista else []
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
        if cortados := sum(len(nombre) == A_LO_MAS for nombre in leccion):
            decir(f"cortados a {A_LO_MAS} letras: {contar(cortados, 'nombre')}")
        suyos = dividir(list(leccion))
        decir(f"nombres de la lección, sin copias ni repetidos: {len(leccion)}")
        dictados = {nombre: leccion[nombre] for nombre in suyos.entrenamiento}
        alumna = Alumna(receta, dictados, suyos.validacion, vocabulario)
        con_barra(correr(alumna), alumna)
        guardar_lo_mejor(salida, alumna, "en lo inventado")
    except KeyboardInterrupt:
        decir("interrumpido")
        raise typer.Exit(130) from None


@app.command(cls=Orden)
def buscar(
    lista: Lista,
    salida: Annotated[Path, typer.Option(help="Tabla CSV con los ensayos.")],
    columna: CualColumna = "",
    codificacion: Codificacion = "utf-8",
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
    nombres = leer_lista(lista, 20, columna, codificacion)
    receta_para(red, 1)
    tal_cual = codificacion == "utf-8" and not columna
    with que_se_pueda_releer(lista, nombres, tal_cual) as otra:
        hechos = busqueda.buscar(otra, red, almacen, ensayos, procesos, finalistas)
        atender_ctrl_c()
        tablas.escribir_ensayos(salida, hechos, otra)
    decir(f"{salida}: {contar(len(hechos), 'ensayo')}")


@contextmanager
def que_se_pueda_releer(
    lista: Path, nombres: Iterable[str], tal_cual: bool
) -> Iterator[Path]:
    """La lista, o una copia limpia de ella si no es un archivo o no está en UTF-8."""
    if tal_cual and lista.resolve().is_file():
        yield lista.resolve()
        return
    with TemporaryDirectory() as carpeta:
        copia = Path(carpeta) / "lista.txt"
        copia.write_text("\n".join([*nombres, ""]), encoding="utf-8")
        yield copia


def correr_programa() -> int:
    """Corre el programa; devuelve el código de salida."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # se avisa en español
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
    with suppress(OSError):  # si ni decirlo se puede, queda el código
        decir(f"error: {mensaje}")
    return 1
