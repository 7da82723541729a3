"""How a document is to be written, and what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

Format = Literal["docx", "odt", "epub", "html", "pdf", "markdown", "text", "fountain", "fdx"]
Style = Literal["book", "shunn"]
Font = Literal["times", "courier"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a document is to look.

    Args:
        style: As a book is set, or as editors want manuscripts (William Shunn's guide).
        font: The typeface of a manuscript.
        underline: Whether a manuscript underlines what is emphasized, as typewriters did.
        cover: The picture on the cover of an EPUB,
        cover_type: and what it is.
        words: The words of the text, for a manuscript's first page.

    """

    style: Style = "book"
    font: Font = "times"
    underline: bool = False
    cover: Path | None = None
    cover_type: Literal["jpeg", "png", "gif"] = "jpeg"
    words: int = 0


class Written(msgspec.Struct, frozen=True):
    """A file's bytes, and in sentences what it could not carry."""

    data: bytes
    notes: tuple[str, ...] = ()
