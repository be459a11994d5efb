// La prueba ciega: treinta nombres, uno a la vez, y el lector dice cuáles existen. No guarda nada ni
// pide nada de fuera. Sin este guion quedan la tabla y su solución.
(() => {
  "use strict";

  const { boton, crear, datos } = Taller;

  function barajar(cosas) {
    const orden = [...cosas];
    for (let n = orden.length - 1; n > 0; n--) {
      const otro = Math.floor(Math.random() * (n + 1));
      [orden[n], orden[otro]] = [orden[otro], orden[n]];
    }
    return orden;
  }

  // La probabilidad de acertar tantos o más echando un volado en cada nombre.
  function conVolados(aciertos, total) {
    let favorables = 0;
    for (let k = 0, formas = 1; k <= total - aciertos; k++) {
      favorables += formas;
      formas *= (total - k) / (k + 1);
    }
    return favorables / 2 ** total;
  }

  function veces(p) {
    if (p > 0.99) return "casi siempre";
    if (p < 0.001) return "menos de una de cada mil veces";
    return p < 0.01 ? `${Math.round(1000 * p)} de cada mil veces` : `${Math.round(100 * p)} de cada cien veces`;
  }

  function poner(caja) {
    const { existen, inventados } = datos(caja.dataset.nombres);
    const todos = barajar([
      ...existen.map(([nombre, estado]) => ({ nombre, existe: true, nota: estado })),
      ...inventados.map(([nombre, red]) => ({ nombre, existe: false, nota: `lo inventó la ${red}` })),
    ]);
    const cuenta = crear("p", { class: "generador-titulo" });
    const actual = crear("p", { class: "generador-actual" });
    const pregunta = crear("div", { role: "status" }, cuenta, actual);
    const fallos = [];
    let va = 0;

    function preguntar() {
      cuenta.textContent = `${va + 1} de ${todos.length}`;
      actual.textContent = todos[va].nombre;
    }

    function contestar(existe) {
      if (todos[va].existe !== existe) fallos.push(todos[va]);
      va += 1;
      if (va < todos.length) preguntar();
      else calificar();
    }

    function lista(titulo, suyos) {
      if (!suyos.length) return [];
      return [crear("h3", {}, `${titulo} (${suyos.length})`), crear("ul", { class: "generador-lista" }, ...suyos.map(({ nombre, existe, nota }) =>
        crear("li", {}, crear("span", { class: `nombre ${existe ? "real" : "nuevo"}` }, nombre), " ", crear("span", { class: "generador-rotulo" }, nota))))];
    }

    function calificar() {
      const aciertos = todos.length - fallos.length;
      const nota = crear("p", { tabindex: "-1" }, crear("strong", {}, `Acertaste ${aciertos} de ${todos.length}.`),
        ` Quien echa un volado en cada nombre acierta tantos o más ${veces(conVolados(aciertos, todos.length))}.`);
      caja.replaceChildren(nota,
        ...lista("Inventados que te engañaron", fallos.filter(({ existe }) => !existe)),
        ...lista("Municipios que negaste", fallos.filter(({ existe }) => existe)));
      nota.focus();
    }

    preguntar();
    caja.replaceChildren(pregunta, crear("div", { class: "generador-botones" }, boton("Existe", () => contestar(true)), boton("Inventado", () => contestar(false))));
    caja.classList.add("activo");
  }

  document.querySelectorAll(".ciega").forEach(poner);
})();
