"""Studios whose one engine reads no more of a prompt than it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import psutil
import pytest

from inkstand.config import Directories
from inkstand.studio import Studio
from inkstand_sdk.testing.environments import PluginEnvironment


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> PluginEnvironment:
    """An environment with the SDK and the reading plugin."""
    environment = PluginEnvironment(tmp_path_factory.mktemp("reading") / "environment")
    source = (Path(__file__).parent / "reading.py").read_text(encoding="utf-8")
    environment.install("inkstand-reading", {"reading.py": source}, {"reading": "reading"})
    return environment


@pytest.fixture(scope="session")
def warm_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plugin index is cached for all tests."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def directories(tmp_path: Path, warm_index: Path) -> Directories:
    """One home."""
    return Directories(
        config=tmp_path / "config",
        data=tmp_path / "data",
        cache=warm_index,
        state=tmp_path / "state",
        log=tmp_path / "log",
    )


@pytest.fixture
def make_studio(
    directories: Directories, reading: PluginEnvironment
) -> Iterator[Callable[..., Studio]]:
    """Makes Studios of one home, with those settings in TOML; none leaves a process behind."""
    before = set(psutil.Process().children(recursive=True))
    studios: list[Studio] = []

    def make(settings: str = "", path: Path | None = None) -> Studio:
        here = sorted(
            {point.dist.name for point in entry_points(group="inkstand.plugins") if point.dist}
        )
        directories.config.mkdir(exist_ok=True)
        (directories.config / "config.toml").write_text(
            f"{settings}\n[plugins]\ndisabled = {here}\ninterpreters = ['{reading.python}']\n"
            "[cache]\nenabled = false\n",
            encoding="utf-8",
        )
        studios.append(Studio(path, directories=directories))
        return studios[-1]

    yield make
    for studio in studios:
        studio.close()
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def studio(make_studio: Callable[..., Studio]) -> Studio:
    """One Studio."""
    return make_studio()
