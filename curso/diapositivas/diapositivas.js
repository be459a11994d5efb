// Las diapositivas, de una en una: con el teclado, los botones o el dedo. Sin este guion se leen una bajo otra.
(() => {
  "use strict";

  const todas = [...document.querySelectorAll(".diapositiva")];
  const botones = [...document.querySelectorAll(".mando button")];
  const cual = document.querySelector("#cual"), aviso = document.querySelector("#aviso");
  const TECLAS = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1, Home: -Infinity, End: Infinity };
  let actual = 0;

  // Un dibujo alto va al lado del título. Lo demás, lo más grande que quepa; y lo que ni así cabe, se desliza.
  function ajustar(una) {
    const [dibujo, otro] = una.querySelectorAll(".quarto-float-fig :is(svg, img)"), suyo = dibujo?.viewBox?.baseVal;
    const ancho = (suyo?.width ?? dibujo?.naturalWidth) / (suyo?.height ?? dibujo?.naturalHeight);
    una.classList.toggle("de-lado", !otro && ancho < 1.3 && innerWidth > 1.3 * innerHeight);
    const cajas = [...una.querySelectorAll("pre, .ecuacion, figure > div")];
    const sobra = (e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1;
    for (let k = 1.8; k >= 0.55; k -= 0.05) {
      una.style.setProperty("--k", k.toFixed(2));
      if (!sobra(una) && !cajas.some(sobra)) break;
    }
    for (const caja of [una, ...cajas]) {
      if (sobra(caja)) caja.tabIndex = 0;
      else caja.removeAttribute("tabindex");
    }
  }

  function mostrar() {
    actual = Math.max(0, todas.findIndex(({ id }) => `#${id}` === location.hash));
    todas.forEach((una, n) => una.classList.toggle("actual", n === actual));
    cual.textContent = `${actual + 1} de ${todas.length}`;
    botones[0].disabled = actual === 0;
    botones[1].disabled = actual === todas.length - 1;
    aviso.textContent = `${cual.textContent}: ${todas[actual].querySelector("h2").textContent}`;
  }

  function ir(pasos) {
    const meta = Math.min(Math.max(actual + pasos, 0), todas.length - 1);
    if (meta !== actual) location.replace(`#${meta + 1}`);
  }

  addEventListener("keydown", (evento) => {
    const { key, target, altKey, ctrlKey, metaKey, shiftKey } = evento;
    const pasos = key === " " && !target.closest("a, button") ? (shiftKey ? -1 : 1) : TECLAS[key];
    const desliza = target.scrollWidth > target.clientWidth + 1 && key.startsWith("Arrow") && target !== document.body;
    if (!pasos || altKey || ctrlKey || metaKey || desliza) return;
    evento.preventDefault();
    ir(pasos);
  });
  botones.forEach((boton) => boton.addEventListener("click", () => ir(Number(boton.dataset.van))));

  let dedo = null;
  addEventListener("touchstart", ({ touches: [{ clientX, clientY, target }] }) => {
    const desliza = target.closest("pre, .ecuacion, figure > div");
    dedo = desliza && desliza.scrollWidth > desliza.clientWidth ? null : [clientX, clientY];
  }, { passive: true });
  addEventListener("touchend", ({ changedTouches: [{ clientX, clientY }] }) => {
    const [x, y] = dedo ? [clientX - dedo[0], clientY - dedo[1]] : [0, 0];
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) ir(x < 0 ? 1 : -1);
  });

  const acomodar = () => todas.forEach(ajustar);
  addEventListener("hashchange", mostrar);
  addEventListener("resize", acomodar);
  document.fonts.ready.then(acomodar);
  addEventListener("load", acomodar); // ya con sus imágenes
  mostrar();
})();
