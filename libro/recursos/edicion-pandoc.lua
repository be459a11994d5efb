-- La edición Pandoc: numera y enlaza como Quarto las etiquetas que «tejer» ya contó en todo el
-- libro, y da forma a recuadros, pestañas, pies y bloques con nombre de archivo.

local etiquetas, capitulo = {}, ""

local NOMBRES = {
  note = "Nota", tip = "Tip", warning = "Advertencia", important = "Importante", caution = "Precaución",
}

local function leer_etiquetas(meta)
  local archivo = assert(io.open(pandoc.utils.stringify(meta.etiquetas), "rb"))
  etiquetas = pandoc.json.decode(archivo:read("a"), false)
  archivo:close()
  capitulo = pandoc.utils.stringify(meta.fuente)
end

local function enlace(id)
  local etiqueta = etiquetas[id]
  if etiqueta.fuente == capitulo then
    return "#" .. id
  end
  local ancla = etiqueta.capitulo and "" or "#" .. id
  local carpeta = pandoc.path.directory(capitulo)
  local pagina = etiqueta.pagina
  return (carpeta == "." and pagina or pandoc.path.make_relative(pagina, carpeta, true)) .. ancla
end

local function citar(cita)
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
    if capitulo == "index.qmd" and etiqueta.titulo then
      texto = pandoc.List({ pandoc.Str(etiqueta.numero .. " " .. etiqueta.titulo) }) -- desde una página sin número
    elseif una.mode == "SuppressAuthor" then
      texto = pandoc.List({ pandoc.Str(etiqueta.numero) })
    elseif #una.prefix > 0 then
      texto = pandoc.List(una.prefix) .. { pandoc.Str("\u{a0}" .. etiqueta.numero) }
    end
    partes:insert(pandoc.Link(texto, enlace(una.id), "", { class = "quarto-xref" }))
  end
  return partes
end

local function con_numero(id, pie)
  local etiqueta = etiquetas[id]
  return pandoc.List({ pandoc.Str(etiqueta.prefijo .. etiqueta.numero .. ":"), pandoc.Space() }) .. pie
end

local function html(texto)
  return pandoc.RawBlock("html", texto)
end

