"""What the pages of the bible state of people's looks, age and kin, in the reader's own terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inkstand_sdk.bible import is_fact
from inkstand_writing.continuity.facts import BookFacts
from inkstand_writing.continuity.suspicion import Page

_COLORS = {
    "eyes": "blue grey gray green brown hazel amber black dark violet",
    "hair": "black brown chestnut auburn red ginger blond blonde fair golden sandy dark",
}
_SAME = {"gray": "grey", "blonde": "blond", "fair": "blond", "golden": "blond", "ginger": "red"}
_PATTERNS = {
    name: re.compile(
        rf"\b({'|'.join(colors.split())})(?:[ -](?!and\b)[a-z]+)?[ -]"
        rf"{'(?:eyes|eyed)' if name == 'eyes' else '(?:hair|haired|curls|braids?)'}\b",
        re.IGNORECASE,
    )
    for name, colors in _COLORS.items()
}
_PLAIN_COLOR = {
    name: re.compile(rf"\b({'|'.join(colors.split())})\b", re.IGNORECASE)
    for name, colors in _COLORS.items()
}
_FIELDS = {"eyes": ("eyes", "eye_color", "eye color"), "hair": ("hair", "hair_color", "hair color")}


def stated_in_bible(facts: BookFacts, person: str, attribute: str) -> Iterator[tuple[str, Page]]:
    """Colors that a person's pages give their eyes or hair, and the words that do."""
    for entry in facts.pages.get(person, ()):
        fields = facts.bible[entry].fields
        for name in _FIELDS[attribute]:
            for words in plain_words(fields.get(name)):
                if (found := _PLAIN_COLOR[attribute].search(words)) is not None:
                    yield _named(found), Page(entry=entry, field=name, quote=words)
        for words in plain_words(fields.get("appearance")):
            if (found := _PATTERNS[attribute].search(words)) is not None:
                yield _named(found), Page(entry=entry, field="appearance", quote=words)


def plain_words(value: object) -> Iterator[str]:
    """The words of a field that always hold; what holds in some scenes only is left out."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for item in value:
            if not is_fact(item):
                yield from plain_words(item)


def _named(found: re.Match[str]) -> str:
    word = found.group(1).lower()
    return _SAME.get(word, word)
