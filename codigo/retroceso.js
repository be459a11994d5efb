// Extraído de libro/13-generador.qmd
// con «python -m imprenta extraer». No se edita a mano: se cambia el capítulo.
// Huella del contenido: 9593b2fbbddfd828

// El paso hacia atrás en el navegador: lo guarda todo y vuelve letra por letra.
// Se explica en el capítulo «El generador».
const Retroceso = (() => {
  "use strict";

  // ⟨leer guardándolo todo⟩
  function leer(red, letras) {
    const objetivos = [...letras, 0];
    let estado = red.inicial();
    return [0, ...letras].map((x, t) => {
      const antes = estado, paso = red.paso(x, antes), objetivo = objetivos[t];
      const p = Redes.probabilidades(paso.logitos);
      estado = paso.estado;
      return { x, objetivo, antes, ...paso, p, sorpresa: -Math.log(p[objetivo]) };
    });
  }

  // ⟨las derivadas de una neurona⟩
  const dh = (deLaSalida, futuro) => deLaSalida + futuro;

  const DERIVADAS = {
    RNN: { dh, dz: (dh, u) => dh * (1 - u.h ** 2) },
    LSTM: {
      dh,
      dc: (dh, u, futuro) => dh * u.o * (1 - u.visible ** 2) + futuro,
      i: (dc, dh, u) => dc * u.g * u.i * (1 - u.i),
      f: (dc, dh, u) => dc * u.antes * u.f * (1 - u.f),
      o: (dc, dh, u) => dh * u.visible * u.o * (1 - u.o),
      g: (dc, dh, u) => dc * u.i * (1 - u.g ** 2),
    },
  };

  // ⟨errores que se pueden plantar⟩
  const soloSalida = (deLaSalida) => deLaSalida;

  const ERRORES = {
    RNN: {
      "el futuro no llega": { cambia: [" + futuro", ""], dh: soloSalida },
      "falta la derivada de tanh": { cambia: [" * (1 - h**2)", ""], dz: (dh) => dh },
      "derivada con el estado que entró": {
        cambia: ["1 - h**2", "1 - h_anterior**2"],
        dz: (dh, u) => dh * (1 - u.antes ** 2) },
    },
    LSTM: {
      "la celda olvida su futuro": {
        cambia: [" + de_la_celda", ""], dc: (dh, u) => dh * u.o * (1 - u.visible ** 2) },
      "el estado no manda nada atrás": { cambia: [" + del_estado", ""], dh: soloSalida },
      "olvido con la celda nueva": {
        cambia: ["c_anterior * f", "celdas[t + 1] * f"],
        f: (dc, dh, u) => dc * u.c * u.f * (1 - u.f) },
    },
  };

  // ⟨los dos productos del regreso⟩
  function porTranspuesta(v, W) {
    return Float64Array.from({ length: W.length / v.length }, (_, i) =>
      v.reduce((suma, x, j) => suma + x * W[i * v.length + j], 0));
  }

  function sumarExterno(G, columna, renglon) {
    columna.forEach((a, i) =>
      renglon.forEach((b, j) => { G[i * renglon.length + j] += a * b; }));
  }

  // ⟨volver dentro de la celda⟩
  const DENTRO = {
    RNN: (d, { antes, estado }, dh) =>
      ({ dz: dh.map((v, j) => d.dz(v, { antes: antes.h[j], h: estado.h[j] })) }),

    LSTM(d, { antes, estado, compuertas }, dh, futuro) {
      const H = dh.length, dz = new Float64Array(4 * H);
      const [i, f, o, g] = Object.values(compuertas);
      const neuronas = Array.from(dh, (_, j) =>
        ({ antes: antes.c[j], c: estado.c[j], visible: Math.tanh(estado.c[j]),
          i: i[j], f: f[j], o: o[j], g: g[j] }));
      const dc = dh.map((v, j) => d.dc(v, neuronas[j], futuro.c[j]));
      const deH = dh.map((v, j) => d.dc(v, neuronas[j], 0));
      neuronas.forEach((u, j) => ["i", "f", "o", "g"].forEach((cual, k) => {
        dz[k * H + j] = d[cual](dc[j], dh[j], u);
      }));
      return { dz, dc, deH, deLaCelda: dc.map((v, j) => v * f[j]) };
    },
  };

  // ⟨volver letra por letra⟩
  function* volver(red, pasos, error = "") {
    const tipo = red.constructor.name, { p } = red, [Wx, Wh, b] = Object.keys(p);
    const d = { ...DERIVADAS[tipo], ...ERRORES[tipo][error] };
    const g = Object.fromEntries(
      Object.keys(p).map((n) => [n, new Float64Array(p[n].length)]));
    let futuro = red.inicial();
    for (let t = pasos.length - 1; t >= 0; t--) {
      const paso = pasos[t], dy = paso.p.map((q, j) => q - (j === paso.objetivo));
      const deLaSalida = porTranspuesta(dy, p.Why);
      const dh = deLaSalida.map((v, j) => d.dh(v, futuro.h[j]));
      const dentro = DENTRO[tipo](d, paso, dh, futuro), { dz } = dentro;
      sumarExterno(g.Why, paso.estado.h, dy);
      sumarExterno(g.by, [1], dy);
      sumarExterno(g[Wh], paso.antes.h, dz);
      sumarExterno(g[b], [1], dz);
      sumarExterno(g[Wx].subarray(paso.x * dz.length), [1], dz);
      const manda = { h: porTranspuesta(dz, p[Wh]), c: dentro.deLaCelda };
      yield { t, dy, deLaSalida, dh, ...dentro, manda, g };
      futuro = manda;
    }
  }

  return { leer, volver, ERRORES };
})();