local function escapar(texto)
  return (texto:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function imagen(figura)
  figura.attributes.alt = figura.attributes["fig-alt"]
  figura.attributes["fig-alt"] = nil
  figura.classes = { "img-fluid", "figure-img" }
  return figura
end

-- Una figura, tabla o listado con su pie, con las mismas clases que Quarto.
local function flotante(id, tipo, cuerpo, pie)
  local leyenda = pandoc.List({
    html('<figcaption class="quarto-float-caption">'), pandoc.Plain(con_numero(id, pie)), html("</figcaption>"),
  })
  local contenido = pandoc.List({ pandoc.Div(cuerpo) })
  contenido = tipo == "fig" and contenido .. leyenda or leyenda .. contenido
  local figura = pandoc.List({ html('<figure class="quarto-float quarto-float-' .. tipo .. ' figure">') })
  figura = figura .. contenido .. { html("</figure>") }
  return pandoc.Div(figura, { id = id, class = "quarto-float" })
end

local function figura(bloque)
  local id = bloque.identifier
  local pie = pandoc.utils.blocks_to_inlines(bloque.caption.long)
  local imagen
  bloque:walk({ Image = function(i) imagen = i end })
  imagen.caption = {}
  return id ~= "" and flotante(id, "fig", { pandoc.Plain(imagen) }, pie) or pandoc.Plain(imagen)
end

local function tabla(bloque)
  local id = bloque.identifier
  if not id:match("^tbl%-") then
    return nil
  end
  local pie = pandoc.utils.blocks_to_inlines(bloque.caption.long)
  bloque.caption, bloque.identifier = pandoc.Caption(), ""
  return flotante(id, "tbl", { bloque }, pie)
end

local function recuadro(division, tipo)
  local titulo = division.content[1]
  local cuerpo = division.content
  if titulo and titulo.t == "Header" then
    cuerpo = pandoc.List(cuerpo)
    cuerpo:remove(1)
    titulo = titulo.content
  else
    titulo = { pandoc.Str(NOMBRES[tipo]) }
  end
  local clase = "callout callout-" .. tipo
  local interior = pandoc.Div(cuerpo, { class = "callout-body" })
  if not division.attributes.collapse then
    return pandoc.Div({ pandoc.Div(pandoc.Plain(titulo), { class = "callout-title" }), interior }, { class = clase })
  end
  local abierto = division.attributes.collapse == "false" and " open" or ""
  return {
    html('<details class="' .. clase .. '"' .. abierto .. '><summary class="callout-title">'),
    pandoc.Plain(titulo), html("</summary>"), interior, html("</details>"),
  }
end

local function pestanas(division)
  local contenido, abierta = pandoc.List(), false
  for _, bloque in ipairs(division.content) do
    if bloque.t == "Header" then
      if abierta then contenido:insert(html("</section>")) end
      abierta = true
      local titulo = escapar(pandoc.utils.stringify(bloque.content))
      contenido:insert(html('<section data-titulo="' .. titulo .. '">'))
      contenido:insert(html("<h" .. bloque.level .. ">" .. titulo .. "</h" .. bloque.level .. ">"))
    else
      contenido:insert(bloque)
    end
  end
  contenido:insert(html("</section>"))
  return pandoc.Div(contenido, { class = "panel-tabset" })
end

local function division(bloque)
  local id = bloque.identifier
  if id:match("^tbl%-") or id:match("^fig%-") then
    local contenido = pandoc.List(bloque.content)
    local pie = contenido:remove()
    contenido = contenido:map(function(b) return b.t == "Para" and pandoc.Plain(b.content) or b end)
    return flotante(id, id:sub(1, 3), contenido, pie.content)
  end
  for _, clase in ipairs(bloque.classes) do
    local tipo = clase:match("^callout%-(%l+)$")
    if NOMBRES[tipo] then
      return recuadro(bloque, tipo)
    elseif clase == "panel-tabset" then
      return pestanas(bloque)
    end
  end
end

local function listado(bloque)
  local nombre, pie = bloque.attributes.filename, bloque.attributes["lst-cap"]
  local codigo = pandoc.CodeBlock(bloque.text, { class = table.concat(bloque.classes, " ") })
  if pie then
    return flotante(bloque.identifier, "lst", { codigo }, pandoc.utils.blocks_to_inlines(pandoc.read(pie).blocks))
  elseif nombre then
    local cabeza = html('<div class="code-with-filename-file"><pre><strong>' .. escapar(nombre) .. "</strong></pre></div>")
    return pandoc.Div({ cabeza, codigo }, { class = "code-with-filename" })
  end
end

-- `$$ … $$ {#eq-x}` llega como matemáticas seguidas de la etiqueta en texto.
local function ecuaciones(parrafo)
  local salida = pandoc.List()
  for _, elemento in ipairs(parrafo.content) do
    local id = elemento.t == "Str" and elemento.text:match("^{#(eq%-[%w-]+)}$")
    if id then
      if #salida > 0 and salida[#salida].t ~= "Math" then salida:remove() end
      local formula = salida:remove()
      local numero = pandoc.Span("(" .. etiquetas[id].numero .. ")", { class = "numero-ecuacion" })
      salida:insert(pandoc.Span({ formula, numero }, { id = id, class = "ecuacion" }))
    else
      salida:insert(elemento)
    end
  end
  parrafo.content = salida
  return parrafo
end

local function encabezado(titulo)
  local etiqueta = titulo.attributes.numero
  titulo.attributes.numero = nil
  if not etiqueta then
    return titulo
  end
  local clase = titulo.level == 1 and "chapter-number" or "header-section-number"
  local es_apendice = titulo.level == 1 and etiqueta:match("^%a$")
  local numero = pandoc.List({ pandoc.Str(es_apendice and "Apéndice " .. etiqueta or etiqueta) })
  if es_apendice then numero:insert(pandoc.Span(" —", { class = "raya" })) end
  titulo.content = pandoc.List({ pandoc.Span(numero, { class = clase }), pandoc.Space() }) .. titulo.content
  if titulo.level > 1 then titulo.attributes.number = etiqueta end
  return titulo
end

return {
  { Meta = leer_etiquetas },
  { Image = imagen },
  { Para = ecuaciones, Figure = figura, Table = tabla, Div = division, CodeBlock = listado, Header = encabezado },
  { Cite = citar },
}
