"""A Fountain text as the elements of a screenplay: https://fountain.io/syntax, version 1.1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import msgspec

Kind = Literal[
    "heading",
    "action",
    "character",
    "dialogue",
    "parenthetical",
    "lyrics",
    "transition",
    "centered",
    "break",
    "section",
    "synopsis",
]

_HEADING = re.compile(
    r"(?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)(?:\.[ ]?|[ ]).*|\.(?=[^.\s]).*", re.IGNORECASE
)
_NUMBER = re.compile(r"[ \t]*#([\w.\-)]+)#[ \t]*$")
_SECTION = re.compile(r"(#{1,6})[ \t]*(\S.*)$")
# A note that is not closed ends at the next one: else each would be searched to the end.
_NOTE = re.compile(r"[ ]?\[\[((?:(?!\[\[).)*?)\]\]", re.DOTALL)
_OPENING = re.compile(r"\\[*_\\]|(?P<mark>\*{1,3}(?!\*)|_)(?=\S)")
_CLOSINGS = {
    mark: re.compile(rf"\\[*_\\]|(?<=\S)(?P<mark>{pattern})")
    for mark, pattern in (
        ("*", r"(?:(?<!\*)|(?<=\\\*)|(?<=\*\*))\*(?!\*)"),
        ("**", r"\*\*(?!\*)"),
        ("***", r"\*\*\*(?!\*)"),
        ("_", "_"),
    )
}


class Element(msgspec.Struct, frozen=True):
    """An element: its text with Fountain's marks of emphasis, but without those of its kind.

    `level` is a section's; `number` a scene's; `dual` whether the one who speaks does so beside
    the one before. `notes` are those that stood in its text.
    """

    kind: Kind
    text: str
    level: int = 0
    number: str = ""
    dual: bool = False
    notes: tuple[str, ...] = ()


class Words(msgspec.Struct, frozen=True):
    """Text of one look."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


def elements(text: str, left: Counter[str]) -> Iterator[Element]:
    """The elements of a Fountain text without title page; `left` counts boneyards left out."""
    text, boneyards = _without_boneyards(text)
    left["boneyard"] += boneyards
    # A blank line within a note would end the element that the note stands in.
    text = _NOTE.sub(lambda found: re.sub(r"\n[ \t]*(?=\n)", "\n  ", found[0]), text)
    for block in re.split(r"\n(?:\n)+", text.strip("\n")):
        yield from _of_block(block.split("\n"))


def styled(line: str) -> Iterator[Words]:
    """The runs of a line with Fountain's emphasis."""
    yield from _styled(line, Words(""))


