"""A text file as its writer keeps it: encoding, byte order mark and line ends survive a change."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

import msgspec

from inkstand.workspace import files
from inkstand.workspace.encoding import decode
from inkstand_sdk.errors import InputError

_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16": codecs.BOM_UTF16_LE,
    "utf-32": codecs.BOM_UTF32_LE,
}
_LONE_LF = re.compile(r"(?<!\r)\n")
_LOST = "\ufffd"


class TextFile(msgspec.Struct, frozen=True):
    """A file that was read: its bytes, and its text with newlines untranslated."""

    data: bytes
    text: str
    encoding: str
    note: str = ""

    @classmethod
    def read(cls, path: Path) -> TextFile:
        """The file at `path`. Raises `InputError` if it cannot be read or is no text."""
        return cls.of(files.read(path), files.sound(path.name))

    @classmethod
    def of(cls, data: bytes, name: str) -> TextFile:
        """The file that `data` is; `name` is what to call it in errors."""
        decoded = decode(data, name)
        return cls(data, decoded.text, decoded.encoding, decoded.note)

    @property
    def sha256(self) -> str:
        """The hash of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def encoded(self, text: str) -> tuple[bytes, str]:
        """The bytes of a new text in this file's manner, and a note if it could not be kept.

        New lines end as the old ones do where those are all alike.

        Raises:
            InputError: what the file says could not be read whole, so a rewrite would lose it; or
                the new text holds halves of characters, which no file can.

        """
        _see_whole(text)
        if self.text.count(_LOST) and _LOST not in self.data.decode("utf-8", "ignore"):
            raise InputError(
                "The file holds characters that could not be read, and writing it would lose them.",
                f"It seems to be in the encoding {self.encoding}.",
                "Save it as UTF-8 in your editor, then try again.",
            )
        if "\r\n" in self.text and not _LONE_LF.search(self.text):
            text = _LONE_LF.sub("\r\n", text)
        elif "\r" in self.text and "\n" not in self.text:
            text = text.replace("\r\n", "\r").replace("\n", "\r")
        manner = self._manner()
        if manner is None:
            return text.encode("utf-8"), f"The file is UTF-8 now; it was {self.encoding}."
        mark, encoding = manner
        try:
            return mark + text.encode(encoding), ""
        except UnicodeEncodeError as error:
            character = text[error.start]
            return (
                codecs.BOM_UTF8 + text.encode("utf-8"),
                f"The file is UTF-8 now: its encoding {self.encoding} has no {character!r}.",
            )

    def _manner(self) -> tuple[bytes, str] | None:
        """Mark and encoding that give back the file's own bytes; None if none do."""
        for mark in (b"", *_MARKS.values(), codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE):
            if not self.data.startswith(mark):
                continue
            for encoding in (self.encoding, f"{self.encoding}-le", f"{self.encoding}-be"):
                try:
                    if mark + self.text.encode(encoding) == self.data:
                        return mark, encoding
                except (LookupError, UnicodeEncodeError):
                    continue
        return None


def _see_whole(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"The new text holds half of a character ({text[error.start]!r}), so it is no text.",
            "Whatever made it cut a character in two.",
            "Make it again.",
        ) from error


NEW = TextFile(b"", "", "utf-8")
"""A file that is not there yet."""
