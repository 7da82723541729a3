"""Bytes of a text file into text, whatever encoding its editor used."""

from __future__ import annotations

import codecs
import re

import msgspec

from inkstand_sdk.errors import InputError

# charset-normalizer takes 50 ms to import, so it is only loaded for files that are not UTF-8.

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Western prose holds beyond ASCII. If all of a file reads as these in Windows-1252, it is
# that: detectors that go by statistics mistake short English files for Central European ones.
_WESTERN = set(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽžŸ"
    "‘’“”‚„‹›«»–—…•†‡°§£€¢©®™¼½¾¿¡·ªº \u00a0\u00ad"
)
_SAMPLE = 200_000
_BEYOND_ASCII = re.compile(r"[^\0-\x7f]")
_ESCAPED = re.compile(r"[\udc80-\udcff]")


class Decoded(msgspec.Struct, frozen=True):
    """A file's text, newlines untranslated and the byte order mark gone, and its encoding."""

    text: str
    encoding: str
    note: str = ""


def decode(data: bytes, name: str) -> Decoded:
    """The text of a file's bytes; `name` is what to call it in errors.

    Raises:
        InputError: the bytes are not text.

    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding.removesuffix("-sig"))
            except UnicodeDecodeError:
                break
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        return _without_nul(data, name)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _mended(data, name) or _guessed(data, name)


def _mended(data: bytes, name: str) -> Decoded | None:
    """UTF-8 with a few foreign bytes in it, read as Windows-1252; None if it is not that.

    Text of another encoding hardly ever holds a sequence that happens to be valid UTF-8.
    """
    text = data.decode("utf-8", "surrogateescape")
    foreign = sum(1 for character in _BEYOND_ASCII.findall(text) if character >= "\ud800")
    sound = sum(1 for character in _BEYOND_ASCII.findall(text) if character < "\ud800")
    if foreign > sound // 4 or _controls(data):
        return None
    mended = _ESCAPED.sub(
        lambda match: bytes([ord(match.group()) - 0xDC00]).decode("cp1252", "replace"), text
    )
    note = f"{name} is UTF-8 but for {foreign} bytes, which were read as Windows-1252."
    return Decoded(mended, "utf-8", note)


def _without_nul(data: bytes, name: str) -> Decoded:
    """UTF-16 without a mark has a NUL in every other byte; a stray NUL in text is left in."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = len(data) // 2 or 1
    for count, other, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if count > 0.6 * half and other < 0.1 * half and len(data) % 2 == 0:
            try:
                return Decoded(
                    data.decode(encoding), encoding, f"{name} was read as {encoding.upper()}."
                )
            except UnicodeDecodeError:
                break
    if data.count(0) <= len(data) // 1000:
        try:
            return Decoded(data.decode("utf-8"), "utf-8", f"{name} holds NUL characters.")
        except UnicodeDecodeError:
            pass
    raise _binary(name)


def _guessed(data: bytes, name: str) -> Decoded:
    if _controls(data):
        raise _binary(name)
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        pass
    else:
        odd = {character for character in western if character > "\x7f"}
        if odd <= _WESTERN:
            return Decoded(western, "cp1252", f"{name} was read as Windows-1252.")
    from charset_normalizer import from_bytes

    best = from_bytes(_telling_part(data)).best()
    if best is None:
        raise _binary(name)
    text = data.decode(best.encoding, errors="replace")
    lost = text.count("\ufffd")
    note = f"{name} was read as {best.encoding}."
    if lost:
        note = f"{name} was read as {best.encoding}; {lost} characters could not be."
    return Decoded(text, best.encoding, note)


def _controls(data: bytes) -> bool:
    """Whether more than one byte in a hundred is a control character, as in no text."""
    sample = data[:_SAMPLE]
    count = sum(sample.count(code) for code in range(32) if code not in b"\t\n\r\f\x1a")
    return count > len(sample) // 100


def _telling_part(data: bytes) -> bytes:
    """Lines beyond ASCII: they alone tell encodings apart, and a novel is long."""
    if len(data) <= _SAMPLE:
        return data
    lines = [line for line in data.splitlines(keepends=True) if not line.isascii()]
    return b"".join(lines)[:_SAMPLE] or data[:_SAMPLE]


def _binary(name: str) -> InputError:
    return InputError(
        f"{name} is not a text file.",
        "It holds binary data, or text in an encoding that could not be recognized.",
        "Give a Markdown or plain text file; save it as UTF-8 if it is one.",
    )
