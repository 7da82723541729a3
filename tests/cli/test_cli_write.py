"""`inkstand`, `inkstand PATH` and `inkstand write`, where there is no terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    folder = tmp_path / "novel"
    folder.mkdir()
    (folder / "one.md").write_text("One.\n", encoding="utf-8")
    return folder


def test_alone_it_prints_help_where_there_is_no_terminal(inkstand: Any) -> None:
    done = inkstand()
    assert done.status == 0
    assert "Usage: inkstand" in done.out
    assert "write" in done.out


@pytest.mark.parametrize("words", [("{novel}",), ("write", "{novel}"), ("{novel}/one.md",)])
def test_a_path_needs_a_terminal(inkstand: Any, novel: Path, words: tuple[str, ...]) -> None:
    done = inkstand(*(word.format(novel=novel) for word in words))
    done.refused("needs a terminal", "inkstand --web")


@pytest.mark.parametrize("word", ["nowhere/", "nowhere.md"])
def test_a_path_that_is_not_there_is_no_unknown_command(inkstand: Any, word: str) -> None:
    inkstand(word).refused("There is no file or folder", word.rstrip("/"))


def test_a_word_that_is_neither_is_an_unknown_command(inkstand: Any) -> None:
    inkstand("statsu").refused("There is no command", "status", status=2)


def test_a_port_that_is_none_is_refused(inkstand: Any) -> None:
    inkstand("--web", "--port", "70000").refused("70000", status=2)


def test_a_folder_called_like_a_command_is_opened_by_its_path(inkstand: Any, novel: Path) -> None:
    (novel / "status").mkdir()
    inkstand(f"{novel}/status").refused("needs a terminal")


def test_a_file_that_is_no_text_is_refused_before_anything_is_opened(
    inkstand: Any, novel: Path
) -> None:
    (novel / "one.md").write_bytes(b"\0\1\2PNG")
    inkstand(f"{novel}/one.md").refused("not a text file")


def test_a_browser_is_for_no_other_command(inkstand: Any, novel: Path) -> None:
    inkstand("--web", "read", str(novel)).refused("--web", status=2)
