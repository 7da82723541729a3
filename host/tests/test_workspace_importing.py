"""Imports into workspaces: all of a manuscript or nothing, and never over what is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inkstand.jobs import CancelToken
from inkstand.workspace import importing, layout
from inkstand.workspace.cutting import cut, scenes_of
from inkstand.workspace.importing import import_file
from inkstand.workspace.manuscript import load
from inkstand.workspace.project import Workspace
from inkstand_sdk.errors import Cancelled, InputError, UsageError

BOOK = """---
title: The Salt House
author: Ann Bee
language: en-GB
series: Tides
cloud: never
---

# Part One

## The Storm

It rained.[^1] See [this][x].

* * *

It stopped.

## The Sea

It lay there.[^n]

# Part Two

## The End

Over.

[^1]: A note.

    With two paragraphs.

[^n]: Another.

[x]: http://example.com
"""


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.md"
    path.write_text(BOOK, encoding="utf-8")
    return path


def test_a_book_becomes_a_workspace_of_its_chapters(book: Path, tmp_path: Path) -> None:
    made = import_file(book, tmp_path / "out")
    assert made.files == (
        "manuscript/01-the-storm.md",
        "manuscript/02-the-sea.md",
        "manuscript/03-the-end.md",
        "inkstand.toml",
    )
    files = contents(tmp_path / "out")
    assert files["manuscript/01-the-storm.md"] == (
        "---\ncloud: never\n---\n\n# Part One\n\n## The Storm\n\nIt rained.[^1] See [this][x].\n\n"
        "* * *\n\nIt stopped.\n\n[^1]: A note.\n\n    With two paragraphs.\n\n"
        "[x]: http://example.com\n"
    )
    assert files["manuscript/02-the-sea.md"].endswith("It lay there.[^n]\n\n[^n]: Another.\n")
    settings = Workspace.at(tmp_path / "out", tmp_path).settings
    assert settings["title"] == "The Salt House"
    assert settings["author"] == "Ann Bee"
    assert settings["language"] == "en-GB"
    assert settings["metadata"] == {"series": "Tides"}


def test_the_workspace_reads_as_the_book_did(book: Path, tmp_path: Path) -> None:
    import_file(book, tmp_path / "out")
    scenes = load(tmp_path / "out").scenes
    assert [(scene.part, scene.chapter, scene.cloud) for scene in scenes] == [
        ("Part One", "The Storm", False),
        ("Part One", "The Storm", False),
        ("Part One", "The Sea", False),
        ("Part Two", "The End", False),
    ]


def test_scenes_get_files_of_their_own_on_demand(book: Path, tmp_path: Path) -> None:
    made = import_file(book, tmp_path / "out", split="scene")
    assert len(made.files) == 5
    second = (tmp_path / "out" / made.files[1]).read_text(encoding="utf-8")
    assert second == "---\nchapter: The Storm\npart: Part One\ncloud: never\n---\n\nIt stopped.\n"
    chapters = [(scene.part, scene.chapter) for scene in load(tmp_path / "out").scenes]
    assert chapters[1] == ("Part One", "The Storm")


def test_a_book_may_stay_one_file(book: Path, tmp_path: Path) -> None:
    made = import_file(book, tmp_path / "out", split="none")
    assert made.files == ("manuscript/01-the-storm.md", "inkstand.toml")


def test_a_plain_text_is_cut_at_its_chapters(tmp_path: Path) -> None:
    path = tmp_path / "my_book.txt"
    text = "CHAPTER I\n\nCaf\xe9.\n\n***\n\n# 5\nx\n\nCHAPTER II\n\nEnd.\n"
    path.write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    made = import_file(path, tmp_path / "out")
    files = contents(tmp_path / "out")
    assert made.title == "my book"
    assert files["manuscript/01-chapter-i.md"] == "# CHAPTER I\n\nCafé.\n\n* * *\n\n\\# 5\nx\n"
    assert files["manuscript/02-chapter-ii.md"] == "# CHAPTER II\n\nEnd.\n"


def test_a_plain_text_with_markdowns_headings_is_cut_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# Storm\n\nRain.\n\n# Sea\n\nWaves.\n")
    made = import_file(path, tmp_path / "out")
    assert made.files[:2] == ("manuscript/01-storm.md", "manuscript/02-sea.md")


def test_an_import_into_a_workspace_is_one_new_folder_beside_what_is_there(
    book: Path, tmp_path: Path
) -> None:
    import_file(book, tmp_path / "out")
    before = contents(tmp_path / "out")
    made = import_file(book, tmp_path / "out")
    assert made.added
    assert made.files[0] == "manuscript/04-the-salt-house/01-the-storm.md"
    after = contents(tmp_path / "out")
    assert {name: after[name] for name in before} == before
    assert {name for name in after if name not in before} - {".inkstand/lock"} == set(made.files)


def test_a_single_chapter_is_added_as_a_file(book: Path, tmp_path: Path) -> None:
    import_file(book, tmp_path / "out")
    one = tmp_path / "Epilogue.md"
    one.write_text("# Epilogue\n\nThe end.\n", encoding="utf-8")
    made = import_file(one, tmp_path / "out")
    assert made.files == ("manuscript/04-epilogue.md",)
    assert (tmp_path / "out" / made.files[0]).read_text() == "# Epilogue\n\nThe end.\n"


def test_a_dry_run_writes_nothing_and_says_the_same(book: Path, tmp_path: Path) -> None:
    planned = import_file(book, tmp_path / "out", dry_run=True)
    assert not (tmp_path / "out").exists()
    assert import_file(book, tmp_path / "out") == planned


def test_a_folder_that_holds_something_else_is_refused(book: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.md").write_text("Mine.")
    with pytest.raises(UsageError, match="is not empty, and no workspace"):
        import_file(book, tmp_path / "other")
    assert contents(tmp_path / "other") == {"mine.md": "Mine."}


def test_a_manuscript_folder_that_is_a_link_out_is_not_written_to(
    book: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "away").mkdir()
    (tmp_path / "out" / "inkstand.toml").write_text("")
    (tmp_path / "out" / "manuscript").symlink_to(tmp_path / "away")
    with pytest.raises(UsageError, match="does not lie in the workspace"):
        import_file(book, tmp_path / "out")
    assert not any((tmp_path / "away").iterdir())


def test_without_a_folder_it_is_named_after_the_title(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path(import_file(book, None).root).name == "the-salt-house"
    assert Path(import_file(book, None).root).name == "the-salt-house-2"


@pytest.mark.parametrize(
    "title", ["Война и мир", "紅樓夢", "a/b\\c:d*e?", "..", "CON", "Café" * 40, "👻"]
)
def test_titles_in_every_script_become_names_of_files(tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"# {title}\n\nText.\n", encoding="utf-8")
    made = import_file(path, tmp_path / "out")
    assert len(Path(made.files[0]).name.encode()) < 200
    text = (tmp_path / "out" / made.files[0]).read_text(encoding="utf-8")
    assert text == f"# {title}\n\nText.\n"


def test_a_text_without_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: x\n---\n")
    with pytest.raises(InputError, match="There is no text"):
        import_file(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nul_bytes_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Wo\0rds.\r\n" + b"More of them. " * 20)
    made = import_file(path, tmp_path / "out")
    assert made.notes == ("NUL bytes, left out: 1.",)
    assert (tmp_path / "out" / made.files[0]).read_text().startswith("Words.\n\nMore")


def test_a_cancelled_import_leaves_nothing(book: Path, tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(_: float | None, message: str) -> None:
        if message.startswith("Writing 02"):
            cancel.cancel()

    with pytest.raises(Cancelled):
        import_file(book, tmp_path / "a" / "out", progress=stop, cancel=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["book.md"]


def test_a_full_disk_leaves_nothing(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left on device"):
        import_file(book, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["book.md"]


KILLED = """
import os, signal, sys
from pathlib import Path
from inkstand.workspace import importing
step, file, into = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
count = 0
def look(frame, event, argument):
    global count
    if frame.f_code.co_filename.endswith(("importing.py", "creating.py", "pathlib.py", "turns.py")):
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
    return look
