"""How positions are turned into angles, as configs since transformers 5 say it.

They keep in `rope_parameters` what stood beside it before. Most of mlx-lm's models do not look
there, and would take a base of their own instead, without a word: the text would be wrong.
"""

from __future__ import annotations

from typing import Any

_PLAIN, _TEXT = "default", "text_config"
# Where layers differ: the kind of layer -> the older names of its base and its scaling.
_LAYERS = {
    "full_attention": ("rope_theta", "rope_scaling"),
    "sliding_attention": ("rope_local_base_freq", ""),
}


def older_names(config: dict[str, Any]) -> dict[str, Any]:
    """What `config` says of positions under the names of before, but for what it has already."""
    found = {**_of(config), **_of_text(config)}
    return {name: value for name, value in found.items() if name not in config or name == _TEXT}


def _of_text(config: dict[str, Any]) -> dict[str, Any]:
    text = config.get(_TEXT)
    return {_TEXT: {**_of(text), **text}} if isinstance(text, dict) and _of(text) else {}


def _of(config: dict[str, Any]) -> dict[str, Any]:
    given = config.get("rope_parameters")
    if not isinstance(given, dict):
        return {}
    if not any(isinstance(given.get(kind), dict) for kind in _LAYERS):
        return _named(given, *_LAYERS["full_attention"])
    found: dict[str, Any] = {}
    for kind, names in _LAYERS.items():
        part = given.get(kind)
        found |= _named(part, *names) if isinstance(part, dict) else {}
    return found


def _named(given: dict[str, Any], base: str, scaling: str) -> dict[str, Any]:
    found = {base: given["rope_theta"]} if "rope_theta" in given else {}
    if "partial_rotary_factor" in given:
        found["partial_rotary_factor"] = given["partial_rotary_factor"]
    if scaling and given.get("rope_type", _PLAIN) != _PLAIN:
        found[scaling] = given
    return found
