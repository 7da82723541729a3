"""The conformance suite on the weights of the pocket model."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_mlx.backend import Mlx
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite

POCKET = Path(__file__).parents[4] / "shared/models/pocket/hf"


pytestmark = pytest.mark.skipif(not POCKET.is_dir(), reason="the pocket model is not here")


class _OfPocket:
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="safetensors", path=str(POCKET))


class TestMlx(_OfPocket, BackendSuite):
    backend_class: ClassVar = Mlx


class TestMlxInAWorker(_OfPocket, WorkerBackendSuite):
    backend_class: ClassVar = Mlx
