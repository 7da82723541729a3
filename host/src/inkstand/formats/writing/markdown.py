"""A prose document as one Markdown file; a screenplay as its Fountain, which is text too."""

from __future__ import annotations

import msgspec

from inkstand.formats.document import Document
from inkstand.formats.writing.joined import joined
from inkstand.formats.writing.options import Written


def write(document: Document) -> Written:
    """The Markdown, with title, authors and the like in front matter."""
    if document.kind == "screenplay":
        from inkstand.formats.writing.fountain_prose import as_prose

        document = as_prose(document)
    front: dict[str, object] = {"title": document.title}
    if document.authors:
        front["author"] = document.authors[0] if len(document.authors) == 1 else document.authors
    if document.language:
        front["language"] = document.language
    front |= {key: value for key, value in document.metadata.items() if isinstance(value, str)}
    lines = [f"{key}: {msgspec.json.encode(value).decode()}" for key, value in front.items()]
    text = "\n".join(["---", *lines, "---", "", joined(document)])
    return Written(text.encode("utf-8"))
