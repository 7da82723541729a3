from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from inkstand_sdk import Backend, Chunk, Finish, GenerateRequest, Model, TokenCount
from inkstand_sdk.errors import Cancelled, NotFound, PromptTooLong, UsageError
from inkstand_sdk.testing.tools import run_tool
from inkstand_writing.character import CharacterTool
from inkstand_writing.dialogue import DialogueTool, Turn
from inkstand_writing.playwright import turns_of
from inkstand_writing.plot import PlotTool
from inkstand_writing.structures import STRUCTURES
from inkstand_writing.summarizer import Summarizer
from inkstand_writing.text import plain

PAIR = ("Ada Flint", "Mr. Bell")


class Scripted(Backend):
    """A backend that writes what it is told to, and holds `context` words; a real engine cannot
    be made to write exactly these answers."""

    name = "scripted"

    def __init__(self, answer: Callable[[GenerateRequest], str], context: int = 4096) -> None:
        self.answer = answer
        self.context = context

    def load(self, model: Model, settings: Any) -> None:
        pass

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        prompt = self.count_tokens(request.prompt_text()).count
        if prompt >= self.context:
            raise PromptTooLong.of(prompt, self.context)
        words = self.answer(request).split(" ")
        kept = words[: request.max_tokens]
        for number, word in enumerate(kept):
            if cancelled():
                yield Chunk(finish=Finish("cancelled"))
                return
            yield Chunk(text=word if number == 0 else f" {word}")
        yield Chunk(finish=Finish("stop" if len(kept) == len(words) else "length"))

    def count_tokens(self, text: str) -> TokenCount:
        return TokenCount(len(text.split()), exact=True)

    def given(self) -> dict[str, Any]:
        return {"model": self, "context_length": self.context, "engine": "model"}


# With the pocket model, a toy that follows few instructions: whatever it writes, the output holds.


