-- Muestra cada trozo de código con su nombre, el archivo al que va y sus enlaces.
-- Lo usan los dos tejedores: Quarto y la edición Pandoc. Los datos los deja el extractor
-- en .cache/trozos/: en el archivo de cada capítulo, una ficha por trozo en el orden en que aparecen.

local comun = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "comun.lua" }))
local fichas, mapa, mapas, siguiente, carpeta, raiz, fuente = nil, {}, nil, 0, "", ".", ""

local function leer_meta(meta)
  raiz, fuente = comun.fuente(meta)
  carpeta = raiz .. "/.cache/trozos/"
end

-- Se leen la primera vez que hacen falta: a muchas páginas no les hacen.
local function leer_fichas()
  local datos = comun.leer(carpeta .. fuente:match("([^/]+)qmd$") .. "json")
  fichas, mapa = datos.trozos, datos.mapa
end

local function enlaces(lista)
  local partes = pandoc.List()
  for i, cita in ipairs(lista) do
    if i > 1 then
      local y = cita.texto:match("^h?[ií]") and " e " or " y "
      partes:insert(pandoc.Str(i == #lista and y or ", "))
    end
    partes:insert(pandoc.Link(cita.texto, cita.url))
  end
  return partes
end

-- Dónde cae un trozo en su archivo: sus renglones y, en la página, una rayita que los muestra.
local function lugar(archivo)
  local raya = ('<span class="donde-cae" style="--de: %.3f; --a: %.3f"></span>'):format(
    (archivo.desde - 1) / archivo.total, archivo.hasta / archivo.total)
  local renglones = archivo.desde == archivo.hasta and ":%d" or ":%d–%d"
  local texto = { pandoc.Code(archivo.texto), pandoc.Str(renglones:format(archivo.desde, archivo.hasta)) }
  local enlace = pandoc.Link(texto, archivo.url, "", { class = "trozo-archivo" })
  return { pandoc.Space(), pandoc.Span({ enlace, pandoc.RawInline("html", raya) }, { class = "trozo-lugar" }) }
end

local function cabeza(ficha)
  local partes = pandoc.List({ pandoc.Span(ficha.numero, { class = "trozo-numero" }), pandoc.Space() })
  if ficha.define then
    partes:extend({ pandoc.Code(ficha.titulo), pandoc.Space() })
  elseif ficha.titulo ~= ficha.archivos[1].texto then
    partes:extend({ pandoc.Span(ficha.titulo, { class = "trozo-nombre" }), pandoc.Space() })
  end
  partes:insert(pandoc.Span(ficha.continuacion and "+≡" or "≡", { class = "trozo-signo" }))
  for _, archivo in ipairs(ficha.archivos) do partes:extend(lugar(archivo)) end
  return pandoc.Div(pandoc.Plain(partes), { class = "trozo-cabeza" })
end

local function pie(ficha)
  local partes = pandoc.List()
  local function agregar(antes, lista)
    if #lista > 0 then
      partes:extend({ pandoc.Str(antes), pandoc.Space() })
      partes:extend(enlaces(lista))
      partes:extend({ pandoc.Str("."), pandoc.Space() })
    end
  end
  agregar("Incluye", ficha.incluye)
  agregar("Se usa en", ficha.usos)
  agregar("Viene de", ficha.viene)
  agregar("Sigue en", ficha.continua)
  return #partes > 0 and pandoc.Div(pandoc.Plain(partes), { class = "trozo-pie" }) or nil
end

-- En el lugar de cada <<nombre-de-un-trozo>>, la frase y el número con que se le busca.
local function con_frases(texto, ficha)
  for _, cita in ipairs(ficha.incluye) do
    local desde, hasta = texto:find("<<" .. cita.nombre .. ">>", 1, true)
    texto = texto:sub(1, desde - 1) .. "⟨" .. cita.texto .. "⟩" .. texto:sub(hasta + 1)
  end
  return texto
end

-- Los renglones que ya estaban en un trozo parecido van en gris, con una hoja de estilo propia.
local function apagar_lo_sabido(ficha)
  if #ficha.sabidos == 0 then
    return nil
  end
  local renglones = pandoc.List(ficha.sabidos):map(function(n) return (":nth-child(%d)"):format(n) end)
  local selector = "#" .. ficha.id .. " pre code > span:is(" .. table.concat(renglones, ", ") .. ")"
  return pandoc.RawBlock("html", "<style>" .. selector .. ", " .. selector .. " * { color: var(--tenue) !important; }</style>")
end

-- La ficha del bloque que sigue en el capítulo; el de una diapositiva ya trae la suya.
local function la_que_sigue(bloque)
  siguiente = siguiente + 1
  if not fichas then leer_fichas() end
  if #fichas == 0 then -- Quarto juntó todos los capítulos en uno, el de la portada
    local todo = comun.leer(raiz .. "/.cache/trozos-juntos.json")
    fichas, mapas = todo.trozos, pandoc.List(todo.mapas)
  end
  if not fichas[siguiente] then
    error("el trozo «" .. bloque.identifier .. "» no está en " .. carpeta)
  end
  return fichas[siguiente]
end

local function mostrar(bloque)
  local es_listado = bloque.identifier:match("^lst%-")
  if not bloque.attributes.file and (bloque.identifier == "" or es_listado) then
    return nil
  end
  local es_codigo = bloque.classes:includes("python") or bloque.classes:includes("javascript")
  if not es_codigo and not bloque.attributes.file then
    return nil
  end
  local ficha = bloque.attributes.ficha and pandoc.json.decode(bloque.attributes.ficha, false) or la_que_sigue(bloque)
  local codigo = pandoc.CodeBlock(con_frases(bloque.text, ficha), { class = table.concat(bloque.classes, " ") })
  if not FORMAT:match("html") and #ficha.sabidos > 0 then -- en la página los apaga su hoja de estilo
    codigo.attributes.sabidos = table.concat(pandoc.List(ficha.sabidos):map(function(n) return ("%d"):format(n) end), ", ")
  end
  local contenido = pandoc.List({ cabeza(ficha), codigo })
  contenido:insert(pie(ficha))
  local apagado = apagar_lo_sabido(ficha)
  if apagado then contenido:insert(1, apagado) end
  return pandoc.Div(contenido, { id = ficha.id, class = "trozo" })
end

local function cuantos(numero)
  return numero == 1 and "1 renglón" or ("%d renglones"):format(numero)
end

-- La división .afirmaciones pasa a ser la tabla de lo que cada capítulo afirmó al ejecutarse.
local function auditar(division)
  if not division.classes:includes("afirmaciones") then
    return nil
  end
  local comparadas, cifras = pandoc.List(), pandoc.List()
  local capitulos = pandoc.system.list_directory(carpeta)
  table.sort(capitulos)
  for _, suyo in ipairs(capitulos) do
    local apuntes, capitulo = raiz .. "/.cache/afirmaciones/" .. suyo, suyo:gsub("json$", "qmd")
    local afirmadas = io.open(apuntes) and comun.leer(apuntes) or {}
    local seccion = #afirmadas > 0 and io.open(raiz .. "/libro/" .. capitulo):read("a"):match("{#(sec%-[%w-]+)")
    for _, afirmada in ipairs(afirmadas) do
      local celdas = pandoc.List(afirmada):map(function(texto) return (texto:gsub("|", "\\|")) end)
      local renglon = "| @" .. seccion .. " | " .. celdas[1] .. " |"
      if celdas[2] == "cifra" then
        cifras:insert(renglon)
      else
        comparadas:insert(renglon .. table.concat(celdas, " | ", 3) .. " |")
      end
    end
  end
  local con_intervalo = "| Capítulo | Que… | Pares | Diferencia | Debía ser |\n|----|----------|-----|-------|-----|\n"
  local sueltas = "\n\nY estas son las cifras, que están en el texto:\n\n| Capítulo | Que… |\n|-|-----|\n"
  local todo = con_intervalo .. table.concat(comparadas, "\n") .. sueltas .. table.concat(cifras, "\n")
  division.content = pandoc.read(todo).blocks
  return division
end

-- La división .mapa pasa a ser la lista de los archivos que crecen en el capítulo, y con qué trozos.
local function dibujar_mapa(division)
  if not division.classes:includes("mapa") then
    return nil
  end
  if not fichas then leer_fichas() end
  local filas = pandoc.List(mapas and mapas:remove(1) or mapa):map(function(fila)
    local archivo = pandoc.Link(pandoc.Code(fila.archivo.texto), fila.archivo.url, "", { class = "trozo-archivo" })
    local texto = (" %s, %s: "):format(fila.nuevo and "nace" or "crece", cuantos(fila.renglones))
    return { pandoc.Plain(pandoc.List({ archivo, pandoc.Str(texto) }) .. enlaces(fila.trozos) .. { pandoc.Str(".") }) }
  end)
  division.content = { #filas > 0 and pandoc.BulletList(filas) or pandoc.Para("En este capítulo el programa no crece.") }
  return division
end

return {
  { Meta = leer_meta },
  { CodeBlock = mostrar, Div = function(d) return dibujar_mapa(d) or auditar(d) end },
}
