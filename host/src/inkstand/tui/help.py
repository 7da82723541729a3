"""Help for the screen that is shown, made from its bindings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile
from typing import Any, ClassVar

import msgspec
from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from inkstand.tui.app import InkstandApp

_WIDEST_KEYS = 16
_DIGIT = re.compile(r"\d+$")


class KeyHelp(msgspec.Struct, frozen=True):
    """One thing that keys do: the keys, what it is, and its name in keymaps."""

    keys: str
    does: str
    id: str


class Section(msgspec.Struct, frozen=True):
    """The keys of one part of a screen."""

    title: str
    keys: tuple[KeyHelp, ...]


def sections(app: InkstandApp, screen: Screen[Any]) -> list[Section]:
    """What keys do: the main ones where the focus is, those of everywhere, then the others."""
    focused = screen.focused.ancestors_with_self if screen.focused is not None else ()
    here = list(takewhile(lambda node: node is not screen, focused))
    placed: dict[str, str] = {}
    parts: dict[str, dict[str, list[Binding]]] = {"Here": {}}
    for node in (*here, app, screen, *screen.query("*")):
        for binding in _told(node):
            title = "Everywhere" if node is app else _area(binding.id or "")
            title = "Here" if node in here and binding.show else title
            placed.setdefault(binding.id or "", title)
    for node in (app, screen, *screen.query("*")):
        for binding in _told(node):
            name = binding.id or ""
            parts.setdefault(placed[name], {}).setdefault(name, []).append(binding)
    found = []
    for title, by_name in parts.items():
        if not by_name:
            continue
        keys = []
        for name, bindings in by_name.items():
            shown = dict.fromkeys(app.get_key_display(each) for each in bindings)
            first, *rest = shown
            both = f"{first}, {rest[0]}" if rest else first
            pressed = both if len(both) <= _WIDEST_KEYS else first
            keys.append(KeyHelp(pressed, bindings[0].description, name))
        found.append(Section(title, tuple(keys)))
    return found


def _ranges(keys: Sequence[KeyHelp]) -> Iterator[KeyHelp]:
    """The keys, those that differ by a digit alone as one: 1 to 9."""
    for stem, alike in groupby(keys, key=lambda key: (_DIGIT.sub("", key.id), key.keys.isdigit())):
        first, *others = alike
        if not (stem[1] and others):
            yield from (first, *others)
            continue
        last = others[-1]
        does = f"{first.does} to {last.keys}"
        yield KeyHelp(f"{first.keys} to {last.keys}", does, f"{first.id} …")


def _told(node: DOMNode) -> Iterator[Binding]:
    """The keys of a node that are told of.

    What Textual's own widgets bind has no name of ours, and nothing to say.
    """
    for bindings in node._bindings.key_to_bindings.values():  # noqa: SLF001  no other way
        yield from (each for each in bindings if each.id and each.description)


def _area(name: str) -> str:
    return name.partition(".")[0].replace("_", " ").replace("-", " ").capitalize()


class HelpScreen(ModalScreen[None]):
    """What a screen is for, and what its keys do.

    Args:
        title: The screen's.
        about: What it is for.
        found: Its keys.

    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 88; max-width: 98%; height: auto; max-height: 92%; padding: 1 2;
        background: $surface; border: round $border; border-title-color: $foreground;
        border-subtitle-color: $text-muted;
    }
    HelpScreen #keys { text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss", "Close", id="help.close")
    ]

    def __init__(self, title: str, about: str, found: list[Section]) -> None:
        super().__init__()
        self._title = title
        self._about = about
        self._found = found

    def compose(self) -> ComposeResult:
        """The text, then a list for each part."""
        with VerticalScroll() as scroll:
            scroll.border_title = f"Help: {self._title}"
            scroll.border_subtitle = "Esc closes"
            if self._about:
                yield Static(self._about, markup=False)
            yield Static(self._keys(), markup=False, id="keys")

    def on_mount(self) -> None:
        """Let the keys scroll it."""
        self.set_focus(self.query_one(VerticalScroll))

    def _keys(self) -> Content:
        lines: list[Content] = []
        found = [Section(each.title, tuple(_ranges(each.keys))) for each in self._found]
        told = [key for section in found for key in section.keys]
        keys = min(_WIDEST_KEYS, max((len(key.keys) for key in told), default=0))
        does = min(30, max((len(key.does) for key in told), default=0))
        for section in found:
            lines += [Content(""), Content.styled(section.title, "bold $primary")]
            lines += [
                Content.assemble(
                    (f"{key.keys:<{keys}}", "$accent"),
                    f"  {key.does:<{does}}",
                    (f"  {key.id}", "$foreground 40%"),
                )
                for key in section.keys
            ]
        lines += [
            Content(""),
            Content.styled("The names on the right are what keymaps call them.", "$foreground 60%"),
        ]
        return Content("\n").join(lines)
