"""Names that only happen to stand side by side: "in London Lydia", "Luckily Hayward", "tell Beth
Frank asked".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from inkstand_prose.evidence import Evidence
from inkstand_prose.lexicon.capitals import PLACE_NAMES
from inkstand_prose.lexicon.given_names import is_given_name
from inkstand_prose.names import Key, NameUse

_RARE = 2
_COMMONER = 5
_PLACE_SHARE = 0.3
_BOTH_OFTEN = 25
_FAMILY = ("mr", "mrs", "miss", "lady", "sir", "dr", "captain", "monsieur", "madame")


def misjoined(evidence: Mapping[Key, Evidence], lowercase: Counter[str]) -> set[Key]:
    """Names of two words that are rare, and whose second word is a name by itself."""
    found = set()
    for key, seen in evidence.items():
        title, parts = key
        if title or len(parts) != 2 or seen.uses > _RARE:
            continue
        first, second = (evidence.get(("", (part,))) for part in parts)
        if second is None or second.uses < _COMMONER * seen.uses:
            continue
        if (
            (first is not None and _are_two(parts, first, second, evidence))
            or _is_no_given_name(parts[0], first, lowercase)
            or (
                is_given_name(parts[1])
                and first is not None
                and first.uses >= _COMMONER * seen.uses
            )
        ):
            found.add(key)
    return found


def _are_two(
    parts: tuple[str, ...], first: Evidence, second: Evidence, evidence: Mapping[Key, Evidence]
) -> bool:
    """Whether both words are often used alone, and neither as a surname: "Blanche Dorothee"."""
    if min(first.uses, second.uses) < _BOTH_OFTEN:
        return False
    return not any((title, parts[1:]) in evidence for title in _FAMILY)


def _is_no_given_name(word: str, seen: Evidence | None, lowercase: Counter[str]) -> bool:
    if is_given_name(word):
        return False
    if word.lower() in PLACE_NAMES or (word.endswith("ly") and lowercase[word.lower()] > 0):
        return True
    return seen is not None and seen.place > _PLACE_SHARE * seen.uses


def part_uses(uses: Sequence[NameUse], keys: set[Key]) -> list[NameUse]:
    """The uses, with only the second word of those that stand side by side by chance."""
    return [_second_word(use) if use.key in keys else use for use in uses]


def _second_word(use: NameUse) -> NameUse:
    name = use.key[1][1]
    return msgspec.structs.replace(use, start=use.end - len(name), key=("", (name,)))
