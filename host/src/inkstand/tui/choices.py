"""A list to choose from: headings between its lines, and the cursor where it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Choice(msgspec.Struct, frozen=True):
    """A line of a list; without a key it is a heading, or a line that leads nowhere."""

    key: str
    content: Content


class Choices(OptionList):
    """A list of choices. It tells of them as an `OptionList` does; `option_id` is the key."""

    DEFAULT_CSS: ClassVar[str] = """
    Choices, Choices:focus {
        height: 1fr; border: none; padding: 0; background: $background;
        background-tint: $background 0%; scrollbar-size-vertical: 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Choices > .option-list--option { padding: 0 1; }
    Choices > .option-list--option-disabled { color: $foreground; }
    Choices.-wrapping, Choices.-wrapping:focus { text-wrap: wrap; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False, id="list.down"),
        Binding("k", "cursor_up", "Up", show=False, id="list.up"),
        Binding("g", "first", "First", show=False, id="list.first"),
        Binding("G", "last", "Last", show=False, id="list.last"),
    ]

    def __init__(self, *, id: str, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._shown: tuple[Choice, ...] = ()

    @property
    def key(self) -> str:
        """That of the line that the cursor is on; "" for none."""
        option = self.highlighted_option
        return (option.id or "") if option is not None else ""

    @property
    def plain(self) -> list[str]:
        """The lines without looks, for tests."""
        return [choice.content.plain for choice in self._shown]

    def fill(self, choices: Sequence[Choice], key: str | None = None) -> None:
        """Show these lines, the cursor on that of a key, or where it was.

        Nothing is drawn anew where they are the same.
        """
        wanted = self.key if key is None else key
        same = tuple(choices) == self._shown
        if not same:
            before = self.highlighted or 0
            top = self.scroll_offset.y
            self._shown = tuple(choices)
            self.set_options(
                Option(choice.content, id=choice.key or None, disabled=not choice.key)
                for choice in choices
            )
            self.scroll_to(y=top, animate=False, immediate=True)
            self.highlighted = None
            if not any(choice.key == wanted for choice in choices):
                wanted = self._near(before)
        self.point_at(wanted)

    def _near(self, place: int) -> str:
        """The key of the line nearest to a place that leads somewhere."""
        known = [at for at, choice in enumerate(self._shown) if choice.key]
        nearest = min(known, key=lambda at: (abs(at - place), at), default=-1)
        return self._shown[nearest].key if nearest >= 0 else ""

    def point_at(self, key: str) -> None:
        """Put the cursor on the line of that key, if there is one."""
        place = next((at for at, each in enumerate(self._shown) if key and each.key == key), None)
        if place is not None and place != self.highlighted:
            self.highlighted = place
