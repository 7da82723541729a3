"""Whose words a manuscript is: a person's, a machine's, or both; sentence by sentence.

It is told from the texts themselves, compared with what was accepted from machines, so it holds
wherever the sentences were moved and whichever editor changed them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from inkstand.workspace.likeness import FEWEST, LIKE, Likest, Words
from inkstand.workspace.made import Made, key_of, words_of
from inkstand.workspace.scenes import count_words
from inkstand.workspace.sentences import spans
from inkstand_sdk.manuscript import Manuscript, Scene

Origin = Literal["human", "machine", "edited"]
"""Who wrote a sentence; "edited" is a machine's sentence that a person changed, or one of both."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """How many words are whose."""

    human: int = 0
    machine: int = 0
    edited: int = 0

    def __add__(self, other: Shares) -> Shares:
        return Shares(
            human=self.human + other.human,
            machine=self.machine + other.machine,
            edited=self.edited + other.edited,
        )

    @property
    def all(self) -> int:
        """All words."""
        return self.human + self.machine + self.edited


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that is not only a person's: where it is in its scene's text, in code points, on
    which line of the file, and the proposal that it came by.
    """

    text: str
    origin: Origin
    start: int
    end: int
    line: int
    proposal: int


class SceneProvenance(msgspec.Struct, frozen=True, kw_only=True):
    """Whose words a scene is."""

    id: str
    label: str
    file: str
    line: int
    words: Shares
    sentences: tuple[Traced, ...] = ()


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Whose words a manuscript is, in all and by scene."""

    title: str
    words: Shares
    scenes: tuple[SceneProvenance, ...]


def provenance_of(manuscript: Manuscript, made: Sequence[Made]) -> Provenance:
    """Whose words a manuscript is.

    Args:
        manuscript: The text as it is now.
        made: The sentences that were accepted from machines.

    """
    known = _Known(made)
    scenes = tuple(_of_scene(scene, known) for scene in manuscript.scenes)
    words = sum((scene.words for scene in scenes), Shares())
    return Provenance(title=manuscript.title, words=words, scenes=scenes)


def _of_scene(scene: Scene, known: _Known) -> SceneProvenance:
    counts = {"human": 0, "machine": 0, "edited": 0}
    traced: list[Traced] = []
    if known.is_empty:
        counts["human"] = scene.words
    else:
        places = spans(scene.text)
        texts = [scene.text[start:end] for start, end in places]
        for (start, end), text, (origin, proposal) in zip(
            places, texts, known.origins(texts), strict=True
        ):
            if origin != "human":
                counts[origin] += count_words(text)
                line = scene.line + scene.text.count("\n", 0, start)
                traced.append(
                    Traced(
                        text=text,
                        origin=origin,
                        start=start,
                        end=end,
                        line=line,
                        proposal=proposal,
                    )
                )
        counts["human"] = scene.words - counts["machine"] - counts["edited"]
    return SceneProvenance(
        id=scene.id,
        label=scene.label(),
        file=scene.file,
        line=scene.line,
        words=Shares(**counts),
        sentences=tuple(traced),
    )


class _Known:
    """The sentences of machines, to look others up in."""

    def __init__(self, made: Sequence[Made]) -> None:
        self._made = made
        self._words = [words_of(each.text) for each in made]
        self._at: dict[Words, list[int]] = {}
        for number, words in enumerate(self._words):
            if words:
                self._at.setdefault(words, []).append(number)
        self._likest = Likest(self._words)
        self.is_empty = not made

    def origins(self, texts: Sequence[str]) -> list[tuple[Origin, int]]:
        """Whose each sentence of a text is, and by which proposal it came (0: none)."""
        told = [words_of(text) for text in texts]
        found = [self._by_itself(words) for words in told]
        self._find_halves(told, found)
        # What is too short to be known by itself is known by a neighbor that is: forwards and
        # backwards, so that a row of short lines is known by the long one before or after it.
        for order in (range(len(told)), range(len(told) - 1, -1, -1)):
            for place in order:
                if found[place] is None and told[place] in self._at:
                    found[place] = self._by_neighbors(told, found, place)
        return [self._told(number, words) for number, words in zip(found, told, strict=True)]

    def _by_itself(self, words: Words) -> int | None:
        """The sentence of a machine that this one surely is, or comes from."""
        if len(words) < FEWEST:
            return None
        if words in self._at:
            same = [number for number in self._at[words] if not self._made[number].echo]
            return same[0] if same else None
        likest = self._likest.find(words)
        if likest is None or likest[1] < LIKE:
            return None
        made = self._made[likest[0]]
        return None if made.echo or key_of(words) in made.others else likest[0]

    def _find_halves(self, told: list[Words], found: list[int | None]) -> None:
        """Find what a person cut in two halves that are too short to be known by themselves."""
        for place, (one, other) in enumerate(pairwise(told)):
            if found[place] is not None and found[place + 1] is not None:
                continue
            if len(one) + len(other) < FEWEST or not one or not other:
                continue
            for number in self._at.get(one + other, ()):
                if not self._made[number].echo:
                    for half in (place, place + 1):
                        found[half] = number if found[half] is None else found[half]
                    break

    def _by_neighbors(self, told: list[Words], found: list[int | None], place: int) -> int | None:
        """A sentence of the same words that came with a neighbor, or stood beside that one."""
        before = key_of(told[place - 1]) if place else ""
        after = key_of(told[place + 1]) if place + 1 < len(told) else ""
        beside = {
            (self._made[near].proposal, near + step)
            for at, step in ((place - 1, 1), (place + 1, -1))
            if 0 <= at < len(told) and (near := found[at]) is not None
        }
        came_with = {proposal for proposal, _ in beside}
        for number in self._at[told[place]]:
            each = self._made[number]
            # The person's own sentence may stand beside the machine's that repeats it.
            if (each.proposal, number) in beside or (each.proposal in came_with and not each.echo):
                return number
            matching = [before == each.before, after == each.after]
            telling = [
                bool(before) and len(told[place - 1]) >= FEWEST,
                bool(after) and len(told[place + 1]) >= FEWEST,
            ]
            if (all(matching) and (before or after)) or any(
                m and t for m, t in zip(matching, telling, strict=True)
            ):
                return number
        return None

    def _told(self, number: int | None, words: Words) -> tuple[Origin, int]:
        if number is None:
            return "human", 0
        made = self._made[number]
        is_same = made.whole and words == self._words[number]
        return ("machine" if is_same else "edited"), made.proposal
