-- Lo que los filtros comparten. Lo cargan con «dofile», desde la carpeta de cada uno, los dos tejedores.

local M = {}

M.RECUADROS = {
  note = "Nota", tip = "Tip", warning = "Advertencia", important = "Importante", caution = "Precaución",
}

-- La raíz del libro y el capítulo que se está tejiendo.
function M.fuente(meta)
  if quarto then
    local raiz = quarto.project.directory
    return raiz, quarto.doc.input_file:sub(#raiz + 2):gsub("\\", "/")
  end
  return ".", pandoc.utils.stringify(meta.fuente or "")
end

-- Los datos que la imprenta dejó en un JSON.
function M.leer(ruta)
  local archivo = io.open(ruta, "rb")
  if not archivo then
    error("falta " .. ruta .. ": ejecuta «python -m imprenta preparar»")
  end
  local datos = pandoc.json.decode(archivo:read("a"), false)
  archivo:close()
  return datos
end

-- Las referencias de una cita, enlazadas con «enlazar(texto, id, etiqueta)»; nada si es una obra.
function M.citar(cita, etiquetas, enlazar)
  local partes = pandoc.List()
  for i, una in ipairs(cita.citations) do
    local etiqueta = etiquetas[una.id]
    if not etiqueta then
      return nil -- es una obra de la bibliografía
    end
    if i > 1 then
      partes:insert(pandoc.Str(", "))
    end
    local texto = pandoc.List({ pandoc.Str(etiqueta.prefijo .. etiqueta.numero) })
    if una.mode == "SuppressAuthor" then
      texto = pandoc.List({ pandoc.Str(etiqueta.numero) })
    elseif #una.prefix > 0 then
      texto = pandoc.List(una.prefix) .. { pandoc.Str("\u{a0}" .. etiqueta.numero) }
    end
    partes:extend(enlazar(texto, una.id, etiqueta))
  end
  return partes
end

-- `$$ … $$ {#eq-x}` llega como matemáticas seguidas de la etiqueta en texto; las une «poner(formula, id)».
function M.ecuaciones(parrafo, poner)
  local salida = pandoc.List()
  for _, elemento in ipairs(parrafo.content) do
    local id = elemento.t == "Str" and elemento.text:match("^{#(eq%-[%w-]+)}$")
    if id then
      if #salida > 0 and salida[#salida].t ~= "Math" then salida:remove() end
      salida:extend(poner(salida:remove(), id))
    else
      salida:insert(elemento)
    end
  end
  parrafo.content = salida
  return parrafo
end

function M.ecuacion_numerada(formula, id, numero)
  local rotulo = pandoc.Span("(" .. numero .. ")", { class = "numero-ecuacion" })
  return { pandoc.Span({ formula, rotulo }, { id = id, class = "ecuacion" }) }
end

-- Los tres modos en que se escribe un flotante, como «(id, cuerpo, pie)»: una figura, una tabla, una división.
function M.de_figura(bloque)
  local dibujo
  bloque:walk({ Image = function(i) dibujo = i end })
  dibujo.caption = {}
  return bloque.identifier, pandoc.List({ pandoc.Plain(dibujo) }), M.pie(bloque)
end

function M.pie(bloque)
  return pandoc.utils.blocks_to_inlines(bloque.caption.long)
end

function M.de_division(bloque)
  local cuerpo = pandoc.List(bloque.content)
  local pie = cuerpo:remove()
  return bloque.identifier, cuerpo:map(function(b) return b.t == "Para" and pandoc.Plain(b.content) or b end), pie.content
end

function M.escapar(texto)
  return (texto:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

function M.es_flotante(id)
  return id:match("^tbl%-") or id:match("^fig%-")
end

function M.recuadro(division)
  for _, clase in ipairs(division.classes) do
    local tipo = clase:match("^callout%-(%l+)$")
    if M.RECUADROS[tipo] then
      return tipo
    end
  end
end

function M.pie_de_listado(pie)
  return pandoc.utils.blocks_to_inlines(pandoc.read(pie).blocks)
end

function M.alterna(imagen)
  imagen.attributes.alt, imagen.attributes["fig-alt"] = imagen.attributes["fig-alt"], nil
  return imagen
end

return M
