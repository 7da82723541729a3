# noqa: INP001 - a script, not a package
"""Makes the pictures of the documentation from the program as it is.

    python docs/make_pictures.py [demo | write]

`docs/images/demo.svg` is a real run of `inkstand demo` in a terminal of its own, `write.svg` the
terminal UI on a copy of the sample story. Run it again when they look different. Needs a POSIX
system, for the pseudo-terminal.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from textual.pilot import Pilot

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS = 100
WINDOW = (120, 36)
PATIENCE_S = 60.0
# The parts of the demo that go into the picture; the whole would not fit on a screen.
SECTIONS = ("The sample", "Who is in it", "How they talk", "And on it goes")
_FONT_FACE = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)
_FONT_FACES = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def main() -> None:
    """Make the pictures that are named, or all of them."""
    pictures: dict[str, Callable[[], str]] = {"demo": demo, "write": write}
    for name in sys.argv[1:] or pictures:
        svg = pictures[name]()
        path = IMAGES / f"{name}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", "utf-8")
        print(f"Written: {path.relative_to(ROOT)}")  # noqa: T201


# -- the demo -----------------------------------------------------------------------------------


def demo() -> str:
    """The picture of the demo."""
    with tempfile.TemporaryDirectory() as home:
        _run(["plugins", "list"], home)
        output = _run(["demo"], home)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), legacy_windows=False)
    console.print(Text.from_ansi("$ inkstand demo"))
    for section in _sections(_settled(output)):
        console.print(Text.from_ansi(section), soft_wrap=True)
    # Without the fonts from the network that rich would name: pages are read offline.
    template = _FONT_FACE.sub("", CONSOLE_SVG_FORMAT)
    return console.export_svg(title="inkstand demo", code_format=template, unique_id="demo")


def _run(arguments: list[str], home: str) -> str:
    """What a command writes to a terminal of `COLUMNS` columns."""
    import pty

    ours, theirs = pty.openpty()
    size = {"COLUMNS": str(COLUMNS), "LINES": "60", "TERM": "xterm-256color"}
    with subprocess.Popen(
        [sys.executable, "-m", "inkstand", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **size, "INKSTAND_HOME": home},
    ):
        os.close(theirs)
        pieces = []
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:  # Linux says so when the last writer is gone
            pass
    os.close(ours)
    return b"".join(pieces).decode()


def _settled(output: str) -> str:
    """The output as it stays on the screen: no status lines, no path of this machine."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in output.split("\n")]
    return "\n".join(lines).replace("\x1b[K", "").replace(f"{ROOT}{os.sep}", "./")


def _sections(output: str) -> list[str]:
    """The wanted sections, each from its heading to the next one."""
    parts = re.split(r"\n\n(?=\x1b\[1m)", output)
    wanted = [p for p in parts if any(p.startswith(f"\x1b[1m{name}") for name in SECTIONS)]
    if len(wanted) != len(SECTIONS):
        raise SystemExit(f"The demo has changed: {len(wanted)} of {len(SECTIONS)} parts found.")
    return [f"\n{part.rstrip()}" for part in wanted]


# -- the terminal UI ----------------------------------------------------------------------------


def write() -> str:
    """The picture of the screen to write in: a finding of a check, and the passage it is about."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"INKSTAND_HOME": home, "TEXTUAL_ANIMATIONS": "none"}
        os.environ.pop("NO_COLOR", None)
        svg = asyncio.run(_checking(Path(home) / "book"))
    return _FONT_FACES.sub("", re.sub(r"terminal-\d+", "write", svg))


async def _checking(book: Path) -> str:
    from inkstand.studio import Studio
    from inkstand.tui.app import InkstandApp
    from inkstand.tui.assistant.pane import AssistantPane
    from inkstand.tui.assistant.result_view import ResultView
    from inkstand.tui.editor.editor import Editor

    with Studio() as studio:
        shutil.copytree(studio.sample(), book)
    with Studio(book) as studio:
        app = InkstandApp(studio, book)
        async with app.run_test(size=WINDOW) as pilot:
            await _until(pilot, lambda: app.status and app.tools and app.entries)
            await _until(pilot, lambda: app.standing.where and app.screen.query(AssistantPane))
            pane = app.screen.query_one(AssistantPane)
            await pane.open_tool("continuity")
            await _until(pilot, lambda: pane.page == "tool")
            await pilot.press("ctrl+r")
            await _until(pilot, lambda: pane.page == "run")
            await _until(pilot, lambda: (take := pane.run_page.chosen) and take.is_over)
            await _until(pilot, lambda: isinstance(app.focused, ResultView))
            # From the finding to the passage that it quotes.
            await pilot.press("down", "down", "enter")
            await _until(pilot, lambda: app.screen.query(Editor).first().has_focus_within)
            return app.export_screenshot(title="inkstand", simplify=True)


async def _until(pilot: Pilot[Any], condition: Callable[[], Any]) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE_S
    while not condition():
        if clock() > end:
            raise SystemExit("The terminal UI has changed: a picture cannot be made of it.")
        await pilot.pause(0.05)
    await pilot.pause()


if __name__ == "__main__":
    main()
