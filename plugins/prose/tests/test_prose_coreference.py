"""Whom pronouns mean."""

from __future__ import annotations

from inkstand_prose import EnglishReader
from inkstand_sdk.testing.manuscripts import manuscript_from_text

OPENING = "Nell Harker and Tobias Crane sat on the wall. Nell was cold. Tobias had a coat.\n\n"


def meant(text: str) -> list[tuple[str, str]]:
    whole = OPENING + text
    reading = EnglishReader().read(manuscript_from_text(whole), None, lambda *_: None)
    return [
        (whole[one.span.start : one.span.end], one.person)
        for one in reading.coreferences
        if one.span.start >= len(OPENING) and one.confidence >= 0.5
    ]


def test_a_pronoun_means_the_subject_before_it() -> None:
    assert meant("Nell went out. She shut the door.") == [("She", "Nell Harker")]


def test_each_gender_has_its_own() -> None:
    assert meant("Nell looked at Tobias. She took his hat.") == [
        ("She", "Nell Harker"),
        ("his", "Tobias Crane"),
    ]


def test_an_object_is_not_its_own_subject() -> None:
    text = "Nell met Harriet at the gate. Harriet thanked her."
    assert meant(text) == [("her", "Nell Harker")]


def test_the_pronoun_beside_a_quotation_is_its_speaker() -> None:
    text = "“It is late,” said Tobias. He took his hat."
    assert meant(text) == [("He", "Tobias Crane"), ("his", "Tobias Crane")]


def test_somebody_without_a_name_takes_the_pronoun_after_them() -> None:
    text = "Tobias opened the door. An old man stood there. He was wet."
    assert ("He", "Tobias Crane") not in meant(text)


def test_a_pronoun_may_come_before_its_name() -> None:
    assert meant("With his hat on his knee, Tobias waited.")[0] == ("his", "Tobias Crane")


def test_the_same_text_gives_the_same_coreferences() -> None:
    text = "Nell looked at Tobias. She took his hat. He let her."
    assert meant(text) == meant(text)
