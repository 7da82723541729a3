# noqa: INP001 - a script, not a package
"""Makes `docs/images/demo.svg` from a real run of `inkstand demo` in a terminal of its own.

    python docs/make_pictures.py

Run it again when the demo looks different. Needs a POSIX system, for the pseudo-terminal.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "demo.svg"
COLUMNS = 100
# The parts of the demo that go into the picture; the whole would not fit on a screen.
SECTIONS = ("The sample", "Who is in it", "How they talk", "And on it goes")
_FONT_FACE = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)


def main() -> None:
    """Run the demo and write the picture."""
    with tempfile.TemporaryDirectory() as home:
        _run(["plugins", "list"], home)
        output = _run(["demo"], home)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), legacy_windows=False)
    console.print(Text.from_ansi("$ inkstand demo"))
    for section in _sections(_settled(output)):
        console.print(Text.from_ansi(section), soft_wrap=True)
    # Without the fonts from the network that rich would name: pages are read offline.
    template = _FONT_FACE.sub("", CONSOLE_SVG_FORMAT)
    svg = console.export_svg(title="inkstand demo", code_format=template, unique_id="demo")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", "utf-8")
    print(f"Written: {PICTURE.relative_to(ROOT)}")  # noqa: T201


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


if __name__ == "__main__":
    main()
