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

Aspect = Literal["role", "appearance", "manner", "want", "fear", "bond"]
ASPECTS: tuple[Aspect, ...] = ("role", "appearance", "manner", "want", "fear", "bond")
LONGEST = 60
"""Sentences with more words than this describe too many things at once to be quoted."""


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


_ROLE_NOUN = (
    r"(?:[\w’'-]+\s+){0,3}?(?:man|woman|boy|girl|child|lad|lady|gentleman|person|fellow|creature|"
    r"son|daughter|brother|sister|father|mother|uncle|aunt|cousin|nephew|niece|husband|wife|"
    r"widow|widower|orphan|friend|lover|enemy|rival|heir|heiress|guest|neighbou?r|stranger|"
    r"doctor|physician|surgeon|lawyer|attorney|clerk|captain|colonel|major|lieutenant|sergeant|"
    r"soldier|sailor|officer|mate|squire|lord|earl|duke|duchess|count|countess|baron|baronet|"
    r"king|queen|prince|princess|clergyman|parson|vicar|rector|curate|priest|minister|bishop|"
    r"nun|monk|teacher|tutor|schoolmaster|governess|professor|student|scholar|pupil|servant|"
    r"maid|butler|footman|coachman|groom|cook|housekeeper|nurse|gardener|keeper|farmer|miller|"
    r"smith|merchant|shopkeeper|banker|broker|landlord|landlady|innkeeper|artist|painter|poet|"
    r"writer|author|editor|actor|actress|musician|singer|detective|inspector|constable|"
    r"policeman|magistrate|judge|engineer|chemist|watchmaker|clockmaker|fisherman|ferryman|"
    r"hunter|thief|murderer|villain|scoundrel|genius|fool|invalid|bachelor|spinster|foreigner|"
    r"Englishman|Frenchman|German|Italian|American|Scotchman|Irishman|Dutchman|partner|agent|"
    r"secretary|librarian|archivist|harbou?rmaster|pilot|warden|mayor|porter|waiter|barmaid)\b"
)
_ARTICLE = r"(?:the|a|an|his|her|my|our|their|your|one of the|only|youngest|eldest)"
_APPOSITION = re.compile(
    rf"\s*,\s+(?:{_ARTICLE}\s+)+{_ROLE_NOUN}(?=\s*[,.;:!?)—]|\s+(?:of|who|whom|with|at|from)\b)",
    re.IGNORECASE,
)
_IS_ROLE = re.compile(
    rf"\s+(?:was|is|had been|became|being)\s+(?:\w+ly\s+)?(?:{_ARTICLE}\s+)+{_ROLE_NOUN}",
    re.IGNORECASE,
)
# "his sister Ada": what stands right before the name.
_TITLE_BEFORE = re.compile(rf"\b(?:his|her|my|our|their|the)\s+{_ROLE_NOUN}\s+$", re.IGNORECASE)
_STATES = re.compile(
    r"\s*(?:,[^,;.]{1,60},)?\s*(?:(?:\w+ly|had|also|still|then|now|always|never|often|seldom)\s+)*"
    r"(?:was|were|is|had|has|wore|looked|seemed|appeared|felt|loved|hated|wanted|wished|hoped|"
    r"longed|feared|dreaded|meant|resolved|determined|decided|intended|trembled|shuddered|"
    r"spoke|used to|could not|could|would|knew|liked|admired|adored|despised|became|remained|"
    r"grew|trusted|missed|vowed|dreamed|desired)\b",
    re.IGNORECASE,
)
_OWNS = re.compile(r"['’]s?\s+(?:[\w-]+\s+){0,2}?(?=\w)")
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
    found: list[Statement] = []
    for span in person.spans:
        sentence = book.sentence_at(span.scene, span.start)
        if sentence is None or not _describes(sentence):
            continue
        text = book.manuscript.scenes[span.scene].text
        before, after = text[sentence.start : span.start], text[span.end : sentence.end]
        found.extend(_named(book, sentence, person, before, after))
        follower = _follower(book, sentence, person)
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
    if not _STATES.match(after) or len(before) > 60:
        return 0.0
    return 0.6 + 0.5 * sum(bool(pattern.search(after)) for _, pattern in _PATTERNS)


def _describes(sentence: Sentence) -> bool:
    return sentence.spoken < 0.3 and 4 <= len(sentence.words) <= LONGEST


def _named(
    book: Book, sentence: Sentence, person: Person, before: str, after: str
) -> list[Statement]:
    found: list[Statement] = []

    def add(aspect: Aspect, weight: float) -> None:
        found.append(_statement(book, sentence, sentence, aspect, weight, person=person))

    if _IS_ROLE.match(after):
        add("role", 2.5)
    elif _APPOSITION.match(after):
        add("role", 2.0)
    elif _TITLE_BEFORE.search(before):
        add("role", 1.2)
    subject = bool(_STATES.match(after)) and len(before) < 60
    owner = _OWNS.match(after)
    if subject:
        for aspect, pattern in _PATTERNS:
            hits = len(pattern.findall(after[:160]))
            if hits:
                add(aspect, 1.0 + 0.4 * min(3, hits) + (0.4 if not before.strip() else 0.0))
    elif owner:
        feature = after[owner.end() : owner.end() + 30]
        for aspect, pattern in _PATTERNS:
            if pattern.match(feature):
                add(aspect, 1.2 + 0.2 * min(3, len(pattern.findall(after))))
    return found


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
    text = book.manuscript.scenes[follower.scene].text[follower.start : follower.end]
    rest = text.partition(" ")[2]
    found: list[Statement] = []
    if _IS_ROLE.match(" " + rest):
        found.append(_statement(book, sentence, follower, "role", 2.0))
    possessive = text.startswith(("Her ", "His "))
    if possessive or _STATES.match(" " + rest):
        for aspect, pattern in _PATTERNS:
            hits = len(pattern.findall(rest[:160]))
            if hits:
                weight = 1.0 + 0.35 * min(3, hits)
                found.append(_statement(book, sentence, follower, aspect, weight))
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
