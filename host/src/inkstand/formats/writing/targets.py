"""The formats that a document can be written in, by the names that writers call them."""

from __future__ import annotations

import msgspec

from inkstand.formats.document import Document
from inkstand.formats.pandoc import Cancel
from inkstand.formats.writing.options import Format, Options, Written
from inkstand.formats.writing.prose import UNWRITABLE
from inkstand_sdk.errors import UsageError

SUFFIXES: dict[Format, tuple[str, ...]] = {
    "docx": (".docx",),
    "odt": (".odt",),
    "epub": (".epub",),
    "html": (".html", ".htm", ".xhtml"),
    "pdf": (".pdf",),
    "markdown": (".md", ".markdown"),
    "text": (".txt", ".text"),
    "fountain": (".fountain", ".spmd"),
    "fdx": (".fdx",),
}
_ALIASES: dict[str, Format] = {"md": "markdown", "txt": "text", "word": "docx", "finaldraft": "fdx"}
TEXTS: tuple[Format, ...] = ("markdown", "text", "html", "fountain", "fdx")
"""The formats that are text, and may go to standard output."""
NAMES = (*SUFFIXES, "shunn")


def format_of(name: str) -> tuple[Format, bool]:
    """The format that a name means, and whether it is a manuscript for editors.

    Raises:
        UsageError: there is no such format.

    """
    plain = name.strip().lower().removeprefix(".")
    if plain == "shunn":
        return "docx", True
    if plain in SUFFIXES:
        return plain, False
    if plain in _ALIASES:
        return _ALIASES[plain], False
    raise UsageError(
        f"There is no format {name!r}.",
        "It may be misspelled.",
        f"Formats are {', '.join(NAMES)}.",
    )


def write(
    document: Document, target: Format, options: Options, cancel: Cancel | None = None
) -> Written:
    """A document as a file of that format.

    Raises:
        FormatMissing: the format needs a program that is not installed.
        InputError: the document could not be written so.
        Cancelled: `cancel` was.

    """
    document = _cleaned(document)
    if target in ("docx", "odt", "epub", "html", "pdf"):
        return _through_pandoc(document, target, options, cancel)
    if target == "markdown":
        from inkstand.formats.writing import markdown

        return markdown.write(document)
    if target == "text":
        from inkstand.formats.writing import plain

        return plain.write(document)
    from inkstand.formats.writing import screenplay

    return screenplay.write(document, target)


def _through_pandoc(
    document: Document, target: Format, options: Options, cancel: Cancel | None
) -> Written:
    from inkstand.formats.writing import books, pdf
    from inkstand.formats.writing.fountain_prose import as_prose

    if document.kind == "screenplay":
        document = as_prose(document)
    if target == "pdf":
        return pdf.write(document, options, cancel)
    return books.write(document, target, options, cancel)  # type: ignore[arg-type]


def _cleaned(document: Document) -> Document:
    """A document without signs in its title and names that no XML can hold."""

    def sound(text: str) -> str:
        return " ".join(UNWRITABLE.sub("", text).split())

    return msgspec.structs.replace(
        document,
        title=sound(document.title),
        authors=tuple(map(sound, document.authors)),
        language=sound(document.language),
    )
