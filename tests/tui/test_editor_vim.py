"""Vim's keys, compared with Vim where it is installed, and with what it did where it is not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkstand.tui.editor.document import Document
from inkstand.tui.editor.editing import Editing
from inkstand.tui.editor.vim.keys import VimKeys

NAMES = {"\x1b": "escape", "\r": "enter", "\x12": "ctrl+r"}
PROSE = (
    "The ferry came in late, and Ada counted.\nThe lamps; one-by-one (all of them).\n\n"
    'She said nothing. He "spoke" twice!\n    Indented line here\nlast'
)
CASES = [
    (PROSE, "dw", "ferry came in late, and Ada counted.", (0, 0)),
    (PROSE, "wcwboat\x1b", "The boat came in late, and Ada counted.", (0, 7)),
    (PROSE, "3dw", "in late, and Ada counted.", (0, 0)),
    (PROSE, "d3w", "in late, and Ada counted.", (0, 0)),
    (PROSE, "fed$", "Th", (0, 1)),
    (PROSE, "t,x", "The ferry came in lat, and Ada counted.", (0, 21)),
    (PROSE, "ea!\x1b", "The! ferry came in late, and Ada counted.", (0, 3)),
    (PROSE, "dd.", "", (0, 0)),
    (PROSE, "yyP", "The ferry came in late, and Ada counted.", (0, 0)),
    (PROSE, "xp", "hTe ferry came in late, and Ada counted.", (0, 1)),
    (PROSE, "Oabove\x1b", "above", (0, 4)),
    (PROSE, "A, twice\x1b", "The ferry came in late, and Ada counted., twice", (0, 46)),
    (PROSE, "wdawu", "The ferry came in late, and Ada counted.", (0, 4)),
    (PROSE, "wdawu\x12", "The came in late, and Ada counted.", (0, 4)),
    (PROSE, "ixyz\x1bu", "The ferry came in late, and Ada counted.", (0, 0)),
    (PROSE, "vee~", "tHE FERRY came in late, and Ada counted.", (0, 0)),
    (PROSE, "wgUiw", "The FERRY came in late, and Ada counted.", (0, 4)),
    (PROSE, "wcwboat\x1bw.", "The boat boat in late, and Ada counted.", (0, 12)),
    (PROSE, "J", "The ferry came in late, and Ada counted. The lamps; one-by-one (all of them).",
     (0, 40)),
    (PROSE, "2rx", "xxe ferry came in late, and Ada counted.", (0, 1)),
    ("a e\u0301 b", "wx", "a  b", (0, 2)),
    ("👩‍👩‍👧 x", "x", " x", (0, 0)),
]  # fmt: skip


def pressed(text: str, keys: str) -> tuple[str, tuple[int, int], VimKeys]:
    """What these keys make of a text, and where the cursor is then."""
    editing = Editing(Document(text))
    view = SimpleNamespace(editing=editing, size=SimpleNamespace(height=24))
    editor = SimpleNamespace(view=view, copy=lambda _text: None, action_center=lambda: None)
    vim = VimKeys(cast("Any", editor))
    for key in keys:
        character = None if key in NAMES else key
        if not vim.press(NAMES.get(key, key), character) and vim.types:
            editing.type("\n" if key == "\r" else character or "")
    return editing.document.text, editing.buffer.where(editing.cursor), vim


@pytest.mark.parametrize(("text", "keys", "line", "cursor"), CASES)
def test_keys_do_what_they_do_in_vim(
    text: str, keys: str, line: str, cursor: tuple[int, int]
) -> None:
    changed, where, _ = pressed(text, keys)
    assert changed.split("\n")[cursor[0]] == line
    assert where == cursor


def test_the_mode_is_shown_with_what_was_typed_of_a_command() -> None:
    assert pressed(PROSE, "")[2].mode == "NORMAL"
    assert pressed(PROSE, "2d3")[2].mode == "NORMAL  2d3"
    assert pressed(PROSE, "i")[2].mode == "-- INSERT --"
    assert pressed(PROSE, "V")[2].mode == "-- VISUAL LINE --"
    assert pressed(PROSE, "2d3\x1b")[2].mode == "NORMAL"


def test_all_that_was_typed_in_insert_mode_is_taken_back_at_once() -> None:
    text, _, _ = pressed(PROSE, "Aone\rtwo\x1bu")
    assert text == PROSE


def test_a_key_right_behind_escape_is_that_key_in_normal_mode() -> None:
    vim = pressed("one\ntwo", "Aend")[2]
    assert vim.press("alt+o", None)
    assert vim.state == "insert"
    assert vim.editing.document.text == "oneend\n\ntwo"
    assert vim.press("alt+colon", None)
    assert vim.mode == ":"
    assert vim.press("escape", None)
    assert vim.press("O", "O")
    assert vim.press("alt+shift+g", None)
    assert vim.state == "normal"
    assert not vim.press("alt+1", None)


MOTION = st.sampled_from([*"hlwbeWBE0^$jk{}", "G", "3w", "2e", "2j", "+", "-", "fe", "te", "Fa"])
OBJECT = st.sampled_from(["iw", "aw"])
COMMAND = st.one_of(
    MOTION,
    st.tuples(st.sampled_from(["d", "y"]), st.one_of(MOTION, OBJECT)).map("".join),
    st.sampled_from(["w", "e", "iw", "$", "j"]).map(lambda motion: f"c{motion}Z\x1b"),
    st.tuples(st.just("v"), st.sampled_from([*"lweb0$"]), st.sampled_from("d~y")).map("".join),
    st.sampled_from([*"xXpPD~uJ", "dd", "2dd", "yy", "rz", "ia \x1b", "oB\x1b"]),
)  # fmt: skip


@pytest.mark.skipif(shutil.which("vim") is None, reason="Vim is not installed")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from([PROSE, "one two  three\n\n\nfour", "a b c\nd e f"]),
                          COMMAND, COMMAND), min_size=4, max_size=4))  # fmt: skip
def test_two_commands_do_what_vim_does(tmp_path: Path, cases: list[tuple[str, str, str]]) -> None:
    for (text, first, second), (lines, cursor) in zip(cases, _in_vim(tmp_path, cases), strict=True):
        once, where, _ = pressed(text, first)
        if once == text and where == (0, 0):
            continue  # Vim throws the rest of the keys away where a command cannot be done
        changed, where, vim = pressed(text, first + second)
        if (changed, where) == (once, pressed(text, first)[1]) or changed.endswith("\n"):
            continue  # the same, and a last empty line is none in Vim
        assert (changed.split("\n"), where) == (lines, cursor), (first, second, vim.mode)


_STATE = "[line('.').','.charcol('.')]+getline(1,'$')"


def _in_vim(folder: Path, cases: list[tuple[str, str, str]]) -> list[tuple[list[str], Any]]:
    script = ["set nocp sol noai encoding=utf-8 nojs cpo-=; belloff=all nofixeol"]
    for number, (text, first, second) in enumerate(cases):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        keys = (first + second).replace("\x1b", "\\<Esc>")
        script += [
            f"silent! edit! {folder}/{number}.txt",
            "call cursor(1,1)",
            "call setreg('\"','')",
            f"silent! call feedkeys(\"{keys}\",'xt')",
            f"silent! call writefile({_STATE},'{folder}/{number}.out')",
        ]
    (folder / "s.vim").write_text("\n".join([*script, "qa!"]) + "\n", encoding="utf-8")
    vim = ["vim", "-u", "NONE", "-i", "NONE", "-n", "-es", "-S", f"{folder}/s.vim"]
    subprocess.run(vim, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    found: list[tuple[list[str], Any]] = []
    for number in range(len(cases)):
        lines = (folder / f"{number}.out").read_text(encoding="utf-8").split("\n")[:-1]
        line, column = map(int, lines[0].split(","))
        found.append((lines[1:], (line - 1, column - 1)))
    return found
