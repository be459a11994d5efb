// El generador: redes que escriben en la página, lado a lado, con una temperatura o con dos. Usa codigo/redes.js y
// los pesos incrustados en la página; no pide nada de fuera. Sin este guion queda la lista ya escrita.
(() => {
  "use strict";

  const { NOMBRES, alVerse, bajar, boton, campo, crear, datos, respiro } = Taller;

  const nombreDe = (red) => NOMBRES[red.constructor.name];
  const ROTULOS = { nuevo: "nuevo", real: "existe", copia: "lo copió" };
  const BARRAS = 7;
  const RATO = 12; // milisegundos que se escribe sin dejar contestar a la página

  const visible = (simbolo) => ({ "\n": "FIN", " ": "espacio" })[simbolo] || simbolo;

  // Un control que se desliza, con lo que vale junto a él.
  function deslizador(rotulo, atributos, decir) {
    const control = crear("input", { type: "range", ...atributos }), vale = crear("output", {});
    const decirlo = () => { vale.textContent = decir(Number(control.value)); };
    return { control, decirlo, campo: campo(rotulo, control, vale) };
  }

  const entreComillas = (texto) => (/[",\n]/.test(texto) ? `"${texto.replaceAll('"', '""')}"` : texto);

  // Una de las redes, con su temperatura: su nombre a medias, sus dudas y su lista.
  class Pluma {
    constructor(red, conocidos, pedido, titulo) {
      Object.assign(this, { red, conocidos, pedido, titulo, dardo: Redes.azar(pedido.semilla) });
      this.actual = crear("p", { class: "generador-actual" });
      this.dudas = crear("ol", { class: "generador-dudas", "aria-label": "Letra que sigue, con su probabilidad" });
      this.lista = crear("ol", { class: "generador-lista", tabindex: "0", "aria-label": `Nombres de la ${titulo}` });
      this.caja = crear("section", { "aria-label": titulo }, crear("p", { class: "generador-titulo" }, titulo), this.actual, this.dudas, this.lista);
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

    // Un nombre entero; se detiene en cada letra, para quien quiera hacer otra cosa.
    *nombre() {
      const antes = this.lista.childElementCount;
      while (this.lista.childElementCount === antes && this.letra() !== null) yield;
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

    // Lo escrito: cada nombre, quién, a qué temperatura y con qué rótulo.
    filas() {
      const { red, pedido } = this;
      return [...this.lista.children].map(({ children: [nombre, rotulo] }) =>
        [nombre.textContent, nombreDe(red), pedido.temperatura.toFixed(2), rotulo.textContent]);
    }
  }

  async function poner(caja) {
    const { vistos, apartados } = caja.dataset.conocidos ? datos(caja.dataset.conocidos) : {};
    const conocidos = vistos && new Map([...apartados.map((uno) => [uno, "real"]), ...vistos.map((uno) => [uno, "copia"])]);
    const chico = caja.classList.contains("chico"), redes = [];
    for (const id of caja.dataset.redes.split(" ")) {
      await respiro();
      redes.push(Redes.leer(datos(id)));
    }
    const grados = { min: "0.3", max: "1.5", step: "0.05" }, conDosCifras = (valor) => valor.toFixed(2);
    const temperatura = deslizador("Temperatura", { ...grados, value: "1" }, conDosCifras);
    const otra = deslizador("La otra temperatura", { ...grados, value: "0.6" }, conDosCifras);
    const corte = deslizador("Corte", { min: "0", max: "0.01", step: "0.0005", value: caja.dataset.piso ? datos(caja.dataset.piso) : "0" },
      (piso) => (piso ? `${(100 * piso).toFixed(2)} %` : "sin corte"));
    const compara = crear("input", { type: "checkbox" });
    const prefijo = crear("input", { type: "text", maxlength: "40", autocomplete: "off", spellcheck: "false", placeholder: caja.dataset.principio ?? "San , Tla…" });
    const semilla = crear("input", { type: "number", min: "0", max: "999999", value: "2018" });
    const aviso = crear("p", { class: "generador-aviso", role: "status" });
    const columnas = crear("div", { class: "generador-redes" });
    let plumas = [], pendiente = null;

    const pedido = () => ({
      temperaturas: [temperatura, ...(compara.checked ? [otra] : [])].map(({ control }) => Number(control.value)),
      piso: Number(corte.control.value),
      semilla: Math.max(0, Math.trunc(Number(semilla.value)) || 0),
      prefijo: prefijo.value.normalize("NFC"),
    });

    // El pedido se puede compartir: va en la dirección, después del #, donde las secciones tienen su ancla.
    const enLaDireccion = { semilla, temperatura: temperatura.control, otra: otra.control, corte: corte.control, principio: prefijo };
    function recordar({ semilla, temperaturas: [temperatura, ...otras], piso, prefijo }) {
      const dice = new URLSearchParams({ semilla, temperatura, ...(otras.length && { otra: otras[0] }), corte: piso, principio: prefijo });
      if ("direccion" in caja.dataset) history.replaceState(history.state, "", `#${dice}`);
    }

    function recuperar() {
      const dice = new URLSearchParams(location.hash.slice(1)), claves = Object.entries(enLaDireccion);
      if (!("direccion" in caja.dataset) || !claves.some(([clave]) => dice.has(clave))) return false;
      for (const [clave, control] of claves) {
        const valor = dice.get(clave) ?? "", sirve = control === prefijo || (valor && Number.isFinite(Number(valor)));
        control.value = sirve ? valor.slice(0, 40) : control.defaultValue;
      }
      compara.checked = dice.has("otra");
      return true;
    }

    // Al mover un control no se borra nada: la lista empieza otra vez cuando se pida escribir.
    function cambiar() {
      for (const uno of [temperatura, otra, corte]) uno.decirlo();
      otra.campo.hidden = !compara.checked;
      const nuevo = pedido();
      const ajenas = [...new Set(nuevo.prefijo)].filter((letra) => redes.some((red) => red.simbolos.indexOf(letra) < 1));
      prefijo.setAttribute("aria-invalid", String(ajenas.length > 0));
      aviso.textContent = ajenas.length ? `Las redes no conocen «${ajenas.join("», «")}»: quítalo del principio.` : "";
      botones.forEach((uno) => { uno.disabled = ajenas.length > 0; });
      pendiente = ajenas.length ? null : nuevo;
      if (pendiente && plumas.length) aviso.textContent = "Lo siguiente que escriban empezará otra lista.";
    }

    function empezar() {
      if (!pendiente) return;
      const { temperaturas, ...loDemas } = pendiente;
      plumas = redes.flatMap((red) => temperaturas.map((temperatura) => new Pluma(red, conocidos, { ...loDemas, temperatura },
        temperaturas.length > 1 ? `${nombreDe(red)}, temperatura ${temperatura.toFixed(2)}` : nombreDe(red))));
      columnas.replaceChildren(...plumas.map((pluma) => pluma.caja));
      pendiente = null;
    }

    // Lo que se pide se apunta en la dirección; lo que sale al abrir la página, no.
    function pedir() {
      if (pendiente) recordar(pendiente);
      empezar();
    }

    function diez() {
      pedir();
      for (const pluma of plumas) for (let n = 0; n < 10; n++) Array.from(pluma.nombre());
      contar();
    }

    function contar() {
      plumas.forEach((pluma) => pluma.mostrar(pluma.asomarse()));
      const total = plumas.reduce((suma, pluma) => suma + pluma.lista.childElementCount, 0);
      aviso.textContent = `${total} nombres en la lista.`;
    }

    function una() {
      pedir();
      plumas.forEach((pluma) => pluma.mostrar(pluma.letra()));
      aviso.textContent = plumas.map(({ titulo, texto }) => `${titulo}: «${texto}»`).join("; ");
    }

    function filas() {
      const todas = plumas.flatMap((pluma) => pluma.filas());
      if (!todas.length) aviso.textContent = "Todavía no hay nombres que copiar.";
      return todas;
    }

    const enTexto = (todas) => todas.map(([nombre]) => `${nombre}\n`).join("");
    const enTabla = (todas) => `\ufeff${[["nombre", "red", "temperatura", "rótulo"], ...todas].map((fila) => `${fila.map(entreComillas).join(",")}\n`).join("")}`;
    const bajarlos = (archivo, formato) => () => {
      const todas = filas();
      if (!todas.length) return;
      bajar(archivo, formato(todas));
      aviso.textContent = `${archivo}: ${todas.length} nombres.`;
    };

    async function copiar() {
      const texto = enTexto(filas());
      if (!texto) return;
      try {
        await navigator.clipboard.writeText(texto);
        aviso.textContent = "La lista está en el portapapeles.";
      } catch {
        // sin https no hay portapapeles: se deja seleccionada, lista para Ctrl+C
        getSelection().selectAllChildren(columnas);
        aviso.textContent = "Tu navegador no deja copiar desde aquí; la lista quedó seleccionada: usa Ctrl+C.";
      }
    }

    const botones = [crear("button", { class: "principal" }, "Diez nombres")];
    if (!chico) {
      botones.push(boton("Una letra", una), boton("Copiar la lista", copiar),
        boton("Bajar en texto", bajarlos("nombres.txt", enTexto)), boton("Bajar en CSV", bajarlos("nombres.csv", enTabla)));
    }
    const casilla = crear("label", { class: "generador-casilla" }, compara, "comparar con otra temperatura");
    caja.replaceChildren(
      crear("form", {}, crear("div", { class: "generador-controles" }, campo("Principio", prefijo), temperatura.campo,
        ...(chico ? [] : [campo("Semilla", semilla), corte.campo, casilla, otra.campo])),
      crear("div", { class: "generador-botones" }, ...botones)), aviso, columnas);
    caja.classList.add("activo");
    caja.querySelector("form").addEventListener("submit", (evento) => { evento.preventDefault(); diez(); });
    for (const control of [...Object.values(enLaDireccion), compara]) control.addEventListener("input", cambiar);
    addEventListener("hashchange", () => {
      if (!recuperar()) return;
      cambiar();
      if (pendiente) diez();
    });
    recuperar();
    cambiar();
    empezar();
    for (let n = 0, inicio = 0; n < 10 * plumas.length; n++) {
      for (const _ of plumas[n % plumas.length].nombre()) {
        if (performance.now() - inicio < RATO) continue;
        await respiro();
        inicio = performance.now();
      }
    }
    if (plumas.length) contar();
  }

  alVerse(".generador", poner);
})();
