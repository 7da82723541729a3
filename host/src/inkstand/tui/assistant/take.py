"""One take: a text as it comes, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import monotonic
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from inkstand.tui.assistant.result_view import ResultView
from inkstand.tui.assistant.streamed import StreamedText
from inkstand.tui.assistant.work import Outcome, Run
from inkstand_sdk.errors import InkstandError
from inkstand_sdk.worker.protocol import Progress, ToolEvent, Write

State = Literal["starting", "working", "stopping", "done", "stopped", "failed"]
_MUTED = "$foreground 60%"
_BAR = 10
_WORD = re.compile(r"\S+")


class Take(Vertical):
    """A take.

    Args:
        number: Which one, from 1.
        alone: Whether there is no other one.

    """

    DEFAULT_CSS: ClassVar[str] = """
    Take { height: 1fr; width: 1fr; }
    Take > .take-line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Take > .take-trouble { height: auto; display: none; margin-top: 1; }
    Take.-failed > .take-trouble { display: block; }
    Take.-failed > StreamedText { display: none; }
    Take.-failed.-wrote > StreamedText { display: block; }
    Take.-many { border-left: outer $panel; padding-left: 1; }
    Take.-many.-chosen { border-left: outer $accent; }
    """

    class Pointed(Message):
        """The take was clicked, or has the focus."""

        def __init__(self, take: Take) -> None:
            super().__init__()
            self.take = take

    def __init__(self, number: int, *, alone: bool) -> None:
        super().__init__(classes=None if alone else "-many")
        self.number = number
        self.state: State = "starting"
        self.run_of: Run | None = None
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self.stream = StreamedText()
        self._alone = alone
        self._said = "Starting"
        self._share: float | None = None
        self._tokens = 0
        self._since = 0.0
        self._lately: list[tuple[float, int]] = []

    def compose(self) -> ComposeResult:
        """How it stands, the text, and what went wrong."""
        yield Static("", classes="take-line", markup=False)
        yield self.stream
        yield Static("", classes="take-trouble", markup=False)

    def on_mount(self) -> None:
        """Say that it starts."""
        self._tell()

    @property
    def is_over(self) -> bool:
        """Whether nothing comes any more."""
        return self.state in ("done", "stopped", "failed")

    @property
    def speed(self) -> float:
        """Tokens a second over the last seconds."""
        if len(self._lately) < 2:
            return 0.0
        (first, before), (last, after) = self._lately[0], self._lately[-1]
        return (after - before) / (last - first) if last - first > 0.2 else 0.0

    @property
    def text(self) -> str:
        """What can be proposed or copied."""
        if self.outcome is not None and self.outcome.text:
            return self.outcome.text
        return self.stream.text.strip()

    @property
    def body(self) -> Widget:
        """What there is to read."""
        found = self.query(ResultView)
        if found:
            return found.first()
        return self.stream if not self.has_class("-failed") or self.has_class("-wrote") else self

    # -- what happens to it -----------------------------------------------------------------------

    def take_in(self, events: Sequence[ToolEvent]) -> None:
        """Show a batch of events."""
        texts = [event.text for event in events if isinstance(event, Write)]
        progress = [event for event in events if isinstance(event, Progress)]
        if texts:
            if not self._tokens:
                self._since = monotonic()
            self._tokens += len(texts)
            self._lately.append((monotonic(), self._tokens))
            del self._lately[:-60]
            self.add_class("-wrote")
            self.stream.feed("".join(texts))
            self._said, self._share = "Writing", None
        if progress:
            self._said = progress[-1].message or "Working"
            self._share = progress[-1].fraction
        if self.state == "starting":
            self.state = "working"
        self._tell()

    async def end(self, outcome: Outcome) -> None:
        """It is done."""
        self.state, self.outcome = "done", outcome
        if outcome.result is not None and outcome.result.finish == "cancelled":
            self.state = "stopped"
        elif outcome.output is not None:
            view = ResultView(outcome.output)
            await self.mount(view, after=self.stream)
            if self.stream.has_focus:
                self.screen.set_focus(view)
            self.stream.display = False
        else:
            self.stream.scroll_home(animate=False, immediate=True)
        self._tell()

    def stop(self) -> None:
        """The writer stopped it."""
        self.state = "stopped"
        self._tell()

    def stopping(self) -> None:
        """It has been asked to stop."""
        self.state = "stopping"
        self._tell()

    def fail(self, error: BaseException) -> None:
        """It failed: say what happened, why, and what to do."""
        self.state, self.error = "failed", error
        had_focus = self.stream.has_focus
        self.can_focus = True
        self.add_class("-failed")
        if had_focus:
            self.screen.set_focus(self.body)
        self.query_one(".take-trouble", Static).update(trouble(error))
        self._tell()

    def _tell(self) -> None:
        line = self.query_one(".take-line", Static)
        content = self._line()
        # Only the words change: laying the screen out for them would cost keystrokes.
        line.update(content, layout=False)
        line.display = bool(content.plain)
        if self.is_over:
            # It holds all that was written, once more.
            self.run_of = None
            self.stream.settle()

    def _line(self) -> Content:
        number = Content("") if self._alone else Content.styled(f"{self.number}  ", "bold $accent")
        return Content.assemble(number, (self._how(), _MUTED))

    def _how(self) -> str:
        if self.state == "stopping":
            return "Stopping …"
        if self.state == "stopped":
            return "You stopped it."
        if self.state == "failed":
            return "" if self._alone else "Failed"
        if self.state == "done":
            return "" if self._alone else f"{sum(1 for _ in _WORD.finditer(self.text)):,} words"
        share = "" if self._share is None else f"  {bar(self._share)} {self._share:.0%}"
        speed = f" · {self.speed:,.0f} tok/s" if self._tokens and self.speed else ""
        return f"{self._said} …{speed}{share}"

    def on_click(self) -> None:
        """Choose it."""
        self.post_message(self.Pointed(self))

    def on_descendant_focus(self) -> None:
        """Choose it."""
        self.post_message(self.Pointed(self))


def bar(share: float) -> str:
    """A bar of a few cells."""
    full = round(max(0.0, min(1.0, share)) * _BAR)
    return "━" * full + "╌" * (_BAR - full)


def trouble(error: BaseException) -> Content:
    """What happened, the likely cause, and what to do next."""
    if not isinstance(error, InkstandError):
        what = f"{type(error).__name__}: {error}"
        return Content.assemble(("It failed.", "bold $text-error"), f"\n{what}")
    parts = [Content.styled(error.what, "$text-error")]
    if error.cause:
        parts.append(Content.styled(error.cause, "$foreground"))
    if error.fix:
        parts.append(Content.styled(error.fix, "$accent"))
    return Content("\n").join(parts)
