"""The conformance suite on the bundled pocket model, in process and through a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_sdk import Model
from inkstand_sdk.testing.backend_case import BackendCase
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite

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
