-- Lo primero que se hace con un capítulo: numera sus secciones, figuras, tablas, ecuaciones y listados, y
-- apunta en «leido» su título, sus etiquetas, si cita obras y el texto de cada sección, para la búsqueda.

local TIPOS = { fig = "Figura\u{a0}", tbl = "Tabla\u{a0}", eq = "Ecuación\u{a0}", lst = "Listado\u{a0}" }

local function nada() return {} end

local function con_espacio(bloque)
  bloque.content:insert(pandoc.Space())
  return bloque
end

-- Una fórmula, con las letras que hay: «h̄_t», «1/√H»; las que van en su renglón no caben en un extracto.
local function formula(suya)
  if suya.mathtype == "DisplayMath" then return pandoc.Str("…") end
  local tex = suya.text:gsub("\\[dt]?frac{(.-)}{(.-)}", "%1/%2"):gsub("\\sqrt{(.-)}", "√%1"):gsub("\\big[lr]", "")
  local llana = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ pandoc.Math("InlineMath", tex) }) }), "plain")
  return pandoc.Str((llana:gsub("%s+", " "):gsub(" $", ""):gsub("([_^])%(([^ ()]+)%)", "%1%2")))
end

-- El texto de unos bloques o de una línea, sin código de programa, notas ni marcas.
local function texto(elementos)
  local llano = elementos:walk({
    CodeBlock = nada, RawBlock = nada, RawInline = nada, Note = nada,
    Math = formula,
    Quoted = function(cita) return pandoc.List({ pandoc.Str("“") }) .. cita.content .. { pandoc.Str("”") } end,
    Para = con_espacio, Plain = con_espacio, Header = con_espacio,
  })
  return pandoc.utils.stringify(llano)
end

local function recortar(cadena)
  return (cadena:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- Le pone número a cada sección y devuelve el título del capítulo.
local function numerar_secciones(bloques, numero, es_apendice, etiquetas)
  local cuenta, titulo = { 0, 0, 0, 0, 0, 0 }, ""
  for _, bloque in ipairs(bloques) do
    local suyo, prefijo = numero, es_apendice and "Apéndice\u{a0}" or "Capítulo\u{a0}"
    if bloque.t == "Header" and (bloque.level == 1 or numero ~= "" and not bloque.classes:includes("unnumbered")) then
      local nombre, nivel = recortar(texto(bloque.content)), bloque.level
      if nivel == 1 then
        titulo = nombre
      else
        cuenta[nivel - 1] = cuenta[nivel - 1] + 1
        for hondo = nivel, 6 do cuenta[hondo] = 0 end
        suyo, prefijo = table.concat({ numero, table.unpack(cuenta, 1, nivel - 1) }, "."), "Sección\u{a0}"
      end
      etiquetas:insert({ id = bloque.identifier, prefijo = prefijo, numero = suyo, titulo = nombre, capitulo = nivel == 1 })
      if suyo ~= "" then bloque.attributes.numero = suyo end
    end
  end
  return titulo
end

local function numerar_flotantes(bloques, numero, etiquetas)
  local cuentas = { fig = 0, tbl = 0, eq = 0, lst = 0 }
  local function contar(id)
    local tipo = id:match("^(%l+)%-")
    cuentas[tipo] = cuentas[tipo] + 1
    local suyo = numero == "" and tostring(cuentas[tipo]) or numero .. "." .. cuentas[tipo]
    etiquetas:insert({ id = id, prefijo = TIPOS[tipo], numero = suyo })
  end
  local function bloque(b)
    if b.identifier:match("^fig%-") or b.identifier:match("^tbl%-") or b.identifier:match("^lst%-") then contar(b.identifier) end
  end
  bloques:walk({ traverse = "topdown", Figure = bloque, Div = bloque, Table = bloque, CodeBlock = bloque,
    Str = function(s)
      local id = s.text:match("^{#(eq%-[%w-]+)}$")
      if id then contar(id) end
    end })
end

-- El texto que sigue a cada título; el de antes del primero es del capítulo, sin identificador.
local function partir(bloques)
  local secciones, desde = pandoc.List(), pandoc.List()
  local actual = { id = "", nombre = "" }
  local function cerrar()
    actual.texto = texto(pandoc.Blocks(desde))
    secciones:insert(actual)
  end
  for _, bloque in ipairs(bloques) do
    if bloque.t ~= "Header" then
      desde:insert(bloque)
    elseif bloque.level > 1 then
      cerrar()
      actual, desde = { id = bloque.identifier, nombre = recortar(texto(bloque.content)) }, pandoc.List()
    end
  end
  cerrar()
  return secciones
end

local function imagenes(bloques)
  local rutas = pandoc.List()
  bloques:walk({ Image = function(imagen) rutas:insert(imagen.src) end })
  return rutas
end

local function cita_obras(bloques)
  local obras = false
  bloques:walk({ Cite = function(cita)
    for _, una in ipairs(cita.citations) do
      local tipo = una.id:match("^[^-]*")
      obras = obras or not (tipo == "sec" or TIPOS[tipo])
    end
  end })
  return obras
end

function Pandoc(doc)
  local numero, etiquetas = pandoc.utils.stringify(doc.meta.numero), pandoc.List()
  local titulo = numerar_secciones(doc.blocks, numero, pandoc.utils.stringify(doc.meta.apendice) ~= "", etiquetas)
  numerar_flotantes(doc.blocks, numero, etiquetas)
  local obras = cita_obras(doc.blocks)
  if obras then
    doc.blocks:insert(pandoc.Header(2, "Referencias", { id = "referencias", class = "unnumbered" }))
    doc.blocks:insert(pandoc.Div({}, { id = "refs" }))
  end
  local leido = { titulo = titulo, etiquetas = etiquetas, secciones = partir(doc.blocks), obras = obras,
    imagenes = imagenes(doc.blocks) }
  return pandoc.Pandoc(doc.blocks, { leido = pandoc.MetaString(pandoc.json.encode(leido)) })
end
