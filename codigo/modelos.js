// Extraído de libro/entrena.qmd
// con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
// Huella del contenido: c77d308c51204b67

// Abrir y guardar un modelo.npz, con la desconfianza del programa y sus palabras.
// Se explica en el apéndice «Entrena la tuya».
const Modelos = (() => {
  "use strict";

  // ⟨la suma de un zip⟩
  const TABLA = Int32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });

  function sumaDe(bytes) {
    let suma = ~0;
    for (const byte of bytes) suma = TABLA[(suma ^ byte) & 255] ^ (suma >>> 8);
    return ~suma >>> 0;
  }

  // ⟨las partes de un zip⟩
  const esDe = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const enLatin = (bytes) => new TextDecoder("windows-1252").decode(bytes);
  const exigir = (que) => { if (!que) throw new Error(); };

  function fichas(bytes) {
    const dato = esDe(bytes), lista = [];
    let fin = bytes.length - 22;
    while (dato.getUint32(fin, true) !== 0x06054b50) fin--;
    let aqui = fin - dato.getUint32(fin + 12, true);
    const antes = aqui - dato.getUint32(fin + 16, true);
    while (aqui < fin) {
      // ⟨leer una ficha⟩
      const [suma, ocupa, mide] = [16, 20, 24].map((k) => dato.getUint32(aqui + k, true));
      const [nombre, sobra, nota] = [28, 30, 32].map((k) => dato.getUint16(aqui + k, true));
      const rara = dato.getUint32(aqui + 8, true) & 0xffff0061;
      exigir(dato.getUint32(aqui, true) === 0x02014b50 && !rara && ocupa === mide);
      const letras = bytes.subarray(aqui + 46, aqui + 46 + nombre);
      lista.push({ nombre: enLatin(letras),
        suma, mide, desde: antes + dato.getUint32(aqui + 42, true) });
      aqui += 46 + nombre + sobra + nota;
    }
    return lista;
  }

  function partes(bytes) {
    const dato = esDe(bytes), lista = fichas(bytes);
    exigir([0x04034b50, 0x06054b50].includes(dato.getUint32(0, true)));
    exigir(lista.reduce((total, { mide }) => total + mide, 0) <= bytes.length);
    return lista.map(({ nombre, suma, mide, desde }) => {
      const letras = desde + 30, tras = letras + dato.getUint16(desde + 26, true);
      exigir(dato.getUint32(desde, true) === 0x04034b50
        && enLatin(bytes.subarray(letras, tras)) === nombre);
      const aqui = tras + dato.getUint16(desde + 28, true),
        parte = bytes.subarray(aqui, aqui + mide);
      exigir(sumaDe(parte) === suma);
      return [nombre.replace(/\.npy$/, ""), parte];
    });
  }

  // ⟨leer un arreglo de NumPy⟩
  const NUMPY = "\x93NUMPY";
  const ENCABEZADO = new RegExp(
    String.raw`^\{'descr': '([<>|][biufcSUV]\d+)', 'fortran_order': (True|False), ` +
    String.raw`'shape': \(([\d, ]*)\), \}\s*$`);

  function encabezado(parte) {
    const dato = esDe(parte), larga = parte[6] > 1, desde = larga ? 12 : 10;
    exigir([...NUMPY].every((letra, k) => parte[k] === letra.charCodeAt(0))
      && [1, 2, 3].includes(parte[6]));
    const hasta = desde + (larga ? dato.getUint32(8, true) : dato.getUint16(8, true));
    return [hasta, ...enLatin(parte.subarray(desde, hasta)).match(ENCABEZADO)];
  }

  function arreglo(parte) {
    const [hasta, , tipo, porColumnas, tamanos] = encabezado(parte);
    const forma = tamanos.split(",").filter((tamano) => tamano.trim()).map(Number);
    const cuantos = forma.reduce((a, b) => a * b, 1),
      cada = Number(tipo.slice(2)) * (tipo[1] === "U" ? 4 : 1);
    exigir(hasta + cuantos * cada <= parte.length);
    const crudos = parte.slice(hasta, hasta + cuantos * cada);
    return { tipo, forma, crudos, porColumnas: porColumnas === "True" };
  }

  // ⟨lo que no es números⟩
  function enLetras(crudos) {
    const dato = esDe(crudos), codigos = Array.from({ length: crudos.length >> 2 },
      (_, k) => dato.getUint32(4 * k, true));
    const deVeras = (codigo) => codigo < 0x110000 && (codigo < 0xd800 || codigo > 0xdfff);
    const letras = codigos.map((codigo) =>
      (deVeras(codigo) ? String.fromCodePoint(codigo) : "\ufffd"));
    return letras.join("") + (crudos.length % 4 ? "\ufffd" : "");
  }

  function dice({ tipo, forma, crudos } = { tipo: "", forma: [] }) {
    if (forma.length) return "";
    if (tipo[1] === "U") return enLetras(crudos).replace(/\0+$/, "");
    const entero = tipo[1] === "u" || (tipo[1] === "i" && crudos.at(-1) < 128);
    return entero ? String(crudos.reduceRight((n, byte) => 256 * n + byte, 0)) : "";
  }

  // ⟨de quién es el modelo⟩
  const VERSION = "1";

  function revisarEncabezado(ruta, arreglos) {
    const version = dice(arreglos.version),
      simbolos = [...enLetras(arreglos.simbolos?.crudos || new Uint8Array())];
    if (!simbolos.length || !arreglos.receta)
      throw new Error(`${ruta} no es un modelo de este programa`);
    const suya = /^\p{Nd}+$/u.test(version) ? `la versión ${version}` : "otra versión";
    if (version !== VERSION) {
      const otra = `es de ${suya} y aquí se lee la ${VERSION}`;
      throw new Error(`${ruta} ${otra}: hay que entrenarlo de nuevo`);
    }
    const enOrden = simbolos.every((letra, k) =>
      !k || simbolos[k - 1].codePointAt(0) < letra.codePointAt(0));
    const visibles = !simbolos.some((letra) => Lectura.INVISIBLE.test(letra));
    if (!enOrden || !visibles)
      throw new Error(`${ruta} está dañado: sus símbolos no son un vocabulario`);
    return ["\n", ...simbolos];
  }

  function deQueRed(ruta, arreglos) {
    try {
      const { modelo } = JSON.parse(dice(arreglos.receta));
      const tipo = Object.keys(Entrenar.CELDAS)
        .find((cual) => cual.toLowerCase() === modelo);
      exigir(tipo);
      return tipo;
    } catch {
      throw new Error(`${ruta} está dañado: no dice qué red es`);
    }
  }

  // ⟨los pesos de un modelo⟩
  const comoEnPython = (forma) => `(${forma.join(", ")}${forma.length === 1 ? "," : ""})`;

  function formas(tipo, V, H) {
    const { bloques, nombres: [Wx, Wh, b] } = Entrenar.CELDAS[tipo], N = bloques * H;
    return { [Wx]: [V, N], [Wh]: [H, N], [b]: [N], Why: [H, V], by: [V] };
  }

  function enNumeros({ forma: [H, V], crudos, porColumnas }) {
    const numeros = new Float32Array(crudos.buffer);
    if (!porColumnas || !V) return numeros;
    return numeros.map((_, k) => numeros[(k % V) * H + Math.floor(k / V)]);
  }

  function revisarPeso(ruta, nombre, forma, peso) {
    if (peso.tipo !== "<f4" || String(peso.forma) !== String(forma)) {
      throw new Error(`${ruta} está dañado: «${nombre}» no mide ${comoEnPython(forma)}`);
    }
    const numeros = enNumeros(peso);
    if (!numeros.every(Number.isFinite))
      throw new Error(`${ruta} está dañado: «${nombre}» tiene algo que no es número`);
    return numeros;
  }

  function revisarPesos(ruta, arreglos, tipo, V) {
    const [, cual] = Entrenar.CELDAS[tipo].nombres, nada = { forma: [0, 0] };
    const recurrente = arreglos[cual] || nada, salida = arreglos.Why || recurrente;
    const algo = recurrente.forma.length === 2 && recurrente.crudos?.length;
    const H = algo ? recurrente.forma[0] : 0, debidas = formas(tipo, V, H);
    if (!(H > 0 && H <= recurrente.forma[1]) || String(salida.forma) !== String([H, V])) {
      throw new Error(`${ruta} está dañado: las formas de sus pesos no cuadran`);
    }
    const revisado = ([nombre, forma]) =>
      [nombre, revisarPeso(ruta, nombre, forma, arreglos[nombre] || salida)];
    return Object.fromEntries(Object.entries(debidas).map(revisado));
  }

  // ⟨escribir un arreglo y un zip⟩
  const numero = (n, cuantos) =>
    Uint8Array.from({ length: cuantos }, (_, k) => Math.floor(n / 256 ** k));
  const enBytes = (que) => (typeof que === "string"
    ? Uint8Array.from(que, (letra) => letra.charCodeAt(0)) : que);

  function juntar(...trozos) {
    const todos = trozos.flat().map(enBytes),
      junto = new Uint8Array(todos.reduce((suma, { length }) => suma + length, 0));
    todos.reduce((aqui, trozo) => {
      junto.set(trozo, aqui);
      return aqui + trozo.length;
    }, 0);
    return junto;
  }

  function enNpy(tipo, forma, { buffer }) {
    const orden = "'fortran_order': False";
    const texto = `{'descr': '${tipo}', ${orden}, 'shape': ${comoEnPython(forma)}, }`;
    const mide = 64 * Math.ceil((texto.length + 11) / 64) - 10;
    return juntar(NUMPY, numero(1, 2), numero(mide, 2),
      `${texto.padEnd(mide - 1)}\n`, new Uint8Array(buffer));
  }

  function datosDe(nombre, bytes) {
    const mide = numero(bytes.length, 4),
      fecha = numero(33, 2); // el primero de enero de 1980
    return [numero(20, 2), numero(0, 6), fecha, numero(sumaDe(bytes), 4),
      mide, mide, numero(nombre.length, 2), numero(0, 2)];
  }

  function enZip(archivos) {
    const cuerpo = [], directorio = [];
    let aqui = 0;
    for (const [nombre, bytes] of archivos) {
      const datos = datosDe(nombre, bytes),
        parte = juntar("PK\x03\x04", datos, nombre, bytes);
      directorio.push("PK\x01\x02", numero(20, 2), ...datos, numero(0, 10),
        numero(aqui, 4), nombre);
      cuerpo.push(parte);
      aqui += parte.length;
    }
    const indice = juntar(directorio), cuantos = numero(archivos.length, 2);
    return juntar(cuerpo, indice, "PK\x05\x06", numero(0, 4),
      cuantos, cuantos, numero(indice.length, 4),
      numero(aqui, 4), numero(0, 2));
  }

  // ⟨leer y escribir un modelo⟩
  function leer(bytes, ruta) {
    let arreglos;
    try {
      arreglos = Object.fromEntries(
        partes(bytes).map(([nombre, parte]) => [nombre, arreglo(parte)]));
    } catch {
      throw new Error(`${ruta} está dañado o no es un .npz de arreglos`);
    }
    const simbolos = revisarEncabezado(ruta, arreglos), tipo = deQueRed(ruta, arreglos);
    return { tipo, simbolos, pesos: revisarPesos(ruta, arreglos, tipo, simbolos.length) };
  }

  function escribir({ tipo, simbolos, pesos }, receta) {
    const letras = (que) => Uint32Array.from([...que], (letra) => letra.codePointAt(0));
    const texto = (que) => enNpy(`<U${letras(que).length}`, [], letras(que));
    const medidas = formas(tipo, simbolos.length, pesos.Why.length / simbolos.length);
    return enZip([
      ...Object.entries(medidas).map(([nombre, forma]) =>
        [`${nombre}.npy`, enNpy("<f4", forma, pesos[nombre])]),
      ["simbolos.npy", texto(simbolos.slice(1).join(""))],
      ["receta.npy", texto(JSON.stringify({ modelo: tipo.toLowerCase(), ...receta }))],
      ["version.npy", enNpy("<i8", [], BigInt64Array.of(BigInt(VERSION)))],
    ]);
  }

  return { leer, escribir };
})();
