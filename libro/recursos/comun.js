// Lo que comparten los guiones de las páginas; va antes que todos.
const Taller = (() => {
  "use strict";

  const SVG = ["svg", "g", "path", "line", "text", "circle"];

  function crear(etiqueta, atributos = {}, ...hijos) {
    const svg = SVG.includes(etiqueta);
    const elemento = svg ? document.createElementNS("http://www.w3.org/2000/svg", etiqueta) : document.createElement(etiqueta);
    for (const [nombre, valor] of Object.entries(atributos)) elemento.setAttribute(nombre, valor);
    elemento.append(...hijos);
    return elemento;
  }

  // Un guion que no todas las lecturas usan, la primera vez que hace falta.
  const cargados = new Map();
  function cargar(url) {
    if (!cargados.has(url)) {
      cargados.set(url, new Promise((listo) => {
        const guion = crear("script", { src: url });
        guion.addEventListener("load", listo);
        document.head.append(guion);
      }));
    }
    return cargados.get(url);
  }

  // Un control con su rótulo, y un botón con lo que hace.
  const campo = (rotulo, control, nota = "") => crear("label", {}, crear("span", {}, rotulo), control, nota);
  function boton(texto, accion) {
    const elemento = crear("button", { type: "button" }, texto);
    elemento.addEventListener("click", accion);
    return elemento;
  }

  // Guarda un archivo hecho en la página donde el navegador guarde lo que baja.
  function bajar(nombre, contenido) {
    const href = URL.createObjectURL(new Blob([contenido]));
    crear("a", { href, download: nombre }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }

  const NOMBRES = { RNN: "Red simple", LSTM: "LSTM", GRU: "GRU" };

  // Los datos de un guion van incrustados en la página; los que pesan, en un archivo que se trae al usarlos.
  const traidos = {};
  const datos = (id) => traidos[id] ?? JSON.parse(document.getElementById(id).textContent);
  async function traer() {
    const aparte = document.querySelector("[data-guion]");
    if (aparte) await cargar(aparte.dataset.guion);
  }

  // El calor de una celda: azul si es positivo, rojo si es negativo, más fuerte entre más cerca del tope.
  function pintar(celda, valor, tope) {
    const fuerza = Math.min(Math.abs(valor) / (tope || 1), 1);
    celda.style.setProperty("--tinte", valor < 0 ? "var(--negativo)" : "var(--positivo)");
    celda.style.setProperty("--fuerza", `${(55 * fuerza).toFixed(0)}%`);
    celda.classList.add("tinte");
    celda.classList.toggle("negativo", valor < 0 && fuerza > 0.1);
    return celda;
  }

  // Lo que pesa se pone al acercarse a la pantalla, y no detiene la lectura de lo demás; otro guion puede pedirlo por su nombre.
  const piezas = {};
  function alVerse(selector, poner) {
    piezas[selector] = poner;
    const vigia = new IntersectionObserver((entradas) => {
      for (const { isIntersecting, target } of entradas) {
        if (!isIntersecting) continue;
        vigia.unobserve(target);
        traer().then(() => poner(target));
      }
    }, { rootMargin: "50%" });
    document.querySelectorAll(selector).forEach((caja) => vigia.observe(caja));
  }

  // Lo largo se hace por partes, y entre una y otra la página contesta.
  const respiro = () => new Promise((listo) => setTimeout(listo));

  return { NOMBRES, alVerse, bajar, boton, campo, cargar, crear, datos, piezas, pintar, respiro, traer, traidos };
})();
