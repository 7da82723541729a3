"""The conformance suite on the pocket model's weights, and on its GGUF file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite
from inkstand_transformers.backend import Transformers

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
FOLDER = Path(__file__).parents[4] / "shared/models/pocket/hf"


class TestTransformersOnSafetensors(BackendSuite):
    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        if not FOLDER.is_dir():
            pytest.skip("the pocket model's safetensors are not here")
        return Model(id="pocket", format="safetensors", path=str(FOLDER))

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Any:
        return Transformers.Settings(context_length=256)


class TestTransformersOnGguf(BackendSuite):
    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="gguf", path=str(POCKET))

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Any:
        return Transformers.Settings(context_length=256)


class TestTransformersInAWorker(WorkerBackendSuite):
    """In a process of its own, as the host runs it."""

    backend_class = Transformers

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="gguf", path=str(POCKET))

    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls) -> Any:
        return Transformers.Settings(context_length=256)
