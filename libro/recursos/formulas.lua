-- Las fórmulas del PDF: cada una en Typst y, para quien no la ve, leída en palabras. Lo carga ediciones.lua.

local M = {}

local PALABRAS = {
  ["+"] = "más", ["-"] = "menos", ["−"] = "menos", ["="] = "igual a", ["/"] = "entre", ["("] = "abre paréntesis",
  [")"] = "cierra paréntesis", ["["] = "abre corchete", ["]"] = "cierra corchete", ["'"] = "prima", ["&"] = "",
  ["<"] = "menor que", [">"] = "mayor que", ["×"] = "por", ["±"] = "más o menos", ["|"] = "barra",
  times = "por", cdot = "por", odot = "por, lugar a lugar,", pm = "más o menos", mid = "dado", approx = "aproximadamente",
  propto = "proporcional a", leftarrow = "recibe", sum = "la suma", prod = "el producto", partial = "derivada parcial",
  log = "logaritmo", exp = "exponencial", tanh = "tangente hiperbólica", max = "el mayor de", top = "transpuesta",
  dots = "y así hasta", cdots = "y así hasta", lVert = "norma de", rVert = "fin de norma", varepsilon = "épsilon",
  leq = "menor o igual que", geq = "mayor o igual que", neq = "distinto de", infty = "infinito", alpha = "alfa",
  eta = "eta", theta = "theta", delta = "delta", sigma = "sigma", beta = "beta", lambda = "lambda",
}
local MUDAS = { left = true, right = true, bigl = true, bigr = true, quad = true, qquad = true, textstyle = true, displaystyle = true }
local DE_UNO = { bar = "%s barra", tilde = "%s tilde", hat = "%s gorro", sqrt = "raíz de %s, fin de raíz," }
local FRACCIONES = { frac = true, tfrac = true, dfrac = true }

-- Parte el LaTeX en sus piezas: órdenes, números, grupos entre llaves y signos.
local function piezas(latex)
  local lista = pandoc.List()
  while latex ~= "" do
    local pieza = latex:match("^%s+") or latex:match("^\\%a+") or latex:match("^\\.") or latex:match("^%d[%d.]*%d")
      or latex:match("^%b{}") or latex:match("^" .. utf8.charpattern)
    latex = latex:sub(#pieza + 1)
    if pieza:match("%S") then lista:insert(pieza) end
  end
  return lista
end

-- Una fórmula, de LaTeX a palabras.
function M.leer(latex)
  local cola, dichas = piezas(latex), pandoc.List()
  local function siguiente()
    local pieza = cola:remove(1) or ""
    if pieza:match("^\\%a") and (cola[1] or ""):match("^{") then pieza = pieza .. cola:remove(1) end
    return M.leer(pieza:match("^{(.*)}$") or pieza)
  end
  while #cola > 0 do
    local pieza = cola:remove(1)
    local orden = pieza:match("^\\(%a+)$")
    if orden == "begin" or orden == "end" then
      cola:remove(1)
    elseif FRACCIONES[orden] then
      dichas:insert("fracción " .. siguiente() .. " entre " .. siguiente() .. ", fin de fracción,")
    elseif DE_UNO[orden] then
      dichas:insert(DE_UNO[orden]:format(siguiente()))
    elseif orden == "text" or orden == "operatorname" or orden == "mathrm" or orden == "mathcal" or orden == "mathrel" then
      local dentro = cola:remove(1):match("^{(.*)}$")
      dichas:insert(orden == "mathrel" and M.leer(dentro:match("^\\text{(.*)}$") or dentro) or dentro)
    elseif pieza == "\\\\" then
      dichas:insert(";")
    elseif pieza == "_" then
      local abajo = siguiente()
      dichas:insert("sub " .. abajo .. (abajo:find(" m[eá]") and "," or ""))
    elseif pieza == "^" then
      local arriba = siguiente()
      dichas:insert(arriba == "2" and "al cuadrado" or arriba == "transpuesta" and arriba or "arriba " .. arriba)
    elseif pieza:match("^{.*}$") then
      dichas:insert(M.leer(pieza:sub(2, -2)))
    elseif not MUDAS[orden] and not pieza:match("^\\[^%a]$") then
      dichas:insert(PALABRAS[orden or pieza] or orden or pieza)
    end
  end
  return (table.concat(dichas, " "):gsub("%s+", " "):gsub(" ([,.;])", "%1"):gsub(",([,.;])", "%1"):gsub("^ ", ""):gsub(" $", ""))
end

-- LaTeX separa cada par de columnas de «aligned» del que le sigue; Typst, no.
local function separar_columnas(latex)
  local renglones = (latex .. "\\\\"):gsub("(.-)\\\\", function(renglon)
    local columna = 0
    return renglon:gsub("&", function()
      columna = columna + 1
      return columna % 2 == 0 and "\\qquad &" or "&"
    end) .. "\\\\"
  end)
  return renglones:sub(1, -3)
end

function M.en_typst(formula)
  local alterna = M.leer(formula.text):gsub('[\\"]', "\\%0")
  if formula.text:find("{aligned}", 1, true) then formula.text = separar_columnas(formula.text) end
  local typst = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ formula }) }), "typst"):gsub("%s+$", "")
  typst = typst:gsub("dot%.circle", "dot.o") -- Typst 0.15 le cambió el nombre a ⊙
  for _, signo in ipairs({ "+=", "−=" }) do -- un solo signo, como en el código
    typst = typst:gsub(signo:gsub("%p", "%%%0"), 'class("relation", "' .. signo .. '")')
  end
  local bloque = formula.mathtype == "DisplayMath" and "block: true, " or ""
  return pandoc.RawInline("typst", ('#math.equation(%salt: "%s", %s);'):format(bloque, alterna, typst))
end

return M
