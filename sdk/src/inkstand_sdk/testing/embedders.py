"""The conformance suite for embedders: subclass it, say what to test, done.

    class TestMyEmbedder(EmbedderSuite):
        embedder_class = MyEmbedder

        @pytest.fixture(scope="class")
        @classmethod
        def settings(cls) -> MySettings:
            return MySettings(model="tests/tiny.gguf")

`WorkerEmbedderSuite` is the same suite on the embedder in a worker process, as the host runs it.
"""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from inkstand_sdk.capabilities import EmbedderCapabilities
from inkstand_sdk.embedder import Embedder
from inkstand_sdk.errors import Cancelled, InkstandError, InputError
from inkstand_sdk.settings import form
from inkstand_sdk.testing.worker_embedder import RemoteEmbedder

_HEAVY = ("torch", "transformers", "sentence_transformers", "onnxruntime", "llama_cpp",
          "xllamacpp", "httpx", "openai")  # fmt: skip
_IMPORTED = """
import importlib, sys
cls = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
print(*(name for name in sys.argv[3:] if name in sys.modules))
"""
_CLOSE = 1e-3


class EmbedderSuite:
    """All behaviors that an embedder must have. Set `embedder_class`; the rest has defaults."""

    embedder_class: ClassVar[type[Embedder]]
    text: ClassVar[str] = "It was a dark night, and the sea was old."
    other: ClassVar[str] = "Nobody has told the committee of the new budget."

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Any:
        """The settings to load it with."""
        return cls.embedder_class.Settings()

    @pytest.fixture(scope="class")
    @classmethod
    def make_embedder(cls) -> Callable[[], Embedder]:
        """How to get an embedder without a model."""
        return cls.embedder_class

    @pytest.fixture(scope="class")
    @classmethod
    def embedder(cls, make_embedder: Callable[[], Embedder], settings: Any) -> Iterator[Embedder]:
        """The loaded embedder that most tests share."""
        embedder = make_embedder()
        try:
            embedder.load(settings)
            yield embedder
        finally:
            embedder.close()

    def test_what_it_declares_is_complete(self) -> None:
        """If this fails: set name, title and capabilities, and describe every setting."""
        cls = self.embedder_class
        assert cls.name
        assert cls.title
        assert isinstance(cls.capabilities, EmbedderCapabilities)
        assert cls.batch >= 1
        assert all(field.help for field in form(cls.Settings))

    def test_nothing_heavy_is_imported_before_a_load(self) -> None:
        """If this fails: import the library inside `load`."""
        cls = self.embedder_class
        command = [sys.executable, "-c", _IMPORTED, cls.__module__, cls.__qualname__, *_HEAVY]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.split() == []

    def test_each_text_has_a_vector_of_numbers_of_one_length(self, embedder: Embedder) -> None:
        """If this fails: give one list of finite floats for each text, all of one length."""
        vectors = embedder.embed([self.text, self.other, "Ann."])
        assert len(vectors) == 3
        assert len({len(vector) for vector in vectors}) == 1
        assert len(vectors[0]) > 0
        assert all(math.isfinite(number) for vector in vectors for number in vector)

    def test_vectors_come_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        """If this fails: a server may answer out of order; sort its answers by their index."""
        there = embedder.embed([self.text, self.other])
        back = embedder.embed([self.other, self.text])
        assert _same(there[0], back[1])
        assert _same(there[1], back[0])
        assert not _same(there[0], there[1])

    def test_the_same_text_has_the_same_vector(self, embedder: Embedder) -> None:
        """If this fails: nothing may be drawn at random, and no state kept between texts."""
        first, second = embedder.embed([self.text]), embedder.embed([self.other, self.text])
        assert _same(first[0], second[1])

    def test_no_texts_have_no_vectors(self, embedder: Embedder) -> None:
        """If this fails: answer an empty list without asking the library."""
        assert embedder.embed([]) == []

    def test_more_texts_than_a_batch_all_have_vectors(self, embedder: Embedder) -> None:
        """If this fails: lose none at the end of a batch."""
        texts = [f"Chapter {number}." for number in range(self.embedder_class.batch * 2 + 1)]
        vectors = embedder.embed(texts)
        assert len(vectors) == len(texts)
        assert _same(vectors[-1], embedder.embed(texts[-1:])[0])

    @pytest.mark.parametrize("text", ["", " \n ", "half a pair: \ud800"])
    def test_a_text_that_says_nothing_is_refused(self, embedder: Embedder, text: str) -> None:
        """If this fails: call `inkstand_sdk.embedder.check_texts` first."""
        with pytest.raises(InputError):
            embedder.embed([self.text, text])
        assert len(embedder.embed([self.text])) == 1

    def test_a_text_that_is_too_long_is_refused_or_read_whole(self, embedder: Embedder) -> None:
        """If this fails: have the library refuse what it would cut, and raise `InputError`."""
        long = f"{self.other} " * 4_000
        try:
            ends = embedder.embed([long + "The end.", long + "Ann laughed and went home."])
        except InputError as error:
            if not error.what:
                pytest.fail("The error does not say what happened.")
            return
        assert not _same(*ends)

    def test_threads_may_embed_at_once(self, embedder: Embedder) -> None:
        """If this fails: keep a lock around what cannot be called from several threads."""
        wanted = embedder.embed([self.text, self.other])
        found: dict[int, list[list[float]]] = {}

        def embed(place: int) -> None:
            found[place] = embedder.embed([(self.text, self.other)[place % 2]])

        threads = [threading.Thread(target=embed, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [0, 1, 2, 3]
        assert all(_same(found[place][0], wanted[place % 2]) for place in found)

    def test_a_second_load_is_refused(self, embedder: Embedder, settings: Any) -> None:
        """If this fails: raise `LoadFailed` while a model is loaded."""
        with pytest.raises(InkstandError):
            embedder.load(settings)
        assert len(embedder.embed([self.text])) == 1

    def test_closing_twice_is_harmless_and_then_nothing_is_embedded(
        self, make_embedder: Callable[[], Embedder], settings: Any
    ) -> None:
        """If this fails: `close` frees the model once; `embed` without one is a `LoadFailed`."""
        embedder = make_embedder()
        embedder.load(settings)
        embedder.close()
        embedder.close()
        with pytest.raises(InkstandError):
            embedder.embed([self.text])
        embedder.load(settings)
        assert len(embedder.embed([self.text])) == 1
        embedder.close()


class WorkerEmbedderSuite(EmbedderSuite):
    """The same behaviors of the embedder in a worker process; its distribution is installed."""

    interpreter: ClassVar[str] = sys.executable
    """The Python of the environment where the distribution is installed."""

    @pytest.fixture(scope="class")
    @classmethod
    def make_embedder(cls) -> Callable[[], Embedder]:
        """How to get a stand-in for the embedder; its worker starts with the load."""
        return lambda: RemoteEmbedder.of(cls.embedder_class, interpreter=cls.interpreter)

    def test_a_cancel_ends_the_call_and_leaves_the_embedder_usable(
        self, embedder: Embedder
    ) -> None:
        """If this fails: `embed` must come back after each batch; make `batch` smaller."""
        assert isinstance(embedder, RemoteEmbedder)
        texts = [self.text] * self.embedder_class.batch * 40
        with pytest.raises(Cancelled):
            embedder.embed_until(texts, lambda: True)
        assert len(embedder.embed([self.text])) == 1


def _same(one: list[float], other: list[float]) -> bool:
    """Whether two vectors point the same way, but for what rounding in a batch makes of them."""
    length = math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))
    apart = math.sqrt(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)))
    return apart <= _CLOSE * math.sqrt(length)


__all__ = ["EmbedderSuite", "WorkerEmbedderSuite"]
