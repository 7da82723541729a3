"""What a text states of a person: sentences of narration that describe, sorted by aspect.

A statement is taken only where the person is its subject as far as a pattern can tell: the name
stands before the verb, owns the feature ("Ada's eyes"), has an apposition, or the sentence goes
on with a pronoun after one that names nobody else.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from inkstand_sdk import Person
from inkstand_writing import lexicon
from inkstand_writing.book import Book, Sentence
from inkstand_writing.evidence import Evidence, quote
from inkstand_writing.text import words

Aspect = Literal["role", "appearance", "manner", "want", "fear", "bond"]
ASPECTS: tuple[Aspect, ...] = ("role", "appearance", "manner", "want", "fear", "bond")
LONGEST = 60
"""Sentences with more words than this describe too many things at once to be quoted."""
SUBJECT_BEFORE = 50
"""A name with more characters of its sentence before it is hardly the subject."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that states something of a person, and how plainly (0 to about 3)."""

    aspect: Aspect
    scene: int
    start: int
    end: int
    weight: float

    def evidence(self, book: Book) -> Evidence:
        """The stretch as evidence."""
        return quote(book.manuscript, self.scene, self.start, self.end)


_ROLES = "|".join(
    entry
    for name in ("roles", "roles_female", "roles_male")
    for entry in sorted(lexicon.words(name))
)
_ROLE_NOUN = rf"(?:[\w’'-]+\s+){{0,3}}?(?P<role>{_ROLES})\b"
_OTHER_GENDER = {
    "female": lexicon.pattern("roles_male"),
    "male": lexicon.pattern("roles_female"),
    "unknown": re.compile(r"(?!)"),
}
_ARTICLE = r"(?:the|a|an|his|her|my|our|their|your|one of the|only|youngest|eldest)"
_APPOSITION = re.compile(
    rf"\s*,\s+(?:{_ARTICLE}\s+)+{_ROLE_NOUN}(?=\s*(?!,\s+and\b)[,.;:!?)—]|\s+(?:of|who|whom|with|at|from)\b)",
    re.IGNORECASE,
)
_IS_ROLE = re.compile(
    rf"\s+(?:was|am|is|had been|became|being)\s+(?:\w+ly\s+)?(?:{_ARTICLE}\s+)+{_ROLE_NOUN}",
    re.IGNORECASE,
)
# "his sister Ada": what stands right before the name.
_TITLE_BEFORE = re.compile(rf"\b(?:his|her|my|our|their|the)\s+{_ROLE_NOUN}\s+$", re.IGNORECASE)
# What may stand between a name and its verb.
_BETWEEN = (
    r"\s*(?:,[^,;.]{1,60},)?\s*"
    r"(?:(?:\w+ly|had|also|still|then|now|always|never|often|seldom|rarely)\s+)*"
)
_IS = r"(?:was|were|is|am|had|has|have|wore|looked|seemed|appeared|felt|became|remained|grew)"
_DOES = (
    r"(?:loved?|hated?|want(?:ed)?|wish(?:ed)?|hoped?|long(?:ed)?|fear(?:ed)?|dread(?:ed)?|meant|"
    r"resolved|determined|decided|intend(?:ed)?|trembled|shuddered|spoke|used to|could not|liked|"
    r"admired|adored|despised|trust(?:ed)?|missed|vowed|dreamed|desired|turned pale|kept|lived)"
)
_STATES = re.compile(rf"{_BETWEEN}(?:{_IS}|{_DOES})\b", re.IGNORECASE)
_NEAR = {"appearance": 70, "manner": 60}
"""Within how many characters after the name the words for an aspect must come."""
_NEAR_ENOUGH = 90
POSSESSED = 40
"""The same after "his" or "her"."""
# "Ada's gray eyes", "Ada's eyes were": a feature only if something is said of it.
_OWNS = re.compile(r"['’]s?\s+")
_SAID_OF_IT = {
    "was",
    "were",
    "is",
    "are",
    "had",
    "grew",
    "looked",
    "seemed",
    "became",
    "shone",
    "flashed",
    "sparkled",
}
_PRONOUNS = {
    "female": re.compile(r"(?:She|Her)\b"),
    "male": re.compile(r"(?:He|His)\b"),
    "unknown": re.compile(r"(?!)"),
}
_PATTERNS: tuple[tuple[Aspect, re.Pattern[str]], ...] = (
    ("appearance", lexicon.pattern("appearance")),
    ("manner", lexicon.pattern("manner")),
    ("want", lexicon.pattern("want")),
    ("fear", lexicon.pattern("fear")),
    ("bond", lexicon.pattern("bond")),
)


def statements(book: Book, person: Person) -> list[Statement]:
    """What the narration states of `person`, plainest first."""
    found = _by_narrator(book, person) if person.narrator else []
    for span in person.spans:
        sentence = book.sentence_at(span.scene, span.start)
        if sentence is None or not _describes(sentence):
            continue
        text = book.manuscript.scenes[span.scene].text
        before, after = text[sentence.start : span.start], text[span.end : sentence.end]
        found.extend(_named(book, sentence, person, before, after))
        follower = _follower(book, sentence, person) if len(before) < SUBJECT_BEFORE else None
        if follower is not None:
            found.extend(_by_pronoun(book, sentence, follower))
    best: dict[tuple[Aspect, int, int], Statement] = {}
    for statement in found:
        key = (statement.aspect, statement.scene, statement.start)
        if key not in best or best[key].weight < statement.weight:
            best[key] = statement
    return sorted(best.values(), key=lambda item: (-item.weight, item.scene, item.start))


