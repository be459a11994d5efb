// Entrena la tuya: una red que se entrena en la página, por ratitos, con la lista de quien lee. Usa codigo/lectura.js,
// codigo/entrenar.js y codigo/redes.js; no pide nada de fuera. Sin este guion queda una frase que lo explica.
(() => {
  "use strict";

  const { NOMBRES, alVerse, boton, campo, crear, datos, piezas, respiro, traidos } = Taller;

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

    function escribir(cuantos) {
      const leida = Redes.leer(red(corrida.promedio)), dardo = Redes.azar(Number(semilla.value));
      return Array.from({ length: cuantos }, () =>
        [...Redes.escribir(leida, dardo)].map((paso) => (paso.letra ? leida.simbolos[paso.letra] : "")).join(""));
    }

    function anotarEpoca() {
      const { epoca, entrenamiento, validacion, masa } = corrida.historia.at(-1), enfocada = curva.contains(document.activeElement);
      filas.push([epoca, entrenamiento.toFixed(3), validacion.toFixed(3), porcentaje(masa), escribir(10).join(" · ")]);
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
      const { mejor, motivo } = corrida;
      aviso.textContent = `Se detuvo porque ${motivo}. La mejor en validación fue la época ${mejor.epoca}, con ${mejor.validacion.toFixed(3)} nats por símbolo: esa es la que escribe aquí abajo.`;
      traidos["red-tuya"] = red(mejor.pesos);
      traidos["conocidos-tuyos"] = { vistos: partes.entrenamiento, apartados: partes.apartados };
      traidos["ejemplos-tuyos"] = partes.apartados.slice(0, 9);
      const escribe = crear("div", { class: "generador", "data-redes": "red-tuya", "data-conocidos": "conocidos-tuyos", "data-principio": "" });
      const dentro = crear("div", { class: "adentro", "data-redes": "red-tuya", "data-ejemplos": "ejemplos-tuyos" });
      alFinal.replaceChildren(escribe, dentro);
      await piezas[".generador"](escribe);
      piezas[".adentro"](dentro);
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
    for (const control of [lista, tipo, H, epocas, semilla, pegada, archivo]) control.addEventListener("input", cambiar);
    caja.replaceChildren(
      crear("form", { novalidate: "" }, crear("div", { class: "generador-controles" }, campo("Lista", lista), campo("Red", tipo),
        campo("Unidades", H), campo("Épocas", epocas), campo("Semilla", semilla)), propia,
      crear("div", { class: "generador-botones" }, ...botones)),
      aviso, avisos, barra, avance, curva, alFinal);
    caja.querySelector("form").addEventListener("submit", (evento) => { evento.preventDefault(); andando() ? detener() : andar(() => false); });
    caja.classList.add("activo");
  }

  alVerse(".entrena", poner);
})();
