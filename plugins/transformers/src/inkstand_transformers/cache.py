"""Surgery on key-value caches: rows come, rows go, the padding on the left follows the longest.

Only for caches whose layers all hold keys and values as `[rows, heads, tokens, size]`.
"""

from __future__ import annotations

from typing import Any

import torch


def is_plain(cache: Any) -> bool:
    """Whether every layer grows by one column for each token and nothing else."""
    from transformers.cache_utils import DynamicLayer

    return all(type(layer) is DynamicLayer for layer in cache.layers)


def joined(one: Any, other: Any) -> Any:
    """A cache with the rows of `one`, then of `other`; the shorter is padded on the left."""
    width = max(one.get_seq_length(), other.get_seq_length())
    for first, second in zip(one.layers, other.layers, strict=True):
        first.keys = torch.cat([_padded(first.keys, width), _padded(second.keys, width)])
        first.values = torch.cat([_padded(first.values, width), _padded(second.values, width)])
    return one


def keep_rows(cache: Any, rows: list[int], from_column: int) -> None:
    """Leave only `rows`, and of their columns those from `from_column` on."""
    for layer in cache.layers:
        layer.keys = layer.keys[rows, :, from_column:]
        layer.values = layer.values[rows, :, from_column:]


def remove_last(cache: Any, columns: int) -> None:
    """Forget the last tokens."""
    if columns:
        for layer in cache.layers:
            layer.keys = layer.keys[:, :, :-columns]
            layer.values = layer.values[:, :, :-columns]


def _padded(states: torch.Tensor, width: int) -> torch.Tensor:
    missing = width - states.shape[-2]
    return torch.nn.functional.pad(states, (0, 0, missing, 0)) if missing else states
