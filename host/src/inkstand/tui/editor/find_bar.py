"""The bar to find and replace in: what to look for, how many there are, and what to put there."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label

from inkstand.tui.editor.finding import Query

_FLAGS = (
    ("is_regex", ".*", "Pattern (alt+x): . * + ( ) have a meaning"),
    ("case", "Aa", "Capitals matter (alt+c)"),
    ("words", "W", "Whole words (alt+w)"),
)


class _Line(Input):
    """A line in which Alt and a letter is a shortcut, and not the letter."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here."""
        return not key.startswith("alt+") and super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.key.startswith("alt+"):
            event.prevent_default()
        else:
            await super()._on_key(event)


class FindBar(Vertical):
    """Two lines: find, and replace. What comes of it is shown by `tell`."""

    DEFAULT_CSS: ClassVar[str] = """
    FindBar {
        dock: bottom; height: auto; display: none; background: $surface; padding: 0 1;
        & Horizontal { height: 1; }
        & Input { width: 1fr; min-width: 8; background: $surface-lighten-1; }
        & Label { width: auto; min-width: 10; text-align: right; color: $text-muted; }
        & Button { min-width: 4; width: auto; margin: 0 0 0 1; }
        & Button.-on { background: $primary; color: $background; text-style: bold; }
        & #find-trouble { display: none; width: 1fr; height: auto; text-align: left; }
        & #find-trouble { color: $text-error; }
    }
    FindBar.-open { display: block; }
    FindBar #replace-line { display: none; }
    FindBar.-replacing #replace-line { display: block; }
    FindBar.-trouble #find-trouble { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "Next", id="find.next"),
        Binding("ctrl+r", "replacing", "Replace", id="find.replace"),
        Binding("alt+x", "flag('is_regex')", "Pattern", id="find.regex"),
        Binding("escape", "close", "Back to the text", id="find.close"),
        Binding("shift+enter,up,ctrl+shift+g,alt+g", "next(True)", "Previous", id="find.previous"),
        Binding("alt+a,alt+enter", "replace_all", "Replace all", id="find.replace-all"),
        Binding("down,ctrl+g", "next", "Next", id="find.down", show=False),
        Binding("alt+c", "flag('case')", "Capitals matter", id="find.case", show=False),
        Binding("alt+w", "flag('words')", "Whole words", id="find.words", show=False),
    ]

    class Asked(Message):
        """What is looked for changed."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class Stepped(Message):
        """The next match is wanted, or the last one."""

        def __init__(self, *, backwards: bool) -> None:
            super().__init__()
            self.backwards = backwards

    class ReplaceWanted(Message):
        """A match is to be replaced, or all."""

        def __init__(self, template: str, *, everywhere: bool) -> None:
            super().__init__()
            self.template = template
            self.everywhere = everywhere

    class Closed(Message):
        """The writer goes back to the text."""

    def __init__(self) -> None:
        super().__init__()
        self._flags = {"is_regex": False, "case": False, "words": False}

    def compose(self) -> ComposeResult:
        """The two lines, and one for what is wrong."""
        with Horizontal(id="find-line"):
            yield _Line(placeholder="Find", compact=True, id="find-pattern")
            for name, label, tip in _FLAGS:
                yield Button(label, compact=True, id=f"find-{name}", tooltip=tip)
            yield Button("‹", compact=True, id="find-back", tooltip="Previous match")
            yield Button("›", compact=True, id="find-on", tooltip="Next match (enter)")
            yield Label("", id="find-count", markup=False)
        with Horizontal(id="replace-line"):
            yield _Line(placeholder="Replace with", compact=True, id="find-template")
            yield Button("Replace", compact=True, id="find-one")
            yield Button("All", compact=True, id="find-all", tooltip="Replace all (alt+a)")
        yield Label("", id="find-trouble", markup=False)

    @property
    def query_now(self) -> Query:
        """What is looked for."""
        return Query(pattern=self.query_one("#find-pattern", Input).value, **self._flags)

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-open")

    def open(self, selected: str, *, replacing: bool, is_regex: bool | None = None) -> None:
        """Show it; what is selected is looked for, if that is in one line."""
        self.add_class("-open")
        self.set_class(replacing or self.has_class("-replacing"), "-replacing")
        if is_regex is not None:
            self._set_flag("is_regex", is_regex)
        pattern = self.query_one("#find-pattern", Input)
        if selected and "\n" not in selected and "\r" not in selected and len(selected) < 200:
            pattern.value = selected
        self.screen.set_focus(pattern)
        pattern.select_all()
        self.post_message(self.Asked(self.query_now))

    def tell(self, count: str, trouble: str = "") -> None:
        """Show how many there are, or what is wrong."""
        self.query_one("#find-count", Label).update(count)
        self.set_class(bool(trouble), "-trouble")
        self.query_one("#find-trouble", Label).update(trouble)

    def _set_flag(self, name: str, value: bool) -> None:
        self._flags[name] = value
        self.query_one(f"#find-{name}", Button).set_class(value, "-on")

    @on(Input.Changed, "#find-pattern")
    def _asked(self, changed: Input.Changed) -> None:
        changed.stop()
        if self.is_open:
            self.post_message(self.Asked(self.query_now))

    @on(Input.Changed, "#find-template")
    def _quiet(self, changed: Input.Changed) -> None:
        changed.stop()

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        if submitted.input.id == "find-template":
            self._wanted(everywhere=False)
        else:
            self.action_next()

    @on(Button.Pressed)
    def _pressed(self, pressed: Button.Pressed) -> None:
        pressed.stop()
        name = (pressed.button.id or "").removeprefix("find-")
        if name in self._flags:
            self.action_flag(name)
        elif name in ("back", "on"):
            self.action_next(name == "back")
        else:
            self._wanted(everywhere=name == "all")

    def _wanted(self, *, everywhere: bool) -> None:
        template = self.query_one("#find-template", Input).value
        self.post_message(self.ReplaceWanted(template, everywhere=everywhere))

    def action_flag(self, name: str) -> None:
        """Switch how the pattern is meant."""
        self._set_flag(name, not self._flags[name])
        self.post_message(self.Asked(self.query_now))

    def action_next(self, backwards: bool = False) -> None:
        """Go to the next match, or the last one."""
        self.post_message(self.Stepped(backwards=backwards))

    def action_replacing(self) -> None:
        """Show the line for the replacement."""
        self.add_class("-replacing")
        self.screen.set_focus(self.query_one("#find-template", Input))

    def action_replace_all(self) -> None:
        """Replace every match."""
        if self.has_class("-replacing"):
            self._wanted(everywhere=True)

    def action_close(self) -> None:
        """Go back to the text."""
        self.remove_class("-open", "-replacing", "-trouble")
        self.post_message(self.Closed())

    def on_key(self, event: events.Key) -> None:
        """Tab goes round within the bar, not out of it."""
        if event.key in ("tab", "shift+tab") and self.has_class("-replacing"):
            event.stop()
            event.prevent_default()
            pattern, template = self.query(Input)
            self.screen.set_focus(template if pattern.has_focus else pattern)
