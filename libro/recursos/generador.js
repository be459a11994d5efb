// El generador: dos redes que escriben en la página, lado a lado. Usa codigo/redes.js y los pesos
// incrustados en la página; no pide nada de fuera. Sin este guion queda la lista ya escrita.
(() => {
  "use strict";

  const { NOMBRES, alVerse, boton, campo, crear, datos, respiro } = Taller;

  const nombreDe = (red) => NOMBRES[red.constructor.name];
  const ROTULOS = { nuevo: "nuevo", real: "existe", copia: "lo copió" };
  const BARRAS = 7;

  const visible = (simbolo) => ({ "\n": "FIN", " ": "espacio" })[simbolo] || simbolo;

  // Una de las redes: su nombre a medias, sus dudas y su lista.
  class Pluma {
    constructor(red, conocidos) {
      this.red = red;
      this.conocidos = conocidos;
      this.actual = crear("p", { class: "generador-actual" });
      this.dudas = crear("ol", { class: "generador-dudas", "aria-label": "Letra que sigue, con su probabilidad" });
      this.lista = crear("ol", { class: "generador-lista", tabindex: "0", "aria-label": `Nombres de la ${nombreDe(red)}` });
    }

    empezar(pedido) {
      this.pedido = pedido;
      this.dardo = Redes.azar(pedido.semilla);
      this.lista.replaceChildren();
      this.otro();
    }

    otro() {
      this.texto = this.pedido.prefijo;
      this.escritura = Redes.escribir(this.red, this.dardo, this.pedido);
    }

    // Una letra más; al llegar al FIN, el nombre pasa a la lista y empieza otro.
    letra() {
      const { value, done } = this.escritura.next();
      if (!done && value.letra !== 0) {
        this.texto += this.red.simbolos[value.letra];
        return value;
      }
      if (this.texto) this.anotar(this.texto);
      this.otro();
      return value || null;
    }

    // Lo que duda antes de escribir, sin sortear nada: las barras no se quedan vacías.
    asomarse() {
      const { value } = Redes.escribir(this.red, () => 0, this.pedido).next();
      return value && { ...value, letra: -1 };
    }

    nombre() {
      const antes = this.lista.childElementCount;
      while (this.lista.childElementCount === antes && this.letra() !== null);
    }

    anotar(nombre) {
      const clase = this.conocidos?.get(nombre) ?? (this.conocidos ? "nuevo" : "");
      const rotulo = crear("span", { class: "generador-rotulo" }, ROTULOS[clase] ?? "");
      this.lista.append(crear("li", {}, crear("span", { class: `nombre ${clase}` }, nombre), " ", rotulo));
      this.lista.scrollTop = this.lista.scrollHeight;
    }

    mostrar(paso) {
      this.actual.replaceChildren(this.texto, crear("span", { class: "generador-cursor", "aria-hidden": "true" }));
      const p = paso?.probabilidades;
      const mejores = p ? [...p.keys()].filter((letra) => p[letra] > 0.005).sort((a, b) => p[b] - p[a]).slice(0, BARRAS) : [];
      this.dudas.replaceChildren(...mejores.map((letra) => {
        const porcentaje = `${(100 * p[letra]).toFixed(0)} %`;
        const fila = crear("li", letra === paso.letra ? { class: "escogida" } : {},
          crear("span", { class: "generador-letra" }, visible(this.red.simbolos[letra])),
          crear("span", { class: "generador-barra", "aria-hidden": "true" }),
          crear("span", {}, letra === paso.letra ? `${porcentaje} ←` : porcentaje));
        fila.style.setProperty("--largo", p[letra]);
        return fila;
      }));
    }

    nombres() {
      return [...this.lista.querySelectorAll(".nombre")].map((nombre) => nombre.textContent);
    }
  }

  async function poner(caja) {
    const { vistos, apartados } = caja.dataset.conocidos ? datos(caja.dataset.conocidos) : {};
    const conocidos = vistos && new Map([...apartados.map((uno) => [uno, "real"]), ...vistos.map((uno) => [uno, "copia"])]);
    const piso = caja.dataset.piso ? datos(caja.dataset.piso) : 0;
    const plumas = [];
    for (const id of caja.dataset.redes.split(" ")) {
      await respiro();
      plumas.push(new Pluma(Redes.leer(datos(id)), conocidos));
    }
    const temperatura = crear("input", { type: "range", min: "0.3", max: "1.5", step: "0.05", value: "1" });
    const sinCorte = crear("input", { type: "checkbox" });
    const prefijo = crear("input", { type: "text", maxlength: "40", autocomplete: "off", spellcheck: "false", placeholder: caja.dataset.principio ?? "San , Tla…" });
    const semilla = crear("input", { type: "number", min: "0", max: "999999", value: "2018" });
    const aviso = crear("p", { class: "generador-aviso", role: "status" });
    const grados = crear("output", {}, "1.00");
    let pendiente = null;

    const pedido = () => ({
      temperatura: Number(temperatura.value),
      piso: sinCorte.checked ? 0 : piso,
      semilla: Math.max(0, Math.trunc(Number(semilla.value)) || 0),
      prefijo: prefijo.value.normalize("NFC"),
    });

    // Al mover un control no se borra nada: la lista empieza otra vez cuando se pida escribir.
    function cambiar() {
      grados.textContent = Number(temperatura.value).toFixed(2);
      const nuevo = pedido();
      const ajenas = [...new Set(nuevo.prefijo)].filter((letra) => plumas.some(({ red }) => red.simbolos.indexOf(letra) < 1));
      prefijo.setAttribute("aria-invalid", String(ajenas.length > 0));
      aviso.textContent = ajenas.length ? `Las redes no conocen «${ajenas.join("», «")}»: quítalo del principio.` : "";
      botones.forEach((uno) => { uno.disabled = ajenas.length > 0; });
      pendiente = ajenas.length ? null : nuevo;
      if (pendiente && plumas[0].pedido) aviso.textContent = "Lo siguiente que escriban empezará otra lista.";
    }

    function empezar() {
      if (pendiente) plumas.forEach((pluma) => pluma.empezar(pendiente));
      pendiente = null;
    }

    function diez() {
      empezar();
      plumas.forEach((pluma) => { for (let n = 0; n < 10; n++) pluma.nombre(); });
      contar();
    }

    function contar() {
      plumas.forEach((pluma) => pluma.mostrar(pluma.asomarse()));
      const total = plumas.reduce((suma, pluma) => suma + pluma.lista.childElementCount, 0);
      aviso.textContent = `${total} nombres en la lista.`;
    }

    function una() {
      empezar();
      plumas.forEach((pluma) => pluma.mostrar(pluma.letra()));
      aviso.textContent = plumas.map(({ red, texto }) => `${nombreDe(red)}: «${texto}»`).join("; ");
    }

    async function copiar() {
      const texto = plumas.flatMap((pluma) => pluma.nombres()).join("\n");
      if (!texto) {
        aviso.textContent = "Todavía no hay nombres que copiar.";
        return;
      }
      try {
        await navigator.clipboard.writeText(texto);
        aviso.textContent = "La lista está en el portapapeles.";
      } catch {
        // sin https no hay portapapeles: se deja seleccionada, lista para Ctrl+C
        getSelection().selectAllChildren(columnas);
        aviso.textContent = "Tu navegador no deja copiar desde aquí; la lista quedó seleccionada: usa Ctrl+C.";
      }
    }

    const chico = caja.classList.contains("chico");
    const botones = [crear("button", { class: "principal" }, "Diez nombres")];
    if (!chico) botones.push(boton("Una letra", una), boton("Copiar la lista", copiar));
    const columnas = crear("div", { class: "generador-redes" }, ...plumas.map((pluma) =>
      crear("section", { "aria-label": nombreDe(pluma.red) },
        crear("p", { class: "generador-titulo" }, nombreDe(pluma.red)), pluma.actual, pluma.dudas, pluma.lista)));
    caja.replaceChildren(
      crear("form", {}, crear("div", { class: "generador-controles" },
        campo("Principio", prefijo), campo("Temperatura", temperatura, grados), ...(chico ? [] : [campo("Semilla", semilla)]),
        ...(piso ? [crear("label", { class: "generador-casilla" }, sinCorte, "sin corte, tal como sale de la red")] : [])),
      crear("div", { class: "generador-botones" }, ...botones)), aviso, columnas);
    caja.classList.add("activo");
    caja.querySelector("form").addEventListener("submit", (evento) => { evento.preventDefault(); diez(); });
    for (const control of [temperatura, prefijo, semilla]) control.addEventListener("input", cambiar);
    sinCorte.addEventListener("change", () => { cambiar(); if (pendiente) diez(); });
    cambiar();
    empezar();
    for (let n = 0; n < 10 * plumas.length; n++) {
      await respiro();
      plumas[n % plumas.length].nombre();
    }
    contar();
  }

  alVerse(".generador", poner);
})();