def test_the_pocket_model_summarizes_a_text_longer_than_its_context(
    long_story: Any, pocket: Any
) -> None:
    scene = long_story.manuscript.scenes[0]
    short = msgspec.structs.replace(scene, text=scene.text[:5_000])
    manuscript = msgspec.structs.replace(long_story.manuscript, scenes=(short,))
    reading = type(long_story.reading)(language="en", reader="none", version="0")
    run = run_tool(
        Summarizer, {"sentences": 3}, manuscript=manuscript, reading=reading, **pocket.given()
    )
    assert run.output.summary
    assert run.output.evidence
    assert len(run.requests) > 2
    told = plain(" ".join(request.prompt_text() for request in run.requests))
    for paragraph in short.text.split("\n\n"):
        assert plain(paragraph) in told, "a paragraph never reached the model"
    fractions = [fraction for fraction, _ in run.progress if fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.5


def test_the_pocket_model_describes_somebody_and_the_evidence_stays(
    story: Any, pocket: Any
) -> None:
    output = run_tool(CharacterTool, {"name": "Ada"}, **story.given(), **pocket.given()).output
    plain_output = run_tool(CharacterTool, {"name": "Ada"}, **story.given()).output
    evidence = {trait.aspect: trait.evidence for trait in output.people[0].traits}
    for trait in plain_output.people[0].traits:
        assert evidence[trait.aspect] == trait.evidence


def test_the_pocket_model_writes_a_dialogue_that_streams(story: Any, pocket: Any) -> None:
    run = run_tool(
        DialogueTool,
        {"people": ["Ada", "Bell"], "lines": 4, "max_tokens": 120},
        **story.given(),
        **pocket.given(),
    )
    assert run.output.dialogue
    assert run.output.dialogue in run.written
    assert len(run.output.lines) <= 4
    assert {turn.speaker for turn in run.output.lines} <= set(PAIR)
    assert (
        run.requests[0].prompt_text().endswith("Write a dialogue between Ada Flint and Mr. Bell.")
    )


def test_the_pocket_model_outlines_beat_by_beat(story: Any, pocket: Any) -> None:
    run = run_tool(PlotTool, {"structure": "kishotenketsu"}, **story.given(), **pocket.given())
    assert [beat.name for beat in run.output.outline] == [
        beat.name for beat in STRUCTURES["kishotenketsu"]
    ]
    assert all(beat.text for beat in run.output.outline)
    assert len(run.output.chapters) == 3


def test_the_pocket_model_outlines_a_premise_without_any_manuscript(pocket: Any) -> None:
    run = run_tool(
        PlotTool,
        {"structure": "kishotenketsu", "premise": "A clock stops and nobody can sleep."},
        **pocket.given(),
    )
    assert len(run.output.outline) == 4
    assert all(beat.evidence is None for beat in run.output.outline)
    assert all("nobody can sleep" in request.prompt_text() for request in run.requests)


# With scripted answers.


def test_nothing_of_a_long_text_is_left_out_and_no_prompt_is_too_long(long_story: Any) -> None:
    backend = Scripted(lambda _: "Ada seized the key. The tower burned. They slept.", context=400)
    run = run_tool(Summarizer, {"sentences": 3}, **long_story.given(), **backend.given())
    told = plain(" ".join(request.prompt_text() for request in run.requests))
    text = long_story.manuscript.scenes[0].text
    assert all(plain(paragraph) in told for paragraph in set(text.split("\n\n")))
    assert run.output.summary == "Ada seized the key. The tower burned. They slept."
    assert any("seized the key" in evidence.quote for evidence in run.output.evidence)


def test_a_model_that_only_repeats_its_prompt_comes_to_an_end(long_story: Any) -> None:
    backend = Scripted(lambda request: request.prompt_text(), context=300)
    run = run_tool(Summarizer, {"sentences": 2}, **long_story.given(), **backend.given())
    assert run.output.summary


def test_a_model_that_writes_nothing_leaves_the_texts_own_words_and_a_note(story: Any) -> None:
    output = run_tool(
        Summarizer, {"sentences": 2}, **story.given(), **Scripted(lambda _: "").given()
    ).output
    assert output.summary
    assert any("wrote nothing" in note for note in output.notes)


def test_an_engine_that_counts_otherwise_gets_smaller_pieces(story: Any) -> None:
    class Stingy(Scripted):
        """Its tokenizer says half of what the engine then counts."""

        def count_tokens(self, text: str) -> TokenCount:
            return TokenCount(len(text.split()) // 2, exact=True)

        def generate(
            self, request: GenerateRequest, cancelled: Callable[[], bool]
        ) -> Iterator[Chunk]:
            if len(request.prompt_text().split()) > 120:
                raise PromptTooLong.of(200, 120)
            yield Chunk(text="It burned.")

    output = run_tool(
        Summarizer, {"sentences": 2}, **story.given(), **Stingy(lambda _: "", context=600).given()
    ).output
    assert output.summary == "It burned."


def test_a_stopped_summary_stops_between_two_calls(long_story: Any) -> None:
    calls: list[int] = []

    def answer(_: GenerateRequest) -> str:
        calls.append(1)
        return "It burned."

    with pytest.raises(Cancelled):
        run_tool(
            Summarizer,
            **long_story.given(),
            **Scripted(answer, context=400).given(),
            cancelled=lambda: len(calls) >= 3,
        )
    assert len(calls) == 3


def test_an_invalid_sheet_leaves_the_evidence_and_a_note(story: Any) -> None:
    output = run_tool(
        CharacterTool, **story.given(), **Scripted(lambda _: "{not json").given()
    ).output
    assert output == msgspec.structs.replace(
        run_tool(CharacterTool, **story.given()).output, notes=output.notes
    )
    assert any("no valid sheet for Ada Flint" in note for note in output.notes)


def test_a_sheet_stands_beside_its_quotations(story: Any) -> None:
    sheet = (
        '{"role":"A clockmaker.","appearance":"","manner":"","want":"The clock.","fear":"Fire.",'
        '"bond":""}'
    )
    output = run_tool(
        CharacterTool, {"name": "Ada"}, **story.given(), **Scripted(lambda _: sheet).given()
    ).output
    traits = {trait.aspect: trait for trait in output.people[0].traits}
    assert traits["role"].text == "A clockmaker."
    assert traits["role"].evidence
    assert "manner" not in traits


def test_a_text_without_people_cannot_be_described_by_a_model(nobody: Any) -> None:
    with pytest.raises(UsageError, match="nobody"):
        run_tool(CharacterTool, **nobody.given(), **Scripted(lambda _: "").given())


def test_a_dialogue_needs_two_people(nobody: Any) -> None:
    with pytest.raises(UsageError, match="two people"):
        run_tool(DialogueTool, **nobody.given(), **Scripted(lambda _: "").given())


def test_a_cut_dialogue_is_told(story: Any) -> None:
    backend = Scripted(lambda _: "Ada Flint: It is late. " + "And so on. " * 50)
    output = run_tool(DialogueTool, {"max_tokens": 16}, **story.given(), **backend.given()).output
    assert any("cut off at the limit of 16" in note for note in output.notes)


def test_an_outline_keeps_the_texts_words_where_the_model_fails(story: Any) -> None:
    answers = iter(['{"text":"The whole town wakes up early."}'] + ["nonsense"] * 20)
    output = run_tool(
        PlotTool,
        {"structure": "kishotenketsu"},
        **story.given(),
        **Scripted(lambda _: next(answers)).given(),
    ).output
    assert output.outline[0].text == "The whole town wakes up early."
    assert all(beat.text for beat in output.outline[1:])
    assert any("Ketsu" in note for note in output.notes)


def test_a_context_too_short_for_anything_is_a_clear_error(story: Any) -> None:
    with pytest.raises(PromptTooLong):
        run_tool(Summarizer, **story.given(), **Scripted(lambda _: "", context=60).given())


def test_without_a_model_the_model_engine_says_so(story: Any) -> None:
    with pytest.raises(NotFound):
        run_tool(DialogueTool, **story.given(), engine="model")


# Reading what a model wrote


@pytest.mark.parametrize(
    "text",
    [
        "Ada Flint: Is it late?\nMr. Bell: It is.",
        "**Ada:** “Is it late?”\n\n**Bell:** It is.",
        "Here is a dialogue.\nADA FLINT: Is it late?\n(The rain falls.)\nMR. BELL: It is.",
        "“Is it late?” said Ada.\n\n“It is,” said Mr. Bell.",
        '"Is it late?"\n"It is."',
    ],
)
def test_a_dialogue_is_read_as_script_or_as_prose(text: str) -> None:
    turns = [
        Turn(speaker=turn.speaker, text=turn.text.rstrip(".,")) for turn in turns_of(text, PAIR)
    ]
    assert turns == [
        Turn(speaker="Ada Flint", text="Is it late?"),
        Turn(speaker="Mr. Bell", text="It is"),
    ]


def test_strangers_lines_are_not_given_to_the_two() -> None:
    text = "Ada: Yes.\nTom: No!\nNote: this is all.\nBell: Why?"
    assert [turn.speaker for turn in turns_of(text, PAIR)] == ["Ada Flint", "Mr. Bell"]


@pytest.mark.parametrize("text", ["", "\n\n", "The rain fell.", ":::", "““””", "Ada:"])
def test_what_is_no_dialogue_has_no_lines(text: str) -> None:
    assert list(turns_of(text, PAIR)) == []
