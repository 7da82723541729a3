"""The embedder's suite on the bundled pocket model, in process and through a worker."""

from __future__ import annotations

import math
from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_llamacpp.embedder import LlamaCppEmbedder
from inkstand_llamacpp.settings import LlamaCppEmbedderSettings
from inkstand_sdk import Embedder
from inkstand_sdk.errors import InputError, ModelFileError, UsageError
from inkstand_sdk.testing.embedders import EmbedderSuite, WorkerEmbedderSuite

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


class Pocket:
    embedder_class: ClassVar[type[Embedder]] = LlamaCppEmbedder

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> LlamaCppEmbedderSettings:
        return LlamaCppEmbedderSettings(model=str(POCKET), context_length=512, threads=1)


class TestLlamaCppEmbedder(Pocket, EmbedderSuite):
    """In this process."""

    def test_vectors_are_of_length_one_and_near_for_texts_that_are_alike(
        self, embedder: Embedder
    ) -> None:
        texts = [
            "The sea was grey and the ship was old.",
            "The ship was old and the sea was grey.",
            '"What is your name?" said Ann. "Who are you?"',
        ]
        ship, turned, talk = embedder.embed(texts)
        assert math.isclose(_near(ship, ship), 1.0, abs_tol=1e-4)
        assert _near(ship, turned) > _near(ship, talk)

    def test_a_text_that_is_too_long_is_refused_by_its_length(self, embedder: Embedder) -> None:
        with pytest.raises(InputError, match="too long"):
            embedder.embed(["the sea " * 600])


class TestLlamaCppEmbedderInAWorker(Pocket, WorkerEmbedderSuite):
    """In a process of its own, as the host runs it."""


def test_without_a_model_it_is_said_how_to_name_one() -> None:
    with pytest.raises(UsageError) as caught:
        LlamaCppEmbedder().load(LlamaCppEmbedderSettings())
    assert "embedders.llamacpp.model" in caught.value.fix


def test_a_file_that_is_no_model_is_a_typed_error(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_text("It was a dark night.")
    for path in (wrong, tmp_path / "missing.gguf"):
        with pytest.raises(ModelFileError):
            LlamaCppEmbedder().load(LlamaCppEmbedderSettings(model=str(path)))


def _near(one: list[float], other: list[float]) -> float:
    """The cosine of two vectors of length 1."""
    return sum(a * b for a, b in zip(one, other, strict=True))
