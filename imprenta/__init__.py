"""El taller del libro: extrae el código de los capítulos, ejecuta sus celdas y los teje."""
