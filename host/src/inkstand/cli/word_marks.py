"""Changes by words as a writer sees them: colored on a terminal, `[-old-]{+new+}` elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import click

from inkstand.cli.output import for_terminal

if TYPE_CHECKING:
    from inkstand.workspace.word_diff import Piece

_WORDS_AROUND = 12
_LINE = re.compile(r"[^\n]*\n?")
_FIRST = re.compile(rf"(?:\s*+\S++){{{_WORDS_AROUND}}}")
_LAST = re.compile(rf"(?<!\S)(?:\s*+\S++){{{_WORDS_AROUND}}}\s*+\Z")


def marked(pieces: Iterable[Piece], *, color: bool, whole: bool = False) -> str:
    """Two compared texts as one, the changes marked.

    Args:
        pieces: What both have, and what only one of them has, in reading order.
        color: Whether to mark by colors.
        whole: Whether to show all that did not change, not only the words around a change.

    """
    shown: list[str] = []
    told = [
        (kind, "".join(piece.text for piece in group))
        for kind, group in groupby(pieces, lambda piece: piece.kind)
    ]
    for place, (kind, text) in enumerate(told):
        if kind != "same":
            shown.append(_marked(kind, for_terminal(text), color=color))
            continue
        near = text if whole else _near(text, first=place == 0, last=place == len(told) - 1)
        shown.append(for_terminal(near))
    return "".join(shown)


def _marked(kind: str, text: str, *, color: bool) -> str:
    if not color:
        return f"[-{text}-]" if kind == "removed" else f"{{+{text}+}}"
    gone = kind == "removed"
    # Each line by itself: pagers forget a color at the end of a line.
    return "".join(
        click.style(line.rstrip("\n"), fg="red" if gone else "green", strikethrough=gone or None)
        + "\n" * line.endswith("\n")
        for line in _LINE.findall(text)
        if line
    )


def _near(text: str, *, first: bool, last: bool) -> str:
    """The words of an unchanged stretch that lie beside a change."""
    tail = _LAST.search(text[-2_000:])
    head = _FIRST.match(text[:2_000])
    before = text if tail is None else tail.group().lstrip()
    after = text if head is None else head.group().rstrip()
    if first and last:
        return text
    if first:
        return text if len(before) >= len(text) - 1 else f"\u2026 {before}"
    if last:
        return text if len(after) >= len(text) - 1 else f"{after} \u2026"
    if head is None or tail is None or len(after) + len(before) >= len(text):
        return text
    return f"{after}\n\u2026\n{before}"
