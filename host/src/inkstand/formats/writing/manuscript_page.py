"""The first page and the running head of a manuscript for editors.

Source: William Shunn, "Proper Manuscript Format" (novels), https://www.shunn.net/format/novel/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inkstand.formats.document import Document
from inkstand.formats.writing.joined import escaped
from inkstand.formats.writing.options import Options

_LONGEST_TITLE = 30
_SHORT_STORY = 17_500


def contact(document: Document) -> list[str]:
    """The lines on who wrote it and how to reach them."""
    said = document.metadata.get("contact") or ()
    lines = said.splitlines() if isinstance(said, str) else [str(line) for line in said]
    return [line.strip() for line in lines if line.strip()] or list(document.authors)


def rounded(words: int) -> str:
    """A count as editors want it: to the hundred in stories, to the thousand in novels."""
    step = 1_000 if words > _SHORT_STORY else 100
    return f"about {max(round(words / step), 1) * step:,} words"


def running_head(document: Document) -> str:
    """What stands before the number of each page: surname and short title."""
    author = document.authors[0] if document.authors else ""
    surname = str(document.metadata.get("surname") or (author.split() or [""])[-1])
    title = document.title.split(":")[0].strip()
    if len(title) > _LONGEST_TITLE:
        title = title[:_LONGEST_TITLE].rsplit(" ", 1)[0]
    return " / ".join(part for part in (surname, title.upper()) if part)


def lines(document: Document, words: int) -> Iterator[tuple[str, str]]:
    """The paragraphs of the first page, each with the name of its style."""
    for line in contact(document):
        yield "Contact", line
    yield "Word Count", rounded(words)
    yield "Title", document.title
    if subtitle := document.metadata.get("subtitle"):
        yield "Subtitle", str(subtitle)
    if document.authors:
        yield "Author", "by " + " and ".join(document.authors)


def fields(document: Document, options: Options) -> dict[str, Any]:
    """The same for a template."""
    return {
        "contact": [escaped(line) for line in contact(document)],
        "words": escaped(rounded(options.words)),
        "head": escaped(running_head(document)),
        "font": options.font,
    }
