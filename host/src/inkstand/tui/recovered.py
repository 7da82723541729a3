"""What was typed and not saved when a program ended, offered back at the next start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand.tui.messages import Jump, ManuscriptChanged
from inkstand_sdk.errors import ChangedMeanwhile, InkstandError

if TYPE_CHECKING:
    from inkstand.workspace.recovery import Unsaved

_SHOWN = 5


class RecoveredScreen(ModalScreen[None]):
    """Offers texts back. What is neither restored nor discarded is offered again next time.

    Args:
        texts: The texts, the latest first.

    """

    app = getters.app(InkstandApp)
    HELP = "Nothing is lost: what you discard stays in the history of its text."
    DEFAULT_CSS: ClassVar[str] = """
    RecoveredScreen { align: center middle; }
    RecoveredScreen > Vertical {
        width: 72; max-width: 96%; height: auto; padding: 1 2; background: $surface;
        border: round $warning; border-title-color: $foreground;
    }
    RecoveredScreen Static { height: auto; }
    RecoveredScreen Horizontal { height: auto; margin-top: 1; }
    RecoveredScreen Button { margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "restore", "Restore", id="recovered.restore"),
        Binding("d", "discard", "Discard", id="recovered.discard"),
        Binding("escape", "later", "Ask again next time", id="recovered.later"),
    ]

    def __init__(self, texts: Sequence[Unsaved]) -> None:
        super().__init__()
        self._texts = list(texts)

    def compose(self) -> ComposeResult:
        """What there is, and what can be done about it."""
        with Vertical() as box:
            box.border_title = "Not saved when Inkstand ended"
            yield Static(self._said(), markup=False)
            with Horizontal():
                yield Button("Restore", id="restore", variant="primary", compact=True)
                yield Button("Discard", id="discard", compact=True)
                yield Button("Later", id="later", compact=True)

    def _said(self) -> Content:
        lines = []
        for text in self._texts[:_SHOWN]:
            name = self.app.name_of(text.path) or str(text.path)
            lines.append(Content.styled(name, "bold"))
            about = f"  {text.words:,} words, typed {_when(text.at)}"
            if text.changed:
                about += "; the file was changed since"
            lines.append(Content.styled(about, "$foreground 60%"))
            around = text.text[max(0, text.cursor - 120) : text.cursor + 40]
            if around.strip():
                lines.append(Content(f"  … {' '.join(around.split())} …"))
        if len(self._texts) > _SHOWN:
            lines.append(Content(f"and {len(self._texts) - _SHOWN} more"))
        return Content("\n").join(lines)

    @on(Button.Pressed)
    async def _pressed(self, pressed: Button.Pressed) -> None:
        await self.run_action(pressed.button.id or "later")

    def action_later(self) -> None:
        """Ask again at the next start."""
        self.dismiss()

    async def action_restore(self) -> None:
        """Save the texts into their files; what those held is in the history."""
        left = []
        for text in self._texts:
            try:
                await run_blocking(self._restore, text)
            except InkstandError as error:
                self.app.show_error(error)
                left.append(text)
            else:
                self.app.post_message(ManuscriptChanged(text.path))
        done = [text for text in self._texts if text not in left]
        if done:
            self.app.post_message(Jump(done[0].path, done[0].cursor))
        self.dismiss()

    def _restore(self, text: Unsaved) -> None:
        recovery = self.app.desk.recovery
        try:
            recovery.restore(text)
        except ChangedMeanwhile:
            # Both are kept: the text that was typed, and in the history what the file held.
            recovery.restore(text, over=True)

    async def action_discard(self) -> None:
        """Let the texts go; they are in the history."""
        for text in self._texts:
            await run_blocking(self.app.desk.recovery.discard, text)
        self.dismiss()


def _when(at: str) -> str:
    """A time of ours (ISO 8601, UTC) in the writer's own."""
    then = dt.datetime.fromisoformat(at).astimezone()
    today = dt.datetime.now().astimezone().date()
    return f"at {then:%H:%M}" if then.date() == today else f"on {then:%Y-%m-%d at %H:%M}"
