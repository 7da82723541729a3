"""Emacs' keys: the mark, what was killed, and commands of two keys."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from inkstand.tui.editor.document import Document
from inkstand.tui.editor.editing import Editing
from inkstand.tui.editor.emacs import EmacsKeys

TEXT = "The ferry came in late.\nAda counted the lamps.\n"


class Emacs:
    """A text under these keys, without a screen."""

    def __init__(self, text: str = TEXT) -> None:
        self.editing = Editing(Document(text))
        self.app = SimpleNamespace(clipboard="")
        view = SimpleNamespace(editing=self.editing, size=SimpleNamespace(height=20))
        self.saved = 0
        editor = SimpleNamespace(
            view=view,
            app=self.app,
            copy=lambda text: setattr(self.app, "clipboard", text),
            action_center=lambda: None,
            action_find=lambda _replacing: None,
            action_find_next_or_begin=lambda _backwards=False: None,
            save=lambda: "save",
            run_worker=self._run,
        )
        self.keys = EmacsKeys(cast("Any", editor))

    def _run(self, _work: object, **_how: object) -> None:
        self.saved += 1

    def press(self, *keys: str) -> str:
        for key in keys:
            character = key if len(key) == 1 else None
            if not self.keys.press(key, character) and character:
                self.editing.type(character)
        return self.editing.document.text


def test_what_was_killed_in_a_row_is_yanked_as_one() -> None:
    emacs = Emacs()
    assert emacs.press("alt+d", "alt+d") == " came in late.\nAda counted the lamps.\n"
    assert emacs.press("ctrl+e", "ctrl+y").startswith(" came in late.The ferry\n")
    assert emacs.app.clipboard == "The ferry"


def test_an_older_one_takes_the_place_of_what_was_yanked() -> None:
    emacs = Emacs()
    emacs.press("alt+d", "ctrl+f", "alt+d", "ctrl+a", "ctrl+y")
    assert emacs.editing.document.text.startswith("ferry  came")
    assert emacs.press("alt+y").startswith("The  came")


def test_a_region_is_killed_copied_and_left() -> None:
    emacs = Emacs()
    emacs.press("ctrl+@", "alt+f")
    assert emacs.editing.selected == "The"
    emacs.press("alt+w")
    assert emacs.editing.anchor is None
    assert emacs.press("ctrl+y").startswith("TheThe ferry")
    emacs.press("ctrl+@", "ctrl+e", "ctrl+g")
    assert emacs.editing.anchor is None
    emacs.press("ctrl+a", "ctrl+@", "ctrl+e")
    assert emacs.press("ctrl+w") == "\nAda counted the lamps.\n"


def test_killing_at_a_lines_end_takes_what_ends_it() -> None:
    emacs = Emacs()
    assert emacs.press("ctrl+k") == "\nAda counted the lamps.\n"
    assert emacs.press("ctrl+k") == "Ada counted the lamps.\n"
    assert emacs.press("ctrl+y") == TEXT


def test_a_long_paragraph_is_killed_row_by_row() -> None:
    words = "word " * 40
    emacs = Emacs(words)
    first = emacs.editing.rows.span(0)[2]
    emacs.press("ctrl+k")
    assert emacs.editing.document.text == words[first:]


def test_commands_of_two_keys() -> None:
    emacs = Emacs()
    emacs.press("x", "ctrl+x")
    assert emacs.keys.mode == "C-x"
    assert emacs.press("u") == TEXT
    assert emacs.keys.mode == ""
    emacs.press("ctrl+x", "ctrl+s")
    assert emacs.saved == 1
    emacs.press("ctrl+x", "h")
    assert emacs.editing.selected == TEXT


def test_letters_change_places_and_case() -> None:
    assert Emacs("ab cd").press("ctrl+f", "ctrl+t") == "ba cd"
    assert Emacs("ab cd").press("ctrl+e", "ctrl+t") == "ab dc"
    assert Emacs("one two").press("alt+u", "alt+c") == "ONE Two"


MOVES = st.sampled_from(
    ["ctrl+f", "ctrl+b", "ctrl+a", "ctrl+e", "ctrl+n", "ctrl+p", "alt+f", "alt+b", "alt+<"]
)


@given(st.lists(MOVES, max_size=12), st.lists(MOVES, max_size=12))
def test_a_region_killed_and_yanked_leaves_the_text_as_it_was(
    before: list[str], within: list[str]
) -> None:
    emacs = Emacs()
    emacs.press(*before, "ctrl+@", *within)
    start, end = emacs.editing.selection
    assert emacs.press("ctrl+w") == TEXT[:start] + TEXT[end:]
    if start < end:
        assert emacs.press("ctrl+y") == TEXT
        assert emacs.press("ctrl+underscore", "ctrl+underscore") == TEXT


@given(st.lists(MOVES, max_size=12), st.sampled_from(["ctrl+k", "alt+d", "alt+backspace", "alt+k"]))
def test_a_kill_is_what_lies_between_the_cursor_and_its_move(before: list[str], kill: str) -> None:
    emacs = Emacs()
    emacs.press(*before)
    at = emacs.editing.cursor
    after = emacs.press(kill)
    removed = len(TEXT) - len(after)
    start = emacs.editing.cursor
    assert after == TEXT[:start] + TEXT[start + removed :]
    assert start in (at, at - removed)
    if removed:
        assert emacs.app.clipboard == TEXT[start : start + removed]
