// El tema, antes de pintar; sin él manda el del sistema. Va dentro de la página, para no esperarlo.
document.documentElement.classList.add("con-guion");
try {
  const tema = localStorage.getItem("tema");
  if (tema === "claro" || tema === "oscuro") document.documentElement.dataset.tema = tema;
} catch (e) {}

// Las letras del texto, pedidas antes de leer la hoja de estilo; del disco ya llegan a tiempo, y no se pueden pedir así.
if (location.protocol.startsWith("http")) {
  for (const letra of ["Alegreya", "Alegreya-negrita", "AlegreyaSans"]) {
    const href = `${document.currentScript.dataset.recursos}letras/${letra}.woff2`;
    const pedido = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href };
    document.head.append(Object.assign(document.createElement("link"), pedido));
  }
}
