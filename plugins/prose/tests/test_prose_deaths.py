"""Deaths, however the sentence is built that tells of them, and what is none."""

from __future__ import annotations

import pytest

from inkstand_prose import EnglishReader
from inkstand_prose.facts.deaths import TRIGGERS
from inkstand_sdk.testing.manuscripts import manuscript_from_text

OPENING = "Nell Harker and Tobias Crane sat on the wall. Nell was cold. Tobias had a coat.\n\n"
SURE = 0.7


def dead(text: str) -> set[str]:
    reading = EnglishReader().read(manuscript_from_text(OPENING + text), None, lambda *_: None)
    return {
        one.person
        for one in reading.attributes
        if one.kind == "dead" and one.confidence >= SURE and one.span.start >= len(OPENING)
    }


@pytest.mark.parametrize(
    "text",
    [
        "Tobias, who had never been strong, died before the leaves fell.",
        "Tobias fell ill in Lent and was in the churchyard by Easter.",
        "It was Tobias who had died in the fire.",
        "Tobias was thrown from his horse and killed.",
        "Tobias, dead these ten years, had built the house.",
        "Nell was rich now that Tobias was dead.",
    ],
)
def test_the_subject_of_a_death_is_found_across_its_clause(text: str) -> None:
    assert dead(text) == {"Tobias Crane"}


@pytest.mark.parametrize(
    "text",
    [
        "The cancer took Tobias inside a month.",
        "Nell had not spoken since they buried Tobias.",
        "The ship had gone down with all hands, and Tobias with it.",
        "Forty men were drowned that night, Tobias among them.",
        "Nell had been the last to see Tobias alive.",
        "If Tobias had lived, the house would have been his.",
        "After Tobias’s wake they couldn’t get the smell of lilies out of the house.",
        "Nothing could save Tobias.",
        "Nobody who saw the body doubted that Tobias had been murdered.",
        "Having lingered until the Sunday, Tobias died.",
        "The consumption which had so long threatened Tobias carried him off in March.",
        "At the wake they told stories about Tobias.",
    ],
)
def test_a_death_may_be_told_in_passing(text: str) -> None:
    assert dead(text) == {"Tobias Crane"}


def test_what_a_letter_or_a_doctor_tells_is_a_death_and_a_rumor_is_none() -> None:
    assert dead("The letter said that Tobias had died at Leeds.") == {"Tobias Crane"}
    assert dead("The doctor came out and said that Tobias was dead.") == {"Tobias Crane"}
    assert dead("They said that Tobias was dead.") == set()
    assert dead("There was a rumour that Tobias was dead.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Tobias’s dog died in the night.",
        "The brother of Tobias died in May.",
        "Tobias has not yet died.",
        "Tobias watched the fire until it died.",
        "Nell saw the man whom Tobias had called a coward, and he died.",
        "Tobias shut his eyes, and slept.",
        "To Nell, Tobias was dead.",
        "The old Tobias was dead.",
        "They said Tobias was dead, but it was a lie.",
        "Tobias died in the play.",
    ],
)
def test_another_s_death_and_what_is_no_fact_are_left_out(text: str) -> None:
    assert "Tobias Crane" not in dead(text)


def test_every_pattern_has_a_word_that_leads_to_it() -> None:
    from inkstand_prose.facts import deaths

    for keyed in (*deaths._DYING, *deaths._OF_OTHERS):
        assert keyed.keys, keyed.listed.pattern.pattern
        assert keyed.keys <= TRIGGERS
