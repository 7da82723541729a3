"""Where the writer is: what a tool may work on."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """The place in the text that is written in.

    Args:
        file: The file; None where none is open.
        scene: The scene's id, as it was counted last; "" where it is not known.
        label: What to call the scene.
        selection: From where to where the writer has selected, in code points of `text`.
        cursor: Where the cursor is.
        text: The file's text as it is in the editor.
        offset: Where the scene begins in it.
        end: Where the scene ends in it.

    """

    file: Path | None = None
    scene: str = ""
    label: str = ""
    selection: tuple[int, int] = (0, 0)
    cursor: int = 0
    text: str = ""
    offset: int = 0
    end: int = 0

    @property
    def selected(self) -> str:
        """What is selected."""
        start, end = self.selection
        return self.text[start:end]
