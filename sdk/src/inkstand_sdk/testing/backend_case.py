"""What every part of the backend suite stands on: the fixtures, and one generation in a call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import msgspec
import pytest

from inkstand_sdk.backend import Backend, Loaded, Model
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.messages import Chunk, Finish, GenerateRequest, Sampling

GREEDY = Sampling(temperature=0)


class Run(msgspec.Struct, frozen=True):
    """A finished generation: its chunks, their text joined, and how it ended."""

    chunks: tuple[Chunk, ...]
    text: str
    finish: Finish


class Subject(msgspec.Struct, frozen=True):
    """The backend under test with a model loaded, and what it said of it."""

    backend: Backend
    loaded: Loaded

    def run(self, request: GenerateRequest, cancelled: Callable[[], bool] = lambda: False) -> Run:
        """Generate to the end."""
        chunks = tuple(self.backend.generate(request, cancelled))
        last = chunks[-1].finish if chunks else None
        # A worker adds a missing finish; in process a stream may end without one.
        return Run(chunks, "".join(chunk.text for chunk in chunks), last or Finish("stop"))


class BackendCase:
    """Set `backend_class`, give the fixture `model`; the rest has defaults.

    `make_backend` builds the object that is tested: a suite that runs a backend elsewhere (in a
    worker) overrides it with one that gives a stand-in with the same methods.
    """

    backend_class: ClassVar[type[Backend]]
    prompt: ClassVar[str] = "It was a dark night, and the"
    """A raw prompt that the model goes on from for at least thirty tokens."""
    heavy_modules: ClassVar[tuple[str, ...]] = (
        "torch", "transformers", "onnxruntime", "mlx", "llama_cpp", "xllamacpp", "gpt4all",
        "chromadb", "sentence_transformers", "httpx", "openai",
    )  # fmt: skip
    """Modules that may not be imported before `load`."""
    slow_modules: ClassVar[tuple[str, ...]] = (
        "torch", "transformers", "onnxruntime", "mlx", "mlx_lm", "peft", "chromadb",
        "sentence_transformers",
    )  # fmt: skip
    """Modules that take so long to import that the probe may not either."""
    late_cancel: ClassVar[int] = 100
    """A cancel after six tokens has ended the text before so many."""
    writes_characters: ClassVar[bool] = True
    """False for a model of random weights, which may write bytes that are no character."""

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        """The model to test with."""
        raise NotImplementedError("Give the suite a fixture named `model`.")

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Any:
        """The settings to load it with."""
        return cls.backend_class.Settings()

    @pytest.fixture(scope="class")
    @classmethod
    def make_backend(cls) -> Callable[[], Backend]:
        """How to get a backend without a model."""
        return cls.backend_class

    @pytest.fixture(scope="class")
    @classmethod
    def subject(
        cls, make_backend: Callable[[], Backend], model: Model, settings: Any
    ) -> Iterator[Subject]:
        """The loaded backend that most tests share."""
        backend = make_backend()
        loaded = backend.load(model, settings) or Loaded()
        try:
            yield Subject(backend, loaded)
        finally:
            backend.close()

    def raw(self, **fields: Any) -> GenerateRequest:
        """A request that goes on from `prompt`, greedily unless told otherwise."""
        return GenerateRequest(**{"prompt": self.prompt, "sampling": GREEDY, **fields})

    def warm(self, seed: int, temperature: float = 1.0) -> Sampling:
        """Sampling with that seed, if seeds are honored."""
        honored = self.backend_class.capabilities.sampling
        return Sampling(temperature=temperature, seed=seed if "seed" in honored else None)

    def needs(self, capability: str) -> None:
        """Skip the test if the backend does not claim that capability."""
        if not getattr(self.backend_class.capabilities, capability):
            pytest.skip(f"capabilities.{capability} is not claimed")


def cancelled_after(questions: int) -> Callable[[], bool]:
    """A `cancelled` that is true from that question on."""
    asked = itertools.count(1)
    return lambda: next(asked) > questions


def is_sentence(text: str) -> bool:
    """Whether a user can be shown it: one line of a few words, ended, or with a command last."""
    one_line = text == text.strip() and "\n" not in text
    return one_line and len(text.split()) > 2 and (text[-1] in ".!?`)" or ": " in text)


def answers_or_explains(run: Callable[[], object]) -> None:
    """Run it; an `InkstandError` that says what happened is as good as a result."""
    try:
        run()
    except InkstandError as error:
        if not error.what:
            pytest.fail("The error does not say what happened.")
