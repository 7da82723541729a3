"""Loading, cancelling, closing: a backend that is always usable, or says why not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from inkstand_sdk.backend import Backend, Model
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.testing.backend_case import BackendCase, Subject

_IMPORT_CHECK = """
import importlib, sys
backend = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
backend(), backend.capabilities, backend.Settings()
print(" ".join(name for name in sys.argv[3:] if name in sys.modules))
"""


class LifecycleBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_nothing_heavy_is_imported_before_load(self) -> None:
        """If this fails: move the engine's import into `load` (or `probe`)."""
        command = [sys.executable, "-c", _IMPORT_CHECK, self.backend_class.__module__]
        command += [self.backend_class.__qualname__, *self.heavy_modules]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == []

    def test_it_has_a_name_a_title_and_settings_with_defaults(self) -> None:
        """If this fails: set `name` and `title`, and give every setting a default."""
        assert self.backend_class.name
        assert self.backend_class.name == self.backend_class.name.lower()
        assert self.backend_class.title
        self.backend_class.Settings()

    def test_the_probe_says_what_is_missing(self) -> None:
        """If this fails: a probe that is not `ok` names what is missing and the command for it."""
        probe = self.backend_class.probe()
        assert probe.ok or (probe.missing and probe.fix)

    def test_what_it_loaded_is_described(self, subject: Subject) -> None:
        """If this fails: return a `Loaded` with the context length that requests can use."""
        assert subject.loaded.context_length >= 0
        assert subject.loaded.concurrency >= 0
        assert subject.loaded.device

    def test_tokens_are_counted(self, subject: Subject) -> None:
        """If this fails: count with the model's tokenizer, or leave the inexact default."""
        count = subject.backend.count_tokens
        assert count("").count == 0
        assert 0 < count("one").count <= count("one two three, four and five").count

    def test_a_cancel_ends_the_stream_as_cancelled(self, subject: Subject) -> None:
        """If this fails: ask `cancelled()` after every token and end with reason "cancelled"."""
        asked = 0

        def cancelled() -> bool:
            nonlocal asked
            asked += 1
            return asked > 6

        run = subject.run(self.raw(max_tokens=400, sampling=self.warm(2)), cancelled)
        assert run.finish.reason == "cancelled"
        assert run.finish.usage.completion_tokens < 100

    def test_a_request_cancelled_before_it_began_ends_at_once(self, subject: Subject) -> None:
        """If this fails: ask `cancelled()` before the first token too."""
        run = subject.run(self.raw(max_tokens=400), lambda: True)
        assert run.finish.reason == "cancelled"
        assert run.text == ""

    def test_it_works_on_after_a_cancel(self, subject: Subject) -> None:
        """If this fails: free the engine's slot or state in a `finally`."""
        before = subject.run(self.raw(max_tokens=8)).text
        for _ in range(8):
            subject.run(self.raw(max_tokens=200), lambda: True)
        assert subject.run(self.raw(max_tokens=8)).text == before

    def test_a_reader_that_leaves_early_stops_the_engine(self, subject: Subject) -> None:
        """If this fails: stop the engine in a `finally` around your `yield`s."""
        for _ in range(8):
            stream = iter(subject.backend.generate(self.raw(max_tokens=100_000), lambda: False))
            next(stream)
            stream.close()  # type: ignore[attr-defined]
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

    def test_closing_twice_is_harmless_and_then_nothing_is_generated(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: let `close` forget the engine; afterwards raise an `InkstandError`."""
        backend = make_backend()
        backend.close()
        backend.load(model, settings)
        backend.close()
        backend.close()
        with pytest.raises(InkstandError):
            list(backend.generate(self.raw(max_tokens=4), lambda: False))

    def test_a_closed_backend_can_load_again(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: keep nothing of the old model after `close`."""
        backend = make_backend()
        texts = set()
        for _ in range(2):
            backend.load(model, settings)
            texts.add(Subject(backend, None).run(self.raw(max_tokens=8)).text)  # type: ignore[arg-type]
            backend.close()
        assert len(texts) == 1
