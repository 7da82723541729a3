"""An environment that the index takes for the one it runs in, and plugins in it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inkstand.index import PluginIndex, Row
from inkstand_sdk.testing.environments import PluginEnvironment

TOOL = """
from inkstand_sdk import Tool, hookimpl
from inkstand_sdk.settings import NoSettings

class Named(Tool):
    name = "{name}"
    Output = NoSettings
    def run(self, input, ctx):
        return NoSettings()

@hookimpl
def inkstand_tools():
    return [Named]
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PluginEnvironment:
    """An environment that the index takes for the one it runs in."""
    made = PluginEnvironment(tmp_path / "environment")
    monkeypatch.setattr(sys, "executable", made.python)
    return made


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def install(environment: PluginEnvironment, name: str, source: str, version: str = "1.0.0") -> None:
    environment.install(name, {f"{name}.py": source}, {name: name}, version=version)


def refreshed(folder: Path, *, timeout: float = 15.0) -> PluginIndex:
    index = PluginIndex(folder, timeout=timeout)
    index.refresh()
    return index


def row(index: PluginIndex, name: str) -> Row:
    [found] = [row for row in index.rows() if row.name == name]
    return found
