"""Changes that other programs make, in all the ways in which editors save."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inkstand.config import Config
from inkstand.desk import Desks
from inkstand.jobs import Job
from inkstand.workspace import watching
from inkstand.workspace.watching import Changed
from inkstand_sdk.errors import InputError


class Watch:
    """A watch that has begun, and its changes one by one."""

    def __init__(self, desks: Desks, path: Path) -> None:
        self.job: Job[None] = desks.at(path).watch()
        self._events = self.job.events()

    def next(self) -> Changed:
        change: Changed = next(self._events)
        return change

    def until(self, *wanted: tuple[str, str]) -> Changed:
        """The change by which all of these (kind and name) have been told."""
        left = set(wanted)
        while True:
            change = self.next()
            left -= {(file.kind, file.name) for file in change.files}
            if not left:
                return change


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "novel"
    (root / "manuscript").mkdir(parents=True)
    (root / "inkstand.toml").write_text("")
    (root / "manuscript" / "01.md").write_text("Ada came home.")
    (root / "manuscript" / "02.md").write_text("Bo left.")
    return root


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    desks = Desks(tmp_path / "data", Config, lambda _note: None)
    yield desks
    desks.close()


@pytest.fixture
def watch(desks: Desks, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr(watching, "LOOK_MS", 1_000)
    begun = Watch(desks, root)
    # It has begun once it has told of a change.
    (root / "manuscript" / "00.md").write_text("A prologue.")
    begun.until(("added", "manuscript/00.md"))
    yield begun
    begun.job.cancel()
    begun.job.result(30)


def test_a_file_that_is_written_is_told_with_its_words(watch: Watch, root: Path) -> None:
    (root / "manuscript" / "01.md").write_text("Ada came home at last.")
    change = watch.until(("changed", "manuscript/01.md"))
    [file] = [each for each in change.files if each.name == "manuscript/01.md"]
    assert (file.words, file.before) == (5, 3)


def test_a_file_that_is_saved_by_renaming_is_one_that_changed(watch: Watch, root: Path) -> None:
    folder = root / "manuscript"
    (folder / "4913").write_text("")
    (folder / "4913").unlink()
    (folder / "01.md").rename(folder / "01.md~")
    (folder / "01.md.swp").write_text("swap")
    aside = folder / ".01.md.tmp"
    aside.write_text("Ada came home at last.")
    aside.rename(folder / "01.md")
    (folder / "01.md~").unlink()
    (folder / "01.md.swp").unlink()
    told: list[str] = []
    while True:
        change = watch.next()
        told += [file.name for file in change.files]
        now = {file.name: file.words for file in change.files}
        if now.get("manuscript/01.md") == 5:
            break
    assert set(told) <= {"manuscript/00.md", "manuscript/01.md"}


def test_files_that_come_and_go_are_told(watch: Watch, root: Path) -> None:
    (root / "manuscript" / "03.md").write_text("New.")
    (root / "manuscript" / "02.md").unlink()
    watch.until(("added", "manuscript/03.md"), ("removed", "manuscript/02.md"))


def test_what_is_no_prose_is_not_told(watch: Watch, root: Path) -> None:
    (root / "bible").mkdir()
    (root / "bible" / "ada.md").write_text("Ada.")
    (root / ".inkstand" / "x.md").write_text("Kept.")
    (root / "manuscript" / ".inkstand-1-abc.new").write_text("Aside.")
    (root / "manuscript" / "01.md").touch()
    (root / "manuscript" / "02.md").write_text("Bo went.")
    change = watch.until(("changed", "manuscript/02.md"))
    assert {file.name for file in change.files} <= {"manuscript/00.md", "manuscript/02.md"}


def test_a_folder_that_disappears_ends_the_watch_with_a_reason(
    desks: Desks, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_MS", 100)
    begun = Watch(desks, root)
    root.rename(root.with_name("elsewhere"))
    for _ in begun.job.events():
        pass
    with pytest.raises(InputError, match="not there any more"):
        begun.job.result(30)
    desks.close()
    assert not root.exists()


def test_changes_are_found_where_nothing_tells_of_them(
    desks: Desks, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network drive: the system is silent, and it is looked now and then."""
    monkeypatch.setattr(watching, "LOOK_MS", 50)
    monkeypatch.setattr(watching, "_is_visible", lambda *_: False)
    begun = Watch(desks, root)
    (root / "manuscript" / "01.md").write_text("Ada came home at last.")
    begun.until(("changed", "manuscript/01.md"))
    begun.job.cancel()
    begun.job.result(30)


def test_a_system_that_watches_no_more_folders_is_asked_again_and_again(
    desks: Desks, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    real = watchfiles.watch

    def full(*paths: Any, **how: Any) -> Any:
        if not how["force_polling"]:
            raise OSError("OS file watch limit reached")
        return real(*paths, **how)

    monkeypatch.setattr(watchfiles, "watch", full)
    begun = Watch(desks, root)
    (root / "manuscript" / "01.md").write_text("Ada came home at last.")
    begun.until(("changed", "manuscript/01.md"))
    begun.job.cancel()
    begun.job.result(30)


def test_one_file_by_itself_is_watched(desks: Desks, tmp_path: Path) -> None:
    path = tmp_path / "story.md"
    path.write_text("Ada.")
    begun = Watch(desks, path)
    aside = tmp_path / "story.md.tmp"
    aside.write_text("Ada came.")
    aside.replace(path)
    change = begun.until(("changed", "story.md"))
    assert change.words == 2
    begun.job.cancel()
    begun.job.result(30)
