"""Words of a workspace: true after every kind of change, and of today what is of today."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from inkstand.workspace import manuscript, outlines
from inkstand.workspace.counts import Count, Counts
from inkstand.workspace.outlines import Outlines
from inkstand.workspace.project import Workspace
from inkstand_sdk.errors import InputError

TODAY = dt.datetime.now().astimezone().date()


class Book:
    """A workspace that is counted anew each time, as by a new process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.day = TODAY

    def write(self, name: str, text: str, *, days_ago: int = 0) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if days_ago:
            at = path.stat().st_mtime - days_ago * 86_400
            os.utime(path, (at, at))
        return path

    def count(self, path: Path | None = None) -> Count:
        workspace = Workspace.at(path or self.root, self.root.parent / "data")
        kept = Outlines(workspace.state)
        try:
            return Counts(workspace, kept, lambda: self.day).count(path)
        finally:
            kept.close()


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = Book(tmp_path / "book")
    made.write("inkstand.toml", 'title = "Regen"\n')
    made.write("manuscript/01.md", "# One\n\nAda came home.\n\n* * *\n\nBo left.\n", days_ago=3)
    made.write("manuscript/02.md", "---\nstatus: draft\n---\n# Two\n\nRain.\n", days_ago=3)
    return made


def test_words_are_counted_by_scene_file_and_chapter(book: Book) -> None:
    for _ in range(2):
        count = book.count()
        assert count.words == 6
        assert [scene.words for scene in count.scenes] == [3, 2, 1]
        assert [(file.name, file.words) for file in count.files] == [
            ("manuscript/01.md", 5), ("manuscript/02.md", 1),
        ]  # fmt: skip
        assert [(each.chapter, each.words) for each in count.chapters] == [("One", 5), ("Two", 1)]
        assert count.by_status == {"": 5, "draft": 1}


def test_counting_agrees_with_the_manuscript(book: Book) -> None:
    found = manuscript.load(book.root)
    count = book.count()
    assert [(s.id, s.words, s.line) for s in found.scenes] == [
        (s.id, s.words, s.line) for s in count.scenes
    ]


def test_what_was_there_at_the_first_count_is_not_of_today(book: Book) -> None:
    book.write("manuscript/03.md", "Written an hour ago.")
    assert book.count().today == 0


def test_words_of_today_go_up_and_down(book: Book) -> None:
    book.count()
    path = book.write("manuscript/02.md", "Rain fell all night.")
    assert book.count().today == 3
    book.write("manuscript/03.md", "A new file.")
    assert book.count().today == 6
    path.unlink()
    assert book.count().today == 2
    (book.root / "manuscript" / "01.md").write_text("Ada.")
    assert book.count().today == -2


def test_a_new_day_begins_at_nothing(book: Book) -> None:
    book.count()
    book.write("manuscript/02.md", "Rain fell all night.", days_ago=2)
    assert book.count().today == 3
    book.day = TODAY + dt.timedelta(days=1)
    assert book.count().today == 0


def test_words_written_before_the_day_s_first_count_are_of_the_day_that_they_were_written(
    book: Book,
) -> None:
    book.day = TODAY - dt.timedelta(days=2)
    book.count()
    book.day = TODAY
    book.write("manuscript/02.md", "Rain fell all night.")
    book.write("manuscript/01.md", "Ada.", days_ago=1)
    assert book.count().today == 3


def test_a_renamed_file_is_no_new_text(book: Book) -> None:
    book.count()
    (book.root / "manuscript" / "02.md").rename(book.root / "manuscript" / "09.md")
    assert book.count().today == 0


def test_a_change_of_the_same_size_in_the_same_tick_is_noticed(book: Book) -> None:
    path = book.write("manuscript/02.md", "One two.")
    assert book.count().words == 7
    stamp = path.stat()
    path.write_text("Onetwoo.")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert book.count().words == 6


