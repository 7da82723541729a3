from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from inkstand_sdk import Span
from inkstand_sdk.errors import Cancelled, UsageError
from inkstand_sdk.facts import Attribute, Relation
from inkstand_sdk.testing.tools import run_tool
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.character import CharacterTool
from inkstand_writing.dialogue import DialogueTool
from inkstand_writing.plot import PlotTool
from inkstand_writing.structures import STRUCTURES
from inkstand_writing.summarizer import Summarizer


def quotes(evidence: Any) -> list[str]:
    return [" ".join(item.quote.split()) for item in evidence]


# The summarizer


def test_a_summary_has_the_sentences_asked_for_in_the_order_of_the_text(story: Any) -> None:
    output = run_tool(Summarizer, {"sentences": 3}, **story.given()).output
    places = [(item.scene, item.start) for item in output.evidence]
    assert len(places) == 3
    assert places == sorted(places)
    assert output.summary == " ".join(quotes(output.evidence))


def test_a_summary_prefers_deeds_of_the_people_to_weather_and_talk(story: Any) -> None:
    output = run_tool(Summarizer, {"sentences": 4}, **story.given()).output
    assert "Ada" in output.summary
    assert "“" not in output.summary
    assert "rain" not in output.summary


def test_chapters_can_be_left_out_and_asked_for(story: Any) -> None:
    output = run_tool(Summarizer, {"per_chapter": 1}, **story.given()).output
    assert [chapter.title for chapter in output.chapters] == ["Arrival", "Fire", "Peace"]
    assert all(len(chapter.evidence) == 1 for chapter in output.chapters)
    assert run_tool(Summarizer, {"per_chapter": 0}, **story.given()).output.chapters == ()


def test_a_summary_of_a_repeating_text_does_not_repeat_itself(long_story: Any) -> None:
    output = run_tool(Summarizer, {"sentences": 5, "per_chapter": 0}, **long_story.given()).output
    found = quotes(output.evidence)
    assert len(found) >= 3
    assert len(set(found)) == len(found)


def test_key_phrases_are_names_first_then_what_the_text_keeps_coming_back_to(story: Any) -> None:
    output = run_tool(Summarizer, {"keyphrases": 9}, **story.given()).output
    kinds = [phrase.kind for phrase in output.key_phrases]
    assert kinds[:3] == ["name", "name", "name"]
    assert {"clock", "tower"} <= {
        word for phrase in output.key_phrases for word in phrase.phrase.lower().split()
    }
    none = run_tool(Summarizer, {"keyphrases": 0}, **story.given())
    assert none.output.key_phrases == ()


@pytest.mark.parametrize(
    "wrong", [{"sentences": 0}, {"sentences": 51}, {"per_chapter": -1}, {"keyphrase": 3}]
)
def test_input_out_of_bounds_or_unknown_is_refused(wrong: dict[str, int], story: Any) -> None:
    with pytest.raises(UsageError):
        run_tool(Summarizer, wrong, **story.given())


def test_a_stopped_tool_stops(long_story: Any) -> None:
    for tool in (Summarizer, CharacterTool, DialogueTool, PlotTool):
        with pytest.raises(Cancelled):
            run_tool(tool, **long_story.given(), cancelled=lambda: True)


# The character tool


def test_a_person_has_role_looks_want_and_fear_from_the_text(story: Any) -> None:
    output = run_tool(CharacterTool, {"name": "Ada"}, **story.given()).output
    (ada,) = output.people
    assert ada.name == "Ada Flint"
    assert ada.aliases == ("Ada",)
    assert quotes([ada.first_seen]) == [
        "Ada Flint was a clockmaker with gray eyes and ink on her cuffs."
    ]
    traits = {trait.aspect: quotes(trait.evidence) for trait in ada.traits}
    assert any("clockmaker" in quote for quote in traits["role"])
    assert any("wanted the tower clock" in quote for quote in traits["want"])


