"""What the tests of the terminal UI share: a book to work on, and pictures of screens."""

from __future__ import annotations

import asyncio
import inspect
import re
import shutil
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

    async def wait(pilot: Pilot[Any], condition: Callable[[], Any], seconds: float = 30.0) -> None:
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
        app: Any = pilot.app
        await settled(
            pilot, lambda: app.status and app.standing.where and app.tools and app.entries
        )
        await settled(pilot, lambda: app.write_screen and app.write_screen.text_pane.file)

    return wait