def plainness(before: str, after: str) -> float:
    """How plainly a sentence states something of the person named between `before` and `after`;
    0 if it does not.
    """
    if _IS_ROLE.match(after):
        return 2.5
    if not _STATES.match(after) or len(before) >= SUBJECT_BEFORE:
        return 0.0
    return 0.6 + 0.5 * sum(bool(pattern.search(after)) for _, pattern in _PATTERNS)


def _describes(sentence: Sentence) -> bool:
    return sentence.spoken < 0.3 and 4 <= len(sentence.words) <= LONGEST


def _named(
    book: Book, sentence: Sentence, person: Person, before: str, after: str
) -> list[Statement]:
    """What a sentence states of the person whom it names between `before` and `after`."""
    weights: dict[Aspect, float] = {}
    for match, weight in (
        (_IS_ROLE.match(after), 2.5),
        (_APPOSITION.match(after), 2.0),
        (_TITLE_BEFORE.search(before), 1.2),
    ):
        # "... to visit his mother Gabriel left": not a mother called Gabriel.
        if match and not _OTHER_GENDER[person.gender].fullmatch(match["role"]):
            weights["role"] = weight
            break
    if len(before) < SUBJECT_BEFORE and _STATES.match(after):
        opens = 0.4 if not before.strip() else 0.0
        weights.update({aspect: weight + opens for aspect, weight in _aspects(after).items()})
    for aspect, pattern in _PATTERNS:
        if any(pattern.fullmatch(feature) for feature in _features(after)):
            weights[aspect] = max(weights.get(aspect, 0.0), 1.2)
    return [
        _statement(book, sentence, sentence, aspect, weight, person=person)
        for aspect, weight in weights.items()
    ]


def _features(after: str) -> list[str]:
    """What the person named before `after` is said to have: the words after "'s" that are
    described by one before them or by a verb.
    """
    if not _OWNS.match(after):
        return []
    owned = words(after[2:60])
    described = owned[1:3]
    alone = owned[:1] if len(owned) > 1 and owned[1] in _SAID_OF_IT else ()
    return [*described, *alone]


def _aspects(after: str) -> dict[Aspect, float]:
    """The aspects of which the words after a subject tell, and how plainly."""
    weights: dict[Aspect, float] = {}
    for aspect, pattern in _PATTERNS:
        hits = len(pattern.findall(after[: _NEAR.get(aspect, _NEAR_ENOUGH)]))
        if hits:
            weights[aspect] = 1.0 + 0.4 * min(3, hits)
    return weights


def _follower(book: Book, sentence: Sentence, person: Person) -> Sentence | None:
    """The next sentence if its pronoun can only mean the person."""
    if sentence.people != (person.name,) or sentence.index + 1 >= len(book.sentences):
        return None
    following = book.sentences[sentence.index + 1]
    if following.paragraph != sentence.paragraph or following.people:
        return None
    if not _describes(following) or len(sentence.words) + len(following.words) > LONGEST:
        return None
    text = book.manuscript.scenes[following.scene].text
    return following if _PRONOUNS[person.gender].match(text, following.start) else None


def _by_pronoun(book: Book, sentence: Sentence, follower: Sentence) -> list[Statement]:
    """What the sentence after one that names the person states of them with "he" or "she"."""
    text = book.manuscript.scenes[follower.scene].text[follower.start : follower.end]
    pronoun, _, rest = text.partition(" ")
    after = f" {rest}"
    weights: dict[Aspect, float] = {"role": 2.0} if _IS_ROLE.match(after) else {}
    if _STATES.match(after):
        weights.update(_aspects(after))
    elif pronoun in {"Her", "His"}:
        weights.update(_aspects(after[:POSSESSED]))
    return [
        _statement(book, sentence, follower, aspect, weight) for aspect, weight in weights.items()
    ]


def _by_narrator(book: Book, person: Person) -> list[Statement]:
    """What somebody who tells the story states of themselves."""
    found: list[Statement] = []
    for sentence in book.sentences:
        if sentence.words[0] != "i" or sentence.spoken or not _describes(sentence):
            continue
        text = book.manuscript.scenes[sentence.scene].text[sentence.start : sentence.end]
        after = text.partition("I")[2]
        weights: dict[Aspect, float] = {"role": 2.5} if _IS_ROLE.match(after) else {}
        if _STATES.match(after):
            weights.update(_aspects(after))
        found.extend(
            _statement(book, sentence, sentence, aspect, weight, person=person)
            for aspect, weight in weights.items()
        )
    return found


def _statement(
    book: Book,
    first: Sentence,
    last: Sentence,
    aspect: Aspect,
    weight: float,
    *,
    person: Person | None = None,
) -> Statement:
    """A statement with the weight that its place and company leave it."""
    others = sum(1 for name in first.people if person is not None and name != person.name)
    count = len(last.words)
    weight *= 0.8**others
    weight *= 1.0 if 6 <= count <= 32 else 0.7
    weight *= 1.15 - 0.3 * book.place(first)
    return Statement(
        aspect=aspect, scene=first.scene, start=first.start, end=last.end, weight=weight
    )
