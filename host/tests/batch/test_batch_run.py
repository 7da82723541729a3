"""A batch at work: order, places, turns for memory, ends, and how little of the source is held."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkstand.batch.batches import Batch, Batches
from inkstand.batch.lines import Answer, Asked
from inkstand.batch.run import MOST_LINES, BatchProgress
from inkstand.jobs import CancelToken
from inkstand_sdk.errors import Cancelled, InputError, LoadFailed, NotFound, OutOfMemory, UsageError
from inkstand_sdk.messages import GenerateResult, LoadProgress, Usage

OnLoad = Callable[[LoadProgress | None], None]


class Engine:
    """Answers by what the prompt says; counts who is there at the same time."""

    def __init__(self, places: int = 4) -> None:
        self._places = places
        self._lock = threading.Lock()
        self.seen: list[str] = []
        self.now: dict[str, int] = {}
        self.most = 0
        self.mixed = False
        self.gate = threading.Event()
        self.memory_for_one = False

    def places(self, model: str) -> int:
        return self._places

    def write(self, line: Asked, cancel: CancelToken, on_load: OnLoad) -> GenerateResult:
        prompt = line.request.prompt_text()
        with self._lock:
            self.seen.append(prompt)
            self.now[line.model] = self.now.get(line.model, 0) + 1
            self.most = max(self.most, sum(self.now.values()))
            others = sum(self.now.values()) - self.now[line.model]
        try:
            if self.memory_for_one and others:
                self.mixed = True
                raise OutOfMemory("It does not fit.")
            return self._answer(prompt, line, cancel)
        finally:
            with self._lock:
                self.now[line.model] -= 1

    def _answer(self, prompt: str, line: Asked, cancel: CancelToken) -> GenerateResult:
        if prompt == "wait":
            while not self.gate.wait(0.01):
                cancel.check()
        if prompt == "until another model is tried":
            while not self.mixed:
                assert not cancel.wait(0.005)
        if prompt == "fail":
            raise LoadFailed("It does not load.")
        if prompt == "bug":
            raise ZeroDivisionError
        if prompt == "stopped":
            raise Cancelled("It was stopped by the user.")
        usage = Usage(completion_tokens=1)
        return GenerateResult(
            text=f"<{prompt}>", finish="stop", model=line.model, backend="b", usage=usage
        )


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def batches(tmp_path: Path, engine: Engine) -> Batches:
    return Batches(tmp_path / "state", lambda _: engine)


def answers(job: Batch) -> list[Answer]:
    return [event for event in job.events() if isinstance(event, Answer)]


def texts(job: Batch) -> list[str]:
    return [answer.result.text if answer.result else "error" for answer in answers(job)]


def test_answers_come_in_the_order_of_the_requests(batches: Batches, engine: Engine) -> None:
    job = batches.start(["wait", "two", {"prompt": ""}, "four"])
    while {"two", "four"} - set(engine.seen):
        assert not job.done
    engine.gate.set()
    assert texts(job) == ["<wait>", "<two>", "error", "<four>"]
    outcome = job.result()
    assert (outcome.done, outcome.failed, outcome.tokens) == (4, 1, 3)


def test_every_place_is_taken_and_one_request_waits_for_the_next(
    batches: Batches, engine: Engine, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    job = batches.start(["wait"] * 40)
    eventually(lambda: sum(engine.now.values()) == 5)
    engine.gate.set()
    assert len(texts(job)) == 40
    assert engine.most == 5


def test_only_a_window_of_the_source_is_held(
    batches: Batches, engine: Engine, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield "wait" if read == 1 else "go"

    job = batches.start(endless())
    eventually(lambda: len(engine.seen) == MOST_LINES)
    assert read <= MOST_LINES + 1
    job.cancel()
    with pytest.raises(Cancelled):
        job.result()


def test_models_share_the_batch_and_take_turns_if_memory_holds_one(
    batches: Batches, engine: Engine
) -> None:
    engine.memory_for_one = True
    first = "until another model is tried"
    prompts = [first, *map(str, range(60))]
    requests = [{"prompt": each, "model": "ab"[place % 2]} for place, each in enumerate(prompts)]
    assert texts(batches.start(requests)) == [f"<{prompt}>" for prompt in prompts]


def test_a_model_that_never_fits_is_an_error_of_its_lines(batches: Batches) -> None:
    class Full(Engine):
        def _answer(self, prompt: str, line: Asked, cancel: CancelToken) -> GenerateResult:
            if line.model == "b":
                raise OutOfMemory("It does not fit.")
            return super()._answer(prompt, line, cancel)

    batches = Batches(Path(), lambda _: Full())
    requests = [{"prompt": str(number), "model": "ab"[number % 2]} for number in range(20)]
    assert texts(batches.start(requests)).count("error") == 10


def test_a_batch_whose_own_model_cannot_be_used_ends_at_once(batches: Batches) -> None:
    job = batches.start(["fail"] * 1000)
    with pytest.raises(LoadFailed):
        job.result()


def test_a_model_that_has_answered_may_fail_a_line_and_so_may_one_that_a_line_named(
    batches: Batches, engine: Engine, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    job = batches.start(["first", *["go"] * 20, "fail", "last", {"prompt": "fail", "model": "x"}])
    assert texts(job) == ["<first>", *["<go>"] * 20, "error", "<last>", "error"]


def test_a_fault_of_ours_ends_the_batch_and_hangs_nothing(batches: Batches) -> None:
    with pytest.raises(ZeroDivisionError):
        batches.start(["go", "bug", "go"]).result(60)


def test_stopping_the_worker_stops_the_batch(batches: Batches) -> None:
    with pytest.raises(Cancelled, match="stopped by the user"):
        batches.start(["stopped"] * 3).result(60)


def test_a_source_that_breaks_ends_the_batch_with_its_error(batches: Batches) -> None:
    def broken() -> Iterator[str]:
        yield "one"
        raise NotFound("The rest is gone.")

    with pytest.raises(NotFound):
        batches.start(broken()).result(60)


def test_progress_knows_how_far_it_is(batches: Batches) -> None:
    job = batches.start(["one"] * 10)
    last = [event for event in job.events() if isinstance(event, BatchProgress)][-1]
    assert (last.done, last.failed, last.share) == (10, 0, 1.0)
    unsized = batches.start(iter(["one"]))
    last = [event for event in unsized.events() if isinstance(event, BatchProgress)][-1]
    assert last.share is None


def test_no_requests_are_no_answers(batches: Batches, tmp_path: Path) -> None:
    assert batches.start([]).result(60).done == 0
    (tmp_path / "empty.jsonl").touch()
    assert batches.start(tmp_path / "empty.jsonl", tmp_path / "out").result(60).done == 0
    assert (tmp_path / "out").read_bytes() == b""


@pytest.mark.parametrize("defaults", [{"modl": "x"}, {"max_tokens": 0}, {"strategy": "gready"}])
def test_what_is_no_default_is_refused(batches: Batches, defaults: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        batches.start(["one"], defaults=defaults)


def test_answers_are_lines_of_json(batches: Batches, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    batches.start([{"prompt": "a", "id": "x"}, {"prompt": "", "id": 2}], out).result(60)
    first, second = map(msgspec.json.decode, out.read_bytes().splitlines())
    assert (first["line"], first["id"], first["text"]) == (1, "x", "<a>")
    assert msgspec.convert(first, GenerateResult).text == "<a>"
    assert (second["line"], second["id"], second["error"]["code"]) == (2, 2, "input")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_disk_that_is_full_is_told_and_what_was_finished_stays(
    batches: Batches, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="No space left"):
        batches.start(["one"], Path("/dev/full")).result(60)
