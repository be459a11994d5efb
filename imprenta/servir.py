"""Muestra el libro ya tejido en el navegador, solo desde esta máquina."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from imprenta.errores import ErrorDelLibro


class _EnUTF8(SimpleHTTPRequestHandler):
    """Declara el alfabeto de los textos; si no, el navegador muestra «ExtraÃ­do»."""

    def guess_type(self, path: str) -> str:  # type: ignore[override]
        tipo = super().guess_type(path)
        return f"{tipo}; charset=utf-8" if tipo.startswith("text/") else tipo


def servir(raiz: Path, puerto: int) -> None:
    """Atiende ``_libro/`` en la interfaz local hasta que se interrumpa."""
    sitio = raiz / "_libro"
    if not (sitio / "index.html").is_file():
        raise ErrorDelLibro("todavía no hay libro; hazlo con «make libro»", "_libro")
    atencion = partial(_EnUTF8, directory=str(sitio))
    try:
        servidor = ThreadingHTTPServer(("127.0.0.1", puerto), atencion)
    except (OSError, OverflowError) as error:
        por_que = getattr(error, "strerror", None) or "los hay de 0 a 65535"
        raise ErrorDelLibro(f"no se puede usar el puerto {puerto}: {por_que}") from None
    with servidor:
        print(f"El libro está en http://127.0.0.1:{puerto}/ (Ctrl-C para terminar)")
        try:
            servidor.serve_forever()
        except KeyboardInterrupt:
            print()
