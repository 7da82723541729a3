"""The conformance suite on the bundled pocket model."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("gpt4all", reason="the library gpt4all is not installed here")
pytest.importorskip("inkstand_gpt4all", reason="inkstand-gpt4all is not installed here")

from inkstand_gpt4all.backend import Gpt4All
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


class TestGpt4All(BackendSuite):
    backend_class = Gpt4All

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="gguf", path=str(POCKET))