def test_files_that_were_not_touched_are_not_read_again(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform == "win32":
        pytest.skip("a file's times cannot be set back whole")
    monkeypatch.setattr(outlines, "_TICK", -(10**10))
    book.count()
    path = book.write("manuscript/02.md", "Rain fell.")
    read: list[str] = []
    real = outlines.outlined

    def noted(data: bytes, name: str, **how: Any) -> outlines.Read:
        read.append(name)
        return real(data, name, **how)

    monkeypatch.setattr(outlines, "outlined", noted)
    assert book.count().words == 7
    assert read == ["manuscript/02.md"]
    assert book.count().words == 7
    assert len(read) == 1
    path.touch()
    assert book.count().words == 7
    assert len(read) == 1, "its bytes were the same"


@pytest.mark.parametrize("damage", ["garbage", "folder", "newer"])
def test_a_damaged_state_costs_time_and_nothing_else(book: Book, damage: str) -> None:
    book.count()
    state = book.root / ".inkstand" / "state.db"
    for path in state.parent.glob("state.db*"):
        path.unlink()
    if damage == "garbage":
        state.write_bytes(os.urandom(5000))
    elif damage == "folder":
        state.mkdir()
    else:
        import sqlite3

        with sqlite3.connect(state) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
    assert book.count().words == 6
    assert book.count().words == 6


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_may_not_be_written_is_counted(book: Book) -> None:
    book.root.chmod(0o555)
    try:
        assert book.count().words == 6
    finally:
        book.root.chmod(0o755)


def test_one_file_of_a_workspace_is_counted_by_itself(book: Book) -> None:
    book.count()
    count = book.count(book.root / "manuscript" / "01.md")
    assert (count.words, len(count.files)) == (5, 1)
    assert book.count(book.root / "manuscript").words == 6


def test_a_single_file_and_a_plain_folder_need_no_workspace(tmp_path: Path) -> None:
    book = Book(tmp_path / "plain")
    path = book.write("глава первая.txt", "Она пришла домой.")
    book.write("two.md", "Bo left.")
    assert book.count(path).words == 3
    assert book.count().words == 5
    assert book.count().today == 0
    assert sorted(each.name for each in book.root.iterdir()) == ["two.md", "глава первая.txt"]


def test_a_folder_without_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"x")
    with pytest.raises(InputError, match="There is no text in"):
        Book(tmp_path).count()


def test_a_file_that_is_no_text_is_left_out_with_a_note(book: Book) -> None:
    (book.root / "manuscript" / "03.md").write_bytes(b"\0\1\2" * 1000)
    count = book.count()
    assert count.words == 6
    assert "03.md was left out" in count.notes[0]


def test_outlines_that_were_kept_give_the_same_manuscript(book: Book) -> None:
    book.count()
    workspace = Workspace.at(book.root, book.root.parent / "data")
    kept = Outlines(workspace.state)
    assert len(kept.known()) == 2
    assert manuscript.load(book.root, workspace, kept) == manuscript.load(book.root)
    book.write("manuscript/01.md", "# One\n\nAda went home.\n\n* * *\n\nBo left.\n")
    assert manuscript.load(book.root, workspace, kept) == manuscript.load(book.root)
    kept.close()


def test_a_workspace_in_a_folder_counts_there_what_it_counts_itself(book: Book) -> None:
    book.write("bible/characters/ada.md", "Ada is a smith.")
    book.write("notes/idea.md", "A new idea.")
    plain = book.root.parent / "plain"
    plain.mkdir()
    book.root.rename(plain / "book")
    outer = Book(plain)
    outer.write("bible/of-all.md", "Not prose.")
    outer.write("loose.md", "Bo stayed.")
    count = outer.count()
    names = ["book/manuscript/01.md", "book/manuscript/02.md", "loose.md"]
    assert [file.name for file in count.files] == names
    assert count.words == 6 + 2
    assert {scene.part for scene in count.scenes} == {"book", ""}
    assert not any(scene.chapter == "manuscript" for scene in count.scenes)
    assert [scene.file for scene in manuscript.load(plain).scenes][-1] == "loose.md"
