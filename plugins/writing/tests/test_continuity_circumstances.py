"""Days, places and things: what cannot be, said in many ways, and what may well be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inkstand_writing.continuity.calendar import day_of_year, ordinal_of, season_span
from inkstand_writing.continuity.losses import losses
from inkstand_writing.continuity.time_words import mentions

QUIET = "The boats lay along the wall. A gull cried over the roofs. The rain had stopped."
Find = Callable[..., list[str]]


def test_words_that_lead_to_another_day_tell_how_many_days_on_it_is() -> None:
    text = "Two days later, the day before yesterday, a week ago, some days later, on Friday."
    told = [(text[one.start : one.end], one.kind, one.low, one.high) for one in mentions(text)]
    assert told == [
        ("Two days later", "step", 2, 2),
        ("the day before yesterday", "step", -2, -2),
        ("a week ago", "step", -7, -7),
        ("some days later", "step", 2, 12),
        ("Friday", "day", 0, 0),
    ]


def test_a_date_and_its_weekday_are_one_day() -> None:
    (one,) = mentions("Christmas Day of 1840 fell on a Tuesday")
    assert (one.day.weekday, one.day.date, one.day.year) == (1, 25, 1840)
    assert (ordinal_of("twenty-first"), ordinal_of("4th")) == (21, 4)
    first, last = season_span("winter")
    assert first < day_of_year(12, 31) < last


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It was the first of March.", "The next morning, the fifth of March, Ada was gone."),
        ("Ada came on the tenth of May.", "Two days after, on the nineteenth of May, she left."),
        ("It was the last day of October.", "The next day, the third of November, it snowed."),
        ("It was April.", "The following month, in July, Ada married."),
        ("It was winter.", "A week later, in July, Ada left for the coast."),
        ("Yesterday had been Wednesday.", "So today, Saturday, Ada rested."),
        ("“Today is Wednesday,” said Ada.", "“The day before yesterday was Friday,” he said."),
        ("“What day is it?” asked Ada. “Tuesday,” he said.", "“Tomorrow is Friday,” said Ada."),
        ("The funeral was on Friday.", "Two days after the funeral, on Wednesday, Ada left."),
        ("Ada rose; it was Sunday night.", "When she woke it was Thursday."),
        ("It was Friday the thirteenth.", "On Monday the fifteenth Ada wrote."),
        ("Monday. Rain again.", "By the next morning, a Thursday, Ada had gone."),
        ("Ada called upon the Wednesday.", "On the following day, Saturday, she called again."),
        ("That Tuesday Ada slept until noon.", "The day after, Friday, she was ill."),
        ("It was Monday.", "The day before had been Friday, and Ada had read."),
        ("Ada slept.", "The day after the Thursday was a Monday."),
        ("Ada slept.", "“Today’s Thursday,” he said, “so the day after tomorrow must be Tuesday.”"),
        (
            "Ada slept.",
            "Having left on Sunday and been three days on the road, she came on a Saturday.",
        ),
    ],
)
def test_dates_months_and_days_that_do_not_follow_are_found(
    find: Find, first: str, second: str
) -> None:
    assert len(find("days", f"{first} {QUIET}\n\n{second}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It was the 30th of June. The next day, the 1st of July, Ada left.",
        "It was April. The following month, in May, Ada married.",
        "It was Thursday. A few days later, on a Monday, Ada came.",
        "It was Wednesday. Next Monday Ada would go. The day after, Tuesday, she would be at sea.",
        "It was Christmas Eve. A week later, on New Year’s Eve, they dined alone.",
        "It was late on Friday. “Tomorrow is Saturday,” said Ada.",
        "It was Tuesday. “If tomorrow were Friday!” said Ada.",
        "It was Wednesday. “I tell you that it is Friday,” said Ada.",
        "The ball was on Monday. The day after the ball, a Tuesday, Ada slept.",
        "Ada left on Sunday, was three days on the road, and came home on a Wednesday.",
        "Ada comes on Mondays, stays two nights, and leaves by the mail. On Friday she was gone.",
        "Every summer they left on Sunday and were three days on it, and on Friday they bathed.",
    ],
)
def test_days_that_may_follow_are_left_alone(find: Find, text: str) -> None:
    assert find("days", text) == []


def test_one_date_has_one_day_of_the_week_wherever_it_is_told(find: Find) -> None:
    one = "Ada was married on Monday, the third of September."
    assert find("days", one, QUIET, "Her wedding had been on Saturday, the third of September.")
    assert not find("days", one, QUIET, "It was on Monday, the third of September, that she wed.")
    assert not find(
        "days", f"{one[:-1]}, 1890.", QUIET, "On Saturday, September 3, 1895, she died."
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ada was in Rome on the night of the fire.", "On the night of the fire Ada was in Bath."),
        (
            "Ada was at sea on the day the old king was buried.",
            "Ada had stood in the crowd at Windsor on the day the old king was buried.",
        ),
        ("Ada spent the whole of August 1840 in Rome.", "All August 1840 Ada was in London."),
        ("Ada stayed in bed all that day.", "Ada spent the whole of that day on horseback."),
        (
            "As the clock struck six, Ada was locking the door of the shop.",
            "As the clock struck six, Ada was stepping off the train.",
        ),
        ("Ada missed the funeral.", "Ada had stood at the front at the funeral."),
        ("It was Saturday. Ada was in Bath.", "That Saturday Ada was in Paris."),
        ("Ada was in Bath until Sunday.", "On Saturday Ada was drinking coffee in London."),
        ("Ada was in surgery until five.", "At four Ada was on the sofa at home."),
        ("At 9:14 Ada was in Bath.", "At 9:20 Ada walked into the café in Brighton."),
        ("All that Tuesday Ada was in Bath.", "Mr. Bell met Ada in York that Tuesday."),
        ("Ada danced at the wedding.", "Ada had not been at the wedding. She was in bed."),
        ("In the summer of 1914 Ada was in Rome.", "Ada spent the summer of 1914 in Wales."),
        ("On the day of the wedding Ada was in bed.", "Ada had danced at the wedding."),
    ],
)
def test_places_that_exclude_each_other_at_one_time_are_found(
    find: Find, first: str, second: str
) -> None:
    assert len(find("two_places", f"{first} {QUIET} {second}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "On the night of the ball Ada was at the inn. On the night of the ball Ada was in Bath.",
        "That evening Ada dined at the hotel. That evening Ada was in the church.",
        "At six Ada was in Bath. At nine Ada was in London.",
        "Ada was in Bath until Sunday. On Monday Ada was in London.",
        "At 9:14 Ada was in the kitchen. At 9:20 Ada walked into the café.",
        "It was Saturday. Ada was on the train to Bath. That Saturday Ada was in Bath.",
        "It was the night of the fire. Ada was in Bath. Mr. Bell was in York that night.",
        "On the morning of the fire Ada was in Bath. On the night of the fire Ada was in London.",
        "That day Ada was in Bath. That day Ada would be in London.",
        "Ada was at the concert. Ada did not ask why Mr. Bell was not at the concert.",
    ],
)
def test_places_that_go_together_are_left_alone(find: Find, text: str) -> None:
    assert find("two_places", text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ada let the silver compass fall into the crevasse.", "compass"),
        ("That was the last anyone saw of the red umbrella.", "umbrella"),
        ("Ada had to sell her grandfather’s fiddle.", "fiddle"),
        ("The flood carried off the rowing boat, and nobody wept.", "boat"),
        ("Ada’s umbrella was left behind in the cab and never seen again.", "umbrella"),
        ("Ada left the black notebook on the train, and it never turned up.", "notebook"),
        ("The gray mare broke her leg, and Ada had to shoot her.", "mare"),
        ("Ada nearly dropped the gold locket into the sea.", None),
        ("Ada would have sold the violin.", None),
        ("Ada lost her temper, and the silver moon sank into the sea.", None),
    ],
)
def test_a_sentence_tells_what_is_lost(text: str, what: str | None) -> None:
    assert next((loss.what for loss in losses(text)), None) == what


@pytest.mark.parametrize(
    ("gone", "used"),
    [
        ("Ada gave the guitar to a beggar.", "Ada took the guitar down and tuned it."),
        ("Ada dropped the china cup. It was past mending.", "Ada drank from the china cup."),
        (
            "Mr. Bell had lost his left arm in the war.",
            "Mr. Bell lifted the trunk with both hands.",
        ),
        ("Someone stole Ada’s bike.", "Ada unlocked her bike."),
    ],
)
def test_a_gift_a_limb_and_what_is_told_in_two_sentences_are_lost(
    find: Find, gone: str, used: str
) -> None:
    assert len(find("lost_thing", gone, QUIET, used)) == 1


@pytest.mark.parametrize(
    "texts",
    [
        ("Ada gave the guitar to Mr. Bell.", QUIET, "Mr. Bell tuned the guitar."),
        ("Ada lost the gold locket. A boy found it.", QUIET, "Ada wore the gold locket."),
        ("Ada sold the violin.", QUIET, "Ada bought a new violin.", "Ada tuned the violin."),
        ("Mr. Bell lost his left arm.", QUIET, "Mr. Bell had not the use of both hands."),
    ],
)
def test_what_another_uses_or_comes_back_is_left_alone(find: Find, texts: tuple[str, ...]) -> None:
    assert find("lost_thing", *texts) == []
