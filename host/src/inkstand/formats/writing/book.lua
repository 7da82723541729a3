-- What pandoc made of a document's Markdown, as a book: parts, chapters, scenes and their breaks,
-- and nothing in it that could load, run or lead to anything but a web address.
-- Its metadata `inkstand` says how: `parts` (whether the first level of headings is parts),
-- `break` (the text of a scene break), `underline` (whether emphasis is underlined),
-- `titlepage` (lines of a manuscript's first page) and `ending` (its last line).

local utils = pandoc.utils
local counts = {}
local layout = {}

local function count(kind)
  counts[kind] = (counts[kind] or 0) + 1
end

local function is_web_address(target)
  local lower = target:lower()
  return lower:match("^https?://") or lower:match("^mailto:")
end

local function styled(style, inlines)
  return pandoc.Div({ pandoc.Para(inlines) }, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

local function without_attributes(element)
  element.attr = pandoc.Attr()
  return element
end

local clean = {
  Link = function(link)
    if is_web_address(link.target) then
      link.attr = pandoc.Attr()
      return link
    end
    count("link")
    return link.content
  end,
  Image = function(image)
    count("picture")
    return image.caption
  end,
  Span = function(span)
    return span.content
  end,
  Div = function(div)
    return div.content
  end,
  RawInline = function()
    return {}
  end,
  RawBlock = function()
    return {}
  end,
  Math = function(math)
    return pandoc.Str(math.text)
  end,
  Code = without_attributes,
  CodeBlock = without_attributes,
  Table = without_attributes,
  Emph = function(emph)
    if layout.underline then
      return pandoc.Underline(emph.content)
    end
  end,
}

-- Typst makes dashes of hyphens and an ellipsis of three dots; what was typed is to stay.
local function as_typed(str)
  local text = str.text
  if not (text:find("%-[%-%?%d]") or text:find("...", 1, true)) then
    return nil
  end
  local out = pandoc.List()
  local plain = ""
  for sign in text:gmatch(utf8.charpattern) do
    if sign == "-" or sign == "." then
      if plain ~= "" then
        out:insert(pandoc.Str(plain))
        plain = ""
      end
      out:insert(pandoc.RawInline("typst", "\\" .. sign))
    else
      plain = plain .. sign
    end
  end
  if plain ~= "" then
    out:insert(pandoc.Str(plain))
  end
  return out
end

local function inner_heading(heading)
  return pandoc.Para({ pandoc.Strong(heading.content) })
end

local function scene_break()
  if FORMAT:match("html") or FORMAT:match("epub") then
    return pandoc.RawBlock("html", '<hr class="scene-break" />')
  elseif FORMAT == "typst" then
    return pandoc.RawBlock("typst", "#scene-break()")
  end
  return styled("Scene Break", { pandoc.Str(layout.mark) })
end

local function arranged(blocks)
  local numbers = {}
  local out = pandoc.List()
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      local level = block.level
      local names = layout.parts and { "part", "chapter", "scene" } or { "chapter", "scene" }
      local name = names[math.min(level, #names)]
      numbers[name] = (numbers[name] or 0) + 1
      out:insert(pandoc.Header(level, block.content,
        pandoc.Attr(name .. "-" .. numbers[name], { name })))
    elseif block.t == "HorizontalRule" then
      out:insert(scene_break())
    else
      out:insert(block:walk({ Header = inner_heading }))
    end
  end
  return out
end

function Pandoc(doc)
  local how = doc.meta.inkstand or {}
  local function text(key)
    return how[key] and utils.stringify(how[key]) or ""
  end
  layout.parts = text("parts") == "yes"
  layout.underline = text("underline") == "yes"
  layout.mark = text("mark")
  local blocks = pandoc.Blocks(arranged(doc:walk(clean).blocks))
  if how.titlepage then
    local first = pandoc.List()
    for _, line in ipairs(how.titlepage) do
      first:insert(styled(utils.stringify(line.style), line.text))
    end
    blocks = first .. blocks
  end
  if text("ending") ~= "" then
    blocks:insert(styled("Ending", { pandoc.Str(text("ending")) }))
  end
  doc.meta.inkstand = nil
  if FORMAT == "typst" then
    blocks = blocks:walk({ Str = as_typed })
  end
  for kind, number in pairs(counts) do
    pandoc.log.warn("inkstand " .. kind .. " " .. number)
  end
  return pandoc.Pandoc(blocks, doc.meta)
end
