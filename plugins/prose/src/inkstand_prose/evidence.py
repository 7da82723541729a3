"""What the text around a name tells of it: person or place, female or male."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from inkstand_prose.lexicon import words
from inkstand_prose.lexicon.capitals import PLACE_NAMES, PLACE_WORDS
from inkstand_prose.lexicon.given_names import given_name_gender, is_given_name
from inkstand_prose.lexicon.nouns import PERSON_NOUNS
from inkstand_prose.lexicon.titles import title_gender
from inkstand_prose.lexicon.verbs import SPEECH_VERBS
from inkstand_prose.names import Key, NameUse

_WORD_AFTER = re.compile(r"\s+([^\W\d_]+)")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\"”’']?\s+$")
_PRONOUN = re.compile(r"\b(he|she|him|her|his|himself|herself|hers)\b", re.IGNORECASE)
_FEMALE_PRONOUNS = frozenset(["she", "her", "hers", "herself"])
_PLACE_BEFORE = frozenset(
    {"in", "at", "near", "through", "across", "into", "throughout", "reached"}
)
_WEAK_PLACE_BEFORE = frozenset(["from", "to", "of", "towards", "toward", "around", "beyond"])
_PERSON_VERBS = words("person_verbs")
_WINDOW = 90
_CROWNS = frozenset(["king", "queen", "prince", "princess", "duke", "lord", "saint"])
EPITHETS = ("young", "old", "little")
"""What may belong to a name: "young Thomas"."""
_SURE, _FAR_MORE = 30, 6


class Evidence(msgspec.Struct, array_like=True):
    """Counts over all uses of one name."""

    uses: int = 0
    within: int = 0
    """Uses that do not open a sentence."""
    speech: int = 0
    person: int = 0
    vocative: int = 0
    possessive: int = 0
    place: float = 0.0
    article: int = 0
    she: int = 0
    he: int = 0
    spoken: int = 0
    """Uses inside quotations."""
    young: int = 0
    """Uses after "young", and so on."""
    old: int = 0
    little: int = 0

    def add(self, other: Evidence) -> None:
        """Add what another scene says of the name."""
        self.uses += other.uses
        self.within += other.within
        self.speech += other.speech
        self.person += other.person
        self.vocative += other.vocative
        self.possessive += other.possessive
        self.place += other.place
        self.article += other.article
        self.she += other.she
        self.he += other.he
        self.spoken += other.spoken
        self.young += other.young
        self.old += other.old
        self.little += other.little

    def pronoun_gender(self) -> str:
        """Give "female", "male", or "unknown" where pronouns do not agree."""
        if self.she >= 2 and self.she > 1.6 * self.he:
            return "female"
        if self.he >= 2 and self.he > 1.6 * self.she:
            return "male"
        return "unknown"

    def is_other_than(self, gender: str) -> bool:
        """Whether pronouns are so sure of the other gender that a man may be called Rose."""
        fits, differs = (self.she, self.he) if gender == "female" else (self.he, self.she)
        return differs >= _SURE and differs >= _FAR_MORE * fits


def collect(
    evidence: dict[Key, Evidence],
    text: str,
    uses: Sequence[NameUse],
    quotes: Sequence[tuple[int, int]],
) -> None:
    """Add what one scene says of its names."""
    for number, use in enumerate(uses):
        found = evidence.setdefault(use.key, Evidence())
        found.uses += 1
        found.within += not use.initial
        found.possessive += use.possessive
        following = uses[number + 1].start if number + 1 < len(uses) else len(text)
        _look_around(found, text, use)
        _look_for_pronoun(found, text, use, following)
    _mark_spoken(evidence, text, uses, quotes)


def _look_around(found: Evidence, text: str, use: NameUse) -> None:
    before = _WORD_BEFORE.search(text[max(0, use.start - 14) : use.start])
    word = before.group(1).lower() if before else ""
    if use.possessive and word != "the":
        return  # "in Ada's hand"
    if word in _PLACE_BEFORE:
        found.place += 1.0
    elif word in _WEAK_PLACE_BEFORE:
        found.place += 0.15
    elif word == "the":
        found.article += 1
        said = _VERB_THE.search(text[max(0, use.start - _LEAD) : use.start])
        if said is not None and use.key[1][-1].lower() not in PERSON_NOUNS:
            found.speech += said.group(1) in SPEECH_VERBS
    elif word in SPEECH_VERBS:
        found.speech += 1
    elif word in EPITHETS:
        setattr(found, word, getattr(found, word) + 1)
    if use.possessive:
        return
    after = _WORD_AFTER.match(text, use.end, use.end + 16)
    if after is None:
        return
    word = after.group(1)
    if word in SPEECH_VERBS:
        found.speech += 1
    elif word in _PERSON_VERBS:
        found.person += 1


def _look_for_pronoun(found: Evidence, text: str, use: NameUse, following: int) -> None:
    match = _PRONOUN.search(text, use.end, min(use.end + _WINDOW, following))
    if match is None:
        return
    if match.group().lower() in _FEMALE_PRONOUNS:
        found.she += 1
    else:
        found.he += 1


def _mark_spoken(
    evidence: dict[Key, Evidence],
    text: str,
    uses: Sequence[NameUse],
    quotes: Sequence[tuple[int, int]],
) -> None:
    at = 0
    for use in uses:
        while at < len(quotes) and quotes[at][1] <= use.start:
            at += 1
        if at < len(quotes) and quotes[at][0] <= use.start:
            evidence[use.key].spoken += 1
            if is_vocative(text, use.start, use.end, *quotes[at]):
                evidence[use.key].vocative += 1


_MY_DEAR = re.compile(
    r"(?:^|[\s,])(?:my|dear|dearest|oh|ah|old|good|poor|o|well|yes|no|now|come|but|and|why)\s+$",
    re.IGNORECASE,
)
_LEAD = 20
_VERB_THE = re.compile(r"([a-z]+)\s+[Tt]he\s+$")
_SENTENCE_END = frozenset(".!?…")
_VOCATIVE_BEFORE = frozenset(",;—-–")
_VOCATIVE_AFTER = frozenset(",;—-–!?.…")


def is_vocative(text: str, start: int, end: int, quote_start: int, quote_end: int) -> bool:
    """Whether the words `[start, end)` of a quotation call somebody: "Come here, Ada"."""
    after = text[end : min(end + 1, quote_end)]
    if after and after not in _VOCATIVE_AFTER:
        return False
    lead = text[max(quote_start, start - _LEAD) : start]
    dear = _MY_DEAR.search(lead)
    if dear is not None:
        lead = lead[: dear.start()]
        if dear.group().lower().strip(" ,") in {"my", "dear", "dearest"}:
            return True
    stripped = lead.rstrip()
    if not stripped:
        return start - quote_start <= _LEAD and after not in {".", "…"}
    if stripped[-1] in _SENTENCE_END:
        return after in {",", "!", "?"}
    return stripped[-1] in _VOCATIVE_BEFORE


def name_gender(key: Key, evidence: Evidence | None = None) -> str:
    """Give "female", "male" or "unknown": by title, then given name, then pronouns."""
    title, parts = key
    gender = title_gender(title)
    if gender != "unknown":
        return gender
    if len(parts) > 1 or not title:
        gender = given_name_gender(parts[0])
    if evidence is not None and (gender == "unknown" or evidence.is_other_than(gender)):
        gender = evidence.pronoun_gender()
    return gender


def person_names(evidence: dict[Key, Evidence], lowercase: Counter[str]) -> dict[Key, Evidence]:
    """The names that are people's."""
    people = {key: seen for key, seen in evidence.items() if _is_person(key, seen, lowercase)}
    known = {part for title, parts in people for part in parts if title or len(parts) > 1}
    for key, seen in evidence.items():
        title, parts = key
        if key in people or title or len(parts) > 1 or parts[0] not in known:
            continue
        told = is_given_name(parts[0]) or seen.place * 2 <= seen.uses
        if told and seen.within >= 0.5 * lowercase[parts[0].lower()]:
            people[key] = seen
    return people


