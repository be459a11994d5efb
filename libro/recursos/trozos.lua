-- Muestra cada trozo de código con su nombre, el archivo al que va y sus enlaces.
-- Lo usan los dos tejedores: Quarto y la edición Pandoc. Los datos los deja el extractor
-- en .cache/trozos.json: por capítulo, una ficha por trozo en el orden en que aparecen.

local fichas, siguiente = {}, 0

local function ruta_de_la_fuente(meta)
  if quarto then
    local raiz = quarto.project.directory
    return raiz, quarto.doc.input_file:sub(#raiz + 2):gsub("\\", "/")
  end
  return ".", pandoc.utils.stringify(meta.fuente or "")
end

local function leer_fichas(meta)
  local raiz, fuente = ruta_de_la_fuente(meta)
  local archivo = io.open(raiz .. "/.cache/trozos.json", "rb")
  if not archivo then
    error("falta .cache/trozos.json: ejecuta «python -m imprenta preparar»")
  end
  fichas = pandoc.json.decode(archivo:read("a"), false)[fuente] or {}
  archivo:close()
end

local function enlaces(lista)
  local partes = pandoc.List()
  for i, cita in ipairs(lista) do
    if i > 1 then
      partes:insert(pandoc.Str(i == #lista and " y " or ", "))
    end
    partes:insert(pandoc.Link(cita.texto, cita.url))
  end
  return partes
end

local function cabeza(ficha)
  local partes = pandoc.List()
  for _, archivo in ipairs(ficha.archivos) do
    partes:insert(pandoc.Space())
    partes:insert(pandoc.Link(pandoc.Code(archivo.texto), archivo.url, "", { class = "trozo-archivo" }))
  end
  local signo = ficha.continuacion and "+≡" or "≡"
  local nombre = pandoc.List()
  if ficha.titulo ~= ficha.archivos[1].texto then
    nombre:insert(pandoc.Span(ficha.titulo, { class = "trozo-nombre" }))
    nombre:insert(pandoc.Space())
  end
  nombre:insert(pandoc.Span(signo, { class = "trozo-signo" }))
  return pandoc.Div(pandoc.Plain(nombre .. partes), { class = "trozo-cabeza" })
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
  for _, cita in ipairs(ficha.viene) do cita.texto = "más atrás" end
  for _, cita in ipairs(ficha.continua) do cita.texto = "más adelante" end
  agregar("Incluye", ficha.incluye)
  agregar("Se usa en", ficha.usos)
  agregar("Viene de", ficha.viene)
  agregar("Continúa", ficha.continua)
  return #partes > 0 and pandoc.Div(pandoc.Plain(partes), { class = "trozo-pie" }) or nil
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

local function mostrar(bloque)
  local es_listado = bloque.identifier:match("^lst%-")
  if not bloque.attributes.file and (bloque.identifier == "" or es_listado) then
    return nil
  end
  local es_codigo = bloque.classes:includes("python") or bloque.classes:includes("javascript")
  if not es_codigo and not bloque.attributes.file then
    return nil
  end
  siguiente = siguiente + 1
  local ficha = fichas[siguiente]
  if not ficha then
    error("el trozo «" .. bloque.identifier .. "» no está en .cache/trozos.json")
  end
  local codigo = pandoc.CodeBlock(bloque.text, { class = table.concat(bloque.classes, " ") })
  local contenido = pandoc.List({ cabeza(ficha), codigo })
  contenido:insert(pie(ficha))
  contenido:insert(apagar_lo_sabido(ficha))
  return pandoc.Div(contenido, { id = ficha.id, class = "trozo" })
end

return {
  { Meta = leer_fichas },
  { CodeBlock = mostrar },
}