imported = importing.document_of(file)
importing.document_of = lambda path, cancel: imported
sys.settrace(look)
importing.import_file(file, into)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
@pytest.mark.parametrize("there", [False, True])
def test_an_import_killed_anywhere_is_whole_or_not_there(
    book: Path, tmp_path: Path, *, there: bool
) -> None:
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    seen = set()
    for number, step in enumerate((150, 400, 600, 800, 1_000, 1_200, 10**9)):
        into = tmp_path / f"in-{number}" / "out"
        if there:
            into.mkdir(parents=True)
            (into / "inkstand.toml").write_text('title = "Mine"\n')
        done = subprocess.run(
            [sys.executable, program, str(step), book, into], check=False, capture_output=True
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        shown = sorted(
            path.name
            for path in into.rglob("*.md")
            if ".inkstand" not in str(path.relative_to(into))
        )
        chapters = [name for name in shown if name[0].isdigit()]
        assert chapters in ([], ["01-the-storm.md", "02-the-sea.md", "03-the-end.md"])
        seen.add(len(chapters))
        # The next import clears away what is left.
        import_file(book, into)
        left = [p.name for f in (into, into.parent) for p in f.iterdir() if "import-" in p.name]
        assert not left
    assert seen == {0, 3}


def test_an_import_killed_between_its_notes_and_its_text_is_finished_by_the_next(
    book: Path, tmp_path: Path
) -> None:
    into = tmp_path / "out"
    (into / "notes").mkdir(parents=True)
    (into / "inkstand.toml").write_text('title = "Mine"\n')
    (into / "notes" / "01-people.md").write_text("Ann")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = into / f".inkstand-import-{ended.pid}-abc"
    (left / "0").mkdir(parents=True)
    (left / "0" / "tide.md").write_text("The tide.")
    (left / "pending.json").write_text(
        '[["1/people.md", "notes/01-people.md"], ["0/tide.md", "07-tide.md"],'
        ' ["0/tide.md", "../outside.md"]]'
    )
    import_file(book, into)
    assert (into / "07-tide.md").read_text() == "The tide."
    assert not left.exists()
    assert not (tmp_path / "outside.md").exists()


def test_a_screenplay_is_kept_word_for_word_in_its_files(tmp_path: Path) -> None:
    play = (
        "FADE IN:\n\n# Act One\n\nINT. A - DAY\n\nANN\nHello.  [[x]]\n\n"
        ".FORCED\n\nMore.\n\n# Act Two\n\nEnd."
    )
    path = tmp_path / "a.fountain"
    path.write_text(f"Title: My Play\nAuthor: Ann & Bob\n\n{play}\n")
    for split, count in (("chapter", 3), ("scene", 4), ("none", 1)):
        out = tmp_path / split
        made = import_file(path, out, split=split)  # type: ignore[arg-type]
        names = [name for name in made.files if name.startswith("manuscript/")]
        assert len(names) == count
        texts = [(out / name).read_text(encoding="utf-8").strip() for name in names]
        assert "\n\n".join(texts) == play
        settings = Workspace.at(out, tmp_path).settings
        assert settings["kind"] == "screenplay"
        assert settings["metadata"]["title_page"] == {"Title": ["My Play"], "Author": ["Ann & Bob"]}


def test_headings_in_code_and_comments_are_none() -> None:
    text = "# One\n\n```\n# no\n[^1]: no\n```\n\n<!--\n# no\n-->\n\n# Two\n\nx"
    assert [section.title for section in cut(text).sections] == ["One", "Two"]


def test_a_heading_above_all_others_is_the_title() -> None:
    found = cut("# My Book\n\n## One\n\na\n\n## Two\n\nb\n")
    assert found.title == "My Book"
    assert [(section.level, section.title) for section in found.sections] == [
        ("chapter", "One"),
        ("chapter", "Two"),
    ]


def test_scenes_take_their_footnotes_with_them() -> None:
    section = cut("# One\n\na[^1]\n\n* * *\n\nb[^2]\n\n[^1]: x\n\n[^2]: y").sections[0]
    assert [each.text for each in scenes_of(section)] == ["a[^1]\n\n[^1]: x", "b[^2]\n\n[^2]: y"]


@pytest.mark.parametrize(
    "value", ["yes", "1: 2", "a\nb", "- x", "é", "#", "", " x ", True, ["a", 1], "\x85", "'q'"]
)
def test_front_matter_reads_as_it_was_written(value: object) -> None:
    from inkstand.workspace.frontmatter import parse

    text = layout.front_matter({"synopsis": value, "other key": 1})
    assert parse(text, "a.md").fields == {"synopsis": value, "other key": 1}


def test_the_source_is_never_written_to(book: Path, tmp_path: Path) -> None:
    status = book.stat()
    importing.import_file(book, tmp_path / "out")
    assert (book.stat().st_mtime_ns, book.read_text()) == (status.st_mtime_ns, BOOK)
