"""The conformance suite on the bundled pocket model."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_gpt4all.backend import Gpt4All
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_sdk import Model
from inkstand_sdk.testing.backend_case import BackendCase
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite
from inkstand_sdk.testing.tiny_gguf import Vocabulary, write_tiny_gguf

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


class _OfPocket:
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="gguf", path=str(POCKET))

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Gpt4AllSettings:
        return Gpt4AllSettings(threads=1)


class TestGpt4All(_OfPocket, BackendSuite):
    backend_class: ClassVar = Gpt4All


class TestGpt4AllInAWorker(_OfPocket, WorkerBackendSuite):
    backend_class: ClassVar = Gpt4All


class _OfNoise(BackendCase):
    """Random weights under another vocabulary, without a chat template."""

    backend_class: ClassVar = Gpt4All
    writes_characters = False
    vocabulary: ClassVar[Vocabulary]

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> Model:
        path = tmp_path_factory.mktemp("noise") / "noise.gguf"
        return Model(id="noise", format="gguf", path=str(write_tiny_gguf(path, cls.vocabulary)))

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Gpt4AllSettings:
        return Gpt4AllSettings(threads=1)


class TestGpt4AllOnBytes(_OfNoise, BackendSuite):
    """No token begins a text."""

    vocabulary = "bytes"


class TestGpt4AllOnSentencePiece(_OfNoise, BackendSuite):
    """Every text begins with a token, and with a blank."""

    vocabulary = "sentencepiece"
