"""Who speaks to whom: drawn, listed, and the lines themselves."""

from __future__ import annotations

from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand.tui.beginning import begin
from inkstand.tui.bible.book_text import BookText
from inkstand.tui.bible.drawing import around, graph, matrix
from inkstand.tui.bible.speech import Tie, between, people_of, short_names, ties
from inkstand.tui.choices import Choice, Choices
from inkstand_sdk.reader import Quotation
from inkstand_sdk.span import Span

_MOST_AROUND = 9
_MOST_LISTED = 300
_MOST_NAMED = 1_000
_SMALLEST = (36, 8)
"""Columns and rows below which people do not fit around an ellipse."""


class Drawing(Widget):
    """The people of a scene or of the book, and lines between those who speak."""

    DEFAULT_CSS: ClassVar[str] = """
    Drawing { height: 1fr; width: 1fr; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.ties: list[Tie] = []
        self.labels: dict[str, str] = {}
        self.lit: Tie | None = None
        self.is_matrix: bool | None = None
        """Whether a square is wanted; None leaves it to the number of people."""

    @property
    def has_matrix(self) -> bool:
        """Whether a square is drawn."""
        people = len(people_of(self.ties, _MOST_NAMED))
        is_small = self.size.width < _SMALLEST[0] or self.size.height < _SMALLEST[1]
        wanted = people > _MOST_AROUND if self.is_matrix is None else self.is_matrix
        return is_small or wanted

    def render(self) -> Content:
        """The drawing."""
        width, height = self.content_size
        if not self.ties or width < 4 or height < 2:
            return Content("")
        if self.has_matrix:
            rows = matrix(people_of(self.ties, height - 2), self.labels, self.ties, width, self.lit)
        else:
            names = people_of(self.ties, _MOST_AROUND)
            nodes = around(names, self.labels, width, height)
            rows = graph(nodes, self.ties, width, height, self.lit)
        return Content("\n").join(rows)


class SpeechPane(Vertical):
    """Who speaks to whom, in the book or in one scene."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    SpeechPane #speech-head { height: 1; padding: 0 1; color: $foreground 60%; }
    SpeechPane > Horizontal { height: 1fr; }
    SpeechPane Choices {
        width: 38; border-left: vkey $foreground 15%;
    }
    SpeechPane.-narrow > Horizontal { layout: vertical; }
    SpeechPane.-narrow Choices {
        width: 1fr; height: 1fr; border-left: none; border-top: hkey $foreground 15%;
    }
    SpeechPane.-narrow Drawing { height: 2fr; }
    SpeechPane #speech-empty { padding: 1 2; display: none; color: $foreground 60%; }
    SpeechPane.-empty > Horizontal { display: none; }
    SpeechPane.-empty #speech-empty { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p,left_square_bracket", "scene(-1)", "Scene before", id="speech.previous"),
        Binding("n,right_square_bracket", "scene(1)", "Next scene", id="speech.next"),
        Binding("a", "whole", "Whole book", id="speech.whole"),
        Binding("m", "matrix", "Graph or square", id="speech.matrix"),
        Binding("escape,left,h", "back", "Back to the people", show=False, id="speech.back"),
    ]

    class Wanted(Message):
        """The writer wants to see a passage."""

        def __init__(self, span: Span) -> None:
            super().__init__()
            self.span = span

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._text: BookText | None = None
        self.scene: int | None = None
        self._tie: Tie | None = None
        self._lines: list[Quotation] = []

    def compose(self) -> ComposeResult:
        """Which scene, the drawing, and the pairs."""
        yield Static("", id="speech-head", markup=False)
        yield Static("", id="speech-empty", markup=False)
        with Horizontal():
            yield Drawing()
            yield Choices(id="ties", classes="-wrapping")

    @property
    def drawing(self) -> Drawing:
        """The drawing."""
        return self.query_one(Drawing)

    @property
    def choices(self) -> Choices:
        """The pairs, or the lines of one."""
        return self.query_one("#ties", Choices)

    def on_resize(self, event: events.Resize) -> None:
        """Put the pairs below where it is narrow."""
        self.set_class(event.size.width < 76, "-narrow")

    def show(self, text: BookText | None) -> None:
        """Show what a text says; None where it was not read."""
        self._text = text
        if text is not None and self.scene is not None:
            self.scene = min(self.scene, len(text.manuscript.scenes) - 1)
        self._tie = None
        self._renew()

    def _renew(self, key: str | None = None) -> None:
        begin(self, "ties", lambda: self._fetch(key))

    async def _fetch(self, key: str | None) -> None:
        text, found = self._text, list[Tie]()
        if text is not None:
            found = await run_blocking(ties, text.reading, self.scene)
            names = people_of(found, _MOST_NAMED)
            self.drawing.labels = short_names(names, text.reading.cast)
        self.drawing.ties = found
        self.set_class(not found, "-empty")
        self.query_one("#speech-empty", Static).update(self._empty())
        self.query_one("#speech-head", Static).update(self._head(found))
        if self._tie is None:
            self.choices.fill([self._row(tie) for tie in found[:_MOST_LISTED]], key)
            if not self.choices.key and found:
                self.choices.action_first()
        self._light()

    def _empty(self) -> str:
        if self._text is None:
            return "The text was not read: r reads it."
        if self.scene is None:
            return "Nobody speaks to anybody in this book yet."
        return "Nobody speaks to anybody in this scene.\n\nn goes to the next one, a to the whole."

    def _head(self, found: list[Tie]) -> Content:
        text = self._text
        if text is None:
            return Content("")
        where: tuple[str, str] = ("Whole book", "bold $accent")
        if self.scene is not None:
            scene = text.manuscript.scenes[self.scene]
            count = len(text.manuscript.scenes)
            where = (f"{self.scene + 1}/{count} {scene.label()}", "bold $accent")
        lines = sum(tie.lines for tie in found)
        return Content.assemble(where, f"  {lines:,} lines between {len(found):,} pairs")

    def _row(self, tie: Tie) -> Choice:
        labels = self.drawing.labels
        one, other = labels.get(tie.one, tie.one), labels.get(tie.other, tie.other)
        return Choice(
            f"tie {tie.one}\0{tie.other}",
            Content.assemble(
                f"{one} · {other}", (f"  {tie.lines:,}", "$accent"),
                (f"  → {tie.there:,}  ← {tie.back:,}", "$foreground 60%"),
            ),
        )  # fmt: skip

    def _chosen_tie(self) -> Tie | None:
        if self._tie is not None:
            return self._tie
        key = self.choices.key.removeprefix("tie ").split("\0")
        return next((tie for tie in self.drawing.ties if [tie.one, tie.other] == key), None)

    @on(OptionList.OptionHighlighted, "#ties")
    def _light(self) -> None:
        self.drawing.lit = self._chosen_tie()
        self.drawing.refresh()

    @on(OptionList.OptionSelected, "#ties")
    def _selected(self, selected: OptionList.OptionSelected) -> None:
        kind, _, rest = (selected.option_id or "").partition(" ")
        if kind == "line":
            self.post_message(self.Wanted(self._lines[int(rest)].span))
        elif self._text is not None:
            self._tie = self._chosen_tie()
            self._show_lines()

    def _show_lines(self) -> None:
        text, tie = self._text, self._tie
        if text is None or tie is None:
            return
        self._lines = between(text.reading, tie, self.scene)[:_MOST_LISTED]
        labels = self.drawing.labels
        rows = []
        scene = -1
        for place, line in enumerate(self._lines):
            if line.span.scene != scene:
                scene = line.span.scene
                label = text.manuscript.scenes[scene].label()
                rows.append(Choice("", Content.styled(label, "bold $primary")))
            speaker = labels.get(line.speaker or "", line.speaker or "")
            words = " ".join(line.text.split())
            said = Content.assemble((f"{speaker}  ", "$accent"), words)
            rows.append(Choice(f"line {place}", said))
        self.choices.fill(rows, "line 0")
        self._light()

    # -- what can be done -------------------------------------------------------------------------

    def action_back(self) -> None:
        """Show the pairs again."""
        tie, self._tie = self._tie, None
        if tie is not None:
            self._renew(f"tie {tie.one}\0{tie.other}")

    def action_scene(self, by: int) -> None:
        """Show the next scene alone, or the one before."""
        if self._text is None:
            return
        last = len(self._text.manuscript.scenes) - 1
        if self.scene is None:
            self.scene = 0 if by > 0 else last
        else:
            self.scene = max(0, min(last, self.scene + by))
        self._tie = None
        self._renew()

    def action_whole(self) -> None:
        """Show the whole book."""
        self.scene = self._tie = None
        self._renew()

    def action_matrix(self) -> None:
        """Draw people around an ellipse, or in a square."""
        self.drawing.is_matrix = not self.drawing.has_matrix
        self.drawing.refresh()
