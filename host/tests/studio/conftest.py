"""A Studio that works with the scripted plugin alone, which lives in an environment of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import psutil
import pytest

from inkstand.config import Directories
from inkstand.studio import Studio
from inkstand_sdk.testing.environments import PluginEnvironment


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> PluginEnvironment:
    """An environment with the SDK and the scripted plugin."""
    environment = PluginEnvironment(tmp_path_factory.mktemp("scripted") / "environment")
    here = Path(__file__).parent
    sources = {
        name: (here / name).read_text(encoding="utf-8") for name in ("scripted.py", "faulty.py")
    }
    environment.install("inkstand-scripted", sources, {"scripted": "scripted"})
    return environment


@pytest.fixture(scope="session")
def warm_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plugin index is cached for all tests."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def make_studio(
    tmp_path: Path, scripted: PluginEnvironment, warm_index: Path
) -> Iterator[Callable[..., Studio]]:
    """Makes Studios of one home; they are closed, and leave no process behind.

    `settings` is TOML that is added to the settings file, which must not be there yet.
    """
    before = set(psutil.Process().children(recursive=True))
    studios: list[Studio] = []

    def make(
        settings: str = "", path: Path | None = None, *, offline: bool | None = None
    ) -> Studio:
        here = sorted(
            {point.dist.name for point in entry_points(group="inkstand.plugins") if point.dist}
        )
        config = tmp_path / "config" / "config.toml"
        if not config.exists():
            config.parent.mkdir()
            config.write_text(
                f"{settings}\n[plugins]\ndisabled = {here}\ninterpreters = ['{scripted.python}']\n",
                encoding="utf-8",
            )
        directories = Directories(
            config=config.parent,
            data=tmp_path / "data",
            cache=warm_index,
            state=tmp_path / "state",
            log=tmp_path / "log",
        )
        studios.append(Studio(path, directories=directories, offline=offline))
        return studios[-1]

    yield make
    for studio in studios:
        studio.close()
    # The plugins are examined once for all tests, but no test finds what another one wrote.
    shutil.rmtree(warm_index / "outputs", ignore_errors=True)
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def studio(make_studio: Callable[..., Studio]) -> Studio:
    """One Studio."""
    return make_studio()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition."""

    def wait(condition: Callable[[], bool]) -> None:
        import time

        limit = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < limit, "the condition never came true"
            time.sleep(0.005)

    return wait
