"""Keys with Alt as most terminals send them: an Escape, then the key.

Textual (8.2.8) takes Alt and a digit for what Option types on a Mac, ¡ or £, and forgets the Alt of
punctuation and Enter. Here they are keys, or no pane could be reached by one.
"""

from __future__ import annotations

import string
from typing import Any

import msgspec
from textual import _ansi_sequences
from textual.keys import _character_to_key

# What an Escape before these begins is no key.
_SEQUENCES = "[]^_\\"


class _AltKey(msgspec.Struct, frozen=True):
    """Stands where Textual's table has a member of its enumeration of keys."""

    value: str


def teach() -> None:
    """Have Textual know them; may be called again."""
    table: dict[str, Any] = _ansi_sequences.ANSI_SEQUENCES_KEYS  # type: ignore[assignment]
    for character in string.digits + string.punctuation:
        if character not in _SEQUENCES:
            name = character if character.isdigit() else _character_to_key(character)
            table[f"\x1b{character}"] = (_AltKey(f"alt+{name}"),)
    table["\x1b\r"] = (_AltKey("alt+enter"),)
