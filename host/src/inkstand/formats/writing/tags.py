"""The few HTML tags that writers put into Markdown, as the Markdown that means the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkstand.formats.writing.prose import Left

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)(/?)>")
_BREAK = re.compile(r"[ \t]*<br\s*/?>[ \t]*", re.IGNORECASE)
_AROUND = {
    "i": ("*", "*"),
    "em": ("*", "*"),
    "b": ("**", "**"),
    "strong": ("**", "**"),
    "u": ("[", "]{.underline}"),
    "s": ("~~", "~~"),
    "del": ("~~", "~~"),
    "strike": ("~~", "~~"),
    "sup": ("^", "^"),
    "sub": ("~", "~"),
}
_OF_HTML = {
    *("a", "abbr", "audio", "blockquote", "center", "code", "details", "div", "embed", "font"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "iframe", "img", "input", "li", "link"),
    *("meta", "object", "ol", "p", "script", "small", "span", "style", "svg", "table", "td"),
    *("tr", "ul", "video"),
}


def without_tags(line: str, left: Left) -> str:
    """A line in which `<i>`, `<b>`, `<u>`, `<s>`, `<sup>`, `<sub>` and `<br>` are Markdown.

    Other tags stand in the text as they were typed, and are counted if they are HTML's.
    """
    if "<" not in line:
        return line
    line = _BREAK.sub(lambda found: "\\\n" if found.end() < len(found.string) else "", line)
    paired = {
        name
        for name in _AROUND
        if re.search(rf"<{name}>", line, re.IGNORECASE)
        and len(re.findall(rf"<{name}>", line, re.IGNORECASE))
        == len(re.findall(rf"</{name}>", line, re.IGNORECASE))
    }

    def replaced(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name in paired and not found[3].strip():
            return _AROUND[name][1 if found[1] else 0]
        if name in _OF_HTML or name in _AROUND:
            left.one("tag", found[0])
        return f"\\{found[0]}"

    return _TAG.sub(replaced, line)
