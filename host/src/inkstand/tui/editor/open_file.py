"""A file that is open in one editor or several: its text, and how that gets to the disk.

Everything here runs on the UI's thread, but for what is handed to `run_blocking`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from inkstand.tui.background import run_blocking
from inkstand.tui.editor.buffer import Change
from inkstand.tui.editor.document import Document
from inkstand.tui.editor.words import Words
from inkstand_sdk.errors import ChangedMeanwhile, InkstandError

if TYPE_CHECKING:
    from inkstand.workspace.drafting import Draft, Hunk
    from inkstand.workspace.saving import Saved
    from inkstand.workspace.textfile import TextFile

State = Literal["saved", "unsaved", "saving", "failed"]
Edit = tuple[int, int, str]

KEPT_AFTER_S = 1.0
"""After so many seconds what was typed is kept beside the workspace, if it is not saved by then."""
_AT_LAST_S = 30.0
"""Somebody who types without a pause is saved after that."""
_AGAIN_S = 5.0
"""Between two tries to save what could not be."""
_LOOK_S = 1.0
"""Between two looks at whether another program changed the file."""
PATIENCE_S = 5.0
"""How long quitting waits for a file to be saved; it is kept for the next start then."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to an open file.

    `error` says why it is not saved, `conflict` that another program changed the same lines, and
    `notes` are sentences for the writer.
    """

    state: State
    notes: tuple[str, ...] = ()
    error: InkstandError | None = None
    conflict: bool = False


class Quit(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file's text when everything was to end.

    `saved` is whether it is in its file; if not, `kept` is where it lies, None if nowhere.
    """

    path: Path
    saved: bool
    kept: Path | None = None
    error: str = ""


