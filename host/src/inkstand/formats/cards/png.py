"""The chunks of a PNG file, and the texts that character cards lie in.

Format: W3C, Portable Network Graphics (PNG) Specification (Third Edition). APNG files have further
chunks, which are kept as any others.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from inkstand_sdk.errors import InputError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGEST = 64 * 2**20
"""Bytes of a card's file at most."""
LARGEST_TEXT = 32 * 2**20
"""Bytes that a compressed text may unfold to."""
_LONGEST_CHUNK = 2**31 - 1
_MOST_CHUNKS = 100_000
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


class Chunk(msgspec.Struct, frozen=True):
    """A chunk: its type of four letters, and its data."""

    type: bytes
    data: bytes

    @property
    def keyword(self) -> str:
        """What a chunk of text is called; "" for all others."""
        if self.type not in _TEXTS:
            return ""
        return self.data[:80].partition(b"\0")[0].decode("latin-1")


def chunks(data: bytes, name: str) -> list[Chunk]:
    """The chunks of a PNG file, in order.

    Args:
        data: The file's bytes.
        name: What to call it in errors.

    Raises:
        InputError: it is no PNG file, is damaged or cut off, or larger than a card can be.

    """
    if len(data) > LARGEST:
        raise InputError(
            f"{name} is larger than {LARGEST // 2**20} MB.", "No card is.", "Use a smaller picture."
        )
    if not data.startswith(SIGNATURE):
        raise _damaged(name, "it does not begin as a PNG file does")
    found: list[Chunk] = []
    at = len(SIGNATURE)
    while True:
        if len(data) - at < 12:
            raise _damaged(name, "it is cut off")
        length, kind = struct.unpack_from(">I4s", data, at)
        if length > _LONGEST_CHUNK or length > len(data) - at - 12:
            raise _damaged(name, f"a chunk says that it is {length:,} bytes long")
        if not kind.isalpha():
            raise _damaged(name, "a chunk has no proper type")
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(kind + body) != checksum:
            raise _damaged(name, f"the checksum of a {kind.decode('ascii')} chunk is wrong")
        found.append(Chunk(kind, body))
        if found[0].type != b"IHDR" or len(found[0].data) != 13:
            raise _damaged(name, "it does not begin with a header")
        if len(found) > _MOST_CHUNKS:
            raise _damaged(name, "it has more chunks than any picture")
        at += length + 12
        if kind == b"IEND":
            return found


def text_of(chunk: Chunk, name: str) -> str:
    """The text of a tEXt, zTXt or iTXt chunk.

    Raises:
        InputError: it is damaged, or unfolds to more than a card can be.

    """
    body = chunk.data.partition(b"\0")[2]
    if chunk.type == b"tEXt":
        return body.decode("latin-1")
    if chunk.type == b"zTXt":
        if body[:1] != b"\0":
            raise _damaged(name, "a text is compressed in a way that PNG has not")
        return _unfolded(body[1:], name).decode("latin-1")
    # iTXt: compressed or not, method, language, translated keyword, text in UTF-8.
    is_compressed, rest = body[:1] == b"\1", body[2:]
    _, first, rest = rest.partition(b"\0")
    _, second, rest = rest.partition(b"\0")
    if not first or not second:
        raise _damaged(name, "a text is cut off")
    try:
        return (_unfolded(rest, name) if is_compressed else rest).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _damaged(name, "a text is not UTF-8") from error


def _unfolded(packed: bytes, name: str) -> bytes:
    unfolding = zlib.decompressobj()
    try:
        data = unfolding.decompress(packed, LARGEST_TEXT)
    except zlib.error as error:
        raise _damaged(name, f"a compressed text cannot be read ({error})") from error
    if unfolding.unconsumed_tail:
        raise InputError(
            f"{name} is not read: a text in it unfolds to more than {LARGEST_TEXT // 2**20} MB.",
            "Such files are made to fill a computer's memory.",
            "Get the card from somewhere else.",
        )
    if not unfolding.eof:
        raise _damaged(name, "a compressed text is cut off")
    return data


def with_texts(image: bytes, texts: dict[str, str | None], name: str) -> bytes:
    """A PNG file with these texts, by keyword, in the place of those of the same keyword.

    The texts are ASCII; None takes a text away. Every other chunk is kept as it is.

    Raises:
        InputError: `image` is no sound PNG file.

    """
    taken = {keyword.lower() for keyword in texts}
    kept = [each for each in chunks(image, name) if each.keyword.lower() not in taken]
    made = [
        Chunk(b"tEXt", keyword.encode("ascii") + b"\0" + text.encode("ascii"))
        for keyword, text in texts.items()
        if text is not None
    ]
    return SIGNATURE + b"".join(map(_packed, (*kept[:-1], *made, kept[-1])))


def plain_image(width: int = 400, height: int = 600) -> bytes:
    """A picture in one color, for a card that has none of its own."""
    row = b"\0" + b"\x2b\x36\x4a" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    made = (
        Chunk(b"IHDR", header),
        Chunk(b"IDAT", zlib.compress(row * height)),
        Chunk(b"IEND", b""),
    )
    return SIGNATURE + b"".join(map(_packed, made))


def _packed(chunk: Chunk) -> bytes:
    checksum = zlib.crc32(chunk.type + chunk.data)
    return (
        struct.pack(">I4s", len(chunk.data), chunk.type) + chunk.data + struct.pack(">I", checksum)
    )


def _damaged(name: str, reason: str) -> InputError:
    return InputError(
        f"{name} is no sound PNG file: {reason}.",
        "It was cut off or changed on its way here; chat programs and websites sometimes do that.",
        "Get the original file again, not a copy of the picture.",
    )
