"""Who says each line."""

from __future__ import annotations

import msgspec
import pytest

from inkstand_prose import EnglishReader
from inkstand_sdk.reader import COMMITTED, Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text


def read(text: str) -> Reading:
    return EnglishReader().read(manuscript_from_text(text), None, lambda fraction, message: None)


def speakers(text: str) -> list[str | None]:
    return [quotation.speaker for quotation in read(text).quotations]


OPENING = "Nell and Tobias sat on the wall. Nell was cold. Tobias had a coat.\n\n"


@pytest.mark.parametrize(
    "line",
    [
        '"It is late," said Nell.',
        '"It is late," Nell said.',
        '"It is late!" cried Nell softly.',
        '"It is late," interposed Nell, and looked at Tobias.',
        'Nell said, "It is late."',
        'Nell looked at Tobias and said: "It is late."',
        '"It is late," Nell, turning to Tobias, said.',
        '"It is late?" asked the shivering Nell.',
        '"It is late," said poor old Nell, and wept.',
        '"It is late," the good Nell remarked.',
    ],
)
def test_a_tag_names_the_speaker(line: str) -> None:
    quotation = read(OPENING + line).quotations[0]
    assert quotation.speaker == "Nell"
    assert quotation.kind == "explicit"
    assert quotation.confidence >= COMMITTED
    assert quotation.cue is not None


def test_a_pronoun_is_the_nearest_person_whom_it_fits() -> None:
    text = OPENING + '"It is late," she said.\n\n"Take it," he said.'
    reading = read(text)
    assert [q.speaker for q in reading.quotations] == ["Nell", "Tobias"]
    assert {q.kind for q in reading.quotations} == {"pronoun"}


def test_two_people_take_turns() -> None:
    text = OPENING + (
        '"It is late," said Nell.\n\n"Is it?" said Tobias.\n\n"Past nine."\n\n"So soon?"\n\n'
        '"You never look."\n\n"I have no watch."'
    )
    assert speakers(text) == ["Nell", "Tobias"] * 3


def test_a_tag_further_on_tells_who_spoke_before() -> None:
    text = (
        OPENING + '"It is late."\n\n"Is it?"\n\n"Past nine," said Nell.\n\n"So soon?" said Tobias.'
    )
    assert speakers(text) == ["Nell", "Tobias"] * 2


def test_the_one_who_acts_beside_a_line_says_it() -> None:
    text = OPENING + '"It is late," said Nell.\n\nTobias shrugged. "Is it?"'
    assert speakers(text) == ["Nell", "Tobias"]


def test_the_one_who_is_called_does_not_speak() -> None:
    text = OPENING + '"It is late, Tobias."\n\n"Is it, Nell?"'
    reading = read(text)
    assert [q.speaker for q in reading.quotations] == ["Nell", "Tobias"]
    assert [q.addressees for q in reading.quotations] == [("Tobias",), ("Nell",)]


def test_the_parts_of_an_interrupted_speech_are_one_speakers() -> None:
    reading = read(OPENING + '"It is late," said Nell, "and I am cold." Tobias looked away.')
    first, second = reading.quotations
    assert first.speaker == second.speaker == "Nell"
    assert (first.continues, second.continues) == (False, True)


def test_a_speech_over_two_paragraphs_is_one_speakers() -> None:
    text = OPENING + 'Tobias said, "I knew a man once.\n\n"He had no coat."\n\n"And?" said Nell.'
    reading = read(text)
    assert [q.speaker for q in reading.quotations] == ["Tobias", "Tobias", "Nell"]
    assert reading.quotations[1].continues


def test_two_tags_in_one_paragraph_are_two_speakers() -> None:
    text = OPENING + '"It is late," said Nell. "Is it?" said Tobias.'
    assert speakers(text) == ["Nell", "Tobias"]


def test_the_point_of_view_counts_before_anybody_is_named() -> None:
    manuscript = manuscript_from_text(
        [
            '"Yes," said Nell Orme. Nell Orme smiled. "No," said Tobias. Tobias frowned.',
            'She knocked. "Is anyone in?" she asked.',
        ]
    )
    scenes = (manuscript.scenes[0], msgspec.structs.replace(manuscript.scenes[1], pov="Nell Orme"))
    manuscript = msgspec.structs.replace(manuscript, scenes=scenes)
    reading = EnglishReader().read(manuscript, None, lambda fraction, message: None)
    assert reading.quotations[-1].speaker == "Nell Orme"


def test_scenes_list_their_people_in_order_and_count_words() -> None:
    scene = read(OPENING + '"It is late," said Nell.').scenes[0]
    assert scene.people == ("Nell", "Tobias")
    assert scene.words == 19
    assert scene.spoken_words == 3
    assert len(scene.paragraphs) == 2
    assert len(scene.sentences) == 4


def test_two_pronouns_in_one_paragraph_are_two_speakers() -> None:
    text = 'Nell came out. I bowed. I waited. She bowed and said, "You are late?" "Yes," I said.'
    assert speakers(text) == ["Nell", "Narrator"]


def test_the_pronoun_nearest_to_the_verb_is_its_subject() -> None:
    text = (
        "Nell came out. I bowed. I waited. " + 'When I said nothing, she smiled and asked, "Well?"'
    )
    assert speakers(text) == ["Nell"]


def test_whoever_speaks_before_and_after_a_line_is_spoken_to() -> None:
    text = (
        'Nell, Tobias and Ida sat down. "It is late," said Nell.\n\n"Is it?" said Tobias.\n\n'
        '"Past nine," said Ida.'
    )
    assert read(text).quotations[1].addressees == ("Nell", "Ida")
