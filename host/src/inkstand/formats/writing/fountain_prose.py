"""A screenplay as prose, for formats that have no elements of a screenplay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from inkstand.formats.document import Document, Section
from inkstand.formats.writing.fountain_elements import Element, Words, elements, styled
from inkstand.formats.writing.joined import escaped


def as_prose(document: Document) -> Document:
    """The screenplay with its scene headings in bold and each speech as a quotation."""
    sections = []
    for section in document.sections:
        text = "\n\n".join(_paragraphs(list(elements(section.text, Counter()))))
        title = escaped(section.title)
        if section.level == "scene" and title:
            text, title = f"**{title}**\n\n{text}", ""
        sections.append(Section(level=section.level, title=title, text=text))
    return msgspec.structs.replace(document, kind="prose", sections=tuple(sections))


def _paragraphs(found: list[Element]) -> Iterator[str]:
    speech: list[str] = []
    for element in [*found, Element("break", "")]:
        if element.kind in ("dialogue", "parenthetical") or (speech and element.kind == "lyrics"):
            speech += map(_line, element.text.split("\n"))
            continue
        if speech:
            yield "> " + "\\\n> ".join(speech)
            speech = []
        if element.kind == "character":
            speech = [_line(element.text)]
        elif element.kind == "heading":
            yield f"**{escaped(element.text)}**"
        elif element.kind not in ("break", "synopsis") and element.text:
            yield "\\\n".join(_line(line) for line in element.text.split("\n") if line.strip())


def _line(line: str) -> str:
    return "".join(_run(run) for run in styled(line.strip()))


def _run(run: Words) -> str:
    bare = run.text.strip()
    if not bare:
        return run.text
    mark = "*" * (run.italic + 2 * run.bold)
    words = f"{mark}{escaped(bare)}{mark}"
    if run.underline:
        words = f"[{words}]{{.underline}}"
    return run.text.replace(bare, words, 1)
