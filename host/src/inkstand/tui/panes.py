"""Where the panes of the screen to write in stand: which are shown, and how many columns each has.

Only arithmetic: no widget is needed to know it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

NAVIGATOR, TEXT, SECOND, ASSISTANT = "navigator", "text", "second", "assistant"
NARROW = 80
"""Below so many columns there are tabs, one pane at a time."""
_LEAST_TEXT = 38
"""Columns that a text has at least beside a side pane that was not asked for that wide."""
_SMALLEST_TEXT = 24
_SMALLEST_SIDE = 16


class Placed(msgspec.Struct, frozen=True):
    """The columns of each pane; 0 is not shown. `tabs` is whether there is only one at a time."""

    navigator: int = 0
    text: int = 0
    second: int = 0
    assistant: int = 0
    tabs: bool = False

    def shown(self) -> list[str]:
        """The panes that are there, from left to right."""
        return [name for name in (NAVIGATOR, TEXT, SECOND, ASSISTANT) if getattr(self, name)]


class Wanted(msgspec.Struct, frozen=True):
    """What the writer wants to see.

    `recent` are the panes in the order in which they were reached, the latest first. `navigator`
    and `assistant` are columns, 0 where the window decides.
    """

    recent: tuple[str, ...] = (TEXT, NAVIGATOR, ASSISTANT, SECOND)
    hidden: frozenset[str] = frozenset()
    split: bool = False
    navigator: int = 0
    assistant: int = 0


def place(total: int, wanted: Wanted) -> Placed:
    """Where the panes stand in a window of so many columns.

    Side panes take what is wanted of them, or a share of the window; where too little is left to
    the text, the side pane goes that was reached longest ago.
    """
    texts = [TEXT, SECOND] if wanted.split else [TEXT]
    panes = [NAVIGATOR, *texts, ASSISTANT]
    if total < NARROW:
        shown = next(name for name in (*wanted.recent, TEXT) if name in panes)
        return Placed(**{shown: total}, tabs=True)
    sides = [
        name
        for name in sorted((NAVIGATOR, ASSISTANT), key=_rank(wanted.recent))
        if name not in wanted.hidden
    ]
    while True:
        columns = _columns(total, wanted, sides)
        left = total - sum(columns.values()) - len(columns) - (len(texts) - 1)
        if left >= _LEAST_TEXT * len(texts) or not sides:
            break
        kept = all(getattr(wanted, name) for name in sides)
        if kept and left >= _SMALLEST_TEXT * len(texts):
            break
        sides.pop()
    first = left // len(texts)
    return Placed(
        navigator=columns.get(NAVIGATOR, 0),
        text=first,
        second=left - first if wanted.split else 0,
        assistant=columns.get(ASSISTANT, 0),
    )


def _columns(total: int, wanted: Wanted, sides: Sequence[str]) -> dict[str, int]:
    shares = {
        NAVIGATOR: wanted.navigator or min(34, max(22, total // 5)),
        ASSISTANT: wanted.assistant or min(60, max(30, total * 3 // 10)),
    }
    most = max(_SMALLEST_SIDE, total - _SMALLEST_TEXT - 2 * len(sides))
    return {name: max(_SMALLEST_SIDE, min(shares[name], most)) for name in sides}


def _rank(recent: Sequence[str]) -> Callable[[str], int]:
    order = {name: place for place, name in enumerate(recent)}
    return lambda name: order.get(name, len(order))
