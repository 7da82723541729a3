"""The style tool: what it tells, what sounds unlike the rest, and a passage rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from inkstand_sdk import Backend, Chunk, Finish, GenerateRequest, Manuscript, Model, TokenCount
from inkstand_sdk.errors import OutputInvalid, UsageError
from inkstand_sdk.manuscript import Scene
from inkstand_sdk.reader import Span
from inkstand_sdk.style import Frequency, Remark, Rhythm, Richness, Style, Use, Voice
from inkstand_sdk.testing.tools import ToolRun, run_tool
from inkstand_writing.style.delta import FEWEST_WORDS, Part, Yardstick, is_striking, prose
from inkstand_writing.style.telling import in_words, voice_in_words
from inkstand_writing.style.tool import StyleTool

FUNCTION_WORDS = {"the": 60.0, "of": 30.0, "she": 20.0, "and": 25.0}
STYLE = Style(
    words=5_000,
    richness=Richness(mattr=0.75, mtld=80.0),
    sentences=Rhythm(count=400, mean=8.0, median=7.0, first_quartile=4.0, longest=40, contrast=0.8),
    openings=(Use("she", 40),),
    marks={"comma": 50.0, "dash": 12.0},
    function_words=FUNCTION_WORDS,
    phrases=(Use("the great clock", 3, 20.0),),
    remarks={"echo": 4, "passive": 1},
)


class Scripted(Backend):
    """Writes what it is told to. A real engine cannot be made to write exactly this."""

    name = "scripted"

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def load(self, model: Model, settings: Any) -> None:
        pass

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(text=self.answer)
        yield Chunk(finish=Finish("stop"))

    def count_tokens(self, text: str) -> TokenCount:
        return TokenCount(len(text.split()), exact=True)


def remark(kind: str, story: Any, words: str, **fields: Any) -> Remark:
    (scene,) = (s for s in story.manuscript.scenes if words in s.text)
    start = scene.text.index(words)
    span = Span(scene.index, start, start + len(words))
    return Remark(kind=kind, span=span, text=words, note="Look.", **fields)


@pytest.fixture
def styled(story: Any) -> dict[str, Any]:
    """The story of the clock with a style, two voices and three remarks."""
    found = (
        remark("adverb", story, "said Mr. Bell.\n\nAda seized", strength=0.2),
        remark("echo", story, "wound the great clock", strength=0.9),
        remark("passive", story, "had stolen", strength=0.5),
    )
    marks = {"question": 30.0}
    voices = (
        Voice(person="Ada Flint", lines=6, style=Style(words=900, marks=marks)),
        Voice(person="Mr. Bell", lines=6, style=Style(words=800), words=(Use("coward", 3, 2.5),)),
    )
    reading = msgspec.structs.replace(story.reading, style=STYLE, remarks=found, voices=voices)
    return {"manuscript": story.manuscript, "reading": reading}


def look(styled: dict[str, Any], **given: Any) -> Any:
    return run_tool(StyleTool, given, **styled).output


def test_everything_is_told_and_quoted_word_for_word(styled: dict[str, Any]) -> None:
    output = look(styled)
    assert output.told
    assert output.measures
    assert output.counts
    assert [voice.name for voice in output.voices] == ["Ada Flint", "Mr. Bell"]
    assert output.voices[1].own_words == ("coward",)
    (phrase,) = output.phrases
    assert "the great clock" in phrase.evidence.quote
    for shown in output.remarks:
        evidence = shown.evidence
        text = styled["manuscript"].scenes[evidence.scene].text
        assert text[evidence.start : evidence.end] == evidence.quote
    assert output.proposal is None


def test_the_most_striking_remarks_come_first_and_stand_in_the_books_order(
    styled: dict[str, Any],
) -> None:
    assert [each.kind for each in look(styled, limit=1).remarks] == ["echo"]
    assert [each.kind for each in look(styled, limit=2).remarks] == ["echo", "passive"]
    assert [each.kind for each in look(styled, limit=9).remarks] == ["echo", "passive", "adverb"]
    assert look(styled, limit=0).remarks == ()


def test_remarks_of_one_kind_or_scene_are_shown_alone(styled: dict[str, Any]) -> None:
    assert [each.kind for each in look(styled, kinds=("Passive",)).remarks] == ["passive"]
    assert [each.kind for each in look(styled, scene="Arrival").remarks] == ["echo"]
    assert [each.kind for each in look(styled, scene="2").remarks] == ["passive", "adverb"]
    assert look(styled, kinds=("cliche",)).remarks == ()


@pytest.mark.parametrize(
    "given", [{"kinds": ("spelling",)}, {"scene": "Nowhere"}, {"person": "Quennell"}]
)
def test_what_is_not_there_is_said_with_what_is(
    styled: dict[str, Any], given: dict[str, Any]
) -> None:
    with pytest.raises(UsageError) as raised:
        look(styled, **given)
    assert raised.value.fix


def test_one_person_is_shown_alone_and_one_who_hardly_speaks_is_said_so(
    styled: dict[str, Any],
) -> None:
    output = look(styled, person="Bell", show="voices")
    assert [voice.name for voice in output.voices] == ["Mr. Bell"]
    assert not output.remarks
    assert not output.told
    with pytest.raises(UsageError, match="no voice"):
        look(styled, person="Tom")


def test_only_the_part_asked_for_is_shown(styled: dict[str, Any]) -> None:
    remarks = look(styled, show="remarks")
    assert remarks.remarks
    assert not remarks.told
    assert not remarks.voices
    fingerprint = look(styled, show="fingerprint")
    assert fingerprint.told
    assert not fingerprint.remarks
    assert not fingerprint.voices


def test_a_reading_without_style_is_no_error(story: Any) -> None:
    output = run_tool(StyleTool, **story.given()).output
    assert any("measures no style" in note for note in output.notes)
    assert output.told == output.remarks == output.voices == ()


def test_the_fingerprint_is_told_as_it_is() -> None:
    told = " ".join(in_words(STYLE))
    assert "Sentences are short and change much" in told
    assert "vocabulary is rich" in told
    assert "12 dashes" in told
    assert "semicolons" not in told
    long = msgspec.structs.replace(STYLE, sentences=Rhythm(count=9, mean=30.0, contrast=0.3))
    assert "long and are much like their neighbors" in " ".join(in_words(long))
    assert in_words(Style()) == ("There is nothing to measure.",)


def test_of_few_words_and_of_unknown_languages_nothing_is_made_up() -> None:
    few = msgspec.structs.replace(STYLE, words=30)
    assert in_words(few) == ("30 words of narration are too few to tell a style from.",)
    told = " ".join(in_words(STYLE))
    assert "Reading ease" not in told
    assert "English" not in told
    english = msgspec.structs.replace(STYLE, frequency=Frequency(first_100=0.5, rarer=0.1))
    assert "Reading ease" in " ".join(in_words(english))


def test_a_voice_is_told_by_what_sets_it_apart(styled: dict[str, Any]) -> None:
    ada, bell = styled["reading"].voices
    assert "More than the others: questions" in " ".join(voice_in_words(ada, (ada, bell)))
    assert "Less than the others: questions" in " ".join(voice_in_words(bell, (ada, bell)))
    assert "others" not in " ".join(voice_in_words(ada, (ada,)))


def part(number: int, words: str, mark: str = ",") -> Part:
    row = tuple((words + f" w{number} x y z q r s t ").split() * 60)
    return Part(f"Scene {number}", number, prose(row, mark * 30, 40))


def test_the_part_that_another_wrote_is_the_one_found() -> None:
    parts = [part(n, "the of she and the the of") for n in range(8)]
    parts.append(part(8, "and and and she she x y", ";"))
    yardstick = Yardstick(parts, FUNCTION_WORDS)
    striking = [each.title for each in parts if is_striking(yardstick.measure(each.prose))]
    assert striking == ["Scene 8"]
    assert "semicolons" in dict(yardstick.measure(parts[8].prose).words)


def test_of_parts_by_one_hand_none_is_unlike() -> None:
    parts = [part(n, "the of she and the the of") for n in range(8)]
    yardstick = Yardstick(parts, FUNCTION_WORDS)
    assert not any(is_striking(yardstick.measure(each.prose)) for each in parts)


@pytest.fixture
def long_styled(tell: Callable[..., Any]) -> dict[str, Any]:
    """Six scenes of one hand, long enough to be weighed."""
    line = "She wound the clock of the tower, and the rain of the night came down and stayed. "
    texts = tuple(line * (FEWEST_WORDS // 16 + 4) for _ in range(6))
    story = tell(texts, {}, (), titles=tuple(f"Scene {n}" for n in range(6)))
    reading = msgspec.structs.replace(story.reading, style=STYLE)
    return {"manuscript": story.manuscript, "reading": reading}


def test_a_passage_is_held_against_the_book(long_styled: dict[str, Any]) -> None:
    own = "She wound the clock of the tower, and the rain of the night came down and stayed. "
    like = look(long_styled, passage=own * 30).comparison
    unlike = look(long_styled, passage="Stop! Now! Run! Go! Why? " * 90).comparison
    assert like.delta < unlike.delta
    assert like.verdict == "It sounds like the book."
    assert unlike.verdict == "It does not sound like the book."
    assert look(long_styled).comparison is None


def rewrite(styled: dict[str, Any], answer: str, **given: Any) -> ToolRun:
    return run_tool(
        StyleTool, given, model=Scripted(answer), context_length=4096, engine="model", **styled
    )


def test_a_passage_of_the_book_is_rewritten_as_a_proposal_in_its_place(
    styled: dict[str, Any],
) -> None:
    passage = "He wept. Mr. Bell struck his brother and the key fell."
    run = rewrite(styled, "He cried.", passage=passage)
    assert (run.output.text, run.output.proposal) == ("He cried.", 1)
    (proposal,) = run.proposals
    scene = styled["manuscript"].scenes[1]
    assert scene.text[proposal.start : proposal.end] == passage
    prompt = run.requests[0].prompt_text()
    assert passage in prompt
    assert "Sentences are short" in prompt
    assert "the great clock" in prompt


@pytest.mark.parametrize("passage", ["Nobody ever wrote this.", "Ada"])
def test_a_passage_that_stands_nowhere_or_often_is_not_proposed(
    styled: dict[str, Any], passage: str
) -> None:
    run = rewrite(styled, "Better.", passage=passage)
    assert run.output.text == "Better."
    assert run.output.proposal is None
    assert run.proposals == ()


def test_a_text_without_a_file_gets_the_passage_and_no_proposal(styled: dict[str, Any]) -> None:
    scenes = tuple(msgspec.structs.replace(scene, file="") for scene in styled["manuscript"].scenes)
    given = {**styled, "manuscript": Manuscript(title="Clock", scenes=scenes)}
    run = rewrite(given, "He cried.", passage="He wept.")
    assert (run.output.text, run.output.proposal) == ("He cried.", None)
    assert any("no file" in note for note in run.output.notes)


def test_a_model_needs_a_passage_and_has_to_write_something(styled: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no passage"):
        rewrite(styled, "He cried.")
    with pytest.raises(OutputInvalid):
        rewrite(styled, "  \n", passage="He wept.")


def test_an_empty_manuscript_is_said_to_be_empty() -> None:
    manuscript = Manuscript(title="", scenes=(Scene(index=0, id="a", text=" "),))
    with pytest.raises(Exception, match="no text to read"):
        run_tool(StyleTool, manuscript=manuscript)