def _without_boneyards(text: str) -> tuple[str, int]:
    pieces, at, count = [], 0, 0
    while (start := text.find("/*", at)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        pieces.append(text[at:start])
        at, count = end + 2, count + 1
    return "".join([*pieces, text[at:]]), count


def _styled(line: str, look: Words) -> Iterator[Words]:
    at = search = 0
    # What has no end from here on has none further on: so the time grows with the length only.
    endless: set[str] = set()
    while found := _OPENING.search(line, search):
        search = found.end()
        ends = _ends(line, found, endless) if found["mark"] else {}
        if not ends:
            continue
        mark = max(ends, key=lambda each: ends[each])
        start, end = found.start(), ends[mark]
        if start > at:
            yield msgspec.structs.replace(look, text=_bare(line[at:start]))
        inner = msgspec.structs.replace(
            look,
            bold=look.bold or len(mark) >= 2,
            italic=look.italic or mark in ("*", "***"),
            underline=look.underline or mark == "_",
        )
        yield from _styled(line[start + len(mark) : end], inner)
        at = search = end + len(mark)
    if at < len(line):
        yield msgspec.structs.replace(look, text=_bare(line[at:]))


def _ends(line: str, opening: re.Match[str], endless: set[str]) -> dict[str, int]:
    """Where what a mark begins may end; three stars may be one and two that end apart."""
    mark = opening["mark"]
    for marks in ((mark,), ("*", "**")) if mark == "***" else ((mark,),):
        ends = {}
        for each in marks:
            if each not in endless and (end := _end(line, each, opening.end() + 1)) >= 0:
                ends[each] = end
            else:
                endless.add(each)
        if ends:
            return ends
    return {}


def _end(line: str, mark: str, start: int) -> int:
    return next((m.start() for m in _CLOSINGS[mark].finditer(line, start) if m["mark"]), -1)


def _bare(text: str) -> str:
    return re.sub(r"\\([*_\\])", r"\1", text)


def _of_block(lines: list[str]) -> Iterator[Element]:
    action: list[str] = []
    for place, line in enumerate(lines):
        single = _single(line)
        if single is not None:
            yield from _action(action)
            action = []
            yield single
        elif not action and len(lines) > place + 1 and _is_cue(line):
            yield from _speech(lines[place:])
            return
        elif not action and place == 0 and len(lines) == 1 and (alone := _alone(line)):
            yield alone
        else:
            action.append(line)
    yield from _action(action)


def _single(line: str) -> Element | None:
    """The element of a line that says of itself what it is."""
    bare = line.strip()
    if section := _SECTION.match(line):
        return _element("section", section[2], level=len(section[1]))
    if re.fullmatch(r"={3,}", bare):
        return Element("break", "")
    if line.startswith("="):
        return _element("synopsis", bare[1:])
    if bare.startswith(">") and bare.endswith("<"):
        return _element("centered", bare[1:-1])
    if line.startswith("~"):
        return _element("lyrics", line[1:])
    return None


def _alone(line: str) -> Element | None:
    """The element of a line between blank ones."""
    bare = line.strip()
    if _HEADING.match(bare):
        number = _NUMBER.search(bare)
        words = _NUMBER.sub("", bare) if number else bare
        return _element("heading", words.removeprefix("."), number=number[1] if number else "")
    if bare.startswith(">"):
        return _element("transition", bare[1:])
    if bare.endswith("TO:") and bare == bare.upper():
        return _element("transition", bare)
    return None


def _is_cue(line: str) -> bool:
    bare = line.strip()
    if bare.startswith("@"):
        return True
    name = _NOTE.sub("", bare).partition("(")[0]
    # "ß" has no capital that anybody types.
    return (
        name.replace("ß", "").isupper()
        and not bare.startswith("!")
        and not _HEADING.match(bare)
        and _rest_is_extension(_NOTE.sub("", bare))
    )


def _rest_is_extension(cue: str) -> bool:
    rest = cue.partition("(")[2].rstrip(" \t^")
    return not rest or rest.endswith(")")


def _speech(lines: list[str]) -> Iterator[Element]:
    cue = lines[0].strip()
    dual = cue.endswith("^")
    yield _element("character", cue.removeprefix("@").rstrip("^ "), dual=dual)
    spoken: list[str] = []
    for line in lines[1:]:
        bare = line.strip()
        said = _NOTE.sub("", bare).strip()
        is_aside = said.startswith("(") and said.endswith(")")
        if not is_aside and not line.startswith("~"):
            spoken.append(bare)
            continue
        if spoken:
            yield _element("dialogue", "\n".join(spoken))
            spoken = []
        yield _element("parenthetical" if is_aside else "lyrics", bare.removeprefix("~"))
    if spoken:
        yield _element("dialogue", "\n".join(spoken))


def _action(lines: list[str]) -> Iterator[Element]:
    if any(line.strip() for line in lines):
        text = "\n".join(line.rstrip().removeprefix("!") for line in lines)
        yield _element("action", text)


def _element(
    kind: Kind, text: str, *, level: int = 0, number: str = "", dual: bool = False
) -> Element:
    notes = tuple(note.strip() for note in _NOTE.findall(text))
    without = _NOTE.sub("", text).strip() if kind != "action" else _NOTE.sub("", text).rstrip()
    return Element(kind, without, level=level, number=number, dual=dual, notes=notes)
