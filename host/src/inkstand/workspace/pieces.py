"""Texts cut into pieces by what they say, so that two versions of one share most of them.

Content-defined chunking as in Muthitacharoen, Chen and Mazieres, "A low-bandwidth network file
system" (2001), with the ends of lines for the places where it may cut: an edit changes the piece
that it lies in, and no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

LEAST, MOST = 1_024, 65_536
# One line in so many ends a piece: some 4 KB of prose whose paragraphs are lines of 400 bytes.
_ONE_IN = 8


def pieces(data: bytes) -> Iterator[bytes]:
    """The pieces of some bytes, in order; none is longer than `MOST`."""
    start = end = 0
    for line in data.splitlines(keepends=True):
        end += len(line)
        while end - start > MOST:
            yield data[start : start + MOST]
            start += MOST
        if end - start >= LEAST and zlib.crc32(line) % _ONE_IN == 0:
            yield data[start:end]
            start = end
    if start < end:
        yield data[start:end]
