"""Footnotes, whose texts stand wherever a writer put them in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

REFERENCE = re.compile(r"(?<!\\)\[\^([^\]\s]+)\](?!:)")
_DEFINITION = re.compile(
    r"(?m)^[ ]{0,3}\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?![ ]{0,3}\[\^[^\]\s]+\]:)(?=\S).*)*"
    r"(?:\n+(?:[ ]{4}|\t).*)*)(?:\n|\Z)"
)


class Taken(msgspec.Struct, frozen=True):
    """Texts without their footnotes, and the footnotes by the label they have there."""

    texts: tuple[str, ...]
    notes: dict[str, str]


def taken_out(texts: Iterable[str]) -> Taken:
    """The texts of one file without the definitions of footnotes, and those."""
    notes: dict[str, str] = {}

    def take(found: re.Match[str]) -> str:
        notes.setdefault(found[1], re.sub(r"(?m)^(?:[ ]{1,4}|\t)", "", found[2].strip()))
        return "\n"

    without = tuple(_DEFINITION.sub(take, text) if "[^" in text else text for text in texts)
    return Taken(without, notes)


def written(notes: Iterable[tuple[str, str]]) -> str:
    """Definitions in Markdown, each a paragraph or several."""
    return "\n\n".join(
        f"[^{label}]: " + re.sub(r"\n(?=[^\n])", "\n    ", text) for label, text in notes
    )


def relabeled(text: str, prefix: str) -> str:
    """A section's text with `prefix` before every label of a footnote, to be joined to others."""
    if "[^" not in text:
        return text
    return re.sub(r"(?<!\\)\[\^([^\]\s]+)\]", rf"[^{prefix}\1]", text)
