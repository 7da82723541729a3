"""The screen of usage: what models took, and what was written, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, VerticalScroll
from textual.widgets import Static

from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.screens.page import Page
from inkstand.tui.styled_table import StyledTable

if TYPE_CHECKING:
    from inkstand.records.usage import By, UsageTotal
    from inkstand.workspace.counts import DayCount

# plotext is imported with the charts, when the screen is first shown.
_SPANS = (7, 30, 365)
"""Days that may be shown."""
_NO_MODEL = "No model was asked: write (F2), and Alt+Enter goes on from there."
_GROUPS: tuple[By, ...] = ("model", "tool", "day")


class UsageScreen(Page):
    """Charts by day, and totals by model, tool or day."""

    NAME = "usage"
    HELP = (
        "What models took: tokens, speed, and how much was answered from the cache. And how many"
        " words you wrote.\n"
        "The numbers are kept on this machine alone, and hold no text. To keep none, switch"
        " usage off in the settings."
    )
    DEFAULT_CSS: ClassVar[str] = """
    UsageScreen #usage-told { height: auto; padding: 0 2; color: $foreground 60%; }
    UsageScreen #usage-charts {
        height: auto; grid-size: 2; grid-rows: auto; grid-gutter: 1 0; padding: 1 1 0 1;
    }
    UsageScreen.-narrow #usage-charts { grid-size: 1; }
    UsageScreen #usage-body { height: 1fr; }
    UsageScreen StyledTable { margin: 1 1; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012  as Textual has it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "span", "Days shown", id="usage.days"),
        Binding("b", "by", "Model, tool or day", id="usage.by"),
        Binding("r", "refresh", "Count again", id="usage.refresh"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._span = 30
        self._by = 0

    def compose_body(self) -> ComposeResult:
        """The charts above, the totals below."""
        from inkstand.tui.charts import DayChart

        yield Static("", id="usage-told")
        with VerticalScroll(id="usage-body"):
            with Grid(id="usage-charts"):
                yield DayChart("Words written", "None in these days: write some (F2).", id="words")
                yield DayChart("Tokens written by models", _NO_MODEL, id="tokens")
                yield DayChart("Tokens a second", _NO_MODEL, id="speed")
                yield DayChart("Answered from the cache, %", "No answer was.", id="cached")
            yield StyledTable()

    def on_mount(self) -> None:
        """Let keys scroll the page."""
        self.set_focus(self.query_one("#usage-body"))

    def on_screen_resume(self) -> None:
        """Models may have written meanwhile."""
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read the numbers again."""
        begin(self, "usage", self._load)

    def action_span(self) -> None:
        """Show fewer or more days."""
        self._span = _SPANS[(_SPANS.index(self._span) + 1) % len(_SPANS)]
        self.action_refresh()

    def action_by(self) -> None:
        """Add up by model, by tool or by day."""
        self._by = (self._by + 1) % len(_GROUPS)
        self.action_refresh()

    async def _load(self) -> None:
        app = self.app
        today = dt.date.today()  # noqa: DTZ011  the writer's own day
        first = today - dt.timedelta(days=self._span - 1)
        since = dt.datetime.combine(first, dt.time()).timestamp()
        by = _GROUPS[self._by]

        def looked_up() -> tuple[list[UsageTotal], list[UsageTotal], Sequence[DayCount]]:
            usage = app.studio.usage
            words = () if app.path is None else app.desk.counts.days()
            return usage.totals("day", since), usage.totals(by, since), words

        days, totals, words = await run_blocking(looked_up)
        dates = [first + dt.timedelta(days=each) for each in range(self._span)]
        self._draw(dates, days, words)
        self._list(by, totals)
        calls = sum(total.calls for total in days)
        told = f"The last {self._span} days: {calls:,} call{'' if calls == 1 else 's'} of models"
        if not app.studio.config.usage.enabled:
            told += ". Counting is off: settings, usage"
        self.query_one("#usage-told", Static).update(f"{told}.")

    def _draw(
        self, dates: list[dt.date], days: list[UsageTotal], words: Sequence[DayCount]
    ) -> None:
        from inkstand.tui.charts import DayChart

        of = {day.name: day for day in days}
        totals = [of.get(date.isoformat()) for date in dates]
        written = written_by_day(words)
        if self.app.status is not None:
            # The day that the book was first counted on has no other before it.
            written.setdefault(dates[-1].isoformat(), self.app.status.count.today)
        values: dict[str, list[float]] = {
            "words": [float(written.get(date.isoformat(), 0)) for date in dates],
            "tokens": [float(day.completion_tokens) if day else 0.0 for day in totals],
            "speed": [day.tokens_per_second if day else 0.0 for day in totals],
            "cached": [100 * day.from_cache / max(1, day.calls) if day else 0.0 for day in totals],
        }
        for name, each in values.items():
            self.query_one(f"#{name}", DayChart).show(dates, each)

    def _list(self, by: By, totals: list[UsageTotal]) -> None:
        table = self.query_one(StyledTable)
        titles = ("Calls", "Failed", "From cache", "Tokens in", "Reused", "Tokens out")
        table.titles = (by.capitalize(), *titles, "First token", "Tokens/s")
        table.show(
            [
                (
                    total.name or "(none)",
                    f"{total.calls:,}",
                    f"{total.failed:,}" if total.failed else "",
                    f"{total.from_cache:,}" if total.from_cache else "",
                    f"{total.prompt_tokens:,}",
                    f"{total.cached_tokens:,}",
                    f"{total.completion_tokens:,}",
                    f"{total.first_token_ms:,.0f} ms" if total.first_token_ms else "",
                    f"{total.tokens_per_second:,.1f}" if total.tokens_per_second else "",
                )
                for total in totals
            ]
        )
        table.display = bool(totals)


def written_by_day(days: Sequence[DayCount]) -> dict[str, int]:
    """How many more words there were at the end of each day than of the one before it.

    The first day that was counted has no day before it, so it is not told.
    """
    return {day.day: day.words - before.words for before, day in pairwise(days)}
