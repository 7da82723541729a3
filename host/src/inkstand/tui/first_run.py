"""The page where no book is open: open one, make one, try the sample, or bring one in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand.tui.keys_line import KeysLine
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.remembered import BookMemory

_WAYS = {
    "new": ("New book", "a folder with a manuscript, a bible and settings"),
    "open": ("Open", "a folder of texts, or one file"),
    "import": ("Import", "Word, ODT, EPUB, RTF, Fountain, Final Draft, Scrivener …"),
    "sample": ("Sample", "a copy of a short story, to try things on"),
}
_ASKED = {
    "new": ("Where shall the new book be?", "my-novel"),
    "open": ("Which folder or file?", "~/novels/regen"),
    "import": ("Which file or project folder?", "~/Documents/draft.docx"),
    "sample": ("Where shall the copy be?", "inkstand-sample"),
}
_RECENT = "recent "


class PathSuggester(Suggester):
    """Suggests the rest of the name of a file or folder while it is typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The value with the first name that fits."""
        return await run_blocking(_completed, value)


def _completed(value: str) -> str | None:
    folder, _, start = value.rpartition("/")
    where = Path(f"{folder}/" if folder or value.startswith("/") else ".")
    try:
        names = sorted(
            f"{entry.name}/" if entry.is_dir() else entry.name
            for entry in where.expanduser().iterdir()
            if not entry.name.startswith(".") or start.startswith(".")
        )
    except (OSError, RuntimeError):
        return None
    found = next((name for name in names if start and name.startswith(start)), None)
    return None if found is None else value[: len(value) - len(start)] + found


class FirstRun(Screen[None]):
    """No book is open: the ways to one, and those that were open before."""

    NAME = "first"
    HELP = "Choose how to begin. A book is a folder of plain text files; nothing else is needed."
    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    FirstRun { align: center middle; }
    FirstRun > VerticalScroll {
        width: 86; max-width: 96%; height: auto; max-height: 100%; background: $background;
    }
    FirstRun #title { color: $accent; text-style: bold; }
    FirstRun #about { color: $text-muted; margin-bottom: 1; }
    FirstRun OptionList {
        height: auto; max-height: 16; background: $background; border: none; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    FirstRun OptionList:focus { background-tint: $background 0%; }
    FirstRun #asking { height: auto; display: none; margin-top: 1; }
    FirstRun.-asking #asking { display: block; }
    FirstRun #question { color: $primary; }
    FirstRun #wrong { color: $text-error; height: auto; }
    FirstRun Input { border: round $border-blurred; background: $background; }
    FirstRun Input:focus { border: round $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "choose('new')", "New", id="first.new"),
        Binding("o", "choose('open')", "Open", id="first.open"),
        Binding("i", "choose('import')", "Import", id="first.import"),
        Binding("s", "choose('sample')", "Sample", id="first.sample"),
        Binding("escape", "back", "Back", show=False, id="first.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._way = ""
        self._is_at_work = False

    def compose(self) -> ComposeResult:
        """A few lines, the ways, and a line to type in."""
        with VerticalScroll(can_focus=False):
            yield Static("Inkstand", id="title")
            yield Static("A place to write. Everything stays on this machine.", id="about")
            yield OptionList(*self._options(()), compact=True)
            with Vertical(id="asking"):
                yield Static("", id="question", markup=False)
                yield Input(suggester=PathSuggester())
                yield Static("", id="wrong", markup=False)
        yield KeysLine()

    def on_mount(self) -> None:
        """Let the keys choose at once, and look for books that were open before."""
        self.set_focus(self.query_one(OptionList))
        self.run_worker(self._recall(), group="recall")

    async def _recall(self) -> None:
        memory = await run_blocking(self.app.studio.desks.remembered.load)
        there = await run_blocking(_there, memory.books)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options(there))
        options.highlighted = 0

    def _options(self, books: tuple[BookMemory, ...]) -> list[Option | None]:
        found: list[Option | None] = [
            Option(_line(book.title, _short(book.path)), id=f"{_RECENT}{book.path}")
            for book in books
        ]
        if found:
            found.append(None)
        return [
            *found,
            *(
                Option(_line(said[0], f"{way[0]}  {said[1]}"), id=way)
                for way, said in _WAYS.items()
            ),
        ]

    @on(OptionList.OptionSelected)
    def _selected(self, selected: OptionList.OptionSelected) -> None:
        chosen = selected.option_id or ""
        if chosen.startswith(_RECENT):
            self._work(self.app.open_book(Path(chosen.removeprefix(_RECENT))))
        else:
            self.action_choose(chosen)

    def action_choose(self, way: str) -> None:
        """Ask for the file or folder that a way needs."""
        self._way = way
        question, hint = _ASKED[way]
        self.add_class("-asking")
        self.query_one("#question", Static).update(question)
        self._tell("")
        line = self.query_one(Input)
        line.placeholder = hint
        line.value = hint if way == "sample" else ""
        self.set_focus(line)

    def action_back(self) -> None:
        """Back to the list."""
        self.remove_class("-asking")
        self.set_focus(self.query_one(OptionList))

    @on(Input.Submitted)
    def _submitted(self, submitted: Input.Submitted) -> None:
        typed = submitted.value.strip()
        if not typed or self._is_at_work:
            return
        works: dict[str, Callable[[Path], Awaitable[None]]] = {
            "new": self._new,
            "open": self.app.open_book,
            "import": self._import,
            "sample": self._sample,
        }
        self._work(works[self._way](Path(typed).expanduser()))

    def _work(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            self._is_at_work = True
            self._tell("One moment …")
            try:
                await work
            except InkstandError as error:
                said = (part for part in (error.what, error.cause, error.fix) if part)
                self.add_class("-asking")
                self._tell("\n".join(said))
            finally:
                self._is_at_work = False

        self.run_worker(guarded(), group="work", exclusive=True)

    def _tell(self, said: str) -> None:
        self.query_one("#wrong", Static).update(said)

    async def _new(self, path: Path) -> None:
        await run_blocking(self.app.studio.desks.create, path)
        await self.app.open_book(path)

    async def _sample(self, path: Path) -> None:
        studio = self.app.studio
        made = await run_blocking(studio.desks.copy_sample, studio.sample(), path)
        await self.app.open_book(made)

    async def _import(self, path: Path) -> None:
        made = await run_blocking(self.app.studio.desks.import_file, path, None)
        for note in made.notes:
            self.app.notify(note, timeout=10, markup=False)
        await self.app.open_book(Path(made.root))


def _there(books: tuple[BookMemory, ...]) -> tuple[BookMemory, ...]:
    return tuple(book for book in books if Path(book.path).exists())[:6]


def _line(title: str, about: str) -> Content:
    return Content.assemble((f" {title:<16.40}", "bold"), "  ", (about, "dim"))


def _short(path: str) -> str:
    home = str(Path.home())
    return f"~{path[len(home) :]}" if path.startswith(home + "/") else path