class OpenFile:
    """One open file. `tick` is to be called a few times a second.

    Args:
        draft: The file.
        autosave: Seconds after the last key until it is saved; 0 is never by itself.

    """

    def __init__(self, draft: Draft, autosave: float) -> None:
        self.draft = draft
        self.autosave = autosave
        self.document = Document(draft.file.text)
        self.words = Words(self.document, draft.words)
        self.editors = 0
        self.told = Told(state="saved")
        self.cursor = 0
        self.saved_version = 0
        self._listeners: list[Callable[[Told], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._since: list[Change] | None = None
        self._typed_at = self._dirty_at = self._unkept_at = self._looked_at = monotonic()
        self._kept_version = 0
        self._retry_at = 0.0
        self._keeping = False
        self._turn = asyncio.Lock()
        self._said: set[str] = set()
        self.document.listen(self._changed)

    @property
    def path(self) -> Path:
        """The file."""
        return self.draft.path

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.document.version != self.saved_version

    def listen(self, listener: Callable[[Told], None]) -> Callable[[], None]:
        """Be told what happens to the file; call what is returned to hear no more."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # -- while one types --------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        now = monotonic()
        self._typed_at = now
        if self.document.version - 1 == self.saved_version:
            self._dirty_at = now
        if self.document.version - 1 == self._kept_version:
            self._unkept_at = now
        if self._since is not None:
            self._since.append(change)
        if self.told.state == "saved":
            self._tell(Told(state="unsaved"))

    def tick(self) -> None:
        """Do what is due: save, keep, or look whether another program wrote."""
        now = monotonic()
        is_kept = self._keeping or self.document.version == self._kept_version
        if self.dirty and not is_kept and now - self._unkept_at >= KEPT_AFTER_S:
            self._start(self._keep())
        if self._turn.locked():
            return
        if self.dirty and self._is_due(now):
            self._start(self.save("autosaved"))
        elif now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            self._start(self._look(f"{self.path.name} was changed elsewhere."))

    def _is_due(self, now: float) -> bool:
        if not self.autosave or now < self._retry_at or self.told.conflict:
            return False
        return now - self._typed_at >= self.autosave or now - self._dirty_at >= _AT_LAST_S

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            # A fault of Inkstand's own must not pass for a text that is saved.
            self._fail(
                InkstandError(
                    f"{self.path.name} could not be saved: {type(error).__name__}: {error}.",
                    "That is a fault in Inkstand.",
                    "Copy your text elsewhere, and report it.",
                )
            )

    def _tell(self, told: Told) -> None:
        self.told = told
        for listener in list(self._listeners):
            listener(told)

    # -- saving -----------------------------------------------------------------------------

    async def save(self, why: str = "saved") -> None:
        """Save what is not saved; what comes of it is told. `why` is for the history."""
        async with self._turn:
            if self.dirty:
                await self._saved(lambda text: self.draft.save(text, why))

    async def keep_mine(self) -> None:
        """Save the text over what another program wrote, which is in the history then."""
        async with self._turn:
            await self._saved(self.draft.overwrite)

    async def take_theirs(self) -> None:
        """Show what another program wrote; the text as it was can be had back by undo."""
        text = self.document.text
        async with self._turn:
            try:
                file, edits = await run_blocking(self._theirs, text)
            except InkstandError as error:
                self._fail(error)
                return
            if self.document.text != text:
                return
            self.document.apply(edits, self.cursor)
            self.draft.take(file)
            self._is_saved(self.document.version)
            self._tell(Told(state="saved", notes=("The other program's text is here now.",)))

    def _theirs(self, text: str) -> tuple[TextFile, list[Edit]]:
        self.draft.set_aside(text)
        file = self.draft.look() or self.draft.file
        return file, _edits(self.draft.hunks(text, file.text))

    async def _saved(self, write: Callable[[str], Saved]) -> None:
        self._since = []
        text, version = self.document.text, self.document.version
        if self.told.state != "failed":
            self._tell(Told(state="saving"))

        def work() -> tuple[Saved, list[Edit]]:
            saved = write(text)
            now = self.draft.file.text
            return saved, [] if now == text else _edits(self.draft.hunks(text, now))

        try:
            saved, edits = await run_blocking(work)
            typed, self._since = self._since, None
            placed = _behind(edits, typed or [])
            if placed is None:
                # Another program's change, and what was typed since, are in the same lines.
                self._fail(_crossed(self.path))
                return
            self.document.apply(placed, self.cursor)
            self._is_saved(version if typed else self.document.version)
            self._tell(Told(state="unsaved" if self.dirty else "saved", notes=saved.notes))
            if self.dirty:
                await self._keep()
            else:
                await run_blocking(self.draft.forget, version)
        except InkstandError as error:
            self._fail(error)
            await self._keep()
        finally:
            self._since = None

    def _is_saved(self, version: int) -> None:
        self.saved_version = version
        self._dirty_at = monotonic()
        self._retry_at = 0.0
        self._said.clear()

    def _fail(self, error: InkstandError) -> None:
        self._retry_at = monotonic() + _AGAIN_S
        conflict = isinstance(error, ChangedMeanwhile)
        told = Told(state="failed", error=error, conflict=conflict)
        # It is tried again and again, and said once.
        if error.what in self._said:
            self.told = told
        else:
            self._said.add(error.what)
            self._tell(told)

    async def _keep(self) -> None:
        """Keep the text for the next start."""
        if self._keeping:
            return
        self._keeping = True
        text, version = self.document.text, self.document.version
        try:
            await run_blocking(self.draft.keep, text, self.cursor, version)
        except InkstandError as error:
            self._fail(error)
        finally:
            self._kept_version = version
            self._unkept_at = monotonic()
            self._keeping = False

    # -- what other programs do ---------------------------------------------------------------

    async def _look(self, *notes: str) -> None:
        """Take over what another program wrote, if nothing was typed that is not saved.

        `notes` are told to the writer if something was.
        """
        async with self._turn:
            is_to_be_saved = await self._looked(notes)
        if is_to_be_saved:
            await self.save("autosaved")

    async def _looked(self, notes: tuple[str, ...]) -> bool:
        """Whether another program wrote, and the text here has to be brought together with it."""
        self._since = []
        text = self.document.text
        was_dirty = self.dirty

        def work() -> tuple[TextFile, list[Edit]] | None:
            file = self.draft.look()
            if file is None or was_dirty:
                return None if file is None else (file, [])
            return file, _edits(self.draft.hunks(text, file.text))

        try:
            found = await run_blocking(work)
        except InkstandError as error:
            if self.dirty or self.told.error is None:
                self._fail(error)
            return False
        finally:
            typed, self._since = self._since, None
        if found is None:
            if self.told.conflict and not self.dirty:
                self._tell(Told(state="saved"))
            return False
        if was_dirty or typed:
            return self.told.state != "failed"
        file, edits = found
        self.document.apply(edits, self.cursor)
        self.draft.take(file)
        self._is_saved(self.document.version)
        self._tell(Told(state="saved", notes=notes))
        return False

    async def reload(self) -> None:
        """Look at once: a proposal was accepted, or another part of Inkstand wrote the file."""
        await self._look()

    # -- the end ----------------------------------------------------------------------------

    def save_now(self) -> Quit | None:
        """Save in the thread that calls, whatever it is, with no need of an event loop.

        None if there was nothing to save.
        """
        if not self.dirty:
            return None
        text, version = self.document.text, self.document.version
        kept, error = self._kept_now(text, version)
        failures: list[InkstandError] = []
        done = threading.Event()

        def write() -> None:
            try:
                self.draft.save(text)
            except InkstandError as failure:
                failures.append(failure)
            else:
                self.draft.forget(version)
            done.set()

        threading.Thread(target=write, name="save", daemon=True).start()
        if done.wait(PATIENCE_S) and not failures:
            self._is_saved(self.document.version)
            return Quit(path=self.path, saved=True)
        if failures:
            error = str(failures[0])
        return Quit(path=self.path, saved=False, kept=kept, error=error)

    def _kept_now(self, text: str, version: int) -> tuple[Path | None, str]:
        try:
            return self.draft.keep(text, self.cursor, version), ""
        except InkstandError as error:
            return None, str(error)


def _edits(hunks: list[Hunk]) -> list[Edit]:
    return [(each.start, each.end, each.text) for each in hunks]


def _behind(edits: list[Edit], typed: list[Change]) -> list[Edit] | None:
    """Where edits of a text are to be made after what was typed since; None where both meet."""
    found: list[Edit] = []
    for start, end, new in edits:
        for change in typed:
            if change.start + len(change.old) < start:
                by = len(change.new) - len(change.old)
                start, end = start + by, end + by  # noqa: PLW2901
            elif change.start <= end:
                return None
        found.append((start, end, new))
    return found


def _crossed(path: Path) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        f"{path.name} was changed by another program where you are typing.",
        "Both changed the same lines at the same moment. Your text is kept.",
        "Choose which of the two is to stay.",
    )
