"""Rehace ``libro/recursos/letras/``: las letras del libro, recortadas a lo que sus páginas usan.

Se corre con el libro tejido, ``python documentacion/letras.py``, cuando una página usa un carácter que
les falta (una prueba lo dice). Pide ``npm``, de donde salen, y ``pip install brotli==1.2.1``.
"""

import subprocess
import tarfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

RAIZ = Path(__file__).resolve().parent.parent
LETRAS = RAIZ / "libro/recursos/letras"
RASGOS = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum", "ssty"]
# lo que una frase en español puede pedir cualquier día
SIEMPRE = {*map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)]), *"–—‘’“”…•−↪"}
CORTES = {
    "": "400Regular",
    "-cursiva": "400Regular_Italic",
    "-negrita": "700Bold",
    "-negrita-cursiva": "700Bold_Italic",
}
FAMILIAS = {  # nombre → para qué es, de qué paquete sale y en qué cortes
    "Alegreya": ("texto", "@expo-google-fonts/alegreya@0.4.2", [*CORTES]),
    "AlegreyaSans": (
        "texto",
        "@expo-google-fonts/alegreya-sans@0.4.2",
        ["", "-negrita"],
    ),
    "JetBrainsMono": (
        "código",
        "@expo-google-fonts/jetbrains-mono@0.4.1",
        [*CORTES][:3],
    ),
    "STIXTwoMath": ("fórmulas", "@fontsource/stix-two-math@5.3.0", [""]),
}


def usados(sitio: Path) -> dict[str, set[str]]:
    """Los caracteres que hay en las páginas de un libro tejido, según para qué son."""
    de_guiones = [*sitio.glob("libro/recursos/*.[cj]s*"), *sitio.glob("codigo/*.js")]
    texto = set("".join(ruta.read_text(encoding="utf-8") for ruta in de_guiones))
    usos = {"texto": texto, "código": set[str](), "fórmulas": set[str]()}
    for ruta in sitio.rglob("*.html"):
        cuerpo = BeautifulSoup(ruta.read_text(encoding="utf-8"), "html.parser").body
        for uso, cuales in (("fórmulas", "math"), ("código", "pre, code, kbd")):
            for pieza in cuerpo.select(cuales):
                usos[uso].update(pieza.extract().get_text())
        usos["texto"].update(cuerpo.get_text())
    return {uso: {c for c in letras if c.isprintable()} for uso, letras in usos.items()}


def cursivas() -> set[str]:
    """Las letras latinas y griegas con que se compone una variable."""
    return {*map(chr, [*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)]), "ℎ"}


def con_cifras_alineadas(letra: TTFont) -> None:
    """Pone por omisión las cifras que miden lo que una mayúscula, si no lo eran."""
    tabla = letra["GSUB"].table
    rasgos = [
        r.Feature for r in tabla.FeatureList.FeatureRecord if r.FeatureTag == "lnum"
    ]
    for indice in {i for rasgo in rasgos for i in rasgo.LookupListIndex}:
        for sub in tabla.LookupList.Lookup[indice].SubTable:
            cambios = getattr(sub, "ExtSubTable", sub).mapping
            for mapa in letra["cmap"].tables:
                mapa.cmap = {c: cambios.get(g, g) for c, g in mapa.cmap.items()}


def con_transpuesta(letra: TTFont) -> None:
    """Le dibuja la «ᵀ» de una matriz transpuesta, que casi ninguna letra trae."""
    pluma = TTGlyphPen(None)
    letra.getGlyphSet()["T"].draw(TransformPen(pluma, (0.62, 0, 0, 0.62, 0, 270)))
    letra["glyf"]["transpuesta"] = pluma.glyph()
    letra["hmtx"]["transpuesta"] = (round(0.62 * letra["hmtx"]["T"][0]), 0)
    for mapa in letra["cmap"].tables:
        mapa.cmap[ord("ᵀ")] = "transpuesta"


def sin_acercar(letra: TTFont) -> None:
    """Le quita los acercamientos de los índices, que Typst aplica al revés."""
    letra["MATH"].table.MathGlyphInfo.MathKernInfo = None


def recortar(letra: TTFont, caracteres: Iterable[str]) -> None:
    opciones = Options(layout_features=RASGOS, hinting=False, notdef_outline=True)
    recorte = Subsetter(opciones)
    recorte.populate(text="".join(sorted(caracteres)))
    recorte.subset(letra)


def empacadas(paquete: str) -> dict[str, bytes]:
    """Los archivos de un paquete de npm, que revisa que llegue entero."""
    with TemporaryDirectory() as carpeta:
        orden = ["npm", "pack", "--silent", paquete]
        subprocess.run(orden, cwd=carpeta, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(carpeta).glob("*.tgz"))) as tar:
            fichas = [ficha for ficha in tar if ficha.isfile()]
            return {
                f.name.rpartition("/")[2]: tar.extractfile(f).read() for f in fichas
            }


def main() -> None:
    usos = usados(RAIZ / "_libro")
    # la de las fórmulas escribe, además, lo que las otras no tengan
    usos["fórmulas"] |= usos["texto"] | usos["código"] | cursivas()
    LETRAS.mkdir(exist_ok=True)
    for viejo in LETRAS.iterdir():
        viejo.unlink()
    licencias = list[str]()
    for familia, (uso, paquete, cortes) in FAMILIAS.items():
        archivos = empacadas(paquete)
        licencia = archivos.get("LICENSE_FONT") or archivos["LICENSE"]
        licencias.append(f"{familia}, de {paquete}\n\n{licencia.decode().strip()}\n")
        for corte in cortes:
            nombre = f"{familia}_{CORTES[corte]}.ttf"
            if uso == "fórmulas":
                nombre = "stix-two-math-latin-400-normal.woff2"
            letra = TTFont(BytesIO(archivos[nombre]), recalcTimestamp=False)
            if uso == "texto":
                con_cifras_alineadas(letra)
            if uso == "fórmulas":
                con_transpuesta(letra)
                sin_acercar(letra)
            recortar(letra, usos[uso] | SIEMPRE)
            for letra.flavor, tipo in ((None, "ttf"), ("woff2", "woff2")):
                letra.save(LETRAS / f"{familia}{corte}.{tipo}")
    aviso = "Letras recortadas por documentacion/letras.py; ninguna lleva un nombre reservado.\n"
    (LETRAS / "LICENCIA.txt").write_text("\n\n".join([aviso, *licencias]), "utf-8")


if __name__ == "__main__":
    main()
