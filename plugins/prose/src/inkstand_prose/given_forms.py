"""Whether two names may be forms of one: "Lizzy" and "Eliza", "Ladd" and "Laddy"."""

from __future__ import annotations

from functools import lru_cache

from inkstand_prose.lexicon.given_names import FORMAL_NAMES, is_given_name
from inkstand_prose.names import Key, is_common_word

_SHORTEST = 3
_SHORTEST_PET_NAME = 4


# Each two names of a book are compared in every reading of it.
@lru_cache(maxsize=1 << 14)
def same_given(one: str, other: str) -> bool:
    """Whether the names may be forms of one: "Lizzy" and "Eliza"."""
    if not one or not other:
        return False
    if one == other or is_short_for(one, other) or is_short_for(other, one):
        return True
    formal = FORMAL_NAMES.get(one.lower(), ())
    if any(name in formal for name in FORMAL_NAMES.get(other.lower(), ())):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return len(short) >= _SHORTEST and not is_given_name(short) and long.startswith(short)


def is_short_for(short: str, formal: str) -> bool:
    """Whether the tables have one name as a short form of the other."""
    return formal.lower() in FORMAL_NAMES.get(short.lower(), ())


def is_pet_form(name: str, surname: str) -> bool:
    """Whether a surname is cut or lengthened: "Jelly" for Jellyband, "Laddy" for Ladd."""
    if len(name) < _SHORTEST_PET_NAME or is_given_name(name) or name == surname:
        return False
    if surname.startswith(name):
        return True
    return bool(surname) and name in {f"{surname}{end}" for end in ("y", "ie", f"{surname[-1]}y")}


def has_epithet(key: Key) -> bool:
    """Whether a word of every day stands before the first name: "Long John Silver"."""
    parts = key[1]
    return len(parts) > 1 and is_common_word(parts[0]) and is_given_name(parts[1])
