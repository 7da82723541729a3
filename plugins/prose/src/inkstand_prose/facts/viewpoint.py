"""Through whose eyes a scene is seen, in which person and tense it is told: narration only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from inkstand_prose.book import Book, SceneParts
from inkstand_prose.facts.reference import Reference
from inkstand_prose.lexicon import words
from inkstand_sdk.facts import Narration, Tense

_MIND = words("mind_verbs")
_PRESENT_VERBS = words("present_verbs")
_PAST_VERBS = words("past_verbs")
_NEXT = re.compile(
    r"\s+(?:(?:had|could|did|still|also|then|now|suddenly|only|never|not|already|always|[a-z]+ly)\s+)*"
    r"([a-z]+)"
)
_VERB = re.compile(r"\b(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey|[Ww]e|I|[Yy]ou|[Tt]here|[Ww]ho)\s+([a-z]+)")
_PERSON = re.compile(
    r"\b(?:I|me|my|myself|he|she|him|her|his|you|your|He|She|His|Her|My|You|Your)\b"
)
_FIRST = frozenset(["I", "me", "my", "My", "myself"])
_SECOND = frozenset(["you", "You", "your", "Your"])
_PRESENT = frozenset(["is", "am", "are", "has", "does", "goes", "says", "have", "do"])
_NO_VERB_S = frozenset(
    ["was", "his", "this", "as", "us", "always", "perhaps", "besides", "else", "its"]
)
_PLAIN_SUBJECTS = frozenset("ItTwWyY")
"""First letters of "I", "they", "we", "you"."""
_FEWEST = 3
_LEAD = 1.6
_FIRST_SHARE, _SECOND_SHARE = 0.2, 0.5
_MIXED = 0.3
_SAMPLE = 400


class Viewpoint(msgspec.Struct, frozen=True, array_like=True):
    """`pov` is a number in the cast, -1 where it is nobody's or unclear."""

    pov: int = -1
    narration: Narration = "unknown"
    tense: Tense = "unknown"


def viewpoint(book: Book, scene: SceneParts, found: Sequence[Reference]) -> Viewpoint:
    """The viewpoint of a scene; who the writer's front matter names comes first."""
    told = _told(scene)
    narration = _narration(told)
    pov = scene.pov
    if pov < 0 and narration == "first":
        pov = book.narrator
    if pov < 0 and narration != "first":
        pov = _eyes(scene.text, found)
    return Viewpoint(pov, narration, _tense(told))


def _told(scene: SceneParts) -> str:
    """The scene without direct speech."""
    pieces, at = [], 0
    for quote in scene.quotes:
        pieces.append(scene.text[at : quote.outer_start])
        at = max(at, quote.outer_end)
    pieces.append(scene.text[at:])
    return "\n".join(pieces)


def _narration(told: str) -> Narration:
    count = Counter(
        "first" if word in _FIRST else "second" if word in _SECOND else "third"
        for word in _PERSON.findall(told)
    )
    most = sum(count.values())
    if most < _FEWEST:
        return "unknown"
    if count["first"] >= max(2, _FIRST_SHARE * most):
        return "first"
    if count["second"] >= _SECOND_SHARE * most:
        return "second"
    return "third"


def _tense(told: str) -> Tense:
    past = present = 0
    for number, match in enumerate(_VERB.finditer(told)):
        word = match.group(1)
        if word in _PAST_VERBS or (word.endswith("ed") and len(word) > 4):
            past += 1
        elif (
            word in _PRESENT
            or (match[0][0] in _PLAIN_SUBJECTS and word in _PRESENT_VERBS)
            or (word.endswith("s") and not word.endswith("ss") and word not in _NO_VERB_S)
        ):
            present += 1
        if number >= _SAMPLE and past + present >= _SAMPLE // 2:
            break
    if past + present < _FEWEST:
        return "unknown"
    if min(past, present) > _MIXED * (past + present):
        return "mixed"
    return "past" if past > present else "present"


def _eyes(text: str, found: Sequence[Reference]) -> int:
    """The one whose thoughts and senses the narration knows, far more than anybody else's."""
    count: Counter[int] = Counter()
    for reference in found:
        if reference.quote >= 0 or reference.person < 0 or reference.possessive:
            continue
        if reference.role not in {"name", "subject"}:
            continue
        following = _NEXT.match(text, reference.end, reference.end + 40)
        if following is not None and following.group(1) in _MIND:
            count[reference.person] += 1
    ranked = count.most_common(2)
    if not ranked or ranked[0][1] < _FEWEST:
        return -1
    if len(ranked) > 1 and ranked[0][1] < _LEAD * ranked[1][1]:
        return -1
    return ranked[0][0]
