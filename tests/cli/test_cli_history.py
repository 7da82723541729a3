"""`inkstand history`, `diff` and `restore`, as a writer types them."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inkstand.config import Directories
from inkstand.studio import Studio
from inkstand.workspace.textfile import TextFile

Program = Any
Save = Callable[..., None]

OLD = "The tide.\n\nThe ferry was late again.\n"
NEW = "The tide.\n\nThe ferry came early.\n"


@pytest.fixture
def save(inkstand: Program) -> Save:
    """Changes a file as a tool would, from the workspace `at`."""
    kinds = ("config", "data", "cache", "state", "log")
    directories = Directories(*(inkstand.home / kind for kind in kinds))

    def save(path: Path, text: str, at: Path | None = None) -> None:
        with Studio(directories=directories) as studio:
            basis = TextFile.read(path) if path.exists() else None
            desk = studio.desk(at or path.parent)
            desk.saver.save(path, text, basis=basis, by="machine", why="rewrite")

    return save


@pytest.fixture
def scene(inkstand: Program, save: Save) -> Path:
    """A scene that was changed once."""
    path: Path = inkstand.folder / "scene.md"
    path.write_text(OLD)
    save(path, NEW)
    return path


def test_what_a_text_was_is_listed_shown_and_compared(inkstand: Program, scene: Path) -> None:
    (after, before) = inkstand("history", "scene.md", "--json").json()
    assert (before["by"], before["why"]) == ("human", "before: rewrite")
    assert (after["by"], after["why"], after["size"]) == ("machine", "rewrite", len(NEW))
    for arguments in ((), (".",), ("scene.md",)):
        done = inkstand("history", *arguments)
        assert (done.status, done.err) == (0, "")
        assert "before: rewrite" in done.out
        assert ("scene.md" in done.out) == (arguments != ("scene.md",))
    assert len(inkstand("history", "-n", "1", "--json").json()) == 1
    assert inkstand("history", "scene.md", "--show", str(before["id"])).out == OLD
    assert inkstand("history", "scene.md", "--show", "yesterday").out == OLD
    assert inkstand("history", "scene.md", "--show", "0m ago", "--json").json()["text"] == NEW
    which: tuple[str, ...]
    for which in ((), (str(before["id"]),), (str(before["id"]), str(after["id"]))):
        done = inkstand("diff", "scene.md", *which)
        assert done.out == "Line 3:\nThe ferry [-was late again-]{+came early+}.\n\n"
        assert (done.status, done.err) == (0, "")
    (passage,) = inkstand("diff", "scene.md", "--json").json()["passages"]
    assert passage["old_line"] == 3
    assert {"kind": "added", "text": "came early"} in passage["pieces"]


def test_a_text_is_restored_and_that_can_be_undone(inkstand: Program, scene: Path) -> None:
    scene.write_text("By hand.\n")
    done = inkstand("restore", "scene.md", "1")
    assert done.status == 0
    assert scene.read_text() == OLD
    undo = done.out.splitlines()[1].removeprefix("To undo that: inkstand ").split()
    assert inkstand(*undo).status == 0
    assert scene.read_text() == "By hand.\n"
    assert inkstand("restore", "scene.md").status == 0
    assert scene.read_text() == OLD


def test_a_deleted_file_comes_back(inkstand: Program, scene: Path) -> None:
    scene.unlink()
    assert "rewrite" in inkstand("history", "scene.md").out
    assert inkstand("diff", "scene.md", "1").err == "scene.md is deleted.\n"
    assert inkstand("restore", "scene.md").status == 0
    assert scene.read_text() == NEW


def test_a_deleted_folder_comes_back_with_its_file(inkstand: Program, save: Save) -> None:
    path = inkstand.folder / "part" / "scene.md"
    path.parent.mkdir()
    save(path, OLD, inkstand.folder)
    path.unlink()
    path.parent.rmdir()
    assert inkstand("restore", "part/scene.md").status == 0
    assert path.read_text() == OLD


def test_an_old_text_goes_into_a_file_of_its_own(
    inkstand: Program, scene: Path, tmp_path: Path
) -> None:
    there = tmp_path / "new" / "old scene.md"
    assert inkstand("restore", "scene.md", "1", "--to", str(there)).status == 0
    assert (there.read_text(), scene.read_text()) == (OLD, NEW)
    inkstand("restore", "scene.md", "1", "--to", str(there)).refused("already")
    inkstand("restore", "scene.md", "1", "--to", "scene.md").refused("already")
    assert scene.read_text() == NEW


def test_the_history_is_found_from_wherever_the_file_was_changed(
    inkstand: Program, save: Save
) -> None:
    path = inkstand.folder / "part" / "scene.md"
    path.parent.mkdir()
    save(path, OLD, inkstand.folder)
    assert len(inkstand("history", "part/scene.md", "--json").json()) == 1
    save(path, NEW, path)
    assert len(inkstand("history", "part/scene.md", "--json").json()) == 2
    (inkstand.folder / "inkstand.toml").write_text("")
    assert len(inkstand("history", "part/scene.md", "--json").json()) == 2


def test_a_folder_of_a_project_lists_what_lies_in_it(inkstand: Program, save: Save) -> None:
    (inkstand.folder / "inkstand.toml").write_text("")
    for name in ("one/a.md", "onely.md"):
        path = inkstand.folder / name
        path.parent.mkdir(exist_ok=True)
        save(path, OLD)
    assert [each["name"] for each in inkstand("history", "one", "--json").json()] == ["one/a.md"]
    assert (inkstand.folder / ".inkstand" / "history.db").exists()


def test_what_cannot_be_is_said(inkstand: Program, scene: Path) -> None:
    inkstand("history", "nothing.md").refused("no snapshot of nothing.md")
    inkstand("restore", "nothing.md").refused("no snapshot of nothing.md")
    for odd in ("nothing.md", ".", "~nobody-here/a.md", "scene.md/in", "no/such/folder.md"):
        inkstand("diff", odd).refused("no snapshot of")
    inkstand("restore", "scene.md", "99").refused("has no snapshot 99")
    inkstand("restore", "scene.md", "soon").refused("no time", status=2)
    inkstand("history", "--show", "1").refused("Name the file", status=2)
    assert scene.read_text() == NEW
    assert "no snapshot yet" in inkstand("history", str(inkstand.home)).out


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_nothing_is_restored_through_a_link_out_of_the_folder(
    inkstand: Program, scene: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("Not ours.\n")
    scene.unlink()
    scene.symlink_to(outside)
    inkstand("restore", "scene.md", "1").refused("does not lie in the workspace")
    assert outside.read_text() == "Not ours.\n"


def test_a_file_that_became_a_folder_is_said_and_its_text_can_be_had(
    inkstand: Program, scene: Path
) -> None:
    scene.unlink()
    scene.mkdir()
    for command in ("diff", "restore"):
        inkstand(command, "scene.md", "1").refused("not a regular file")
    assert inkstand("restore", "scene.md", "1", "--to", "scene.txt").status == 0
    assert (inkstand.folder / "scene.txt").read_text() == OLD


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")
def test_names_that_are_no_text_are_restored(inkstand: Program, save: Save) -> None:
    name = b"caf\xe9\n.md"
    path = Path(os.fsdecode(os.fsencode(inkstand.folder) + b"/" + name))
    path.write_text(OLD)
    save(path, NEW)
    done = inkstand("restore", name)
    assert done.status == 0, done.err
    assert path.read_text() == OLD


def test_bytes_go_to_another_program_as_they_are(inkstand: Program, save: Save) -> None:
    path = inkstand.folder / "scene.txt"
    path.write_bytes("Été.\r\n".encode("utf-16"))
    save(path, "Hiver.\n")
    done = inkstand("diff", "scene.txt")
    assert "[-Été-]{+Hiver+}" in done.out
    assert inkstand("restore", "scene.txt", "1").status == 0
    assert path.read_bytes() == "Été.\r\n".encode("utf-16")


@pytest.mark.parametrize(
    ("user", "workspace", "left"),
    [("", "", 3), ("all", "", 12), ("", "all", 12), ("all", "thinned", 3), ("", "typo", 12)],
)
def test_old_snapshots_are_thinned_unless_the_writer_wants_them_all(
    inkstand: Program, save: Save, user: str, workspace: str, left: int
) -> None:
    path = inkstand.folder / "scene.md"
    settings = f'[history]\nkeep = "{workspace}"\n' if workspace else ""
    (inkstand.folder / "inkstand.toml").write_text(settings)
    if user:
        assert inkstand("config", "set", "history.keep", user).status == 0
    for number in range(11):
        save(path, f"Text {number}.\n")
    with (
        closing(sqlite3.connect(inkstand.folder / ".inkstand" / "history.db")) as connection,
        connection,
    ):
        connection.execute("UPDATE snapshots SET at = id")
        connection.execute("DELETE FROM thinned")
    assert inkstand("restore", "scene.md", "5").status == 0
    # The first, the last of that week in 1970, and what was restored.
    assert len(inkstand("history", "scene.md", "--json").json()) == left
