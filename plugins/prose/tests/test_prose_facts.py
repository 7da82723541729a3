"""Ages, deaths, kin, callings, and the time, place and eyes of a scene."""

from __future__ import annotations

import pytest

from inkstand_prose import EnglishReader
from inkstand_sdk.reader import Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text

OPENING = (
    "Nell Harker and Tobias Crane sat on the wall. Nell was cold. Tobias had a coat. Giles was"
    " late. Harriet sang.\n\n"
)


def read(text: str) -> Reading:
    return EnglishReader().read(manuscript_from_text(OPENING + text), None, lambda *_: None)


def stated(text: str, kind: str) -> list[tuple[str, str]]:
    return sorted(
        {
            (one.person, one.value)
            for one in read(text).attributes
            if one.kind == kind and one.confidence >= 0.5
        }
    )


def kin(text: str) -> list[tuple[str, str, str]]:
    return sorted(
        {(one.person, one.kind, one.other) for one in read(text).relations if one.confidence >= 0.5}
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nell was fifty-one and built like a gatepost.", "51"),
        ("Nell was forty-six years old that winter.", "46"),
        ("Nell, thirty-four, had never lived alone.", "34"),
        ("Nell was a woman of one-and-twenty.", "21"),
        ("Nell, aged 42, made her will.", "42"),
        ("At thirty-eight Nell had given up.", "38"),
        ("Nell had turned forty in the spring.", "40"),
        ("Nell was in her fiftieth year.", "49"),
        ("That week Nell kept her twenty-fourth birthday.", "24"),
        ("“I’m thirty-nine,” said Nell.", "39"),
        ("The nineteen-year-old Nell laughed.", "19"),
        ("Nell, who was not yet thirty, took the stairs.", "<30"),
        ("Nell would never see forty again.", ">40"),
        ("Nell was nearly seventy.", "~70"),
        ("Nell was a woman in her forties.", "40s"),
        ("Fifty-two years old, Nell had begun to think of money.", "52"),
        ("Nell owned to forty-five.", "45"),
        ("Nell was pushing seventy.", "~70"),
        ("There were thirty-two candles on Nell’s cake.", "32"),
        ("Nell was a sexagenarian.", "60s"),
    ],
)
def test_an_age_is_read_in_words_and_figures(text: str, value: str) -> None:
    assert stated(text, "age") == [("Nell Harker", value)]


@pytest.mark.parametrize(
    "text",
    [
        "Nell was thirty miles from home.",
        "Nell was one of them.",
        "Nell was ten years older than Tobias.",
        "When Nell was ten, her mother left.",
        "“I was nineteen when I married,” said Nell.",
        "At six Nell went down to dinner.",
        "Nell was twenty minutes late.",
        "Nell looked forty.",
        "If Nell were forty, she would not dance.",
    ],
)
def test_what_is_no_age_or_was_another_time_s_is_not_taken(text: str) -> None:
    assert stated(text, "age") == []


def test_a_year_of_birth_is_read() -> None:
    assert stated("Nell, born in 1957, was the eldest.", "born") == [("Nell Harker", "1957")]
    assert stated("Nell was born at York in the spring of 1920.", "born") == [
        ("Nell Harker", "1920")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "That night Tobias died.",
        "Tobias had died in the war.",
        "Tobias had been dead for ten years.",
        "They buried Tobias on the Friday, under the yew.",
        "Nell had buried Tobias in March.",
        "Nell’s late husband, Tobias Crane, had been a sailor.",
        "It was the fever that killed Tobias in the end.",
        "Tobias did not live to see the morning.",
        "At Tobias’s funeral it rained.",
        "They found Tobias’s body at the foot of the stairs.",
        "Tobias had drawn his last breath a little after three.",
        "Tobias was killed at the crossing.",
        "Tobias fell from the pier and was drowned.",
        "There was a new stone with Tobias’s name on it.",
        "Tobias’s funeral was a small affair.",
        "“Tobias’s dead,” said Nell.",
    ],
)
def test_a_death_is_read(text: str) -> None:
    assert [person for person, _ in stated(text, "dead")] in (
        ["Tobias Crane"],
        ["Tobias Crane", "Tobias Crane"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "Tobias was dead tired.",
        "Tobias was dead to the world.",
        "Tobias’s dead eyes stared at the wall.",
        "Tobias nearly died of laughing.",
        "Tobias died laughing.",
        "If Tobias died, Nell would go home.",
        "Nell thought that Tobias was dead.",
        "Nell feared that Tobias had died.",
        "Tobias was buried in thought.",
        "Was Tobias dead?",
        "Had Tobias died, they would have been told.",
        "Tobias was not dead.",
        "Tobias was no more a boy.",
        "Nell rowed in Tobias’s wake.",
        "Tobias did not wake; Nell shook him.",
    ],
)
def test_figures_of_speech_and_fears_are_no_deaths(text: str) -> None:
    assert stated(text, "dead") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Tobias’s brother Giles kept a school.", ("Tobias Crane", "brother", "Giles")),
        ("Harriet, Tobias’s aunt, had never married.", ("Tobias Crane", "aunt", "Harriet")),
        ("Giles, who was Nell’s nephew, sat down.", ("Nell Harker", "nephew", "Giles")),
        ("Giles was Nell’s uncle, and the only sailor.", ("Nell Harker", "uncle", "Giles")),
        ("“My uncle Giles is here,” said Nell.", ("Nell Harker", "uncle", "Giles")),
        ("“Giles’s my cousin,” said Nell.", ("Nell Harker", "cousin", "Giles")),
        ("Nell had a sister called Harriet.", ("Nell Harker", "sister", "Harriet")),
        ("Harriet was Nell’s mother’s sister.", ("Nell Harker", "aunt", "Harriet")),
        ("Nell had never liked her aunt Harriet.", ("Nell Harker", "aunt", "Harriet")),
        ("Giles was Nell’s half-brother.", ("Nell Harker", "half-brother", "Giles")),
        ("Nell had three brothers, of whom Giles was one.", ("Nell Harker", "brother", "Giles")),
        ("Harriet was the mother of Nell Harker.", ("Nell Harker", "mother", "Harriet")),
    ],
)
def test_kin_is_read(text: str, told: tuple[str, str, str]) -> None:
    assert kin(text) == [told]


