from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from inkstand_sdk import Backend, Chunk, Finish, GenerateRequest, Model, Sampling, Tool, ToolContext
from inkstand_sdk.errors import Cancelled, NotFound, OutputInvalid, PluginError, UsageError
from inkstand_sdk.testing.manuscripts import manuscript_from_text
from inkstand_sdk.testing.tools import run_tool


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    times: Annotated[int, Meta(ge=1, le=3)] = 1


class Given(msgspec.Struct, frozen=True):
    text: str


class Answer(msgspec.Struct, frozen=True):
    word: Annotated[str, Meta(min_length=1)]


class Parrot(Backend):
    """Writes the answers it was made with, one after another."""

    name = "parrot"

    def __init__(self, *answers: str, reason: Any = "stop") -> None:
        self.answers = iter(answers)
        self.reason = reason

    def load(self, model: Model, settings: Any) -> None:
        pass

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        for part in re.split(r"(?<= )", next(self.answers)):
            if cancelled():
                yield Chunk(finish=Finish("cancelled"))
                return
            yield Chunk(text=part)
        yield Chunk(finish=Finish(self.reason))


def tool(run: Callable[[Any, ToolContext], msgspec.Struct]) -> type[Tool]:
    class Made(Tool):
        name = "made"
        Input = Wanted
        Output = Given

        def run(self, input: Any, ctx: ToolContext) -> msgspec.Struct:
            return run(input, ctx)

    return Made


def test_a_run_keeps_output_text_progress_and_requests() -> None:
    def work(input: Wanted, ctx: ToolContext) -> Given:
        ctx.progress(0.5, "half")
        ctx.write("> ")
        shown = ctx.generate("Say it.", max_tokens=3, system="Be brief.")
        ctx.generate("And this.", show=False)
        return Given(text=shown.text * input.times)

    run = run_tool(tool(work), {"times": 2}, model=Parrot("yes", "no"), engine="model")
    assert run.output == Given(text="yesyes")
    assert run.written == "> yes"
    assert run.progress == ((0.5, "half"),)
    first, second = run.requests
    assert first.max_tokens == 3
    assert [message.role for message in first.messages] == ["system", "user"]
    assert second.prompt_text() == "And this."


@pytest.mark.parametrize("wrong", [{"times": 0}, {"times": 4}, {"time": 1}, {"times": "many"}])
def test_input_is_validated_as_a_face_would(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        run_tool(tool(lambda _input, _ctx: Given(text="")), wrong)


def test_an_instance_out_of_bounds_is_refused_too() -> None:
    with pytest.raises(UsageError):
        run_tool(tool(lambda _input, _ctx: Given(text="")), Wanted(times=9))


def test_an_output_of_another_kind_is_the_tools_fault() -> None:
    with pytest.raises(PluginError, match="Answer"):
        run_tool(tool(lambda _input, _ctx: Answer(word="hm")))


def test_an_output_that_breaks_its_own_bounds_is_the_tools_fault() -> None:
    with pytest.raises(PluginError, match="Struct"):
        run_tool(tool(lambda _input, _ctx: Given(text=7)))  # type: ignore[arg-type]


def test_what_was_not_given_is_said_to_be_missing() -> None:
    with pytest.raises(UsageError):
        run_tool(tool(lambda _input, ctx: Given(text=ctx.manuscript.title)))
    with pytest.raises(NotFound):
        run_tool(
            tool(lambda _input, ctx: Given(text=ctx.reading.reader)),
            manuscript=manuscript_from_text("It rained."),
        )
    with pytest.raises(NotFound):
        run_tool(tool(lambda _input, ctx: Given(text=ctx.model.id)))


def test_cancelling_reaches_progress_and_generation() -> None:
    with pytest.raises(Cancelled):
        run_tool(
            tool(lambda _input, ctx: ctx.progress(0.1) or Given(text="")), cancelled=lambda: True
        )
    with pytest.raises(Cancelled):
        run_tool(
            tool(lambda _input, ctx: Given(text=ctx.generate("On.").text)),
            model=Parrot("a b c"),
            cancelled=lambda: True,
        )


def answer(_input: Wanted, ctx: ToolContext) -> Given:
    return Given(text=ctx.generate_as(Answer, "One word.", sampling=Sampling(seed=7)).word)


def test_generate_as_asks_again_with_another_seed_and_shows_nothing() -> None:
    run = run_tool(tool(answer), model=Parrot("not json", '{"word":"rain"}'), engine="model")
    assert run.output.text == "rain"
    assert run.written == ""
    assert [request.sampling.seed for request in run.requests] == [7, 8]
    schema = run.requests[0].schema
    assert schema is not None
    assert schema.get("$defs", {}).get("Answer", schema)["additionalProperties"] is False


def test_generate_as_finds_the_object_within_a_chatty_answer() -> None:
    chatty = 'Sure! Here it is:\n```json\n{"word":"rain"}\n```'
    assert run_tool(tool(answer), model=Parrot(chatty), engine="model").output.text == "rain"


@pytest.mark.parametrize("text", ["no", '{"word":""}', '{"word":1}', "{}", "", "}{", "\ud800"])
def test_generate_as_gives_up_with_the_raw_text(text: str) -> None:
    with pytest.raises(OutputInvalid) as caught:
        run_tool(tool(answer), model=Parrot(text, text), engine="model")
    assert caught.value.data["text"] == text
    assert caught.value.fix


def test_generate_as_takes_no_text_that_was_cut_off_even_if_it_decodes() -> None:
    backend = Parrot('{"word":"rain"}', '{"word":"rain"}', reason="length")
    with pytest.raises(OutputInvalid, match="cut off"):
        run_tool(tool(answer), model=backend, engine="model")


def test_what_a_tool_proposes_is_in_the_run_and_nowhere_else() -> None:
    story = manuscript_from_text("He went.")

    def run(_: Any, ctx: ToolContext) -> Given:
        first = ctx.propose("She stayed.", scene=ctx.manuscript.scenes[0], why="More.")
        second = ctx.propose("ran", scene=ctx.manuscript.scenes[0].id, start=3, end=7)
        third = ctx.propose("Once.", file="new.md", title="New")
        return Given(f"{first} {second} {third}")

    done = run_tool(tool(run), manuscript=story)

    assert done.output.text == "1 2 3"
    assert [each.text for each in done.proposals] == ["She stayed.", "ran", "Once."]
    assert (done.proposals[1].start, done.proposals[1].end) == (3, 7)
    assert story.scenes[0].text == "He went."


@pytest.mark.parametrize(
    "fields",
    [
        {"text": " "},
        {"text": "x", "scene": None},
        {"text": "x", "file": "also.md"},
        {"text": "x", "scene": "no such"},
        {"text": "x", "start": 0, "end": 99},
        {"text": "x", "start": 5, "end": 2},
        {"text": "x", "end": 2},
    ],
)
def test_a_proposal_for_no_place_is_refused(fields: dict[str, Any]) -> None:
    story = manuscript_from_text("He went.")

    def run(_: Any, ctx: ToolContext) -> Given:
        ctx.propose(**{"scene": ctx.manuscript.scenes[0].id, **fields})
        return Given("done")

    with pytest.raises(UsageError):
        run_tool(tool(run), manuscript=story)
