"""Chains of models: when the next is tried, what is said of it, and when it is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.jobs import CancelToken
from inkstand.studio import Studio
from inkstand_sdk.errors import (
    EngineError,
    InkstandError,
    LoadFailed,
    NotFound,
    Offline,
    OutOfMemory,
    OutputInvalid,
    PromptTooLong,
    RateLimited,
    TimedOut,
    Unavailable,
    UsageError,
    WorkerCrashed,
)
from inkstand_sdk.messages import GenerateRequest, GenerateResult

Make = Callable[..., Studio]
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


def written(studio: Studio, *models: str, prompt: str = "a line", **fields: Any) -> GenerateResult:
    """What the first of the models that can gives."""
    first, *rest = [f"faulty:{name}" if ":" not in name else name for name in models]
    request = GenerateRequest.of(prompt, **fields)
    return studio.generate(request, model=first, fallback=rest).result


def codes(result: GenerateResult) -> list[tuple[str, str]]:
    """Which models failed, and how."""
    return [(failure.model, failure.code) for failure in result.failures]


def test_the_fourth_model_answers_when_three_fail_in_three_ways(studio: Studio) -> None:
    result = written(studio, "refuses", "crashes", "busy", "well")
    assert (result.text, result.model, result.backend) == ("a line", "well", "faulty")
    assert codes(result) == [
        ("refuses", "load-failed"),
        ("crashes", "worker-crashed"),
        ("busy", "rate-limited"),
    ]
    assert result.notes[0].startswith("faulty:well wrote this. faulty:refuses could not: The model")
    assert "Too many ask." in result.notes[0]
    assert result.retries == 0


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("refuses", LoadFailed),
        ("too-big", OutOfMemory),
        ("dies-loading", WorkerCrashed),
        ("crashes", WorkerCrashed),
        ("busy", RateLimited),
        ("away", Unavailable),
        ("silent", TimedOut),
        ("hangs", TimedOut),
        ("empty", TimedOut),
        ("missing", NotFound),
        ("unheard:of", NotFound),
    ],
)
def test_each_failure_moves_on_and_alone_is_an_error_of_its_own(
    studio: Studio, name: str, error: type[InkstandError]
) -> None:
    result = written(studio, name, "well", timeout=0.3)
    assert result.text == "a line"
    [failure] = result.failures
    assert failure.code == error.code
    with pytest.raises(error) as told:
        written(studio, name, timeout=0.3)
    assert type(told.value) is error
    assert "failures" not in told.value.data


def test_when_all_fail_one_error_names_each_and_has_the_class_of_the_first(studio: Studio) -> None:
    with pytest.raises(OutOfMemory) as told:
        written(studio, "too-big", "busy", "missing")
    error = told.value
    assert "3 models" in error.what
    for part in ("faulty:too-big: The model does not fit.", "faulty:busy: Too many", "missing"):
        assert part in error.cause
    assert error.fix == "Buy memory."
    assert [failure["code"] for failure in error.data["failures"]] == [
        "out-of-memory",
        "rate-limited",
        "not-found",
    ]


def test_a_request_that_is_wrong_is_sent_to_no_other_model(studio: Studio) -> None:
    with pytest.raises(UsageError, match="no question"):
        written(studio, "refused", "well")
    with pytest.raises(UsageError, match="grammar"):
        written(studio, "well", "scripted:small", grammar="root ::= x")
    with pytest.raises(UsageError, match="Two models"):
        written(studio, "scripted:twin", "well")


def test_an_error_that_ends_a_chain_names_those_tried_before(studio: Studio) -> None:
    with pytest.raises(UsageError, match="no question") as told:
        written(studio, "busy", "refused", "well")
    assert [failure["model"] for failure in told.value.data["failures"]] == ["busy"]


def test_a_fallback_that_cannot_be_used_is_passed_over(studio: Studio) -> None:
    result = written(studio, "busy", "scripted:twin", "gone:x", "well")
    assert codes(result) == [
        ("busy", "rate-limited"),
        ("scripted:twin", "usage"),
        ("gone:x", "not-found"),
    ]


def test_no_other_model_goes_on_with_a_text_that_was_begun(studio: Studio) -> None:
    generation = studio.generate("x", model="faulty:breaks-off", fallback=["faulty:well"])
    with pytest.raises(EngineError, match="out of ink") as told:
        _ = generation.result
    assert told.value.data["written"] == generation.text == "A line "


def test_a_text_that_is_held_back_for_its_schema_was_not_shown_so_another_model_may_write(
    studio: Studio,
) -> None:
    for name, code in (("breaks-off", "engine"), ("garbled", "output-invalid")):
        generation = studio.generate(
            '{"a": 1}', model=f"faulty:{name}", fallback=["faulty:well"], schema=SCHEMA
        )
        assert [chunk.text for chunk in generation if chunk.text] == ['{"a": 1}']
        assert generation.result.value == {"a": 1}
        assert [failure.code for failure in generation.result.failures] == [code]
    with pytest.raises(OutputInvalid) as told:
        written(studio, "garbled", "garbled", schema=SCHEMA)
    assert told.value.data["text"] == "no JSON at all"


def test_a_prompt_that_is_too_long_goes_to_a_model_with_a_longer_context_only(
    studio: Studio,
) -> None:
    result = written(studio, "short", "as-short", "long", "well")
    assert result.model == "long"
    assert codes(result) == [("short", "prompt-too-long"), ("as-short", "prompt-too-long")]
    assert "was not tried" in result.failures[1].why
    with pytest.raises(PromptTooLong) as told:
        written(studio, "short", "as-short")
    assert told.value.data["over_by"] == 424
    titles = [worker.title for worker in studio.live_workers()]
    assert "faulty:as-short" not in titles


def test_a_model_is_tried_once_however_often_it_is_named(studio: Studio) -> None:
    with pytest.raises(RateLimited) as told:
        written(studio, "busy", "busy", "faulty:busy")
    assert "failures" not in told.value.data


def test_a_remote_model_is_passed_over_offline(make_studio: Make) -> None:
    studio = make_studio(offline=True)
    result = studio.generate("x", model="faraway:any", fallback=["faulty:well"]).result
    assert codes(result) == [("faraway:any", "offline")]
    with pytest.raises(Offline):
        written(studio, "faraway:any", "faraway:other")


def test_the_settings_chain_stands_behind_the_default_model_and_not_behind_a_named_one(
    make_studio: Make,
) -> None:
    studio = make_studio("[models]\ndefault = 'faulty:busy'\nfallback = ['faulty:well']\n")
    assert studio.generate("a line").result.model == "well"
    with pytest.raises(RateLimited):
        _ = studio.generate("a line", model="faulty:busy").result
    result = studio.generate("a line", fallback=["faulty:away", "scripted:missing"])
    with pytest.raises(RateLimited, match="3 models"):
        _ = result.result


def test_a_tools_own_chain_goes_before_the_one_for_all(make_studio: Make) -> None:
    studio = make_studio(
        "[models]\ndefault = 'faulty:busy'\nfallback = ['scripted:missing']\n"
        "[tools.model-only]\nfallback = ['faulty:refuses', 'faulty:well']\n"
    )
    job = studio.run_tool("model-only")
    assert job.result().output["text"] == "say hello"
    [note] = job.result().notes
    assert "faulty:well wrote this" in note
    studio.settings.set("tools.model-only.fallback", "faulty:away, faulty:well")
    assert studio.run_tool("model-only").result().output["text"] == "say hello"


def test_a_run_stays_with_the_model_that_can_write(studio: Studio) -> None:
    asked = {"do": "generate", "text": "a line"}
    job = studio.run_tool("script", asked, model="faulty:refuses", fallback=["faulty:well"])
    outcome = job.result()
    assert outcome.output["text"] == "a line"
    assert outcome.output["items"] == ["well", "faulty"]
    assert ["faulty:refuses could not" in note for note in outcome.notes] == [True]


def test_tokens_are_counted_by_the_first_model_that_can_be_loaded(studio: Studio) -> None:
    asked = {"do": "count", "text": "a line"}
    fallback = ["faulty:too-big", "scripted:small"]
    job = studio.run_tool("script", asked, model="faulty:refuses", fallback=fallback)
    assert job.result().output["text"] == "2"
    job = studio.run_tool("script", asked, model="faulty:refuses", fallback=["faulty:too-big"])
    with pytest.raises(LoadFailed, match="2 models"):
        job.result()


def test_a_busy_model_is_asked_again_until_it_answers(studio: Studio, tmp_path: Path) -> None:
    waits: list[float] = []
    studio._workshop.pipeline._patience.wait = lambda _cancel, seconds: waits.append(seconds)
    asked = f'{tmp_path / "asked"} 2 {{"retry_after": 3}}'
    result = written(studio, "passing", prompt=asked)
    assert (result.text, result.retries) == ("at last, at time 3", 2)
    assert all(3 <= seconds < 4 for seconds in waits)
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("data", "times"), [('{"retry_after": 3600}', 1), ('{"tries": 4}', 1), ("{}", 3)]
)
def test_a_busy_model_is_not_asked_for_ever_nor_when_the_wait_is_long_or_the_plugin_has_tried(
    studio: Studio, tmp_path: Path, data: str, times: int
) -> None:
    studio._workshop.pipeline._patience.wait = lambda _cancel, _seconds: None
    asked = tmp_path / "asked"
    with pytest.raises(RateLimited):
        written(studio, "passing", prompt=f"{asked} 99 {data}")
    assert len(asked.read_text().splitlines()) == times


def test_a_cancel_while_it_waits_for_a_busy_model_ends_it_at_once(
    studio: Studio, tmp_path: Path
) -> None:
    token = CancelToken()
    pipeline = studio._workshop.pipeline
    wait = pipeline._patience.wait

    def cancelled_meanwhile(cancel: CancelToken, seconds: float) -> None:
        threading.Thread(target=token.cancel).start()
        wait(cancel, 3600 + seconds)

    pipeline._patience.wait = cancelled_meanwhile
    prompt = f"{tmp_path / 'asked'} 9 {{}}"
    result = studio.generate(prompt, model="faulty:passing", cancel=token).result
    assert (result.finish, result.text) == ("cancelled", "")


def test_a_cancelled_request_goes_to_no_other_model(studio: Studio) -> None:
    generation = studio.generate("x", model="faulty:silent", fallback=["faulty:well"])
    assert next(chunk for chunk in generation if chunk.progress is not None)
    generation.cancel()
    assert (generation.result.finish, generation.result.failures) == ("cancelled", ())
    assert generation.result.model == "silent"


def test_a_cancel_while_a_model_is_loaded_ends_it(studio: Studio) -> None:
    generation = studio.generate("x", model="faulty:well")
    assert next(generation).loading is not None
    generation.cancel()
    assert generation.result.finish == "cancelled"


def test_an_engine_that_is_silent_is_cancelled_and_can_be_used_again(studio: Studio) -> None:
    with pytest.raises(TimedOut, match=r"0\.2 s"):
        written(studio, "silent", timeout=0.2)
    [worker] = [each for each in studio.live_workers() if each.kind == "backend"]
    assert worker.state == "idle"


def test_an_engine_that_does_not_stop_after_its_time_is_killed(studio: Studio) -> None:
    with pytest.raises(TimedOut):
        written(studio, "hangs", timeout=0.2)
    assert [each for each in studio.live_workers() if each.kind == "backend"] == []


def test_the_time_an_engine_may_be_silent_is_a_setting(make_studio: Make) -> None:
    studio = make_studio("[models]\ntimeout = 0.2\n")
    with pytest.raises(TimedOut, match=r"models\.timeout"):
        written(studio, "silent")


def test_an_engine_that_writes_for_ever_is_stopped_at_the_token_limit(studio: Studio) -> None:
    result = written(studio, "endless", max_tokens=8)
    assert result.finish == "length"
    assert 8 <= len(result.text.split()) < 40
    assert any("was stopped" in note for note in result.notes)


def test_an_engine_that_counts_no_tokens_is_stopped_too(studio: Studio) -> None:
    result = written(studio, "uncounted", max_tokens=8)
    assert result.finish == "length"
    assert 26 * 256 < len(result.text) <= 26 * 256 + 300


def test_many_requests_at_once_go_down_the_same_chain(studio: Studio) -> None:
    results: dict[int, GenerateResult] = {}

    def write(number: int) -> None:
        results[number] = written(
            studio, "refuses", "crashes", "away", "well", prompt=f"line {number}"
        )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: result.text for number, result in results.items()} == {
        number: f"line {number}" for number in range(8)
    }
    assert all(len(result.failures) == 3 for result in results.values())
