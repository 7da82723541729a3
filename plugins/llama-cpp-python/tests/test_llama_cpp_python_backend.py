"""What the backend says while it loads, and of what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inkstand_llama_cpp_python.backend import LlamaCppPython
from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.messages import Sampling

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


@pytest.fixture
def backend() -> Iterator[LlamaCppPython]:
    backend = LlamaCppPython()
    yield backend
    backend.close()


def load(backend: LlamaCppPython) -> None:
    backend.load(
        Model(id="pocket", format="gguf", path=str(POCKET)), backend.Settings(context_length=128)
    )


def test_how_much_is_loaded_is_told_up_to_the_end(backend: LlamaCppPython) -> None:
    told: list[float] = []
    backend.on_loading = told.append
    load(backend)
    assert len(told) > 2
    assert told[-1] == 1


@pytest.mark.parametrize("search", ["beams", "penalty_alpha"])
def test_a_search_is_reported_and_not_claimed(backend: LlamaCppPython, search: str) -> None:
    load(backend)
    sampling = Sampling(**{search: 1})  # type: ignore[arg-type]
    request = GenerateRequest.of("The sea", raw=True, max_tokens=2, sampling=sampling)
    finish = list(backend.generate(request, lambda: False))[-1].finish
    assert finish is not None
    assert finish.unsupported == (search,)
    assert search not in backend.capabilities.sampling
