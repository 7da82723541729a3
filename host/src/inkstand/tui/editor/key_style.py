"""What keys mean in the text, beyond the keymap: as usual, as in Vim, as in Emacs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from inkstand.tui.editor.editing import Editing
    from inkstand.tui.editor.editor import Editor


class KeyStyle:
    """Keys of one style. A subclass takes the keys that it knows; the rest is as usual.

    Args:
        editor: The editor whose text they change.

    """

    name: ClassVar[str] = "plain"
    types: bool = True
    """Whether a key that was not taken types its character."""
    mode: str = ""
    """What to show of the mode that the keys are in; "" where there is none."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor

    @property
    def editing(self) -> Editing:
        """The cursor and the text."""
        return self.editor.view.editing

    def press(self, key: str, character: str | None) -> bool:
        """Take a key by its name in Textual, and what it would type; whether it was taken."""
        return False

    def paste(self, text: str) -> None:
        """Put a text in that was pasted: a step of its own."""
        with self.editing.document.step(self.editing.cursor):
            self.editing.insert(text)

    def clicked(self) -> None:
        """The mouse put the cursor somewhere."""

    def found_something(self) -> None:
        """A search put the cursor behind a match, and selected it."""

    def leave(self) -> None:
        """Another text is shown, or other keys are used from now on."""


class PlainKeys(KeyStyle):
    """The keys that most editors have: all of them are shortcuts of the keymap."""
