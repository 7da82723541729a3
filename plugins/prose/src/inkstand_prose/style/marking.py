"""What is passed around while remarks are sought: parts of sentences, and candidates."""

from __future__ import annotations

import msgspec

from inkstand_prose.style.tokens import WORD, Traits, plain


class Segment(msgspec.Struct):
    """A part of a sentence, told (`quote` is -1) or spoken in the quotation of that number;
    `written` are its words as they stand in the text, `words` the same in lower case, `flags`
    what is known of each (`tokens.Traits`).
    """

    start: int
    end: int
    quote: int
    written: list[str]
    words: list[str]
    flags: list[int]
    places: list[tuple[int, int]] = []

    @classmethod
    def of(cls, text: str, start: int, end: int, quote: int, traits: Traits) -> Segment:
        """The part of `text` at `[start, end)`."""
        written = WORD.findall(text, start, end)
        words = plain(written)
        return cls(start, end, quote, written, words, list(map(traits.__getitem__, words)))

    def span(self, text: str, first: int, last: int) -> tuple[int, int]:
        """Where the words `[first, last)` stand in the scene's `text`."""
        # All at once: a sentence may be as long as the scene, and much may be found in it.
        if not self.places:
            self.places = [match.span() for match in WORD.finditer(text, self.start, self.end)]
        return self.places[first][0], self.places[last - 1][1]


class Candidate(msgspec.Struct, array_like=True):
    """A place that a remark could be made of; `subject` is the word or phrase that it is about,
    `also` are further places of the scene.
    """

    kind: str
    start: int
    end: int
    subject: str
    strength: float
    also: list[tuple[int, int]] = []


class EchoCandidate(msgspec.Struct, array_like=True, gc=False):
    """A rare word that comes again `distance` words later: both places."""

    root: str
    word: str
    start: int
    end: int
    again_start: int
    again_end: int
    distance: int
