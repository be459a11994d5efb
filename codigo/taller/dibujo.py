# Extraído de libro/taller-dibujos.qmd
# con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
# Huella del contenido: 91066df42c88320b

"""Los dibujos del libro: cajas, operaciones, flechas y casillas, en SVG.

Las formas y los números salen de los arreglos.
Se explica en el apéndice «Dibujar una red».
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
import svg

Punto = tuple[float, float]
Ancla = Literal["start", "middle", "end"]


OCRE, ANIL, JADE, GRANA = "#80520c", "#1d4f8c", "#29633f", "#9a1b38"
JACARANDA, TURQUESA, TINTA, PAPEL = "#6a3d9a", "#0b6470", "#2a2420", "#fdfbf6"
TINTAS = {"x": OCRE, "h": ANIL, "c": JADE, "y": GRANA, "g": TURQUESA, "": TINTA}
TINTAS |= dict.fromkeys("ifo", JACARANDA)


def _pintado(cantidad: str, relleno: bool = False) -> dict[str, Any]:
    """La clase y el color de lo que se traza, o rellena, del color de una cantidad."""
    clases = ["relleno" if relleno else "trazo", f"q-{cantidad or 'tinta'}"]
    propiedad = "fill" if relleno else "stroke"
    return {"class_": clases, propiedad: TINTAS[cantidad]}


def _medidas(x: float, y: float, ancho: float, alto: float) -> dict[str, Any]:
    return {"x": x, "y": y, "width": ancho, "height": alto}


@dataclass(frozen=True)
class Pieza:
    """Algo ya dibujado, con su centro y su tamaño."""

    x: float
    y: float
    ancho: float = 0
    alto: float = 0

    def orilla(self, otra: "Pieza") -> Punto:
        """Por dónde sale de esta pieza, o entra en ella, lo que viene de otra."""
        dx, dy = otra.x - self.x, otra.y - self.y
        if abs(dx) < max(self.ancho, otra.ancho) / 2 and dy:
            x = min((self, otra), key=lambda pieza: pieza.ancho).x
            return (x, self.y + np.sign(dy) * self.alto / 2)
        mayor = max(2 * abs(dx) / (self.ancho or 1), 2 * abs(dy) / (self.alto or 1), 1)
        return (self.x + dx / mayor, self.y + dy / mayor)


class Dibujo:
    """Un dibujo de ``ancho × alto`` puntos, con lo que dice de él quien lo señala."""

    def __init__(
        self, ancho: float, alto: float, titulo: str, dice: str, desde: float = 0
    ) -> None:
        self.ancho, self.alto, self.titulo, self.dice = ancho, alto, titulo, dice
        self.desde = desde  # la altura en que empieza
        self.elementos: list[svg.Element] = []

    # ⟨agrupar⟩
    @contextmanager
    def grupo(self, **datos: str) -> Iterator[None]:
        """Junta lo que se dibuje mientras tanto, y le pone su nombre."""
        fuera, self.elementos = self.elementos, []
        yield
        fuera.append(svg.G(elements=self.elementos, data=dict(datos)))
        self.elementos = fuera

    # ⟨poner piezas⟩
    def caja(
        self,
        x: float,
        y: float,
        texto: str,
        cantidad: str = "",
        ancho: float = 44,
        alto: float = 28,
    ) -> Pieza:
        """Una cantidad o una matriz, centrada en ``(x, y)``."""
        medidas = _medidas(x - ancho / 2, y - alto / 2, ancho, alto)
        caja = svg.Rect(**medidas, rx=5, **_pintado(cantidad), fill=PAPEL)
        self.elementos += [caja, _letras(x, y + 4.5, texto, cantidad)]
        return Pieza(x, y, ancho, alto)

    # ⟨poner una operación⟩
    def operacion(self, x: float, y: float, signo: str, cantidad: str = "") -> Pieza:
        """Una suma, un producto o una función, en un círculo con su signo."""
        radio = 9 if len(signo) == 1 else 16
        circulo = svg.Circle(
            cx=x, cy=y, r=radio, stroke_width=1.5, fill=PAPEL, **_pintado(cantidad)
        )
        letra = _letras(x, y + 4.5, signo, cantidad, 13 if len(signo) == 1 else 12)
        self.elementos += [circulo, letra]
        return Pieza(x, y, 2 * radio, 2 * radio)

    def punto(self, x: float, y: float, cantidad: str = "") -> None:
        """Donde una cantidad se reparte."""
        pintado = _pintado(cantidad, relleno=True)
        self.elementos.append(svg.Circle(cx=x, cy=y, r=3.5, **pintado))

    # ⟨unir con una flecha⟩
    def flecha(
        self,
        de: Pieza | Punto,
        a: Pieza | Punto,
        cantidad: str = "",
        atras: bool = False,
        por: Sequence[Punto] = (),
        grueso: float = 1.6,
    ) -> None:
        """De una pieza a otra; cortada si lo que lleva es un gradiente de regreso."""
        piezas = [p if isinstance(p, Pieza) else Pieza(*p) for p in (de, *por, a)]
        inicio, final = piezas[0].orilla(piezas[1]), piezas[-1].orilla(piezas[-2])
        puntos = np.array([inicio, *por, final])
        rumbo = (puntos[-1] - puntos[-2]) / np.hypot(*(puntos[-1] - puntos[-2]))
        base, lado = puntos[-1] - (5 + grueso) * rumbo, np.array([-rumbo[1], rumbo[0]])
        ancho = 2.5 + grueso
        punta = np.array([puntos[-1], base + ancho * lado, base - ancho * lado])
        camino: Any = "M" + " L".join(
            f"{x:.1f} {y:.1f}" for x, y in [*puntos[:-1], base]
        )
        raya = _pintado(cantidad) | {"fill": "none", "stroke_width": round(grueso, 2)}
        raya["stroke_dasharray"] = "5 3" if atras else None
        puntas: Any = " ".join(f"{x:.1f},{y:.1f}" for x, y in punta)
        triangulo = svg.Polygon(points=puntas, **_pintado(cantidad, relleno=True))
        self.elementos += [svg.Path(d=camino, **raya), triangulo]

    # ⟨escribir letras y formas⟩
    def texto(
        self,
        x: float,
        y: float,
        texto: str,
        cantidad: str = "",
        cuerpo: float = 13,
        ancla: Ancla = "middle",
    ) -> None:
        """Un renglón de texto, con ``(x, y)`` en su base."""
        self.elementos.append(_letras(x, y, texto, cantidad, cuerpo, ancla))

    def forma(
        self,
        x: float,
        y: float,
        arreglo: np.ndarray,
        cantidad: str = "",
        ancla: Ancla = "middle",
    ) -> None:
        """La forma de un arreglo, junto a la flecha por la que pasa."""
        medidas = " × ".join(map(str, arreglo.shape)) or "1"
        with self.grupo(forma=medidas):
            self.texto(x, y, medidas, cantidad, 11, ancla)

    # ⟨mostrar los numeros⟩
    def casillas(
        self,
        x: float,
        y: float,
        arreglo: np.ndarray,
        lado: float = 30,
        cifras: int = 1,
        tope: float = 0,
        alto: float = 0,
    ) -> Pieza:
        """Los números de un vector o una matriz, con su calor, centrados en ``(x, y)``."""
        filas, alto = np.atleast_2d(arreglo), alto or min(lado, 22)
        tope = tope or float(np.abs(filas).max()) or 1.0
        ancho_total, alto_total = lado * filas.shape[1], alto * filas.shape[0]
        izquierda, arriba = x - ancho_total / 2, y - alto_total / 2
        for (i, j), valor in np.ndenumerate(filas):
            sitio = _medidas(izquierda + lado * j, arriba + alto * i, lado, alto)
            fuerza = 0.55 * min(abs(float(valor)) / tope, 1)
            cifra = f"{valor:.{cifras}f}".replace("-", "−") if cifras >= 0 else ""
            tinte = "y" if valor < 0 else "h"
            self._casilla(sitio, tinte, fuerza, cifra, min(11, 0.5 * alto + 1))
        return Pieza(x, y, ancho_total, alto_total)

    # ⟨mostrar unas letras⟩
    def letras(
        self,
        x: float,
        y: float,
        renglones: Sequence[Sequence[str]],
        cantidad: str = "",
        lado: float = 24,
        calor: np.ndarray | None = None,
        alto: float = 22,
    ) -> Pieza:
        """Renglones de letras, centrados en ``(x, y)``; ``calor``, de 0 a 1, las pinta."""
        columnas = max(map(len, renglones))
        calor = np.zeros((len(renglones), columnas)) if calor is None else calor
        izquierda, arriba = x - lado * columnas / 2, y - alto * len(renglones) / 2
        for i, renglon in enumerate(renglones):
            for j, letra in enumerate(renglon):
                sitio = _medidas(izquierda + lado * j, arriba + alto * i, lado, alto)
                fuerza = 0.45 * float(calor[i, j])
                self._casilla(sitio, cantidad, fuerza, letra, min(12, 0.75 * lado))
        return Pieza(x, y, lado * columnas, alto * len(renglones))

    # ⟨pintar una casilla⟩
    def _casilla(
        self,
        sitio: dict[str, Any],
        tinte: str,
        fuerza: float,
        texto: str,
        cuerpo: float,
    ) -> None:
        fondo = svg.Rect(
            **sitio, **_pintado(tinte, True), fill_opacity=round(fuerza, 3)
        )
        orilla = svg.Rect(**sitio, **_pintado(""), fill="none", stroke_width=0.5)
        self.elementos += [fondo, orilla]
        if texto:
            x, y = sitio["x"] + sitio["width"] / 2, sitio["y"] + sitio["height"] / 2
            self.texto(x, y + 4, texto, "", cuerpo)

    # ⟨el dibujo, en SVG⟩
    def __repr__(self) -> str:
        return f"Dibujo: {self.titulo}"

    def _repr_svg_(self) -> str:
        return junto_a(self)._repr_svg_()

    def _repr_markdown_(self) -> str | None:
        return junto_a(self)._repr_markdown_()

    def en_svg(self, x: float = 0, y: float = 0) -> svg.SVG:
        """El elemento SVG, con su texto alternativo, en ``(x, y)`` dentro de otro."""
        return svg.SVG(
            x=x or None,
            y=y or None,
            width=self.ancho,
            height=self.alto,
            viewBox=svg.ViewBoxSpec(0, self.desde, self.ancho, self.alto),
            class_=["dibujo"],
            style=f"--ancho: {self.ancho}px",
            elements=[
                svg.Title(text=escape(self.titulo)),
                svg.Desc(text=escape(self.dice)),
                *self.elementos,
            ],
            extra={"role": "img", "font-family": "DejaVu Sans, sans-serif"},
        )


def _letras(
    x: float,
    y: float,
    texto: str,
    cantidad: str = "",
    cuerpo: float = 13,
    ancla: Ancla = "middle",
) -> svg.Text:
    """Un renglón de texto; lo que sigue a «_» va como subíndice, y a «^», arriba."""
    tramos: list[svg.Element] = []
    chico, baja = max(round(0.8 * cuerpo, 1), 9), 0
    for llano, signo, indice in re.findall(r"([^_^]+)(?:([_^])(\S+))?", texto):
        tramos.append(svg.TSpan(text=escape(llano), dy=-baja or None))
        baja = {"_": 3, "^": -5, "": 0}[signo]
        if signo:
            tramos.append(svg.TSpan(text=escape(indice), dy=baja, font_size=chico))
    pintado = _pintado(cantidad, relleno=True) | {"text_anchor": ancla}
    return svg.Text(x=x, y=y, font_size=cuerpo, elements=tramos, **pintado)


class Juntos(tuple[Dibujo, ...]):
    """Dibujos que se miran juntos."""

    def _repr_markdown_(self) -> str | None:
        if "QUARTO_DOCUMENT_FILE" not in os.environ:  # una libreta abierta en Jupyter
            return None
        dibujos = [str(dibujo.en_svg()) for dibujo in self]
        caja = ['<div class="dibujos">', *dibujos, "</div>"]
        return "\n".join(["```{=html}", *caja, "```"])

    def _repr_svg_(self) -> str:
        ancho, y, puestos = 0.0, 0.0, list[svg.Element]()
        for primero in range(0, len(self), 2):
            x, par = 0.0, self[primero : primero + 2]
            for dibujo in par:
                puestos.append(dibujo.en_svg(x, y))
                x += dibujo.ancho + 24
            ancho, y = max(ancho, x - 24), y + max(d.alto for d in par) + 24
        medidas: Any = {"width": ancho, "height": y - 24}
        medidas["viewBox"] = svg.ViewBoxSpec(0, 0, ancho, y - 24)
        return str(svg.SVG(**medidas, elements=puestos))


def junto_a(*dibujos: Dibujo) -> Juntos:
    """Varios dibujos, uno junto al otro."""
    return Juntos(dibujos)
