"""The conformance suite on the bundled pocket model."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_gpt4all.backend import Gpt4All
from inkstand_gpt4all.settings import Gpt4AllSettings
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite

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
