"""The conformance suite on the bundled pocket model."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


class TestLlamaCppPython(BackendSuite):
    backend_class: ClassVar = LlamaCppPython

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="gguf", path=str(POCKET))
