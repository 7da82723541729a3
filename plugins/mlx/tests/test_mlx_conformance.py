"""The conformance suite on the weights of the pocket model."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mlx_lm", reason="the library mlx-lm is not installed here")
pytest.importorskip("inkstand_mlx", reason="inkstand-mlx is not installed here")

from inkstand_mlx.backend import Mlx
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite

POCKET = Path(__file__).parents[4] / "shared/models/pocket/hf"


@pytest.mark.skipif(not POCKET.is_dir(), reason="the pocket model's safetensors are not here")
class TestMlx(BackendSuite):
    backend_class = Mlx

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="safetensors", path=str(POCKET))
