"""The bundled model is there, whole, and says truly what it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from inkstand_pocket import source
from inkstand_pocket.source import PocketSource
from inkstand_sdk.gguf import read_header


def test_the_bundled_file_is_the_one_that_is_described() -> None:
    (model,) = PocketSource().models()
    content = Path(model.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == model.sha256
    assert len(content) == model.size < 8 << 20
    header = read_header(model.path)
    assert header.context_length == model.context_length
    assert header.architecture == model.architecture


def test_the_probe_is_content_with_it() -> None:
    assert PocketSource.probe().ok


@pytest.mark.parametrize("content", [None, b"GGUF, half"])
def test_a_missing_or_cut_file_is_told_with_the_command_that_mends_it(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pocket.gguf"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(source, "FILE", file)
    probe = PocketSource.probe()
    assert not probe.ok
    assert str(file) in probe.missing
    assert probe.fix.startswith("pip install")
