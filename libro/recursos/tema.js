// El tema, antes de pintar; sin él manda el del sistema.
document.documentElement.classList.add("con-guion");
try {
  const tema = localStorage.getItem("tema");
  if (tema === "claro" || tema === "oscuro") document.documentElement.dataset.tema = tema;
} catch (e) {}
