"""Cancel tokens and jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from inkstand.jobs import CancelToken, Job
from inkstand_sdk.errors import Cancelled


def test_a_token_tells_every_listener_once_and_forgets_those_that_left() -> None:
    token, told = CancelToken(), []
    with token.listening(lambda: told.append("left")):
        pass
    with token.listening(lambda: told.append("a")), token.listening(lambda: told.append("b")):
        token.check()
        token.cancel()
        token.cancel()
    assert told == ["a", "b"]
    assert token.cancelled
    assert token.wait(0)
    with pytest.raises(Cancelled):
        token.check()


def test_one_who_listens_after_the_cancel_is_told_at_once() -> None:
    token, told = CancelToken(), []
    token.cancel()
    with token.listening(lambda: told.append("late")):
        assert told == ["late"]


def test_a_job_gives_its_events_as_they_come_and_then_its_result() -> None:
    go_on = threading.Event()

    def work(_cancel: CancelToken, emit: Callable[[Any], None]) -> str:
        emit("first")
        go_on.wait()
        emit("second")
        return "done"

    job = Job(work)
    events = job.events()
    assert next(events) == "first"
    assert not job.done
    with pytest.raises(TimeoutError):
        job.result(timeout=0)
    go_on.set()
    assert list(events) == ["second"]
    assert job.result() == "done"
    assert list(job.events()) == []
    assert job.done


def test_a_job_that_fails_raises_its_error_for_whoever_asks() -> None:
    def work(_cancel: CancelToken, _emit: Callable[[Any], None]) -> None:
        raise ValueError("fault")

    job = Job(work)
    assert list(job.events()) == []
    for _ in range(2):
        with pytest.raises(ValueError, match="fault"):
            job.result()


def test_a_job_is_stopped_by_its_token() -> None:
    def work(cancel: CancelToken, _emit: Callable[[Any], None]) -> None:
        cancel.wait()
        cancel.check()

    job = Job(work, name="waiting")
    job.cancel()
    with pytest.raises(Cancelled):
        job.result()
