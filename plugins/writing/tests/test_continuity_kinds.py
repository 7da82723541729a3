"""Each kind of slip in short texts: what is found, and what must be left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inkstand_writing.continuity.slips import is_short_slip, is_slip
from inkstand_writing.continuity.spelling import is_variant

# Narration in the past, in which a slip stands out.
CALM = (
    "Ada walked down to the water. The boats lay along the wall. Mr. Bell followed her and said"
    " nothing. A gull cried over the roofs. Ada turned her collar up. The rain had stopped."
)
Find = Callable[..., list[str]]


NAMED = "Ada Tuddenham came in. Tuddenham sat down by Mr. Bell. They spoke of the Tuddenham house. "


@pytest.mark.parametrize("spelling", ["Tudenham", "Tuddenam", "Tuddenhamm", "Tuddehnam"])
def test_a_name_that_is_spelled_otherwise_once_is_found(find: Find, spelling: str) -> None:
    assert find("name_spelling", NAMED * 4 + f"Then Ada {spelling} left.") == [
        f"The name Tuddenham is spelled {spelling} once."
    ]


def test_the_first_word_of_a_sentence_is_no_part_of_a_name(find: Find) -> None:
    assert find(
        "name_spelling", NAMED * 4 + "And then it rained. “Then Tudenham is mistaken,” said Bell."
    )


def test_a_known_first_name_tells_whom_another_spelling_means(find: Find) -> None:
    far = "It rained on the town. " * 400
    assert find("name_spelling", NAMED * 4 + far + "Ada Tudenham left.")
    assert find("name_spelling", NAMED * 4 + far + "Tudenham left.") == []


@pytest.mark.parametrize(
    "text",
    [
        "The Tuddenhams were an old family.",
        "Robert Tudenham was another man altogether.",
        "Tuddenham and Tudenham were two firms.",
        "“Oi seed Mus' Tudenham a-comin' up th' lane, an' 'e were ridin',” said the boy.",
        "“Well, ‘Tudenham’, as they call you!” he said.",
    ],
)
def test_another_person_a_family_dialect_and_mockery_are_no_slips(find: Find, text: str) -> None:
    assert find("name_spelling", NAMED * 4 + text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Catherine", "Katherine"), ("Elliot", "Elliott"), ("Clark", "Clarke"), ("Sarah", "Sara")],
)
def test_spellings_of_one_name_are_known(one: str, other: str) -> None:
    assert is_variant(one, other)
    assert is_variant(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Anne", "Anna"), ("Francis", "Frances"), ("Jane", "June"), ("Louisa", "Louise")),
        *(("Mason", "Jason"), ("Bells", "Bell"), ("Dick", "Dicky"), ("Barton", "Burton")),
    ],
)
def test_names_of_two_people_are_no_spellings_of_one(one: str, other: str) -> None:
    assert not is_variant(one, other)
    assert not is_slip(one, other)
    assert not is_short_slip(one, other)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It was a Tuesday, and Ada rose.", "The next day, which was a Saturday, she slept."),
        ("Mr. Bell arrived on the Monday evening.", "On the following morning, Thursday, he left."),
        ("“Today is Wednesday,” said Ada.", "“And tomorrow is Sunday,” said Ada."),
        ("All this was on a Friday.", "Two days later, on the Tuesday, nothing had changed."),
        ("Saturday dawned grey and wet.", "The following day was Wednesday, and Ada read."),
    ],
)
def test_a_day_that_does_not_follow_is_found(find: Find, first: str, second: str) -> None:
    assert len(find("days", f"{first} {CALM}\n\n{second}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It was a Tuesday. The next day, which was a Wednesday, Ada slept.",
        "It was a Tuesday. Weeks later Ada wrote. The next day, which was a Saturday, she slept.",
        "He would come on Tuesday. The next day, a Saturday, Ada slept.",
        "Every Tuesday they met. The next day, a Saturday, Ada slept.",
        "It was a Tuesday. On Thursday Ada wrote. The next day, a Friday, she slept.",
        "It was a Friday. Two days later, on the Sunday, Ada slept.",
    ],
)
def test_days_that_follow_or_are_counted_from_elsewhere_are_left_alone(
    find: Find, text: str
) -> None:
    assert find("days", text) == []


@pytest.mark.parametrize(
    ("gone", "used"),
    [
        ("Ada dropped the emerald brooch into the river.", "Ada pinned the emerald brooch on."),
        ("The silver flask was stolen that night.", "Mr. Bell drank from his silver flask."),
        ("Ada burned the bishop’s letter, and wept.", "Ada read the bishop’s letter again."),
        ("The violin burned with the house.", "Ada took down the violin and tuned it."),
        ("“My map is gone,” said Ada. “The wind took it.”", "Ada spread her map on the wall."),
        ("“Where is your brooch, Ada?” asked Mr. Bell. “I sold it.”", "Ada wore her brooch."),
        ("Ada crumpled the letter, and threw it on the fire.", "Ada read the letter again."),
        (
            "Ada’s blue cart was stolen; it was found in the river, smashed.",
            "Ada drove the blue cart.",
        ),
    ],
)
def test_a_thing_in_use_after_it_is_gone_is_found(find: Find, gone: str, used: str) -> None:
    assert len(find("lost_thing", gone, CALM, used)) == 1
    assert find("lost_thing", used, CALM, gone) == [], "used before it was lost"


@pytest.mark.parametrize(
    "texts",
    [
        (
            "Ada dropped the brass key into the well.",
            "A boy found the brass key.",
            "Ada turned it.",
        ),
        ("Ada lost the brass key.", "Ada remembered how she had turned the brass key."),
        ("Ada nearly dropped the brass key into the well.", "Ada turned the brass key."),
        ("Ada lost her temper.", "Mr. Bell held his temper."),
        ("Ada burned the bishop’s letter.", "Ada read another letter."),
        ("Ada sold the brass clock, and was sorry.", "Ada bought a new brass clock and wound it."),
        ("“My map is gone,” said Ada. “No, here it is.”", "Ada spread her map on the wall."),
        ("Ada’s blue cart was stolen; it was found in the lane.", "Ada drove the blue cart."),
        ("“Where is your brooch, Ada?” asked Mr. Bell. “I am wearing it.”", "Ada wore her brooch."),
        ("Ada put the silver tray on the edge of the bed.", "Ada took the silver tray."),
    ],
)
def test_a_thing_that_comes_back_or_is_another_is_left_alone(
    find: Find, texts: tuple[str, ...]
) -> None:
    assert find("lost_thing", *texts) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Ada spent the whole of that Christmas Day in Edinburgh.",
            "Ada had passed that same Christmas Day in Paris.",
        ),
        (
            "On the first of May Mr. Bell was in Lisbon.",
            "On the first of May Mr. Bell had dined in London.",
        ),
        ("Ada did not leave the house that Sunday.", "That Sunday Ada was away in Oxford."),
    ],
)
def test_somebody_in_two_places_at_one_time_is_found(find: Find, first: str, second: str) -> None:
    assert len(find("two_places", f"{first} {CALM} {second}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "On the first of May Ada was in Lisbon. On the second of May Ada was in London.",
        "On the first of May Ada was in Lisbon. On the first of May Mr. Bell was in London.",
        "On the first of May Ada was in Lisbon. On the first of May Ada would be in London.",
        "On the first of May Ada was in Lisbon. Ada was in Lisbon on the first of May.",
    ],
)
def test_other_times_people_and_plans_are_left_alone(find: Find, text: str) -> None:
    assert find("two_places", text) == []


@pytest.mark.parametrize(
    "slip",
    [
        "Ada goes to the window and looks out; there is nobody there.",
        "Mr. Bell says nothing. He is looking at the fire.",
        "She sits down, takes up a pen, and writes two lines.",
        "Ada, who had said nothing, gets up and checks the lock.",
        "As Ada comes into the room, all heads turn.",
        "The clock strikes nine, and Mr. Bell rises.",
        "“I don’t know,” says Ada, and turns away.",
        "It is nearly dark when Ada reaches the gate.",
        "Ada thinks about it, nods, and signs her name.",
        "Ada knows what this means, and she does not like it.",
        "A floorboard creaks, and Ada holds her breath.",
        "Mr. Bell, who never drinks, is drinking now.",
        "Mr. Bell bowed (he was late).\n\nAda opens the door and walks in.",
        "He bowed to\nAda, who laughed.\n\nAda opens the door and walks in.",
    ],
)
def test_narration_that_falls_into_the_present_is_found(find: Find, slip: str) -> None:
    assert len(find("tense_slip", f"{CALM}\n\n{slip}\n\n{CALM}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "“She goes to the window and looks out,” he said.",
        "The river is deep there.",
        "She never goes to the window.",
        "Mr. Bell still walks down to the water every day.",
        "She went to the window and looked out.",
        "Whoever goes there looks out at the sea.",
        "The river rises in spring and falls in summer, which is its nature.",
        "She looked up and Mr. Bell, who still lives there, smiled.",
        "When one sees many things, she gathers the logic of them.",
        "At this time of evening the cows come down from the hills, and the bell rings.",
        "Ada is a good woman and lives by the water.",
        "She believes in truth, and knows what it is worth.",
        "The rose is red,\nThe violet opens now.",
    ],
)
def test_speech_truths_and_habits_are_no_slips_of_tense(find: Find, text: str) -> None:
    assert find("tense_slip", f"{CALM}\n\n{text}\n\n{CALM}") == []


def test_a_story_told_in_the_present_has_no_slips_of_tense(find: Find) -> None:
    now = "Ada walks down to the water. Mr. Bell follows her. She turns her collar up. He waits. "
    assert find("tense_slip", now * 8) == []
    assert find("tense_slip", CALM, now * 3, CALM) == []


@pytest.mark.parametrize(
    "slip",
    [
        "I saw at once that Ada was not pleased.",
        "Ada gave me the paper, and I read it twice.",
        "My hands were shaking as Ada closed the door.",
        "Ada didn’t answer me. I’d hardly expected it.",
        "We were all tired, and Ada was the first to go.",
        "It was Mr. Bell who told me the truth in the end.",
        "Never in my life had I seen Ada so angry.",
        "We walked home together, Ada and I, and neither of us spoke.",
        "Across the table Ada was watching me.",
        "I heard Ada on the stairs and turned off the lamp.",
    ],
)
def test_an_i_in_a_story_of_others_is_found(find: Find, slip: str) -> None:
    assert len(find("pov_slip", f"{CALM}\n\n{slip}\n\n{CALM}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "“I saw it,” said Ada.",
        "I believe that Ada was not pleased.",
        "You, dear reader, know what I mean.",
        "Ada was, I must confess, not pleased.",
        "Ada had seen the scaffold of Charles I and turned pale.",
        "As I said, Ada had a brother.",
        "He spoke of ‘my wife’ to Ada.",
    ],
)
def test_speech_and_the_author_speaking_are_no_slips_of_view(find: Find, text: str) -> None:
    assert find("pov_slip", f"{CALM}\n\n{text}\n\n{CALM}") == []


def test_a_story_told_as_i_has_no_slips_of_view(find: Find) -> None:
    told = "I walked down to the water. Ada followed me. I turned my collar up. "
    assert find("pov_slip", told * 8) == []


def test_people_whose_names_differ_in_a_letter_are_told_where_asked_for(find: Find) -> None:
    people = {"Marlow": ("male", ("Marlow",)), "Marlew": ("male", ("Marlew",))}
    text = "Marlow stood up. Ada saw Marlew. Mr. Bell went. " * 20
    (said,) = find("names_alike", text, more=people)
    assert "Marlow" in said
    assert "Marlew" in said
