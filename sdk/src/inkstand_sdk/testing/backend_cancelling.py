"""Stopping: prompt, from anywhere, and without a trace in what comes after."""

from __future__ import annotations

import concurrent.futures
import threading

import pytest

from inkstand_sdk.messages import Finish
from inkstand_sdk.testing.backend_case import BackendCase, Subject, cancelled_after

_LIMIT = 120.0  # seconds until a thread is taken to hang


class CancelBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_a_cancel_ends_the_stream_as_cancelled(self, subject: Subject) -> None:
        """If this fails: ask `cancelled()` after every token and end with reason "cancelled"."""
        request = self.raw(max_tokens=400, sampling=self.warm(2))
        run = subject.run(request, cancelled_after(6))
        assert run.finish.reason == "cancelled"
        assert run.finish.usage.completion_tokens < self.late_cancel

    def test_a_request_cancelled_before_it_began_ends_at_once(self, subject: Subject) -> None:
        """If this fails: ask `cancelled()` before the first token too."""
        run = subject.run(self.raw(max_tokens=400), lambda: True)
        assert run.finish.reason == "cancelled"
        assert run.text == ""

    def test_a_cancel_from_another_thread_is_seen_at_once(self, subject: Subject) -> None:
        """If this fails: ask `cancelled()` between chunks, also of those that wait in a queue."""
        begun, pressed = threading.Event(), threading.Event()

        def press() -> None:
            begun.wait(_LIMIT)
            pressed.set()

        presser = threading.Thread(target=press)
        presser.start()
        late, finish = 0, Finish("stop")
        request = self.raw(max_tokens=100_000, sampling=self.warm(3))
        try:
            for chunk in subject.backend.generate(request, pressed.is_set):
                late += bool(chunk.text) and pressed.is_set()
                if chunk.text and not pressed.is_set():
                    begun.set()
                    presser.join()
                finish = chunk.finish or finish
        finally:
            begun.set()
            presser.join()
        assert finish.reason == "cancelled"
        assert late <= 4, "text came after the cancel"

    def test_it_works_on_after_a_cancel(self, subject: Subject) -> None:
        """If this fails: free the engine's slot or state in a `finally`."""
        before = subject.run(self.raw(max_tokens=8)).text
        for _ in range(8):
            subject.run(self.raw(max_tokens=200), lambda: True)
        assert subject.run(self.raw(max_tokens=8)).text == before

    def test_cancelling_one_request_leaves_another_whole(self, subject: Subject) -> None:
        """If this fails: stop the one sequence, not the engine."""
        alone = subject.run(self.raw(max_tokens=24))
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            other = pool.submit(subject.run, self.raw(max_tokens=24))
            for seed in range(3):
                request = self.raw(max_tokens=200, sampling=self.warm(seed))
                assert subject.run(request, cancelled_after(4)).finish.reason == "cancelled"
            whole = other.result(_LIMIT)
        assert whole.finish.reason == alone.finish.reason
        assert whole.finish.usage.completion_tokens == alone.finish.usage.completion_tokens
        # A batch may round differently, so the texts need only begin alike.
        assert whole.text[:8] == alone.text[:8]

    def test_a_reader_that_leaves_early_stops_the_engine(self, subject: Subject) -> None:
        """If this fails: stop the engine in a `finally` around your `yield`s."""
        for _ in range(8):
            stream = iter(subject.backend.generate(self.raw(max_tokens=100_000), lambda: False))
            next(stream)
            stream.close()  # type: ignore[attr-defined]
        assert subject.run(self.raw(max_tokens=4)).finish.reason == "length"

    def test_a_stream_that_is_never_read_holds_nothing(self, subject: Subject) -> None:
        """If this fails: take the engine's slot when the first chunk is asked for, not before."""
        for _ in range(8):
            subject.backend.generate(self.raw(max_tokens=100_000), lambda: False)
        assert subject.run(self.raw(max_tokens=4)).finish.reason == "length"

    def test_an_exception_out_of_cancelled_reaches_the_caller(self, subject: Subject) -> None:
        """If this fails: do not call `cancelled` where the engine swallows exceptions."""
        asked = 0

        def cancelled() -> bool:
            nonlocal asked
            asked += 1
            if asked > 3:
                raise LookupError("from the test")
            return False

        with pytest.raises(LookupError, match="from the test"):
            subject.run(self.raw(max_tokens=200), cancelled)
        assert subject.run(self.raw(max_tokens=4)).finish.reason == "length"
