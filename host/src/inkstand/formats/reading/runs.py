"""Runs of formatted text, as word processors keep them, nested into pandoc's inline elements."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import msgspec

Node = dict[str, Any]
ORDER = ("Strong", "Emph", "Underline", "Strikeout", "SmallCaps", "Superscript", "Subscript")
"""The formats, the outermost first."""
_NONE: frozenset[str] = frozenset()


class Run(msgspec.Struct, frozen=True):
    """Text in one format, or an element (a footnote, a line break) among it."""

    text: str = ""
    formats: frozenset[str] = _NONE
    node: Node | None = None


def nested(runs: list[Run]) -> list[Node]:
    """The runs as inline elements: neighbors that share a format stand in one element."""
    spread: list[Run] = []
    for place, run in enumerate(runs):
        # Blanks and elements between two runs do not end what both have.
        if run.node is not None or run.text.isspace():
            before = spread[-1].formats if spread else _NONE
            after = next((r.formats for r in runs[place:] if not _is_gap(r)), _NONE)
            run = Run(run.text, before & after, run.node)  # noqa: PLW2901
        spread.append(run)
    return _nested(spread, ORDER)


def _is_gap(run: Run) -> bool:
    return run.node is not None or run.text.isspace()


def _nested(runs: list[Run], order: tuple[str, ...]) -> list[Node]:
    if not order:
        return [
            {"t": "Str", "c": run.text} if run.node is None else run.node
            for run in runs
            if run.text or run.node is not None
        ]
    made: list[Node] = []
    for has_it, group in groupby(runs, lambda run: order[0] in run.formats):
        inner = _nested(list(group), order[1:])
        made += [{"t": order[0], "c": inner}] if has_it else inner
    return made
