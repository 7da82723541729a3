"""From a request to a result, with real workers: retries, errors, hooks, schemas, cancelling."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.generation.generation import Generation
from inkstand.jobs import CancelToken
from inkstand.studio import Studio
from inkstand_sdk.errors import (
    Cancelled,
    EngineError,
    InkstandError,
    NotFound,
    Offline,
    OutputInvalid,
    SchemaError,
    UsageError,
    WorkerCrashed,
)
from inkstand_sdk.messages import Adapter, Chunk, GenerateRequest, Message, Sampling

MODEL = "scripted:small"
Make = Callable[..., Studio]
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


def _begun(generation: Generation) -> str:
    """The first text of a generation, its model loaded by then."""
    return next(chunk.text for chunk in generation if chunk.text)


def test_chunks_come_as_they_are_written_and_the_last_has_the_finish(studio: Studio) -> None:
    generation = studio.generate("say one two", model=MODEL)
    chunks = [chunk for chunk in generation if chunk.loading is None]
    assert [chunk.text for chunk in chunks] == ["one ", "two ", ""]
    assert [chunk.finish is not None for chunk in chunks] == [False, False, True]
    result = generation.result
    assert (result.text, result.finish) == ("one two ", "stop")
    assert (result.model, result.backend) == ("small", "scripted")
    assert result.load_ms > 0
    assert result.request_id
    assert studio.generate("say again", model=MODEL).result.load_ms == 0


def test_one_stream_tells_of_the_load_then_the_prompt_then_the_text(studio: Studio) -> None:
    def kind(chunk: Chunk) -> str:
        if chunk.loading is not None:
            return "loading"
        return "prompt" if chunk.progress is not None else "text" if chunk.text else "finish"

    kinds = [kind(chunk) for chunk in studio.generate("a line", model="faulty:well")]
    assert list(dict.fromkeys(kinds)) == ["loading", "prompt", "text", "finish"]
    again = [kind(chunk) for chunk in studio.generate("a line", model="faulty:well")]
    assert again == ["prompt", "text", "finish"]


def test_a_stream_that_is_left_early_is_recorded_as_cancelled(
    studio: Studio, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    with studio.generate("forever", model=MODEL, id="left") as generation:
        _begun(generation)
    eventually(lambda: bool(studio.usage.calls(request_id="left")))
    [call] = studio.usage.calls(request_id="left")
    assert (call.outcome, call.model) == ("cancelled", "small")


def test_a_crash_before_the_first_token_is_retried_once(studio: Studio, tmp_path: Path) -> None:
    result = studio.generate(f"die_once {tmp_path / 'died'}", model=MODEL).result
    assert (result.text, result.retries) == ("alive again", 1)


def test_a_second_crash_is_an_error(studio: Studio) -> None:
    with pytest.raises(WorkerCrashed) as told:
        _ = studio.generate("die", model=MODEL).result
    assert told.value.data["written"] == ""
    assert told.value.data["signal"] == 9
    assert studio.generate("say still here", model=MODEL).result.text == "still here "


def test_a_crash_after_the_first_token_is_an_error_with_what_was_written(studio: Studio) -> None:
    generation = studio.generate("die_after half a line", model=MODEL)
    with pytest.raises(WorkerCrashed) as told:
        _ = generation.result
    assert told.value.data["written"] == "half a line"
    assert generation.text == "half a line"


def test_an_engines_error_has_what_was_written_too(studio: Studio) -> None:
    with pytest.raises(EngineError, match="out of ink") as told:
        _ = studio.generate("fail_after half a line", model=MODEL).result
    assert told.value.data["written"] == "half a line"


def test_sampling_that_is_not_honored_is_reported(studio: Studio) -> None:
    sampling = Sampling(temperature=0.5, top_k=3, min_p=0.1, seed=1)
    result = studio.generate("say x", model=MODEL, sampling=sampling).result
    assert result.unsupported == ("min_p", "top_k")


@pytest.mark.parametrize("text", ['{"a": 1}', ' {"a": 1}\n'])
def test_a_valid_answer_to_a_schema_is_decoded(studio: Studio, text: str) -> None:
    result = studio.generate(f"write {text}", model=MODEL, schema=SCHEMA).result
    assert result.value == {"a": 1}
    assert result.text == text


@pytest.mark.parametrize("text", ["", "{", '{"a": "x"}', '{"b": 1}', "\\ud800", "[" * 3000])
def test_an_invalid_answer_to_a_schema_is_an_error_with_the_text(studio: Studio, text: str) -> None:
    with pytest.raises(OutputInvalid) as told:
        _ = studio.generate(f"write {text}", model=MODEL, schema=SCHEMA, attempts=1).result
    assert told.value.data["text"] == text


def test_an_answer_that_is_nearly_json_is_mended_and_its_text_kept(studio: Studio) -> None:
    result = studio.generate('write {"a": 1,} so there', model=MODEL, schema=SCHEMA).result
    assert (result.value, result.repaired) == ({"a": 1}, True)
    assert result.text == '{"a": 1,} so there'
    assert any("mended" in note for note in result.notes)


def test_a_model_is_told_what_was_wrong_with_its_json_and_asked_again(
    studio: Studio, tmp_path: Path
) -> None:
    generation = studio.generate(f"{tmp_path / 'asked'}", model="faulty:learns", schema=SCHEMA)
    texts = [chunk.text for chunk in generation if chunk.text]
    assert texts == ['{"a": 1}']
    assert (generation.result.value, generation.result.retries) == ({"a": 1}, 1)


def test_an_answer_cut_at_the_token_limit_is_invalid_though_it_decodes(studio: Studio) -> None:
    with pytest.raises(OutputInvalid, match="cut off"):
        _ = studio.generate('cut {"a": 1}', model=MODEL, schema=SCHEMA).result


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (GenerateRequest(), UsageError),
        (GenerateRequest(prompt="x", messages=(Message.of("user", "x"),)), UsageError),
        (GenerateRequest(prompt="x", max_tokens=0), UsageError),
        (GenerateRequest(prompt="x", max_tokens=-5), UsageError),
        (GenerateRequest(prompt="x", sampling=Sampling(temperature=-1.0)), UsageError),
        (GenerateRequest(prompt="x", sampling=Sampling(temperature=float("nan"))), UsageError),
        (GenerateRequest(prompt="x", stop=("",)), UsageError),
        (GenerateRequest(prompt="\ud800"), UsageError),
        (GenerateRequest(prompt="x", schema={}, grammar="root ::= x"), UsageError),
        (GenerateRequest(prompt="x", grammar="root ::= x"), UsageError),
        (GenerateRequest(prompt="x", adapters=(Adapter("a.gguf"),)), UsageError),
        (GenerateRequest(prompt="x", schema={"type": "nonsense"}), SchemaError),
    ],
)
def test_a_request_that_cannot_be_is_refused_before_anything_starts(
    studio: Studio, request_: GenerateRequest, error: type[InkstandError]
) -> None:
    with pytest.raises(error):
        studio.generate(request_, model=MODEL)
    assert studio.live_workers() == []


@pytest.mark.parametrize(
    "schema",
    [
        [],
        True,
        {"type": "nonsense"},
        {"properties": []},
        {"pattern": "["},
        {"$ref": "#/$defs/missing"},
        {"$ref": "https://example.org/schema"},
        {"$ref": "other.json"},
        {"$dynamicRef": "https://example.org/schema"},
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"enum": ["x" * 2_000_000]},
        {"const": "\ud800"},
    ],
)
def test_a_schema_that_is_none_is_refused(studio: Studio, schema: Any) -> None:
    with pytest.raises((SchemaError, UsageError)):
        studio.generate(GenerateRequest(prompt="x", schema=schema), model=MODEL)


def test_a_schema_may_refer_to_itself(studio: Studio) -> None:
    tree = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}, "$ref": {"type": "null"}},
        "required": ["kids"],
    }
    request = GenerateRequest(prompt='write {"kids": [{"kids": []}]}', schema=tree)
    assert studio.generate(request, model=MODEL).result.value == {"kids": [{"kids": []}]}
    with pytest.raises(OutputInvalid, match="kids"):
        _ = studio.generate(
            GenerateRequest(prompt='write {"kids": [{}]}', schema=tree, attempts=1), model=MODEL
        ).result


def test_hooks_may_change_a_request_and_a_result(studio: Studio) -> None:
    assert studio.generate("say HOOK-CHANGES", model=MODEL).result.text == "changed "
    assert studio.generate("write AFTER-CHANGES", model=MODEL).result.text == "changed after"


@pytest.mark.parametrize("word", ["HOOK-RAISES", "HOOK-BREAKS", "HOOK-DIES", "AFTER-RAISES"])
def test_a_hook_that_fails_is_named_and_skipped(studio: Studio, word: str) -> None:
    result = studio.generate(f"write {word}", model=MODEL).result
    assert result.text == word
    [note] = result.notes
    assert "inkstand-scripted" in note
    assert "skipped" in note


def test_cancelling_ends_the_stream_and_keeps_what_was_written(studio: Studio) -> None:
    generation = studio.generate("forever and ", model=MODEL)
    assert _begun(generation) == "and "
    generation.cancel()
    result = generation.result
    assert result.finish == "cancelled"
    assert result.text.startswith("and ")
    assert result.notes == ()
    assert studio.generate("say next", model=MODEL).result.text == "next "


def test_a_token_of_the_callers_cancels_and_is_left_alone(studio: Studio) -> None:
    token = CancelToken()
    assert studio.generate("say x", model=MODEL, cancel=token).result.text == "x "
    with studio.generate("forever", model=MODEL, cancel=token) as generation:
        _begun(generation)
    assert not token.cancelled
    with studio.generate("forever", model=MODEL, cancel=token) as generation:
        _begun(generation)
        token.cancel()
        assert generation.result.finish == "cancelled"


def test_a_generation_cancelled_before_it_starts_writes_nothing(studio: Studio) -> None:
    generation = studio.generate("say x", model=MODEL)
    generation.cancel()
    assert (generation.result.finish, generation.result.text) == ("cancelled", "")


def test_leaving_a_stream_early_frees_its_worker(
    studio: Studio, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    with studio.generate("forever", model=MODEL) as generation:
        _begun(generation)
        assert any(worker.state == "busy" for worker in studio.live_workers())
    eventually(lambda: all(worker.state == "idle" for worker in studio.live_workers()))
    with pytest.raises(InkstandError, match="closed before its end"):
        _ = generation.result


def test_a_generation_whose_worker_the_user_stops_says_so(studio: Studio) -> None:
    generation = studio.generate("forever", model=MODEL)
    _begun(generation)
    studio.stop_workers("scripted:small")
    result = generation.result
    assert result.finish == "cancelled"
    assert any("stopped" in note for note in result.notes)


def test_several_generations_run_at_once(studio: Studio) -> None:
    texts: dict[int, str] = {}

    def write(number: int) -> None:
        texts[number] = studio.generate(f"say number {number}", model=MODEL).result.text

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {number: f"number {number} " for number in range(6)}
    assert len([worker for worker in studio.live_workers() if worker.kind == "backend"]) == 1


def test_settings_reach_the_backend_and_make_another_worker(make_studio: Make) -> None:
    studio = make_studio("[backends.scripted]\ngreeting = 'Hello. '\n")
    assert studio.generate("say x", model=MODEL).result.text == "Hello. x "
    changed = studio.generate("say x", model=MODEL, settings={"greeting": "Bye. "})
    assert changed.result.text == "Bye. x "


def test_how_a_model_takes_messages_is_told_if_messages_are_sent(studio: Studio) -> None:
    untaught = {"chat_template": False}
    sent = studio.generate("say x", model=MODEL, settings=untaught).result
    assert any("chat template" in note for note in sent.notes)
    raw = studio.generate("say x", model=MODEL, settings=untaught, raw=True).result
    assert not any("chat template" in note for note in raw.notes)


def test_a_wrong_setting_of_a_backend_is_told(make_studio: Make) -> None:
    studio = make_studio("[backends.scripted]\nslots = 99\n")
    with pytest.raises(InkstandError, match="slots"):
        _ = studio.generate("say x", model=MODEL).result
    studio = make_studio()
    with pytest.raises(InkstandError, match="greting"):
        _ = studio.generate("say x", model=MODEL, settings={"greting": "x"}).result


def test_a_remote_backend_is_refused_offline(make_studio: Make) -> None:
    assert make_studio().generate("x", model="faraway:any/name").result.text == "from far away"
    with pytest.raises(Offline):
        make_studio(offline=True).generate("x", model="faraway:any")


def test_a_closed_studio_says_so(studio: Studio) -> None:
    assert studio.generate("say x", model=MODEL).result.text
    studio.close()
    studio.close()
    with pytest.raises((UsageError, Cancelled), match="clos"):
        _ = studio.generate("say x", model=MODEL).result


def test_measuring_a_backend_gives_figures(studio: Studio) -> None:
    with pytest.raises(NotFound):
        studio.library.test("missing")
    with pytest.raises(UsageError, match="no model here"):
        studio.library.test("faraway")
