"""Presets and strategies: which values a request ends up with, and the presets in the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from inkstand.config import Config, ConfigFile
from inkstand.generation.presets import BUILT_IN, Presets, resolved
from inkstand.generation.stored_presets import StoredPresets
from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateRequest, Mirostat, Sampling, Strategy

EVERY = Sampling.__struct_fields__
KEYS = {
    "greedy": "temperature",
    "nucleus": "top_p",
    "min-p": "min_p",
    "typical": "typical_p",
    "mirostat": "mirostat",
    "beam": "beams",
    "contrastive": "penalty_alpha",
}


def asked(**fields: Any) -> GenerateRequest:
    return GenerateRequest.of("Begin.", **fields)


class Stored:
    """Presets in a settings file, as a Studio has them."""

    def __init__(self, path: Path) -> None:
        self.file = ConfigFile(path)
        self.presets = StoredPresets(self.file, self.config, lambda: None)

    def config(self) -> Config:
        return self.file.load()


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    return Stored(tmp_path / "config.toml")


def test_what_the_request_says_wins_over_its_preset() -> None:
    request = asked(preset="creative", sampling=Sampling(temperature=0.1, seed=3))
    sampling = resolved(request, Presets()).sampling
    assert (sampling.temperature, sampling.seed) == (0.1, 3)
    assert sampling.min_p == BUILT_IN["creative"].min_p


def test_a_resolved_request_names_nothing_and_resolves_to_itself() -> None:
    once = resolved(asked(preset="wild", strategy="nucleus"), Presets())
    assert (once.preset, once.strategy) == ("", None)
    assert resolved(once, Presets()) == once


def test_a_request_without_a_preset_is_left_to_the_engine_or_the_default_preset() -> None:
    assert resolved(asked(), Presets()) == asked()
    assert resolved(asked(), Presets(default="precise")).sampling == BUILT_IN["precise"]
    assert resolved(asked(preset="wild"), Presets(default="precise")).sampling == BUILT_IN["wild"]
    assert resolved(asked(preset="none"), Presets(default="precise")).sampling == Sampling()


def test_an_unknown_preset_suggests_the_nearest_and_says_how_to_list_them() -> None:
    with pytest.raises(UsageError, match=r"'creativ'.*creative.*inkstand presets list"):
        resolved(asked(preset="creativ"), Presets())
    with pytest.raises(UsageError, match="noir"):
        resolved(asked(preset="nior"), Presets({"noir": Sampling()}))


def test_a_preset_of_the_users_stands_in_for_a_built_in() -> None:
    presets = Presets({"wild": Sampling(temperature=2.0)})
    assert resolved(asked(preset="wild"), presets).sampling == Sampling(temperature=2.0)
    [wild] = [each for each in presets.all() if each.name == "wild"]
    assert wild.origin == "yours, instead of the built-in"


@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_every_strategy_sets_what_it_is_about_and_overrules_the_presets_cuts(
    strategy: Strategy,
) -> None:
    presets = Presets({"mine": Sampling(temperature=0.9, top_p=0.5, mirostat=Mirostat(), seed=4)})
    sampling = resolved(asked(preset="mine", strategy=strategy), presets, EVERY).sampling
    assert getattr(sampling, KEYS[strategy]) is not None
    assert sampling.seed == 4
    others = set(KEYS.values()) - {KEYS[strategy], "temperature"}
    idle = {"top_p": 1.0, "min_p": 0.0, "typical_p": 1.0}
    for other in others:
        assert getattr(sampling, other) in (None, idle.get(other)), other


def test_greedy_is_greedy_whatever_the_preset_says() -> None:
    sampling = resolved(asked(preset="wild", strategy="greedy"), Presets(), EVERY).sampling
    assert sampling.temperature == 0
    explicit = asked(strategy="greedy", sampling=Sampling(temperature=1.0))
    assert resolved(explicit, Presets(), EVERY).sampling.temperature == 1.0


def test_a_strategy_keeps_the_presets_own_value_for_what_it_is_about() -> None:
    presets = Presets({"mine": Sampling(top_p=0.5)})
    request = asked(preset="mine", strategy="nucleus")
    assert resolved(request, presets, EVERY).sampling.top_p == 0.5


@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_a_strategy_that_a_backend_cannot_follow_leaves_the_one_field_that_says_so(
    strategy: Strategy,
) -> None:
    honored = ("seed",)
    sampling = resolved(asked(strategy=strategy), Presets(), honored).sampling
    assert set(sampling.given()) == {KEYS[strategy]}


def test_what_only_turns_off_a_thing_is_not_asked_of_a_backend_without_it() -> None:
    honored = ("temperature", "top_p", "seed")
    creative = resolved(asked(preset="creative"), Presets(), honored).sampling.given()
    assert "top_k" not in creative
    assert {"min_p", "repeat_penalty"} <= set(creative)  # which do something, so they are reported
    nucleus = resolved(asked(strategy="nucleus"), Presets(), honored).sampling.given()
    assert set(nucleus) == {"top_p"}
    explicit = asked(sampling=Sampling(top_k=0))
    assert resolved(explicit, Presets(), honored).sampling == explicit.sampling


def test_every_built_in_is_valid_and_the_deterministic_one_leaves_nothing_to_chance() -> None:
    from inkstand_sdk.messages import sampling_from

    for sampling in BUILT_IN.values():
        assert sampling_from(sampling.given()) == sampling
    deterministic = BUILT_IN["deterministic"]
    assert deterministic.temperature == 0
    assert deterministic.seed is not None


def test_a_preset_is_made_changed_and_taken_away_and_comments_stay(stored: Stored) -> None:
    stored.file.path.write_text("# mine\noffline = false # why\n", encoding="utf-8")
    noir = stored.presets.set("noir", {"temperature": "1.2", "mirostat.tau": "4"}, like="creative")
    assert noir.sampling.temperature == 1.2
    assert noir.sampling.mirostat == Mirostat(tau=4.0)
    assert noir.sampling.min_p == BUILT_IN["creative"].min_p
    assert stored.presets.set("noir", {"min_p": ""}).sampling.min_p is None
    assert stored.presets.remove("noir") is None
    with pytest.raises(UsageError):
        stored.presets.get("noir")
    assert stored.file.path.read_text(encoding="utf-8").startswith(
        "# mine\noffline = false # why\n"
    )


def test_a_changed_built_in_begins_as_it_was_and_comes_back_when_removed(stored: Stored) -> None:
    changed = stored.presets.set("creative", {"temperature": "1.3"})
    assert changed.sampling.min_p == BUILT_IN["creative"].min_p
    back = stored.presets.remove("creative")
    assert back is not None
    assert (back.sampling, back.origin) == (BUILT_IN["creative"], "built-in")


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("noir", {"temprature": "1"}, "temperature"),
        ("noir", {"temperature": "-1"}, "noir"),
        ("noir", {"temperature": "warm"}, "noir"),
        ("noir", {"temperature": "nan"}, "noir"),
        ("noir", {"mirostat.tua": "1"}, "tua"),
        ("none", {"temperature": "1"}, "none"),
        ("a.b", {"temperature": "1"}, "a.b"),
        ("", {"temperature": "1"}, "name"),
    ],
)
def test_what_is_no_preset_is_refused_and_the_file_stays_as_it_is(
    stored: Stored, name: str, fields: dict[str, str], words: str
) -> None:
    stored.presets.set("noir", {"top_p": "0.9"})
    before = stored.file.path.read_bytes()
    with pytest.raises(UsageError, match=words):
        stored.presets.set(name, fields)
    assert stored.file.path.read_bytes() == before


def test_a_built_in_cannot_be_removed_and_a_preset_cannot_begin_twice(stored: Stored) -> None:
    with pytest.raises(UsageError, match="built in"):
        stored.presets.remove("wild")
    stored.presets.set("noir", {}, like="wild")
    with pytest.raises(UsageError, match="already"):
        stored.presets.set("noir", {}, like="precise")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("[presets.noir]\ntemprature = 1", "presets.noir.temperature"),
        ("[presets.noir]\ntemperature = 99", "noir"),
        ("[presets.none]\ntop_p = 0.5", "none"),
        ("[presets]\nnoir = 1", "noir"),
        ("presets = 1", "presets"),
        ("[presets.noir.dry]\nmult = 1", "noir"),
    ],
)
def test_a_wrong_preset_in_the_settings_is_named(stored: Stored, settings: str, words: str) -> None:
    stored.file.path.write_text(settings, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        stored.file.load()
