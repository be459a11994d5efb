// Por dentro: lo que hace una unidad, letra por letra, en el nombre que se escriba. Usa codigo/redes.js
// y los pesos incrustados en la página. La tabla lleva los números; el color solo ayuda.
(() => {
  "use strict";

  const { NOMBRES, alVerse, campo, crear, datos, pintar, respiro } = Taller;

  const DE_MUNICIPIOS = ["San Pedro y San Pablo Ayutla", "Santiago Ixtayutla", "Villa de Tamazulápam del Progreso", "Xochistlahuaca", "Mexicali",
    "Santa María Tonameca", "Tepatitlán de Morelos", "Benito Juárez", "Dolores Hidalgo"];

  // Lo que hizo una unidad al leer cada letra: { celda: [...], oculto: [...], olvido: [...] … }.
  function leer(red, nombre, unidad) {
    let paso = { estado: red.inicial() };
    const filas = {};
    const anotar = (fila, valor) => { (filas[fila] ||= []).push(valor); };
    paso = red.paso(0, paso.estado);
    for (const letra of nombre) {
      paso = red.paso(red.simbolos.indexOf(letra), paso.estado);
      if (paso.estado.c) anotar("celda", paso.estado.c[unidad]);
      anotar("estado oculto", paso.estado.h[unidad]);
      for (const [cual, valores] of Object.entries(paso.compuertas || {})) anotar(cual, valores[unidad]);
    }
    return filas;
  }

  const cifra = (valor) => (Math.abs(valor) < 0.05 ? "0.0" : valor.toFixed(1).replace("-", "−"));
  const nombreVisible = (letra) => (letra === " " ? "␣" : letra);

  function poner(caja) {
    const redes = caja.dataset.redes.split(" ").map((id) => Redes.leer(datos(id)));
    const { ejemplos, halladas } = caja.dataset;
    const deRedes = halladas ? datos(halladas) : {}, EJEMPLOS = ejemplos ? datos(ejemplos) : DE_MUNICIPIOS;
    const cual = crear("select", {}, ...redes.map((red, i) => crear("option", { value: String(i) }, NOMBRES[red.constructor.name])));
    const unidad = crear("input", { type: "number", min: "0", step: "1", value: "0" });
    const texto = crear("input", { type: "text", value: EJEMPLOS[0], maxlength: "50", list: "nombres-de-ejemplo", autocomplete: "off", spellcheck: "false" });
    const nombres = crear("datalist", { id: "nombres-de-ejemplo" }, ...EJEMPLOS.map((nombre) => crear("option", { value: nombre })));
    const atajos = crear("div", { class: "generador-botones", role: "group", "aria-label": "Unidades halladas en la búsqueda" });
    const aviso = crear("p", { class: "generador-aviso", role: "status" });
    const marco = crear("div", { class: "adentro-marco", tabindex: "0", role: "region", "aria-label": "Lo que hizo la unidad en cada letra" });
    const leyenda = crear("p", { class: "adentro-leyenda" }, ...[["−", -1], ["0", 0], ["+", 1]].map(([signo, valor]) =>
      pintar(crear("span", {}, signo), valor, 1)), " negativo (rojo y subrayado), cero y positivo (azul); más fuerte, más lejos de cero.");
    const otros = crear("ul", { class: "adentro-otros", "aria-label": "La misma unidad en otros nombres; aprieta uno para verlo arriba" });

    let vez = 0, deOtros = {};

    async function mostrar() {
      const mia = ++vez;
      const red = redes[Number(cual.value)];
      const u = Math.min(Math.max(Math.trunc(Number(unidad.value)) || 0, 0), red.H - 1);
      if (unidad.value && Number(unidad.value) !== u) unidad.value = String(u);
      for (const boton of atajos.children) boton.setAttribute("aria-pressed", String(Number(boton.value) === u));
      const nombre = texto.value.normalize("NFC");
      const ajena = [...nombre].find((letra) => red.simbolos.indexOf(letra) < 1);
      texto.setAttribute("aria-invalid", String(Boolean(ajena) || !nombre));
      if (ajena || !nombre) {
        aviso.textContent = ajena ? `Las redes no conocen «${ajena}».` : "Escribe un nombre.";
        marco.replaceChildren();
        return;
      }
      if (deOtros.red !== red || deOtros.u !== u) {
        const todas = [];
        for (const ejemplo of EJEMPLOS) {
          await respiro();
          if (mia !== vez) return;
          todas.push(Object.values(leer(red, ejemplo, u))[0]);
        }
        deOtros = { red, u, todas };
      }
      const filas = leer(red, nombre, u), { todas } = deOtros;
      const principal = Object.values(filas)[0];
      const tope = Math.max(...todas.flat().map(Math.abs), ...principal.map(Math.abs));
      marco.replaceChildren(crear("table", { class: "adentro-mapa" },
        crear("thead", {}, crear("tr", {}, crear("td"), ...[...nombre].map((letra) => crear("th", { scope: "col" }, nombreVisible(letra))))),
        crear("tbody", {}, ...Object.entries(filas).map(([fila, valores]) => crear("tr", {}, crear("th", { scope: "row" }, fila),
          ...valores.map((valor) => pintar(crear("td", {}, cifra(valor)), valor, fila === Object.keys(filas)[0] ? tope : 1)))))));
      const sigue = marco.scrollWidth > marco.clientWidth ? ` El mapa sigue a la derecha: son ${[...nombre].length} letras.` : "";
      aviso.textContent = `Unidad ${u} de ${red.H}, ${NOMBRES[red.constructor.name]}.${sigue}`;
      otros.replaceChildren(...EJEMPLOS.map((ejemplo, n) => {
        const boton = crear("button", { type: "button" },
          ...[...ejemplo].map((letra, i) => pintar(crear("span", {}, letra), todas[n][i], tope)));
        boton.addEventListener("click", () => { texto.value = ejemplo; mostrar(); otros.children[n].firstChild.focus(); });
        return crear("li", {}, boton);
      }));
    }

    function cambiarRed() {
      const red = redes[Number(cual.value)];
      unidad.max = String(red.H - 1);
      const suyas = deRedes[red.constructor.name] ?? [];
      atajos.replaceChildren(...suyas.map(([rasgo, u]) => {
        const boton = crear("button", { type: "button", value: String(u) }, rasgo);
        boton.addEventListener("click", () => { unidad.value = String(u); mostrar(); });
        return boton;
      }));
      unidad.value = String(suyas[0]?.[1] ?? 0);
      mostrar();
    }

    cual.value = String(redes.length - 1);
    cual.addEventListener("change", cambiarRed);
    unidad.addEventListener("input", mostrar);
    texto.addEventListener("input", mostrar);
    caja.replaceChildren(
      crear("form", { class: "generador-controles" }, campo("Red", cual), campo("Unidad", unidad), campo("Nombre", texto), nombres),
      atajos, aviso, marco, leyenda, otros);
    caja.querySelector("form").addEventListener("submit", (evento) => evento.preventDefault());
    caja.classList.add("activo");
    cambiarRed();
  }

  alVerse(".adentro", poner);
})();
