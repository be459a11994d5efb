-- Las otras ediciones (EPUB, PDF y libretas): lo mismo que la página, sin HTML ni guiones. Va después
-- de trozos.lua. FORMAT dice para cuál es: «epub3», «typst» (el PDF) o «commonmark» (las libretas).

local AQUI = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local comun = dofile(pandoc.path.join({ AQUI, "comun.lua" }))
local formulas = dofile(pandoc.path.join({ AQUI, "formulas.lua" }))
local etiquetas = {}
local EPUB, PDF, LIBRETA = FORMAT == "epub3", FORMAT == "typst", FORMAT == "commonmark"

local function leer_etiquetas(meta)
  etiquetas = comun.leer(pandoc.utils.stringify(meta.etiquetas))
end

-- Un renglón por el que imprenta/libretas.py parte la prosa.
local function marca(texto)
  return pandoc.Para("⟦" .. texto .. "⟧")
end

local function typst(texto)
  return pandoc.RawBlock("typst", texto)
end

local function typst_en_linea(texto)
  return pandoc.RawInline("typst", texto)
end

-- El contenido dentro de una función de libro.typ o, en el EPUB, en una división con esa clase.
local function envolver(nombre, contenido, id)
  if LIBRETA then
    return contenido
  elseif PDF then
    local dentro = pandoc.List({ typst("#" .. nombre .. "[") }) .. contenido .. { typst("]") }
    return id and pandoc.Div(dentro, { id = id }) or dentro
  end
  return pandoc.Div(contenido, { id = id or "", class = nombre })
end

local function citar(cita)
  return comun.citar(cita, etiquetas, function(texto, id)
    return LIBRETA and texto or { pandoc.Link(texto, "#" .. id) }
  end)
end

-- Los enlaces entre trozos pasan a ser internos; los que llevan a archivos del sitio quedan en texto.
local function enlace(link)
  local ancla = not link.target:match("codigo/[^#]+#") and link.target:match("#(.+)$")
  if link.target:match("^%a+:") then
    return nil
  elseif LIBRETA or not ancla then
    return link.content
  end
  link.target = "#" .. ancla
  if PDF and ancla:match("^trozo%-") then
    return { link, typst_en_linea((" #context [(p.~#counter(page).at(label(%q)).first())]"):format(ancla)) }
  end
  return link
end

local function imagen(figura)
  if PDF then
    local alterna = figura.attributes["fig-alt"]:gsub('[\\"]', "\\%0")
    return typst_en_linea(('#image("/%s", alt: "%s")'):format(figura.src, alterna))
  end
  return comun.alterna(figura)
end

local function flotante(id, cuerpo, pie)
  local etiqueta = etiquetas[id]
  local rotulo = pandoc.Strong(etiqueta.prefijo .. etiqueta.numero .. ".")
  pie = pandoc.Plain(pandoc.List({ rotulo, pandoc.Space() }) .. pie)
  if cuerpo[1].t == "Table" and not LIBRETA then
    cuerpo[1].caption, cuerpo[1].identifier = pandoc.Caption({ pie }), id
    return cuerpo[1]
  elseif LIBRETA then
    return cuerpo .. { pandoc.Para(pie.content) }
  end
  return pandoc.Figure(cuerpo, pandoc.Caption({ pie }), { id = id })
end

local function figura(bloque)
  local id, cuerpo, pie = comun.de_figura(bloque)
  return id == "" and cuerpo or flotante(id, cuerpo, pie)
end

local function tabla(bloque)
  local primera = bloque.colspecs[1][2]
  local desiguales = bloque.colspecs:find_if(function(columna) return columna[2] ~= primera end)
  if not (PDF and desiguales) then
    bloque.colspecs = bloque.colspecs:map(function(columna) return { columna[1] } end) -- del ancho de su contenido
  end
  if bloque.identifier:match("^tbl%-") then
    return flotante(bloque.identifier, pandoc.List({ bloque }), comun.pie(bloque))
  end
  return bloque
end

