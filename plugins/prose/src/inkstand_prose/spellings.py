"""Names that are spelled as somebody says them: "O-li-ver", "Thethilia", "'Enry", "Rachael"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from inkstand_prose.evidence import Evidence
from inkstand_prose.lexicon.given_names import is_given_name
from inkstand_prose.names import Key

_COMMONER = 10
"""How much oftener the usual spelling must stand."""
_LEAST = 4
_LONG = 6
_SOFT_C = re.compile(r"c(?=[eiy])")
_TWICE = re.compile(r"(.)\1")


def usual_keys(people: Mapping[Key, Evidence]) -> dict[Key, Key]:
    """For names in a rare spelling, the name in the usual one."""
    usual = _usual_words(people)
    found: dict[Key, Key] = {}
    for title, parts in people:
        if not any(part in usual for part in parts):
            continue
        mended = tuple(usual.get(part, part) for part in parts)
        for key in ((title, mended), ("", mended), ("", mended[-1:])):
            if key in people:
                found[(title, parts)] = key
                break
    return found


def _usual_words(people: Mapping[Key, Evidence]) -> dict[str, str]:
    counts: Counter[str] = Counter()
    narrated: Counter[str] = Counter()
    for (_, parts), seen in people.items():
        for part in parts:
            counts[part] += seen.uses
            narrated[part] += seen.uses - seen.spoken
    by_sound: dict[str, str] = {}
    by_letters: dict[str, str] = {}
    order = sorted(counts, key=lambda word: (not is_given_name(word), -counts[word], word))
    for word in order:
        count = counts[word]
        if count >= _LEAST or narrated[word]:
            by_sound.setdefault(_sound(word), word)
        if count < _LEAST:
            continue
        for letters in _letters(word):
            by_letters.setdefault(letters, word)
    found = {}
    for word, count in counts.items():
        others = [by_letters.get(letters, word) for letters in _letters(word)]
        fitting = [o for o in others if o != word and counts[o] >= _COMMONER * count]
        if not narrated[word] or "-" in word:
            heard = by_sound.get(_sound(word), word)
            fitting += [heard] if heard != word and not is_given_name(word) else []
        if fitting:
            found[word] = max(fitting, key=lambda other: counts[other])
    return found


def _sound(word: str) -> str:
    """What stays of a word where it is stammered, lisped, or said without its h."""
    plain = _SOFT_C.sub("s", word.lower().replace("-", "").lstrip("'’"))
    plain = plain.removeprefix("h").replace("th", "s").replace("z", "s").replace("y", "i")
    return _TWICE.sub(r"\1", plain)


def _letters(word: str) -> Iterator[str]:
    """The word itself, and without any one letter from its middle."""
    if len(word) >= _LONG and word.isalpha():
        yield word
        for at in range(2, len(word) - 1):
            yield word[:at] + word[at + 1 :]
