-- Antes de juntar las páginas en un solo documento (EPUB y PDF): ni su bibliografía, ni títulos o imágenes
-- que choquen con los de otra.

function Pandoc(doc)
  local fuente = pandoc.utils.stringify(doc.meta.fuente)
  local carpeta, nombre = pandoc.path.directory(fuente), pandoc.path.filename(fuente):gsub("%.qmd$", "")
  local ultimo = doc.blocks[#doc.blocks]
  if ultimo and ultimo.identifier == "refs" then
    doc.blocks:remove()
    doc.blocks:remove()
  end
  return doc:walk({
    Header = function(titulo)
      if not titulo.identifier:match("^sec%-") then titulo.identifier = nombre .. "-" .. titulo.identifier end
      return titulo
    end,
    Image = function(imagen)
      if carpeta ~= "." then imagen.src = carpeta .. "/" .. imagen.src end
      return imagen
    end,
  })
end
