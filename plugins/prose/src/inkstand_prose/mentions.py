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
_ANY_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DETERMINERS = frozenset(
    ["the", "a", "an", "another", "this", "that", "his", "her", "my", "our", "their", "your", "one"]
)
_DETERMINER = re.compile(
    r"(?<![^\W\d_])(?<![^\W\d_]['’-])(?:" + "|".join(sorted(_DETERMINERS)) + r")(?=[ \r\n,])",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"[ \r\n,]{1,3}([^\W\d_]++(?:['’-][^\W\d_]+)*+)")
"""A word of the same phrase: "the tall, thin man"."""
_MOST_WORDS = 4
_BARE_KIN = re.compile(
    r"\b(?:Mother|Father|Mamma|Mama|Papa|Mum|Mom|Dad|Daddy|Mummy|Mommy|Grandma|Grandpa"
    r"|Grandmother|Grandfather|Auntie|Granny|Pa|Ma)\b(?!\s+[A-Z])"
)
_DETAIL = re.compile(r"\s+(?:in|with)\s+the\s+")
_WORD = re.compile(r"\s*([a-z]+(?:-[a-z]+)*)")
_DETAIL_ENDS = words("phrase_ends")
_LONGEST_DETAIL = 3
_PRONOUN_GENDER = {"he": "male", "she": "female"}
_NOT_MODIFIERS = words("not_modifiers")


class Mention(msgspec.Struct, frozen=True, array_like=True, gc=False):
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
    for determiner in _DETERMINER.finditer(text):
        end = determiner.end()
        for _ in range(_MOST_WORDS):
            word = _NEXT_WORD.match(text, end)
            if word is None:
                break
            end, lower = word.end(), word.group(1).lower()
            if lower in _DETERMINERS or lower in _NOT_MODIFIERS:
                break
            if (lower in PERSON_NOUNS or lower.rpartition("-")[2] in PERSON_NOUNS) and not _goes_on(
                text, end
            ):
                yield role_mention(text, determiner.start(), end)
                break
    for kin in _BARE_KIN.finditer(text):
        noun = kin.group().lower()
        yield Mention(*kin.span(), "role", gender=noun_gender(noun), role=noun)


def _goes_on(text: str, end: int) -> bool:
    """Whether a noun is followed by the noun it belongs to: "the lady companion"."""
    following = _ANY_WORD.match(text, end + 1, end + 24) if text[end : end + 1].isspace() else None
    return following is not None and following.group().lower() in PERSON_NOUNS


def role_mention(text: str, start: int, end: int) -> Mention:
    """The role phrase that stands at `[start, end)`, determiner and noun included."""
    words = text[start:end].replace(",", " ").split()
    determiner, noun = words[0].lower(), words[-1].lower()
    possessive = text[end : end + 2] in {"'s", "’s"}
    rest = [w for w in words[1:] if w.lower() not in _NOT_MODIFIERS]
    role = ""
    if determiner in {"the", "a", "an", "another", "this", "that", "one"}:
        detail, end = _detail(text, end)
        role = " ".join(["the", *rest, *detail]).lower()
    elif determiner in {"my", "our"}:
        role = f"my {noun}"
    return Mention(start, end, "role", gender=noun_gender(noun), role=role, possessive=possessive)


def _detail(text: str, end: int) -> tuple[list[str], int]:
    """What tells one gentleman from another: the words of "in the white waistcoat"."""
    lead = _DETAIL.match(text, end, end + 12)
    if lead is None:
        return [], end
    found: list[str] = []
    place = lead.end()
    for word in _WORD.finditer(text, place, place + 40):
        if text[place : word.start(1)].strip() or word.group(1) in _DETAIL_ENDS:
            break
        found.append(word.group(1))
        place = word.end()
        if len(found) == _LONGEST_DETAIL:
            break
    return ([*lead.group().split(), *found], place) if found else ([], end)


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

    def __init__(self, mentions: list[Mention]) -> None:
        self.mentions = mentions
        self.starts = [m.start for m in mentions]

    def renumbered(self, number: Mapping[int, int]) -> MentionIndex:
        """The same mentions with other numbers for the people."""
        replace = msgspec.structs.replace
        return MentionIndex(
            [
                replace(m, person=number[m.person]) if number[m.person] != m.person else m
                for m in self.mentions
            ]
        )

    def with_more(self, mentions: Sequence[Mention]) -> MentionIndex:
        """These mentions and others."""
        return MentionIndex(sorted([*self.mentions, *mentions], key=lambda m: (m.start, m.end)))

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
