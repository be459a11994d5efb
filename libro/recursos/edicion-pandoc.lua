-- La edición Pandoc: numera y enlaza como Quarto las etiquetas que «tejer» ya contó en todo el
-- libro, y da forma a recuadros, pestañas, pies y bloques con nombre de archivo.

local comun = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "comun.lua" }))
local etiquetas, capitulo = {}, ""

local function leer_etiquetas(meta)
  etiquetas = comun.leer(pandoc.utils.stringify(meta.etiquetas))
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
  return comun.citar(cita, etiquetas, function(texto, id, etiqueta)
    if capitulo == "index.qmd" and etiqueta.titulo then
      texto = pandoc.List({ pandoc.Str(etiqueta.numero .. " " .. etiqueta.titulo) }) -- desde una página sin número
    end
    return { pandoc.Link(texto, enlace(id), "", { class = "quarto-xref" }) }
  end)
end

local function con_numero(id, pie)
  local etiqueta = etiquetas[id]
  return pandoc.List({ pandoc.Str(etiqueta.prefijo .. etiqueta.numero .. ":"), pandoc.Space() }) .. pie
end

local function html(texto)
  return pandoc.RawBlock("html", texto)
end

local function imagen(figura)
  figura.classes = { "img-fluid", "figure-img" }
  return comun.alterna(figura)
end

-- Una figura, tabla o listado con su pie, con las mismas clases que Quarto.
local function flotante(id, cuerpo, pie)
  local tipo = id:sub(1, 3)
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
  local id, cuerpo, pie = comun.de_figura(bloque)
  return id ~= "" and flotante(id, cuerpo, pie) or cuerpo
end

local function tabla(bloque)
  local id, pie = bloque.identifier, comun.pie(bloque)
  if id:match("^tbl%-") then
    bloque.caption, bloque.identifier = pandoc.Caption(), ""
    return flotante(id, { bloque }, pie)
  end
end

local function recuadro(division, tipo)
  local titulo = division.content[1]
  local cuerpo = division.content
  if titulo and titulo.t == "Header" then
    cuerpo = pandoc.List(cuerpo)
    cuerpo:remove(1)
    titulo = titulo.content
  else
    titulo = { pandoc.Str(comun.RECUADROS[tipo]) }
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
      local titulo = comun.escapar(pandoc.utils.stringify(bloque.content))
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
  local tipo = comun.recuadro(bloque)
  if comun.es_flotante(bloque.identifier) then
    return flotante(comun.de_division(bloque))
  elseif bloque.classes:includes("panel-tabset") then
    return pestanas(bloque)
  end
  return tipo and recuadro(bloque, tipo)
end

local function listado(bloque)
  local nombre, pie = bloque.attributes.filename, bloque.attributes["lst-cap"]
  local codigo = pandoc.CodeBlock(bloque.text, { class = table.concat(bloque.classes, " ") })
  if pie then
    return flotante(bloque.identifier, { codigo }, comun.pie_de_listado(pie))
  elseif nombre then
    local cabeza = html('<div class="code-with-filename-file"><pre><strong>' .. comun.escapar(nombre) .. "</strong></pre></div>")
    return pandoc.Div({ cabeza, codigo }, { class = "code-with-filename" })
  end
end

local function ecuaciones(parrafo)
  comun.ecuaciones(parrafo, function(formula, id)
    return comun.ecuacion_numerada(formula, id, etiquetas[id].numero)
  end)
  parrafo.content = parrafo.content:map(function(suelta) -- sin número, pero también se desliza si no cabe
    return suelta.mathtype == "DisplayMath" and pandoc.Span({ suelta }, { class = "ecuacion" }) or suelta
  end)
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
