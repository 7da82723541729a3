"""A writer's own text as the Markdown of a `Document`.

People who write novels indent paragraphs, begin a line with "1984." or "- Bonjour", and mean no
code and no list by it. What is markup stays markup; all the rest is written so that every reader
of Markdown takes it for the words it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from inkstand.formats.writing.footnotes import REFERENCE
from inkstand.formats.writing.tags import without_tags

_NOTE = re.compile(r"\[\[[^\[\]]*\]\]")
# What is taken out of a text leaves a NUL, which no text has any more, until its blanks are seen
# to.
_GONE_LINE = re.compile(r"(?m)^[ \t]*(?:\0[ \t]*)+(?:\n|\Z)")
_GONE = re.compile(r"(?:[ \t]+(?=\0(?:\s|\Z)))?\0")
_BROKEN_LINE = re.compile("[\u2028\v]")
UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\ufeff]")
_INDENT = re.compile(r"[ \t\u3000]+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$")
_BULLET = re.compile(r"[ \t]*([-+*])[ \t]+(?=\S)")
_NUMBER = re.compile(r"[ \t]*(\d{1,9})\.[ \t]+(?=\S)")
_SEPARATOR = re.compile(
    r"[ \t]*(?=[^|]*\|)\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$"
)
_DEFINITION = re.compile(r"\[[^\]\[]+\]:(?!\s*<?(?:https?://|mailto:))")
_SPECIAL_START = re.compile(
    r"#|>|[-+*](?=\s|$)|=+\s*$|-+\s*$|[~`]{3,}|:{3,}|\|(?=\s|$)|%|\*(?:\s|$)"
)
_NUMBERED = re.compile(r"(\d+)\.(?=\s|$)")
_PLAIN_SYMBOLS = re.compile(r"[\\`\[\]<>&^~|{}$]")
_SENTENCE_ENDS = tuple('.!?:…"”’»)]*_—。！？」』')
_HARD_BREAK = re.compile(r"(?: {2,}|(?<!\\)(?:\\\\)*\\)$")
_WIDEST_WRAPPED = 120
_VERSE = 80
_DEEPEST = 20  # quotations within quotations
_NARROW = 50  # nobody wraps prose in columns so narrow
_FILLED = 0.85


class Left(Counter[str]):
    """How many things of which kind were left out or are shown otherwise, and the first of each."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[str, str] = {}

    def one(self, kind: str, what: str = "") -> None:
        """Count one more."""
        self[kind] += 1
        self.first.setdefault(kind, what.strip())


