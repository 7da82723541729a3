"""Whom pronouns and descriptions mean: a walk through a scene with fading attention.

In narration a pronoun is the one of its gender who holds most attention: subjects more than
objects, the latest more than the earlier, who speaks in the paragraph more than who is named.
People without a name ("the old man", "his mother") hold attention too, so that what is said of
them is said of nobody else. In speech "I" is who speaks and "you" the one spoken to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inkstand_prose.book import Book, SceneParts, mention_person
from inkstand_prose.facts.reference import Reference, Role
from inkstand_prose.facts.salience import Salience
from inkstand_prose.lexicon import words
from inkstand_prose.mentions import Mention
from inkstand_prose.speakers import Decision
from inkstand_sdk.reader import COMMITTED

_PRONOUN = re.compile(
    r"\b(?:[Hh](?:e|is|im(?:self)?|er(?:s(?:elf)?)?)|[Ss]he|I|[Mm](?:e|y|yself|ine)"
    r"|[Yy]ou(?:r|rs|rself)?)\b"
)
_ROLE: dict[str, Role] = {
    "he": "subject",
    "she": "subject",
    "i": "subject",
    "you": "subject",
    "him": "object",
    "me": "object",
    "his": "own",
    "her": "own",
    "my": "own",
    "your": "own",
    "hers": "own",
    "mine": "own",
    "yours": "own",
}
_FEMALE = frozenset(["she", "her", "hers", "herself"])
_MALE = frozenset(["he", "him", "his", "himself"])
_NEXT = re.compile(r"\s*([^\W\d_]+)?")
_BEFORE = re.compile(r"([^\W\d_]+)[,\s]+$")
_AFTER_OBJECT = words("after_object")
"""What may follow "her" only where it is no possessive: "saw her and", "gave her the"."""
_PREPOSITIONS = words("prepositions") | frozenset(["than", "like"])
_DESCRIBES = re.compile(
    r"\s*(?:,\s*(?:who\s+(?:was|is)\s+)?|\s(?:was|is|had been|became|being|seemed)\s+"
    r"(?:\w+ly\s+|still\s+|just\s+|now\s+)?)$"
)
_OPENS_CLAUSE = frozenset([",", ";", ":", "—", "–", ".", "!", "?", "…"])
_CLAUSE_WORDS = frozenset(
    [
        "and",
        "but",
        "or",
        "that",
        "when",
        "while",
        "as",
        "if",
        "because",
        "though",
        "although",
        "since",
        "until",
        "before",
        "after",
        "where",
        "whom",
        "which",
        "so",
        "for",
        "than",
        "then",
        "whether",
    ]
)
_SUBJECT, _OBLIQUE, _OWNER = 1.0, 0.55, 0.6
_SPEAKING, _HEARING, _NAMED_IN_SPEECH = 1.0, 0.3, 0.12
_USUAL = 0.12
_LEAST = 0.08
"""Attention below which a pronoun is given to nobody."""
_SURE = 0.97
_AHEAD, _AHEAD_REACH = 0.85, 90
_NAMED_NEXT = re.compile(r"[Hh](?:is|er) (?:[a-z]+ ){1,4}(?=[A-Z])")
"""As in "In his youth Tom": the name comes without a comma."""
_OPENINGS = frozenset(["despite", "for", "raising", "lifting", "turning", "closing", "opening"])
_FROM_BEFORE = 0.78
"""What a pronoun is trusted for someone whom its paragraph does not name."""


def references(
    book: Book,
    scene: SceneParts,
    decisions: Sequence[Decision],
    sentences: Sequence[tuple[int, int]],
) -> Iterator[Reference]:
    """All that points at people in a scene, in order."""
    return _Walk(book, scene, decisions, sentences).run()


class _Walk:
    def __init__(
        self,
        book: Book,
        scene: SceneParts,
        decisions: Sequence[Decision],
        sentences: Sequence[tuple[int, int]],
    ) -> None:
        self.book, self.scene, self.text = book, scene, scene.text
        self.genders = [character.gender for character in book.cast]
        self.sentences = sentences
        self.said = {
            number: decision
            for turn, decision in zip(scene.turns, decisions, strict=True)
            for number in range(turn.first, turn.last + 1)
        }
        self.called = {
            number: turn.vocatives
            for turn in scene.turns
            for number in range(turn.first, turn.last + 1)
        }
        self.told = {
            turn.tag.mention.start: decision
            for turn, decision in zip(scene.turns, decisions, strict=True)
            if turn.tag is not None and decision.person >= 0
        }
        self.salience = Salience()
        self.anonymous: dict[str, int] = {}
        self.clause_subject: int | None = None
        self.clause_at = 0
        self.in_speech: dict[str, int] = {}
        self.speech: Decision | None = None
        self.here: set[int] = set()
        """People whom the paragraph names, or gives a line."""

    def run(self) -> Iterator[Reference]:
        self._expect_usual()
        self.sentence = paragraph = quote = 0
        quotes, spans, paragraphs = self.scene.quotes, self.sentences, self.scene.paragraphs
        previous: Reference | None = None
        for start, item in self._items():
            passed = 0.0
            while self.sentence + 1 < len(spans) and spans[self.sentence + 1][0] <= start:
                self.sentence += 1
                passed += 1
                self.clause_subject = None
            while paragraph + 1 < len(paragraphs) and paragraphs[paragraph + 1][0] <= start:
                paragraph += 1
                passed += 1
                self.here.clear()
            if passed:
                self.salience.pass_by(min(passed, 12.0))
            while quote < len(quotes) and quotes[quote].outer_start <= start:
                self._hear(quote)
                quote += 1
            inside = quote - 1
            if inside >= 0 and start >= quotes[inside].end:
                inside = -1
            found = self._refer(start, item, inside, previous)
            if found is not None:
                yield found
                previous = found

    def _items(self) -> Iterator[tuple[int, Mention | str]]:
        """Mentions, and the pronouns that are none, in order of place."""
        taken = -1
        mentions = self.scene.mentions.mentions
        number = 0
        for match in _PRONOUN.finditer(self.text):
            start = match.start()
            while number < len(mentions) and mentions[number].start <= start:
                mention = mentions[number]
                number += 1
                if mention.kind != "pronoun" and mention.start >= taken:
                    if mention.kind == "role" and mention.start == start:
                        yield start, match.group()
                    yield mention.start, mention
                    taken = max(taken, mention.end)
            if start >= taken:
                yield start, match.group()
        for mention in mentions[number:]:
            if mention.kind != "pronoun" and mention.start >= taken:
                yield mention.start, mention

    def _expect_usual(self) -> None:
        """Whoever a scene mostly names is on the mind from the start."""
        count: dict[int, int] = {}
        for mention in self.scene.mentions.mentions:
            if mention.person >= 0 and mention.quote < 0:
                count[mention.person] = count.get(mention.person, 0) + 1
        for person in sorted(count, key=lambda p: -count[p])[:2]:
            self.salience.point(person, self.genders[person], _USUAL)
        if self.scene.pov >= 0:
            self.salience.point(self.scene.pov, self.genders[self.scene.pov], _OBLIQUE)

    def _hear(self, quote: int) -> None:
        decision = self.said.get(quote)
        if decision is None or decision is not self.speech:
            self.in_speech.clear()
        self.speech = decision
        if decision is None or decision.person < 0:
            return
        if decision.confidence >= COMMITTED:
            self.here.add(decision.person)
        for person in decision.addressees:
            self.salience.point(person, self.genders[person], _HEARING)
        self.salience.point(
            decision.person, self.genders[decision.person], _SPEAKING * decision.confidence
        )

    def _refer(
        self, start: int, item: Mention | str, quote: int, previous: Reference | None
    ) -> Reference | None:
        if not isinstance(item, str):
            return self._mention(item, quote, previous)
        if quote >= 0:
            return self._spoken_pronoun(start, item, quote)
        return self._narrated_pronoun(start, item)

    # Names and descriptions

    def _mention(
        self, mention: Mention, quote: int, previous: Reference | None
    ) -> Reference | None:
        person = mention_person(self.book, mention)
        gender = self.genders[person] if person >= 0 else mention.gender
        confidence = _SURE if mention.kind == "name" else 0.8
        if mention.kind == "role" and person < 0:
            person, confidence = self._described(mention, previous)
        if person == -1:
            person = self._anonymous(mention)
        role: Role = "name" if mention.kind == "name" else "description"
        if quote >= 0:
            if person >= 0:
                self.salience.point(person, gender, _NAMED_IN_SPEECH)
                self.in_speech[gender] = person
        else:
            self.here.add(person)
            self._attend(person, gender, mention)
        return Reference(
            mention.start, mention.end, role, person, confidence, quote, mention.possessive
        )

    def _described(self, mention: Mention, previous: Reference | None) -> tuple[int, float]:
        """Whom "Ada, a woman" or "she was a woman" describes; -1 where nothing tells."""
        if previous is None or previous.possessive or previous.role not in {"name", "subject"}:
            return -1, 0.0
        between = self.text[previous.end : mention.start]
        opening = self.text[mention.start : mention.start + 3].lower()
        if len(between) > 30 or not _DESCRIBES.match(between) or previous.person < 0:
            return -1, 0.0
        if "," in between and not opening.startswith(("a ", "an ", "the")):
            return -1, 0.0
        if {self.genders[previous.person], mention.gender} == {"female", "male"}:
            return -1, 0.0
        return previous.person, 0.8 * previous.confidence

    def _anonymous(self, mention: Mention) -> int:
        phrase = mention.role or self.text[mention.start : mention.end].lower()
        return self.anonymous.setdefault(phrase, -2 - len(self.anonymous))

    def _attend(self, person: int, gender: str, mention: Mention) -> None:
        if mention.possessive:
            self.salience.point(person, gender, _OWNER)
            return
        before = _BEFORE.search(self.text, max(0, mention.start - 16), mention.start)
        if before is not None and before.group(1).lower() in _PREPOSITIONS:
            self.salience.point(person, gender, _OBLIQUE)
            return
        if self.clause_subject is None or self._new_clause(mention.start):
            self.clause_subject, self.clause_at = person, mention.start
            self.salience.point(person, gender, _SUBJECT)
        else:
            self.salience.point(person, gender, _OBLIQUE)

    def _new_clause(self, at: int) -> bool:
        before = self.text[max(0, at - 14) : at].rstrip()
        if not before or before[-1] in _OPENS_CLAUSE:
            return True
        return before.rpartition(" ")[2].lower() in _CLAUSE_WORDS

    # Pronouns

    def _narrated_pronoun(self, start: int, word: str) -> Reference | None:
        lower = word.lower()
        end = start + len(word)
        role = self._role(lower, end)
        if lower in _FEMALE or lower in _MALE:
            told = self.told.get(start)
            if told is not None and self._fits(told.person, lower):
                person, confidence = told.person, told.confidence
                self.clause_subject, self.clause_at = person, start
                self.salience.point(person, self.genders[person], _SUBJECT)
                return Reference(start, end, role, person, confidence)
            gender = "female" if lower in _FEMALE else "male"
            ahead = self._ahead(start, role, gender)
            if ahead >= 0:
                return Reference(start, end, role, ahead, _AHEAD)
            return self._third_person(start, end, role, gender)
        if lower.startswith("y"):
            return None
        narrator = self.book.narrator
        if narrator < 0:
            return None
        if role == "subject":
            self.clause_subject, self.clause_at = narrator, start
        return Reference(start, end, role, narrator, 0.95)

    def _ahead(self, start: int, role: Role, gender: str) -> int:
        """Who is only named after the pronoun: "With his blue eyes, Tom"; -1 for nobody."""
        if role != "own" or self.clause_subject is not None:
            return -1
        comma = self.text.find(",", start, start + _AHEAD_REACH)
        near = _NAMED_NEXT.match(self.text, start)
        at = near.end() if near is not None else comma + 2
        if comma < 0 and near is None:
            return -1
        opening = self.text[self.sentences[self.sentence][0] : start].split()
        if not opening or opening[0].lower() not in _PREPOSITIONS | _OPENINGS or len(opening) > 5:
            return -1
        mention = self.scene.mentions.starting_at(at)
        if mention is None or mention.kind != "name" or mention.person < 0 or mention.possessive:
            return -1
        return mention.person if self.genders[mention.person] in {gender, "unknown"} else -1

    def _fits(self, person: int, pronoun: str) -> bool:
        wrong = "male" if pronoun in _FEMALE else "female"
        return self.genders[person] != wrong

    def _role(self, lower: str, end: int) -> Role:
        if lower.endswith("self"):
            return "self"
        if lower != "her":
            return _ROLE[lower]
        following = _NEXT.match(self.text, end, end + 24)
        word = following.group(1) if following else None
        return "object" if word is None or word.lower() in _AFTER_OBJECT else "own"

    def _third_person(self, start: int, end: int, role: Role, gender: str) -> Reference:
        barred = favored = None
        favor = 1.0
        if role == "object" and not self._new_clause(start):
            barred = self.clause_subject
        elif role in {"own", "self"}:
            favored, favor = self.clause_subject, (3.0 if role == "self" else 1.3)
        elif role == "subject" and self._new_clause(start):
            favored, favor = self.clause_subject, 1.15
        person, first, second, following = self.salience.best(gender, barred, favored, favor)
        if first < _LEAST:
            person = -1
        confidence = 0.0
        if person != -1:
            confidence = (0.3 + 0.65 * (first - second) / first) * min(1.0, 0.55 + first)
            if person not in self.here:
                confidence *= _FROM_BEFORE
            if role == "subject":
                self.clause_subject, self.clause_at = person, start
            self.salience.point(person, gender, _SUBJECT if role == "subject" else 0.5)
        return Reference(
            start, end, role, person, round(min(confidence, 0.95), 3), next_best=following
        )

    def _spoken_pronoun(self, start: int, word: str, quote: int) -> Reference | None:
        lower = word.lower()
        end = start + len(word)
        role = self._role(lower, end)
        decision = self.said.get(quote)
        if lower in _FEMALE or lower in _MALE:
            gender = "female" if lower in _FEMALE else "male"
            person = self.in_speech.get(gender, self.in_speech.get("unknown", -1))
            confidence = 0.55 if len(self.in_speech) > 1 else 0.75
            if person < 0:
                speaker = decision.person if decision is not None else None
                person, first, second, _ = self.salience.best(gender, speaker, None, 1.0)
                confidence = 0.25 * (first - second) / first if first > _LEAST else 0.0
            return Reference(start, end, role, person, round(confidence, 3), quote)
        if decision is None:
            return None
        if lower.startswith("y") and len(decision.addressees) == 1:
            called = decision.addressees[0] in self.called.get(quote, ())
            trust = 0.9 if called else 0.7 * decision.confidence
            return Reference(start, end, role, decision.addressees[0], trust, quote)
        if decision.person < 0:
            return None
        if not lower.startswith("y"):
            return Reference(start, end, role, decision.person, decision.confidence, quote)
        return None