def _is_person(key: Key, seen: Evidence, lowercase: Counter[str]) -> bool:
    title, parts = key
    if parts[-1].lower() in PLACE_WORDS and (not title or (len(parts) > 1 and title in _CROWNS)):
        return False
    if title == "saint":
        return False
    if title:
        return True
    if _is_known_place(parts) and seen.speech == 0:
        return False
    if len(parts) == 1 and not _is_proper(parts[0], seen, lowercase):
        return False
    if seen.article * 2 > seen.uses:
        if len(parts) > 1 and parts[-1].lower() in PERSON_NOUNS:
            return False  # "the Invisible Man" is known by a role
        return seen.speech >= max(2.0, 0.04 * seen.uses)
    score = 3.0 * seen.speech + seen.person + 0.7 * seen.vocative + 0.3 * seen.possessive
    score -= 1.5 * seen.place + 1.5 * seen.article
    if is_given_name(parts[0]):
        return score > -0.5 * seen.uses
    if len(parts) > 1:
        return score > 0 and seen.place < 0.3 * seen.uses
    return score >= max(1.0, 0.12 * seen.uses)


def _is_known_place(parts: tuple[str, ...]) -> bool:
    """Whether it is "London" or "South London"; but "Jack London" is a person."""
    return parts[-1].lower() in PLACE_NAMES and (len(parts) == 1 or not is_given_name(parts[0]))


def _is_proper(word: str, seen: Evidence, lowercase: Counter[str]) -> bool:
    plain = lowercase[word.lower()]
    if seen.spoken == seen.uses and seen.within * 4 < seen.uses and not is_given_name(word):
        return False  # an exclamation
    if seen.within == 0:
        return plain == 0 and (seen.uses > 2 or is_given_name(word) or seen.speech > 0)
    return seen.within >= 0.5 * plain


def genders(keys: Iterable[Key], evidence: dict[Key, Evidence]) -> Counter[str]:
    """Votes of several names of one person."""
    votes: Counter[str] = Counter()
    for key in keys:
        gender = title_gender(key[0])
        if gender != "unknown":
            votes[gender] += 100 * evidence[key].uses
        elif key[1] and (len(key[1]) > 1 or not key[0]):
            given = given_name_gender(key[1][0])
            if given != "unknown" and not evidence[key].is_other_than(given):
                votes[given] += 10 * evidence[key].uses
        votes["female"] += evidence[key].she
        votes["male"] += evidence[key].he
    return votes
