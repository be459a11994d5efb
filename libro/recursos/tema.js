// El tema, antes de pintar; sin él manda el del sistema. Va dentro de la página, para no esperarlo.
document.documentElement.classList.add("con-guion");
try {
  const tema = localStorage.getItem("tema");
  if (tema === "claro" || tema === "oscuro") document.documentElement.dataset.tema = tema;
} catch (e) {}

// Las letras de la página, pedidas antes de leer la hoja de estilo, para acomodar el texto una sola vez; del disco ya llegan a tiempo, y no se pueden pedir así.
if (location.protocol.startsWith("http")) {
  const { letras, cuales } = document.currentScript.dataset;
  for (const letra of cuales.split(" ")) {
    const pedido = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href: `${letras}${letra}.woff2` };
    document.head.append(Object.assign(document.createElement("link"), pedido));
  }
}
