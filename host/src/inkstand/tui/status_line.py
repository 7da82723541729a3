"""The line at the bottom: words, today's words, what models do, and whether all is saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from inkstand.tui.app import InkstandApp
from inkstand.tui.messages import BookLoaded, News, SaveTold, TokensTold, WordsTold

if TYPE_CHECKING:
    from inkstand.workspace.counts import DayCount

_BARS = "▁▂▃▄▅▆▇█"
_DAYS = 7
_EVERYWHERE = ("app.help", "app.palette")
_GAP = 2
_PRESSES = "key"
"""What a click on the line is looked up by."""


class StatusLine(Widget):
    """What the writer may want to know without asking."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    StatusLine {
        height: 1; dock: bottom; background: $panel; color: $foreground 60%; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._tokens = TokensTold()
        self._saving = SaveTold("")
        self._open: dict[Path, int] = {}
        self._hints: list[Content] = []
        self._always: list[Content] = []

    def on_mount(self) -> None:
        """Listen to whoever has something to tell."""
        self.app.news.subscribe(self, self._heard)
        self.screen.bindings_updated_signal.subscribe(self, self._keys_changed)

    def _keys_changed(self, screen: Screen[object]) -> None:
        """Know the keys of where the writer is now."""
        before = self._hints, self._always
        self._hints, self._always = _hints(self.app, screen)
        if before != (self._hints, self._always):
            self.refresh()

    def _heard(self, news: News) -> None:
        if isinstance(news, TokensTold):
            self._tokens = news
        elif isinstance(news, SaveTold):
            self._saving = news
        elif isinstance(news, WordsTold):
            self._open[news.file] = news.words
        elif not (isinstance(news, BookLoaded) and news.part == "counts"):
            return
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        if key := event.style.meta.get(_PRESSES):
            self.app.simulate_key(key)

    def render(self) -> Content:
        """As much of it as there is room for; what matters least goes first."""
        width = self.size.width
        parts = list(self._parts())
        while True:
            line = Content(" · ").join(part for _, part in parts)
            if line.cell_length <= width or len(parts) == 1:
                break
            parts.remove(min(parts, key=lambda part: part[0]))
        for count in range(len(self._hints), -1, -1):
            hints = Content("  ").join([*self._hints[:count], *self._always])
            room = width - line.cell_length - hints.cell_length
            if room >= _GAP:
                return line + Content(" " * room) + hints
        return line

    def _parts(self) -> Iterator[tuple[int, Content]]:
        """Each part, with how much it matters."""
        status = self.app.status
        if status is None:
            yield 5, Content("Counting words …" if self.app.path is not None else "")
        else:
            unsaved = self._unsaved()
            words = status.count.words + unsaved
            yield 5, Content.assemble((f"{words:,}", "$foreground"), " words")
            today = status.count.today + unsaved
            said = Content.assemble((f"{today:+,}" if today else "0", "$foreground"), " today")
            goals = status.goals
            if goals is not None and goals.daily:
                said += Content(f" of {goals.daily:,}")
            bars = sparkline([*(day.words for day in _before_today(self.app.days)), today])
            yield 4, said + Content.styled(f" {bars}", "$primary") if bars else said
        if self._tokens.speed:
            yield 2, Content(f"{self._tokens.speed:,.0f} tok/s")
        if self._tokens.limit:
            yield 1, Content(f"context {self._tokens.used:,}/{self._tokens.limit:,}")
        if self._saving.state:
            yield 6, self._said_of_saving()

    def _unsaved(self) -> int:
        """How many words the open texts have more than when they were counted."""
        status = self.app.status
        if status is None or self.app.path is None:
            return 0
        counted = {file.name: file.words for file in status.count.files}
        more = 0
        for path, words in self._open.items():
            name = self.app.name_of(path)
            more += words - counted[name] if name in counted else 0
        return more

    def _said_of_saving(self) -> Content:
        state, note = self._saving.state, self._saving.note
        if state == "failed":
            return Content.styled(f"not saved: {note}" if note else "not saved", "bold $error")
        return Content.styled(state, "$success" if state == "saved" else "$warning")


def _hints(app: InkstandApp, screen: Screen[object]) -> tuple[list[Content], list[Content]]:
    """What keys do where the writer is, and everywhere, most needed first."""
    here, everywhere = dict[str, Binding](), dict[str, Binding]()
    for node, binding, enabled, _ in screen.active_bindings.values():
        if binding.id in _EVERYWHERE:
            everywhere.setdefault(binding.id, binding)
        elif enabled and binding.show and binding.id and node not in (app, screen):
            here.setdefault(binding.action, binding)
    return [_hint(app, each) for each in here.values()], [
        _hint(app, each) for each in everywhere.values()
    ]


def _hint(app: InkstandApp, binding: Binding) -> Content:
    """A key and what it does; a click presses it."""
    said = Content.assemble((app.get_key_display(binding), "$primary"), f" {binding.description}")
    return said.stylize(Style.from_meta({_PRESSES: binding.key}))


def _before_today(days: Sequence[DayCount]) -> Sequence[DayCount]:
    import datetime as dt

    today = dt.date.today().isoformat()  # noqa: DTZ011  the writer's day
    return [day for day in days if day.day < today]


def sparkline(words: Sequence[int]) -> str:
    """The last days as bars; "" where there is nothing to compare yet."""
    last = [max(0, each) for each in words[-_DAYS:]]
    most = max(last, default=0)
    if len(last) < 2 or not most:
        return ""
    return "".join(_BARS[round(each / most * (len(_BARS) - 1))] for each in last)
