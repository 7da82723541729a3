"""The editor: a scene to write in, saved as one goes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Label

from inkstand.tui.editor import motions, open_file
from inkstand.tui.editor.actions import EditorActions
from inkstand.tui.editor.commands import Shortcuts
from inkstand.tui.editor.emacs import EmacsKeys
from inkstand.tui.editor.files import open_files
from inkstand.tui.editor.find_bar import FindBar
from inkstand.tui.editor.key_style import KeyStyle, PlainKeys
from inkstand.tui.editor.notice import Notice
from inkstand.tui.editor.open_file import OpenFile, Told
from inkstand.tui.editor.options import EditorOptions
from inkstand.tui.editor.searching import Searching
from inkstand.tui.editor.view import TextView
from inkstand.tui.editor.vim.keys import VimKeys
from inkstand.tui.messages import ManuscriptChanged, SaveTold, WordsTold
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.desk import Desk

_WORDS_S = 0.3
_MOST_HELD = 2_000
"""Keys that are kept for a text that is not there yet."""


def _nothing() -> None:
    """What is to be done where nothing is."""


class Editor(EditorActions):
    """A text of the workspace, to be written in. Places are code points of the decoded file.

    Args:
        desk: The workspace.
        options: How it looks, and when it saves.

    """

    DEFAULT_CSS: ClassVar[str] = """
    Editor { width: 1fr; height: 1fr; background: $background; }
    Editor > #editor-mode { height: 1; padding: 0 1; color: $text-muted; display: none; }
    Editor.-modal > #editor-mode { display: block; }
    """

    class Edited(Message):
        """The text was changed, by this editor or another one of the same file."""

        def __init__(self, editor: Editor) -> None:
            super().__init__()
            self.editor = editor

        @property
        def control(self) -> Editor:
            """The editor."""
            return self.editor

    class Moved(Edited):
        """The cursor or the selection is elsewhere."""

    class Saved(Edited):
        """The file was saved; it has so many words. `notes` are for the writer."""

        def __init__(self, editor: Editor, words: int, notes: tuple[str, ...] = ()) -> None:
            super().__init__(editor)
            self.words = words
            self.notes = notes

    class Failed(Edited):
        """The file could not be saved; the text is kept beside the workspace.

        `conflict` is whether another program changed the same lines, or took the file away.
        """

        def __init__(self, editor: Editor, error: InkstandError, *, conflict: bool) -> None:
            super().__init__(editor)
            self.error = error
            self.conflict = conflict

    def __init__(
        self,
        desk: Desk,
        options: EditorOptions | None = None,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.desk = desk
        self.options = options or EditorOptions()
        self.view = TextView()
        self.open_file: OpenFile | None = None
        self.searching = Searching(self)
        self.keys: KeyStyle = PlainKeys(self)
        self._stop_listening: Callable[[], None] = _nothing
        self._shortcuts = Shortcuts()
        self._version = self._opening = 0
        self._words_due = False
        self._held: deque[events.Key | events.Paste] = deque(maxlen=_MOST_HELD)
        self._is_typing_held = False

    def compose(self) -> ComposeResult:
        """What went wrong, the text, the mode, and the bar to find in."""
        yield Notice()
        yield self.view
        yield Label("", id="editor-mode", markup=False)
        yield FindBar()

    def on_mount(self) -> None:
        """Take the options up."""
        self.apply(self.options)

    def apply(self, options: EditorOptions) -> None:
        """Look and behave as these options say, from now on."""
        self.options = options
        self.view.measure = options.measure
        self.view.focus_mode = options.focus
        self.view.typewriter = options.typewriter
        if self.open_file is not None:
            self.open_file.autosave = options.autosave
        if self.keys.name != options.keys:
            self.keys.leave()
            self.keys = {"vim": VimKeys, "emacs": EmacsKeys}.get(options.keys, PlainKeys)(self)
        self.show_mode()

    # -- what others call -------------------------------------------------------------------

    async def open(self, file: Path, at: int | None = None) -> None:
        """Show a file at a place, by default below its front matter; the one before is saved.

        Raises:
            InputError: it cannot be read.

        """
        files = open_files(self.app)
        self._opening += 1
        ticket = self._opening
        opened = await files.open(self.desk, file, self.options.autosave)
        if ticket != self._opening:
            # Another file was asked for while this one was read.
            await files.leave(opened)
            return
        before, self.open_file = self.open_file, opened
        self._stop_listening()
        self._stop_listening = opened.listen(self._told)
        self.keys.leave()
        self.view.show(opened.document, opened.draft.sentences)
        self._version = opened.document.version
        self.view.editing.go(self.view.body if at is None else at)
        self.view.sync()
        self._told(opened.told)
        self._tell_words()
        if self._held:
            self.call_later(self._type_held)  # when whoever opens it has gone to its place
        if before is not None:
            await files.leave(before)

    @property
    def file(self) -> Path | None:
        """The file that is shown."""
        return None if self.open_file is None else self.open_file.path

    @property
    def text(self) -> str:
        """The text as it is here, saved or not."""
        return self.view.editing.document.text

    @property
    def cursor(self) -> int:
        """Where the cursor is."""
        return self.view.editing.cursor

    @property
    def selection(self) -> tuple[int, int]:
        """Where the selection begins and ends; twice the cursor's place if there is none."""
        return self.view.editing.selection

    @property
    def selected_text(self) -> str:
        """What is selected."""
        return self.view.editing.selected

    @property
    def words(self) -> int:
        """The words of the text, without front matter and headings."""
        return 0 if self.open_file is None else self.open_file.words.total()

    @property
    def selected_words(self) -> int:
        """The words that are selected."""
        return 0 if self.open_file is None else self.open_file.words.of(self.selected_text)

    @property
    def is_saved(self) -> bool:
        """Whether the file holds what is here."""
        return self.open_file is None or not self.open_file.dirty

    def goto(self, start: int, end: int | None = None) -> None:
        """Bring a passage into sight, and light it up for a moment; the cursor is before it."""
        self.view.editing.go(start)
        self.view.sync()
        self.view.center()
        if end is not None and end > start:
            self.view.flash(start, end)

    def begin(self, at: int) -> None:
        """Go to where the text begins that the headings at a place are of."""
        self.goto(motions.below_headings(self.view.editing.buffer, at))

    async def reload(self) -> None:
        """Take over at once what Inkstand itself wrote into the file, such as a proposal."""
        if self.open_file is not None:
            await self.open_file.reload()
            self.changed()

    async def save(self) -> None:
        """Save now."""
        if self.open_file is not None:
            await self.open_file.save()

    def save_now(self) -> None:
        """Save in the thread that calls, with no need of an event loop."""
        if self.open_file is not None:
            self.open_file.save_now()

    async def close(self) -> None:
        """Save, and let go of the file."""
        self._stop_listening()
        before, self.open_file = self.open_file, None
        if before is not None:
            await open_files(self.app).leave(before)

    async def on_unmount(self) -> None:
        """Leave nothing unsaved, but wait for no disk that hangs: the text is kept then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(open_file.PATIENCE_S):
                await self.close()

    # -- what happens -----------------------------------------------------------------------

    def _told(self, told: Told) -> None:
        """Pass on what became of the file."""
        file = self.open_file
        if file is None:
            return
        for notice in self.query(Notice):  # none is left where the editor is being taken away
            notice.tell(told, file.path)
        what = told.error.what.replace(str(file.path), file.path.name) if told.error else ""
        self.post_message(SaveTold(told.state, what))
        if told.error is not None:
            self.post_message(self.Failed(self, told.error, conflict=told.conflict))
        if told.state == "saved":
            self.post_message(self.Saved(self, self.words, told.notes))
            self.post_message(ManuscriptChanged(file.path))
        for note in told.notes:
            self.notify(note, timeout=8, markup=False)
        # Not at once: the file hears of a change before the rows are folded again.
        self.view.call_next(self.view.sync)

    def on_descendant_blur(self) -> None:
        """Save when the writer turns to something else."""
        file = self.open_file
        if file is not None and file.autosave and file.dirty and not file.told.conflict:
            self.run_worker(file.save("autosaved"), group="save")

    @on(TextView.Moved)
    def _moved(self, moved: TextView.Moved) -> None:
        moved.stop()
        self.changed()
        if self.open_file is not None:
            self.open_file.cursor = self.cursor
        self.post_message(self.Moved(self))

    @on(TextView.Clicked)
    def _clicked(self, clicked: TextView.Clicked) -> None:
        clicked.stop()
        self.keys.clicked()

    def changed(self) -> None:
        """Draw what changed, and tell of it."""
        self.view.sync()
        version = self.view.editing.document.version
        if version == self._version:
            return
        self._version = version
        self.post_message(self.Edited(self))
        self.searching.text_changed()
        if not self._words_due:
            self._words_due = True
            self.set_timer(_WORDS_S, self._tell_words)

    def _tell_words(self) -> None:
        self._words_due = False
        if self.open_file is not None:
            self.post_message(WordsTold(self.open_file.path, self.words))

    def show_mode(self) -> None:
        """Show the mode that the keys are in, where they have any."""
        mode = self.keys.mode
        self.view.takes_text = self.keys.types
        self.set_class(bool(mode), "-modal")
        self.query_one("#editor-mode", Label).update(mode)

    # -- keys -------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """A key in the text: the keys' own style first, then the keymap, then what it types.

        Textual would do what a key is bound to only when it has come up to the app, and by then
        text that was typed after it may stand there already: here they keep their order.
        """
        if not (self.view.has_focus or self._is_typing_held):
            return
        if self.open_file is None or (self._held and not self._is_typing_held):
            self.hold(event)
            return
        # Alt and a letter is a shortcut, though the terminal tells the letter.
        is_text = event.is_printable and not event.key.startswith("alt+")
        if self.keys.press(event.key, event.character if is_text else None):
            event.stop()
            event.prevent_default()
            self.changed()
            self.show_mode()
            return
        action = self._shortcuts.of(event.key, self.app)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(action)
            return
        typed = {"enter": "\n", "tab": "\t"}.get(event.key)
        if typed is None and is_text:
            typed = event.character
        if typed and self.keys.types:
            event.stop()
            event.prevent_default()
            self.view.editing.type(typed)
            self.changed()

    def on_paste(self, event: events.Paste) -> None:
        """Text that the terminal pastes is text, whatever it holds."""
        if not (self.view.has_focus or self._is_typing_held):
            return
        event.stop()
        if self.open_file is None or (self._held and not self._is_typing_held):
            self._held.append(event)
            return
        self.keys.paste(event.text)
        self.changed()

    def hold(self, *typed: events.Key) -> None:
        """Keep what is typed before the text is there, for when it is."""
        for event in typed:
            is_text = event.is_printable and not event.key.startswith("alt+")
            known = is_text or event.key in ("enter", "tab")
            if known or self._shortcuts.of(event.key, self.app):
                event.stop()
                event.prevent_default()
                self._held.append(event)

    async def _type_held(self) -> None:
        """Do what was typed before the text was there."""
        self._is_typing_held = True
        try:
            while self._held and self.open_file is not None:
                event = self._held.popleft()
                if isinstance(event, events.Paste):
                    self.on_paste(event)
                else:
                    await self.on_key(event)
        finally:
            self._is_typing_held = False
