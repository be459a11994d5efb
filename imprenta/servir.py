"""Muestra el libro ya tejido en el navegador, solo desde esta máquina."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from imprenta.errores import ErrorDelLibro


def servir(raiz: Path, puerto: int) -> None:
    """Atiende ``_libro/`` en la interfaz local hasta que se interrumpa.

    Raises:
        ErrorDelLibro: si el libro no está hecho o el puerto está ocupado.
    """
    sitio = raiz / "_libro"
    if not (sitio / "index.html").is_file():
        raise ErrorDelLibro("todavía no hay libro; hazlo con «make libro»", "_libro")
    atencion = partial(SimpleHTTPRequestHandler, directory=str(sitio))
    try:
        servidor = ThreadingHTTPServer(("127.0.0.1", puerto), atencion)
    except OSError as error:
        raise ErrorDelLibro(
            f"no se puede usar el puerto {puerto}: {error.strerror}"
        ) from None
    with servidor:
        print(f"El libro está en http://127.0.0.1:{puerto}/ (Ctrl-C para terminar)")
        try:
            servidor.serve_forever()
        except KeyboardInterrupt:
            print()
