"""Loading and closing: a backend that is always usable, or says why not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from inkstand_sdk.backend import Backend, Loaded, Model
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.testing.backend_case import (
    BackendCase,
    Run,
    Subject,
    answers_or_explains,
    is_sentence,
)

_SMALL_CONTEXT = 256
_ABSURD_CONTEXT = 1 << 28
_LIMIT = 30.0  # seconds that a thread may take to end


class LifecycleBehaviors(BackendCase):
    """Part of `BackendSuite`."""

    def test_what_it_loaded_is_described(self, subject: Subject) -> None:
        """If this fails: return a `Loaded` with the context length that requests can use.

        Its notes are sentences: a writer reads them.
        """
        assert subject.loaded.context_length >= 0
        assert subject.loaded.concurrency >= 0
        assert subject.loaded.device
        assert all(map(is_sentence, subject.loaded.notes)), subject.loaded.notes

    def test_what_is_told_of_a_load_only_grows(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: call `loading` with shares from 0 to 1, each no less than the last."""
        backend = make_backend()
        told: list[float] = []
        backend.on_loading = told.append
        try:
            backend.load(model, settings)
        finally:
            backend.close()
        assert told == sorted(told)
        assert all(0 <= share <= 1 for share in told), told

    def test_a_second_load_is_refused_and_the_first_model_stays(
        self, subject: Subject, model: Model, settings: Any
    ) -> None:
        """If this fails: raise `LoadFailed` while a model is loaded; one instance holds one."""
        with pytest.raises(InkstandError):
            subject.backend.load(model, settings)
        assert subject.run(self.raw(max_tokens=2)).finish.usage.completion_tokens == 2

    def test_nothing_is_generated_before_a_load(self, make_backend: Callable[[], Backend]) -> None:
        """If this fails: raise `LoadFailed` while there is no model."""
        backend = make_backend()
        with pytest.raises(InkstandError):
            list(backend.generate(self.raw(max_tokens=4), lambda: False))
        answers_or_explains(lambda: backend.count_tokens("one"))
        backend.close()

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
        answers_or_explains(lambda: backend.count_tokens("one"))

    def test_a_closed_backend_can_load_again(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: keep nothing of the old model after `close`.

        Where `seeds` are claimed the same seed writes the same after a load as before it.
        """
        backend = make_backend()
        texts, seeded = set(), set()
        for _ in range(2):
            subject = Subject(backend, backend.load(model, settings) or Loaded())
            texts.add(subject.run(self.raw(max_tokens=8)).text)
            seeded.add(subject.run(self.raw(max_tokens=8, sampling=self.warm(3))).text)
            backend.close()
        assert len(texts) == 1
        assert len(seeded) == 1 or not self.backend_class.capabilities.seeds

    def test_a_closed_backend_leaves_no_thread_that_keeps_the_process(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: end your threads in `close`, or make them daemons."""
        before = set(threading.enumerate())
        self._loaded_and_closed(make_backend(), model, settings)
        for thread in set(threading.enumerate()) - before:
            if not thread.daemon:
                thread.join(_LIMIT)
                assert not thread.is_alive(), thread.name

    def test_the_context_length_that_is_set_is_the_one_that_is_used(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: hand the setting to the engine, and say in `Loaded` what it made of it."""
        wanted = self._with_context(settings, _SMALL_CONTEXT)
        loaded, run = self._loaded_and_closed(make_backend(), model, wanted)
        assert 0 < loaded.context_length <= _SMALL_CONTEXT
        assert run.finish.usage.completion_tokens == 2

    def test_an_absurd_context_length_is_reduced_or_refused(
        self, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> None:
        """If this fails: bound it by the model's own context and by the memory that is free.

        Engines hang or are killed when they are asked for more than there is.
        """
        wanted = self._with_context(settings, _ABSURD_CONTEXT)
        backend = make_backend()
        answers_or_explains(lambda: self._loaded_and_closed(backend, model, wanted))

    def _with_context(self, settings: Any, length: int) -> Any:
        if "context_length" not in type(settings).__struct_fields__:
            pytest.skip("there is no setting context_length")
        return msgspec.structs.replace(settings, context_length=length)

    def _loaded_and_closed(
        self, backend: Backend, model: Model, settings: Any
    ) -> tuple[Loaded, Run]:
        """What a load says, and two tokens written with it; closed either way."""
        try:
            loaded = backend.load(model, settings) or Loaded()
            return loaded, Subject(backend, loaded).run(self.raw(max_tokens=2))
        finally:
            backend.close()
