// Entrena la tuya: una red que se entrena en la página, por ratitos, con la lista de quien lee, o que se abre de un archivo. Usa
// codigo/lectura.js, entrenar.js, modelos.js y redes.js; no pide nada de fuera. Sin este guion queda una frase que lo explica.
(() => {
  "use strict";

  const { NOMBRES, alVerse, bajar, boton, campo, crear, datos, piezas, respiro, traidos } = Taller;

  const RATO = 24; // milisegundos de cuentas entre un respiro y otro
  const COLUMNAS = ["época", "nats por símbolo, entrenamiento", "nats por símbolo, validación", "masa copiada", "lo que escribía"];
  const PROPIA = "La mía";
  const distintosDe = (nombres) => [...new Set(nombres)];
  const porcentaje = (masa) => `${(100 * masa).toFixed(1)} %`;

  // Ochenta por ciento para estudiar, diez para validar y lo demás aparte, en el orden en que vienen.
  function repartir(barajados) {
    const [primero, segundo] = [0.8, 0.9].map((parte) => Math.floor(parte * barajados.length));
    const alfabeto = distintosDe(barajados.join("")).sort((a, b) => a.codePointAt(0) - b.codePointAt(0));
    return {
      entrenamiento: barajados.slice(0, primero), validacion: barajados.slice(primero, segundo),
      apartados: barajados.slice(primero), alfabeto: ["\n", ...alfabeto],
    };
  }

  function faltan(segundos) {
    if (segundos < 90) return `faltan unos ${Math.ceil(segundos)} segundos`;
    return `faltan unos ${Math.round(segundos / 60)} minutos`;
  }

  // Los pesos disparatados se avisan como en el programa, y con las cifras como las da Python.
  function disparate({ pesos }) {
    const mayor = Math.max(...Object.values(pesos).map((peso) => peso.reduce((m, x) => Math.max(m, Math.abs(x)), 0)));
    const cifras = Number(mayor.toPrecision(3)), enPython = cifras.toExponential().replace(/\+(\d)$/, "+0$1");
    return mayor > 100 ? [`tiene pesos disparatados, hasta de ${cifras < 1000 ? cifras : enPython}; quizá divergió`] : [];
  }

  // Los primeros nombres de una red, con el principio y la temperatura de siempre.
  function escribir(paquete, cuantos, semilla) {
    const leida = Redes.leer(paquete), dardo = Redes.azar(semilla);
    return Array.from({ length: cuantos }, () =>
      [...Redes.escribir(leida, dardo)].map((paso) => (paso.letra ? leida.simbolos[paso.letra] : "")).join(""));
  }

  function poner(caja) {
    const listas = datos(caja.dataset.listas);
    const opciones = (textos) => Object.entries(textos).map(([valor, texto]) => crear("option", { value: valor }, texto));
    const lista = crear("select", {}, ...[...Object.keys(listas), PROPIA].map((titulo) => crear("option", {}, titulo)));
    const tipo = crear("select", {}, ...opciones(NOMBRES));
    const numero = (atributos) => crear("input", { type: "number", ...atributos });
    const H = numero({ min: "4", max: "256", step: "4", value: "96" });
    const epocas = numero({ min: "1", max: "200", value: "20" });
    const semilla = numero({ min: "0", max: "999999", value: "2018" });
    const pegada = crear("textarea", { rows: "6", autocomplete: "off", spellcheck: "false" });
    const archivo = crear("input", { type: "file" });
    const propia = crear("div", { class: "generador-controles", hidden: "" },
      campo("Pega aquí tus nombres, uno por renglón", pegada), campo("O abre un archivo de texto", archivo));
    const guardado = crear("input", { type: "file" });
    const aviso = crear("p", { class: "generador-aviso", role: "status" });
    const avisos = crear("ul", { class: "entrena-avisos" });
    const barra = crear("progress", { "aria-label": "Avance del entrenamiento", value: "0", max: "1" });
    const avance = crear("p", { class: "generador-aviso" });
    const curva = crear("div", { class: "curva" }), alFinal = crear("div", {});

    let corrida = null, marcha = null, partes = null, turno = 0, gastado = 0, filas = [];

    function entero(control, nombre) {
      if (control.validity.valid && control.value) return Number(control.value);
      const cada = control.step ? `, de ${control.step} en ${control.step}` : "";
      throw new Error(`${nombre}: debe ser un entero de ${control.min} a ${control.max}${cada}`);
    }

    async function leerLista() {
      avisos.replaceChildren();
      if (lista.value !== PROPIA) return repartir(listas[lista.value]);
      const [abierto] = archivo.files, bytes = abierto ? await abierto.arrayBuffer() : new TextEncoder().encode(pegada.value);
      const leida = Lectura.leer(new Uint8Array(bytes), abierto ? abierto.name : "lo pegado");
      avisos.replaceChildren(...leida.avisos.map((frase) => crear("li", {}, frase)));
      return repartir(Entrenar.barajar(leida.nombres.sort(), Redes.azar(20180509)));
    }

    // Otra red, con lo que digan los controles; si algo está mal, la frase y nada más.
    async function preparar() {
      try {
        const receta = { tipo: tipo.value, H: entero(H, "Unidades"), epocas: entero(epocas, "Épocas"), semilla: entero(semilla, "Semilla") };
        partes = await leerLista();
        corrida = new Entrenar.Corrida(receta, partes);
      } catch ({ message }) {
        aviso.textContent = message;
        return false;
      }
      [marcha, gastado, filas] = [corrida.avanzar(), 0, []];
      curva.replaceChildren();
      alFinal.replaceChildren();
      return true;
    }

    function tabla() {
      const celdas = (etiqueta, textos) => crear("tr", {}, ...textos.map((texto) => crear(etiqueta, etiqueta === "th" ? { scope: "col" } : {}, texto)));
      return crear("table", {}, crear("thead", {}, celdas("th", COLUMNAS)), crear("tbody", {}, ...filas.map((fila) => celdas("td", fila))));
    }

    // Los pesos promediados de ahora, o los mejores, como los lee codigo/redes.js.
    const red = (pesos) => ({ tipo: corrida.tipo, simbolos: corrida.alfabeto, pesos });

    function anotarEpoca() {
      const { epoca, entrenamiento, validacion, masa } = corrida.historia.at(-1), enfocada = curva.contains(document.activeElement);
      filas.push([epoca, entrenamiento.toFixed(3), validacion.toFixed(3), porcentaje(masa), escribir(red(corrida.promedio), 10, Number(semilla.value)).join(" · ")]);
      curva.replaceChildren(tabla());
      piezas[".curva"](curva);
      if (enfocada) curva.querySelector("[tabindex]").focus();
      aviso.textContent = `Época ${epoca}: ${validacion.toFixed(3)} nats por símbolo en validación.`;
    }

    function contarAvance() {
      const { pasos, total, vuelta, epocas: cuantas } = corrida;
      barra.value = pasos / total;
      const tiempo = pasos ? `; ${faltan(((gastado / pasos) * (total - pasos)) / 1000)}` : "";
      avance.textContent = `Paso ${pasos} de ${total}, época ${Math.min(Math.floor(pasos / vuelta) + 1, cuantas)} de ${cuantas}${corrida.motivo ? "" : tiempo}.`;
    }

    async function acabar() {
      const { mejor, motivo } = corrida, suya = red(mejor.pesos), receta = corrida.receta();
      aviso.textContent = `Se detuvo porque ${motivo}. La mejor en validación fue la época ${mejor.epoca}, con ${mejor.validacion.toFixed(3)} nats por símbolo: esa es la que escribe aquí abajo.`;
      traidos["conocidos-tuyos"] = { vistos: partes.entrenamiento, apartados: partes.apartados };
      const guardar = boton("Guardar el modelo", () => bajar("modelo.npz", Modelos.escribir(suya, receta)));
      await mostrar(suya, partes.apartados.slice(0, 9), { "data-conocidos": "conocidos-tuyos" });
      alFinal.prepend(crear("div", { class: "generador-botones" }, guardar));
    }

    // Una red ya entrenada escribe y se ve por dentro; si no se sabe qué leyó, sus nombres van sin rótulo.
    async function mostrar(suya, ejemplos, conocidos = {}) {
      Object.assign(traidos, { "red-tuya": suya, "ejemplos-tuyos": ejemplos });
      const escribe = crear("div", { class: "generador", "data-redes": "red-tuya", "data-principio": "", ...conocidos });
      const dentro = crear("div", { class: "adentro", "data-redes": "red-tuya", "data-ejemplos": "ejemplos-tuyos" });
      alFinal.replaceChildren(escribe, dentro);
      await piezas[".generador"](escribe);
      piezas[".adentro"](dentro);
    }

    // Un modelo.npz del programa o de aquí; si no lo es, la frase, y lo que había se queda.
    async function abrirModelo(archivo) {
      detener();
      const mia = turno;
      try {
        const bytes = await archivo.arrayBuffer().catch(() => { throw new Error(`${archivo.name} no se puede leer`); });
        const suya = Modelos.leer(new Uint8Array(bytes), archivo.name);
        if (mia !== turno) return;
        corrida = null;
        curva.replaceChildren();
        [barra.value, avance.textContent] = [0, ""];
        avisos.replaceChildren(...disparate(suya).map((frase) => crear("li", {}, `${archivo.name}: ${frase}`)));
        aviso.textContent = `${archivo.name}: ${NOMBRES[suya.tipo]} de ${suya.pesos.Why.length / suya.simbolos.length} unidades y ${suya.simbolos.length} símbolos; escribe aquí abajo.`;
        await mostrar(suya, escribir(suya, 9, 2018).filter(Boolean));
      } catch ({ message }) {
        aviso.textContent = message;
      }
    }

    // Avanza hasta que se cumpla algo, se acabe o lo detengan; cada rato deja contestar a la página.
    async function andar(hasta) {
      const mia = ++turno;
      if ((!corrida || corrida.motivo) && !(await preparar())) return;
      if (mia !== turno) return;
      principal.textContent = "Pausar";
      const antes = { pasos: corrida.pasos, epocas: corrida.historia.length };
      let inicio = performance.now();
      try {
        while (mia === turno && !corrida.motivo && !hasta(antes)) {
          const hechas = corrida.historia.length;
          marcha.next();
          if (corrida.historia.length > hechas) anotarEpoca();
          if (performance.now() - inicio < RATO) continue;
          gastado += performance.now() - inicio;
          contarAvance();
          await respiro();
          inicio = performance.now();
        }
        contarAvance();
        if (corrida.motivo) await acabar();
      } catch ({ message }) {
        aviso.textContent = message;
        corrida = null;
      }
      if (mia === turno) detener();
    }

    function detener() {
      turno++;
      principal.textContent = "Entrenar";
    }

    const andando = () => principal.textContent === "Pausar";
    const principal = crear("button", { class: "principal" }, "Entrenar");
    const botones = [principal,
      boton("Un paso", () => andar((antes) => corrida.pasos > antes.pasos)),
      boton("Una época", () => andar((antes) => corrida.historia.length > antes.epocas))];

    // Al cambiar algo, lo que ya aprendió se queda a la vista hasta que se entrene otra.
    function cambiar() {
      detener();
      propia.hidden = lista.value !== PROPIA;
      if (corrida) aviso.textContent = "Lo siguiente que se entrene será otra red.";
      corrida = null;
    }

    pegada.addEventListener("input", () => { archivo.value = ""; });
    guardado.addEventListener("click", () => { guardado.value = ""; });
    guardado.addEventListener("change", () => { if (guardado.files[0]) abrirModelo(guardado.files[0]); });
    // Un archivo que se suelta en cualquier parte de la caja es un modelo, menos donde ya se abren archivos.
    for (const arrastre of ["dragover", "drop"]) {
      caja.addEventListener(arrastre, (evento) => {
        const { items, files } = evento.dataTransfer;
        if (evento.target.type === "file" || ![...items].some(({ kind }) => kind === "file")) return;
        evento.preventDefault();
        if (files[0]) abrirModelo(files[0]);
      });
    }
    for (const control of [lista, tipo, H, epocas, semilla, pegada, archivo]) control.addEventListener("input", cambiar);
    caja.replaceChildren(
      crear("form", { novalidate: "" }, crear("div", { class: "generador-controles" }, campo("Lista", lista), campo("Red", tipo),
        campo("Unidades", H), campo("Épocas", epocas), campo("Semilla", semilla)), propia,
      crear("div", { class: "generador-botones" }, ...botones),
      crear("div", { class: "generador-controles" }, campo("O abre, o suelta aquí, un modelo.npz ya entrenado", guardado))),
      aviso, avisos, barra, avance, curva, alFinal);
    caja.querySelector("form").addEventListener("submit", (evento) => { evento.preventDefault(); andando() ? detener() : andar(() => false); });
    caja.classList.add("activo");
  }

  alVerse(".entrena", poner);
})();
