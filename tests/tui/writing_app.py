"""An app with nothing but editors, for tests of the editor and for a terminal of their own."""

from __future__ import annotations

import sys
from pathlib import Path

from textual.app import App, ComposeResult

from inkstand.studio import Studio
from inkstand.tui.editor.editor import Editor
from inkstand.tui.editor.options import EditorOptions


class WritingApp(App[None]):
    """Editors side by side, each with a file."""

    def __init__(self, studio: Studio, *files: Path, options: EditorOptions | None = None) -> None:
        super().__init__()
        self.studio = studio
        self.files = files
        self.options = options or EditorOptions(autosave=0)
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        for file in self.files:
            yield Editor(self.studio.desk(file), self.options)

    async def on_mount(self) -> None:
        for file, editor in zip(self.files, self.query(Editor), strict=True):
            await editor.open(file)
        self.editor.view.focus()

    @property
    def editor(self) -> Editor:
        return self.query(Editor).first()

    def on_editor_saved(self, saved: Editor.Saved) -> None:
        self.told.append(saved)

    def on_editor_failed(self, failed: Editor.Failed) -> None:
        self.told.append(failed)


if __name__ == "__main__":
    with Studio(sys.argv[1]) as studio:
        WritingApp(studio, Path(sys.argv[1])).run()
