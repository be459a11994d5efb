// Extraído de libro/entrena.qmd
// con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
// Huella del contenido: b05107febc1f1609

// Entrenar una red en el navegador: la misma cuenta que NumPy, en 32 o en 64 bits.
// Se explica en el apéndice «Entrena la tuya».
const Entrenar = (() => {
  "use strict";

  // ⟨tirar normales y barajar⟩
  const normales = (cuantas, dardo) => Float64Array.from({ length: cuantas }, () =>
    Math.sqrt(-2 * Math.log(1 - dardo())) * Math.cos(2 * Math.PI * dardo()));

  function barajar(lista, dardo) {
    const barajada = [...lista];
    for (let i = barajada.length - 1; i > 0; i--) {
      const j = Math.floor(dardo() * (i + 1));
      [barajada[i], barajada[j]] = [barajada[j], barajada[i]];
    }
    return barajada;
  }

  // ⟨hacer lotes en la página⟩
  function rellenar(codificados) {
    const B = 4 * Math.ceil(codificados.length / 4);
    const T = codificados.reduce((mayor, letras) => Math.max(mayor, letras.length), 0) + 1;
    const entradas = new Int32Array(T * B), objetivos = new Int32Array(T * B).fill(-1);
    codificados.forEach((letras, b) => [...letras, 0].forEach((letra, t) => {
      objetivos[t * B + b] = letra;
      if (t < letras.length) entradas[(t + 1) * B + b] = letra;
    }));
    return { T, B, cuantos: codificados.length, entradas, objetivos };
  }

  const montones = (lista, de) =>
    Array.from({ length: Math.ceil(lista.length / de) }, (_, n) =>
      lista.slice(n * de, (n + 1) * de));

  const porLargo = (codificados) =>
    [...codificados].sort((uno, otro) => uno.length - otro.length);

  function lotesPorLargo(codificados, B, dardo) {
    const grandes = montones(barajar(codificados, dardo), 8 * B);
    return barajar(grandes.flatMap((monton) => montones(porLargo(monton), B)), dardo);
  }

  // ⟨un producto de cuatro por dos⟩
  // C (M, N) = A (M, K) por la matriz (K, N) que viene en tiras; A empieza en «desde».
  function multiplicar(C, A, desde, tiras, M, K, N) {
    for (let j = 0; j < N; j += 2) {
      for (let i = 0; i < M; i += 4) {
        let a = desde + i * K, b = a + K, c = b + K, d = c + K;
        let a0 = 0, a1 = 0, b0 = 0, b1 = 0, c0 = 0, c1 = 0, d0 = 0, d1 = 0;
        for (let k = j * K, fin = k + 2 * K; k < fin; k += 2, a++, b++, c++, d++) {
          const x = tiras[k], y = tiras[k + 1];
          a0 += A[a] * x; b0 += A[b] * x; c0 += A[c] * x; d0 += A[d] * x;
          a1 += A[a] * y; b1 += A[b] * y; c1 += A[c] * y; d1 += A[d] * y;
        }
        const z = i * N + j;
        C[z] = a0; C[z + N] = b0; C[z + 2 * N] = c0; C[z + 3 * N] = d0;
        if (j + 1 < N) {
          C[z + 1] = a1; C[z + N + 1] = b1;
          C[z + 2 * N + 1] = c1; C[z + 3 * N + 1] = d1;
        }
      }
    }
  }

  function enTiras(tiras, W, K, N, entreRenglones, entreColumnas) {
    for (let j = 0, p = 0; j < N; j += 2) {
      for (let k = 0; k < K; k++, p += 2) {
        const w = k * entreRenglones + j * entreColumnas;
        tiras[p] = W[w];
        tiras[p + 1] = j + 1 < N ? W[w + entreColumnas] : 0;
      }
    }
    return tiras;
  }

  function transponer(destino, A, desde, n, H) {
    for (let r = 0, a = desde; r < n; r++) {
      for (let j = 0; j < H; j++, a++) destino[j * n + r] = A[a];
    }
    return destino;
  }

  function sumarRenglones(G, dz, n, N, cual = []) {
    G.fill(0);
    for (let r = 0, k = 0; r < n; r++) {
      for (let j = 0, w = (cual[r] || 0) * N; j < N; j++, k++, w++) G[w] += dz[k];
    }
  }

  // ⟨las tres celdas, de ida y de regreso⟩
  function idaRNN({ h, z, u }, t, BH) {
    for (let k = 0, aqui = t * BH; k < BH; k++, aqui++) {
      h[aqui + BH] = Math.tanh(z[aqui] + u[k]);
    }
  }

  function vueltaRNN({ h, z, dh, futuro }, t, BH) {
    for (let k = 0, aqui = t * BH; k < BH; k++, aqui++) {
      z[aqui] = (dh[aqui] + futuro[k]) * (1 - h[aqui + BH] ** 2);
    }
  }

  const sigmoide = (x) => (1 + Math.tanh(x / 2)) / 2;
  const lugar = (k, H, bloques) => k + (bloques - 1) * H * Math.floor(k / H);

  function idaLSTM({ h, z, u, c, visible }, t, BH, H) {
    for (let k = 0, aqui = t * BH; k < BH; k++, aqui++) {
      const a = lugar(aqui, H, 4), b = lugar(k, H, 4);
      const i = z[a] = sigmoide(z[a] + u[b]);
      const f = z[a + H] = sigmoide(z[a + H] + u[b + H]);
      const o = z[a + 2 * H] = sigmoide(z[a + 2 * H] + u[b + 2 * H]);
      const g = z[a + 3 * H] = Math.tanh(z[a + 3 * H] + u[b + 3 * H]);
      c[aqui + BH] = f * c[aqui] + i * g;
      visible[aqui] = Math.tanh(c[aqui + BH]);
      h[aqui + BH] = o * visible[aqui];
    }
  }

  function vueltaLSTM({ z, c, visible, dh, dc, futuro }, t, BH, H) {
    for (let k = 0, aqui = t * BH; k < BH; k++, aqui++) {
      const a = lugar(aqui, H, 4), d = dh[aqui] + futuro[k], v = visible[aqui];
      const i = z[a], f = z[a + H], o = z[a + 2 * H], g = z[a + 3 * H];
      const total = dc[k] + d * o * (1 - v * v);
      z[a] = total * g * i * (1 - i);
      z[a + H] = total * c[aqui] * f * (1 - f);
      z[a + 2 * H] = d * v * o * (1 - o);
      z[a + 3 * H] = total * i * (1 - g * g);
      dc[k] = total * f;
    }
  }

  function idaGRU({ h, z, u, visible }, t, BH, H) {
    for (let k = 0, aqui = t * BH; k < BH; k++, aqui++) {
      const a = lugar(aqui, H, 3), b = lugar(k, H, 3), q = visible[aqui] = u[b + 2 * H];
      const r = z[a] = sigmoide(z[a] + u[b]);
      const conserva = z[a + H] = sigmoide(z[a + H] + u[b + H]);
      const n = z[a + 2 * H] = Math.tanh(z[a + 2 * H] + r * q);
      h[aqui + BH] = n + conserva * (h[aqui] - n);
    }
  }

  function vueltaGRU({ h, z, visible, dh, futuro }, t, BH, H) {
    for (let k = 0, aqui = t * BH; k < BH; k++, aqui++) {
      const a = lugar(aqui, H, 3), r = z[a], conserva = z[a + H], n = z[a + 2 * H];
      const d = dh[aqui] + futuro[k], dn = d * (1 - conserva) * (1 - n * n);
      z[a] = dn * visible[aqui] * r * (1 - r);
      z[a + H] = d * (h[aqui] - n) * conserva * (1 - conserva);
      z[a + 2 * H] = dn * r;
      visible[aqui] = dn;
      if (t) dh[aqui - BH] += d * conserva;
    }
  }

  function letrasGRU({ z, visible }, n, H) {
    for (let k = 0; k < n * H; k++) z[lugar(k, H, 3) + 2 * H] = visible[k];
  }

  const CON_COMPUERTAS = ["Wx", "Wh", "b"];
  const CELDAS = {
    RNN: { bloques: 1, nombres: ["Wxh", "Whh", "bh"], ida: idaRNN, vuelta: vueltaRNN },
    LSTM: { bloques: 4, nombres: CON_COMPUERTAS, ida: idaLSTM, vuelta: vueltaLSTM },
    GRU: { bloques: 3, nombres: CON_COMPUERTAS,
      ida: idaGRU, vuelta: vueltaGRU, letras: letrasGRU },
  };

  // ⟨la red que aprende⟩
  class Red {
    constructor(tipo, V, H, dardo, Arreglo = Float32Array) {
      const celda = CELDAS[tipo], N = celda.bloques * H, [Wx, Wh, b] = celda.nombres;
      const matriz = (cuantos) =>
        Arreglo.from(normales(cuantos, dardo), (x) => x / Math.sqrt(H));
      Object.assign(this, { tipo, V, H, N, Arreglo, celda, m: {} });
      this.p = { [Wx]: matriz(V * N), [Wh]: matriz(H * N),
        [b]: new Arreglo(N), Why: matriz(H * V), by: new Arreglo(V) };
      if (celda.bloques > 1) this.p[b].fill(1, H, 2 * H);
      this.nombres = Object.keys(this.p);
      this.g = this.comoLosPesos();
    }

    comoLosPesos() {
      return Object.fromEntries(
        this.nombres.map((n) => [n, new this.Arreglo(this.p[n].length)]));
    }

    // ⟨pedir un lugar en la mesa⟩
    mesa(nombre, cuantos) {
      if (!(this.m[nombre]?.length >= cuantos)) this.m[nombre] = new this.Arreglo(cuantos);
      return this.m[nombre];
    }

    // ⟨leer un lote de ida⟩
    leer({ T, B, entradas, objetivos }, p = this.p) {
      const { H, N, V, celda, m } = this, [Wx, Wh, b] = this.nombres, n = T * B, BH = B * H;
      for (const estado of ["h", "c"]) this.mesa(estado, n * H + BH).fill(0, 0, BH);
      this.mesa("visible", n * H);
      this.mesa("u", B * N).fill(0);
      const z = this.mesa("z", n * N);
      for (let r = 0, k = 0; r < n; r++) {
        for (let j = 0, w = entradas[r] * N; j < N; j++, k++, w++) z[k] = p[Wx][w] + p[b][j];
      }
      const tiras = enTiras(this.mesa("Wh", H * N + H), p[Wh], H, N, N, 1);
      for (let t = 0; t < T; t++) {
        if (t) multiplicar(m.u, m.h, t * BH, tiras, B, H, N);
        celda.ida(m, t, BH, H);
      }
      return this.sorpresa(p, n, B, objetivos);
    }

    // ⟨medir la sorpresa del lote⟩
    sorpresa(p, n, B, objetivos) {
      const { H, V, m } = this, y = this.mesa("y", n * V), nats = new Float64Array(B);
      const tiras = enTiras(this.mesa("Why", H * V + H), p.Why, H, V, V, 1);
      multiplicar(y, m.h, B * H, tiras, n, H, V);
      for (let r = 0; r < n; r++) {
        const fila = r * V, fin = fila + V, toca = fila + objetivos[r];
        if (toca < fila) {
          y.fill(0, fila, fin);
          continue;
        }
        let mayor = -Infinity, suma = 0;
        for (let k = fila; k < fin; k++) mayor = Math.max(mayor, y[k] += p.by[k - fila]);
        const suya = y[toca];
        for (let k = fila; k < fin; k++) suma += y[k] = Math.exp(y[k] - mayor);
        for (let k = fila; k < fin; k++) y[k] /= suma;
        y[toca] -= 1;
        nats[r % B] += Math.log(suma) + mayor - suya;
      }
      return nats;
    }

    // ⟨leer un lote de regreso⟩
    volver({ T, B, entradas }) {
      const { H, N, V, p, g, m, celda } = this, [Wx, Wh, b] = this.nombres, n = T * B;
      multiplicar(this.mesa("dh", n * H), m.y, 0,
        enTiras(this.mesa("WhyT", V * H), p.Why, V, H, 1, V), n, V, H);
      for (const nombre of ["futuro", "dc"]) this.mesa(nombre, B * H).fill(0);
      const tiras = enTiras(this.mesa("WhT", N * H), p[Wh], N, H, 1, N);
      for (let t = T - 1; t >= 0; t--) {
        celda.vuelta(m, t, B * H, H);
        if (t) multiplicar(m.futuro, m.z, t * B * N, tiras, B, N, H);
      }
      this.porPesos(g.Why, B * H, m.y, n, V);
      this.porPesos(g[Wh], 0, m.z, n, N);
      celda.letras?.(m, n, H);
      sumarRenglones(g[Wx], m.z, n, N, entradas);
      sumarRenglones(g[b], g[Wx], V, N);
      sumarRenglones(g.by, m.y, n, V);
    }

    porPesos(G, desde, dz, n, N) {
      const hT = transponer(this.mesa("hT", n * this.H), this.m.h, desde, n, this.H);
      multiplicar(G, hT, 0,
        enTiras(this.mesa("dz", n * N + n), dz, n, N, N, 1), this.H, n, N);
    }
  }

  // ⟨mover los pesos en la página⟩
  class AdamW {
    constructor(red, decaimiento, factorLetras) {
      Object.assign(this, { red, decaimiento, factorLetras, pasos: 0,
        m: red.comoLosPesos(), v: red.comoLosPesos() });
    }

    mover(tasa, veces) {
      const b1 = 0.9, b2 = 0.99, n = ++this.pasos, { red } = this;
      const raiz = Math.sqrt((1 - b2 ** n) / (1 - b2)),
        eta = (tasa * (1 - b1)) / (1 - b1 ** n) * raiz;
      red.nombres.forEach((nombre, cual) => {
        const p = red.p[nombre], g = red.g[nombre], m = this.m[nombre], v = this.v[nombre];
        const queda = nombre[0] === "W" ? 1 - tasa * this.decaimiento : 1,
          paso = cual ? eta : eta * this.factorLetras;
        for (let k = 0; k < p.length; k++) {
          const d = g[k] * veces;
          m[k] = b1 * m[k] + d;
          v[k] = b2 * v[k] + d * d;
          p[k] = queda * p[k] - (paso * m[k]) / (Math.sqrt(v[k]) + 1e-8 * raiz);
        }
      });
    }
  }

  function norma(g) {
    let suma = 0;
    for (const arreglo of Object.values(g)) {
      for (let k = 0; k < arreglo.length; k++) suma += arreglo[k] * arreglo[k];
    }
    return Math.sqrt(suma);
  }

  function calendario(avance, calentamiento = 0.05) {
    if (avance < calentamiento) return (avance + 0.01) / (calentamiento + 0.01);
    const resto = (avance - calentamiento) / (1 - calentamiento);
    return 0.02 + 0.49 * (1 + Math.cos(Math.PI * Math.min(resto, 1)));
  }

  // ⟨una corrida en la página⟩
  const RECETAS = {
    RNN: { tasa: 0.005, factorLetras: 20, decaimiento: 0.3 },
    LSTM: { tasa: 0.015, factorLetras: 8, decaimiento: 0.3 },
    GRU: { tasa: 0.015, factorLetras: 8, decaimiento: 0.3 },
  };
  const LIMITE = 1, PACIENCIA = 5;
  const sumar = (lista) => lista.reduce((suma, x) => suma + x, 0);
  const simbolos = (codificados) => sumar(codificados.map((letras) => letras.length + 1));

  class Corrida {
    constructor({ tipo, H, epocas, semilla, Arreglo },
      { entrenamiento, validacion, alfabeto }) {
      const dardo = Redes.azar(semilla),
        codificar = (nombre) => [...nombre].map((letra) => alfabeto.indexOf(letra));
      const B = Math.max(4, Math.min(16, Math.round(entrenamiento.length / 116)));
      Object.assign(this, { tipo, epocas, semilla, alfabeto, dardo, B,
        ...RECETAS[tipo], pasos: 0, historia: [], motivo: "" });
      [this.estudiados, this.apartados] =
        [entrenamiento, validacion].map((nombres) => nombres.map(codificar));
      this.simbolos = simbolos(this.estudiados);
      this.red = new Red(tipo, alfabeto.length, H, dardo, Arreglo);
      this.adam = new AdamW(this.red, this.decaimiento, this.factorLetras);
      this.promedio = this.copia(this.red.p);
      this.vuelta = montones(this.estudiados, B).length;
      this.total = this.vuelta * epocas;
    }

    copia(pesos) {
      return Object.fromEntries(Object.entries(pesos).map(([n, p]) => [n, p.slice()]));
    }

    // ⟨lo que decidió la corrida⟩
    receta() {
      const { red: { H }, B, epocas, semilla, tasa, factorLetras, decaimiento } = this;
      const apagados = { apagar_entrada: 0, apagar_salida: 0, apagar_recurrente: 0 };
      return { H, B, epocas, semilla, tasa, factor_letras: factorLetras,
        decaimiento, limite: LIMITE, paciencia: PACIENCIA, ...apagados };
    }

    // ⟨un paso de la corrida⟩
    paso(lote) {
      const { red, promedio } = this, nats = sumar(red.leer(lote));
      red.volver(lote);
      const veces = this.vuelta / this.simbolos, mide = norma(red.g) * veces;
      if (!Number.isFinite(nats + mide))
        throw new Error("la pérdida dejó de ser un número; prueba otra semilla, " +
          "o menos unidades");
      const tasa = this.tasa * calendario(this.pasos / this.total);
      this.adam.mover(tasa, veces * Math.min(1, LIMITE / mide));
      const d = Math.min(0.99, (1 + this.pasos) / (10 + this.pasos));
      for (const nombre of red.nombres) {
        const lento = promedio[nombre], p = red.p[nombre];
        for (let k = 0; k < p.length; k++) lento[k] += (1 - d) * (p[k] - lento[k]);
      }
      this.pasos++;
      return nats;
    }

    // ⟨medir sin mover nada⟩
    *medir(codificados) {
      let nats = 0, masa = 0;
      for (const monton of montones(porLargo(codificados), 16)) {
        const deCada = this.red.leer(rellenar(monton), this.promedio)
          .subarray(0, monton.length);
        nats += sumar(deCada);
        masa += sumar(deCada.map((costo) => Math.exp(-costo)));
        yield;
      }
      return { nats: nats / simbolos(codificados), masa };
    }

    // ⟨una época, y las que sigan⟩
    *epoca() {
      let nats = 0;
      for (const monton of lotesPorLargo(this.estudiados, this.B, this.dardo)) {
        nats += this.paso(rellenar(monton));
        yield;
      }
      const { nats: validacion } = yield* this.medir(this.apartados),
        { masa } = yield* this.medir(this.estudiados);
      const esta = { epoca: this.historia.length + 1, entrenamiento: nats / this.simbolos,
        validacion, masa };
      this.historia.push(esta);
      if (!(this.mejor?.validacion <= validacion))
        this.mejor = { ...esta, pesos: this.copia(this.promedio) };
    }

    *avanzar() {
      while (!this.motivo) {
        yield* this.epoca();
        const hechas = this.historia.length;
        if (hechas >= this.epocas) this.motivo = `ya dio sus ${this.epocas} épocas`;
        else if (hechas - this.mejor.epoca >= PACIENCIA)
          this.motivo = `lleva ${PACIENCIA} épocas sin mejorar`;
      }
    }
  }

  return { CELDAS, Corrida, barajar };
})();
