"""The application: its screens, its keys, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.signal import Signal

from inkstand.tui import endings, keymaps, terminal_keys, themes
from inkstand.tui.background import run_blocking
from inkstand.tui.book import Book, Standing
from inkstand.tui.key_order import KeyOrder
from inkstand.tui.keymaps import shown_key
from inkstand.tui.messages import BookLoaded, Jump, News, SettingsChanged
from inkstand.tui.screens import SCREENS
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.desk import Desk
    from inkstand.index import Descriptor
    from inkstand.studio import Studio
    from inkstand.tui.editor.open_file import Quit
    from inkstand.tui.screens.write import WriteScreen
    from inkstand.workspace.counts import DayCount
    from inkstand.workspace.status import Status
    from inkstand_sdk.tool import BibleEntry

_PATIENCE_S = 20.0
"""How long an error is shown, if it is not dismissed before."""
_TYPING_S = 0.3
"""How long after a key another one is expected."""


def _palette() -> type[Any]:
    from inkstand.tui.palette import Everything

    return Everything


class InkstandApp(App[None]):
    """Inkstand in a terminal.

    Args:
        studio: The application without a face; closed by whoever made it.
        path: The folder or file to work on; None shows the first-run page.

    Attributes:
        studio: The same.
        path: The same, or what was opened since.
        keepers: What saves the texts that are open, called from any thread.
        early: Keys that were typed before there was a screen to type them in.
        news: Published whenever something changed that several parts show.
        kept: What became of texts that were not saved when the end came by itself.
        crash: What brought the application down, if something did.

    """

    TITLE = "Inkstand"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar[set[Any]] = {_palette}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app.help"),
        Binding("ctrl+p", "command_palette", "Commands", id="app.palette", priority=True),
        *(
            Binding(
                entry.key,
                f"show('{entry.name}')",
                f"{entry.title} screen",
                id=f"screen.{entry.name}",
                show=False,
            )
            for entry in SCREENS.values()
        ),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True),
    ]

    def __init__(self, studio: Studio, path: Path | None = None) -> None:
        super().__init__()
        terminal_keys.teach()
        self.studio = studio
        self.path = path
        self.news: Signal[News] = Signal(self, "news")
        self.crash: BaseException | None = None
        self.kept: list[Quit] = []
        self.keepers: list[Callable[[], list[Quit]]] = []
        self.early: list[Key] = []
        self._typed_at = -_TYPING_S
        self._key_order = KeyOrder(self, super().on_event)
        self._book: Book | None = None
        for entry in SCREENS.values():
            self.add_mode(entry.name, entry.build)
        config = studio.directories.config
        self._themes = config / themes.FOLDER
        self._keymaps = config / keymaps.FOLDER
        self.keymap = keymaps.Keymap(keymaps.DEFAULT, "", "plain", {})

    # -- the book ---------------------------------------------------------------------------

    @cached_property
    def desk(self) -> Desk:
        """The desk of the workspace that is open."""
        return self.studio.desk(self.path)

    @property
    def book_title(self) -> str:
        """What the book is called."""
        if self.path is None:
            return "Inkstand"
        if self.status is not None:
            return self.status.title
        workspace = self.desk.workspace
        with suppress(InkstandError):
            return str(workspace.settings.get("title") or workspace.root.name)
        return workspace.root.name

    @property
    def status(self) -> Status | None:
        """Words, goals and scenes; None until they are counted."""
        return None if self._book is None else self._book.status

    @property
    def days(self) -> Sequence[DayCount]:
        """Words of the last days."""
        return () if self._book is None else self._book.days

    @property
    def entries(self) -> Sequence[BibleEntry]:
        """The pages of the bible."""
        return () if self._book is None else self._book.entries

    @property
    def tools(self) -> Sequence[Descriptor]:
        """The tools that can be used; none until plugins were looked at."""
        return () if self._book is None else self._book.tools

    @property
    def standing(self) -> Standing:
        """What would write now."""
        return Standing() if self._book is None else self._book.standing

    def name_of(self, path: Path) -> str:
        """A file's name as Inkstand names it; "" for one that is not of the workspace."""
        with suppress(InkstandError):
            return self.desk.workspace.name_of(path)
        return ""

    # -- beginning and end --------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the first screen; everything that takes time comes after it."""
        endings.listen(self, self._keep_at_end)
        self._dress()
        if self.path is None:
            from inkstand.tui.first_run import FirstRun

            self.push_screen(FirstRun())
            return
        self.switch_mode("write")
        self.call_after_refresh(self._begin)

    def _dress(self) -> None:
        """Take the theme and the keymap of the settings."""
        for theme in themes.OWN:
            self.register_theme(theme)
        ui, errors = None, list[InkstandError]()
        try:
            ui = self.studio.config.ui
        except InkstandError as error:
            errors.append(error)
        own, faulty = themes.own_themes(self._themes)
        errors += faulty
        for theme in own:
            self.register_theme(theme)
        wanted = ui.theme if ui is not None else themes.DEFAULT
        self.theme = wanted if wanted in self.available_themes else themes.DEFAULT
        if ui is not None:
            try:
                self._take_keymap(ui.keymap)
            except InkstandError as error:
                errors.append(error)
        for wrong in errors:
            self.show_error(wrong)

    def _begin(self) -> None:
        """Read the book, and keep up with what changes in it."""
        self._book = Book(self.studio, self.desk, self.post_message, self.show_error)
        self.run_worker(self._book.keep_up(), group="book", exclusive=True, exit_on_error=False)
        self.run_worker(self._watch_later(), group="watch", exclusive=True, exit_on_error=False)

    async def _watch_later(self) -> None:
        book = self._book
        if book is None:
            return
        await self._offer_back()
        await book.counted.wait()
        await book.watch()

    async def _offer_back(self) -> None:
        """Offer what was typed and not saved when an earlier run ended."""
        try:
            texts = await run_blocking(self.desk.recovery.pending)
        except (InkstandError, OSError) as error:
            self.show_error(error)
            return
        if texts:
            from inkstand.tui.recovered import RecoveredScreen

            await self.push_screen(RecoveredScreen(texts))

    async def open_book(self, path: Path) -> None:
        """Open a folder or file, from the first-run page.

        Raises:
            InputError: there is no such file or folder.

        """
        desk = await run_blocking(self.studio.desk, path)
        self.path = self.studio.path = path
        self.__dict__["desk"] = desk
        await self.switch_mode("write")
        self._begin()

    @property
    def is_typed_in(self) -> bool:
        """Whether keys come, which are to be seen before anything else."""
        return monotonic() - self._typed_at < _TYPING_S

    async def on_event(self, event: Event) -> None:
        """Keep what is typed before there is a screen to type it in."""
        if isinstance(event, Key):
            self._typed_at = event.time
        has_text = self.path is None or bool(self.keepers)
        if isinstance(event, Key) and event.is_printable and not (has_text or event.is_forwarded):
            self.early.append(event)
        elif isinstance(event, (Key, Paste)) and not event.is_forwarded:
            await self._key_order.take(event)
        else:
            await super().on_event(event)

    async def action_quit(self) -> None:
        """Save everything and end; what cannot be saved now is offered back at the next start."""
        await self.keep_everything()
        self.exit()

    async def keep_everything(self) -> None:
        """Save what is open, in a thread: each text for as long as it takes, but not forever."""
        await run_blocking(self.keep_now)

    def keep_now(self) -> list[Quit]:
        """Save what is open, in this thread, whatever it is; what became of each text."""
        found = []
        for keep in list(self.keepers):
            try:
                found += keep()
            # One text that cannot be saved must not cost the next one.
            except Exception as error:  # noqa: BLE001
                self.crash = self.crash or error
        return found

    def _keep_at_end(self) -> None:
        self.kept += self.keep_now()

    def _handle_exception(self, error: Exception) -> None:
        """Keep what was typed before anything else is done about a crash.

        What Textual would show holds the values of variables, and so the writer's text.
        """
        if isinstance(error, NoMatches) and not self.is_running:
            return  # the end found a widget half built, which looks for its parts in vain
        if self.crash is None:
            self.crash = error
            self.kept += self.keep_now()
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    # -- themes and keys ----------------------------------------------------------------------

    def theme_names(self) -> list[str]:
        """The themes there are, ours and the writer's first."""
        ours = [theme.name for theme in themes.OWN]
        own = sorted(path.stem for path in self._themes.glob("*.toml"))
        known = [name for name in (*ours, *own) if name in self.available_themes]
        return [*known, *sorted(set(self.available_themes) - set(known))]

    def keymap_names(self) -> list[str]:
        """The keymaps there are."""
        return keymaps.names(self._keymaps)

    async def choose_theme(self, name: str) -> None:
        """Take a theme, and keep it in the settings."""
        self.theme = name
        await self._keep_setting("ui.theme", name)

    async def choose_keymap(self, name: str) -> None:
        """Take a keymap, and keep it in the settings."""
        try:
            self._take_keymap(name)
        except InkstandError as error:
            self.show_error(error)
            return
        await self._keep_setting("ui.keymap", name)

    def _take_keymap(self, name: str) -> None:
        self.keymap = keymaps.load(name, self._keymaps)
        self.set_keymap(self.keymap.keys)

    async def _keep_setting(self, key: str, value: str) -> None:
        try:
            await run_blocking(self.studio.settings.put, {key: value})
        except InkstandError as error:
            self.show_error(error)
        self.post_message(SettingsChanged())

    # -- going about --------------------------------------------------------------------------

    @property
    def write_screen(self) -> WriteScreen | None:
        """The screen to write in, if it was shown before."""
        from inkstand.tui.screens.write import WriteScreen

        stack = self._screen_stacks.get("write", [])
        return next((each for each in stack if isinstance(each, WriteScreen)), None)

    async def action_show(self, name: str) -> None:
        """Show a screen by its name in the registry."""
        if self.path is None:
            self.notify("Open a book first.", timeout=3)
            return
        try:
            await self.switch_mode(name)
        except (ImportError, AttributeError) as error:
            self.show_error(error)

    def action_help(self) -> None:
        """Say what this screen is for, and what its keys do."""
        from inkstand.tui.help import HelpScreen, sections

        screen = self.screen
        if isinstance(screen, HelpScreen):
            return
        title = getattr(screen, "NAME", "")
        name = SCREENS[title].title if title in SCREENS else self.TITLE or ""
        found = sections(self, screen)
        self.push_screen(HelpScreen(name, getattr(screen, "HELP", None) or "", found))

    async def on_jump(self, jump: Jump) -> None:
        """Show a passage in the editor."""
        await self.switch_mode("write")
        screen = self.write_screen
        if screen is not None:
            await screen.show_passage(jump.file, jump.start, jump.end)

    async def open_tool(self, name: str) -> None:
        """Show a tool in the assistant."""
        await self.switch_mode("write")
        screen = self.write_screen
        if screen is not None:
            await screen.show_tool(name)

    def get_key_display(self, binding: Binding) -> str:
        """How a key is written: Ctrl+F, Alt+1, Shift+Left."""
        return binding.key_display or shown_key(binding.key)

    def get_system_commands(self, screen: Screen[Any]) -> Any:
        """None of Textual's own: `palette` has them all."""
        return ()

    # -- telling ------------------------------------------------------------------------------

    @on(News)
    def publish_news(self, news: News) -> None:
        """Tell everyone who subscribed."""
        if self._book is not None and not isinstance(news, BookLoaded):
            self._book.hear(news)
        self.news.publish(news)

    def show_error(self, error: BaseException) -> None:
        """Tell the user what went wrong and what to do, until it is dismissed."""
        if isinstance(error, InkstandError):
            text = "\n".join(part for part in (error.what, error.cause, error.fix) if part)
        else:
            text = f"{type(error).__name__}: {error}"
        self.notify(text, severity="error", timeout=_PATIENCE_S, markup=False)
