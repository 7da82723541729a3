"""What in a scene points at somebody: names, pronouns, and phrases like "the captain"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.nouns import PERSON_NOUNS, noun_gender
from inkstand_prose.names import Key, NameUse

MentionKind = Literal["name", "pronoun", "role"]

_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|I|[Tt]hey|[Ww]e)\b")
_NOUN = re.compile(
    r"\b(?:" + "|".join(sorted(PERSON_NOUNS, key=lambda n: (-len(n), n))) + r")\b", re.IGNORECASE
)
_DETERMINED = re.compile(
    r"\b(the|a|an|another|this|that|his|her|my|our|their|your|one)"
    r"((?:\s+[^\W\d_]+(?:[-'’][^\W\d_]+)*,?){0,4}?)\s+$",
    re.IGNORECASE,
)
_LOOK_BACK = 48
_PRONOUN_GENDER = {"he": "male", "she": "female"}
_NOT_MODIFIERS = words("not_modifiers")


class Mention(msgspec.Struct, frozen=True, gc=False):
    """`[start, end)` points at a person. `person` is a number in the cast, -1 where only the
    surroundings can tell; `role` is the phrase of a role, lowercased, after "the" or "my".
    """

    start: int
    end: int
    kind: MentionKind
    person: int = -1
    gender: str = "unknown"
    role: str = ""
    possessive: bool = False
    quote: int = -1
    """The number of the quotation that it stands in; -1 in narration."""


def find_mentions(
    text: str,
    uses: Sequence[NameUse],
    person_of: Mapping[Key, int],
    genders: Sequence[str],
    quotes: Sequence[tuple[int, int]],
) -> list[Mention]:
    """All mentions in order. Pronouns and roles are taken from narration alone."""
    inside = _QuoteFinder(quotes)
    found = [
        Mention(
            use.start,
            use.end,
            "name",
            person,
            genders[person],
            possessive=use.possessive,
            quote=inside.at(use.start),
        )
        for use in uses
        if (person := person_of.get(use.key, -1)) >= 0
    ]
    named = _QuoteFinder([(m.start, m.end) for m in found])
    for match in _PRONOUN.finditer(text):
        if inside.at(match.start()) < 0:
            gender = _PRONOUN_GENDER.get(match.group().lower(), "unknown")
            found.append(Mention(*match.span(), "pronoun", gender=gender))
    found += [
        role
        for role in _roles(text)
        if inside.at(role.start) < 0 and named.at(role.end - 1) < 0 and named.at(role.end + 1) < 0
    ]
    return sorted(found, key=lambda m: (m.start, m.end))


def _roles(text: str) -> Iterator[Mention]:
    for noun in _NOUN.finditer(text):
        start = noun.start()
        lead = _DETERMINED.search(text[max(0, start - _LOOK_BACK) : start])
        if lead is None:
            continue
        begin = start - len(lead.group().lstrip()) if lead.start() else start - len(lead.group())
        yield role_mention(text, begin, noun.end())


def role_mention(text: str, start: int, end: int) -> Mention:
    """The role phrase at `[start, end)`, determiner and noun included."""
    words = text[start:end].replace(",", " ").split()
    determiner, noun = words[0].lower(), words[-1].lower()
    possessive = text[end : end + 2] in {"'s", "’s"}
    rest = [w for w in words[1:] if w.lower() not in _NOT_MODIFIERS]
    role = ""
    if determiner in {"the", "a", "an", "another", "this", "that", "one"}:
        role = " ".join(["the", *rest]).lower()
    elif determiner in {"my", "our"}:
        role = f"my {noun}"
    return Mention(start, end, "role", gender=noun_gender(noun), role=role, possessive=possessive)


class _QuoteFinder:
    """Which of some ordered, disjoint spans holds a place."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans = spans
        self.starts = [start for start, _ in spans]

    def at(self, place: int) -> int:
        number = bisect_left(self.starts, place + 1) - 1
        return number if number >= 0 and place < self.spans[number][1] else -1


class MentionIndex:
    """Mentions of one scene, found by place."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.mentions = mentions
        self.starts = [m.start for m in mentions]

    def starting_at(self, place: int) -> Mention | None:
        """The longest mention that starts at `place`."""
        number = bisect_left(self.starts, place)
        best = None
        while number < len(self.mentions) and self.starts[number] == place:
            best = self.mentions[number]
            number += 1
        return best

    def between(self, start: int, end: int) -> Sequence[Mention]:
        """Mentions that start in `[start, end)`."""
        return self.mentions[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
