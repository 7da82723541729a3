"""Ages and kin in many ways of saying them: whose, of which time, and what only seems so."""

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


def told(text: str) -> list[tuple[str, str, str]]:
    return sorted(
        {
            (one.person.split()[0], one.kind, one.value)
            for one in read(text).attributes
            if one.kind in {"age", "born", "other"} and one.confidence >= 0.5
        }
    )


def ties(text: str) -> set[tuple[str, str, str, str]]:
    return {
        (one.person.split()[0], one.kind, one.other.split()[0], one.years)
        for one in read(text).relations
        if one.confidence >= 0.5
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nell, the baker’s widow, was forty.", "40"),
        ("“At fifty-one, Nell, you should know better,” said Giles.", "51"),
        ("For a woman of sixty, Nell was quick on her feet.", "60"),
        ("Nell was small, dark and forty.", "40"),
        ("At sixty-one, Nell had stopped counting.", "61"),
        ("Twenty-two and penniless, Nell took the train.", "22"),
        ("Nell, 47, smiled out of the paper.", "47"),
        ("Though she was barely thirty, Nell walked with a stick.", "30"),
        ("Nell, whose fifty-ninth birthday had been kept with fireworks, laughed.", "59"),
        ("Nell was a forty-something with a bad knee.", "40s"),
        ("Nell was in her late fifties.", "56-59"),
        ("Nell would be thirty-one in the autumn.", "30-31"),
        ("“How old is Nell?” asked Giles. “Seventy-one,” said Tobias.", "71"),
        ("“How old are you?” asked Giles. “Thirty-four,” said Nell.", "34"),
        ("“At seventy-one,” said Nell, “one does not learn Italian.”", "71"),
        ("Nell had lately completed her fortieth year.", "40"),
        ("Nell had entered upon her sixty-second year.", "61"),
        ("Nell had not yet reached the age of fifty.", "<50"),
        ("Being no more than thirty-two, Nell could afford to wait.", "<32"),
        ("Nell, a fit forty-nine, took the stairs.", "49"),
        ("Time had been kind to Nell, who at fifty was still called handsome.", "50"),
        ("Nell was old enough, at seventy-three, to remember the first trains.", "73"),
        ("Forty-four years of rain had taught Nell to take a coat.", ">44"),
        ("Nell blew out the candles, all thirty-nine of them.", "39"),
        ("At the clinic Nell wrote thirty-three in the box marked age.", "33"),
        ("Nell was thirty-six when these things happened.", "36"),
        ("Nell was then about thirty, and at the height of her powers.", "~30"),
        ("Nell read on to the end of the form. Name. Address. Age: 41.", "41"),
        ("Nell sat down. Forty-one and still single.", "41"),
    ],
)
def test_an_age_is_read_wherever_it_hangs(text: str, value: str) -> None:
    assert told(text) == [("Nell", "age", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("When Nell was ten her mother left.", "once 10"),
        ("Nell was thirty when the war ended.", "once 30"),
        ("At nineteen Nell had run away to sea.", "once 19"),
        ("Nell was thirty-six when her father died.", "once 36"),
    ],
)
def test_an_age_of_another_time_is_told_as_one(text: str, value: str) -> None:
    assert told(text) == [("Nell", "other", value)]


@pytest.mark.parametrize(
    "text",
    [
        "Six of them Nell had seen before.",
        "“Nearly seventy, I believe,” answered Nell.",
        "Her five sisters came with Nell.",
        "Nell felt about eight years old.",
        "Nell came downstairs at eight, and Giles at nine.",
        "He waited until Nell was twenty.",
        "Nell had 15,000 pounds.",
        "There was a train back at 9.20, and Nell saw herself in it.",
        "Nell counted the sheep. Forty-one and no more.",
        "Nell looked at Tobias. Forty-one and still single.",
        "Nell wrote thirty-three on the box, and shut it.",
        "They sent Nell’s nine-year-old dog away.",
    ],
)
def test_other_numbers_are_no_ages(text: str) -> None:
    assert [one for one in told(text) if one[1] == "age"] == []


@pytest.mark.parametrize(
    ("text", "tie"),
    [
        ("Nell was nine years older than Tobias.", ("Tobias", "elder", "Nell", "9")),
        ("Nell was three years Tobias’s junior.", ("Tobias", "younger", "Nell", "3")),
        ("Nell had two years on Tobias.", ("Tobias", "elder", "Nell", "2")),
        ("Nell and Tobias were of an age.", ("Tobias", "coeval", "Nell", "0")),
        ("Nell was young enough to be Tobias’s daughter.", ("Tobias", "younger", "Nell", ">14")),
        ("When Tobias was born, Nell was already fourteen.", ("Tobias", "elder", "Nell", "14")),
        ("Giles, who kept a shop in the town, was Nell’s uncle.", ("Nell", "uncle", "Giles", "")),
        ("Giles, who had married Nell’s aunt, was a brewer.", ("Nell", "uncle", "Giles", "")),
        ("Nell had an aunt called Harriet.", ("Nell", "aunt", "Harriet", "")),
        ("Giles was a son of Nell’s brother.", ("Nell", "nephew", "Giles", "")),
        ("Nell’s father and Giles’s father were brothers.", ("Nell", "cousin", "Giles", "")),
        ("“Your father Giles was proud of you, Nell,” he said.", ("Nell", "father", "Giles", "")),
        ("Nell was no relation to Giles.", ("Giles", "unrelated", "Nell", "")),
        ("Nell and Giles had the same father.", ("Nell", "sibling", "Giles", "")),
        ("Nell had three children, of whom Giles was the first.", ("Nell", "child", "Giles", "")),
        ("Harriet, as the sister of Nell, had a voice in it.", ("Nell", "sister", "Harriet", "")),
        ("Nell and Giles grew up as strangers, being no kin.", ("Giles", "unrelated", "Nell", "")),
    ],
)
def test_who_is_what_to_whom_is_read_around_the_noun(
    text: str, tie: tuple[str, str, str, str]
) -> None:
    assert tie in ties(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tobias looked older than Nell.",
        "Nell was two months older than Tobias.",
        "Nell loved Giles like a brother.",
        "Harriet, or Hatty, as Nell’s mother always called her, came in.",
        "“Giles is not my brother,” said Nell.",
        "Giles might have been Nell’s brother.",
        "“He was my little father,” said Nell of Giles.",
        "Nell thought of her father, Giles, and the house.",
    ],
)
def test_what_is_likened_or_denied_ties_nobody(text: str) -> None:
    assert ties(text) == set()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Nell never in all her life had a child.", ["no child"]),
        ("As the only child of a curate, Nell had no cousins.", ["no cousin", "only child"]),
        ("Nell grew up without brothers or sisters.", ["no brother", "no sister"]),
        ("Nell had three brothers, and not one sister.", ["3 brother", "no sister"]),
        ("Nell was the youngest of six children.", ["youngest"]),
        ("Nell was childless, and did not mind it.", ["no child"]),
        ("Nell had one child, a daughter, Harriet.", ["no son"]),
        ("Nell had two sisters, both in Ohio. No brothers.", ["2 sister", "no brother"]),
        ("Nell sat down. An only child.", ["only child"]),
        ("Nell looked at Tobias. No brothers.", []),
        ("Nell had never cared for her uncle.", []),
        ("Nell never had any trouble with the child.", []),
    ],
)
def test_the_kin_that_somebody_lacks_is_told(text: str, values: list[str]) -> None:
    assert [value for _, _, value in told(text)] == values
