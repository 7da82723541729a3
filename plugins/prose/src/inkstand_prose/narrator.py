"""A first-person narrator: whether there is one, and who."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from inkstand_prose.mentions import MentionIndex
from inkstand_prose.turns import Turn

_MY_NAME = re.compile(
    r"\b(?:[Mm]y name (?:is|was)|Call me|[Yy]ou may call me|[Tt]hey call(?:ed)? me)\s+"
)
_PER_THIRD_PERSON = 0.25
_FEWEST = 3
_SPOKEN_SHARE = 0.8
_LEAST_USES = 3


class Narrator(msgspec.Struct, frozen=True):
    """`person` is a number in the cast, -1 where the text tells no name."""

    person: int
    uses: int


def count_pronouns(text: str, index: MentionIndex) -> tuple[int, int]:
    """How often the narration of a scene says "I", and how often "he" or "she"."""
    first = third = 0
    for mention in index.mentions:
        if mention.kind == "pronoun" and mention.quote < 0:
            word = text[mention.start : mention.end]
            first += word == "I"
            third += word.lower() in {"he", "she"}
    return first, third


def find_narrator(
    scenes: Sequence[tuple[str, MentionIndex, Sequence[Turn]]],
    pronouns: Sequence[tuple[int, int]],
) -> Narrator | None:
    """The narrator, where the narration says "I" about as a person of the story would.

    `pronouns` are the counts of each scene.
    """
    first, third = (sum(counts) for counts in zip((0, 0), *pronouns, strict=True))
    if first < _FEWEST or first < _PER_THIRD_PERSON * third:
        return None
    return Narrator(_who(scenes), first)


def _who(scenes: Sequence[tuple[str, MentionIndex, Sequence[Turn]]]) -> int:
    """Whoever the narration says it is ("Call me Ishmael"), or somebody whose name stands in
    what others say, and hardly ever in the narration.
    """
    spoken: Counter[int] = Counter()
    narrated: Counter[int] = Counter()
    called: Counter[int] = Counter()
    said: Counter[int] = Counter()
    for text, index, turns in scenes:
        for mention in index.mentions:
            if mention.person >= 0:
                (spoken if mention.quote >= 0 else narrated)[mention.person] += 1
        for turn, following in pairwise(turns):
            for one, other in ((turn, following), (following, turn)):
                if one.tag is not None and _says_i(text, one):
                    called.update(other.vocatives)
        for match in _MY_NAME.finditer(text):
            mention_here = index.starting_at(match.end())
            if mention_here is not None and mention_here.person >= 0 and mention_here.quote < 0:
                said[mention_here.person] += 1
    if said:
        return max(said, key=lambda person: (said[person], -person))
    fitting = [
        person
        for person, count in called.items()
        if count >= 2
        and spoken[person] >= _LEAST_USES
        and spoken[person] > _SPOKEN_SHARE * (spoken[person] + narrated[person])
    ]
    return max(fitting, key=lambda p: (called[p], -p), default=-1)


def _says_i(text: str, turn: Turn) -> bool:
    tag = turn.tag
    return tag is not None and text[tag.mention.start : tag.mention.end] == "I"
