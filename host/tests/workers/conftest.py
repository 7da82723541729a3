"""A second environment with the SDK and one plugin, and a pool that uses its interpreter."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.backend import Model

PLUGINS = Path(__file__).parent / "plugins"


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@pytest.fixture(scope="session")
def plugin_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The interpreter of an environment that holds the SDK, what it needs, and the zoo plugin."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    site = next(folder.rglob("site-packages"))
    for name in ("inkstand_sdk", "msgspec", "pluggy", "stevedore"):
        shutil.copytree(
            _package(name), site / name, ignore=shutil.ignore_patterns("__pycache__", "testing")
        )
    for plugin in PLUGINS.glob("*.py"):
        shutil.copy(plugin, site)
    info = site / "inkstand_worker_zoo-2.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: inkstand-worker-zoo\nVersion: 2.5\n"
    )
    (info / "entry_points.txt").write_text(
        "[inkstand.plugins]\nzoo = worker_zoo\nsecond = worker_zoo_second\n"
    )
    return str(bin_folder / Path(sys.executable).name)


@pytest.fixture
def backend_spec(plugin_python: str) -> Callable[..., WorkerSpec]:
    """Makes the spec of a zoo model; keyword arguments are the backend's settings."""

    def make(name: str = "m", *, memory: int = 0, **settings: Any) -> WorkerSpec:
        return WorkerSpec(
            key=f"zoo {name}",
            kind="backend",
            distribution="inkstand-worker-zoo",
            interpreter=plugin_python,
            title=f"zoo:{name}",
            backend="zoo",
            model=Model(id=name, format="zoo"),
            settings=settings,
            memory_needed=memory,
        )

    return make


@pytest.fixture
def tool_spec(plugin_python: str) -> WorkerSpec:
    """The spec of the worker for the zoo's tools, readers and hooks."""
    return WorkerSpec(
        key="zoo tools",
        kind="distribution",
        distribution="inkstand-worker-zoo",
        entry_points=("zoo",),
        interpreter=plugin_python,
        title="inkstand-worker-zoo",
    )


@pytest.fixture
def make_pool(tmp_path: Path) -> Iterator[Callable[..., WorkerPool]]:
    """Makes pools that share a state directory; they are closed and leave no process behind."""
    before = set(psutil.Process().children(recursive=True))
    pools: list[WorkerPool] = []

    def make(**options: Any) -> WorkerPool:
        pools.append(WorkerPool(tmp_path / "state", tmp_path / "log", **options))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
    assert pools == [] or pools[0].live() == []
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def pool(make_pool: Callable[..., WorkerPool]) -> WorkerPool:
    """One pool."""
    return make_pool()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition."""

    def wait(condition: Callable[[], bool]) -> None:
        import time

        limit = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < limit, "the condition never came true"
            time.sleep(0.002)

    return wait
