"""Files that are either the old ones or the new ones."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from inkstand import atomic


def test_a_file_is_made_or_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for text in ("one\r\n", "two — 😀\n"):
        atomic.write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        atomic.write_text(path, "\ud800")
    with pytest.raises(OSError, match=r"No such file|cannot find"):
        atomic.write_text(tmp_path / "missing" / "a.toml", "new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        atomic.write_text(tmp_path / "folder", "new")
    assert path.read_text() == "old"
    assert sorted(child.name for child in tmp_path.iterdir()) == ["a.toml", "folder"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_are_kept_and_new_files_have_the_usual_ones(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("x")
    old.chmod(0o640)
    atomic.write_text(old, "y")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    (tmp_path / "usual").write_text("x")
    atomic.write_text(tmp_path / "new", "x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = tmp_path / "dotfiles" / "config.toml"
    real.write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    atomic.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250)
    atomic.write_text(path, "text")
    assert path.read_text() == "text"
