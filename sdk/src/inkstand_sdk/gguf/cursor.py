"""A bounded, forward-only reader of the little-endian values that a GGUF header is made of."""

from __future__ import annotations

import struct
from typing import BinaryIO

from inkstand_sdk.errors import ModelFileError

_BLOCK = 1 << 18
_FIX = "Copy or download the file again, and compare its size and SHA-256 with the source's."


def damaged(cause: str) -> ModelFileError:
    """The error for a header that cannot be right."""
    return ModelFileError("This is not a sound GGUF model file.", cause, _FIX)


class Cursor:
    """Reads values from `file`, `size` bytes long, and never past its end.

    Holds one block of the file at a time. Every method raises `ModelFileError` where the file
    ends too early.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._block = b""
        self._start = 0
        self._at = 0

    @property
    def position(self) -> int:
        """The offset of the next byte to be read."""
        return self._start + self._at

    @property
    def left(self) -> int:
        """How many bytes lie between here and the end of the file."""
        return self._size - self.position

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        self._need(count)
        if self._at + count > len(self._block):
            self._refill(count)
        piece = self._block[self._at : self._at + count]
        if len(piece) != count:
            raise damaged("The file became shorter while it was being read.")
        self._at += count
        return piece

    def skip(self, count: int) -> None:
        """Pass over `count` bytes without reading them."""
        self._need(count)
        if self._at + count <= len(self._block):
            self._at += count
            return
        self._start, self._at, self._block = self.position + count, 0, b""

    def number(self, layout: struct.Struct) -> int | float:
        """The next value in that layout."""
        value: int | float = layout.unpack(self.take(layout.size))[0]
        return value

    def skip_strings(self, count: int) -> None:
        """Pass over `count` strings, each with its length in front.

        A vocabulary has hundreds of thousands of them: this loop works inside the block and
        touches the file only between blocks.
        """
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if self._at + 8 > len(self._block):
                self._need(8)
                self._refill(8)
            (length,) = unpack(self._block, self._at)
            self._at += 8
            end = self._at + length
            if end <= len(self._block):
                self._at = end
            else:
                self.skip(length)

    def skip_distinct_strings(self, count: int) -> bytes | None:
        """Pass over `count` strings; the first that is there twice, or None.

        As C code reads them: up to a zero byte, and empty ones do not count. Only their hashes
        are kept.
        """
        seen: set[int] = set()
        unpack = struct.Struct("<Q").unpack
        for _ in range(count):
            length: int = unpack(self.take(8))[0]
            text = self.take(length).partition(b"\0")[0] if length else b""
            mark = hash(text)
            if mark in seen:
                return text
            if text:
                seen.add(mark)
        return None

    def _need(self, count: int) -> None:
        if count > self.left:
            raise damaged(
                f"It ends too early: {count:,} bytes are announced at offset {self.position:,}"
                f" and only {max(self.left, 0):,} follow."
            )

    def _refill(self, count: int) -> None:
        self._start, self._at = self.position, 0
        self._file.seek(self._start)
        self._block = self._file.read(min(max(count, _BLOCK), self._size - self._start))
        if len(self._block) < count:
            raise damaged("The file became shorter while it was being read.")
