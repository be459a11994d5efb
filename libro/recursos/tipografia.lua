-- Lo que no se separa al final del renglón: una fórmula y los signos que la tocan, una cifra y su «%» o su «×»,
-- y un guion que empieza palabra («-tlan», «--columna») o va tras una sola letra («n-grama»).
-- Y un número negativo lleva su signo menos, que Python escribe con un guion.
-- Un dibujo va incrustado en una página, y con su imagen en las otras ediciones.
-- Lo usan los dos tejedores.

local comun = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "comun.lua" }))
local DURO = pandoc.Str("\u{a0}")

local function texto(elemento, patron)
  return elemento and elemento.t == "Str" and elemento.text:match(patron)
end

local function junto(elementos)
  return pandoc.Span(elementos, { class = "junto" })
end

local function juntar_formulas(elementos)
  local salida, i = pandoc.List(), 1
  while i <= #elementos do
    local uno, otro = elementos[i], elementos[i + 1]
    if uno.t == "Math" and uno.mathtype == "InlineMath" then
      local juntos = pandoc.List({ uno })
      if texto(salida[#salida], "%($") then juntos:insert(1, salida:remove()) end
      if texto(otro, "^[.,;:)?!]") then
        juntos:insert(otro)
        i = i + 1
      end
      salida:insert(#juntos > 1 and junto(juntos) or uno)
    else
      salida:insert(uno)
    end
    i = i + 1
  end
  return salida
end

local function no_separar(elementos)
  for i, elemento in ipairs(elementos) do
    if texto(elemento, "^[«(]?%w?%-%a") then elementos[i] = junto(elemento) end
  end
  for i = 2, #elementos - 1 do
    local es_espacio = elementos[i].t == "Space" or elementos[i].t == "SoftBreak"
    local multiplica = texto(elementos[i - 1], "^×$") or texto(elementos[i + 1], "^×")
    if es_espacio and (multiplica or texto(elementos[i + 1], "^%%")) then elementos[i] = DURO end
  end
  return juntar_formulas(elementos)
end

local function con_menos(elemento)
  elemento.text = elemento.text:gsub("^([%[(]?)%-(%d)", "%1−%2")
  return elemento
end

local function opciones(codigo)
  local html, cuantas = comun.escapar(codigo.text):gsub("%f[%S]%-+%a[%w-]*", '<span class="junto">%0</span>')
  if FORMAT:match("html") and cuantas > 0 then
    return pandoc.RawInline("html", "<code>" .. html .. "</code>")
  end
end

local function dibujo(division)
  if not division.classes:includes("en-la-pagina") then return end
  local incrustado = division.content:remove(1)
  return FORMAT:match("html") and incrustado or division.content
end

return { { Str = con_menos, Code = opciones, Inlines = no_separar, Div = dibujo } }
