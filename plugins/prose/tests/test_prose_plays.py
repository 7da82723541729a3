"""Plays: every speech is one of the speaker under whose name it stands."""

from __future__ import annotations

import pytest

from inkstand_prose import EnglishReader
from inkstand_sdk.reader import Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text

SPEECHES = [
    ("Dorn", "Who left the lamp burning?"),
    ("Mrs. Ware", "I did. I thought that Hester might still come, Dorn."),
    ("Dorn", "At this hour? The ferry is gone."),
    ("Hester", "The ferry is not the only way over the water."),
    ("Mrs. Ware", "Hester! You are wet to the bone."),
    ("First Sailor", "She swam the last of it, ma'am."),
    ("Hester", "I did not swim. I fell in."),
    ("First Sailor", "That is one way to put it."),
]


def read(text: str) -> Reading:
    return EnglishReader().read(manuscript_from_text(text), None, lambda fraction, said: None)


FORMS = {
    "capitals and a stop": lambda name, words: f"{name.upper()}. {words}",
    "capitals and a colon": lambda name, words: f"{name.upper()}: {words}",
    "capitals on a line": lambda name, words: f"{name.upper()}\n{words}",
    "capitals on a paragraph": lambda name, words: f"{name.upper()}\n\n{words}",
    "a name and a colon": lambda name, words: f"{name}: {words}",
    "a direction": lambda name, words: f"{name.upper()} (at the door). {words}",
    "Markdown": lambda name, words: f"**{name.upper()}.** {words}",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_speech_is_explicitly_the_one_under_whose_name_it_stands(form: str) -> None:
    if form == "a name and a colon":
        speeches = [(name.replace("Mrs. Ware", "Ware"), words) for name, words in SPEECHES]
    else:
        speeches = SPEECHES
    body = "\n\n".join(FORMS[form](name, words) for name, words in speeches)
    text = f"A kitchen by the sea. Night.\n\n{body}\n\n[Exeunt all but DORN]"
    quotations = read(text).quotations
    assert [q.text for q in quotations] == [words for _, words in speeches]
    assert {q.kind for q in quotations} == {"explicit"}
    assert min(q.confidence for q in quotations) >= 0.5
    assert [str(q.speaker).split()[-1] for q in quotations] == [n.split()[-1] for n, _ in speeches]


def test_directions_are_left_out_and_longer_speeches_go_on() -> None:
    speeches = "\n\n".join(f"{name.upper()}. {words}" for name, words in SPEECHES)
    text = (
        speeches
        + "\n\nHESTER. (sitting down) I walked. [She laughs] Then I fell.\n\nIn the dark one does."
        + "\n\nEnter the FERRYMAN.\n\nDORN. Here he is."
    )
    last = read(text).quotations[-4:]
    assert [q.text for q in last] == [
        "I walked.",
        "Then I fell.",
        "In the dark one does.",
        "Here he is.",
    ]
    assert [q.continues for q in last] == [False, True, True, False]
    assert [q.speaker for q in last][:3] == ["Hester"] * 3


@pytest.mark.parametrize(
    "text",
    [
        '"Yes," said Nell.\n\nNOTICE. The bridge is closed.\n\n"No," said Tobias.\n\nHe left.',
        "WARNING: wet paint.\n\nWARNING: wet paint.\n\nWARNING: wet paint.\n\nWARNING: wet paint.",
        "CHAPTER I. The Boat\n\nIt was late.\n\nCHAPTER II. The Quay\n\nIt was early.",
        "From: Nell\n\nTo: Tobias\n\nSubject: the boat\n\nDear Tobias: I am well.\n\nNell",
        "Monday: rain.\n\nTuesday: rain.\n\nWednesday: sun.\n\nThursday: rain.\n\nFriday: fog.",
    ],
)
def test_what_only_looks_like_a_play_in_places_is_read_as_prose(text: str) -> None:
    assert not [q for q in read(text).quotations if q.kind == "explicit" and q.text[0] in "TwrIa"]


def test_the_title_the_persons_and_unmarked_directions_are_no_speech() -> None:
    speeches = "\n\n".join(f"{name.upper()}. {words}" for name, words in SPEECHES)
    text = (
        "THE FERRY\nA Play in One Act\n\nPERSONS\nDORN, a farmer\nHESTER, his niece\n"
        "The FIRST SAILOR\n\nScene: A kitchen by the sea. Night.\n\n"
        + speeches
        + "\n\nA bell rings.\n\nHESTER. That is the ferry.\n\nThe sailor enters with a lamp."
        "\n\nScene 2\n\nThe same kitchen, a year later.\n\nDORN. Again the lamp!"
    )
    said = [*(words for _, words in SPEECHES), "That is the ferry.", "Again the lamp!"]
    assert [q.text for q in read(text).quotations] == said


def test_the_headings_of_a_french_play_are_no_speech() -> None:
    text = (
        "ACTE PREMIER\n\nSCÈNE I. — LISETTE, LE COMTE.\n\nLISETTE. — Monsieur vous attend.\n\n"
        "LE COMTE, à part. — Qu'il attende !\n\nLISETTE. — Monsieur le sait.\n\n"
        "LE COMTE. Alors j'y vais. (Il sort.)\n\nSCÈNE II. — LISETTE, seule.\n\n"
        "LISETTE. — Il n'ira pas."
    )
    assert [q.text for q in read(text).quotations] == [
        "Monsieur vous attend.",
        "Qu'il attende !",
        "Monsieur le sait.",
        "Alors j'y vais.",
        "Il n'ira pas.",
    ]
