"""The line of keys below a screen: only those that there is room for, and help always."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_PADDING = 3
"""Columns around a key and what it does."""
_HELP = "help"


class KeysLine(Footer):
    """The keys of the screen; where they do not fit, help has the rest."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        """As many keys as fit, whole."""
        keys = list(super().compose())
        room = self.size.width or self.app.size.width
        kept = _fitting([_columns(key) for key in keys], _place_of_help(keys), room)
        yield from (key for place, key in enumerate(keys) if place in kept)

    def on_resize(self, event: events.Resize) -> None:
        """There may be room for more of them now, or for fewer."""
        self.call_after_refresh(self.recompose)


def _columns(key: Widget) -> int:
    if not isinstance(key, FooterKey):
        return 0
    return cell_len(key.key_display) + cell_len(key.description) + _PADDING


def _place_of_help(keys: Sequence[Widget]) -> int | None:
    places = (
        place
        for place, key in enumerate(keys)
        if isinstance(key, FooterKey) and key.action == _HELP
    )
    return next(places, None)


def _fitting(columns: Sequence[int], first: int | None, room: int) -> set[int]:
    """The places of those that fit, in their order; `first` before all others."""
    order = [*([] if first is None else [first]), *(n for n in range(len(columns)) if n != first)]
    kept = set[int]()
    for place in order:
        room -= columns[place]
        if room < 0:
            break
        kept.add(place)
    return kept
