"""What Inkstand keeps of a workspace: in its own folder, and closed to others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from inkstand.config import Directories
from inkstand.records.place import folder_for
from inkstand.studio import Studio
from inkstand.workspace.history import History
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand_sdk.errors import UsageError

POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")


@POSIX
@pytest.mark.parametrize("part", ["", "history.db", "lock", ".gitignore"])
def test_what_inkstand_keeps_is_not_written_through_a_link_out_of_the_workspace(
    tmp_path: Path, part: str
) -> None:
    book, outside = tmp_path / "book", tmp_path / "outside"
    book.mkdir()
    outside.mkdir()
    (book / "inkstand.toml").write_text("")
    (book / "one.md").write_text("Ada.\n")
    if part:
        (book / ".inkstand").mkdir()
    link = book / ".inkstand" / part if part else book / ".inkstand"
    link.symlink_to(outside / part)
    with pytest.raises(UsageError, match="leads out of the workspace"):
        Workspace.at(book / "one.md", tmp_path / "data")
    assert list(outside.iterdir()) == []


@POSIX
def test_a_workspace_behind_a_link_is_written(tmp_path: Path) -> None:
    book = tmp_path / "book"
    book.mkdir()
    (book / "inkstand.toml").write_text("")
    (tmp_path / "link").symlink_to(book)
    workspace = Workspace.at(tmp_path / "link", tmp_path / "data")
    saver = Saver(workspace, History(workspace.state))
    saver.save(tmp_path / "link" / "one.md", "Ada.\n", basis=None)
    saver.history.close()
    assert (book / "one.md").read_text() == "Ada.\n"


@POSIX
def test_what_inkstand_keeps_is_closed_to_other_users(tmp_path: Path) -> None:
    book = tmp_path / "book"
    (book / ".inkstand").mkdir(parents=True)
    (book / ".inkstand").chmod(0o755)
    (book / "inkstand.toml").write_text("")
    workspace = Workspace.at(book, tmp_path / "data")
    saver = Saver(workspace, History(workspace.state))
    saver.save(book / "one.md", "Ada.\n", basis=None)
    saver.history.close()
    assert stat.S_IMODE((book / ".inkstand").stat().st_mode) == 0o700
    assert stat.S_IMODE((book / "one.md").stat().st_mode) & 0o044, "the text is as any other file"


@POSIX
def test_the_folders_of_a_user_are_closed_to_other_users(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("config", "data", "cache", "state", "log")]
    folders[0].mkdir(mode=0o755)
    folders[1].mkdir(mode=0o755)
    (tmp_path / "book").mkdir(mode=0o755)
    (tmp_path / "book" / "one.md").write_text("Ada.\n")
    with Studio(directories=Directories(*folders)) as studio:
        studio.desk(tmp_path / "book").saver.save(tmp_path / "book" / "two.md", "Bo", basis=None)
    for folder in folders:
        assert not folder.exists() or stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folders[1].exists()
    assert stat.S_IMODE((tmp_path / "book").stat().st_mode) == 0o755, "that is the writer's"


@POSIX
def test_receipts_are_not_written_through_a_link_out_of_the_workspace(tmp_path: Path) -> None:
    book, outside = tmp_path / "book", tmp_path / "outside"
    for folder in (book, outside):
        folder.mkdir()
    (book / "inkstand.toml").write_text("")
    assert folder_for(book, tmp_path / "data") == book / ".inkstand"
    (book / ".inkstand").symlink_to(outside)
    with pytest.raises(UsageError, match="leads out of the workspace"):
        folder_for(book, tmp_path / "data")


@pytest.mark.parametrize("name", ["a\0b.md", "half \ud800.md"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "inkstand.toml").write_text("")
    workspace = Workspace.at(tmp_path, tmp_path / "data")
    saver = Saver(workspace, History(workspace.state))
    with pytest.raises(UsageError, match="cannot be the name of a file"):
        saver.save(tmp_path / name, "Ada.\n", basis=None)
    with pytest.raises(UsageError, match="cannot be the name of a file"):
        workspace.history_name(tmp_path / name)
    saver.history.close()
