"""`inkstand export`, as a writer types it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

Program = Any

TEXT = "# One\n\nIt was *late*. [[check]]\n\n* * *\n\nStill.\n\n# Two\n\nThe end.\n"


@pytest.fixture
def novel(inkstand: Program) -> Path:
    folder: Path = inkstand.folder / "novel"
    (folder / "manuscript").mkdir(parents=True)
    (folder / "manuscript" / "01.md").write_text(TEXT, encoding="utf-8")
    cut = "---\nstatus: cut\n---\n\n# Three\n\nNobody reads this.\n"
    (folder / "manuscript" / "02.md").write_text(cut, encoding="utf-8")
    (folder / "inkstand.toml").write_text('title = "Late"\nauthor = "A. Nobody"\n')
    return folder


@pytest.mark.parametrize(
    ("to", "name"),
    [
        ("docx", "a.docx"),
        ("shunn", "a.docx"),
        ("epub", "a.epub"),
        ("odt", "a.odt"),
        ("html", "a.html"),
        ("pdf", "a.pdf"),
        ("md", "a.md"),
        ("txt", "a.txt"),
        ("fountain", "a.fountain"),
        ("fdx", "a.fdx"),
    ],
)
def test_every_format_is_written_and_what_is_left_out_is_listed(
    inkstand: Program, novel: Path, to: str, name: str
) -> None:
    done = inkstand("export", novel, name, "--to", to, "--json")
    said = done.json()
    assert said["file"] == name
    assert said["title"] == "Late"
    assert said["chapters"] == 2
    assert said["scenes"] == 3
    assert said["bytes"] == (inkstand.folder / name).stat().st_size
    assert "1 scene with `status: cut` was left out: Three." in said["notes"]
    assert "1 note in [[ ]] was left out: [[check]]." in said["notes"]
    assert "Note: 1 scene with `status: cut` was left out: Three." in done.err
    assert b"Nobody reads this" not in (inkstand.folder / name).read_bytes()


def test_the_name_of_the_file_says_the_format(inkstand: Program, novel: Path) -> None:
    done = inkstand("export", novel, "late.txt")
    assert done.status == 0
    assert done.out.startswith("late.txt: Late, 2 chapters, ")
    text = (inkstand.folder / "late.txt").read_text(encoding="utf-8")
    assert "It was _late_." in text
    inkstand("export", novel, "late").refused("--to", status=2)
    inkstand("export", novel, "late.xyz").refused("no format", status=2)


def test_text_goes_to_standard_output_and_nothing_else_does(inkstand: Program, novel: Path) -> None:
    done = inkstand("export", novel, "-", "--to", "markdown")
    assert done.out.endswith("# Two\n\nThe end.\n")
    inkstand("export", novel, "-", "--to", "docx").refused("no text", status=2)
    inkstand("export", novel, "-", "--to", "text", "--json").refused("--json", status=2)


def test_a_file_that_is_there_is_only_replaced_when_that_is_wanted(
    inkstand: Program, novel: Path
) -> None:
    out = inkstand.folder / "late.epub"
    out.write_bytes(b"mine")
    inkstand("export", novel, out).refused("is there already", "--force", status=2)
    assert out.read_bytes() == b"mine"
    assert inkstand("export", novel, out, "--force").status == 0
    assert out.read_bytes().startswith(b"PK")


def test_an_export_never_becomes_part_of_the_book(inkstand: Program, novel: Path) -> None:
    inside = novel / "manuscript" / "all.md"
    inkstand("export", novel, inside).refused("part of the manuscript", status=2)
    first = novel / "manuscript" / "01.md"
    inkstand("export", first, first, "--force").refused("part of the manuscript", status=2)
    assert first.read_text(encoding="utf-8") == TEXT
    story = inkstand.folder / "story.txt"
    story.write_text("Once.\n", encoding="utf-8")
    inkstand("export", story, story, "--force").refused("part of the manuscript", status=2)
    assert story.read_text(encoding="utf-8") == "Once.\n"


def test_places_that_cannot_be_written_are_refused(inkstand: Program, novel: Path) -> None:
    inkstand("export", novel, "nowhere/late.txt").refused("no folder", status=2)
    inkstand("export", novel, novel, "--to", "text").refused("is a folder", status=2)
    inkstand("export", "nothing", "a.txt").refused("no file or folder", status=1)
    if sys.platform != "win32" and os.geteuid() != 0:
        closed = inkstand.folder / "closed"
        closed.mkdir(mode=0o500)
        inkstand("export", novel, "closed/late.txt").refused("could not be written", status=1)
    if Path("/dev/full").exists():
        inkstand("export", novel, "/dev/full", "--to", "text").refused("regular file", status=2)
    inkstand("export", novel, f"{'x' * 300}.txt").refused(status=1)


def test_chapters_and_scenes_can_be_chosen(inkstand: Program, novel: Path) -> None:
    def text(*options: str) -> str:
        done = inkstand("export", novel, "-", "--to", "text", *options)
        assert done.status == 0, done.err
        return str(done.out)

    assert "The end" not in text("--chapter", "one")
    assert "late" not in text("--chapter", "2")
    assert "Still." in text("--scenes", "2-3")
    assert "late" not in text("--scenes", "2-3")
    inkstand("export", novel, "-", "--to", "text", "--chapter", "Nine").refused("no chapter")
    inkstand("export", novel, "-", "--to", "text", "--scenes", "9").refused("no scenes")
    inkstand("export", novel, "-", "--to", "text", "--scenes", "4").refused("nothing to export")


def test_title_and_authors_can_be_given(inkstand: Program, novel: Path) -> None:
    done = inkstand(
        "export", novel, "-", "--to", "text", "--title", "Early", "--author", "B", "--author", "C"
    )
    assert done.out.startswith("Early\nby B\nby C\n")


def test_a_style_that_a_format_has_not_is_refused(inkstand: Program, novel: Path) -> None:
    inkstand("export", novel, "a.epub", "--style", "shunn").refused("DOCX or PDF", status=2)
    assert not (inkstand.folder / "a.epub").exists()


def test_without_pandoc_the_way_to_get_it_is_said(inkstand: Program, novel: Path) -> None:
    # A package of that name that has no program, found before the real one.
    fake = inkstand.folder / "fake" / "pypandoc"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("")
    hidden = {"PYTHONPATH": str(fake.parent), "PATH": str(fake)}
    done = inkstand("export", novel, "a.docx", **hidden)
    done.refused('pip install "inkstand[formats]"', status=1)
    assert inkstand("export", novel, "a.fdx", **hidden).status == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_stops_an_export_and_leaves_nothing(inkstand: Program, novel: Path) -> None:
    words = "The quick brown fox jumps over the lazy dog. " * 40
    long = "\n\n".join(words for _ in range(1_500))
    (novel / "manuscript" / "01.md").write_text(f"# One\n\n{long}\n", encoding="utf-8")
    process = inkstand.start("export", str(novel), "late.epub")
    try:
        import psutil

        def pandoc() -> list[psutil.Process]:
            return [
                child
                for child in psutil.Process(process.pid).children(recursive=True)
                if "pandoc" in child.name()
            ]

        while process.poll() is None and not pandoc():
            pass
        running = pandoc()
        assert running
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert said.decode().strip().endswith("Stopped.")
    assert not any(child.is_running() for child in running)
    assert not list(inkstand.folder.glob("*.epub"))
    assert not list(inkstand.folder.glob(".inkstand*"))