def cleaned(text: str, left: Left) -> str:
    """A text with LF as its line ends, without comments, `[[notes]]` and control characters.

    A form feed is a blank line, and a line separator a line break.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    text = text.replace("\f", "\n\n").replace("\u2029", "\n\n")
    text = _BROKEN_LINE.sub("\\\\\n", text)
    if UNWRITABLE.search(text):
        for found in UNWRITABLE.findall(text):
            if found != "\ufeff":
                left.one("control", found)
        text = UNWRITABLE.sub("", text)
    if "<!--" not in text and "[[" not in text:
        return text
    text = _NOTE.sub(lambda found: _counted(left, "note", found[0]), _without_comments(text, left))
    return _GONE.sub("", _GONE_LINE.sub("", text))


def _without_comments(text: str, left: Left) -> str:
    pieces = []
    at, begin = 0, text.find("<!--")
    while begin >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        pieces += [text[at:begin], _counted(left, "comment", text[begin : end + 3])]
        at = end + 3
        begin = text.find("<!--", at)
    return "".join([*pieces, text[at:]])


def _counted(left: Left, kind: str, what: str) -> str:
    left.one(kind, what)
    return "\0"


def markdown_of(text: str, left: Left, *, markdown: bool) -> str:
    """The canonical Markdown of a scene's text, which was `cleaned` before.

    Args:
        text: The text, without headings and scene breaks.
        left: Counts what is not carried over.
        markdown: Whether it is Markdown; else plain text, where only `*stars*` and
            `_underscores_` have a meaning.

    """
    lines = text.expandtabs(4).split("\n") if "\t" in text else text.split("\n")
    inline: Callable[[str], str] = (
        (lambda line: without_tags(line, left)) if markdown else _plain_inline
    )
    by_line = _joined_by(lines, markdown=markdown, left=left)
    return "\n\n".join(_blocks(lines, inline, by_line, markdown=markdown))


def _blocks(
    lines: list[str],
    inline: Callable[[str], str],
    by_line: str,
    *,
    markdown: bool,
    depth: int = 0,
) -> Iterator[str]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        fence_end = _fence_end(lines, at) if markdown else None
        if fence_end is not None:
            yield "\n".join(lines[at:fence_end])
            at = fence_end
            continue
        end = at + 1
        while (
            end < len(lines)
            and lines[end].strip()
            and not (markdown and _fence_end(lines, end) is not None)
        ):
            end += 1
        if markdown and depth < _DEEPEST and lines[at].lstrip().startswith(">"):
            yield from _quoted(lines[at:end], inline, by_line, depth + 1)
        else:
            yield from _block(lines[at:end], inline, by_line, markdown=markdown)
        at = end


def _fence_end(lines: list[str], at: int) -> int | None:
    """Where the lines after fenced code begin; None if no such code begins here."""
    if "```" not in lines[at] and "~~~" not in lines[at]:
        return None
    opened = _FENCE.match(lines[at])
    if opened is None:
        return None
    closing = re.compile(rf" {{0,3}}{re.escape(opened[1])}{opened[1][0]}*[ \t]*$")
    for place in range(at + 1, len(lines)):
        if closing.match(lines[place]):
            return place + 1
    return None


def _block(
    lines: list[str], inline: Callable[[str], str], by_line: str, *, markdown: bool
) -> Iterator[str]:
    """The blocks of lines that have no blank line between them."""
    if markdown:
        if len(lines) > 1 and "|" in lines[0] and _SEPARATOR.match(lines[1]):
            yield "\n".join(inline(line.strip()) for line in lines)
            return
        if all(line.startswith("| ") or line == "|" for line in lines):
            yield "\n".join(inline(line.rstrip()) for line in lines)
            return
        start = _list_start(lines)
        if start is not None:
            if start:
                yield from _paragraphs(lines[:start], inline, by_line)
            yield _list(lines[start:], inline)
            return
    yield from _paragraphs(lines, inline, by_line)


def _quoted(
    lines: list[str], inline: Callable[[str], str], by_line: str, depth: int
) -> Iterator[str]:
    inner = [re.sub(r"^[ \t]*>[ ]?", "", line) for line in lines]
    blocks = "\n\n".join(_blocks(inner, inline, by_line, markdown=True, depth=depth))
    yield "\n".join(f"> {line}".rstrip() for line in blocks.split("\n"))


def _list_start(lines: list[str]) -> int | None:
    """Where a list of two or more items begins that goes to the end of the lines."""
    marked = [place for place, line in enumerate(lines) if _BULLET.match(line)]
    numbered = [
        (place, int(found[1])) for place, line in enumerate(lines) if (found := _NUMBER.match(line))
    ]
    if len(numbered) > 1:
        counted = [number for _, number in numbered]
        if counted == list(range(counted[0], counted[0] + len(counted))):
            marked = [place for place, _ in numbered]
    if len(marked) < 2:
        return None
    first = marked[0]
    rest = range(first, len(lines))
    items = set(marked)
    if all(place in items or lines[place].startswith("  ") for place in rest):
        return first
    return None


def _list(lines: list[str], inline: Callable[[str], str]) -> str:
    least = min(len(line) - len(line.lstrip(" ")) for line in lines)
    out = []
    for line in lines:
        found = _BULLET.match(line) or _NUMBER.match(line)
        head = line[: found.end()] if found else line[: len(line) - len(line.lstrip(" "))]
        out.append(head[least:] + _escaped_start(inline(line[len(head) :].rstrip())))
    return "\n".join(out)


def _paragraphs(lines: list[str], inline: Callable[[str], str], by_line: str) -> Iterator[str]:
    paragraph: list[str] = []
    before = ""
    for line in lines:
        if paragraph and (by_line == "paragraphs" or _begins_paragraph(before, line)):
            yield _joined(paragraph)
            paragraph = []
        words = _escaped_start(inline(line.strip(" \t\u3000")))
        is_broken = by_line == "breaks" or _HARD_BREAK.search(line) is not None
        bare = _HARD_BREAK.sub("", words)
        paragraph.append(f"{bare}\\" if is_broken else words)
        before = line
    yield _joined(paragraph)


def _joined(lines: list[str]) -> str:
    lines = [*lines[:-1], _HARD_BREAK.sub("", lines[-1])]
    return "\n".join(lines)


def _begins_paragraph(before: str, line: str) -> bool:
    """Whether a line is indented as the first one of a paragraph is."""
    indent = _INDENT.match(line)
    if indent is None or indent[0] == " " or _HARD_BREAK.search(before):
        return False
    if len(before) - len(before.lstrip(" \t\u3000")) != len(indent[0]):
        return True
    # Alike: wrapped lines of one indented paragraph, or a paragraph each.
    return len(before) > _WIDEST_WRAPPED or before.rstrip().endswith(_SENTENCE_ENDS)


def _escaped_start(line: str) -> str:
    """A line of a paragraph, written so that it is not taken for a mark of structure."""
    if _SPECIAL_START.match(line) or (_DEFINITION.match(line) and not REFERENCE.match(line)):
        return f"\\{line}"
    return _NUMBERED.sub(r"\1\\.", line, count=1) if _NUMBERED.match(line) else line


def _plain_inline(line: str) -> str:
    return _PLAIN_SYMBOLS.sub(lambda found: f"\\{found[0]}", line)


def _joined_by(lines: list[str], *, markdown: bool, left: Left) -> str:
    """What the end of a line is: "spaces" in wrapped text, "paragraphs", or "breaks" in verse."""
    pairs = [(one, other) for one, other in pairwise(lines) if one.strip() and other.strip()]
    if not pairs:
        return "spaces"
    longest = max(map(len, lines))
    has_blank = any(not line.strip() for line in lines)
    if markdown:
        if has_blank or len(pairs) < 4 or longest <= _WIDEST_WRAPPED:
            return "spaces"
        left.one("lines")
        return "paragraphs"
    if longest > _WIDEST_WRAPPED:
        return "paragraphs"
    # Who wraps lines fills them: the next line's first word would not have fitted.
    fitting = sum(len(one) + 1 + len(other.split()[0]) <= _FILLED * longest for one, other in pairs)
    if longest > _NARROW and 2 * fitting <= len(pairs):
        return "spaces"
    return "breaks" if has_blank and longest <= _VERSE else "paragraphs"
