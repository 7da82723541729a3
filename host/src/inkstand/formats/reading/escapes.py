"""Plain text as Markdown: escaped where it would be read as something else, and nowhere else."""

from __future__ import annotations

import re

_INLINE = re.compile(
    r"\\|`|\^"
    r"|(?<!\s)\*|\*(?!\s|\Z)"
    r"|(?<!\w)_(?!\s)|(?<!\s)_(?!\w)"
    r"|~(?=\S)|(?<=\S)~"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w{1,32};)"
    r"|\[(?=\^)|\](?=[({\[])"
)
_LINE_START = re.compile(
    r"\A(?:(?P<mark>\#{1,6}(?=\s|$)|>|[-+*|](?=\s|$)|~~~|(?:-[ ]?){3,}$|={3,}$|\[(?=[^\]]*\]:))"
    r"|(?P<number>\d{1,9})(?P<after>[.)])(?=\s|$))",
    re.VERBOSE,
)
BREAK = re.compile(r"[\s*#~_•·⁂❦❧§+=◆◇○●✦✻✽❖\-–—.]{1,40}")
_NOT_BREAK = re.compile(r"\.*\s*[–—]?\s*\.*")


def inline(text: str) -> str:
    """A run of text, escaped for the inside of a line."""
    return _INLINE.sub(lambda match: "\\" + match[0], text)


def line_starts(text: str) -> str:
    """A paragraph in Markdown whose lines begin as text, not as headings, lists or quotations."""
    return "\n".join(_LINE_START.sub(_escaped, line, count=1) for line in text.split("\n"))


def _escaped(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{match['number']}\\{match['after']}"
    return "\\" + match["mark"]


def is_scene_break(text: str) -> bool:
    """Whether a paragraph of that plain text only divides scenes: `* * *`, `#`, `⁂`, ...

    Dots, or a single dash, may be speech.
    """
    text = text.strip()
    return bool(text) and bool(BREAK.fullmatch(text)) and not _NOT_BREAK.fullmatch(text)
