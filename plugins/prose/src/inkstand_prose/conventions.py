"""Which marks a text puts around speech."""

from __future__ import annotations

import re

import msgspec

from inkstand_prose.languages import Language, language_of

_CURLY_OPEN = re.compile(r"(?<![^\s(\[—–-])‘(?=[^\W\d_])")
_STRAIGHT_OPEN = re.compile(r"(?<![^\s(\[—–-])'(?=[A-Z])")
_STRAIGHT_CLOSE = re.compile(r"(?<=[,.!?—…-])'(?![^\s)\]—–-])")
_CURLY_CLOSE = re.compile(r"(?<=[,.!?—…-])’(?![^\s)\]—–-])")
_ANY_OPEN = re.compile(r"(?<![^\s(\[—–-])[\"“„«‘'](?=[^\W\d_])")
_REVERSED = re.compile(r"(?<![^\s(\[—–-])»(?=\S)")
_DASH_LINE = re.compile(r"^[ \t]*(?:—|–|―|--|- )(?=\s*[^\W\d_¿¡])", re.MULTILINE)
_ENOUGH = 3
_DASH_LANGUAGES = frozenset(["fr", "es", "it"])
"""Where lines that a dash opens stand among others in marks."""


class Convention(msgspec.Struct, frozen=True):
    """The marks to look for.

    Double and angled marks always count. `single`: single marks surround speech.
    `reversed_angles`: »so«. `dashes`: a dash opens a paragraph of speech. `language`: how the
    words beside speech are told.
    """

    single: bool = False
    reversed_angles: bool = False
    dashes: bool = False
    language: Language = "en"


def find_convention(text: str) -> Convention:
    """The convention that the text shows most of."""
    double = text.count('"') // 2 + max(text.count("“"), text.count("”"))
    angled = text.count("«") + text.count("„") + text.count("‹")
    single = min(_count(_CURLY_OPEN, text), _count(_CURLY_CLOSE, text)) + min(
        _count(_STRAIGHT_OPEN, text), _count(_STRAIGHT_CLOSE, text)
    )
    others = double + angled
    is_single = single > others or (0 < single == others and _opens_single(text))
    marked = double + angled + (single if is_single else 0)
    dashes = _count(_DASH_LINE, text)
    language = language_of(text)
    usual = language in _DASH_LANGUAGES and dashes > 0
    return Convention(
        single=is_single,
        reversed_angles=_count(_REVERSED, text) > angled / 2,
        dashes=usual or (dashes >= _ENOUGH and dashes > 2 * marked),
        language=language,
    )


def _opens_single(text: str) -> bool:
    """Whether the first mark of all is a single one."""
    first = _ANY_OPEN.search(text)
    return first is not None and first.group() in "‘'"


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))