def test_an_apposition_tells_the_role_and_the_verb_the_looks(story: Any) -> None:
    (bell,) = run_tool(CharacterTool, {"name": "Mr. Bell"}, **story.given()).output.people
    (role,) = (trait for trait in bell.traits if trait.aspect == "role")
    assert quotes(role.evidence) == ["Mr. Bell, the mayor, was a tall, stout man in a brown coat."]


def test_what_others_say_of_somebody_is_quoted_with_who_says_it(story: Any) -> None:
    (tom,) = run_tool(CharacterTool, {"name": "Tom"}, **story.given()).output.people
    remarks = [(remark.speaker, remark.evidence.quote) for remark in tom.said_of]
    assert ("Mr. Bell", "Tom was always a coward,") in remarks


def test_companions_are_those_one_talks_with_first(story: Any) -> None:
    (ada,) = run_tool(CharacterTool, {"name": "Ada"}, **story.given()).output.people
    assert [companion.name for companion in ada.companions] == ["Mr. Bell", "Tom Bell"]
    assert ada.companions[0].exchanges > ada.companions[1].exchanges > 0
    assert ada.companions[0].together == 3


def stated(story: Any) -> dict[str, Any]:
    """The story, with what a reader finds stated in it."""
    fire = story.manuscript.scenes[1].text
    at = fire.index("his brother")
    eyes = Attribute(person="Ada Flint", kind="eyes", value="grey", span=Span(0, 24, 33))
    guess = msgspec.structs.replace(eyes, value="green", confidence=0.3)
    kin = Relation(
        person="Mr. Bell", other="Tom Bell", kind="brother", span=Span(1, at, at + 11), speaker=None
    )
    reading = msgspec.structs.replace(story.reading, attributes=(eyes, guess), relations=(kin,))
    return {**story.given(), "reading": reading}


def test_facts_and_kin_stand_with_the_sentences_that_state_them(story: Any) -> None:
    output = run_tool(CharacterTool, **stated(story)).output
    people = {person.name: person for person in output.people}
    (eyes,) = people["Ada Flint"].facts
    assert (eyes.kind, eyes.value, eyes.said_by) == ("eyes", "grey", "")
    assert quotes([eyes.evidence]) == [
        "Ada Flint was a clockmaker with gray eyes and ink on her cuffs."
    ]
    for name, other in (("Mr. Bell", "Tom Bell"), ("Tom Bell", "Mr. Bell")):
        (tie,) = people[name].kin
        assert (tie.name, tie.kind) == (other, "brother")
        assert "struck his brother" in tie.evidence.quote
    assert people["Ada Flint"].kin == ()


def test_the_page_of_the_bible_stands_beside_what_the_text_says(story: Any) -> None:
    page = BibleEntry(
        kind="character",
        name="Ada Flint",
        file="bible/characters/ada.md",
        fields={
            "aliases": ["Ada"],
            "eyes": "grey",
            "status": [{"value": "dead", "from": "Peace"}],
            "relationships": {"Tom Bell": "never trusted him"},
        },
    )
    place = BibleEntry(kind="place", name="Ada Flint", file="bible/places/ada.md")
    output = run_tool(CharacterTool, **story.given(), bible=(page, place)).output
    people = {person.name: person for person in output.people}
    (found,) = people["Ada Flint"].bible
    assert found.file == "bible/characters/ada.md"
    assert found.notes == ("eyes: grey", "Tom Bell: never trusted him")
    assert people["Tom Bell"].bible == ()


def test_the_limit_holds_and_is_told(story: Any) -> None:
    output = run_tool(CharacterTool, {"limit": 1, "quotes": 0}, **story.given()).output
    assert len(output.people) == 1
    assert output.found == 3
    assert output.people[0].says == ()
    assert any("2 more" in note for note in output.notes)


def test_a_text_without_people_is_not_an_error_but_a_note(nobody: Any) -> None:
    output = run_tool(CharacterTool, **nobody.given()).output
    assert output.people == ()
    assert any("No people" in note for note in output.notes)


