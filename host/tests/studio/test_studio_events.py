"""Plugins are told what happens, and nobody waits for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from inkstand.studio import Studio
from inkstand_sdk.messages import Event


def test_plugins_are_told_of_models_and_generations(
    make_studio: Callable[..., Studio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "events"
    monkeypatch.setenv("SCRIPTED_EVENTS", str(told))
    studio = make_studio()
    assert studio.generate("say one", model="scripted:small").result.finish == "stop"
    studio.close()
    lines = told.read_text(encoding="utf-8").splitlines()
    events = [msgspec.json.decode(line, type=Event) for line in lines]
    names = [event.name for event in events]
    assert names[:2] == ["worker.started", "generation.finished"]
    assert events[1].data["model"] == "small"


def test_nothing_is_told_of_the_workers_that_are_told(
    make_studio: Callable[..., Studio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "events"
    monkeypatch.setenv("SCRIPTED_EVENTS", str(told))
    studio = make_studio()
    assert studio.generate("say one", model="scripted:small").result.finish == "stop"
    studio.close()
    kinds = [
        event.data["kind"]
        for line in told.read_text(encoding="utf-8").splitlines()
        if "kind" in (event := msgspec.json.decode(line, type=Event)).data
    ]
    assert set(kinds) == {"backend"}
