"""Eyes, hair, ages, kin and the dead: what contradicts, and what only seems to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from inkstand_sdk import Span
from inkstand_sdk.facts import Attribute, Relation, TimeMark
from inkstand_sdk.findings import Finding
from inkstand_sdk.testing.tools import run_tool
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.continuity.tool import ContinuityTool

PEOPLE: dict[str, Any] = {
    "Nell Harker": ("female", ("Nell Harker", "Nell")),
    "Tobias Crane": ("male", ("Tobias Crane", "Tobias")),
    "Giles": ("male", ("Giles",)),
}
Told = tuple[str, str, str, str]
"""Person, kind, value, and the words that state it, which the texts have once."""


class Case:
    """Texts, and what a reader would say that they state."""

    def __init__(self, tell: Callable[..., Any], texts: Sequence[str]) -> None:
        self.story = tell(texts, PEOPLE, ["Tobias Crane"] * 9)
        self.texts = texts

    def span(self, words: str) -> Span:
        for scene, text in enumerate(self.texts):
            if (start := text.find(words)) >= 0:
                return Span(scene, start, start + len(words))
        raise AssertionError(words)

    def findings(
        self,
        kind: str,
        *told: Told,
        kin: Sequence[Told] = (),
        times: Sequence[tuple[str, str]] = (),
        bible: Sequence[BibleEntry] = (),
        when: Sequence[str] = (),
        confidence: float = 0.9,
        speaker: str | None = None,
    ) -> list[Finding]:
        attributes = tuple(
            Attribute(
                person=person,
                kind=attribute,  # type: ignore[arg-type]
                value=value,
                span=self.span(words),
                confidence=confidence,
                speaker=speaker,
            )
            for person, attribute, value, words in told
        )
        relations = tuple(
            Relation(person=a, kind=b, other=c, span=self.span(words), confidence=confidence)
            for a, b, c, words in kin
        )
        reading = self.story.reading
        scenes = list(reading.scenes)
        for words, value in times:
            span = self.span(words)
            mark = TimeMark(span=span, kind="year" if value.isdigit() else "elapsed", value=value)
            scenes[span.scene] = msgspec.structs.replace(scenes[span.scene], times=(mark,))
        reading = msgspec.structs.replace(
            reading, attributes=attributes, relations=relations, scenes=tuple(scenes)
        )
        manuscript = self.story.manuscript
        if when:
            dated = zip(manuscript.scenes, when, strict=True)
            manuscript = msgspec.structs.replace(
                manuscript,
                scenes=tuple(msgspec.structs.replace(scene, when=day) for scene, day in dated),
            )
        run = run_tool(
            ContinuityTool,
            {"kinds": [kind]},
            manuscript=manuscript,
            reading=reading,
            bible=tuple(bible),
        )
        found: tuple[Finding, ...] = run.output.findings
        return list(found)


@pytest.fixture
def case(tell: Callable[..., Any]) -> Callable[..., Case]:
    return lambda *texts: Case(tell, texts)


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        ("blue", "brown", True),
        ("grey", "green", True),
        ("grey", "blue", True),
        ("hazel", "brown", False),
        ("blue-grey", "blue", False),
        ("brown", "dark", False),
        ("blue or grey", "grey", False),
        ("violet", "black", True),
    ],
)
def test_eyes_contradict_only_if_they_cannot_be_one_color(
    case: Callable[..., Case], first: str, second: str, contradict: bool
) -> None:
    found = case("Nell’s eyes shone.", "Then Nell’s eyes fell.").findings(
        "eye_color",
        ("Nell Harker", "eyes", first, "Nell’s eyes shone"),
        ("Nell Harker", "eyes", second, "Nell’s eyes fell"),
    )
    assert bool(found) == contradict


def test_the_odd_one_out_is_shown_against_what_is_mostly_told(case: Callable[..., Case]) -> None:
    texts = ("Her grey eyes.", "The brown eyes of Nell.", "Nell’s own grey eyes.")
    (found,) = case(*texts).findings(
        "eye_color",
        ("Nell Harker", "eyes", "grey", "Her grey eyes"),
        ("Nell Harker", "eyes", "brown", "The brown eyes of Nell"),
        ("Nell Harker", "eyes", "grey", "Nell’s own grey eyes"),
    )
    assert {each.scene for each in found.passages} in ({0, 1}, {1, 2})
    assert found.people == ("Nell Harker",)


def test_what_the_reader_is_unsure_of_is_no_finding(case: Callable[..., Case]) -> None:
    story = case("Her grey eyes.", "The brown eyes.")
    told = (
        ("Nell Harker", "eyes", "grey", "Her grey eyes"),
        ("Nell Harker", "eyes", "brown", "The brown eyes"),
    )
    assert story.findings("eye_color", *told, confidence=0.4) == []


def test_gray_is_spelled_as_its_writer_does(case: Callable[..., Case]) -> None:
    gray = ("Nell Harker", "eyes", "grey", "Her gray eyes")
    brown = ("Nell Harker", "eyes", "brown", "brown eyes of Nell")
    (found,) = case(f"{gray[3]}.", f"The {brown[3]}.").findings("eye_color", gray, brown)
    assert found.summary == "Nell Harker has gray eyes in one place and brown eyes in another."


def test_a_page_of_the_bible_counts_as_well(case: Callable[..., Case]) -> None:
    page = BibleEntry(
        kind="character",
        name="Nell Harker",
        fields={"appearance": "Brown eyes; a bad knee."},
        file="bible/nell.md",
    )
    (found,) = case("Her grey eyes.").findings(
        "eye_color", ("Nell Harker", "eyes", "grey", "Her grey eyes"), bible=[page]
    )
    assert [each.scene for each in found.passages] == [-1, 0]


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        ("black", "blond", True),
        ("red", "black", True),
        ("brown", "grey", False),
        ("grey", "brown", True),
        ("chestnut", "brown", False),
        ("dark", "black", False),
        ("auburn", "red", False),
    ],
)
def test_hair_may_turn_grey_but_not_black_again(
    case: Callable[..., Case], first: str, second: str, contradict: bool
) -> None:
    found = case("Nell’s hair shone.", "Then Nell’s hair fell.").findings(
        "hair_color",
        ("Nell Harker", "hair", first, "Nell’s hair shone"),
        ("Nell Harker", "hair", second, "Nell’s hair fell"),
    )
    assert bool(found) == contradict


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        ("46", "30", True),
        ("46", "<30", True),
        (">40", "33", True),
        ("46", "46", False),
        ("46", "45", False),
        ("~50", "48", False),
        ("40s", "42", False),
        ("60", "40s", True),
    ],
)
def test_nobody_grows_younger(
    case: Callable[..., Case], first: str, second: str, contradict: bool
) -> None:
    found = case("Nell was one age.", "Nell was another age.").findings(
        "age",
        ("Nell Harker", "age", first, "Nell was one age"),
        ("Nell Harker", "age", second, "Nell was another age"),
    )
    assert bool(found) == contradict


def test_years_must_pass_before_somebody_is_older(case: Callable[..., Case]) -> None:
    told = (
        ("Nell Harker", "age", "20", "Nell was young"),
        ("Nell Harker", "age", "31", "Nell was old"),
    )
    assert case("Nell was young.", "Nell was old.").findings("age", *told)
    later = case("Nell was young.", "Eleven years later Nell was old.")
    assert later.findings("age", *told, times=[("Eleven years later", "+11y")]) == []
    far = case("Nell was young.", f"{'It rained on the town. ' * 2000}Nell was old.")
    assert far.findings("age", *told), "some years may pass without a word, but not eleven"
    child = (("Nell Harker", "age", "9", "Nell was young"), *told[1:])
    assert far.findings("age", *child) == [], "a book may tell how a child grows up"


def test_an_age_must_fit_the_year_of_birth_where_the_year_is_known(
    case: Callable[..., Case],
) -> None:
    told = (
        ("Nell Harker", "age", "51", "Nell was fifty-one"),
        ("Nell Harker", "born", "1957", "born in 1957"),
    )
    story = case("Nell was fifty-one.", "Nell, born in 1957.")
    (found,) = story.findings("age", *told, when=["5 November 2012", "Tuesday"])
    assert "54 or 55" in found.summary
    assert story.findings("age", *told, when=["5 November 2008", "Tuesday"]) == []
    assert story.findings("age", *told) == []


def test_the_year_may_stand_in_the_sentence_of_the_age(case: Callable[..., Case]) -> None:
    told = (
        ("Nell Harker", "age", "30", "Nell was thirty"),
        ("Nell Harker", "born", "1957", "born in 1957"),
    )
    story = case("In 1995 Nell was thirty.", "Nell, born in 1957.")
    assert story.findings("age", *told, times=[("In 1995", "1995")])
    story = case("In 1987 Nell was thirty.", "Nell, born in 1957.")
    assert story.findings("age", *told, times=[("In 1987", "1987")]) == []


def test_each_cannot_be_the_elder(case: Callable[..., Case]) -> None:
    story = case("Nell was older than Tobias.", "Tobias was older than Nell.")
    kin = [
        ("Tobias Crane", "elder", "Nell Harker", "Nell was older"),
        ("Nell Harker", "elder", "Tobias Crane", "Tobias was older"),
    ]
    assert len(story.findings("age", kin=kin)) == 1
    assert (
        story.findings(
            "age", kin=[kin[0], ("Nell Harker", "younger", "Tobias Crane", "Tobias was older")]
        )
        == []
    )


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        ("brother", "cousin", True),
        ("uncle", "father", True),
        ("brother", "twin", False),
        ("wife", "cousin", False),
        ("friend", "brother", False),
        ("unrelated", "cousin", True),
    ],
)
def test_one_cannot_be_two_things_to_another(
    case: Callable[..., Case], first: str, second: str, contradict: bool
) -> None:
    kin = [
        ("Nell Harker", first, "Giles", "Giles came"),
        ("Nell Harker", second, "Giles", "Giles went"),
    ]
    assert bool(case("Giles came.", "Giles went.").findings("kinship", kin=kin)) == contradict


def test_kin_told_from_either_side_is_the_same(case: Callable[..., Case]) -> None:
    kin = [
        ("Nell Harker", "uncle", "Giles", "Giles came"),
        ("Giles", "niece", "Nell Harker", "Giles went"),
    ]
    assert case("Giles came.", "Giles went.").findings("kinship", kin=kin) == []


def test_an_only_child_has_no_brother(case: Callable[..., Case]) -> None:
    story = case("Nell was an only child.", "Nell’s brother Giles; Nell’s aunt Ada.")
    only = ("Nell Harker", "other", "only child", "an only child")
    brother = ("Nell Harker", "brother", "Giles", "Nell’s brother Giles")
    (found,) = story.findings("kinship", only, kin=[brother])
    assert [each.scene for each in found.passages] == [0, 1]
    story = case("Nell was an only child.", "Nell’s aunt Ada; Nell’s sister-in-law.")
    aunt = ("Nell Harker", "aunt", "Giles", "Nell’s aunt Ada")
    assert story.findings("kinship", only, kin=[aunt]) == []


def test_a_sister_without_a_name_is_one_too_many(case: Callable[..., Case]) -> None:
    only = ("Nell Harker", "other", "only child", "an only child")
    for told in ("Nell’s younger sister came.", "Both of Nell’s brothers were lost."):
        assert len(case("Nell was an only child.", told).findings("kinship", only)) == 1
    assert not case("an only child", "like Nell’s brother").findings("kinship", only)


BEFORE = "Tobias came in and laughed.\n\n“Good day,” said Tobias.\n\n"
DEATH = "That night Tobias died.\n\nIt rained.\n\nIt stopped.\n\nIt rained again.\n\nNell wept.\n\n"
DEAD: Told = ("Tobias Crane", "dead", "dies", "Tobias died")


def test_the_dead_do_not_come_in_again(case: Callable[..., Case]) -> None:
    (found,) = case(BEFORE + DEATH, "Tobias came in and sat down.").findings("dead_speak", DEAD)
    assert [each.scene for each in found.passages] == [0, 1]
    assert found.people == ("Tobias Crane",)


@pytest.mark.parametrize(
    "after",
    [
        "Nell saw the ghost at last. Tobias came in and sat down.",
        "Nell remembered him. Tobias came in and sat down.",
        "Nell thought of Tobias.",
        "Years before, ten years ago, Tobias came in and sat down.",
        "Tobias was not dead; Tobias came in and sat down.",
    ],
)
def test_ghosts_memories_and_the_falsely_mourned_may_come(
    case: Callable[..., Case], after: str
) -> None:
    assert case(BEFORE + DEATH, after).findings("dead_speak", DEAD) == []


def test_who_is_quoted_right_after_their_death_said_it_before(case: Callable[..., Case]) -> None:
    text = f"{BEFORE}That night Tobias died.\n\nTobias came in and sat down.\n\nNell wept."
    assert case(text).findings("dead_speak", DEAD) == []


def test_who_is_dead_when_the_story_begins_does_not_come_in(case: Callable[..., Case]) -> None:
    had: Told = ("Tobias Crane", "dead", "dead", "Tobias had died")
    text = "Tobias had died in May.\n\nIt rained.\n\nIt stopped.\n\nNell wept.\n\nIt rained.\n\n"
    story = case(text, "Tobias came in and sat down.")
    assert len(story.findings("dead_speak", had)) == 1
    assert story.findings("dead_speak", had, confidence=0.75) == [], "may be told out of order"


def test_ages_of_two_must_fit_how_many_years_lie_between_them(case: Callable[..., Case]) -> None:
    story = case("Nell was thirty. Tobias was forty.", "Nell was older than Tobias.")
    told = (
        ("Nell Harker", "age", "30", "Nell was thirty"),
        ("Tobias Crane", "age", "40", "Tobias was forty"),
    )
    elder = ("Tobias Crane", "elder", "Nell Harker", "Nell was older")
    (found,) = story.findings("age", *told, kin=[elder])
    assert len(found.passages) == 3
    assert story.findings("age", told[0], kin=[elder]) == []


def test_nobody_is_younger_than_they_once_were(case: Callable[..., Case]) -> None:
    story = case("Nell married at forty.", "Nell was twenty-five.")
    once = ("Nell Harker", "other", "once 40", "Nell married")
    assert story.findings("age", once, ("Nell Harker", "age", "25", "Nell was twenty"))
    assert story.findings("age", once, ("Nell Harker", "age", "60", "Nell was twenty")) == []


@pytest.mark.parametrize(
    ("second", "contradict"),
    [
        ("Nell had been nine years old the first time she saw the sea.", True),
        ("Nell had been nine years old when her uncle died.", False),
    ],
)
def test_the_same_thing_happened_at_one_age(
    case: Callable[..., Case], second: str, contradict: bool
) -> None:
    story = case("Nell was seventeen when she first saw the sea.", second)
    told = (
        ("Nell Harker", "other", "once 17", "Nell was seventeen"),
        ("Nell Harker", "other", "once 9", "Nell had been nine"),
    )
    assert bool(story.findings("age", *told)) == contradict


@pytest.mark.parametrize(
    ("first", "second", "contradict"),
    [
        ("3 brother", "1 brother", True),
        ("eldest", "youngest", True),
        ("3 brother", "1 sister", False),
    ],
)
def test_one_has_so_many_brothers_and_one_place_among_them(
    case: Callable[..., Case], first: str, second: str, contradict: bool
) -> None:
    told = [("Nell Harker", "other", first, "first"), ("Nell Harker", "other", second, "then")]
    assert bool(case("Nell at first.", "Nell then.").findings("kinship", *told)) == contradict
