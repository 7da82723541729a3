"""A text with its title above it: one of the two that the screen to write in has room for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters, on

from inkstand.tui.app import InkstandApp
from inkstand.tui.editor.editor import Editor
from inkstand.tui.editor.options import EditorOptions
from inkstand.tui.messages import BookLoaded, News, SettingsChanged
from inkstand.tui.navigator.rows import label_of
from inkstand.tui.pane import Pane
from inkstand.tui.proposals.diff import ProposalDiff
from inkstand_sdk.errors import InkstandError

if TYPE_CHECKING:
    from inkstand.workspace.counts import SceneCount


class TextPane(Pane):
    """A pane with an editor in it.

    Args:
        name: What it is called by `inkstand.tui.panes`.
        app: The application, whose settings the editor follows.

    """

    app = getters.app(InkstandApp)

    def __init__(self, name: str, app: InkstandApp) -> None:
        self.editor = Editor(app.desk, options_of(app))
        super().__init__("", self.editor, name=name)

    def on_mount(self) -> None:
        """Listen for new settings, and for scenes that were counted."""
        self.app.news.subscribe(self, self._heard)

    def _heard(self, news: News) -> None:
        if isinstance(news, SettingsChanged):
            self.editor.apply(options_of(self.app))
        elif isinstance(news, BookLoaded) and news.part == "counts":
            self.renew_title()

    @property
    def file(self) -> Path | None:
        """What is open in it."""
        return self.editor.file

    @property
    def scene(self) -> SceneCount | None:
        """The scene that the cursor is in, as it was counted last."""
        found = None
        for scene in self._scenes():
            if found is None or scene.offset <= self.editor.cursor:
                found = scene
        return found

    def scene_starts(self) -> list[int]:
        """Where the scenes of the file begin, as they were counted last."""
        return [scene.offset for scene in self._scenes()]

    def _scenes(self) -> list[SceneCount]:
        status = self.app.status
        if status is None or self.file is None:
            return []
        name = self.app.name_of(self.file)
        return [scene for scene in status.count.scenes if scene.file == name]

    async def show(
        self, file: Path, start: int = 0, end: int | None = None, *, below: bool = False
    ) -> None:
        """Open a file, and go to a passage of it, in code points.

        Args:
            file: The file.
            start: Where the passage begins.
            end: Where it ends; None lights nothing up.
            below: Go to the text below the headings at `start`.

        Raises:
            InputError: it cannot be read.

        """
        if self.editor.file != file:
            await self.editor.open(file, start)
        # Before anything is awaited: what was typed meanwhile is typed there.
        if below:
            self.editor.begin(start)
        else:
            self.editor.goto(start, end)
        self.renew_title()

    def reach(self) -> None:
        """Put the focus into the text, or into the proposal that is read in its place."""
        diff = next(iter(self.query(ProposalDiff)), None)
        # At once, or what is typed next would still go elsewhere.
        self.screen.set_focus(self.editor.view if diff is None else diff.body)

    @on(Editor.Moved)
    @on(Editor.Edited)
    def renew_title(self) -> None:
        """Say above the text which scene it is, and how long."""
        if self.file is None:
            return
        scene = self.scene
        self.line.text = scene.label if scene is not None else label_of(self.file.name)
        selected = self.editor.selected_words
        words = self.editor.words
        self.line.right = f"{selected:,} of {words:,} words" if selected else f"{words:,} words"


def options_of(app: InkstandApp) -> EditorOptions:
    """How the settings want an editor to be."""
    try:
        ui = app.studio.config.ui
    except InkstandError:
        return EditorOptions(keys=app.keymap.editor)
    return EditorOptions(
        measure=ui.measure,
        focus=ui.focus,
        typewriter=ui.typewriter,
        autosave=ui.autosave,
        keys=app.keymap.editor,
    )
