"""`inkstand import`, as a writer types it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Program = Any

BOOK = "# One\n\nIt *rained*.\n\n* * *\n\nIt stopped.\n\n# Two\n\nThe end.\n"


@pytest.fixture
def book(inkstand: Program) -> Path:
    path: Path = inkstand.folder / "book.md"
    path.write_text(BOOK, encoding="utf-8")
    return path


def test_a_book_is_imported_and_its_status_can_be_seen(inkstand: Program, book: Path) -> None:
    done = inkstand("import", book.name, "--into", "novel")
    assert done.status == 0, done.err
    assert done.out.splitlines()[1:] == [
        "  manuscript/01-one.md",
        "  manuscript/02-two.md",
        "  inkstand.toml",
    ]
    assert "inkstand status" in done.err
    assert "book: 6 words" in inkstand("status", "novel").out


def test_a_script_gets_files_words_and_notes_as_json(inkstand: Program) -> None:
    path = inkstand.folder / "a.rtf"
    path.write_bytes(b"{\\rtf1 {\\header Me}One {\\i two}.}")
    made = inkstand("import", "a.rtf", "--dry-run", "--json").json()
    assert made["files"] == ["manuscript/01-a.md", "inkstand.toml"]
    assert made["words"] == 2
    assert made["notes"] == ["Headers or footers, left out: 1."]
    assert not (inkstand.folder / "a").exists()


def test_what_is_not_carried_is_said_on_standard_error(inkstand: Program) -> None:
    (inkstand.folder / "a.rtf").write_bytes(b"{\\rtf1 {\\pict 00}One.}")
    done = inkstand("import", "a.rtf")
    assert "Note: Images, left out: 1." in done.err
    assert "Note:" not in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing.md",), ("nothing.md does not exist",)),
        ((".",), ("is no project of Scrivener or novelWriter",)),
        (("book.md", "--into", "book.md"), ("is no folder",)),
        (("book.md", "--into", "."), ("is not empty, and no workspace", "inkstand new --here .")),
        (("book.md", "--split", "page"), ("'page' is not one of",)),
        (("empty.md",), ("is empty",)),
        (("old.doc",), ("old binary format", "save it as .docx")),
    ],
)
def test_wrong_input_gets_one_paragraph_and_writes_nothing(
    inkstand: Program, book: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (inkstand.folder / "empty.md").write_bytes(b"")
    (inkstand.folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    before = sorted(book.parent.iterdir())
    inkstand("import", *arguments).refused(*words)
    assert sorted(book.parent.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_stops_an_import_and_leaves_nothing(inkstand: Program) -> None:
    folder = inkstand.folder
    # 2,000 files, each of which reaches the disk: long enough to be stopped in.
    text = "".join(f"# Chapter {number}\n\nText.\n\n" for number in range(2_000))
    (folder / "long.md").write_text(text)
    process = subprocess.Popen(
        [inkstand.python, "-m", "inkstand", "import", "long.md", "--into", "out"],
        cwd=folder,
        env=inkstand.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not any(folder.glob(".inkstand-import-*/*/manuscript/01*")):
        pass
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (1, 130)
    assert "Traceback" not in err
    assert [path.name for path in folder.iterdir()] == ["long.md"]
