"""A session as a writer has it: in tmux, with broken plugins about, and with no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList

from inkstand.studio import Studio
from inkstand.tui.app import InkstandApp

FIRST = "manuscript/01-the-blank-column.md"
SECONDS = 90.0
CALL = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, [^}]*\}|sendto\([^)]*sa_family=AF_INET")


class Tmux:
    """A program in tmux, on a server of its own."""

    def __init__(self, socket: Path, words: list[str]) -> None:
        self._tmux = ["tmux", "-f", os.devnull, "-S", str(socket)]
        plain = ["env", "-u", "COLUMNS", "-u", "LINES", *words]
        self("new-session", "-d", "-s", "it", "-x", "120", "-y", "40", *plain)
        self("set-option", "-g", "remain-on-exit", "on")

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    def screen(self) -> str:
        return self("capture-pane", "-p", "-t", "it")

    def wait(self, condition: Callable[[str], Any]) -> str:
        """Wait until it holds of what is on the screen."""
        end = time.monotonic() + SECONDS
        while not condition(found := self.screen()):
            assert time.monotonic() < end, found
            time.sleep(0.05)
        return found

    def see(self, *words: str) -> str:
        return self.wait(lambda screen: all(word in screen for word in words))

    def keys(self, *keys: str) -> None:
        self("send-keys", "-t", "it", *keys)

    def is_over(self) -> bool:
        return self("display-message", "-p", "-t", "it", "#{pane_dead}").strip() == "1"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., Tmux]]:
    """`tmux("-m", "inkstand")`: run Python with these words in tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not here: there is no terminal to write in")
    # Sockets have short names.
    socket = Path("/tmp") / f"inkstand-{os.getpid()}-{abs(hash(tmp_path)) % 10_000}"
    made: list[Tmux] = []

    def start(*words: str) -> Tmux:
        made.append(Tmux(socket, [sys.executable, *words]))
        return made[-1]

    yield start
    for each in made:
        each("kill-server")
    socket.unlink(missing_ok=True)


def test_a_session_of_writing_in_tmux_ends_with_all_of_it_in_the_file(
    tmux: Callable[..., Tmux], book: Path
) -> None:
    file = book / FIRST
    here = tmux("-m", "inkstand", str(book))
    here.see("The door of the weighbridge", "words", "local only")
    here.keys("Rain", "Space", "at", "Space", "last.", "Space", "C-s")
    here.wait(lambda _: "Rain at last. The door" in file.read_text("utf-8"))
    here.see("saved")
    here.keys("M-Enter")
    here.see(" Back ", "Show change", "tok/s")
    here.keys("M-a")
    here.see("Proposal 1", "change 1")
    assert "Rain at last. The door" in file.read_text("utf-8")
    before = file.read_text("utf-8")
    here.keys("A")
    here.wait(lambda _: file.read_text("utf-8") != before)
    after = file.read_text("utf-8")
    head, tail = before.split("The door of the weighbridge")
    assert after.startswith(head)
    assert after.endswith(f"The door of the weighbridge{tail}")
    assert len(after) > len(before)
    here.wait(lambda screen: "Proposal 1" not in screen)
    here.keys("M-2", "C-Home", "C-q")
    here.wait(lambda _: here.is_over())
    assert file.read_text("utf-8") == after
    with Studio(book) as studio:
        assert studio.desk(book).proposals.get(1).status == "accepted"


async def test_the_zoo_of_broken_plugins_costs_the_writer_nothing(
    zoo: Any, studio: Studio, book: Path, settled: Any
) -> None:
    studio.settings.put(
        {"plugins.interpreters": [str(zoo.environment.python)], "plugins.timeout": 12.0}
    )
    app = InkstandApp(studio, book)
    async with app.run_test(size=(120, 40)) as pilot:
        # Long before the last one of them was given up, there is a text to write in.
        await settled(pilot, lambda: app.write_screen and app.write_screen.text_pane.file)
        screen = app.write_screen
        assert screen is not None
        await pilot.press(*"Rain")
        assert "RainThe door" in screen.text_pane.editor.text
        await settled(pilot, lambda: app.tools, seconds=180)
        tools = screen.assistant.start.query_one("#tools", OptionList)
        await settled(pilot, lambda: tools.option_count)
        rows = [tools.get_option_at_index(at) for at in range(tools.option_count)]
        assert [row.disabled for row in rows].index(False) == 0
        await pilot.press("alt+3", "alt+2", *"y ")
        assert "Rainy The door" in screen.text_pane.editor.text
        await pilot.press("ctrl+s")
        await settled(pilot, lambda: "Rainy The door" in (book / FIRST).read_text("utf-8"))


@pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not here: nothing could be recorded"
)
def test_a_session_calls_no_other_machine(terminal: Any, book: Path, tmp_path: Path) -> None:
    log = tmp_path / "calls.txt"
    tracer = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"
    strace = ["strace", "-f", "-qq", "-e", "trace=connect,sendto", "-o", str(log)]
    here = terminal("-c", tracer, *strace, sys.executable, "-m", "inkstand", str(book))
    here.see("The door of the weighbridge", "local only")
    here.type("\x1b\r")
    here.see(" Back ", "Show change")
    for key in ("\x1bOR", "\x1bOS", "\x1b[17~", "\x1b[18~", "\x1b[19~"):
        here.type(key)
    here.see("Usage")
    here.type("\x11")
    assert here.ended()[0] == 0
    found = CALL.findall(log.read_text("utf-8", "replace"))
    assert [call for call in found if "127.0.0.1" not in call and "::1" not in call] == []
