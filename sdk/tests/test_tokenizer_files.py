"""A tokenizer that a library could not read: which file is to blame, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand_sdk.tokenizer_files import no_tokens, tokenizer_error

SOUND = b'{"model": {}}'
DAMAGE = {
    "empty": (b" \n", "broke off"),
    "half": (b'{"model": {', "it breaks off"),
    "other": (b'["model"]', "not a JSON object"),
    "without a vocabulary": (b'{"version": "1.0"}', "no vocabulary"),
    "a page to log in": (b"<!doctype html>", "web page"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
    "noise": (b"\xff\xfe\x00", "not JSON"),
}


def reads(path: str) -> None:
    """Read any file, as a library does that knows its kind."""


def knows_no_kind(path: str) -> None:
    raise RuntimeError("unknown variant")


@pytest.mark.parametrize("kind", DAMAGE)
def test_the_damaged_file_is_named_with_its_fault_and_what_to_do(kind: str, tmp_path: Path) -> None:
    data, fault = DAMAGE[kind]
    (tmp_path / "tokenizer.json").write_bytes(data)
    (tmp_path / "tokenizer_config.json").write_text("{}")
    error = tokenizer_error(tmp_path, RuntimeError("of the library"), reads)
    assert str(tmp_path / "tokenizer.json") in error.what
    assert fault in error.cause
    assert error.fix
    assert "of the library" in error.detail


def test_a_chat_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes(SOUND)
    (tmp_path / "chat_template.jinja").write_bytes(b"\xff\xfe")
    assert "chat_template.jinja" in tokenizer_error(tmp_path, ValueError(), reads).what


def test_json_of_an_unknown_kind_is_told_from_a_config_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes(SOUND)
    (tmp_path / "tokenizer_config.json").write_text("{}")
    error = ValueError("no such class")
    assert "tokenizer.json" in tokenizer_error(tmp_path, error, knows_no_kind).what
    assert "tokenizer_config.json" in tokenizer_error(tmp_path, error, reads).what


def test_a_folder_without_files_to_blame_is_named_itself(tmp_path: Path) -> None:
    assert str(tmp_path) in tokenizer_error(tmp_path, ValueError("no"), reads).what
    assert str(tmp_path) in no_tokens(tmp_path).what
