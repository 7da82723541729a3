"""The conformance suite on the weights of the pocket model, and on a smaller one made here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from inkstand_mlx.backend import Mlx
from inkstand_sdk import Model
from inkstand_sdk.testing.backends import BackendSuite, WorkerBackendSuite

POCKET = Path(__file__).parents[4] / "shared/models/pocket/hf"


needs_pocket = pytest.mark.skipif(not POCKET.is_dir(), reason="the pocket model is not here")


class _OfPocket:
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> Model:
        return Model(id="pocket", format="safetensors", path=str(POCKET))


@needs_pocket
class TestMlx(_OfPocket, BackendSuite):
    backend_class: ClassVar = Mlx


@needs_pocket
class TestMlxInAWorker(_OfPocket, WorkerBackendSuite):
    backend_class: ClassVar = Mlx


class _OfWords:
    """Without a chat template and a token that begins a text; its tokens are whole words."""

    prompt = "the old sea was dark and cold ,"

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, make_model: Callable[..., Path]) -> Model:
        return Model(id="words", format="safetensors", path=str(make_model()))


class TestMlxOnWords(_OfWords, BackendSuite):
    backend_class: ClassVar = Mlx
