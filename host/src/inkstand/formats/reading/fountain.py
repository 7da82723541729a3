"""Fountain: kept word for word, its title page taken off, cut at acts.

https://fountain.io/syntax, version 1.1. A Fountain file is plain text made to be read, so the
workspace keeps it as it is: what is not cut is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand.formats.document import Document, Section

_KEY = re.compile(r"(?P<key>[A-Za-z][^:\n]{0,60}):[ \t]*(?P<value>.*)")
_KNOWN = {
    "title", "credit", "author", "authors", "source", "notes", "draft date", "date", "contact",
    "copyright", "revision", "format", "font", "episode", "series", "language",
}  # fmt: skip
_OPENING = re.compile(r"/\*|\[\[")
_CLOSINGS = {"/*": "*/", "[[": "]]"}
_ACT = re.compile(r"#[ \t]*(?!#)(?P<title>.*\S)[ \t]*")
_SCENE = re.compile(
    r"(?:\.(?=[^.\s]).*|(?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)(?:\.[ ]?|[ ]).*)", re.IGNORECASE
)
_STYLING = re.compile(r"(?<!\\)[*_]")


def fountain(text: str) -> Document:
    """The screenplay of a Fountain text with LF line ends."""
    page, rest = title_page(text)
    said = {key.lower(): " ".join(filter(None, lines)) for key, lines in page.items()}
    author = said.get("author") or said.get("authors") or ""
    return Document(
        kind="screenplay",
        title=_STYLING.sub("", said.get("title", "")).strip(),
        authors=tuple(each.strip() for each in re.split(r"\s+&\s+|\s+and\s+", author) if each),
        language=said.get("language", ""),
        metadata={"title_page": page} if page else {},
        sections=acts(rest),
    )


def title_page(text: str) -> tuple[dict[str, list[str]], str]:
    """The fields of a title page in order, each as its lines, and the text after it.

    A first line such as "FADE IN:" begins no title page: one of its keys must be a usual one.
    """
    text = text.lstrip("\n")
    page: dict[str, list[str]] = {}
    key, at = "", 0
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if not bare.strip():
            break
        match = None if line[0] in " \t" else _KEY.fullmatch(bare.rstrip())
        if match:
            key = match["key"].strip()
            page[key] = [match["value"].strip()] if match["value"].strip() else []
        elif key and line[0] in " \t":
            page[key].append(bare.strip())
        else:
            return {}, text
        at += len(line)
    if not _KNOWN & {each.lower() for each in page}:
        return {}, text
    return page, text[at:].lstrip("\n")


def acts(text: str) -> tuple[Section, ...]:
    """The text cut at its `# ` lines; what precedes the first has no title."""
    return tuple(_cut(text, _ACT, "chapter"))


def scenes(text: str) -> tuple[Section, ...]:
    """The text cut at its scene headings."""
    return tuple(_cut(text, _SCENE, "scene"))


def _cut(text: str, pattern: re.Pattern[str], level: str) -> Iterator[Section]:
    # A heading within a note or a boneyard is none.
    shown = _shown(text)
    title, begin, at, blank = "", 0, 0, True
    for line in shown.splitlines(keepends=True):
        bare = line.rstrip("\n")
        # "#1" at the start of a line of a speech is no act.
        match = pattern.fullmatch(bare) if blank else None
        if match and not bare.startswith("\0"):
            yield from _section(text[begin:at], title, level)
            original = text[at : at + len(bare)]
            title = original.lstrip("#").strip() if level == "chapter" else original
            begin = at + len(line)
        blank = not bare.strip() or (bare.startswith(("#", "=")) and blank)
        at += len(line)
    yield from _section(text[begin:], title, level)


def _shown(text: str) -> str:
    """The text with NUL for whatever stands in notes and boneyards, lines kept."""
    pieces, at = [], 0
    unclosed: set[str] = set()
    while match := _OPENING.search(text, at):
        closing = _CLOSINGS[match[0]]
        end = -1 if closing in unclosed else text.find(closing, match.end())
        if end < 0:
            unclosed.add(closing)
            pieces.append(text[at : match.end()])
            at = match.end()
            continue
        hidden = text[match.start() : end + 2]
        pieces += [text[at : match.start()], re.sub(r"[^\n]", "\0", hidden)]
        at = end + 2
    return "".join([*pieces, text[at:]])


def _section(text: str, title: str, level: str) -> Iterator[Section]:
    body = text.strip("\n")
    if body or title:
        yield Section(
            level="chapter" if level == "chapter" or not title else "scene", title=title, text=body
        )
