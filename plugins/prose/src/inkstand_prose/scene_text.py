"""What the text of one scene tells by itself, or with little knowledge of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence

from inkstand_prose.called import you_are
from inkstand_prose.conventions import find_convention
from inkstand_prose.evidence import Evidence, collect
from inkstand_prose.identities import wedding_words
from inkstand_prose.names import Key, lowercase_words, name_uses
from inkstand_prose.nearby import pairs_of
from inkstand_prose.paragraphs import paragraphs
from inkstand_prose.plays import find_play, speaker_uses
from inkstand_prose.quotations import Quote, find_quotes
from inkstand_prose.scene_memo import Names, SceneMemo, key_of
from inkstand_prose.sentences import sentences
from inkstand_prose.ticking import ticking

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def read_text(text: str, tick: Callable[[], None] = lambda: None) -> SceneMemo:
    """What the text of a scene tells by itself; `tick` is called now and then."""
    spans = paragraphs(text)
    convention = find_convention(text)
    play = find_play(text, spans)
    quotes = play.quotes if play is not None else find_quotes(text, spans, convention)
    tick()
    parted = tuple(s for start, end in spans for s in sentences(text, start, end))
    tick()
    lowercase = dict(lowercase_words(text))
    tick()
    words = _count_words(text, 0, len(text))
    tick()
    return SceneMemo(
        paragraphs=tuple(spans),
        quotes=quotes,
        sentences=parted,
        lowercase=lowercase,
        weddings=wedding_words(text),
        you_are=you_are(text),
        words=words,
        spoken_words=sum(_count_words(text, q.start, q.end) for q in quotes),
        language=convention.language,
        headings=play.headings if play is not None else [],
    )


def _count_words(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _WORD.finditer(text, start, end))


class _Asked(dict[str, bool]):
    """Answers whether a word is among others, and remembers what it was asked."""

    def __init__(self, words: Container[str]) -> None:
        super().__init__()
        self.words = words

    def __contains__(self, word: object) -> bool:
        found = word in self.words
        self[str(word)] = found
        return found


def find_names(
    memo: SceneMemo,
    text: str,
    lowercase: Container[str],
    tick: Callable[[], None] = lambda: None,
) -> Names:
    """The scene's names; `lowercase` are the words that the book has without a capital."""
    names = memo.names
    if names is None or any((w in lowercase) != had for w, had in names.asked.items()):
        asked = _Asked(lowercase)
        speakers = {use.start: use for use in speaker_uses(text, memo.headings)}
        others = [use for use in ticking(name_uses(text, asked), tick) if use.start not in speakers]
        uses = sorted([*others, *speakers.values()], key=lambda use: use.start)
        found: dict[Key, Evidence] = {}
        tick()
        collect(found, text, uses, spans_of(memo.quotes))
        for use in speakers.values():
            found[use.key].speech += 1
        tick()
        keys = list(found)
        pairs = pairs_of(text, uses, keys)
        names = Names(dict(asked), uses, keys, list(found.values()), pairs)
        memo.names = names
    return names


def spans_of(quotes: Sequence[Quote]) -> list[tuple[int, int]]:
    """Where speech begins and ends."""
    return [(quote.start, quote.end) for quote in quotes]


def names_key(memo: SceneMemo, keys: Sequence[Key]) -> bytes:
    """What a scene's uses of names depend on; `keys` are those that are still in them."""
    asked = memo.names.asked if memo.names is not None else {}
    return key_of(list(asked.values()), keys)
