"""The end, however it comes: what was typed is there, and the terminal is as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from inkstand.studio import Studio

CRASHING = str(Path(__file__).with_name("crashing_app.py"))
INKSTAND = ("-m", "inkstand")
FIRST = "manuscript/01-the-blank-column.md"
Start = Callable[..., Any]


def text(book: Path) -> str:
    return (book / FIRST).read_text(encoding="utf-8")


def opened(terminal: Start, book: Path, *words: str, controls: bool = True) -> Any:
    """Inkstand with the first text open, and a word typed into it that is not saved yet."""
    with Studio(book) as studio:
        studio.settings.set("ui.autosave", "0")
    found = terminal(*(words or (*INKSTAND, str(book))), controls=controls)
    found.see("The door of the weighbridge", "local only")
    found.type("Zebra")
    found.see("unsaved")
    return found


def test_ctrl_q_saves_and_ends_at_once(terminal: Start, book: Path) -> None:
    here = opened(terminal, book)
    here.type("\x11")
    status, rest = here.ended()
    assert status == 0
    assert "ZebraThe door" in text(book)
    assert "\x1b[?1049l" in rest  # the terminal shows again what it showed before
    assert "\x1b[?25h" in rest
    assert "Traceback" not in rest


def test_a_crash_saves_first_and_says_where(terminal: Start, book: Path, tmp_path: Path) -> None:
    here = opened(terminal, book, CRASHING, str(book))
    here.type("\x1bOP")
    status, rest = here.ended()
    assert status == 1
    assert "ZebraThe door" in text(book)
    assert f"saved: {book / FIRST}" in rest.replace("\r\n", "")
    assert "ZeroDivisionError: the fault" in rest
    assert "Traceback" not in rest
    assert "weighbridge" not in rest.rpartition("\x1b[?1049l")[2]
    log = tmp_path / "home" / "log" / "tui-crash.log"
    assert "ZeroDivisionError" in log.read_text("utf-8")
    assert "weighbridge" not in log.read_text("utf-8")


def test_a_crash_that_cannot_save_keeps_the_text_and_offers_it_back(
    terminal: Start, book: Path
) -> None:
    here = opened(terminal, book, CRASHING, str(book))
    (book / FIRST).chmod(0o400)
    here.type("\x1bOP")
    status, rest = here.ended()
    assert status == 1
    assert "not saved" in rest
    assert "offered" in rest
    assert "Zebra" not in text(book)
    (book / FIRST).chmod(0o600)
    again = terminal(*INKSTAND, str(book))
    again.see("Not saved when Inkstand ended", "Zebra")
    again.type("r")
    again.read(lambda _seen: "ZebraThe door" in text(book))
    again.type("\x11")
    assert again.ended()[0] == 0
    assert "ZebraThe door" in text(book)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_saves_and_ends(terminal: Start, book: Path, name: str) -> None:
    here = opened(terminal, book)
    here.process.send_signal(getattr(signal, name))
    status, rest = here.ended()
    assert status == 0
    assert "ZebraThe door" in text(book)
    assert "Traceback" not in rest


@pytest.mark.parametrize("controls", [True, False], ids=["with a signal", "without one"])
def test_a_terminal_that_goes_away_loses_nothing_and_leaves_nothing_running(
    terminal: Start, book: Path, controls: bool
) -> None:
    here = opened(terminal, book, controls=controls)
    os.close(here.master)
    here.master = os.open(os.devnull, os.O_RDWR)
    here.process.wait(60)
    assert "ZebraThe door" in text(book)


def test_what_is_typed_while_it_starts_is_typed_into_the_first_text(
    terminal: Start, book: Path
) -> None:
    here = terminal(*INKSTAND, str(book))
    here.type("Ze")
    here.read(lambda seen: b"\x1b[?1049h" in seen)
    for key in "bras ":
        here.type(key)
    here.see("Zebras", "words")
    here.type("run. ")
    here.see("run.")
    here.type("\x11")
    assert here.ended()[0] == 0
    assert "Zebras run. The door" in text(book)


def test_nothing_that_was_started_is_left(terminal: Start, book: Path) -> None:
    here = opened(terminal, book)
    children = psutil.Process(here.process.pid).children(recursive=True)
    here.type("\x11")
    here.ended()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def test_inkstand_alone_opens_the_workspace_it_is_started_in(terminal: Start, book: Path) -> None:
    here = terminal(*INKSTAND, cwd=book / "manuscript")
    here.see("Running Light", "The door of the weighbridge")
    here.type("\x11")
    assert here.ended()[0] == 0


def test_inkstand_outside_of_a_workspace_shows_the_first_page(
    terminal: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    here = terminal(*INKSTAND, cwd=folder)
    here.see("New book", "Import", "Sample")
    here.type("\x11")
    assert here.ended()[0] == 0
    assert not list(folder.iterdir())


def test_one_file_can_be_opened(terminal: Start, tmp_path: Path) -> None:
    path = tmp_path / "story.md"
    path.write_text("Once upon a time.\n", encoding="utf-8")
    here = terminal(*INKSTAND, str(path))
    here.see("Once upon a time")
    here.type("X\x11")
    assert here.ended()[0] == 0
    assert path.read_text("utf-8") == "XOnce upon a time.\n"


def test_where_a_book_was_left_is_where_it_opens(terminal: Start, book: Path) -> None:
    with Studio(book) as studio:
        desks = studio.desks
        name = "manuscript/04-the-loft.md"
        desks.remembered.keep_book(str(book), "Running Light", name, 400)
    here = terminal(*INKSTAND, str(book))
    here.see("status: final", "The Loft")
    here.type("\x11")
    assert here.ended()[0] == 0
