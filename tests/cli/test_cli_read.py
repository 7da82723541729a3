"""`inkstand read`: what a manuscript says, as tables for a person and as JSON for programs."""

from __future__ import annotations

from typing import Any

import pytest

Program = Any
ONE = """# The Boat

It was Tuesday. Nell Harwick had grey eyes. She looked at the boat.

"Come in," said Nell. "The tide is late."

"Is it?" asked Tobias Orme. Tobias was Nell's brother.

# The Quay

The next morning Nell walked to the quay.

"You came," said Tobias. He was fifty-one.
"""
TWO = '"No," said Nell Harwick. She was gone.\n'
SPANS = ("cast", "quotations", "attributes", "relations", "coreferences", "remarks")


@pytest.fixture
def story(inkstand: Program) -> str:
    inkstand.file("story/1.md", ONE)
    inkstand.file("story/2.md", TWO)
    return "story"


def places(item: Any) -> list[dict[str, Any]]:
    """All places in a piece of JSON."""
    if isinstance(item, list):
        return [found for each in item for found in places(each)]
    if not isinstance(item, dict):
        return []
    inside = [found for each in item.values() for found in places(each)]
    return [item, *inside] if {"start", "end"} <= item.keys() else inside


def test_every_place_in_the_json_is_where_its_file_has_the_words(
    inkstand: Program, story: str
) -> None:
    reading = inkstand("read", story, "--json").json()
    files = {"1.md": ONE, "2.md": TWO}
    found = [place for part in SPANS for place in places(reading[part])]
    found += [mark for scene in reading["scenes"] for mark in (*scene["times"], *scene["places"])]
    assert len(found) > 15
    for place in found:
        words = files[place["file"]][place["start"] : place["end"]]
        assert words.strip()
        assert place.get("text", words) == words


def test_a_file_of_its_own_has_places_without_a_file(inkstand: Program, story: str) -> None:
    reading = inkstand("read", "story/1.md", "--json").json()
    assert all("file" not in quotation for quotation in reading["quotations"])
    (eyes,) = [each for each in reading["attributes"] if each["kind"] == "eyes"]
    assert eyes["person"] == "Nell Harwick"
    assert ONE[eyes["start"] : eyes["end"]] == eyes["text"]


def test_a_person_is_shown_people_scenes_and_where_to_find_more(
    inkstand: Program, story: str
) -> None:
    shown = inkstand("read", story).out
    for words in ("Nell Harwick", "grey eyes", "aged 51", "The Quay", "--part"):
        assert words in shown


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("cast", "Tobias Orme"),
        ("facts", "brother"),
        ("scenes", "The Boat"),
        ("curves", "Sentiment"),
        ("style", "Reading ease"),
        ("voices", "voice"),
        ("remarks", "looked at again"),
    ],
)
def test_a_part_is_shown_by_itself(inkstand: Program, story: str, part: str, words: str) -> None:
    shown = inkstand("read", story, "--part", part).out
    assert words.lower() in shown.lower()
    assert "--part" not in shown


def test_a_part_that_is_not_there_is_refused_with_those_that_are(
    inkstand: Program, story: str
) -> None:
    told = inkstand("read", story, "--part", "weather")
    told.refused("'remarks'", status=2)
