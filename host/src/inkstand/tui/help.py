"""Help for the screen that is shown, made from its bindings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from inkstand.tui.app import InkstandApp

if TYPE_CHECKING:
    from textual.dom import DOMNode


class KeyHelp(msgspec.Struct, frozen=True):
    """One thing that keys do: the keys, what it is, and its name in keymaps."""

    keys: str
    does: str
    id: str


class Section(msgspec.Struct, frozen=True):
    """The keys of one part of a screen."""

    title: str
    keys: tuple[KeyHelp, ...]


def sections(app: InkstandApp, screen: Screen[Any]) -> Iterator[Section]:
    """What the keys of a screen do: its parts from the inside out, then those of everywhere."""
    parts: dict[str, dict[tuple[str, str], list[Binding]]] = {}
    for node in (*screen.query("*"), screen, app):
        for binding in _bindings(node):
            if not binding.description or binding.system:
                continue
            title = _title(node, binding)
            key = (binding.description, binding.id or "")
            same = parts.setdefault(title, {}).setdefault(key, [])
            if binding.key not in [each.key for each in same]:
                same.append(binding)
    for title, found in parts.items():
        yield Section(
            title,
            tuple(
                KeyHelp(", ".join(_shown(app, each) for each in bindings), does, name)
                for (does, name), bindings in found.items()
            ),
        )


def _bindings(node: DOMNode) -> Iterator[Binding]:
    if type(node).__module__.startswith("textual."):
        return
    for bindings in node._bindings.key_to_bindings.values():  # noqa: SLF001  there is no other way
        yield from bindings


def _title(node: DOMNode, binding: Binding) -> str:
    if isinstance(node, InkstandApp):
        return "Everywhere"
    area = (binding.id or "").partition(".")[0]
    return area.replace("_", " ").capitalize() if area else type(node).__name__


def _shown(app: InkstandApp, binding: Binding) -> str:
    return app.get_key_display(binding)


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
        width: 76; max-width: 96%; height: auto; max-height: 92%; padding: 1 2;
        background: $surface; border: round $border; border-title-color: $foreground;
        border-subtitle-color: $text-muted;
    }
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
            yield Static(self._text(), markup=False)

    def on_mount(self) -> None:
        """Let the keys scroll it."""
        self.query_one(VerticalScroll).focus()

    def _text(self) -> Content:
        lines = [Content(self._about)] if self._about else []
        for section in self._found:
            lines += [Content(""), Content.styled(section.title, "bold $primary")]
            width = max(len(key.keys) for key in section.keys)
            width = min(width, 26)
            for key in section.keys:
                does = Content(key.does)
                name = Content.styled(f"  {key.id}", "$text-disabled") if key.id else Content("")
                keys = Content.styled(f"{key.keys:<{width}}", "$accent")
                lines.append(Content("  ") + keys + Content("  ") + does + name)
        return Content("\n").join(lines)
