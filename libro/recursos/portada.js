// La red de la portada: lee la letra de abajo, escribe la del círculo y se la pasa a la que sigue. Usa
// codigo/redes.js y los pesos incrustados en la página. Sin este guion queda la palabra «redes», quieta.
(() => {
  "use strict";

  const { alVerse, crear, datos, respiro } = Taller;

  const visible = (letra) => ({ "\n": "·", " ": "␣" })[letra] || letra;

  async function poner(tira) {
    await respiro();
    const red = Redes.leer(datos(tira.dataset.red)), dardo = Redes.azar(2018), lista = tira.querySelector("[role=img]");
    const boton = crear("button", { type: "button", class: "boton" }, "Pausar");
    let escritura = null, leida = "\n", reloj = null;

    // Una letra más, o la primera de otro nombre; dice si con ella se acabó.
    function letra() {
      if (!escritura) {
        escritura = Redes.escribir(red, dardo, { piso: 0.001 });
        lista.replaceChildren();
        leida = "\n";
      }
      const { value, done } = escritura.next(), escrita = done ? "\n" : red.simbolos[value.letra];
      lista.append(crear("span", {}, crear("b", {}, visible(escrita)), crear("i", {}, visible(leida))));
      while (lista.scrollWidth > lista.clientWidth) lista.firstElementChild.remove();
      leida = escrita;
      if (escrita === "\n") escritura = null;
      return !escritura;
    }

    function seguir(acabo) {
      reloj = setTimeout(() => seguir(letra()), acabo ? 1800 : 260);
    }

    function andar(si) {
      clearTimeout(reloj);
      reloj = null;
      boton.textContent = si ? "Pausar" : "Escribir";
      if (si) seguir(!escritura);
    }

    boton.addEventListener("click", () => andar(reloj === null));
    tira.append(boton);
    while (!letra());
    andar(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  alVerse(".tira", poner);
})();
