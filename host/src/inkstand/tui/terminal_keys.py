"""Keys with Alt as most terminals send them: an Escape, then the key.

Textual (8.2.8) takes Alt and a digit for what Option types on a Mac, ¡ or £, and forgets the Alt of
punctuation and Enter; a letter with Alt it takes for one that is to be typed. Here they are keys,
or no pane could be reached by one, and a line would be typed in that was to be left.
"""

from __future__ import annotations

import string
from typing import Any

import msgspec
from textual import _ansi_sequences
from textual.keys import _character_to_key

# What an Escape before these begins is no key.
_SEQUENCES = "[]^_\\"
# Most terminals send these for Option and an arrow, and Textual knows that.
_ARROWS = "bf"


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
    for letter in string.ascii_lowercase:
        if letter not in _ARROWS:
            table[f"\x1b{letter}"] = (_AltKey(f"alt+{letter}"),)
    table["\x1b\r"] = (_AltKey("alt+enter"),)


# The keys of panes are the same in every keymap.
_OF_PANES = {"comma", "full_stop"}
_PUNCTUATION = {_character_to_key(each): each for each in string.punctuation}


def behind_escape(key: str) -> str:
    """The character that was typed right behind an Escape, if that is what a key with Alt was.

    Terminals send both alike. Digits and what else reaches panes are keys with Alt always.
    """
    name = key.removeprefix("alt+")
    if name == key or name in _OF_PANES:
        return ""
    letter = name.removeprefix("shift+")
    if len(letter) == 1 and letter.isalpha():
        return letter if letter == name else letter.upper()
    return _PUNCTUATION.get(name, "")
