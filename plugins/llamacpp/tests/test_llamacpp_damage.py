"""Damaged GGUF files by the hundred: refused by us or by the engine, which must outlive them."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand_llamacpp.backend import LlamaCpp
from inkstand_sdk.testing.gguf_damage import check_survival, check_worker_survival, damaged_files

POCKET = Path(__file__).parents[2] / "pocket/src/inkstand_pocket/pocket.gguf"


def test_no_damaged_file_brings_the_engine_down(tmp_path: Path) -> None:
    assert check_survival(LlamaCpp, damaged_files(POCKET), tmp_path) > 200


@pytest.mark.slow
def test_no_damaged_file_ends_a_worker(tmp_path: Path) -> None:
    assert check_worker_survival(LlamaCpp, damaged_files(POCKET, noise=400), tmp_path) > 660
