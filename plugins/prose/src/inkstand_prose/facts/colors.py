"""Colors of eyes and hair, each in one plain word."""

from __future__ import annotations

from inkstand_prose.lexicon import word_lines, words

_COMPARED = frozenset(["blue", "grey", "gray", "green", "brown", "black", "dark", "red"])
"""Colors of which there is a "bluest"; what is "darker" or "redder" may be of another."""
_SHADES = words("shades")
"""What may stand before a color, as in "pale-blue", "white-blond"."""


def _table(name: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in word_lines(name):
        plain, others = line.split(":")
        table.update((word, plain.strip()) for word in (plain.strip(), *others.split()))
    for shade in _SHADES:
        for word, color in list(table.items()):
            if "-" not in word:
                table.setdefault(f"{shade}-{word}", color)
    for word in _COMPARED & table.keys():
        stem = word + word[-1] if word == "red" else word.removesuffix("e")
        table[f"{stem}est"] = table[word]
        if word not in {"dark", "red"}:
            table[f"{stem}er"] = table[word]
    return table


EYES = _table("eye_colors")
"""The plain color for each word that tells one of eyes."""
HAIR = _table("hair_colors")
LIKE_EYES = _table("eye_likenesses")
"""The color that eyes have which are like a thing: "the color of slate"."""
LIKE_HAIR = _table("hair_likenesses")
PALETTE: dict[str, dict[str, str]] = {"eyes": EYES, "hair": HAIR}
LIKE: dict[str, dict[str, str]] = {"eyes": LIKE_EYES, "hair": LIKE_HAIR}
