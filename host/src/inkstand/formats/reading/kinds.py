"""What kind of file something is, by what it holds; its name only says what cannot be seen."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Literal

from inkstand_sdk.errors import InputError

Kind = Literal[
    "docx", "odt", "epub", "html", "rtf", "fdx", "fountain", "markdown", "text", "scrivx", "nwx"
]
_BY_SUFFIX: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".fountain": "fountain",
    ".spmd": "fountain",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
_START = 4_096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_ROOTS: tuple[tuple[bytes, Kind], ...] = (
    (b"<FinalDraft", "fdx"),
    (b"<ScrivenerProject", "scrivx"),
    (b"<novelWriterXML", "nwx"),
)


def kind_of(data: bytes, name: str, suffix: str) -> Kind:
    """The kind of a file.

    Args:
        data: Its bytes.
        name: What to call it in errors.
        suffix: How its name ends, in lower case with the dot.

    Raises:
        InputError: it is empty, or of a kind that is not read.

    """
    start = data[:_START].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start:
        raise InputError(
            f"{name} is empty.",
            "It holds nothing but blanks, if anything.",
            "Look whether your text is in another file.",
        )
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(data, name)
    if data.startswith(_OLE):
        raise _old_word(data, name)
    if data.startswith(b"%PDF"):
        raise InputError(
            f"{name} is a PDF, which is not read.",
            "A PDF says where letters stand on pages, not what is a paragraph or a chapter.",
            "Import the file that the PDF was made from; or open it in Word or LibreOffice, save"
            " it as .docx, and look it through.",
        )
    if start.startswith(b"{\\rtf"):
        return "rtf"
    for mark, kind in _ROOTS:
        if mark in start and start.startswith(b"<"):
            return kind
    if _HTML.match(start):
        return "html"
    if suffix in (".docx", ".odt", ".epub", ".rtf", ".fdx", ".doc"):
        raise InputError(
            f"{name} is no {suffix[1:].upper()} file, whatever its name says.",
            "It is damaged from its first bytes on, or was renamed.",
            "Save it anew in the program that made it. If it is plain text, name it .txt.",
        )
    return _BY_SUFFIX.get(suffix, "text")


def _in_zip(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"{name} is damaged: {error}.",
            "It was cut off while it was copied or saved.",
            "Save it anew in the program that made it, or take an older copy.",
        ) from error
    if "word/document.xml" in names:
        return "docx"
    if "META-INF/container.xml" in names:
        return "epub"
    if "content.xml" in names:
        return "odt"
    if any(each.endswith((".scrivx", "nwProject.nwx")) for each in names):
        raise InputError(
            f"{name} is a packed project.",
            "It is the backup of a Scrivener or novelWriter project.",
            "Unpack it, and import the folder.",
        )
    raise InputError(
        f"{name} is an archive, but no DOCX, ODT or EPUB.",
        "It may be another office file (.pages, .xlsx, .pptx), or files that were packed.",
        "Unpack it, or save the text as .docx or .odt.",
    )


def _old_word(data: bytes, name: str) -> InputError:
    if _LOCKED in data:
        return InputError(
            f"{name} is protected by a password.",
            "Its contents are encrypted.",
            "Open it in Word, save it without a password, and try again.",
        )
    return InputError(
        f"{name} is in Word's old binary format (.doc), which is not read.",
        "Word before 2007 wrote it.",
        "Open it in Word or LibreOffice, and save it as .docx.",
    )
