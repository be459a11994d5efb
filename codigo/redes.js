// Extraído de libro/13-generador.qmd
// Extraído de libro/gru.qmd
// con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
// Huella del contenido: 8719c71ac378ddd5

// Las redes en el navegador: leen los pesos que empacó NumPy y hacen las mismas cuentas.
// Se explica en el capítulo «El generador» y en el apéndice «Agregar una red: la GRU».
const Redes = (() => {
  "use strict";

  // ⟨desempacar los pesos⟩
  const ESCALAS = Array.from({ length: 32 }, (_, e) => 2 ** (Math.max(e, 1) - 15));

  function mediaPrecision(n) {
    const exponente = (n >> 10) & 31, fraccion = (n & 1023) / 1024;
    const tamano = ESCALAS[exponente] * ((exponente > 0) + fraccion);
    return n & 0x8000 ? -tamano : tamano;
  }

  function desempacar(letras, bits) {
    if (typeof letras !== "string") return letras;
    const texto = atob(letras), bytes = new Uint8Array(texto.length);
    for (let k = 0; k < texto.length; k++) bytes[k] = texto.charCodeAt(k);
    if (bits === 32) return new Float32Array(bytes.buffer);
    return new Float32Array(new Uint16Array(bytes.buffer)).map(mediaPrecision);
  }

  // ⟨sumar un producto⟩
  function sumarProducto(z, h, W) {
    for (let i = 0, k = 0; i < h.length; i++) {
      for (let j = 0; j < z.length; j++, k++) z[j] += h[i] * W[k];
    }
    return z;
  }

  // El sesgo más el renglón que le toca a una letra.
  const aporte = (b, W, letra) =>
    Float64Array.from(b, (sesgo, j) => sesgo + W[letra * b.length + j]);

  // ⟨la red simple en JavaScript⟩
  class RNN {
    constructor(pesos) { this.p = pesos; this.H = pesos.bh.length; }

    inicial() { return { h: new Float64Array(this.H) }; }

    paso(letra, estado) {
      const { Wxh, Whh, bh, Why, by } = this.p;
      const z = sumarProducto(aporte(bh, Wxh, letra), estado.h, Whh);
      const h = z.map(Math.tanh);
      return { z, logitos: sumarProducto(Float64Array.from(by), h, Why), estado: { h } };
    }
  }

  // ⟨la LSTM en JavaScript⟩
  class LSTM {
    constructor(pesos) { this.p = pesos; this.H = pesos.b.length / 4; }

    inicial() { return { h: new Float64Array(this.H), c: new Float64Array(this.H) }; }

    paso(letra, estado) {
      const { Wx, Wh, b, Why, by } = this.p, H = this.H;
      const z = sumarProducto(aporte(b, Wx, letra), estado.h, Wh);
      const parte = (cual) => z.slice(cual * H, (cual + 1) * H);
      const [i, f, o] = [0, 1, 2].map((cual) =>
        parte(cual).map((x) => (1 + Math.tanh(x / 2)) / 2));
      const g = parte(3).map(Math.tanh);
      const c = estado.c.map((antes, j) => f[j] * antes + i[j] * g[j]);
      const h = c.map((x, j) => o[j] * Math.tanh(x));
      const logitos = sumarProducto(Float64Array.from(by), h, Why);
      return { z, logitos,
        estado: { h, c }, compuertas: { entrada: i, olvido: f, salida: o, candidata: g } };
    }
  }

  // ⟨leer una red⟩
  const REDES = { RNN, LSTM };

  function leer({ tipo, bits, simbolos, pesos }) {
    const p = Object.fromEntries(
      Object.entries(pesos).map(([nombre, letras]) => [nombre, desempacar(letras, bits)]));
    return Object.assign(new REDES[tipo](p), { simbolos: [...simbolos] });
  }

  REDES.GRU = class GRU {
    constructor(pesos) { this.p = pesos; this.H = pesos.b.length / 3; }

    inicial() { return { h: new Float64Array(this.H) }; }

    paso(letra, estado) {
      const { Wx, Wh, b, Why, by } = this.p, H = this.H;
      const sigmoide = (x) => (1 + Math.tanh(x / 2)) / 2;
      const a = aporte(b, Wx, letra);
      const u = sumarProducto(new Float64Array(3 * H), estado.h, Wh);
      const h = estado.h.map((antes, j) => {
        const r = sigmoide(a[j] + u[j]), z = sigmoide(a[H + j] + u[H + j]);
        const n = Math.tanh(a[2 * H + j] + r * u[2 * H + j]);
        return n + z * (antes - n);
      });
      return { logitos: sumarProducto(Float64Array.from(by), h, Why), estado: { h } };
    }
  };

  // ⟨escoger una letra⟩
  function probabilidades(logitos, temperatura = 1, piso = 0) {
    const mayor = Math.max(...logitos), sumar = (pesos) => pesos.reduce((a, b) => a + b);
    const pesos = logitos.map((y) => Math.exp(y - mayor));
    const minimo = Math.min(piso * sumar(pesos), 1);
    const quedan = pesos.map((peso) => (peso < minimo ? 0 : peso ** (1 / temperatura)));
    const suma = sumar(quedan);
    return quedan.map((peso) => peso / suma);
  }

  function sortear(p, dardo) {
    let acumulada = 0;
    const letra = p.findIndex((probabilidad) => (acumulada += probabilidad) > dardo);
    return letra < 0 ? p.length - 1 : letra;
  }

  function azar(semilla) {
    return () => {
      semilla = (semilla + 0x6d2b79f5) | 0;
      let t = Math.imul(semilla ^ (semilla >>> 15), semilla | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  // ⟨escribir un nombre⟩
  function* escribir(red, dardo,
    { temperatura = 1, piso = 0, prefijo = "", maximo = 80 } = {}) {
    let entrada = 0, estado = red.inicial();
    const avanzar = () => {
      const paso = red.paso(entrada, estado);
      estado = paso.estado;
      return paso;
    };
    for (const letra of prefijo) {
      avanzar();
      entrada = red.simbolos.indexOf(letra);
    }
    for (let n = prefijo.length; n < maximo; n++) {
      const p = probabilidades(avanzar().logitos, temperatura, piso);
      entrada = sortear(p, dardo());
      yield { letra: entrada, probabilidades: p };
      if (entrada === 0) return;
    }
  }

  return { leer, probabilidades, azar, escribir };
})();
