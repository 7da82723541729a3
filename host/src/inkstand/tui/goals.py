"""The dialog of goals: words in all, words a day, and the day to be done by."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand.tui.messages import ManuscriptChanged
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.workspace.goals import Progress

_FIELDS = {
    "total": ("Words in all", "80000"),
    "daily": ("Words a day", "500"),
    "by": ("Done by", "2027-03-01"),
}


class AskGoals(ModalScreen[None]):
    """Shows the goals of the book, to be changed; an empty line is no goal.

    Args:
        goals: Those that are set.

    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    AskGoals { align: center middle; }
    AskGoals > Vertical {
        width: 52; max-width: 96%; height: auto; padding: 1 2; background: $surface;
        border: round $border; border-title-color: $foreground;
        border-subtitle-color: $foreground 60%;
    }
    AskGoals Horizontal { height: 1; margin-bottom: 1; }
    AskGoals Label { width: 16; }
    AskGoals Input, AskGoals Input:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $panel 55%;
        background-tint: $panel 0%;
    }
    AskGoals Input:focus { background: $panel; }
    AskGoals #goals-told { height: auto; color: $foreground 60%; }
    AskGoals #goals-told.-wrong { color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Cancel", id="goals.cancel"),
        Binding("down", "app.focus_next", "Next line", show=False, id="goals.next"),
        Binding("up", "app.focus_previous", "Previous line", show=False, id="goals.previous"),
    ]

    def __init__(self, goals: Progress | None) -> None:
        super().__init__()
        self._goals = goals

    def compose(self) -> ComposeResult:
        """A line for each goal."""
        with Vertical() as frame:
            frame.border_title = "Goals"
            frame.border_subtitle = "Enter keeps them, Esc leaves them"
            for name, (title, hint) in _FIELDS.items():
                with Horizontal():
                    yield Label(title)
                    yield Input(self._is(name), placeholder=hint, id=f"goals-{name}")
            yield Static(self._told(), id="goals-told", markup=False)

    def _is(self, name: str) -> str:
        """What is set now, as one types it."""
        value = getattr(self._goals, name) if self._goals is not None else ""
        return str(value) if value else ""

    def _told(self) -> str:
        goals = self._goals
        if goals is None or not goals.words_left:
            return "An empty line is no goal."
        left = f"{goals.words_left:,} words left"
        if not goals.words_a_day:
            return f"{left}."
        return f"{left}: {goals.words_a_day:,} a day for {goals.days_left:,} days."

    async def on_input_submitted(self) -> None:
        """Keep the goals that were changed."""
        typed = {name: self.query_one(f"#goals-{name}", Input).value.strip() for name in _FIELDS}
        changed = [f"{name}={value}" for name, value in typed.items() if value != self._is(name)]
        told = self.query_one("#goals-told", Static)
        try:
            for goal in changed:
                await run_blocking(self.app.desk.set_goal, goal)
        except InkstandError as error:
            told.add_class("-wrong")
            told.update(f"{error.what} {error.cause}".strip())
            return
        if changed:
            self.app.post_message(ManuscriptChanged())
        self.dismiss()
