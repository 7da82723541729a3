"""A whole prose document as one Markdown text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand.formats.document import MARKDOWN, SCENE_BREAK, Document, Section
from inkstand.formats.writing.footnotes import relabeled

READER = (
    f"{MARKDOWN}-raw_html-native_divs-native_spans-implicit_header_references"
    "-autolink_bare_uris+east_asian_line_breaks"
)
"""The Markdown that pandoc is to read: nothing in a text is HTML or leads to a heading."""
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escaped(text: str) -> str:
    """Plain text as Markdown, whatever signs are in it."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def has_parts(document: Document) -> bool:
    """Whether chapters are held together by parts."""
    return any(section.level == "part" for section in document.sections)


def depth_of(section: Section, *, parts: bool) -> int:
    """The level of a section's heading, from 1."""
    return ("part", "chapter", "scene").index(section.level) + (1 if parts else 0)


def joined(document: Document) -> str:
    """The sections in one text: `#` headings by level, and scene breaks between scenes."""
    return "\n\n".join(_pieces(document)) + "\n"


def _pieces(document: Document) -> Iterator[str]:
    parts = has_parts(document)
    follows_text = False
    for number, section in enumerate(document.sections, 1):
        if section.title:
            yield f"{'#' * max(1, depth_of(section, parts=parts))} {section.title}"
        elif section.level == "scene" and follows_text:
            yield SCENE_BREAK
        if section.text:
            yield relabeled(section.text, f"{number}-")
        follows_text = bool(section.text) or (follows_text and not section.title)
