"""Pieces of text from an engine, put together until each is whole code points.

An engine's token may end within a character. Some backends pass such halves on as surrogates:
bytes escaped one by one (`surrogateescape`), or the two halves of a UTF-16 pair.
"""

from __future__ import annotations

import codecs
import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HIGH = re.compile("[\ud800-\udbff]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class WholeText:
    """Feeds on pieces and gives text that is valid Unicode; what never completes is replaced."""

    def __init__(self) -> None:
        self._bytes = codecs.getincrementaldecoder("utf-8")("replace")
        self._high = ""

    def feed(self, piece: str, *, last: bool = False) -> str:
        """The text that is whole by now; with `last`, all that is left."""
        if not last and not self._high and not self._bytes.getstate()[0] and _is_whole(piece):
            return piece
        text = _PAIR.sub(_joined, self._high + piece)
        self._high = ""
        if not last and text and _HIGH.fullmatch(text[-1]):
            text, self._high = text[:-1], text[-1]
        text = _NO_BYTE.sub(REPLACEMENT, text)
        return self._bytes.decode(text.encode("utf-8", "surrogateescape"), final=last)


def _is_whole(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
