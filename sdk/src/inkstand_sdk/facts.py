"""What a manuscript states: about people, between them, and about the time and place of scenes.

Every fact says where the text states it. Names of people are those of `Person.name`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from inkstand_sdk.span import Span

AttributeKind = Literal[
    "age", "born", "eyes", "hair", "profession", "home", "alive", "dead", "possession", "other"
]
Narration = Literal["first", "second", "third", "unknown"]
Tense = Literal["past", "present", "mixed", "unknown"]


class Attribute(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something stated of a person. `value` is the text's own word in a plain form: "grey",
    "51", "1957", "teacher".

    Of an age, "<30" and ">40" are bounds, "~40" is about so many years, "40s" some age of that
    decade, and "36-39" one from the first to the last. Of the dead, "dies" is told as it happens,
    "dead" looks back on it, and "buried" tells of a funeral or a grave. "other" holds what no kind
    of its own has: "only child", "no brother", and "once 19" for an age that somebody had before.

    `span` covers the words that state it. `speaker` is who says so, if it is in direct speech:
    people may be wrong, or lie.
    """

    person: str
    kind: AttributeKind
    value: str
    span: Span
    speaker: str | None = None
    confidence: float = 1.0


class Relation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`other` is stated to be the `kind` of `person`: Colin is the "brother" of Ray.

    `kind` is one plain word: of kin, of marriage ("wife", "spouse" where it is not said which), of
    service, of friendship; "elder" and "younger", "coeval" for who is of the same age; "unrelated"
    for who is stated to be no kin. `years` is how many years lie between the two, where that is
    told: "9", or ">14" for more than that.
    """

    person: str
    other: str
    kind: str
    span: Span
    speaker: str | None = None
    confidence: float = 1.0
    years: str = ""


class Coreference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pronoun or description, and whom it means; `confidence` 0 to 1."""

    span: Span
    person: str
    confidence: float = 1.0


class TimeMark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Words that tell when: "the next morning", "on Tuesday", "in 1957".

    `kind` says what they tell: a date, a day of the week, a time of day, a season, a year, or a
    time that has passed since the moment before ("three days later"). `value` is that in a plain
    form ("tuesday", "1957", "+3d", "morning", "2012-11-05").
    """

    span: Span
    kind: Literal["date", "weekday", "daytime", "season", "year", "elapsed"]
    value: str


class PlaceMark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Words that tell where: a name of a place, or a kind of one ("the kitchen")."""

    span: Span
    place: str