-- Una celda sin el código plegado, que solo hace figuras y tablas: está en la web y en las libretas.
local function celda(division)
  local queda, plegado = pandoc.List(), false
  for _, bloque in ipairs(division.content) do
    if bloque.t == "RawBlock" and bloque.format == "html" then
      plegado = bloque.text:match("^<details") ~= nil
    elseif not plegado then
      queda:insert(bloque)
    end
  end
  return queda
end

-- Un título que no entra en ningún índice; en el PDF no se queda solo al pie de la hoja.
local function rotulo(contenido)
  if PDF then
    return pandoc.List({ typst("#rotulo["), pandoc.Plain(contenido), typst("]") })
  end
  return pandoc.List({ pandoc.Para({ pandoc.Strong(contenido) }) })
end

local function sin_titulos(bloques)
  local salida = pandoc.List()
  for _, bloque in ipairs(bloques) do
    salida:extend(bloque.t == "Header" and rotulo(bloque.content) or { bloque })
  end
  return salida
end

-- Si un trozo cabe entero en menos de la tercera parte de una hoja del PDF.
local function es_corto(bloque)
  local renglones = 0
  bloque:walk({ CodeBlock = function(b) renglones = renglones + select(2, b.text:gsub("\n", "")) + 1 end })
  return renglones <= 12
end

local function recuadro(division, tipo)
  local cuerpo = division.content
  local titulo = cuerpo[1] and cuerpo[1].t == "Header" and {} or rotulo({ pandoc.Str(comun.RECUADROS[tipo]) })
  return envolver("recuadro", pandoc.List(titulo) .. sin_titulos(cuerpo))
end

local function nombres(division)
  if not PDF then
    return division
  end
  local salida = pandoc.List({ typst("#nombres(") })
  for _, renglon in ipairs(division.content[1].content) do
    salida:extend({ typst("["), pandoc.Plain(pandoc.utils.blocks_to_inlines(renglon)), typst("],") })
  end
  return salida .. { typst(")") }
end

-- De la tabla de una curva, en papel, uno de cada dos renglones: lo demás se recorre en la página.
local function curva(division)
  return division:walk({ Table = function(t)
    local cuerpo, quedan = t.bodies[1], pandoc.List()
    for i = 1, #cuerpo.body, 2 do quedan:insert(cuerpo.body[i]) end
    cuerpo.body = quedan
    return t
  end }).content
end

local function division(bloque)
  local id, clases = bloque.identifier, bloque.classes
  if comun.es_flotante(id) then
    return flotante(comun.de_division(bloque))
  elseif clases:includes("cell") then
    return celda(bloque)
  elseif clases:includes("nombres") then
    return nombres(bloque)
  elseif clases:includes("curva") and not LIBRETA then
    return curva(bloque)
  elseif clases:includes("panel-tabset") then
    return sin_titulos(bloque.content)
  elseif clases:includes("cell-output") then
    local primero = bloque.content[1] -- no hay, si era solo HTML
    return primero and primero.t == "CodeBlock" and envolver("salida", bloque.content) or bloque.content
  elseif clases:includes("trozo-cabeza") then
    return envolver("trozo-cabeza", pandoc.List({ pandoc[LIBRETA and "Para" or "Plain"](bloque.content[1].content) }))
  elseif clases:includes("trozo-pie") then
    return LIBRETA and {} or envolver("trozo-pie", bloque.content)
  elseif clases:includes("trozo") and LIBRETA then
    return pandoc.List({ marca("corte") }) .. bloque.content .. { marca("corte") }
  elseif clases:includes("trozo") then
    return envolver(PDF and not es_corto(bloque) and "trozo(junto: false)" or "trozo", bloque.content, id)
  end
  local tipo = comun.recuadro(bloque)
  if tipo then
    return recuadro(bloque, tipo)
  end
  return LIBRETA and id ~= "refs" and bloque.content or nil
end

-- El código del EPUB, que no se parte en un guion.
local function marcar(texto)
  return (comun.escapar(texto):gsub("[^%s-]*%-[^%s]*", '<span class="junto">%0</span>'))
end