# The dialogue tool


def test_voices_differ_by_what_can_be_counted(story: Any) -> None:
    output = run_tool(DialogueTool, **story.given()).output
    voices = {voice.name: voice for voice in output.speakers}
    assert voices["Ada Flint"].questions > voices["Mr. Bell"].questions
    assert voices["Tom Bell"].exclamations == 1
    assert voices["Mr. Bell"].broken_off > 0


def test_the_liveliest_talk_of_two_is_shown_with_its_place(story: Any) -> None:
    output = run_tool(DialogueTool, {"people": ["Bell", "Ada"]}, **story.given()).output
    assert [turn.speaker for turn in output.lines][:2] == ["Ada Flint", "Mr. Bell"]
    assert output.source.label == "Arrival"
    assert output.dialogue == ""
    assert {voice.name for voice in output.speakers} == {"Ada Flint", "Mr. Bell"}


def test_one_name_is_completed_by_whom_they_talk_with_most(story: Any) -> None:
    output = run_tool(DialogueTool, {"people": ["Tom"]}, **story.given()).output
    assert {turn.speaker for turn in output.lines} == {"Ada Flint", "Tom Bell"}


def test_two_names_of_one_person_are_refused(story: Any) -> None:
    with pytest.raises(UsageError, match="same person"):
        run_tool(DialogueTool, {"people": ["Ada", "Ada Flint"]}, **story.given())


def test_unknown_speakers_are_left_out_and_told(tell: Callable[..., Any]) -> None:
    story = tell(("“Yes,” said Ada. “No.”\n\n“Why?”",), {"Ada": ("female", ("Ada",))}, ("Ada",))
    output = run_tool(DialogueTool, **story.given()).output
    assert [voice.lines for voice in output.speakers] == [1]
    assert any("not certain" in note for note in output.notes)


# The plot tool


def test_tension_is_highest_where_it_burns(story: Any) -> None:
    output = run_tool(PlotTool, **story.given()).output
    assert len(output.tension) == 3
    assert max(output.tension) == output.tension[1]
    fire = output.chapters[1]
    assert fire.tension == output.tension[1]
    assert fire.people[0] in {"Ada Flint", "Tom Bell"}


def test_the_turning_point_is_in_the_fire_and_says_why(story: Any) -> None:
    output = run_tool(PlotTool, {"turning_points": 1}, **story.given()).output
    (turn,) = output.turning_points
    assert turn.evidence.label == "Fire"
    assert "tension rises" in turn.why


@pytest.mark.parametrize("structure", STRUCTURES)
def test_each_structure_is_laid_along_the_text_in_order(structure: str, long_story: Any) -> None:
    output = run_tool(PlotTool, {"structure": structure}, **long_story.given()).output
    names = [beat.name for beat in output.outline]
    assert names == [beat.name for beat in STRUCTURES[structure]]  # type: ignore[index]
    starts = [beat.evidence.start for beat in output.outline]
    assert len(set(starts)) == len(starts)
    for beat, plan in zip(output.outline, STRUCTURES[structure], strict=True):  # type: ignore[index]
        assert abs(beat.percent - 100 * plan.at) <= 8


def test_an_even_text_has_an_even_curve(tell: Callable[..., Any]) -> None:
    text = "The rain fell on the empty town for nine days and nights.\n\n" * 900
    output = run_tool(PlotTool, **tell((text,), {}, ()).given()).output
    assert len(set(output.tension)) == 1


def test_a_plot_without_text_and_model_needs_a_text() -> None:
    with pytest.raises(UsageError, match="--engine model"):
        run_tool(PlotTool, {"premise": "A clock stops."})
    with pytest.raises(UsageError):
        run_tool(PlotTool)


def test_a_text_of_one_word_is_its_own_summary(tell: Callable[..., Any]) -> None:
    assert run_tool(Summarizer, **tell(("Once.",), {}, ()).given()).output.summary == "Once."
