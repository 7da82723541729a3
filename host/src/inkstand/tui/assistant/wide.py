"""Results with the whole window for them: takes side by side, tables as wide as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from inkstand.tui.assistant.result_view import ResultView
from inkstand.tui.assistant.streamed import StreamedText

Shown = tuple[dict[str, Any] | None, str]
"""An output, or else a text."""


class WideScreen(ModalScreen[int]):
    """Shows one result, or takes side by side; gives the number of the take that was chosen.

    Args:
        title: What wrote them.
        shown: The takes.
        jump: Told of a quotation that was chosen.

    """

    DEFAULT_CSS: ClassVar[str] = """
    WideScreen { align: center middle; }
    WideScreen > Vertical {
        width: 96%; height: 94%; background: $background; padding: 0 2; border: round $border;
        border-title-color: $accent; border-subtitle-color: $foreground 60%;
    }
    WideScreen Horizontal { height: 1fr; }
    WideScreen .column { width: 1fr; padding: 0 1; }
    WideScreen .column:focus-within Label { color: $accent; text-style: bold; }
    WideScreen Label { color: $foreground 60%; height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,w", "close", "Close", id="wide.close"),
        Binding("left,h", "app.focus_previous", "Take before", id="wide.previous"),
        Binding("right,l", "app.focus_next", "Next take", id="wide.next"),
        Binding("enter", "take", "Choose this take", id="wide.take"),
        *(
            Binding(str(n), f"choose({n})", f"Take {n}", show=False, id=f"wide.take_{n}")
            for n in range(1, 10)
        ),
    ]

    def __init__(
        self, title: str, shown: Sequence[Shown], jump: Callable[[ResultView.Chosen], Any]
    ) -> None:
        super().__init__()
        self._title = title
        self._takes = list(shown)
        self._jump = jump

    def compose(self) -> ComposeResult:
        """The takes in columns."""
        frame = Vertical()
        frame.border_title = self._title
        many = len(self._takes) > 1
        frame.border_subtitle = "1–9 choose · esc closes" if many else "esc closes"
        with frame, Horizontal():
            for number, (output, text) in enumerate(self._takes, 1):
                with Vertical(classes="column"):
                    if many:
                        yield Label(f"{number} · {len(text.split()):,} words")
                    yield ResultView(output) if output is not None else StreamedText()

    def on_mount(self) -> None:
        """Fill in the texts."""
        texts = [text for output, text in self._takes if output is None]
        for view, text in zip(self.query(StreamedText), texts, strict=True):
            view.feed(text)
            view.settle()
        self.set_focus(self.query("ResultView, StreamedText").first())

    def action_close(self) -> None:
        """Choose none."""
        self.dismiss(0)

    def action_choose(self, number: int) -> None:
        """Choose a take by its number."""
        if number <= len(self._takes):
            self.dismiss(number)

    def action_take(self) -> None:
        """Choose the take that has the focus."""
        for number, column in enumerate(self.query(".column"), 1):
            if column.has_focus_within:
                self.dismiss(number)
                return

    @on(ResultView.Chosen)
    def _linked(self, chosen: ResultView.Chosen) -> None:
        """Show the passage behind it."""
        chosen.stop()
        self.dismiss(0)
        self._jump(chosen)
