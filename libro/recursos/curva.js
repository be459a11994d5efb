// Curvas que contestan: convierte una tabla (época, dos medidas, otra más y lo que escribía la red) en
// una gráfica que se recorre con el cursor o con las flechas. Sin este guion queda la tabla.
(() => {
  "use strict";

  const { crear } = Taller;

  const ANCHO = 640, ALTO = 260, MARGEN = { izquierdo: 40, derecho: 110, arriba: 12, abajo: 34 };
  const COLORES = ["var(--tenue)", "var(--anil)"];

  function poner(caja) {
    const tabla = caja.querySelector("table");
    const titulos = [...tabla.tHead.rows[0].cells].map((celda) => celda.textContent.trim());
    const filas = [...tabla.tBodies[0].rows].map((fila) => [...fila.cells]);
    const valores = filas.map((fila) => fila.slice(0, -1).map((celda) => Number(celda.textContent)));
    const epocas = valores.map((fila) => fila[0]);
    const alto = Math.ceil(Math.max(...valores.flatMap((fila) => [fila[1], fila[2]])) * 2) / 2;
    const x = (epoca) => MARGEN.izquierdo + ((epoca - epocas[0]) / (epocas.at(-1) - epocas[0] || 1)) * (ANCHO - MARGEN.izquierdo - MARGEN.derecho);
    const y = (nats) => ALTO - MARGEN.abajo - (nats / alto) * (ALTO - MARGEN.arriba - MARGEN.abajo);

    const cuadro = crear("svg", { class: "curva-cuadro", viewBox: `0 0 ${ANCHO} ${ALTO}`, tabindex: "0", role: "slider",
      "aria-label": titulos[0], "aria-valuemin": epocas[0], "aria-valuemax": epocas.at(-1) });
    for (let nats = 0; nats <= alto; nats += 0.5) {
      cuadro.append(crear("line", { class: "reja", x1: MARGEN.izquierdo, x2: ANCHO - MARGEN.derecho, y1: y(nats), y2: y(nats) }),
        crear("text", { x: MARGEN.izquierdo - 8, y: y(nats) + 4, "text-anchor": "end" }, nats.toFixed(1)));
    }
    for (const epoca of epocas.filter((una) => una === 1 || una % 10 === 9)) {
      cuadro.append(crear("text", { x: x(epoca), y: ALTO - MARGEN.abajo + 18, "text-anchor": "middle" }, epoca));
    }
    cuadro.append(crear("text", { x: x(epocas.at(-1)) + 16, y: ALTO - MARGEN.abajo + 18 }, titulos[0]));
    // los letreros de dos curvas que acaban juntas se apartan
    const finales = valores.at(-1), juntas = Math.max(0, 20 - Math.abs(y(finales[1]) - y(finales[2]))) / 2;
    const letrero = (columna) => y(finales[columna]) + 4 + (finales[columna] < finales[3 - columna] ? juntas : -juntas);
    const bolitas = [1, 2].map((columna, n) => {
      const trazo = valores.map((fila, i) => `${i ? "L" : "M"}${x(fila[0])} ${y(fila[columna])}`).join("");
      const bolita = crear("circle", { r: 4, style: `fill: ${COLORES[n]}` });
      cuadro.append(crear("path", { class: "linea", d: trazo, style: `stroke: ${COLORES[n]}` }),
        crear("text", { x: ANCHO - MARGEN.derecho + 8, y: letrero(columna), style: `fill: ${COLORES[n]}` }, titulos[columna].split(", ").at(-1)), bolita);
      return bolita;
    });
    const marca = crear("line", { class: "marca", y1: MARGEN.arriba, y2: ALTO - MARGEN.abajo });
    cuadro.append(marca);

    const dice = crear("p", { class: "curva-dice" });
    let actual = 0;
    function elegir(cual) {
      actual = Math.min(Math.max(cual, 0), filas.length - 1);
      const fila = valores[actual];
      marca.setAttribute("x1", x(fila[0]));
      marca.setAttribute("x2", x(fila[0]));
      bolitas.forEach((bolita, n) => { bolita.setAttribute("cx", x(fila[0])); bolita.setAttribute("cy", y(fila[n + 1])); });
      const resumen = titulos.slice(0, -1).map((titulo, n) => `${titulo} ${filas[actual][n].textContent.trim()}`).join("; ");
      const copia = filas[actual].at(-1).cloneNode(true);
      cuadro.setAttribute("aria-valuenow", fila[0]);
      cuadro.setAttribute("aria-valuetext", `${resumen}. ${titulos.at(-1)}: ${copia.textContent.trim()}`);
      dice.replaceChildren(crear("b", {}, resumen), crear("br"), ...copia.childNodes);
    }
    const mover = (evento) => {
      const caja = cuadro.getBoundingClientRect(), lugar = ((evento.clientX - caja.left) / caja.width) * ANCHO;
      elegir(epocas.map((epoca, i) => [Math.abs(x(epoca) - lugar), i]).sort((a, b) => a[0] - b[0])[0][1]);
    };
    cuadro.addEventListener("pointermove", mover);
    cuadro.addEventListener("pointerdown", mover);
    cuadro.addEventListener("keydown", (evento) => {
      const destino = { ArrowRight: actual + 1, ArrowUp: actual + 1, ArrowLeft: actual - 1, ArrowDown: actual - 1, Home: 0, End: filas.length - 1 }[evento.key];
      if (destino === undefined) return;
      evento.preventDefault();
      elegir(destino);
    });

    const original = [...caja.childNodes];
    caja.replaceChildren(cuadro, dice, crear("details", {}, crear("summary", {}, "La tabla completa"), ...original));
    caja.classList.add("activo");
    elegir(valores.reduce((mejor, fila, i) => (fila[2] < valores[mejor][2] ? i : mejor), 0));
  }

  Taller.piezas[".curva"] = poner;
  document.querySelectorAll(".curva").forEach(poner);
})();
