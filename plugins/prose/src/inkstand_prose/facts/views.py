"""Sentences in a plain form that patterns can read: who is meant stands in angle brackets.

"His sister Ada had grey eyes." becomes `<p0 his> sister <n1 ada> had grey eyes.`: lowercase, with
plain apostrophes, and every reference as a letter for what it is (n: a name, d: a description,
s: he, she, I; o: him, me; p: his, my; r: himself), its number, and its words. Direct speech
within narration is cut out, and is a view of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from inkstand_prose.facts.reference import Reference
from inkstand_prose.lexicon import word_table

_LETTERS = {
    "name": "n",
    "description": "d",
    "subject": "s",
    "object": "o",
    "own": "p",
    "self": "r",
}
_OWNED = ("his ", "her ", "my ", "your ", "our ", "their ")
_KIN_NOUNS = word_table("kin_words")["family"] | frozenset(["friend"])
"""Descriptions of these stay as they are: they say who somebody is to somebody."""
_PLAIN = str.maketrans({"’": "'", "‘": "'", "\n": " ", "\r": " ", "\t": " ", "<": "(", ">": ")"})
_TOKEN = re.compile(
    r"<(?P<letter>[a-z])(?P<number>\d+)[^>]*>(?:'s\b|'(?![a-z]))?|[^\W_]+(?:['-][^\W_]+)*|[^\w\s]|_"
)
_CUT = ' "" '


def _is_plain(words: str) -> bool:
    return words.startswith(_OWNED) or words.rpartition(" ")[2] in _KIN_NOUNS


class View(msgspec.Struct, gc=False):
    """A sentence in plain form. `places` are pairs of (place in `plain`, place in the text)
    where the two begin to run in step again.
    """

    plain: str
    references: list[Reference]
    places: list[tuple[int, int]]
    quote: int

    def place(self, at: int) -> int:
        """Where a place of the plain form is in the text."""
        number = bisect_right(self.places, (at, 1 << 60)) - 1
        plain, place = self.places[number]
        offset = place + at - plain
        if number + 1 < len(self.places):
            offset = min(offset, self.places[number + 1][1])
        return offset

    def who(self, token: str) -> Reference:
        """The reference that a bracket stands for."""
        match = _TOKEN.match(token)
        if match is None or match["number"] is None:
            message = f"no reference: {token!r}"
            raise ValueError(message)
        return self.references[int(match["number"])]


class Token(msgspec.Struct, gc=False):
    """A word, mark or reference (then `who` is set) of a view."""

    text: str
    start: int
    end: int
    who: Reference | None = None
    letter: str = ""

    @property
    def owns(self) -> bool:
        """Whether it says whose something is."""
        return self.who is not None and (self.letter == "p" or self.text[-1] in "'s")


def tokens(view: View) -> list[Token]:
    """The words, marks and references of a view."""
    found = []
    for match in _TOKEN.finditer(view.plain):
        letter = match["letter"]
        who = view.references[int(match["number"])] if letter else None
        found.append(Token(match.group(), match.start(), match.end(), who, letter or ""))
    return found


class SceneViews:
    """The views of a scene's sentences, made when they are asked for.

    Args:
        text: The scene's text.
        sentences: Spans of its sentences, in order.
        quotes: Outer and inner spans of its quotations, in order: (outer start, start, end,
            outer end).
        found: All references, in order.

    """

    def __init__(
        self,
        text: str,
        sentences: Sequence[tuple[int, int]],
        quotes: Sequence[tuple[int, int, int, int]],
        found: Sequence[Reference],
    ) -> None:
        self.text = text
        self.sentences = sentences
        self.quotes = quotes
        self.references = found
        self._starts = [start for start, _ in sentences]
        self._quote_starts = [quote[0] for quote in quotes]
        self._reference_starts = [reference.start for reference in found]
        self._kept: dict[tuple[int, int], View] = {}

    def quote_at(self, place: int) -> int:
        """The number of the quotation that holds a place; -1 for narration."""
        number = bisect_right(self._quote_starts, place) - 1
        return number if number >= 0 and place < self.quotes[number][3] else -1

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds a place, or begins last before it."""
        return max(0, bisect_right(self._starts, place) - 1)

    def at(self, place: int) -> View:
        """The view of the sentence, in narration or one quotation, that holds a place."""
        key = self.sentence_at(place), self.quote_at(place)
        view = self._kept.get(key)
        if view is None:
            view = self._kept[key] = self._view(*key)
        return view

    def before(self, place: int) -> View | None:
        """The view of what the same narration or quotation told before; None at its beginning."""
        number, quote = self.sentence_at(place), self.quote_at(place)
        last = self._starts[number - 1] if number else -1
        return self.at(last) if last >= 0 and self.quote_at(last) == quote else None

    def after(self, place: int) -> View | None:
        """The view of what is told or said next; None where there is nothing more."""
        number, quote = self.sentence_at(place), self.quote_at(place)
        following = self._starts[number + 1] if number + 1 < len(self._starts) else -1
        if quote < 0:
            told = following >= 0 and self.quote_at(following) < 0
            return self.at(following) if told else None
        if 0 <= following < self.quotes[quote][2]:
            return self.at(following)
        return self.at(self.quotes[quote + 1][1]) if quote + 1 < len(self.quotes) else None

    def _view(self, sentence: int, quote: int) -> View:
        start, end = self.sentences[sentence]
        if quote >= 0:
            _, inner, inner_end, _ = self.quotes[quote]
            return self._plain([(max(start, inner), min(end, inner_end))], quote)
        pieces = []
        number = max(0, bisect_right(self._quote_starts, start) - 1)
        at = start
        while number < len(self.quotes) and self.quotes[number][0] < end:
            outer, _, _, outer_end = self.quotes[number]
            if outer_end > at:
                pieces.append((at, max(at, outer)))
                at = outer_end
            number += 1
        if at < end:
            pieces.append((at, end))
        return self._plain(pieces, -1)

    def _plain(self, pieces: Sequence[tuple[int, int]], quote: int) -> View:
        view = View("", [], [], quote)
        parts: list[str] = []
        length = 0

        def add(words: str, place: int) -> None:
            nonlocal length
            view.places.append((length, place))
            parts.append(words)
            length += len(words)

        for number, (start, end) in enumerate(pieces):
            if number:
                add(_CUT, start)
            at = start
            first = bisect_right(self._reference_starts, start - 1)
            # No slice: a scene may be one line with a hundred thousand references.
            for place in range(first, len(self.references)):
                reference = self.references[place]
                if reference.start >= end:
                    break
                if reference.start < at or reference.end > end:
                    continue
                words = self.text[reference.start : reference.end].lower().translate(_PLAIN)
                if reference.role == "description" and _is_plain(words):
                    continue
                add(self.text[at : reference.start].lower().translate(_PLAIN), at)
                letter = _LETTERS[reference.role]
                add(f"<{letter}{len(view.references)} {words}>", reference.start)
                view.references.append(reference)
                at = reference.end
            add(self.text[at:end].lower().translate(_PLAIN), at)
        view.plain = "".join(parts)
        return view
