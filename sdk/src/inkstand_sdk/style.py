"""How a manuscript is written: its narration, its voices, and what its writer may look at again."""

from __future__ import annotations

import msgspec

from inkstand_sdk.span import Span


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a writer may look at again.

    `kind` is one of "echo", "repeated phrase", "cliche", "filter word", "adverb", "passive",
    "monotony", "machine phrase". `span` covers the words; `also` are the other places, where
    there are any. `note` is a sentence for the writer.
    """

    kind: str
    span: Span
    text: str
    note: str = ""
    also: tuple[Span, ...] = ()


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """The fingerprint of a stretch of prose, or of one person's speech.

    Shares are 0 to 1 of its words, unless said otherwise; lengths are in words.
    """

    words: int = 0


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """How one person speaks: the fingerprint of the lines that the Reader stands by."""

    person: str
    lines: int
    style: Style
