"""Going on with a scene: what the model is sent, and what is proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from inkstand_sdk import Backend, Chunk, Finish, GenerateRequest, Manuscript, Model, TokenCount
from inkstand_sdk.errors import NotFound, OutputInvalid, UsageError
from inkstand_sdk.manuscript import Scene
from inkstand_sdk.testing.tools import ToolRun, run_tool
from inkstand_sdk.tool import BibleEntry
from inkstand_writing.continuing import RULES, ContinueTool


class Scripted(Backend):
    """Writes what it is told to; its context is counted in words. A real engine cannot be made to
    write exactly this."""

    name = "scripted"

    def __init__(self, answer: str, *, cut: bool = False, context: int = 4096) -> None:
        self.answer = answer
        self.cut = cut
        self.context = context

    def load(self, model: Model, settings: Any) -> None:
        pass

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(text=self.answer)
        yield Chunk(finish=Finish("length" if self.cut else "stop"))

    def count_tokens(self, text: str) -> TokenCount:
        return TokenCount(len(text.split()), exact=True)


def story(*texts: str, file: str = "one.md") -> Manuscript:
    scenes = tuple(
        Scene(
            index=number,
            id=f"{file}#{number + 1}",
            text=text,
            title=f"Scene {number + 1}",
            file=file,
        )
        for number, text in enumerate(texts)
    )
    return Manuscript(title="Story", scenes=scenes)


def go_on(manuscript: Manuscript, backend: Scripted, **given: Any) -> ToolRun:
    bible = given.pop("bible", ())
    return run_tool(
        ContinueTool,
        given,
        manuscript=manuscript,
        bible=bible,
        model=backend,
        context_length=backend.context,
        engine="model",
    )


def test_the_last_scene_goes_on_in_a_paragraph_of_its_own() -> None:
    run = go_on(story("First.", "He went home."), Scripted(" It rained.\n"))

    assert run.output.text == "It rained."
    assert run.output.proposal == 1
    (proposal,) = run.proposals
    assert (proposal.scene, proposal.text, proposal.start) == ("one.md#2", "It rained.", None)
    prompt = run.requests[0].prompt_text()
    assert "He went home." in prompt
    assert "First." not in prompt


@pytest.mark.parametrize("name", ["1", "Scene 1", "one.md#1", "scene 1"])
def test_a_scene_is_named_by_number_title_or_id(name: str) -> None:
    run = go_on(story("First.", "Second."), Scripted("More."), scene=name)

    assert run.proposals[0].scene == "one.md#1"


def test_an_unfinished_paragraph_is_finished_on_its_line() -> None:
    run = go_on(story("He went home, and there"), Scripted("was a light."))

    assert (run.proposals[0].start, run.proposals[0].text) == (23, " was a light.")


def test_it_goes_on_from_a_place_in_the_middle() -> None:
    run = go_on(story("He went home. She stayed."), Scripted("It rained."), at=13)

    assert (run.proposals[0].start, run.proposals[0].text) == (13, " It rained.")
    assert "She stayed" not in run.requests[0].prompt_text()


def test_an_answer_cut_off_ends_with_its_last_whole_sentence() -> None:
    run = go_on(story("He went."), Scripted("It rained. “Yes!” And th", cut=True))

    assert run.output.text == "It rained. “Yes!”"
    assert run.proposals[0].text == run.output.text
    assert "unfinished" in run.output.notes[0]


def test_a_text_from_standard_input_is_gone_on_with_and_proposed_for_no_file() -> None:
    run = go_on(story("He went.", file=""), Scripted("It rained."))

    assert run.output.text == "It rained."
    assert (run.output.proposal, run.proposals) == (0, ())
    assert "no file" in run.output.notes[0]


def test_what_changes_seldom_comes_first_and_each_part_says_what_it_is() -> None:
    ada = BibleEntry(kind="characters", name="Ada", fields={"eyes": "gray"}, text="A clockmaker.")
    tom = BibleEntry(kind="characters", name="Tom", text="Her brother.")
    run = go_on(story("Ada went."), Scripted("On."), bible=(tom, ada), wish="It rains.")
    parts = [part for message in run.requests[0].messages for part in message.content]

    assert [part.label for part in parts] == ["rules", "bible: Ada", "manuscript tail", "wish"]
    assert parts[0].text == RULES
    assert "gray" in parts[1].text
    assert "It rains." in parts[-1].text
    assert run.requests[0].dropped == ()


def test_what_does_not_fit_is_listed_and_the_end_of_the_story_is_kept() -> None:
    paragraphs = [f"Paragraph {number} says this and that of Ada." for number in range(200)]
    ada = BibleEntry(kind="characters", name="Ada", text="word " * 400)
    backend = Scripted("On.", context=700)
    run = go_on(story("\n\n".join(paragraphs)), backend, bible=(ada,), words=50)
    request = run.requests[0]

    assert [each.label for each in request.dropped] == ["bible: Ada", "the scene's beginning"]
    assert all(each.tokens > 0 and each.why for each in request.dropped)
    tail = request.messages[1].content[0].text
    assert tail.startswith("Paragraph ")
    assert tail.rstrip().endswith(paragraphs[-1])
    assert backend.count_tokens(request.prompt_text()).count + request.max_tokens <= 700
    assert "did not fit" in run.output.notes[-1]


def test_the_beginning_of_a_prompt_stays_as_the_story_grows() -> None:
    paragraphs = [f"Paragraph {number} says this and that." for number in range(300)]
    begins = set()
    for length in range(200, 220):
        backend = Scripted("On.", context=700)
        run = go_on(story("\n\n".join(paragraphs[:length])), backend, words=50)
        begins.add(run.requests[0].messages[1].content[0].text[:40])

    assert len(begins) <= 3


def test_a_paragraph_longer_than_the_context_is_cut_between_words() -> None:
    backend = Scripted("On.", context=300)
    run = go_on(story("word " * 5_000 + "end."), backend, words=20)

    assert "end." in run.requests[0].prompt_text()
    assert backend.count_tokens(run.requests[0].prompt_text()).count <= 300


def test_wrong_places_and_silent_models_are_told_of() -> None:
    with pytest.raises(UsageError, match="no scene"):
        go_on(story("One."), Scripted("x"), scene="Nowhere")
    with pytest.raises(UsageError, match="several"):
        go_on(story("One.", "Two."), Scripted("x"), scene="scene")
    with pytest.raises(UsageError, match="fewer"):
        go_on(story("One."), Scripted("x"), at=99)
    with pytest.raises(OutputInvalid):
        go_on(story("One."), Scripted(" \n"))
    with pytest.raises(UsageError, match="engine"):
        run_tool(ContinueTool, {}, manuscript=story("One."), engine="analysis")
    with pytest.raises(NotFound):
        run_tool(ContinueTool, {}, manuscript=story("One."), engine="model")


def test_the_pocket_model_goes_on_with_a_story(pocket: Any, long_story: Any) -> None:
    scenes = tuple(
        msgspec.structs.replace(scene, file="one.md") for scene in long_story.manuscript.scenes
    )
    manuscript = msgspec.structs.replace(long_story.manuscript, scenes=scenes)
    run = run_tool(ContinueTool, {"words": 40}, manuscript=manuscript, **pocket.given())

    assert run.output.text
    assert run.proposals[0].text.strip() == run.output.text