def test_what_two_people_are_to_each_other_goes_both_ways() -> None:
    assert kin("Nell Harker and Tobias Crane were cousins.") == [
        ("Nell Harker", "cousin", "Tobias Crane"),
        ("Tobias Crane", "cousin", "Nell Harker"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Giles was like a brother to Nell.",
        "If Giles were Nell’s brother, he would say so.",
        "Giles was almost Nell’s brother.",
        "Is Giles Nell’s brother?",
        "Nell wanted a sister.",
    ],
)
def test_what_is_only_like_kin_is_not_taken(text: str) -> None:
    assert kin(text) == []


def test_who_has_no_brothers_or_sisters_is_told() -> None:
    assert stated("Nell was an only child.", "other") == [("Nell Harker", "only child")]
    assert stated("Nell had two sisters and no brother.", "other") == [
        ("Nell Harker", "2 sister"),
        ("Nell Harker", "no brother"),
    ]


def test_callings_homes_and_possessions_are_read() -> None:
    text = "Nell was a sailmaker. She lived in Harwich. Tobias carried a silver watch."
    assert stated(text, "profession") == [("Nell Harker", "sailmaker")]
    assert stated(text, "home") == [("Nell Harker", "in harwich")]
    assert stated(text, "possession") == [("Tobias Crane", "a silver watch")]


def test_times_and_places_of_a_scene_are_marked() -> None:
    text = (
        "On Tuesday, 5 November 2012, she went to Harwich. Three days later she sat in the kitchen."
    )
    scene = read(text).scenes[0]
    marks = {(mark.kind, mark.value) for mark in scene.times}
    assert marks >= {("weekday", "tuesday"), ("date", "2012-11-05"), ("elapsed", "+3d")}
    assert {mark.place for mark in scene.places} >= {"Harwich", "the kitchen"}


def test_person_and_tense_are_those_of_the_narration() -> None:
    third = read(
        "She rose. She said, “I am cold. I have a coat. I want tea.” She went to her door."
    )
    assert (third.scenes[0].narration, third.scenes[0].tense) == ("third", "past")
    text = "I rise early. I know the road. I see nobody. It is cold, and I have no coat."
    reading = EnglishReader().read(manuscript_from_text(text), None, lambda *_: None)
    assert (reading.scenes[0].narration, reading.scenes[0].tense) == ("first", "present")


def test_a_scene_is_seen_by_whose_thoughts_it_knows() -> None:
    text = (
        "Nell saw the boat. Nell wondered who steered it. She knew the sail. She felt the wind"
        " turn. Tobias coughed. Tobias stood up. Nell thought of tea."
    )
    assert read(text).scenes[0].pov == "Nell Harker"
    assert read("Tobias stood up. Nell stood up. They went out.").scenes[0].pov is None


def test_a_sentence_that_never_ends_states_nothing() -> None:
    told = "Nell was fifty-one, Tobias was dead, Giles was the brother of Nell and "
    assert stated(f"{told}it rained.", "age") == [("Nell Harker", "51")]
    endless = read(f"{told * 200}it rained.")
    assert (endless.attributes, endless.relations) == ((), ())
