"""A Studio with an engine whose server on loopback records what it gets, and a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import psutil
import pytest

from inkstand.config import Directories
from inkstand.studio import Studio
from inkstand_sdk.testing.environments import PluginEnvironment
from inkstand_sdk.testing.servers import FaultyServer

SECRET = (
    "“Don’t tell the harbour master,” she whispered, and slid the brass key under the ledger."
    " He counted *seven* bells, then an eighth that nobody had rung."
)
OPEN = "The ferry came in at dawn, and the whole town stood on the quay to see who was on it."


class Recording(FaultyServer):
    """Answers anything, and keeps what it was sent."""

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, Any]:
        return 404, {}

    def post(self, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        return 200, {"text": "from far away"}

    def texts(self) -> str:
        """All that came, as one text."""
        return "\n".join(str(seen.body) for seen in self.seen)


@pytest.fixture
def server() -> Iterator[Recording]:
    with Recording() as server:
        yield server


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> PluginEnvironment:
    made = PluginEnvironment(tmp_path_factory.mktemp("faraway") / "environment")
    source = Path(__file__).with_name("faraway.py").read_text(encoding="utf-8")
    made.install("inkstand-faraway", {"faraway.py": source}, {"faraway": "faraway"})
    return made


@pytest.fixture(scope="session")
def warm_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the plugin index is cached for all tests."""
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    """A workspace with a marked scene."""
    root = tmp_path / "novel"
    (root / "manuscript").mkdir(parents=True)
    (root / "inkstand.toml").write_text('title = "The Quay"\n', encoding="utf-8")
    write(root / "manuscript" / "01.md", OPEN)
    write(root / "manuscript" / "02.md", f"---\ntitle: The Key\ncloud: never\n---\n\n{SECRET}\n")
    return root


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def make_studio(
    tmp_path: Path,
    environment: PluginEnvironment,
    warm_index: Path,
    server: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Studio]]:
    before = set(psutil.Process().children(recursive=True))
    studios: list[Studio] = []
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    def make(path: Path | None = None, settings: str = "", *, remote: bool = True) -> Studio:
        here = sorted(
            {point.dist.name for point in entry_points(group="inkstand.plugins") if point.dist}
        )
        address = f"base_url = '{server.url}'\nallow_remote = {str(remote).lower()}\n"
        config = tmp_path / "config" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        config.write_text(
            f"{settings}\n[plugins]\ndisabled = {here}\ninterpreters = ['{environment.python}']\n"
            f"[backends.far]\n{address}[embedders.far-vectors]\n{address}",
            encoding="utf-8",
        )
        names = ("config", "data", "state", "log")
        places = {name: tmp_path / name for name in names}
        studios.append(Studio(path, directories=Directories(cache=warm_index, **places)))
        return studios[-1]

    yield make
    for studio in studios:
        studio.close()
    assert set(psutil.Process().children(recursive=True)) <= before
