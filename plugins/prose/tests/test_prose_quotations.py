"""Where speech begins and ends, in every convention and in spite of apostrophes."""

from __future__ import annotations

import pytest

from inkstand_prose.conventions import find_convention
from inkstand_prose.paragraphs import paragraphs
from inkstand_prose.quotations import find_quotes


def spoken(text: str) -> list[str]:
    spans = paragraphs(text)
    return [text[q.start : q.end] for q in find_quotes(text, spans, find_convention(text))]


@pytest.mark.parametrize(
    ("opener", "closer"),
    [
        ('"', '"'),
        ("“", "”"),
        ("‘", "’"),
        ("'", "'"),
        ("«", "»"),
        ("»", "«"),
        ("„", "“"),
        ("”", "”"),
    ],
)
def test_speech_is_found_between_marks_of_each_kind(opener: str, closer: str) -> None:
    text = (
        f"{opener}The ferry is late,{closer} said Nell. "
        f"{opener}It will come,{closer} said Tobias.\n\n"
        f"{opener}Then we wait.{closer}"
    )
    assert spoken(text) == ["The ferry is late,", "It will come,", "Then we wait."]


def test_spaces_inside_angled_marks_are_no_part_of_the_speech() -> None:
    assert spoken("Il entra. « Bonjour, Marie ! » Elle sourit.") == ["Bonjour, Marie !"]


def test_a_dash_opens_speech_and_the_tag_is_left_out() -> None:
    text = (
        "— The tide has turned, said Nell. We can go.\n— Not yet.\n"
        "— When, then? asked Tobias.\nShe looked at the water.\n"
    )
    assert spoken(text) == ["The tide has turned,", "We can go.", "Not yet.", "When, then?"]


def test_a_speech_of_several_paragraphs_repeats_its_opening_mark() -> None:
    text = '"We sailed at dawn.\n\n"By noon the wind had gone.\n\n"We rowed."\n\nNobody spoke.'
    assert spoken(text) == ["We sailed at dawn.", "By noon the wind had gone.", "We rowed."]
    spans = paragraphs(text)
    quotes = find_quotes(text, spans, find_convention(text))
    assert [quote.resumes for quote in quotes] == [False, True, True]


def test_an_interrupted_speech_has_two_parts() -> None:
    assert spoken('"I never," said Nell, "go near it."') == ["I never,", "go near it."]


def test_what_somebody_quotes_is_part_of_what_they_say() -> None:
    assert spoken("“She said ‘never’ and left,” said Nell.") == ["She said ‘never’ and left,"]
    assert spoken("‘She said “never” and left,’ said Nell.") == ["She said “never” and left,"]


def test_apostrophes_are_no_marks() -> None:
    text = (
        "‘'Tis the boys’ boat, and it isn’t ours,’ said Nell. The dogs’ bowls were Tobias’s.\n\n"
        "‘Get ’em out o’ there,’ he said."
    )
    assert spoken(text) == ["'Tis the boys’ boat, and it isn’t ours,", "Get ’em out o’ there,"]


def test_straight_apostrophes_are_no_marks() -> None:
    text = (
        "'It isn't the boys' boat,' said Nell.\n\n"
        "'Whose, then?' asked Tobias. The dogs' bowls stood empty."
    )
    assert spoken(text) == ["It isn't the boys' boat,", "Whose, then?"]


def test_a_word_held_at_arms_length_is_no_speech() -> None:
    assert spoken('The "cottage" had forty rooms, and the "Heron" lay at anchor.') == []


@pytest.mark.parametrize("text", ['He called out "wait" and ran.', 'She said "no" again.'])
def test_a_word_that_is_said_is_speech(text: str) -> None:
    assert len(spoken(text)) in {0, 1}
    assert spoken('She said "no" again.') == ["no"]


def test_a_missing_mark_spoils_no_other_paragraph() -> None:
    text = (
        '"Who is there? said Nell.\n\nNobody answered.\n\n"It is I," said Tobias.\n\nShe laughed.'
    )
    found = spoken(text)
    assert found[-1] == "It is I,"
    assert "Nobody answered." not in found


def test_a_missing_opening_mark_is_put_at_the_start_of_the_paragraph() -> None:
    text = 'I know him," said Nell.\n\n"Do you?" asked Tobias.'
    assert spoken(text) == ["I know him,", "Do you?"]


def test_a_letter_set_off_by_its_indent_is_no_speech() -> None:
    plain = '"Listen," said Nell, and she read.\n\n' + "The rain went on.\n\n" * 20
    letter = '    "Dear Nell,\n\n    "I am well, and the boat\n    is mended."\n\n'
    assert spoken(plain + letter + "Tobias yawned.") == ["Listen,"]


def test_a_long_letter_in_an_indented_block_is_no_speech() -> None:
    letter = '     "A line of the letter, which goes on for a\n     while.\n\n' * 6
    text = (
        "She opened the letter in the hall and read it there, standing up,\n"
        "with her hat on.\n\n"
        f"{letter}"
        '"Well?" said Tobias, who had come in after her and had been waiting\n'
        "by the door.\n"
    )
    assert spoken(text) == ["Well?"]


def test_paragraphs_that_begin_with_an_indented_line_may_be_speech() -> None:
    text = (
        '     "A line of the talk, which goes on for a while and then for a\n'
        'little longer," said Nell.\n\n'
        "The clock in the hall struck, and nobody in the house took any\n"
        "notice of it.\n\n"
    )
    assert len(spoken(text * 6)) == 6


def test_an_opening_mark_typed_for_a_closing_one_closes() -> None:
    assert spoken("“I am,“ said Tobias. “Come in.“") == ["I am,", "Come in."]


def test_feet_and_inches_are_no_marks() -> None:
    assert spoken('"I am 6\'2" and afraid," said Nell.') == ["I am 6'2\" and afraid,"]
    assert spoken('The board was 4" wide and 12" long, and he planed it.') == []


def test_a_paragraph_in_single_marks_among_others_in_double_ones_is_speech() -> None:
    text = (
        "“Well?” said Nell.\n\n“Well what?” said Tobias.\n\n"
        "‘I don’t know,’ said Nell. The dogs’ bowls were empty.\n\n"
        "Said he, ‘How’s the boat?’\n\nThe ‘change’ was at nine, and the boys’ hats were wet."
    )
    assert spoken(text) == ["Well?", "Well what?", "I don’t know,", "How’s the boat?"]


def test_what_somebody_does_after_the_tag_is_no_speech_in_dashes() -> None:
    text = (
        "— The tide has turned, said Nell, and put down the oars.\n\n"
        "— Has it? asked Tobias, laughing. I must go, then.\n\n"
        "— Go, said Nell, and take the lamp.\n\n— I will.\n\nShe looked at the water."
    )
    assert spoken(text) == [
        "The tide has turned,",
        "Has it?",
        "I must go, then.",
        "Go,",
        "and take the lamp.",
        "I will.",
    ]
