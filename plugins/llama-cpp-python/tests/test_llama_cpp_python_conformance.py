"""The conformance suite on the bundled pocket model, in process and through a worker."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_sdk import Model
from inkstand_sdk.testing.backend_case import BackendCase
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite
from inkstand_sdk.testing.tiny_gguf import Vocabulary, write_tiny_gguf

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


class Pocket(BackendCase):
    backend_class = LlamaCppPython

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="gguf", path=str(POCKET))


class TestLlamaCppPython(Pocket, BackendSuite):
    """In this process."""


class TestLlamaCppPythonInAWorker(Pocket, WorkerBackendSuite):
    """In a process of its own, as the host runs it."""


class _OfNoise(BackendCase):
    """Random weights under another vocabulary, without a chat template."""

    backend_class = LlamaCppPython
    writes_characters = False
    vocabulary: ClassVar[Vocabulary]

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> Model:
        path = tmp_path_factory.mktemp("noise") / "noise.gguf"
        return Model(id="noise", format="gguf", path=str(write_tiny_gguf(path, cls.vocabulary)))


class TestLlamaCppPythonOnBytes(_OfNoise, BackendSuite):
    """No token begins a text."""

    vocabulary = "bytes"


class TestLlamaCppPythonOnSentencePiece(_OfNoise, BackendSuite):
    """Every text begins with a token, and with a blank."""

    vocabulary = "sentencepiece"
