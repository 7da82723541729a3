"""What a probe is told of the user's settings: where a server is, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inkstand.index import PluginIndex
from inkstand.index.records import Progress
from inkstand_sdk.testing.environments import PluginEnvironment

SERVED = """
from inkstand_sdk import Backend, Model, ModelSource, Probe, hookimpl
from inkstand_sdk.backend_settings import backend_settings

class Served(Backend):
    name = "served"

    @classmethod
    def probe(cls):
        return Probe(notes=(str(sorted(backend_settings("served").items())),))

    def load(self, model, settings): ...

    def generate(self, request, cancelled):
        yield from ()

class Pulled(ModelSource):
    name = "pulled"

    def models(self):
        return [Model(id=backend_settings("served").get("base_url", "none"), format="remote")]

@hookimpl
def inkstand_backends():
    return [Served]

@hookimpl
def inkstand_sources():
    return [Pulled]
"""
ELSEWHERE = {"base_url": "http://127.0.0.1:9", "context_length": 7}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the index is cached, of an environment with one backend that talks to a server."""
    made = PluginEnvironment(tmp_path / "environment")
    monkeypatch.setattr(sys, "executable", made.python)
    made.install("served", {"served.py": SERVED}, {"served": "served"})
    return tmp_path / "cache"


def asked(index: PluginIndex) -> list[str]:
    """The distributions that a refresh asks."""
    told: list[Progress] = []
    index.refresh(told.append)
    return [progress.distribution for progress in told]


def notes(index: PluginIndex) -> tuple[str, ...]:
    return index.find("backend", "served").probe.notes


def test_a_probe_and_a_source_are_told_where_the_server_is(folder: Path) -> None:
    index = PluginIndex(folder, settings={"served": ELSEWHERE, "other": {"base_url": "x"}})
    index.refresh()
    assert notes(index) == ("[('base_url', 'http://127.0.0.1:9')]",)
    models = [model.id for each in index.descriptors("source") for model in each.models]
    assert models == ["http://127.0.0.1:9"]


def test_another_address_makes_the_index_stale_and_another_context_does_not(folder: Path) -> None:
    PluginIndex(folder, settings={"served": ELSEWHERE}).refresh()
    assert not PluginIndex(folder, settings={"served": ELSEWHERE}).is_stale()
    longer = {**ELSEWHERE, "context_length": 9}
    assert not PluginIndex(folder, settings={"served": longer, "other": {}}).is_stale()
    moved = PluginIndex(folder, settings={"served": {"base_url": "http://127.0.0.1:8"}})
    assert moved.is_stale()
    assert asked(moved) == ["served"]
    assert "127.0.0.1:8" in notes(moved)[0]
    back = PluginIndex(folder)
    assert back.is_stale()
    assert asked(back) == ["served"]
    assert asked(back) == []
    assert notes(back) == ("[]",)
