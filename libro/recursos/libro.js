// Lo que hace cómoda la lectura: tema, copiar, pestañas, trozos enlazados, definiciones y búsqueda.
// Es un guion clásico, sin módulos ni peticiones, para que ande también desde file://. Todo lo que hay
// en la página se lee sin él. En las páginas de Quarto solo enlaza los trozos, acomoda las definiciones y deja deslizar con el teclado lo que no cabe.
(() => {
  "use strict";

  const { crear } = Taller;

  const recursos = new URL(".", document.currentScript.src);
  const raiz = new URL("../../", recursos);
  const uno = (selector, dentro = document) => dentro.querySelector(selector);
  const todos = (selector, dentro = document) => [...dentro.querySelectorAll(selector)];
  const cargar = (nombre) => Taller.cargar(new URL(nombre, recursos).href);
  function alQueApunta(hash) {
    try {
      return document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch {
      return null; // un % suelto no apunta a nada
    }
  }

  // Lo dice el lector de pantalla; en blanco primero, para que repita lo ya dicho.
  function avisar(texto) {
    const aviso = uno("#aviso");
    aviso.textContent = "";
    setTimeout(() => { aviso.textContent = texto; }, 50);
  }

  // --- Un renglón ⟨que nombra un trozo⟩ lleva a él, al mismo que enlaza el «Incluye» del pie; al copiarlo, es <<su-nombre>> ---
  function enlazarTrozos() {
    for (const renglon of todos(".trozo pre code > span")) {
      const [, margen, frase] = renglon.textContent.match(/^(\s*)⟨(.+)⟩\s*$/) || [];
      const incluido = frase && todos(".trozo-pie a", renglon.closest(".trozo")).find((a) => a.textContent.replace(/\s+/g, " ") === frase);
      if (!incluido) continue;
      renglon.replaceChildren(margen, crear("a",
        { class: "referencia", href: incluido.getAttribute("href"), "data-original": incluido.hash.replace("#trozo-", "<<") + ">>" },
        `⟨${frase}⟩`));
    }
  }

  // --- Donde se dibuja una celda, cada cantidad lleva su color también en las ecuaciones y en la orilla del renglón
  // de código que la calcula: de cada una, sus letras y sus nombres. La GRU les dice de otro modo, y ahí g son los gradientes ---
  const CANTIDADES = {
    h: ["h", "h dh futuro del_estado estados"], c: ["c", "c dc de_la_celda"], y: ["y p", "y dy logp logitos"],
    i: ["i", "i dz_i"], f: ["f", "f dz_f"], o: ["o", "o dz_o"], g: ["g", "g dz_g"], x: ["x", "x letra"],
  };
  const DE_LA_GRU = { h: ["h q", "h futuro"], i: ["r z", "r z"], g: ["n", "n dn"] };

  function pintarCantidades() {
    if (!uno(".dibujo [data-parte]")) return;
    const dibujadas = Object.entries({ ...CANTIDADES, ...uno('.dibujo [data-parte="r"]') && DE_LA_GRU }).filter(([cual]) => uno(`.dibujo .q-${cual}`));
    const tinta = (nombre, lugar) => dibujadas.find(([, nombres]) => nombres[lugar].split(" ").includes(nombre))?.[0];
    const dePeso = (letra) => /^[Wb]/.test(letra.closest("msub, msup, msubsup")?.firstElementChild.textContent);
    for (const letra of todos("math mi").filter((una) => !dePeso(una))) {
      const cual = tinta(letra.textContent, 0);
      if (cual) letra.classList.add("cantidad", `q-${cual}`);
    }
    for (const renglon of todos(".trozo pre code > span")) {
      const [, nombre] = renglon.textContent.match(/^\s*([a-z_]+)(?:\[[^=]*\])?\s*[-+*]?=\s/) || [];
      const cual = tinta(nombre, 1);
      if (cual) renglon.classList.add("de-cantidad", `q-${cual}`);
    }
  }

  // --- Las definiciones se asoman solas (CSS); aquí se acercan a su palabra, se cierran con Escape y, en una
  // pantalla táctil, se abren al primer toque y al segundo llevan al glosario ---
  function ponerGlobos() {
    const cajas = todos(".con-globo");
    for (const caja of cajas) {
      const [enlace, globo] = caja.children;
      let dedo = false;
      const acercar = () => {
        if (!globo.offsetParent) return;
        const palabra = [...enlace.getClientRects()].at(-1), marco = globo.offsetParent.getBoundingClientRect();
        const sobra = marco.width - globo.offsetWidth;
        globo.style.left = `${Math.max(0, Math.min(palabra.left - marco.left - 16, sobra))}px`;
        const alto = globo.offsetHeight;
        const arriba = palabra.bottom + alto > innerHeight && palabra.top > alto + 80;
        globo.style.marginTop = arriba ? `${-alto - 1.8 * palabra.height}px` : "";
      };
      caja.addEventListener("pointerenter", acercar);
      enlace.addEventListener("focus", acercar);
      for (const salida of ["pointerleave", "focusout"]) caja.addEventListener(salida, () => caja.classList.remove("cerrado"));
      enlace.addEventListener("pointerdown", (evento) => { dedo = evento.pointerType === "touch"; });
      enlace.addEventListener("click", (evento) => {
        if (!dedo || caja.classList.contains("abierto")) return;
        evento.preventDefault();
        caja.classList.add("abierto");
        acercar();
      });
    }
    addEventListener("keydown", (evento) => {
      if (evento.key !== "Escape") return;
      for (const caja of cajas) {
        caja.classList.toggle("cerrado", caja.matches(":hover, :focus-within"));
        caja.classList.remove("abierto");
      }
    });
    addEventListener("pointerdown", (evento) => {
      for (const caja of cajas) if (!caja.contains(evento.target)) caja.classList.remove("abierto");
    });
  }

  // --- Al detenerse en una referencia se asoma lo que nombra; lo de otras páginas lo trae un guion, la primera vez ---
  function ponerVistas() {
    const vista = crear("div", { class: "vista", id: "vista", role: "tooltip", hidden: "" });
    document.body.append(vista);
    let reloj = null, duena = null;
    const guardar = () => {
      clearTimeout(reloj);
      vista.hidden = true;
      duena?.removeAttribute("aria-describedby");
      duena = null;
    };
    const mostrar = (enlace, cuerpo, pagina) => {
      vista.replaceChildren(cuerpo);
      vista.style.maxHeight = "";
      for (const con of todos("[id]", vista)) con.removeAttribute("id");
      for (const liga of todos("a", vista)) liga.replaceWith(crear("span", { class: liga.className }, ...liga.childNodes));
      for (const imagen of todos("img", vista)) imagen.src = new URL(imagen.getAttribute("src"), pagina);
      vista.hidden = false;
      const lugar = enlace.getBoundingClientRect(), sobra = innerWidth - vista.offsetWidth - 16;
      const barra = uno(".barra").offsetHeight, arriba = lugar.top - barra - 14, abajo = innerHeight - lugar.bottom - 14;
      const cabe = vista.offsetHeight <= abajo || abajo > arriba;
      vista.style.maxHeight = `${cabe ? abajo : arriba}px`;
      vista.style.left = `${Math.max(8, Math.min(lugar.left, sobra))}px`;
      vista.style.top = `${Math.max(barra + 8, cabe ? lugar.bottom + 6 : lugar.top - vista.offsetHeight - 6)}px`;
      enlace.setAttribute("aria-describedby", "vista");
      duena = enlace;
    };
    const asomar = (enlace) => {
      const pagina = enlace.href.split("#")[0];
      if (pagina === location.href.split("#")[0]) {
        const meta = alQueApunta(enlace.hash);
        return meta && mostrar(enlace, meta.cloneNode(true), pagina);
      }
      cargar("vistas.js").then(() => {
        const texto = VISTAS[enlace.href.slice(raiz.href.length)];
        if (texto) mostrar(enlace, document.createRange().createContextualFragment(texto), pagina);
      });
    };
    const SELECTOR = ["eq", "fig", "tbl", "lst", "trozo"].map((tipo) => `main a[href*="#${tipo}-"]`).join();
    for (const enlace of todos(SELECTOR)) {
      const pedir = () => { guardar(); reloj = setTimeout(() => asomar(enlace), 300); };
      enlace.addEventListener("pointerenter", (evento) => { if (evento.pointerType === "mouse") pedir(); });
      enlace.addEventListener("focus", () => { if (enlace.matches(":focus-visible")) pedir(); });
      enlace.addEventListener("blur", guardar);
      enlace.addEventListener("pointerleave", () => { clearTimeout(reloj); reloj = setTimeout(guardar, 300); });
    }
    vista.addEventListener("pointerenter", () => clearTimeout(reloj));
    vista.addEventListener("pointerleave", guardar);
    addEventListener("keydown", ({ key }) => { if (key === "Escape") guardar(); });
    addEventListener("scroll", () => { if (!vista.hidden) guardar(); }, { passive: true });
  }

  // --- Tema claro u oscuro; mientras no se elija, el del sistema ---
  function ponerTema() {
    const boton = uno(".boton-tema");
    const sistema = matchMedia("(prefers-color-scheme: dark)");
    const esOscuro = () => (document.documentElement.dataset.tema || (sistema.matches ? "oscuro" : "claro")) === "oscuro";
    const rotular = () => boton.setAttribute("aria-label", `Cambiar a tema ${esOscuro() ? "claro" : "oscuro"}`);
    boton.addEventListener("click", () => {
      const tema = esOscuro() ? "claro" : "oscuro";
      document.documentElement.dataset.tema = tema;
      try { localStorage.setItem("tema", tema); } catch { /* sin memoria, dura lo que la página */ }
      rotular();
    });
    sistema.addEventListener("change", rotular);
    rotular();
  }

  // --- Copiar el código, tal como está en la fuente ---
  function ponerCopiar() {
    for (const bloque of todos("main div.sourceCode")) {
      const boton = crear("button", { type: "button", class: "boton copiar" }, "Copiar");
      boton.addEventListener("click", async () => {
        const codigo = uno("code", bloque).cloneNode(true);
        for (const enlace of todos("[data-original]", codigo)) enlace.textContent = enlace.dataset.original;
        try {
          await navigator.clipboard.writeText(codigo.textContent);
          boton.textContent = "Copiado";
        } catch { // sin https no hay portapapeles
          boton.textContent = "No se pudo copiar";
        }
        avisar(boton.textContent);
        setTimeout(() => { boton.textContent = "Copiar"; }, 2000);
      });
      (uno(".trozo-cabeza", bloque.parentElement) ?? bloque).append(boton);
    }
  }

  // --- Pestañas: sin guion, las secciones se leen una tras otra ---
  function ponerPestanas(grupo, numero) {
    const paneles = todos(":scope > section[data-titulo]", grupo);
    if (!paneles.length) return;
    const lista = crear("div", { role: "tablist", "aria-label": paneles.map((panel) => panel.dataset.titulo).join(", ") });
    const elegir = (indice, enfocar) => paneles.forEach((panel, i) => {
      panel.hidden = i !== indice;
      pestanas[i].setAttribute("aria-selected", String(i === indice));
      pestanas[i].tabIndex = i === indice ? 0 : -1;
      if (enfocar && i === indice) pestanas[i].focus();
    });
    const pestanas = paneles.map((panel, i) => {
      panel.id ||= `panel-${numero}-${i}`;
      const pestana = crear("button",
        { type: "button", role: "tab", class: "boton", id: `pestana-${numero}-${i}`, "aria-controls": panel.id },
        panel.dataset.titulo);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", pestana.id);
      panel.tabIndex = 0;
      pestana.addEventListener("click", () => elegir(i));
      return pestana;
    });
    lista.append(...pestanas);
    lista.addEventListener("keydown", (evento) => {
      const actual = pestanas.indexOf(document.activeElement), total = pestanas.length;
      const destino = { ArrowRight: (actual + 1) % total, ArrowLeft: (actual + total - 1) % total, Home: 0, End: total - 1 }[evento.key];
      if (destino === undefined) return;
      evento.preventDefault();
      elegir(destino, true);
    });
    grupo.prepend(lista);
    const abrirDestino = () => {
      const meta = alQueApunta(location.hash);
      const indice = paneles.findIndex((panel) => panel.contains(meta));
      if (!meta || indice < 0) return;
      elegir(indice);
      meta.scrollIntoView();
    };
    elegir(0);
    abrirDestino();
    addEventListener("hashchange", abrirDestino);
  }

  // --- Índices: a la vista el capítulo, marcada la sección que se lee, y el cajón que se cierra solo ---
  function seguirLectura() {
    const cajon = uno(".lateral");
    const capitulo = uno(".indice-libro [aria-current]");
    if (capitulo) capitulo.closest("nav").scrollTop = capitulo.offsetTop - 120;
    cajon?.addEventListener("click", (evento) => {
      if (evento.target.closest("a") && cajon.matches(":popover-open")) cajon.hidePopover();
    });
    const enlaces = todos(".en-esta-pagina a[href^='#']")
      .map((enlace) => ({ enlace, titulo: alQueApunta(enlace.hash) }))
      .filter(({ titulo }) => titulo);
    let marcado = null;
    const marcar = () => {
      const leidos = enlaces.filter(({ titulo }) => titulo.offsetParent && titulo.getBoundingClientRect().top < innerHeight * 0.3);
      const nuevo = leidos.at(-1)?.enlace || null;
      if (nuevo === marcado) return;
      marcado?.removeAttribute("aria-current");
      marcado = nuevo;
      marcado?.setAttribute("aria-current", "location");
    };
    addEventListener("scroll", () => requestAnimationFrame(marcar), { passive: true });
    marcar();
  }

  // --- Lo que depende del ancho: cajas que se desplazan con el teclado. Primero se miden todas, para acomodar una vez;
  // las plegadas, al abrirse, que cambia el alto de la página ---
  function acomodar(pagina) {
    const cajas = todos("pre, .ecuacion, table, figure > div", pagina).filter((caja) => !caja.closest("details:not([open])"));
    const sobran = cajas.map((caja) => (caja.scrollWidth > caja.clientWidth || caja.scrollHeight > caja.clientHeight + 1)
      && getComputedStyle(caja).overflowX === "auto");
    cajas.forEach((caja, i) => {
      if (sobran[i]) caja.tabIndex = 0;
      else caja.removeAttribute("tabindex");
    });
  }

  // --- Búsqueda: MiniSearch con el índice que dejó la imprenta. Perdona acentos (no la ñ), plurales, mayúsculas y una letra ---
  const VACIAS = new Set(("a al como con cual cuales cuando cuanto de del donde el en entre es eso esta este la las lo los mas no np o para pero"
    + " por porque que quien se si sin sobre son su sus un una y ya").split(" "));
  const PALABRAS = /([\p{L}\p{N}]+(?:\.\p{N}+)*)/u;
  const plegar = (texto) => texto.normalize("NFD").replace(/n\u0303/gi, "ñ").replace(/\p{M}/gu, "").toLowerCase();

  const palabrasDe = (texto) => texto.split(PALABRAS).filter((_, i) => i % 2);

  // Lo que de una palabra no cambia: «redes» y «red», «veces» y «vez», «copiar» y «copia».
  function raizDe(palabra) {
    const plegada = plegar(palabra);
    if (VACIAS.has(plegada)) return null;
    return (plegada.length > 3 ? plegada.replace(/s$/, "").replace(/(?<=...)e$|(?<=..[aei])r$/, "") : plegada).replace(/z$/, "c");
  }
  const raicesDe = (texto) => palabrasDe(texto).map(raizDe).filter(Boolean).join(" ");

  function indizar() {
    const buscador = new MiniSearch({ fields: ["nombre", "texto", "lugar"], tokenize: palabrasDe, processTerm: raizDe,
      storeFields: ["tipo", "url", "nombre", "texto", "lugar", "raices"] });
    buscador.addAll(INDICE_BUSQUEDA.map((ficha, id) => ({ id, raices: raicesDe(ficha.nombre), ...ficha })));
    return buscador;
  }

  // Todas las palabras, o si no hay nada con todas, algunas; primero lo que se llama así, y un término antes que lo que lo usa.
  function hallar(buscador, consulta) {
    const pesos = { término: 2.5, archivo: 2, sección: 1.5, capítulo: 1.5 }, frase = raicesDe(consulta);
    const opciones = { boost: { nombre: 4, lugar: 0.3 }, prefix: (raiz) => raiz.length > 2, fuzzy: (raiz) => (raiz.length > 4) + (raiz.length > 7),
      boostDocument: (_, raiz, { tipo, raices, lugar }) =>
        (pesos[tipo] || 1) * (raices === frase ? 9 : 1) * (lugar.endsWith(` · ${consulta.trim()}`) ? 99 : 1) };
    const todas = buscador.search(consulta, { ...opciones, combineWith: "AND" });
    return todas.length ? todas : buscador.search(consulta, opciones);
  }

  const partir = (texto, raices) => texto.split(PALABRAS).map((parte, i) =>
    (i % 2 && raices.includes(raizDe(parte)) ? crear("mark", {}, parte) : parte));

  function extracto(texto, raices) {
    const partes = partir(texto, raices), primera = partes.findIndex((parte) => parte.nodeType);
    const desde = Math.max(0, primera - 16), hasta = desde + 56;
    return [desde ? "… " : "", ...partes.slice(desde, hasta), hasta < partes.length ? "…" : ""];
  }

  function ponerBusqueda() {
    const campo = uno("#busqueda"), panel = uno(".panel-busqueda"), lista = uno("#hallazgos"), verTodos = uno("button", panel);
    let elegido = -1;
    const abrir = (si) => {
      panel.hidden = !si;
      campo.setAttribute("aria-expanded", String(si && lista.childElementCount > 0));
      if (!si) elegir(-1);
    };
    const elegir = (indice) => {
      elegido = indice;
      [...lista.children].forEach((opcion, i) => opcion.setAttribute("aria-selected", String(i === indice)));
      if (indice < 0) return campo.removeAttribute("aria-activedescendant");
      campo.setAttribute("aria-activedescendant", lista.children[indice].id);
      lista.children[indice].scrollIntoView({ block: "nearest" });
    };
    let buscador = null, cuantos = 12;
    const buscar = () => {
      elegir(-1);
      if (!PALABRAS.test(campo.value) || !buscador) return abrir(false);
      const fichas = hallar(buscador, campo.value);
      lista.replaceChildren(...fichas.slice(0, cuantos).map(({ id, tipo, url, nombre, lugar, texto, terms }) => crear("a",
        { role: "option", id: `hallazgo-${id}`, href: new URL(url, raiz), tabindex: -1, "aria-selected": "false" },
        crear("strong", {}, ...partir(nombre, terms)),
        crear("small", {}, [tipo, lugar].filter(Boolean).join(" · ")),
        ...extracto(texto, terms))));
      lista.hidden = !fichas.length;
      verTodos.hidden = fichas.length <= cuantos;
      verTodos.textContent = `Ver los ${fichas.length}`;
      const cuenta = fichas.length === 1 ? "1 resultado" : `${fichas.length} resultados`;
      uno("p", panel).textContent = fichas.length ? cuenta : "Nada con esas palabras.";
      avisar(uno("p", panel).textContent);
      abrir(true);
    };
    let cargado = null;
    const alistar = () => {
      cargado ||= Promise.all(["minisearch.js", "indice-busqueda.js"].map(cargar)).then(() => { buscador = indizar(); });
      cargado.then(buscar);
    };
    campo.addEventListener("focus", alistar);
    campo.addEventListener("input", () => { cuantos = 12; alistar(); });
    verTodos.addEventListener("click", () => { cuantos = Infinity; buscar(); campo.focus(); });
    campo.addEventListener("keydown", (evento) => {
      const total = panel.hidden ? 0 : lista.childElementCount;
      if (evento.key === "Escape" && panel.hidden) campo.value = "";
      else if (evento.key === "Escape") abrir(false);
      else if (evento.key === "ArrowDown" && total) elegir((elegido + 1) % total);
      else if (evento.key === "ArrowUp" && total) elegir((Math.max(elegido, 0) + total - 1) % total);
      else if (evento.key === "Enter" && total) lista.children[Math.max(elegido, 0)].click();
      else return;
      evento.preventDefault();
    });
    panel.addEventListener("mousedown", (evento) => evento.preventDefault());
    lista.addEventListener("click", () => { abrir(false); campo.blur(); });
    panel.parentElement.addEventListener("focusout", ({ relatedTarget }) => { if (!panel.contains(relatedTarget)) abrir(false); });
    const esMac = /mac|iphone|ipad/i.test(navigator.platform);
    campo.placeholder = `Buscar (${esMac ? "⌘K" : "Ctrl K"})`;
    addEventListener("keydown", (evento) => {
      if (evento.key.toLowerCase() !== "k" || !(evento.ctrlKey || evento.metaKey) || evento.altKey || evento.shiftKey) return;
      evento.preventDefault();
      campo.focus();
      campo.select();
    });
  }

  // --- En Quarto: un enlace a algo que está en una solución plegada la abre ---
  function abrirSoluciones() {
    const abrir = () => {
      const meta = alQueApunta(location.hash);
      const plegada = meta?.closest(".callout-collapse:not(.show)");
      if (!plegada || !window.bootstrap) return;
      plegada.addEventListener("shown.bs.collapse", () => meta.scrollIntoView(), { once: true });
      window.bootstrap.Collapse.getOrCreateInstance(plegada, { toggle: false }).show();
    };
    addEventListener("hashchange", abrir);
    addEventListener("load", abrir);
  }

  // --- En papel, las soluciones van abiertas ---
  function abrirAlImprimir() {
    let cerradas = [];
    addEventListener("beforeprint", () => { cerradas = todos("details.callout:not([open])"); for (const una of cerradas) una.open = true; });
    addEventListener("afterprint", () => { for (const una of cerradas) una.open = false; });
  }

  // --- Cada sección tiene su enlace, ← y → cambian de capítulo, y la portada ofrece seguir donde se iba ---
  function ponerCaminos() {
    for (const titulo of todos("main :is(h2, h3, h4)[id], main section[id] > :is(h2, h3, h4):first-child")) {
      const id = titulo.id || titulo.parentElement.id;
      titulo.append(crear("a", { class: "permalink", href: `#${id}`, "aria-label": `Enlace a «${titulo.textContent}»` }, "#"));
    }
    addEventListener("keydown", ({ key, target, altKey, ctrlKey, metaKey, shiftKey }) => {
      if (altKey || ctrlKey || metaKey || shiftKey || target !== document.body && target.id !== "contenido") return;
      if (key === "ArrowLeft" || key === "ArrowRight") uno(`.vecinos [rel=${key === "ArrowLeft" ? "prev" : "next"}]`)?.click();
    });
    const aqui = uno(".indice-libro [aria-current]");
    try {
      const lectura = JSON.parse(localStorage.getItem("lectura"));
      const empezar = uno(".acciones .principal");
      if (empezar && lectura) {
        empezar.before(crear("a", { class: "principal", href: new URL(lectura.url, raiz) }, `Seguir: ${lectura.titulo}`), " ");
        empezar.classList.remove("principal");
      }
      if (!/^\d/.test(aqui?.textContent)) return; // solo los capítulos
      const url = `${aqui.href.slice(raiz.href.length)}`, titulo = aqui.textContent.trim().replace(/\s+/g, " ");
      addEventListener("pagehide", () => {
        const seccion = uno(".en-esta-pagina [aria-current]")?.hash ?? "";
        try { localStorage.setItem("lectura", JSON.stringify({ url: url + seccion, titulo })); } catch { /* sin memoria */ }
      });
    } catch { /* sin memoria, se empieza por la portada */ }
  }

  enlazarTrozos();
  pintarCantidades();
  ponerGlobos();
  abrirSoluciones();
  const pagina = uno(".pagina, main");
  new ResizeObserver(() => acomodar(pagina)).observe(pagina);
  if (!document.body.classList.contains("edicion-pandoc")) return;
  ponerTema();
  ponerCopiar();
  todos(".panel-tabset").forEach(ponerPestanas);
  ponerCaminos();
  abrirAlImprimir();
  ponerVistas();
  ponerBusqueda();
  requestAnimationFrame(seguirLectura); // mide: va cuando todos los guiones acabaron de poner
})();
