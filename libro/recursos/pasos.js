// Paso a paso: de ida y de regreso por un nombre, operación por operación. Usa codigo/redes.js, codigo/retroceso.js,
// los pesos incrustados en la página y, si los hay, sus dibujos. Sin este guion queda la tabla ya escrita.
(() => {
  "use strict";

  const { boton, campo, crear, datos, pintar } = Taller;

  // Cada operación: lo que dice, su ecuación en la página, sus renglones, las partes del dibujo que enciende y lo que valió:
  // de cada cosa, su letrero, sus números y, de regreso, las piezas y las flechas que la llevan.
  const op = (dice, ecuacion, renglones, partes, valores = () => []) =>
    ({ dice, ecuacion, renglones: [renglones].flat(), partes: partes.split(" "), valores });
  const cuartos = (rotulo, z, lleva = () => "") =>
    [..."ifog"].map((cual, n) => [`${rotulo}\u00a0de\u00a0${cual}`, z.slice(n * z.length / 4, (n + 1) * z.length / 4), lleva(cual)]);
  const resta = (uno, otro) => uno.map((v, j) => v - otro[j]);

  const salida = (renglon) => [
    op(() => "Del estado salen los logitos de la letra que sigue.", "eq-logitos", renglon, "h Why by y", (v) => [["h", v.estado.h], ["y", v.logitos]]),
    op((v) => `Los logitos se vuelven probabilidades. La correcta, «${v.sale}», tenía ${v.p[v.objetivo].toFixed(3)}: sorprende ${v.sorpresa.toFixed(3)} nats.`,
      "eq-perdida", ["logp = log_softmax(y)", "perdida -= logp[objetivo]"], "y p perdida objetivo", (v) => [["p", v.p]]),
  ];
  const alEstado = (ecuacion, renglon, futuro) => [
    op((v) => `Lo que la red creyó menos lo que pasó: las probabilidades, con un uno menos en «${v.sale}».`, "eq-dy",
      ["dy = probabilidades[t].copy()", "dy[objetivos[t]] -= 1"], "perdida p y", (v) => [["ȳ", v.dy, "p-y y"]]),
    op((v) => (v.ultimo ? `Al estado le llega solo por sus logitos: no hay paso siguiente, y «${futuro}» empieza en ceros.`
      : "Al estado le llega por dos caminos, sus logitos y el paso siguiente, y se suman."), ecuacion, renglon, "y Why h despues",
      (v) => [["de los logitos", v.deLaSalida, "Why-h"], [futuro, resta(v.dh, v.deLaSalida), "despues-h"], ["h̄", v.dh, "h"]]),
  ];

  const RNN_SUMA = 'h = np.tanh(p["Wxh"][x] + h @ p["Whh"] + p["bh"])';
  const RNN_DZ = 'dz = (dy @ p["Why"].T + futuro) * (1 - h**2)';
  const OPERACIONES = {
    RNN: {
      ida: [
        op((v) => `Entra «${v.entra}» y escoge su renglón de Wxh.`, "eq-estado", RNN_SUMA, "x Wxh", (v) => [["Wxh[x]", v.renglon]]),
        op(() => "Se le suman lo que queda de la memoria anterior, que pasa por Whh, y el sesgo.", "eq-estado", RNN_SUMA, "Wxh antes Whh bh suma",
          (v) => [["h anterior", v.antes.h], ["z", v.z]]),
        op(() => "La tangente lo deja entre −1 y 1: es el estado nuevo.", "eq-estado", RNN_SUMA, "suma tanh h", (v) => [["z", v.z], ["h", v.estado.h]]),
        ...salida('return h, h @ p["Why"] + p["by"]'),
      ],
      vuelta: [
        ...alEstado("eq-dh", RNN_DZ, "futuro"),
        op(() => "De regreso por la tangente, se multiplica por su pendiente, 1\u00a0−\u00a0h².", "eq-dz", RNN_DZ, "h tanh suma",
          (v) => [["h̄", v.dh, "h h-tanh"], ["z̄", v.dz, "tanh-suma suma"]]),
        op(() => "Cada peso suma su parte de esta letra.", "eq-dpesos",
          ['g["Why"] += np.outer(h, dy)', 'g["by"] += dy', 'g["Whh"] += np.outer(h_anterior, dz)', 'g["bh"] += dz', 'g["Wxh"][entradas[t]] += dz'], "y suma Why by Whh bh Wxh",
          (v) => [["z̄", v.dz, "suma suma-Whh suma-bh suma-Wxh"]]),
        op((v) => (v.t ? "Y esto le manda decir al paso anterior, por Whh."
          : "Antes no hay nada: por Whh se llega a h₀, los ceros con que empezó, y ahí acaba el regreso."), "eq-manda", 'futuro = dz @ p["Whh"].T', "suma Whh antes",
          (v) => [["z̄", v.dz, "suma suma-Whh"], ["futuro", v.manda.h, "Whh-antes antes"]]),
      ],
    },
    LSTM: {
      ida: [
        op((v) => `Entra «${v.entra}». Su renglón de Wx, lo que queda del estado anterior y el sesgo dan cuatro sumas.`, "eq-compuertas", 'i, f, o, g = np.split(p["Wx"][x] + h @ p["Wh"] + p["b"], 4)', "x Wx antes Wh b z",
          (v) => [["h anterior", v.antes.h], ...cuartos("z", v.z)]),
        op(() => "De las sumas salen tres compuertas, entre 0 y 1, y la candidata, entre −1 y 1.", "eq-compuertas", "return np.array([sigmoide(i), sigmoide(f), sigmoide(o), np.tanh(g)])", "z i f o g",
          (v) => Object.values(v.compuertas).map((valor, k) => ["ifog"[k], valor])),
        op(() => "La celda conserva lo que deja la de olvido y recibe lo que deja la de entrada.", "eq-celda", "c = f * c + i * g", "c_antes f por_f i g por_i suma bifurca c",
          (v) => [["c anterior", v.antes.c], ["f ⊙ c anterior", v.antes.c.map((c, j) => c * v.compuertas.olvido[j])],
            ["i ⊙ g", v.compuertas.entrada.map((i, j) => i * v.compuertas.candidata[j])], ["c", v.estado.c]]),
        op(() => "De la celda, por la tangente, se deja ver lo que la de salida permite: es el estado.", "eq-celda", "h = o * np.tanh(c)", "suma bifurca tanh o por_o h",
          (v) => [["tanh\u00a0c", v.estado.c.map(Math.tanh)], ["o", v.compuertas.salida], ["h", v.estado.h]]),
        ...salida('return h, c, h @ p["Why"] + p["by"]'),
      ],
      vuelta: [
        ...alEstado("eq-lstm-dh", 'dh = dy @ p["Why"].T + del_estado', "del estado"),
        op((v) => (v.ultimo ? "A la celda le llega solo por su estado: no hay celda siguiente, y «de la celda» empieza en ceros."
          : "A la celda le llega por su propio estado y, derecho, por la celda siguiente."), "eq-lstm-dc", "dc = dh * o * (1 - visible**2) + de_la_celda",
          "h por_o tanh bifurca suma c c_despues",
          (v) => [["por h", v.deH, "h h-por_o por_o-tanh tanh-bifurca"], ["de la celda", resta(v.dc, v.deH), "c_despues-c c c-bifurca"],
            ["c̄", v.dc, "bifurca bifurca-suma suma"]]),
        op(() => "A cada suma le toca c̄ (a la de salida, h̄) por lo que acompañaba en el producto a su compuerta o a la candidata, y por su pendiente.", "eq-lstm-dz",
          ["dz_i = dc * g * i * (1 - i)", "dz_f = dc * c_anterior * f * (1 - f)", "dz_o = dh * visible * o * (1 - o)", "dz_g = dc * i * (1 - g**2)"],
          "h suma por_i por_f por_o i f o g z",
          (v) => [["h̄", v.dh, "h h-por_o"], ["c̄", v.dc, "suma suma-por_i suma-por_f"],
            ...cuartos("z̄", v.dz, (cual) => `por_${cual.replace("g", "i")}-${cual} ${cual} ${cual}-z z`)]),
        op(() => "Cada peso suma su parte de esta letra.", "eq-dpesos",
          ['gradientes["Why"] += np.outer(estados[t + 1], dy)', 'gradientes["by"] += dy', 'gradientes["Wh"] += np.outer(estados[t], dz)',
            'gradientes["b"] += dz', 'gradientes["Wx"][entradas[t]] += dz'], "y z Why by Wx Wh b",
          (v) => cuartos("z̄", v.dz, () => "z z-Wx z-Wh z-b")),
        op((v) => (v.t ? "Y al paso anterior le manda decir dos cosas: una por el estado y otra, derecho, por la celda."
          : "Antes no hay nada: se llega a h₀ y a c₀, los ceros con que empezó, y ahí acaba el regreso."), "eq-manda",
          'del_estado, de_la_celda = dz @ p["Wh"].T, dc * f', "z Wh antes suma por_f c_antes",
          (v) => [["del estado", v.manda.h, "z z-Wh Wh-antes antes"], ["de la celda", v.manda.c, "suma suma-por_f por_f-c_antes c_antes"]]),
      ],
    },
  };

  const norma = (v) => Math.hypot(...v);
  const visible = (simbolo) => ({ "\n": "FIN", " ": "␣" })[simbolo] || simbolo;
  const cifra = (v) => (v === 0 ? "0" : v.toFixed(Math.abs(v) < 9.995 ? 3 : 2).replace(/^-(0\.0+)$/, "$1").replace("-", "−"));
  const distintos = (uno, otro) => uno.some((v, j) => Math.abs(v - otro[j]) > 1e-9);
  const celdas = (textos) => textos.map((texto) => crear("td", {}, texto));

  // Lo que valió todo en cada letra, de ida y de regreso, con un error o sin él.
  function recorrer(red, letras, error) {
    const [Wx] = Object.values(red.p), pasos = Retroceso.leer(red, letras);
    for (const [t, v] of pasos.entries()) {
      const [entra, sale] = [v.x, v.objetivo].map((letra) => visible(red.simbolos[letra]));
      Object.assign(v, { t, ultimo: t === letras.length, entra, sale, renglon: Wx.subarray(v.x * v.z.length, (v.x + 1) * v.z.length) });
    }
    for (const { t, g, ...deRegreso } of Retroceso.volver(red, pasos, error)) {
      Object.assign(pasos[t], deRegreso, { normas: Object.values(g).map(norma) });
    }
    return pasos;
  }

  function tabla(rotulo, cabezas, filas) {
    const cabeza = (texto, scope) => crear("th", { scope }, texto);
    return crear("table", { class: "adentro-mapa" }, crear("caption", {}, rotulo),
      crear("thead", {}, crear("tr", {}, crear("td"), ...cabezas.map((texto) => cabeza(texto, "col")))),
      crear("tbody", {}, ...filas.map(([texto, suyas, mal]) => crear("tr", mal ? { class: "mala" } : {}, cabeza((mal ? "≠\u00a0" : "") + texto, "row"), ...suyas))));
  }

  function poner(caja) {
    const red = Redes.leer(datos(caja.dataset.red)), { H } = red, V = red.simbolos.length, tipo = red.constructor.name;
    const { ida, vuelta } = OPERACIONES[tipo], errores = Retroceso.ERRORES[tipo], nombresDePesos = Object.keys(red.p);
    const propias = [...caja.querySelectorAll("math")], suyas = (caja.dataset.ecuaciones || "").split(" ");
    const hallar = (flecha) => [...document.querySelectorAll("svg.dibujo")].find((svg) =>
      svg.querySelector(`[data-flecha="${flecha}"]`) && !svg.querySelector('[data-parte="c"]') === (tipo === "RNN"))?.cloneNode(true);
    const dibujos = { Ida: hallar("h-Why"), Regreso: hallar("Why-h") };
    Object.values(dibujos).forEach((svg) => svg?.setAttribute("aria-hidden", "true"));

    const nombre = crear("input", { type: "text", value: caja.dataset.nombre, maxlength: "40", autocomplete: "off", spellcheck: "false" });
    const error = crear("select", {}, ...["", ...Object.keys(errores)].map((cual) => crear("option", { value: cual }, cual || "ninguno")));
    const control = crear("input", { type: "range", min: "0", value: "0", "aria-label": "Paso" });
    const dice = crear("p", { class: "pasos-dice", role: "status" });
    const marco = (rotulo) => crear("div", { class: "adentro-marco", tabindex: "0", role: "region", "aria-label": rotulo });
    const [tira, formula, valores] = ["Letra por letra", "La ecuación", "Lo que vale"].map(marco);
    const dibujo = crear("div", { class: "pasos-dibujo" }), renglones = crear("code");
    const botones = [["◀ Anterior", -1], ["Siguiente ▶", 1]].map(([texto, cuanto]) => boton(texto, () => mover(cuanto)));
    let pasos = [], sanos = [], camino = [];

    function empezar() {
      const simbolos = [...nombre.value.normalize("NFC")], letras = simbolos.map((letra) => red.simbolos.indexOf(letra));
      const ajena = simbolos.find((_, k) => letras[k] < 1), mal = Boolean(ajena) || !letras.length;
      nombre.setAttribute("aria-invalid", String(mal));
      [control, ...botones].forEach((mando) => { mando.disabled = mal; });
      if (mal) {
        dice.textContent = ajena ? `La red no conoce «${ajena}».` : "Escribe un nombre.";
        return;
      }
      [pasos, sanos] = [error.value, ""].map((cual) => recorrer(red, letras, cual));
      const fin = op(() => `Se acabó el nombre. La pérdida es la suma de las sorpresas: ${perdida(pasos)} nats. Ahora, de regreso.`, "eq-perdida", [], "perdida");
      const ordenes = [...pasos.keys()], tramo = (sentido, orden, suyos) => orden.flatMap((t) => suyos.map((una) => ({ sentido, t, una })));
      camino = [...tramo("Ida", ordenes, ida), ...tramo("Ida", ordenes.slice(-1), [fin]), ...tramo("Regreso", ordenes.reverse(), vuelta)];
      control.max = String(camino.length - 1);
      mover(0);
    }

    const perdida = (leidas) => leidas.reduce((suma, v) => suma + v.sorpresa, 0).toFixed(3);

    // Las filas de una operación, y si el error cambió lo que vale; lo sano va debajo.
    function filasDe({ una, t, sentido }) {
      const sanas = una.valores(sanos[t]);
      return una.valores(pasos[t]).flatMap(([rotulo, v, lleva], k) => {
        const sana = sanas[k][1], mal = sentido === "Regreso" && distintos(v, sana);
        return [{ rotulo, v, lleva, mal }, ...(mal ? [{ rotulo: "sano", v: sana }] : [])];
      });
    }

    function mostrarValores({ t }, filas) {
      const { p, objetivo } = pasos[t], letras = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, 7);
      if (!letras.includes(objetivo)) letras[6] = objetivo;
      const calor = (v, lugares) => lugares.map((j) => pintar(crear("td", {}, cifra(v[j])), v[j], Math.max(...lugares.map((k) => Math.abs(v[k])))));
      const bloque = (rotulo, cabezas, lugares, cuales) =>
        (cuales.length ? [tabla(rotulo, cabezas, cuales.map(({ rotulo: texto, v, mal }) => [texto, calor(v, lugares), mal]))] : []);
      valores.replaceChildren(
        ...bloque("Cada neurona", Array.from({ length: H }, (_, j) => String(j + 1)), [...Array(H).keys()], filas.filter(({ v }) => v.length !== V)),
        ...bloque("Las letras más probables y la correcta (✓)", letras.map((l) => visible(red.simbolos[l]) + (l === objetivo ? " ✓" : "")), letras,
          filas.filter(({ v }) => v.length === V)));
    }

    // El nombre con lo que ya se calculó de cada letra, y el gradiente que lleva cada peso.
    function mostrarLoQueVa({ sentido, t }, n) {
      const hecho = (cual, una) => (k) => camino.findIndex((paso) => paso.sentido === cual && paso.una === una && paso.t === k) <= n;
      const leida = hecho("Ida", ida.at(-1)), devuelta = hecho("Regreso", vuelta.at(-3)), van = pasos.findIndex((_, k) => hecho("Regreso", vuelta.at(-2))(k));
      const si = (cuando, que) => celdas(pasos.map((v, k) => (cuando(k) ? que(v, k) : "")));
      const filas = [["debe salir", si(() => true, (v) => v.sale)], ["sorpresa", si(leida, (v) => v.sorpresa.toFixed(2))],
        ["tamaño de z̄", si(devuelta, (v) => norma(v.dz).toFixed(2))]];
      if (error.value) filas.push(["sano", si(devuelta, (_, k) => norma(sanos[k].dz).toFixed(2))]);
      tira.replaceChildren(tabla(`Pérdida leída: ${perdida(pasos.filter((_, k) => leida(k)))} nats`, pasos.map((v) => v.entra), filas));
      const actual = tira.querySelectorAll("thead th")[t];
      actual.setAttribute("aria-current", "step");
      tira.scrollLeft = actual.offsetLeft - tira.clientWidth / 2;
      if (sentido === "Ida") return;
      const [mias, sanas] = [pasos, sanos].map((cuales) => cuales[van]?.normas || nombresDePesos.map(() => 0)), mal = distintos(mias, sanas);
      valores.append(tabla("Tamaño del gradiente de cada peso", nombresDePesos, [
        ["va en", mias.map((v, k) => pintar(crear("td", {}, cifra(v)), v, sanos[0].normas[k])), mal],
        ...(mal ? [["sano", celdas(sanas.map(cifra))]] : [])]));
    }

    function mostrarCuenta({ una }) {
      const [antes, despues] = errores[error.value]?.cambia || [];
      renglones.replaceChildren(...una.renglones.flatMap((texto) => {
        if (!antes || !texto.includes(antes)) return [`${texto}\n`];
        const [inicio, fin] = texto.split(antes);
        return [inicio, crear("del", {}, antes), crear("ins", {}, despues), `${fin}\n`];
      }));
      const suya = document.getElementById(una.ecuacion)?.querySelector("math") || propias[suyas.indexOf(una.ecuacion)];
      formula.replaceChildren(...suya ? [suya.cloneNode(true)] : []);
    }

    function encender({ sentido, una }, malas) {
      const rotas = malas.flatMap(({ lleva }) => lleva.split(" "));
      dibujo.replaceChildren(...[dibujos[sentido]].filter(Boolean));
      for (const pieza of dibujo.querySelectorAll("[data-parte], [data-flecha]")) {
        const cual = pieza.dataset.parte || pieza.dataset.flecha;
        pieza.classList.toggle("encendida", cual.split("-").every((punta) => una.partes.includes(punta)));
        pieza.classList.toggle("rota", rotas.includes(cual));
      }
    }

    function mover(cuanto) {
      const n = Math.min(Math.max(Number(control.value) + cuanto, 0), camino.length - 1), paso = camino[n], filas = filasDe(paso);
      const malas = filas.filter(({ mal }) => mal), ceros = malas.find(({ v }) => v.every((x) => x === 0));
      const queja = ceros ? ` Aquí se corta: «${ceros.rotulo}» llega en ceros.` : malas.length ? " Con el error, esto ya no es el gradiente." : "";
      control.value = String(n);
      control.setAttribute("aria-valuetext", `${n + 1} de ${camino.length}`);
      botones.forEach((boton, k) => boton.setAttribute("aria-disabled", String(n === (k ? camino.length - 1 : 0))));
      dice.replaceChildren(crear("b", {}, `${paso.sentido}, símbolo ${paso.t + 1} de ${pasos.length}.`), ` ${paso.una.dice(pasos[paso.t])}`, crear("strong", {}, queja));
      mostrarCuenta(paso);
      mostrarValores(paso, filas);
      mostrarLoQueVa(paso, n);
      encender(paso, malas);
    }

    nombre.addEventListener("input", () => { control.value = "0"; empezar(); });
    error.addEventListener("change", empezar);
    control.addEventListener("input", () => mover(0));
    caja.addEventListener("keydown", (evento) => {
      const letra = (camino[Number(control.value)]?.sentido === "Ida" ? ida : vuelta).length;
      const cuanto = { ArrowLeft: -1, ArrowRight: 1, PageUp: -letra, PageDown: letra }[evento.key];
      if (!cuanto || !evento.target.matches('button, input[type="range"]')) return;
      evento.preventDefault();
      mover(cuanto);
    });
    caja.replaceChildren(crear("div", { class: "generador-controles" }, campo("Nombre", nombre), campo("Error plantado", error)), tira,
      crear("div", { class: "pasos-cuerpo" }, dibujo, crear("div", {}, dice, formula, crear("pre", {}, renglones), valores)),
      crear("div", { class: "pasos-mando" }, botones[0], control, botones[1]));
    caja.setAttribute("role", "group");
    caja.setAttribute("aria-label", "Paso a paso por un nombre");
    caja.classList.add("activo");
    empezar();
  }

  document.querySelectorAll(".pasos").forEach(poner);
})();
