"""`Sampling` in llama.cpp's words."""

from __future__ import annotations

from typing import Any

from inkstand_sdk.messages import Sampling

# llama.cpp's server has neither beam search nor contrastive search.
_UNKNOWN = ("beams", "penalty_alpha")
HONORED = tuple(name for name in Sampling.__struct_fields__ if name not in _UNKNOWN)
_SAME_NAME = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "typical_p",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
    "seed",
)
# They draw among several candidates, and at temperature 0 there is one.
_OFF_WHEN_GREEDY = ("mirostat", "xtc", "typical_p")
# Its whole chain is temperature and mirostat then: no other filter, and no penalty either.
_ON_UNDER_MIROSTAT = ("mirostat", "temperature", "seed")


def engine_sampling(sampling: Sampling) -> dict[str, Any]:
    """The request fields for `sampling`; what is None is left to the engine."""
    fields = {name: value for name, value in sampling.given().items() if name in _SAME_NAME}
    if sampling.dry is not None:
        fields["dry_multiplier"] = sampling.dry.multiplier
        fields["dry_base"] = sampling.dry.base
        fields["dry_allowed_length"] = sampling.dry.allowed_length
    if sampling.temperature == 0:
        # XTC may remove the likeliest token and mirostat replaces the whole chain: keeping one
        # candidate makes greedy mean greedy whatever else is set.
        fields["top_k"] = 1
        fields.pop("typical_p", None)
        return fields
    if sampling.xtc is not None:
        fields["xtc_probability"] = sampling.xtc.probability
        fields["xtc_threshold"] = sampling.xtc.threshold
    if sampling.mirostat is not None:
        fields["mirostat"] = sampling.mirostat.version
        fields["mirostat_tau"] = sampling.mirostat.tau
        fields["mirostat_eta"] = sampling.mirostat.eta
    return fields


def unsupported(sampling: Sampling) -> tuple[str, ...]:
    """The fields that are set and that llama.cpp does not know."""
    return tuple(name for name in sampling.given() if name in _UNKNOWN)


def sampling_notes(sampling: Sampling) -> tuple[str, ...]:
    """Sentences on settings that cannot do anything beside others."""
    given = sampling.given()
    if sampling.temperature == 0:
        idle = [name for name in _OFF_WHEN_GREEDY if name in given]
        reason = "Temperature 0 always takes the likeliest token"
    elif sampling.mirostat is not None:
        idle = [name for name in given if name not in _ON_UNDER_MIROSTAT]
        reason = "llama.cpp's mirostat replaces all other filters and penalties"
    else:
        return ()
    return (f"{reason}, so {', '.join(idle)} did nothing.",) if idle else ()
