"""Charts of numbers by day, drawn with plotext in the colors of the theme."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.color import Color
from textual_plotext import PlotextPlot

_LABELS = 5
"""Dates that are written below a chart."""
_STEPS = 3
"""Steps of the scale beside it."""


class DayChart(PlotextPlot):
    """Bars, one for each day.

    Args:
        title: What the numbers are.
        empty: What to say as long as there are none.
        id: The widget's name.

    """

    DEFAULT_CSS: ClassVar[str] = """
    DayChart { height: 13; padding: 0 1; }
    DayChart.-empty { height: 4; padding: 0 1; }
    """

    def __init__(self, title: str, empty: str, *, id: str) -> None:
        super().__init__(id=id)
        self.auto_theme = False
        self._title = title
        self._empty = empty
        self._dates: list[dt.date] = []
        self._values: list[float] = []

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def show(self, dates: list[dt.date], values: list[float]) -> None:
        """Draw the values of these days."""
        self._dates, self._values = dates, values
        self._draw()

    def render(self) -> RenderResult:
        """The chart, or what to do to have one."""
        if any(self._values):
            return super().render()
        said = f"{self._title}\n" if self._dates else ""
        return Text.assemble((said, "bold"), (self._empty if self._dates else "", "dim"))

    def _draw(self) -> None:
        self.set_class(not any(self._values), "-empty")
        if not any(self._values):
            self.refresh(layout=True)
            return
        plot = self.plt
        plot.clear_figure()
        colors = self.app.theme_variables
        plot.canvas_color("default")
        plot.axes_color("default")
        plot.ticks_color(_rgb(colors.get("foreground-muted", ""), (140, 140, 140)))
        plot.title(self._title)
        at = [float(each) for each in range(len(self._dates))]
        bar = _rgb(colors.get("primary", ""), (120, 150, 200))
        plot.bar(at, self._values, color=bar, width=0.6, marker="sd")
        every = max(1, len(at) // _LABELS)
        shown = at[::every]
        dates = [self._dates[int(each)] for each in shown]
        plot.xticks(shown, [f"{date.day} {date:%b}" for date in dates])
        low, high = min(0.0, *self._values), max(0.0, *self._values)
        high = high if high > low else 1.0
        plot.ylim(low, high)
        ticks = [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]
        plot.yticks(ticks, [f"{tick:,.0f}" for tick in ticks])
        self.refresh(layout=True)


def _rgb(color: str, otherwise: tuple[int, int, int]) -> tuple[int, int, int]:
    """A color of the theme as plotext wants it; some are not plain colors."""
    try:
        return Color.parse(color).rgb
    except Exception:  # noqa: BLE001  "auto 87%" and the like are parsed by nothing public
        return otherwise
