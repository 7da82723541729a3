"""What the editor can do, by name: every command has an id, a key and a description.

Keymaps give other keys to the ids; the palette and the help are made from the same table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.binding import Binding, BindingsMap, BindingType
from textual.keys import _character_to_key

from inkstand.tui.editor.editing import Editing
from inkstand.tui.editor.view import TextView

if TYPE_CHECKING:
    from textual.app import App

_MOVES = (
    ("left", "left", "Character left"),
    ("right", "right", "Character right"),
    ("up", "up", "Row up"),
    ("down", "down", "Row down"),
    ("word_left", "ctrl+left", "Word left"),
    ("word_right", "ctrl+right", "Word right"),
    ("sentence_left", "alt+left", "Sentence back"),
    ("sentence_right", "alt+right", "Sentence on"),
    ("paragraph_left", "ctrl+up,alt+up", "Paragraph up"),
    ("paragraph_right", "ctrl+down,alt+down", "Paragraph down"),
    ("row_start", "home", "Beginning of the row"),
    ("row_end", "end", "End of the row"),
    ("page_up", "pageup", "Page up"),
    ("page_down", "pagedown", "Page down"),
    ("text_start", "ctrl+home", "Beginning of the text"),
    ("text_end", "ctrl+end", "End of the text"),
)
_DELETIONS = (
    ("left", "backspace", "Delete the character before"),
    ("right", "delete", "Delete the character after"),
    ("word_left", "ctrl+w,ctrl+backspace,alt+backspace", "Delete the word before"),
    ("word_right", "ctrl+delete,alt+d,alt+delete", "Delete the word after"),
    ("sentence_left", "alt+shift+backspace", "Delete back to the sentence's beginning"),
    ("sentence_right", "alt+k", "Delete to the sentence's end"),
    ("row_start", "ctrl+u", "Delete to the beginning of the row"),
    ("row_end", "ctrl+k", "Delete to the end of the row"),
)
_REST = (
    ("undo", "ctrl+z", "undo", "Undo"),
    ("redo", "ctrl+y,ctrl+shift+z", "redo", "Redo"),
    ("cut", "ctrl+x,shift+delete", "cut", "Cut"),
    ("copy", "ctrl+c,ctrl+insert", "copy", "Copy"),
    ("paste", "ctrl+v,shift+insert", "paste", "Paste"),
    ("select-all", "ctrl+a", "select_all", "Select all"),
    ("select-word", "alt+w", "select_around('word')", "Select the word"),
    ("select-sentence", "alt+s", "select_around('sentence')", "Select the sentence"),
    ("select-paragraph", "alt+p", "select_around('paragraph')", "Select the paragraph"),
    ("delete-paragraph", "alt+shift+k", "delete_paragraph", "Delete the paragraph"),
    ("find", "ctrl+f", "find", "Find"),
    ("replace", "ctrl+r", "find(True)", "Find and replace"),
    ("find-next", "ctrl+g", "find_next", "Next match"),
    ("find-previous", "alt+g,ctrl+shift+g", "find_next(True)", "Previous match"),
    ("save", "ctrl+s", "save", "Save"),
    ("focus-mode", "alt+i", "switch('focus_mode')", "Focus mode"),
    ("typewriter", "alt+t", "switch('typewriter')", "Typewriter mode"),
    ("wider", "alt+equals_sign,alt+plus", "measure(4)", "Wider text"),
    ("narrower", "alt+minus", "measure(-4)", "Narrower text"),
    ("center", "ctrl+l", "center", "Bring the cursor to the middle"),
    ("keep-mine", "alt+m", "keep_mine", "Keep this text over the other program's"),
    ("take-theirs", "alt+o", "take_theirs", "Take the other program's text"),
)
_SHOWN = ("undo", "find", "save")


def _selecting(keys: str) -> str:
    return ",".join(
        f"shift+{key}" if "+" not in key else _with_shift(key) for key in keys.split(",")
    )


def _with_shift(key: str) -> str:
    modifier, _, rest = key.rpartition("+")
    return f"{modifier}+shift+{rest}"


def bindings() -> list[BindingType]:
    """The keys of the editor as they are without a keymap."""
    found: list[BindingType] = []
    for name, keys, description in _MOVES:
        ident = name.replace("_", "-")
        found.append(
            Binding(keys, f"move('{name}')", description, show=False, id=f"editor.{ident}")
        )
        found.append(
            Binding(
                _selecting(keys),
                f"move('{name}', True)",
                f"Select: {description[0].lower()}{description[1:]}",
                show=False,
                id=f"editor.select-{ident}",
            )
        )
    for name, keys, description in _DELETIONS:
        ident = f"editor.delete-{name.replace('_', '-')}"
        found.append(Binding(keys, f"delete('{name}')", description, show=False, id=ident))
    for name, keys, action, description in _REST:
        found.append(Binding(keys, action, description, show=name in _SHOWN, id=f"editor.{name}"))
    return found


class Shortcuts:
    """Which key does what in the text, with the keymap that the app has now."""

    def __init__(self) -> None:
        self._keymap: object = None
        self._actions: dict[str, str] = {}

    def of(self, key: str, app: App[Any]) -> str | None:
        """The action of a key; None if it has none here."""
        keymap = getattr(app, "keymap", None)
        if not self._actions or keymap is not self._keymap:
            known = BindingsMap(bindings())
            if keymap is not None:
                known.apply_keymap({name: _long(keys) for name, keys in keymap.keys.items()})
            self._keymap = keymap
            self._actions = {
                name: found[0].action for name, found in known.key_to_bindings.items() if found
            }
        return self._actions.get(key)


def _long(keys: str) -> str:
    """Keys by the names that events have: `question_mark` for `?`."""
    return ",".join(
        _character_to_key(key.strip()) if len(key.strip()) == 1 else key.strip()
        for key in keys.split(",")
    )


def move(view: TextView, name: str, *, select: bool = False) -> None:
    """Move the cursor of a view; a name of `bindings`."""
    editing = view.editing
    page = max(1, view.size.height - 2)
    rows = {"up": -1, "down": 1, "page_up": -page, "page_down": page}
    if name in rows:
        editing.move_rows(rows[name], select=select)
    elif name == "left":
        editing.move_left(select=select)
    elif name == "right":
        editing.move_right(select=select)
    else:
        editing.go(editing.moved(name), select=select)


def delete(editing: Editing, name: str) -> str:
    """Delete the selection, or from the cursor to where a move leads; what it was."""
    if name == "row_end" and editing.moved(name) == editing.cursor:
        name = "right"
    return editing.delete(editing.moved(name))
