"""An editor's search: asked for in the bar, made in a thread, shown in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inkstand.tui.background import run_blocking
from inkstand.tui.editor import finding
from inkstand.tui.editor.find_bar import FindBar
from inkstand.tui.editor.finding import Found, Query
from inkstand_sdk.errors import InputError

if TYPE_CHECKING:
    from textual.timer import Timer

    from inkstand.tui.editor.editor import Editor

_PAUSE_S = 0.08
"""How long the writer has to pause in a pattern before it is looked for."""


class Searching:
    """The search of one editor.

    Args:
        editor: Whose text is searched.

    """

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._query = Query(pattern="")
        self._found: Found | None = None
        self._version = -1
        self._origin = 0
        self._once = self._backwards = False
        self._timer: Timer | None = None

    @property
    def _bar(self) -> FindBar:
        return self._editor.query_one(FindBar)

    def begin(
        self,
        *,
        replacing: bool = False,
        is_regex: bool | None = None,
        once: bool = False,
        backwards: bool = False,
    ) -> None:
        """Open the bar; what is found is looked for from the cursor on, or back from it.

        With `once` the first step closes the bar, as in Vim.
        """
        self._once, self._backwards = once, backwards
        start, end = self._editor.selection
        self._origin = start
        selected = self._editor.text[start : min(end, start + 200)] if end - start < 200 else ""
        self._bar.open(selected, replacing=replacing, is_regex=is_regex)

    def ask(self, query: Query) -> None:
        """Look for something else, after a short pause in which more may be typed."""
        version = self._editor.view.editing.document.version
        if query == self._query and self._found is not None and self._version == version:
            self._show()
            return
        self._query, self._found = query, None
        self._later(jump=True)

    def text_changed(self) -> None:
        """Look again: places are not what they were."""
        self._found = None
        if self._bar.is_open:
            self._later(jump=False)

    def _later(self, *, jump: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._editor.set_timer(_PAUSE_S, lambda: self._start(jump=jump))

    def _start(self, *, jump: bool) -> None:
        self._editor.run_worker(self._search(jump=jump), group="find", exclusive=True)

    async def _search(self, *, jump: bool) -> Found | None:
        """What is found now; None if the pattern is wrong or the text was changed meanwhile."""
        editor = self._editor
        document, query = editor.view.editing.document, self._query
        version = document.version
        try:
            found = await run_blocking(finding.find, document.text, query)
        except InputError as error:
            self._found = None
            editor.view.mark([], None)
            self._bar.tell("", error.what)
            return None
        if document.version != version or query != self._query:
            return None
        self._found, self._version = found, version
        if jump and found.matches:
            find = found.before if self._backwards else found.after
            self._select(find(self._origin))
        else:
            self._show()
        return found

    async def found_now(self) -> Found | None:
        """What is found in the text as it is."""
        if self._found is not None and self._version == self._editor.view.editing.document.version:
            return self._found
        return await self._search(jump=False)

    def step(self, *, backwards: bool = False) -> None:
        """Go to the next match, or the last one; ask for something if nothing was."""
        if not self._query.pattern:
            self.begin()
            return
        if self._once and self._bar.is_open:
            self._bar.action_close()
            return
        self._editor.run_worker(self._step(backwards=backwards), group="find", exclusive=True)

    async def _step(self, *, backwards: bool) -> None:
        found = await self.found_now()
        if found is None or not found.matches:
            if found is not None:
                self._editor.notify(
                    f"There is no “{self._query.pattern}”.", timeout=3, markup=False
                )
            return
        start, end = self._editor.selection
        at = start if backwards else max(end, start + 1) if end == start else end
        number = found.before(at) if backwards else found.after(at)
        self._select(number)
        if not self._bar.is_open and number is not None:
            self._editor.notify(f"{number + 1} of {self._count()}", timeout=1.5)

    def _select(self, number: int | None) -> None:
        if self._found is None or number is None:
            return
        start, end = self._found.matches[number]
        self._editor.view.editing.select(start, end)
        if not self._bar.is_open:
            self._editor.keys.found_something()
        self._editor.changed()
        self._show(number)

    def _count(self) -> str:
        assert self._found is not None
        count = f"{len(self._found.matches):,}"
        return f"more than {count}" if self._found.more else count

    def _show(self, number: int | None = None) -> None:
        """Mark in the text what was found, and say how much."""
        found = self._found
        if found is None or not self._bar.is_open:
            return
        current = None if number is None else found.matches[number]
        self._editor.view.mark([each for each in found.matches if each[0] < each[1]], current)
        if not self._query.pattern:
            self._bar.tell("")
        elif not found.matches:
            self._bar.tell("none")
        else:
            self._bar.tell(self._count() if number is None else f"{number + 1} of {self._count()}")

    def replace(self, template: str, *, everywhere: bool) -> None:
        """Replace the match that is selected and go to the next, or replace all of them."""
        work = self._replace_all(template) if everywhere else self._replace_one(template)
        self._editor.run_worker(work, group="find", exclusive=True)

    async def _replace_one(self, template: str) -> None:
        editor = self._editor
        found = await self.found_now()
        if found is None or not found.matches:
            return
        selection = editor.selection
        if selection not in found.matches:
            self._select(found.after(selection[0]))
            return
        text = editor.text
        try:
            new = await run_blocking(finding.replacement, text, self._query, selection, template)
        except InputError as error:
            self._bar.tell("", error.what)
            return
        if editor.text != text:
            return
        editing = editor.view.editing
        with editing.document.step(selection[0]):
            editing.change(*selection, new)
        editor.changed()
        again = await self.found_now()
        if again is not None:
            self._select(again.after(editor.cursor))

    async def _replace_all(self, template: str) -> None:
        editor = self._editor
        editing = editor.view.editing
        text = editor.text
        newline = editing.buffer.newline
        try:
            done = await run_blocking(finding.replace_all, text, self._query, template, newline)
        except InputError as error:
            self._bar.tell("", error.what)
            return
        if done is None or editor.text != text:
            self._bar.tell("none")
            return
        editing.document.apply([(done.start, done.end, done.text)], editing.cursor)
        editing.go(min(editing.cursor, len(editing.buffer)))
        editor.changed()
        editor.notify(f"Replaced {done.count:,}. Ctrl+Z takes all of it back.", timeout=5)

    def close(self) -> None:
        """Mark nothing any more, and write on."""
        self._editor.keys.found_something()
        self._editor.view.sync()
        self._editor.view.mark([], None)
        self._editor.screen.set_focus(self._editor.view)