-- Lo que no cabe de un renglón sigue más adentro, y lo que ya se conocía va en gris.
local function renglones(texto, sabidos)
  local n = 0
  local marcado = (marcar(texto) .. "\n"):gsub("([^\n]*\n)", function(renglon)
    n = n + 1
    local clase = (", " .. sabidos .. ","):find(", " .. n .. ",", 1, true) and ' class="sabido"' or ""
    local hondo = #renglon:match("^ *") + 4
    return ('<span%s style="padding-left: %dch; text-indent: -%dch">%s</span>'):format(clase, hondo, hondo, renglon)
  end)
  return pandoc.RawBlock("html", "<pre><code>" .. marcado .. "</code></pre>")
end

local function codigo(bloque)
  local numero, pie = bloque.attributes.celda, bloque.attributes["lst-cap"]
  local sabidos = bloque.attributes.sabidos
  local limpio = EPUB and renglones(bloque.text, sabidos or "")
    or pandoc.CodeBlock(bloque.text, { class = bloque.classes[1] ~= "celda" and bloque.classes[1] or "" })
  if numero then
    return marca("celda " .. numero)
  elseif pie then
    return flotante(bloque.identifier, pandoc.List({ limpio }), comun.pie_de_listado(pie))
  elseif bloque.attributes.filename then
    return rotulo({ pandoc.Str(bloque.attributes.filename) }) .. { limpio }
  elseif sabidos and PDF then
    return { typst("#sabidos((" .. sabidos .. ",))["), limpio, typst("]") }
  end
  return limpio
end

local function en_linea(codigo)
  return pandoc.RawInline("html", "<code>" .. marcar(codigo.text) .. "</code>")
end

-- MathML pega el nombre de una función a lo que tiene junto.
local function separar(formula)
  for _, nombre in ipairs({ "\\log", "\\exp" }) do
    formula.text = formula.text:gsub("(%w) " .. nombre, "%1\\," .. nombre):gsub(nombre .. " ([%w\\])", nombre .. "\\,%1")
  end
  return formula
end

local function ecuaciones(parrafo)
  return comun.ecuaciones(parrafo, function(formula, id)
    local numero = etiquetas[id].numero
    if LIBRETA then
      formula.text = formula.text:gsub("%s+$", "") .. " \\tag{" .. numero .. "}"
      return { formula }
    elseif PDF then
      local abre = typst_en_linea("#ecuacion[(" .. numero .. ")][")
      return { abre, formula, typst_en_linea("] <" .. id .. ">") }
    end
    return comun.ecuacion_numerada(formula, id, numero)
  end)
end

-- Una fórmula sencilla, en cursivas y voladitas: el índice del EPUB no lleva MathML.
local function sin_formulas(titulo)
  return titulo:walk({ Math = function(formula)
    local plana = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ formula }) }), "html", { html_math_method = "plain" })
    return pandoc.utils.blocks_to_inlines(pandoc.read(plana, "html").blocks)
  end })
end

local function encabezado(titulo)
  if EPUB then titulo = sin_formulas(titulo) end
  if PDF and titulo.classes:includes("parte") then
    return { typst("#parte["), pandoc.Plain(titulo.content), typst("]") }
  end
  local numero = titulo.attributes.numero
  titulo.attributes.numero = nil
  if numero then
    numero = titulo.level == 1 and numero:match("^%a$") and "Apéndice " .. numero .. "." or numero
    titulo.content = pandoc.List({ pandoc.Span(numero, { class = "numero" }), pandoc.Space() }) .. titulo.content
  end
  return LIBRETA and { marca("corte"), titulo } or titulo
end

local function rubrica(tramo)
  if tramo.classes[1] == "trozo-nombre" then
    return pandoc.Emph(pandoc.List({ pandoc.Str("⟨") }) .. tramo.content .. { pandoc.Str("⟩") })
  elseif LIBRETA or PDF and tramo.classes[1] then
    return tramo.content
  end
end

local function sin_html(crudo)
  if crudo.format == "html" and not crudo.text:match("^</?details") then
    return {}
  end
end

return {
  { Meta = leer_etiquetas, RawBlock = sin_html },
  { Figure = figura, Table = tabla },
  { Div = division },
  { Image = imagen, Para = ecuaciones, CodeBlock = codigo, Header = encabezado },
  { Cite = citar, Link = enlace, Span = rubrica, Code = EPUB and en_linea or nil, Math = PDF and formulas.en_typst or EPUB and separar or nil },
}
