"""Sampling by name: presets, the built-in ones and the user's, and strategies.

Of what decides a field of a request's sampling, the nearest to the request wins: what the request
itself says, then its strategy, then its preset, then the engine's default.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from inkstand_sdk.errors import UsageError
from inkstand_sdk.messages import GenerateRequest, Mirostat, Sampling, Strategy

NONE = "none"
"""Not a preset but its absence: the engine's own defaults, whatever the settings say."""

# Why these values: docs/how-to/choose-a-preset.md.
BUILT_IN: Mapping[str, Sampling] = MappingProxyType(
    {
        "precise": Sampling(temperature=0.3, top_p=0.9, min_p=0.05, repeat_penalty=1.0),
        "balanced": Sampling(temperature=0.7, top_p=0.95, min_p=0.05),
        "creative": Sampling(temperature=1.0, top_p=0.98, top_k=0, min_p=0.05, repeat_penalty=1.05),
        "wild": Sampling(temperature=1.5, top_p=0.98, top_k=0, min_p=0.1, repeat_penalty=1.05),
        "deterministic": Sampling(temperature=0.0, repeat_penalty=1.0, seed=1),
    }
)
SUMMARIES: Mapping[str, str] = MappingProxyType(
    {
        "precise": "Close to the text: summaries, extraction, JSON.",
        "balanced": "Everyday prose that stays on course.",
        "creative": "Fresh wording and turns, still coherent.",
        "wild": "Unlikely ideas; read it with a red pencil.",
        "deterministic": "The same answer every time.",
    }
)


class Preset(msgspec.Struct, frozen=True):
    """A preset by its name; `origin` is whose it is, and whether it stands in for a built-in."""

    name: str
    sampling: Sampling
    origin: Literal["built-in", "yours", "yours, instead of the built-in"]
    summary: str = ""


class Presets:
    """The presets of an installation.

    Args:
        own: The user's, by name; one of them may have the name of a built-in.
        default: The preset of requests that name none; "" or "none" for no preset.

    """

    def __init__(self, own: Mapping[str, Sampling] | None = None, default: str = "") -> None:
        self._own = dict(own or {})
        self._default = default

    def all(self) -> list[Preset]:
        """Every preset: the built-in ones in their order, then the user's by name."""
        names = [*BUILT_IN, *sorted(name for name in self._own if name not in BUILT_IN)]
        return [self.get(name) for name in names]

    def get(self, name: str) -> Preset:
        """The preset of that name.

        Raises:
            UsageError: there is none; the nearest name is suggested.

        """
        summary = SUMMARIES.get(name, "")
        if name in self._own:
            if name in BUILT_IN:
                return Preset(name, self._own[name], "yours, instead of the built-in", summary)
            return Preset(name, self._own[name], "yours")
        if name in BUILT_IN:
            return Preset(name, BUILT_IN[name], "built-in", summary)
        raise _unknown(name, [*BUILT_IN, *self._own])

    def sampling_of(self, request: GenerateRequest) -> Sampling:
        """The sampling of the preset that a request names, or of the default one.

        Raises:
            UsageError: there is no such preset.

        """
        name = request.preset or self._default
        return self.get(name).sampling if name not in ("", NONE) else Sampling()


def resolved(
    request: GenerateRequest, presets: Presets, honored: Collection[str] | None = None
) -> GenerateRequest:
    """`request` with its preset and strategy written out as sampling, and named no more.

    Args:
        request: What is asked for; every field that its `sampling` sets stays as it is.
        presets: The presets there are.
        honored: The sampling fields of the backend that is to write. A strategy that it cannot
            follow is then left as the one field that says so, for the list of unsupported fields,
            and what only turns off a thing that the backend has not got is left out.

    Raises:
        UsageError: there is no such preset.

    """
    filled = presets.sampling_of(request).given()
    if request.strategy is not None:
        filled = _followed(request.strategy, filled, honored)
    if honored is not None:
        filled = {
            field: value
            for field, value in filled.items()
            if field in honored or _IDLE.get(field) != value
        }
    explicit = request.sampling.given()
    return msgspec.structs.replace(
        request, sampling=Sampling(**{**filled, **explicit}), preset="", strategy=None
    )


class _Way(msgspec.Struct, frozen=True):
    """How a strategy is said in sampling.

    `key` is the field without which a backend cannot follow it, and `value` what that field is if
    the preset has no opinion; `sets` are fields that must be so whatever the preset says.
    """

    key: str
    value: Any
    sets: dict[str, Any]


# Of these at most one kind decides which tokens may be drawn when a strategy is named.
_CUTS = ("top_p", "top_k", "min_p", "typical_p", "mirostat", "xtc", "beams", "penalty_alpha")
# The values at which a field does nothing.
_IDLE: dict[str, Any] = {
    "top_p": 1.0, "top_k": 0, "min_p": 0.0, "typical_p": 1.0, "repeat_penalty": 1.0,
    "presence_penalty": 0.0, "frequency_penalty": 0.0, "beams": 1,
}  # fmt: skip

# Engines cut by top_k, top_p and min_p unless they are told not to: a strategy says so.
_WAYS: dict[Strategy, _Way] = {
    "greedy": _Way("temperature", 0.0, {"temperature": 0.0}),
    # Holtzman et al., 2020.
    "nucleus": _Way("top_p", 0.95, {"top_k": 0, "min_p": 0.0, "typical_p": 1.0}),
    # Nguyen et al., 2024.
    "min-p": _Way("min_p", 0.05, {"top_p": 1.0, "top_k": 0, "typical_p": 1.0}),
    # Meister et al., 2022.
    "typical": _Way("typical_p", 0.95, {"top_p": 1.0, "top_k": 0, "min_p": 0.0}),
    # Basu et al., 2021.
    "mirostat": _Way("mirostat", Mirostat(), {}),
    "beam": _Way("beams", 4, {"temperature": 0.0}),
    # Su et al., 2022: alpha 0.6 over the 4 likeliest tokens.
    "contrastive": _Way("penalty_alpha", 0.6, {"top_k": 4}),
}


def _followed(
    strategy: Strategy, preset: dict[str, Any], honored: Collection[str] | None
) -> dict[str, Any]:
    """A preset's fields with those of a strategy over them."""
    way = _WAYS[strategy]
    value = preset.get(way.key, way.value)
    if honored is not None and way.key not in honored:
        return {**preset, way.key: value}
    kept = {field: set_ for field, set_ in preset.items() if field not in _CUTS}
    return {**kept, way.key: value, **way.sets}


def _unknown(name: str, names: Collection[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    return UsageError(
        f"There is no preset {name!r}.",
        f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names)}.",
        "See them: inkstand presets list",
    )
