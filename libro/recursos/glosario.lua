-- El glosario: cambia la división .glosario por la lista de términos y, en la prosa de los capítulos, hace
-- de la primera aparición de cada uno un enlace que muestra su definición. Lo usan los dos tejedores: Quarto
-- y la edición Pandoc. Los datos los deja la imprenta en .cache/glosario.json.

local comun = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "comun.lua" }))
local terminos, por_id, formas, capitulo, mas_larga = {}, {}, {}, nil, 1
local marcados = {}

local function leer_terminos(meta)
  local raiz, fuente = comun.fuente(meta)
  local datos = comun.leer(raiz .. "/.cache/glosario.json")
  terminos, formas, capitulo = datos.terminos, datos.formas, datos.capitulos[fuente]
  for _, termino in ipairs(terminos) do por_id[termino.id] = termino end
  for forma in pairs(formas) do
    mas_larga = math.max(mas_larga, select(2, forma:gsub(" ", "")) + 1)
  end
  if capitulo then
    for _, id in ipairs(capitulo.omite) do marcados[id] = true end
  end
end

-- --- La página del glosario ---

local function en_ingles(termino)
  return pandoc.Span({ pandoc.Emph({ pandoc.Str(termino.ingles) }) }, { lang = "en" })
end

local function referencia(seccion)
  return pandoc.Cite({ pandoc.Str("@" .. seccion) }, { pandoc.Citation(seccion, "AuthorInText") })
end

local function entrada(termino)
  local titulo = pandoc.List({ pandoc.Span({ pandoc.Strong({ pandoc.Str(termino.nombre) }) }, { id = termino.id }) })
  if termino.ingles ~= termino.nombre then
    titulo:extend({ pandoc.Space(), en_ingles(termino) })
  end
  local texto = pandoc.List({ pandoc.Str(termino.definicion), pandoc.Space(), referencia(termino.seccion), pandoc.Str(".") })
  if #termino.otros > 0 then
    texto:insert(pandoc.Str(" En otros libros: " .. table.concat(termino.otros, ", ") .. "."))
  end
  return { titulo, { { pandoc.Para(texto) } } }
end

local function lista(division)
  if division.classes:includes("glosario") then
    division.content = { pandoc.DefinitionList(pandoc.List(terminos):map(entrada)) }
    return division
  end
end

-- --- Las marcas ---

local SIGNOS = { "%p", "«", "»", "“", "”", "‘", "’", "…", "—", "¿", "¡" }

-- Una palabra sin los signos que la rodean, y esos signos.
local function pelar(texto)
  local antes, despues = "", ""
  local cambia = true
  while cambia do
    cambia = false
    for _, signo in ipairs(SIGNOS) do
      local a, resto = texto:match("^(" .. signo .. ")(.+)$")
      if a then antes, texto, cambia = antes .. a, resto, true end
      local inicio, b = texto:match("^(.+)(" .. signo .. ")$")
      if b then texto, despues, cambia = inicio, b .. despues, true end
    end
  end
  return antes, texto, despues
end

-- El término más largo que empieza en la palabra i: su identificador, dónde acaba y su texto pelado.
local function hallar(elementos, i)
  local palabras, hallado = {}, nil
  for j = i, math.min(#elementos, i + 2 * (mas_larga - 1)), 2 do
    local entre = j > i and elementos[j - 1].t
    if elementos[j].t ~= "Str" or (entre and entre ~= "Space" and entre ~= "SoftBreak") then break end
    local antes, palabra, despues = pelar(elementos[j].text)
    if j > i and antes ~= "" then break end
    palabras[#palabras + 1] = palabra
    local id = formas[pandoc.text.lower(table.concat(palabras, " "))]
    if id then hallado = { id = id, fin = j, texto = table.concat(palabras, " "), despues = despues } end
    if despues ~= "" then break end
  end
  return hallado
end

local function texto_o_nada(texto)
  return texto ~= "" and { pandoc.Str(texto) } or {}
end

local function marca(texto, termino)
  local globo = pandoc.List()
  if termino.ingles ~= termino.nombre then
    globo:extend({ en_ingles(termino), pandoc.Str(" · ") })
  end
  globo:insert(pandoc.Str(termino.definicion))
  local numero = termino.id:gsub("^termino", "definicion")
  local enlace = pandoc.Link(texto, capitulo.glosario .. "#" .. termino.id, "",
    { class = "termino", ["aria-describedby"] = numero })
  return pandoc.Span({ enlace, pandoc.Span(globo, { id = numero, class = "globo", role = "tooltip" }) },
    { class = "con-globo" })
end

local marcar

local DENTRO = { Emph = true, Strong = true, Quoted = true }

local function marcar_texto(elementos)
  local salida, i = pandoc.List(), 1
  while i <= #elementos do
    local elemento = elementos[i]
    local hallado = elemento.t == "Str" and hallar(elementos, i)
    if hallado then
      local termino = por_id[hallado.id]
      if marcados[hallado.id] then
        for j = i, hallado.fin do salida:insert(elementos[j]) end
      else
        marcados[hallado.id] = true
        salida:extend(texto_o_nada((pelar(elemento.text))))
        salida:insert(marca(hallado.texto, termino))
        salida:extend(texto_o_nada(hallado.despues))
      end
      i = hallado.fin + 1
    else
      if DENTRO[elemento.t] then elemento.content = marcar_texto(elemento.content) end
      salida:insert(elemento)
      i = i + 1
    end
  end
  return salida
end

-- Solo la prosa: ni títulos, ni tablas, ni divisiones (celdas, figuras, recuadros, trozos).
function marcar(bloques)
  return pandoc.List(bloques):map(function(bloque)
    if bloque.t == "Para" or bloque.t == "Plain" then
      bloque.content = marcar_texto(bloque.content)
    elseif bloque.t == "BulletList" or bloque.t == "OrderedList" then
      bloque.content = bloque.content:map(marcar)
    elseif bloque.t == "BlockQuote" then
      bloque.content = marcar(bloque.content)
    end
    return bloque
  end)
end

local function documento(doc)
  leer_terminos(doc.meta)
  doc = doc:walk({ Div = lista })
  if capitulo and FORMAT:match("html") then
    if quarto then -- la edición Pandoc lo trae en su plantilla
      local guiones = { { path = "comun.js", afterBody = true }, { path = "libro.js", afterBody = true } }
      quarto.doc.add_html_dependency({ name = "libro", version = "1", scripts = guiones })
    end
    doc.blocks = marcar(doc.blocks)
  end
  return doc
end

return { { Pandoc = documento } }
