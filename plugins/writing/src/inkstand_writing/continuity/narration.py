"""The sentences of the narration, without speech, and the tense that each is told in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from inkstand_sdk import Span
from inkstand_writing import lexicon
from inkstand_writing.continuity.facts import BookFacts

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PAST = re.compile(
    r"\b(?:was|were|had|did|could|would|should|might|didn['’]t|wasn['’]t|couldn['’]t)\b",
    re.IGNORECASE,
)
_REGULAR = re.compile(r"[a-z]{2,}ed\Z")
_VOWEL_Y = re.compile(r"[aeiou]y\Z")
_HISSING = re.compile(r"(?:s|x|z|sh|ch|[^aeiou]o)\Z")
_DOUBLING = re.compile(r"\A[^aeiou]*[aeiou][bdgklmnprt]\Z")
_QUOTES = re.compile(r"[“”\"‘]")
_OUTER = 4
"""So many quotation marks are those of the speech itself, in two parts."""


class Told(msgspec.Struct, frozen=True):
    """A sentence of narration: where it is, its words in lower case, its paragraph's number."""

    span: Span
    text: str
    words: tuple[str, ...]
    paragraph: int

    @property
    def is_past(self) -> bool:
        """Whether any verb of it is in the past tense."""
        return bool(_PAST.search(self.text)) or any(
            word in pasts() or _REGULAR.match(word) for word in self.words
        )

    @property
    def is_verse(self) -> bool:
        """Whether every new line of it begins with a capital, which one that is wrapped may too."""
        first, *more = [line.strip() for line in self.text.splitlines()] or [""]
        if not more or not all(line[:1].isupper() for line in more):
            return False
        return len(more) > 1 or not first[-1:].isalpha()


def told(facts: BookFacts, scene: int) -> tuple[Told, ...]:
    """The sentences of a scene in which nobody speaks."""
    return tuple(_told(facts, scene))


def _told(facts: BookFacts, scene: int) -> Iterator[Told]:
    text = facts.scenes[scene].text
    read = facts.scene(scene)
    paragraph, ends = 0, [end for _, end in read.paragraphs]
    for start, end in read.sentences:
        while paragraph < len(ends) - 1 and start >= ends[paragraph]:
            paragraph += 1
        span = Span(scene, start, end)
        if facts.is_spoken(span):
            continue
        sentence = text[start:end]
        words = _words(sentence)
        if words:
            yield Told(span, sentence, words, paragraph)


def _words(sentence: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(sentence.lower().replace("’", "'")))


def _without_speech(facts: BookFacts, span: Span) -> str:
    """The words of a span, with blanks for what is direct speech."""
    text = facts.scenes[span.scene].text
    pieces, at = [], span.start
    for said in facts.speeches_in(span):
        start, end = max(at, said.span.start), min(span.end, said.span.end)
        pieces += [text[at:start], " " * (end - start)]
        at = max(at, end)
    return "".join([*pieces, text[at : span.end]])


def told_beside(facts: BookFacts, scene: int) -> tuple[Told, ...]:
    """Of the sentences in which somebody speaks, what is told beside the speech."""
    read = facts.scene(scene)
    found = []
    paragraph, ends = 0, [end for _, end in read.paragraphs]
    for start, end in read.sentences:
        while paragraph < len(ends) - 1 and start >= ends[paragraph]:
            paragraph += 1
        span = Span(scene, start, end)
        if not facts.is_spoken(span):
            continue
        sentence = _without_speech(facts, span)
        words = _words(sentence)
        if words and len(_QUOTES.findall(sentence)) <= _OUTER:
            found.append(Told(span, sentence, words, paragraph))
    return tuple(found)


@cache
def _deeds() -> tuple[tuple[str, str], ...]:
    parted = (entry.partition("/") for entry in lexicon.words("deeds"))
    return tuple((base, irregular) for base, _, irregular in parted)


@cache
def pasts() -> frozenset[str]:
    """The past forms of what people do."""
    return frozenset(irregular or _past(base) for base, irregular in _deeds()) - presents()


@cache
def presents() -> frozenset[str]:
    """What he or she does: looks, goes, catches."""
    return frozenset(_third(base) for base, _ in _deeds())


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and not _VOWEL_Y.search(base):
        return base[:-1] + "ied"
    return base + (base[-1] if _DOUBLING.match(base) else "") + "ed"


def _third(base: str) -> str:
    if base.endswith("y") and not _VOWEL_Y.search(base):
        return base[:-1] + "ies"
    return base + ("es" if _HISSING.search(base) else "s")
