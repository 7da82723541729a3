"""What the tests of the terminal UI share: a book to work on, and pictures of screens."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from inkstand.studio import Studio

SNAPSHOTS = Path(__file__).parent / "snapshots"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="Write the pictures of screens anew; read them before they are committed.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutines, each in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def known_plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of a home in which the plugins have been examined, which takes seconds."""
    from inkstand.config import Directories

    home = tmp_path_factory.mktemp("known")
    folders = Directories(*(home / each for each in ("config", "data", "cache", "state", "log")))
    with Studio(directories=folders) as studio:
        studio.tools()
    return home / "cache"


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, known_plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own, and a terminal like most."""
    shutil.copytree(known_plugins, tmp_path / "home" / "cache")
    monkeypatch.setenv("INKSTAND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A copy of the sample, to be written in."""
    with Studio() as studio:
        sample = studio.sample()
    return Path(shutil.copytree(sample, tmp_path / "book"))


@pytest.fixture
def studio(book: Path) -> Iterator[Studio]:
    """A Studio on that copy."""
    with Studio(book) as studio:
        yield studio


_COLOR = re.compile(rb"\x1b\[[0-9;]*m")


class Terminal:
    """A program in a terminal of its own (POSIX), 120 columns by 40 rows.

    `controls` is whether the program is told by a signal when the terminal goes away.
    """

    def __init__(self, *words: str, cwd: Path | None = None, controls: bool = True) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.master, worker = pty.openpty()
        fcntl.ioctl(worker, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}

        def take() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            words,
            stdin=worker,
            stdout=worker,
            stderr=worker,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            preexec_fn=take if controls else None,  # noqa: PLW1509
        )
        os.close(worker)
        self.seen = b""

    def read(self, until: Callable[[bytes], bool], seconds: float = 30.0) -> bytes:
        """Read until a condition holds of all that was written since the last time."""
        end = time.monotonic() + seconds
        while not until(self.seen):
            if time.monotonic() > end:
                raise AssertionError(f"It never came: {self.seen[-2000:]!r}")
            ready, _, _ = select.select([self.master], [], [], 0.2)
            if not ready:
                continue
            try:
                data = os.read(self.master, 65_536)
            except OSError:
                data = b""
            if not data:
                assert until(self.seen), self.seen[-3000:]
                break
            self.seen += data
        found, self.seen = self.seen, b""
        return found

    def see(self, *words: str) -> bytes:
        """Read until all of these are there, colors aside."""

        def are_there(seen: bytes) -> bool:
            plain = _COLOR.sub(b"", seen)
            return all(word.encode() in plain for word in words)

        return self.read(are_there)

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def ended(self) -> tuple[int, str]:
        """Wait for the end; the status, and what was written last."""
        rest = b""
        with contextlib.suppress(OSError):
            while data := os.read(self.master, 65_536):
                rest += data
        return self.process.wait(60), rest.decode("utf-8", "replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """`terminal("inkstand", "novel/")`: run a program in a terminal, by Python's own `-m`."""
    if os.name != "posix":
        pytest.skip("terminals are made with pty")
    made: list[Terminal] = []

    def start(*words: str, cwd: Path | None = None, controls: bool = True) -> Terminal:
        made.append(Terminal(sys.executable, *words, cwd=cwd, controls=controls))
        return made[-1]

    yield start
    for each in made:
        each.close()


Snapshot = Callable[[App[Any], str], None]


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compare what an app shows with the picture of that name."""
    update = request.config.getoption("--update-snapshots", default=False)

    def compare(app: App[Any], name: str) -> None:
        size = app.size
        path = SNAPSHOTS / f"{name}-{size.width}x{size.height}.svg"
        picture = _normalized(app.export_screenshot(title="inkstand", simplify=True))
        if update:
            path.write_text(picture, encoding="utf-8")
            return
        assert path.is_file(), f"There is no picture {path.name}: run with --update-snapshots."
        assert picture == path.read_text(encoding="utf-8"), f"{path.name} looks different now."

    return compare


def _normalized(svg: str) -> str:
    """A picture without the id that is made of its contents."""
    return re.sub(r"terminal-\d+", "terminal", svg)


Settled = Callable[..., Coroutine[Any, Any, None]]


@pytest.fixture
def settled() -> Settled:
    """`await settled(pilot, lambda: ...)`: wait until it holds, and fail if it never does."""

    async def wait(pilot: Pilot[Any], condition: Callable[[], Any], seconds: float = 90.0) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while not condition():
            if clock() > end:
                source = inspect.getsource(condition).strip()
                raise AssertionError(f"This never came true: {source}")
            await pilot.pause(0.02)
        await pilot.pause()

    return wait


@pytest.fixture
def ready(settled: Settled) -> Callable[[Pilot[Any]], Coroutine[Any, Any, None]]:
    """`await ready(pilot)`: wait until the book is read and its first text is open."""

    async def wait(pilot: Pilot[Any]) -> None:
        from textual.widgets import OptionList

        app: Any = pilot.app
        await settled(
            pilot, lambda: app.status and app.standing.where and app.tools and app.entries
        )
        await settled(pilot, lambda: app.write_screen and app.write_screen.text_pane.file)
        tools = app.write_screen.assistant.start.query_one(OptionList)
        await settled(pilot, lambda: tools.option_count)

    return wait
