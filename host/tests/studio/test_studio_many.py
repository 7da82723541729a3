"""Many requests through Studio and the Python SDK, on real workers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand_sdk.async_client import AsyncClient
from inkstand_sdk.client import Client
from inkstand_sdk.errors import Cancelled, InkstandError, InputError, NotFound, UsageError
from inkstand_sdk.messages import GenerateRequest, GenerateResult, Sampling

MODEL = "scripted:small"
ENDLESS = 1_000_000
Eventually = Callable[[Callable[[], bool]], None]


def said(answers: list[GenerateResult | InkstandError]) -> list[str]:
    return [
        answer.text if isinstance(answer, GenerateResult) else answer.code for answer in answers
    ]


def test_answers_are_in_the_order_of_the_requests_and_faults_stand_among_them(
    studio: Studio,
) -> None:
    told: list[Any] = []
    requests: list[Any] = [
        "say one",
        "fail_after x",
        GenerateRequest.of("say three"),
        {"prompt": ""},
    ]
    answers = Client(studio).generate_many(requests, model=MODEL, on_progress=told.append)
    assert said(answers) == ["one ", "engine", "three ", "input"]
    assert (told[-1].done, told[-1].failed) == (4, 2)


def test_each_request_may_have_a_model_a_preset_and_sampling_of_its_own(studio: Studio) -> None:
    requests: list[Any] = [
        {"prompt": "request", "preset": "wild", "seed": 4},
        GenerateRequest(prompt="request", sampling=Sampling(temperature=0.2)),
        {"prompt": "say hi", "model": "scripted:large"},
    ]
    first, second, third = Client(studio).generate_many(requests, model=MODEL, preset="precise")
    assert isinstance(first, GenerateResult)
    assert isinstance(second, GenerateResult)
    assert isinstance(third, GenerateResult)
    assert json.loads(first.text)["sampling"]["temperature"] == 1.5
    assert json.loads(first.text)["sampling"]["seed"] == 4
    assert json.loads(second.text)["sampling"]["temperature"] == 0.2
    assert [result.model for result in (first, second, third)] == ["small", "small", "large"]


def test_as_many_are_written_at_once_as_the_loaded_model_takes(
    make_studio: Callable[..., Studio], eventually: Eventually
) -> None:
    studio = make_studio("[backends.scripted]\nslots = 7\n")
    job = studio.generate_many(["forever"] * 30, model=MODEL, max_tokens=ENDLESS)
    spec = studio.library.chain(MODEL)[0].find().spec

    def users() -> int:
        running = studio.pool._workers.get(spec.key)
        return running.users if running is not None else 0

    eventually(lambda: users() == 7)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(60)
    assert users() == 0


def test_a_file_is_gone_on_with_from_python(studio: Studio, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"prompt": "say one"}\n{"prompt": "say two"}\n', encoding="utf-8")
    outcome = Client(studio).start_many(source, out, model=MODEL).result(60)
    assert (outcome.done, outcome.failed) == (2, 0)
    with pytest.raises(InputError, match="complete"):
        Client(studio).start_many(source, out, model=MODEL)
    again = Client(studio).start_many(source, out, model=MODEL, mode="resume").result(60)
    assert (again.done, again.begun_before) == (2, 2)
    [listed] = studio.batches.listed()
    assert (listed.state, listed.record.done) == ("complete", 2)


def test_what_holds_for_all_is_checked_before_anything_is_written(
    studio: Studio, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    wrong: list[dict[str, Any]] = [{"preset": "wld"}, {"strategy": "gready"}, {"modl": "x"}]
    for options in wrong:
        with pytest.raises(UsageError):
            studio.generate_many(["say one"], out, **options)
        assert not out.exists()
    with pytest.raises(NotFound):
        studio.generate_many(["say one"], out, model="scripted:smal").result(60)
    assert out.read_bytes() == b""


def test_the_asynchronous_twin_answers_and_stops_the_engine_when_cancelled(
    studio: Studio, eventually: Eventually
) -> None:
    client = AsyncClient(Client(studio))

    async def use() -> list[GenerateResult | InkstandError]:
        endless = asyncio.create_task(
            client.generate_many(["forever"], model=MODEL, max_tokens=ENDLESS)
        )
        await asyncio.to_thread(
            eventually, lambda: any(worker.state == "busy" for worker in studio.live_workers())
        )
        endless.cancel()
        with pytest.raises(asyncio.CancelledError):
            await endless
        return await client.generate_many(["say one", "say two"], model=MODEL)

    assert said(asyncio.run(use())) == ["one ", "two "]
    eventually(lambda: all(worker.state == "idle" for worker in studio.live_workers()))


def test_closing_studio_ends_a_batch_and_writes_no_errors(
    make_studio: Callable[..., Studio], tmp_path: Path, eventually: Eventually
) -> None:
    studio = make_studio()
    out = tmp_path / "out.jsonl"
    requests = ["say one", *["forever"] * 20]
    job = studio.generate_many(requests, out, model=MODEL, max_tokens=ENDLESS)
    eventually(lambda: out.stat().st_size > 0)
    studio.close()
    with pytest.raises(Cancelled):
        job.result(60)
    assert len(out.read_bytes().splitlines()) == 1
