"""The style of a book from that of its scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

import msgspec

from inkstand_prose.style import tables
from inkstand_prose.style.curves import curves
from inkstand_prose.style.fingerprint import fingerprint
from inkstand_prose.style.phrases import Phrases, leaned_on
from inkstand_prose.style.places import TextOfScene
from inkstand_prose.style.recount import phrases_of
from inkstand_prose.style.remarks import Found, chosen, possible
from inkstand_prose.style.richness import Sums
from inkstand_prose.style.scene import MOST_LINES, SceneStyle
from inkstand_prose.style.sketch import merged
from inkstand_prose.style.tally import Tally
from inkstand_prose.style.voices import voices
from inkstand_sdk.style import Frequency, Readability, Remark, Stretch, Style, Tone, Voice

_NAME_SHARE = 0.5
"""A word is taken for a name if so much of its uses have a capital that no sentence gave."""

_ENGLISH_SHARE = 0.2
"""Of English words half are function words, of French and German ones a twentieth look like it."""
_FEWEST_TOLD_BY = 20
"""Fewer different words tell no language."""
_SAID_AGAIN = (
    "Long parts of this text stand in it again and again, so no repeated phrases are shown."
)
_MANY_LINES = f"Of a scene with very many lines, voices are made of the first {MOST_LINES:,}."
_ANY_LANGUAGE = {"monotony"}
"""What needs no list to be remarked."""


class BookStyle(msgspec.Struct, frozen=True):
    """What a reading tells of style; `stretches` are of each scene."""

    style: Style
    voices: tuple[Voice, ...]
    remarks: tuple[Remark, ...]
    stretches: list[tuple[Stretch, ...]]
    notes: tuple[str, ...] = ()


def of_book(
    scenes: Sequence[TextOfScene],
    speakers: Sequence[Sequence[str]],
    tally: Tally,
    tick: Callable[[], None] = lambda: None,
) -> BookStyle:
    """The style of a book.

    Args:
        scenes: Its scenes.
        speakers: For each scene who says each quotation; "" where that is not certain.
        tally: Of the words of all scenes.
        tick: Called now and then; it raises to stop.

    """
    styles = [scene.style for scene in scenes]
    sketch = merged(style.narration for style in styles)
    sums = Sums()
    for style in styles:
        sums.add(style.sums)
    words = tally.words
    names = _names(tally)
    phrases = phrases_of(sketch.stream, tick)
    found = possible(scenes, phrases, names, tally, tick)
    all_words = sum(stretch.words for style in styles for stretch in style.stretches)
    spoken = sum(stretch.spoken for style in styles for stretch in style.stretches)
    fingerprinted = fingerprint(
        sketch,
        sums,
        words,
        words=tally.sums,
        sentences=[style.sentences for style in styles],
        paragraphs=[style.paragraphs for style in styles],
        openings=tally.openings,
        phrases=leaned_on(phrases, names),
        passives=sum(style.passives for style in styles),
        filters=sum(style.filters for style in styles),
        dialogue=spoken / max(1, all_words),
        remarks={kind: len(each) for kind, each in sorted(found.items())},
    )
    if not _is_english(words):
        found = {kind: each for kind, each in found.items() if kind in _ANY_LANGUAGE}
        fingerprinted = _counted_alone(fingerprinted, found)
    return BookStyle(
        fingerprinted,
        voices(
            (
                (person, line)
                for style, said in zip(styles, speakers, strict=True)
                for person, line in zip(said, style.lines, strict=True)
                if person
            ),
            names,
            tick,
        ),
        chosen(scenes, found, tally, all_words),
        curves([style.stretches for style in styles]),
        tuple(_left_out(styles, phrases)),
    )


def _left_out(styles: Sequence[SceneStyle], phrases: Phrases) -> Iterator[str]:
    if phrases.countless:
        yield _SAID_AGAIN
    if any(len(style.lines) > MOST_LINES for style in styles):
        yield _MANY_LINES


def _is_english(words: Counter[str]) -> bool:
    """Whether the words are those that the lists are about."""
    known = tables.word_set("function_words")
    count = sum(each for word, each in words.items() if word in known)
    return count >= _ENGLISH_SHARE * words.total() or len(words) < _FEWEST_TOLD_BY


def _counted_alone(style: Style, found: Mapping[str, Sequence[Found]]) -> Style:
    """What can be counted in any language."""
    return msgspec.structs.replace(
        style,
        frequency=Frequency(),
        transitions=0.0,
        phrases=(),
        contractions=0.0,
        adverbs=0.0,
        passives=0.0,
        filter_words=0.0,
        readability=Readability(),
        tone=Tone(),
        remarks={kind: len(each) for kind, each in sorted(found.items())},
    )


def _names(tally: Tally) -> Set[str]:
    capitals, words = tally.capitals, tally.words
    return {
        word.removesuffix("'s")
        for word, count in capitals.items()
        if count >= _NAME_SHARE * words[word] and word not in ("i", "i'm", "i'd", "i'll", "i've")
    } | {word for word in capitals if word.endswith("'s")}
