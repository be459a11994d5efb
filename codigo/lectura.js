// Extraído de libro/entrena.qmd
// con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
// Huella del contenido: 56470fd5f9896a4c

// Leer la lista de quien sea, como el programa: rechaza lo mismo y con sus palabras.
// Se explica en el apéndice «Entrena la tuya».
const Lectura = (() => {
  "use strict";

  const MAX_NOMBRES = 500000, MAX_LETRAS = 1000,
    A_LO_MAS = 80, LARGO = 4 * MAX_LETRAS + 2;
  const ESCOGE = "si es una tabla, escoge con --columna (su título, o 1, 2, 3…)";

  // ⟨de bytes a letras, en la página⟩
  const empieza = (crudo, ...bytes) => bytes.every((byte, n) => crudo[n] === byte);
  const deUTF8 = (bytes) =>
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

  function decodificar(crudo) {
    if (empieza(crudo, 0x50, 0x4b, 3, 4))
      throw new Error("no es texto: es un modelo, un .xlsx o un .zip");
    if (empieza(crudo, 0xff, 0xfe) || empieza(crudo, 0xfe, 0xff))
      throw new Error("el archivo está en UTF-16; guárdalo en UTF-8");
    if (crudo.includes(0))
      throw new Error("tiene bytes nulos: no es texto, o está en UTF-16 " +
        "(entonces, guárdalo en UTF-8)");
    if (crudo.length === LARGO && crudo.at(-1) !== 10)
      throw new Error(`pasa de ${MAX_LETRAS} letras`);
    try {
      return deUTF8(crudo);
    } catch {
      const raras = [...new TextDecoder("windows-1252").decode(crudo)]
        .filter((letra) => letra > "\x7f");
      const deWindows = raras.every((letra) => /\p{L}/u.test(letra))
        && 2 * raras.length < crudo.length;
      const [cual, como] = deWindows ? [", parece Windows-1252", " cp1252"] : ["", ""];
      const remedio = `guárdalo en UTF-8, o di en cuál con --codificacion${como}`;
      throw new Error(`no está en UTF-8${cual}; ${remedio}`);
    }
  }

  // ⟨entender un renglón, en la página⟩
  const ESPACIOS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a" +
    "\\u2028\\u2029\\u202f\\u205f\\u3000]+";
  const ORILLAS = new RegExp(`^${ESPACIOS}|${ESPACIOS}$`, "g");
  const INVISIBLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
  const codigo = (letra) =>
    `U+${letra.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

  function entender(texto) {
    const nombre = texto.replace(ORILLAS, ""), [hallado] = nombre.match(INVISIBLE) || [];
    if (hallado === "\t") throw new Error(`tiene un tabulador; ${ESCOGE}`);
    if (hallado) throw new Error(`tiene el carácter de control ${codigo(hallado)}`);
    if ([...nombre].length > MAX_LETRAS) throw new Error(`pasa de ${MAX_LETRAS} letras`);
    return nombre;
  }

  // ⟨si es una tabla, en la página⟩
  function partir(renglones, separador) {
    const filas = [];
    let fila = [], celda = "", entreComillas = false;
    for (const renglon of renglones) {
      for (let n = 0; n < renglon.length; n++) {
        const letra = renglon[n], dobles = entreComillas && renglon[n + 1] === '"';
        if (letra === '"' && (dobles || !(entreComillas || !celda)))
          celda += renglon[dobles ? ++n : n];
        else if (letra === '"') entreComillas = !entreComillas;
        else if (letra !== separador || entreComillas) celda += letra;
        else { fila.push(celda); celda = ""; }
      }
      if (entreComillas) continue;
      filas.push([...fila, celda]);
      [fila, celda] = [[], ""];
    }
    return entreComillas ? [...filas, [...fila, celda]] : filas;
  }

  function porQueEsTabla(nombres) {
    if (!nombres.length) return "";
    if ("[{".includes(nombres[0][0]) && "]}".includes(nombres.at(-1).at(-1)))
      return "parece JSON; hace falta un nombre por renglón";
    for (const separador of "\t;|,") {
      const filas = partir(nombres.slice(0, 1000), separador), columnas = filas[0].length;
      const iguales = columnas > 1 && filas.every((fila) => fila.length === columnas);
      if (iguales &&
        filas.some((fila) => fila.slice(1).some((celda) => celda[0] !== " "))) {
        return `parece una tabla separada con «${separador}»; ${ESCOGE}`;
      }
    }
    const citado = (nombre) => nombre[0] === '"' && nombre.at(-1) === '"';
    return nombres.every(citado) ? `todos los nombres van entre comillas; ${ESCOGE}` : "";
  }

  // ⟨lo raro, en la página⟩
  const RARO = /[\xa0\xad\u200b\u200e\u200f\u202a-\u202f\u2060-\u2069\ufeff\ufffd]/;
  const TITULOS = ["nombre", "nombres", "name", "names", "municipio", "municipios"];
  const LETRAS_1252 = new TextDecoder("windows-1252").decode(
    Uint8Array.from({ length: 256 }, (_, byte) => byte));

  function malLeido(nombre) {
    const bytes = [...nombre].map((letra) => LETRAS_1252.indexOf(letra));
    try {
      return !bytes.includes(-1) && deUTF8(Uint8Array.from(bytes)) !== nombre;
    } catch {
      return false;
    }
  }

  function queTieneDeRaro(renglon, nombre) {
    const [hallado] = nombre.match(RARO) || [];
    if (hallado) {
      const cual = hallado === "\ufffd" ? "que fue una letra" : "que no se ve";
      return `tiene ${codigo(hallado)}, ${cual}`;
    }
    if (malLeido(nombre)) return "es UTF-8 leído como Windows-1252, como «Ã©» por «é»";
    if (renglon === 1 && TITULOS.includes(nombre.toLowerCase()))
      return `«${nombre}» parece un título; con --columna ${nombre} se salta`;
    if ([...nombre].length > A_LO_MAS)
      return `pasa de ${A_LO_MAS} letras, y generar corta ahí lo que inventa si no ` +
        "se le da otro --maximo";
    return "";
  }

  // ⟨leer la lista, en la página⟩
  function* renglones(bytes, ruta) {
    let cuantos = 0;
    for (let n = 1, aqui = 0; aqui < bytes.length; n++) {
      const salto = bytes.indexOf(10, aqui),
        fin = Math.min(salto < 0 ? bytes.length : salto + 1, aqui + LARGO);
      const conMarca = n === 1 && empieza(bytes, 0xef, 0xbb, 0xbf);
      const crudo = bytes.subarray(conMarca ? 3 : aqui, fin);
      aqui = fin;
      let nombre;
      try {
        nombre = entender(decodificar(crudo));
      } catch ({ message }) {
        throw new Error(`${ruta}, renglón ${n}: ${message}`);
      }
      if (nombre && ++cuantos > MAX_NOMBRES) {
        throw new Error(`${ruta}: pasa de ${MAX_NOMBRES} nombres y no cabría ` +
          "en la memoria; entrena con una muestra");
      }
      if (nombre) yield [n, nombre];
    }
  }

  const contar = (n, que) => `${n} ${que}${n === 1 ? "" : "s"}`;

  function leer(bytes, ruta, alMenos = 20) {
    const leidos = [...renglones(bytes, ruta)], raros = new Map();
    const tabla = porQueEsTabla(leidos.map(([, nombre]) => nombre));
    if (tabla) throw new Error(`${ruta}: ${tabla}`);
    const nombres = [...new Set(leidos.map(([, nombre]) => nombre.normalize("NFC")))];
    if (nombres.length < alMenos) {
      const hay = `nombres distintos: ${nombres.length}`;
      throw new Error(`${ruta}: ${hay}; hacen falta ${alMenos}`);
    }
    for (const [n, nombre] of leidos) {
      const frase = queTieneDeRaro(n, nombre);
      if (frase) raros.set(frase, [...(raros.get(frase) || []), n]);
    }
    // ⟨juntar los avisos⟩
    const avisos = [...raros].map(([frase, [primero, ...mas]]) => {
      const otros = mas.length ? ` (y ${contar(mas.length, "otro")} así)` : "";
      return `${ruta}, renglón ${primero}${otros}: ${frase}`;
    });
    const juntados = leidos.filter(([, nombre]) =>
      nombre !== nombre.normalize("NFC")).length;
    if (juntados) {
      const como = "nombres con la letra y su acento por separado";
      avisos.push(`${ruta}: ${como}: ${juntados}; se juntaron`);
    }
    avisos.push(
      `${ruta}: ${contar(leidos.length, "nombre")}, ${contar(nombres.length, "distinto")}`);
    return { nombres, avisos };
  }

  return { INVISIBLE, leer };
})();
