"""Vim's keys, compared with what Vim did when it was asked, or with Vim itself."""

from __future__ import annotations

import os
import random

import pytest
from tests.tui import vim_commands
from tests.tui.vim_commands import pressed

OTHERS = int(os.environ.get("INKSTAND_VIM_CASES", "0"))
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


def text_and_cursor(text: str, keys: str) -> tuple[str, tuple[int, int]]:
    state, _ = pressed(text, keys)[-1]
    return state.text, state.cursor


def mode(keys: str) -> str:
    return pressed(PROSE, keys)[-1][1].mode


@pytest.mark.parametrize(("text", "keys", "line", "cursor"), CASES)
def test_keys_do_what_they_do_in_vim(
    text: str, keys: str, line: str, cursor: tuple[int, int]
) -> None:
    changed, where = text_and_cursor(text, keys)
    assert changed.split("\n")[cursor[0]] == line
    assert where == cursor


def test_the_mode_is_shown_with_what_was_typed_of_a_command() -> None:
    assert mode("") == "NORMAL"
    assert mode("2d3") == "NORMAL  2d3"
    assert mode("i") == "-- INSERT --"
    assert mode("V") == "-- VISUAL LINE --"
    assert mode("2d3\x1b") == "NORMAL"


def test_all_that_was_typed_in_insert_mode_is_taken_back_at_once() -> None:
    assert text_and_cursor(PROSE, "Aone\rtwo\x1bu")[0] == PROSE


def test_a_key_right_behind_escape_is_that_key_in_normal_mode() -> None:
    vim = pressed("one\ntwo", "Aend")[-1][1]
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


def test_commands_do_what_they_do_in_vim() -> None:
    results = vim_commands.kept_results()
    assert len(results) > 2000
    wrong = [said for said in (vim_commands.compared(*each) for each in results) if said]
    assert not wrong, "\n".join(wrong[:10])


@pytest.mark.skipif(not OTHERS, reason="$INKSTAND_VIM_CASES does not say how many others to try")
def test_other_commands_do_what_vim_does() -> None:
    seed = random.randrange(10**9)
    cases = vim_commands.some_cases(OTHERS, random.Random(seed))
    results = vim_commands.in_vim(cases)
    wrong = [said for said in map(vim_commands.compared, cases, results) if said]
    assert not wrong, "\n".join([f"seed {seed}", *wrong[:10]])


def test_words_are_added_to_a_selection() -> None:
    assert text_and_cursor(PROSE, "wviwiwd")[0].startswith("The came in")
    assert text_and_cursor(PROSE, "wvawawd")[0].startswith("The in late")


def test_marks_of_prose_are_objects() -> None:
    prose = "She *said* it: “No (never).”"
    assert text_and_cursor(prose, "wci*wrote\x1b")[0] == "She *wrote* it: “No (never).”"
    assert text_and_cursor(prose, "di“") == ("She *said* it: “”", (0, 16))
    assert text_and_cursor(prose, "da(")[0] == "She *said* it: “No .”"


def test_what_arrows_lead_away_from_is_typed_once() -> None:
    vim = pressed("one two", "2ix")[-1][1]
    vim.enter("right", None)
    vim.enter("escape", None)
    assert vim.editing.document.text == "xone two"
