"""`inkstand presets`, and `--preset` and `--strategy` where a model writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

Program = Any
MODEL = ("--model", "scripted:small")


def request_of(program: Program, *arguments: str) -> Any:
    """The request that reaches the engine, and what the answer says was not honored."""
    result = program("generate", "request", *MODEL, *arguments, "--json").json()
    return json.loads(result["text"]), result["unsupported"]


def test_the_presets_are_listed_with_what_they_set(scripted: Program) -> None:
    names = [preset["name"] for preset in scripted("presets", "list", "--json").json()]
    assert names == ["precise", "balanced", "creative", "wild", "deterministic"]
    table = scripted("presets", "list").out
    assert "temperature 0.7, top_p 0.95, min_p 0.05" in table
    assert "inkstand config set models.preset" in table


def test_a_preset_of_ones_own_is_made_used_and_taken_away(scripted: Program) -> None:
    made = scripted("presets", "set", "noir", "temperature=1.2", "--from", "precise", "--json")
    assert made.json()["sampling"]["temperature"] == 1.2
    assert "noir (yours)" in scripted("presets", "show", "noir").out
    sent, _ = request_of(scripted, "--preset", "noir")
    assert sent["sampling"]["temperature"] == 1.2
    assert scripted("presets", "remove", "noir").out == "Removed noir.\n"
    scripted("generate", "say hi", *MODEL, "--preset", "noir").refused("noir", "presets list")


def test_an_option_wins_over_the_preset_and_what_is_not_honored_is_said(scripted: Program) -> None:
    sent, unsupported = request_of(scripted, "--preset", "creative", "--temperature", "0.4")
    assert sent["sampling"]["temperature"] == 0.4
    assert unsupported == ["min_p", "repeat_penalty", "top_p"]
    assert "preset" not in sent
    shown = scripted("generate", "say hi", *MODEL, "--preset", "creative")
    assert "does not honor: min_p, repeat_penalty, top_p" in shown.err


def test_a_strategy_is_sampling_or_is_said_to_be_unsupported(scripted: Program) -> None:
    sent, unsupported = request_of(scripted, "--strategy", "greedy")
    assert (sent["sampling"], unsupported) == ({"temperature": 0.0}, [])
    _, unsupported = request_of(scripted, "--strategy", "beam")
    assert unsupported == ["beams"]
    scripted("generate", "x", *MODEL, "--strategy", "gready").refused(status=2)


def test_the_default_preset_is_used_where_none_is_named(scripted: Program) -> None:
    scripted("config", "set", "models.preset", "wld").refused("wild", status=2)
    assert scripted("config", "set", "models.preset", "deterministic").status == 0
    assert request_of(scripted)[0]["sampling"]["temperature"] == 0
    assert request_of(scripted, "--preset", "wild")[0]["sampling"]["temperature"] == 1.5
    assert not request_of(scripted, "--preset", "none")[0].get("sampling")


def test_a_tool_writes_with_the_preset_of_the_run_or_of_its_settings(scripted: Program) -> None:
    run = ("run", "script", "--do", "generate", "--text", "request", *MODEL, "--json")

    def sampling(*arguments: str) -> Any:
        return json.loads(scripted(*run, *arguments).json()["text"]).get("sampling", {})

    assert sampling() == {}
    assert sampling("--preset", "deterministic")["temperature"] == 0
    assert scripted("config", "set", "tools.script.preset", "precise").status == 0
    assert sampling()["temperature"] == 0.3
    assert sampling("--preset", "wild")["temperature"] == 1.5
    assert sampling("--strategy", "greedy")["temperature"] == 0
    scripted(*run, "--preset", "wld").refused("wild", status=2)
    scripted("config", "set", "tools.script.preset", "wld").refused("wild", status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "nope"),
        ("set", "noir", "temperature"),
        ("set", "noir", "temperature=hot"),
        ("set", "noir", "temprature=1"),
        ("set", "no/ir", "temperature=1"),
        ("set", "none", "temperature=1"),
        ("set", "noir", "--from", "nope"),
        ("remove", "wild"),
        ("remove", "nope"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    scripted: Program, arguments: tuple[str, ...]
) -> None:
    scripted("presets", *arguments).refused(status=2)
    assert not (scripted.home / "config" / "config.toml").exists()
