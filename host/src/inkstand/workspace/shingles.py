"""Runs of words by which a passage is known again, however it is set in type.

Eight words in a row are enough. Upper and lower case, white space, punctuation, kinds of quotation
marks, accents, Markdown, HTML tags and JSON escapes make no difference; other words do.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence

RUN = 8
"""Words in a row that tell a passage."""

# Weights in eighths of a word. Scripts without blanks between words are taken letter by letter:
# two Chinese or Japanese characters are about a word, and four letters of Thai or Khmer.
_WORD, _IDEOGRAPH, _LETTER = 8, 4, 2
_ENOUGH = RUN * _WORD
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNITS = re.compile(rf"[{_IDEOGRAPHS}{_LETTERS}]|[^\W_{_IDEOGRAPHS}{_LETTERS}]+")
_UNSPACED = re.compile(rf"[{_IDEOGRAPHS}{_LETTERS}]")
_IDEOGRAPH_UNIT = re.compile(rf"[{_IDEOGRAPHS}]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrtbf\"'/\\])")
_TAG = re.compile(r"<[/!]?[A-Za-z][^<>]{0,300}>|<!--|-->")
# What stands inside of words and is no part of them: emphasis, apostrophes, soft hyphens, joiners.
_INSIDE = re.compile("[*_~`'’‘ʼ´\u00ad\u200b-\u200f\u2060\ufeff]")


def words_of(text: str) -> list[str]:
    """The words of a text, folded so that only the words themselves count."""
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = "".join(
            character
            for character in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(character)
        )
    return _UNITS.findall(_INSIDE.sub("", text).casefold())


def runs(words: Sequence[str]) -> Iterator[int]:
    """A number for each run of eight words, or of as much in scripts without blanks.

    The numbers are only the same within one process. A text that is shorter has none.
    """
    if not any(_UNSPACED.match(word) for word in words):
        for start in range(len(words) - RUN + 1):
            yield hash(" ".join(words[start : start + RUN]))
        return
    weights = [_weight(word) for word in words]
    end = weight = 0
    for start, first in enumerate(weights):
        while end < len(words) and weight < _ENOUGH:
            weight += weights[end]
            end += 1
        if weight < _ENOUGH:
            return
        yield hash(" ".join(words[start:end]))
        weight -= first


def whole(words: Sequence[str]) -> str:
    """All of a short text as one string, in which another one's can be looked for."""
    return f" {' '.join(words)} "


def _weight(word: str) -> int:
    if len(word) > 1 or not _UNSPACED.match(word):
        return _WORD
    return _IDEOGRAPH if _IDEOGRAPH_UNIT.match(word) else _LETTER


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else " "
