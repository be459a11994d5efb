-- El título de cada obra, en su lengua: el lector de pantalla lo pronuncia, y el navegador lo parte, como se debe.
-- Va después de que Pandoc arma la bibliografía.

local function titulo(lengua)
  local marcar = function(elemento)
    return pandoc.Span({ elemento }, { lang = lengua }), false
  end
  return { traverse = "topdown", Emph = marcar, Quoted = marcar, Span = marcar }
end

function Pandoc(documento)
  local lenguas = {}
  for _, obra in ipairs(pandoc.utils.references(documento)) do
    lenguas["ref-" .. obra.id] = obra.language
  end
  return documento:walk({ Div = function(ficha)
    local lengua = lenguas[ficha.identifier]
    return lengua and ficha:walk(titulo(lengua))
  end })
end
