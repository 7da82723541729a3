"""What a worker gives back when its model is closed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Loaded, Model
from inkstand_sdk.testing.worker_process import WorkerProcess, distribution_of
from inkstand_sdk.worker.protocol import Load, Open, Opened
from inkstand_transformers.backend import Transformers

_KEPT = 10e6  # bytes that may be left of a model


@pytest.mark.skipif(sys.platform != "linux", reason="only there a worker tells its memory")
def test_a_closed_model_leaves_no_memory_behind_in_its_worker(
    save_model: Callable[..., Path],
    tmp_path: Path,
) -> None:
    # The small one goes first: what the library keeps for good is not the model's.
    folders = (
        save_model(tmp_path / "small", "llama2"),
        save_model(tmp_path / "large", "llama2", intermediate_size=100_000),
    )
    worker = WorkerProcess(sys.executable)
    loaded, left = [], []
    try:
        opening = Open(
            kind="backend", distribution=distribution_of(Transformers), name=Transformers.name
        )
        worker.ask("open", opening, Opened)
        for folder in folders:
            model = Model(id="model", format="safetensors", path=str(folder))
            worker.ask("load", Load(model=model, settings={}), Loaded)
            worker.ask("generate", GenerateRequest.of("the sea", max_tokens=8), None)
            loaded.append(worker.ask("memory", None, int))
            worker.ask("close", None, None)
            left.append(worker.ask("memory", None, int))
    finally:
        worker.close()
    assert loaded[1] - left[0] > 4 * _KEPT
    assert left[1] - left[0] < _KEPT
