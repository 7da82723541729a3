"""Damaged GGUF files: a typed error or a working model, never another exception."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("transformers")
pytest.importorskip("inkstand_transformers")

from inkstand_sdk import GenerateRequest, Model
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.testing.gguf_damage import damaged_files
from inkstand_transformers.backend import Transformers

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"
EVERY = 8  # files that still load take a second each, so not all of them are tried here


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_a_typed_error_or_loads(tmp_path: Path) -> None:
    path = tmp_path / "damaged.gguf"
    refused: list[InkstandError] = []
    for number, (_, data) in enumerate(damaged_files(POCKET)):
        if number % EVERY:
            continue
        path.write_bytes(data)
        backend = Transformers()
        try:
            backend.load(
                Model(id="damaged", format="gguf", path=str(path)),
                Transformers.Settings(threads=1, batch=1),
            )
            list(backend.generate(GenerateRequest.of("It was", max_tokens=3), lambda: False))
        except InkstandError as error:
            refused.append(error)
        finally:
            backend.close()
    assert len(refused) > 10
    assert all(error.what and error.cause for error in refused)
