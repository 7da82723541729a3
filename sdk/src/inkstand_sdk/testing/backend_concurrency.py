"""Several threads at one model: texts that do not mix, and an end for every request."""

from __future__ import annotations

import concurrent.futures
import threading

from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import GenerateRequest
from inkstand_sdk.testing.backend_case import BackendCase, Run, Subject, cancelled_after

_LIMIT = 240.0  # seconds until requests are taken to hang


class ConcurrencyBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_concurrent_requests_do_not_mix(self, subject: Subject) -> None:
        """If this fails: keep each request's state apart, or set `concurrency` to 1."""
        requests = [
            self.raw(prompt=f"{self.prompt} {word}", max_tokens=16)
            for word in ("old", "young", "red", "blue", "sea", "house", "king", "bird")
        ]
        alone = [subject.run(request) for request in requests]
        with concurrent.futures.ThreadPoolExecutor(self._at_once(subject)) as pool:
            together = list(pool.map(subject.run, requests, timeout=_LIMIT))
        for one, other in zip(alone, together, strict=True):
            assert other.finish.usage.prompt_tokens == one.finish.usage.prompt_tokens
            # A batch may round differently, so the texts need only begin alike.
            assert other.text[:8] == one.text[:8]

    def test_more_threads_than_it_takes_at_once_are_served(self, subject: Subject) -> None:
        """If this fails: guard the engine with a lock or semaphore; native code is not safe."""
        threads = max(4, self._at_once(subject) + 2)
        ready = threading.Barrier(threads, timeout=_LIMIT)

        def hammer(number: int) -> list[Run]:
            ready.wait()
            request = self.raw(max_tokens=4 + number % 3, sampling=self.warm(number))
            return [subject.run(request) for _ in range(3)]

        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            runs = list(pool.map(hammer, range(threads), timeout=_LIMIT))
        for number, some in enumerate(runs):
            assert [sum(chunk.finish is not None for chunk in run.chunks) for run in some] == [
                1
            ] * 3
            assert all(run.finish.usage.completion_tokens <= 4 + number % 3 for run in some)

    def test_threads_that_cancel_do_not_disturb_the_others(self, subject: Subject) -> None:
        """If this fails: what one request frees must be its own."""
        before = subject.run(self.raw(max_tokens=8)).text

        def one(number: int) -> Run:
            if number % 2:
                return subject.run(self.raw(max_tokens=200), cancelled_after(number % 5))
            return subject.run(self.raw(max_tokens=6))

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            runs = list(pool.map(one, range(12), timeout=_LIMIT))
        assert [run.finish.reason for run in runs] == ["length", "cancelled"] * 6
        assert subject.run(self.raw(max_tokens=8)).text == before

    def test_a_failed_request_does_not_disturb_the_others(self, subject: Subject) -> None:
        """If this fails: free the slot, or leave the batch, before you raise."""
        before = subject.run(self.raw(max_tokens=8)).text

        def one(number: int) -> str:
            wrong = GenerateRequest(max_tokens=4)  # neither a prompt nor messages
            try:
                return subject.run(wrong if number % 2 else self.raw(max_tokens=6)).text
            except InkstandError as error:
                return type(error).__name__

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            texts = list(pool.map(one, range(12), timeout=_LIMIT))
        assert all(texts)
        assert subject.run(self.raw(max_tokens=8)).text == before

    def _at_once(self, subject: Subject) -> int:
        claimed = self.backend_class.capabilities.concurrency
        return max(subject.loaded.concurrency or claimed, 1)
