"""Commands of Vim by twos and threes, what Vim makes of them, and what the editor does.

Run as a script, it asks the Vim that is installed (9.0 when this was written) and writes what it
does into vim_results.json, which the tests compare with:

    .venv/bin/python tests/tui/vim_commands.py
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from inkstand.tui.editor.document import Document
from inkstand.tui.editor.editing import Editing
from inkstand.tui.editor.vim.keys import VimKeys

RESULTS = Path(__file__).with_name("vim_results.json")
ESC, REDO = "\x1b", "\x12"
NAMES = {ESC: "escape", "\r": "enter", REDO: "ctrl+r"}
TEXTS = (
    """The ferry came in late, and Ada counted.
The lamps; one-by-one (all of them).

She said nothing. He "spoke" twice!
    Indented line here
last
""",
    "one two  three\n\n\nfour\n",
    "a b c\nd e f\n",
    'say "it is" and (go (on) [to] it)  \n  x = {a, b} \'q\'  "r"\n(one\ntwo) three\n   \nend.\n',
)
MOTIONS = (
    *"hlwbeWBE0^$jk{}", "ge", "G", "gg", "+", "-", "_", "fe", "te", "Fa", "Ta",
    "3w", "2e", "2j", "5w", "3b", "2W", "2E", "2B", "2ge", "9l", "2h", "9j", "2k", "2$", "2G",
    "2gg", "2}", "2{", "2_", "2+", "2fe", "2te", "2Fe", "9w", ";", ",", "2;",
)  # fmt: skip
OBJECTS = (
    "iw", "aw", "iW", "aW", "2iw", "2aw", "3aw", "ip", "ap", "2ap", 'i"', 'a"', "i'", "a'", "i(",
    "a(", "2i(", "i[", "a]", "i{", "a}", "ib",
)  # fmt: skip
CHANGES = (
    *(operator + reach for operator in "dy" for reach in MOTIONS + OBJECTS),
    *(f"c{reach}Z{ESC}" for reach in MOTIONS + OBJECTS),
    *(
        operator + reach
        for operator in ("gu", "gU", "g~", ">", "<")
        for reach in ("w", "b", "e", "$", "j", "k", "}", "iw", "ap", "3w", "G", "2j")
    ),
    "dd", "2dd", "3dd", "yy", "2yy", f"ccZ{ESC}", f"2ccZ{ESC}", "guu", "gUU", "g~~", "2gUU", ">>",
    "2>>", "<<", "2<<", "d3w", "2d2w", "x", "3x", "X", "2X", "p", "2p", "P", "3P", "D", "2D",
    f"CZ{ESC}", f"sZ{ESC}", f"2sZ{ESC}", f"SZ{ESC}", f"2SZ{ESC}", "Y", "2Y", "J", "3J", "4J", "~",
    "3~", "50~", "rz", "3rz", "9rz", "r\r", f"ia {ESC}", f"aZ{ESC}", f"IZ{ESC}", f"AZ{ESC}",
    f"oB{ESC}", f"OB{ESC}", f"ia\rb{ESC}", f"i{ESC}", f"a{ESC}", f"o{ESC}", f"3iab{ESC}",
    f"2oB{ESC}", f"2AZ{ESC}",
    *(
        f"v{motion}{operator}"
        for motion in (*"lweb0$jk}G", "iw", "aw", "2l", "fe")
        for operator in (*"d~ypJuU>", f"cZ{ESC}", "rz")
    ),
    *(
        f"V{motion}{operator}"
        for motion in ("", *"jkGw")
        for operator in (*"dypJU><", f"cZ{ESC}")
    ),
    "veo~", "vjoy", f"vj{ESC}", f"v${ESC}", "vVd", "Vvd", "vex", f"vesZ{ESC}", "v2wd", "vi(d",
    "va(d", 'vi"d', "vipd", "vapd", "vwwbd", "v0ed",
)  # fmt: skip
BEFORE = (*MOTIONS, "jwww", "G$", "Gw", "2j3w", "4jw", "4jwww", "j$", "2j$", "ywP", "wwfe")
AFTER = (*"hlwbe0$jk}GpPDx;,u.^", "gg", "3w", "fe", "Fe", "2u", "2.", "3.")


class Case(NamedTuple):
    """One of the texts, by its number, and commands, one after the other."""

    text: int
    commands: tuple[str, ...]


class State(NamedTuple):
    """What the text is then, and the cursor's line and column."""

    text: str
    cursor: tuple[int, int]


def some_cases(number: int, chance: random.Random) -> list[Case]:
    """So many cases: a place and a command, a command and one after it, one taken back or again."""
    kinds: tuple[tuple[Sequence[str], ...], ...] = (
        (BEFORE, CHANGES),
        (MOTIONS, MOTIONS),
        (CHANGES, AFTER),
        (CHANGES, ("w", "j", "G", "k", "jw", "$"), (".", "2.")),
        (("w", "j", "2jw", "4jw", "G$", "$"), CHANGES, ("u",), (REDO,)),
    )
    cases = [
        Case(chance.randrange(len(TEXTS)), tuple(map(chance.choice, chance.choice(kinds))))
        for _ in range(number)
    ]
    return sorted({case for case in cases if is_comparable(case)})


def pressed(text: str, *commands: str) -> list[tuple[State, VimKeys]]:
    """What the keys of commands make of a text, after each."""
    editing = Editing(Document(text))
    view = SimpleNamespace(editing=editing, size=SimpleNamespace(height=24))
    editor = SimpleNamespace(view=view, copy=lambda _text: None, action_center=lambda: None)
    vim = VimKeys(cast("Any", editor))
    states = []
    for command in commands:
        for key in command:
            vim.enter(NAMES.get(key, key), None if key in NAMES else key)
        state = State(editing.document.text, editing.buffer.where(editing.cursor))
        states.append((state, vim))
    return states


def is_comparable(case: Case) -> bool:
    """Whether the editor is to do what Vim does. It does not mean to here:

    - A text of which nothing is left is no line, and in Vim an empty one.
    - `{` in a text of one line goes to its end in Vim 9.0, and no longer in later ones.
    - `v$` with a command that is repeated takes nothing sensible in Vim 9.0.

    And some cannot be compared: `.` `;` `,` have Vim do what it did in the case before, if there
    was nothing to repeat; and `u` may take back what changed nothing, which is no step of ours.
    """
    text, commands = TEXTS[case.text], case.commands
    texts = [text, *(state.text for state, _ in pressed(text, *commands))]
    done = ""
    for number, command in enumerate(commands):
        changed = [a for a, b in pairwise(texts[: number + 1]) if a != b]
        if texts[number].count("\n") < 2 and "{" in command and "i{" not in command:
            return False
        if command[-1] == "." and ("v$" in done or not changed):
            return False
        if command.lstrip("2dcy")[:1] in (";", ",") and not any(each in done for each in "fFtT"):
            return False
        if command in ("u", "2u", REDO) and texts[number] == texts[number - 1]:
            return False
        done += command
    return "" not in texts


def is_cursor_compared(case: Case, before: str, after: str) -> bool:
    """Whether the cursor is to be where Vim's is, after the last of a case's commands.

    What cannot be done leaves it alone, and not always in Vim: an object that is not there, `J` in
    the last line. And `u` and `ctrl+r` of Vim look at lines, not at what was changed in them.
    """
    last = case.commands[-1]
    is_object = last[:1] in ("d", "y", "c") and any(each in "ia" for each in last[1:3])
    return last != REDO and not (before == after and (is_object or last[-1] in "J."))


def in_vim(cases: Sequence[Case]) -> list[State]:
    """What Vim makes of cases."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, text in enumerate(TEXTS):
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        given = json.dumps([[case.text, case.commands] for case in cases])
        (folder / "cases.json").write_text(given, encoding="utf-8")
        (folder / "script.vim").write_text(_SCRIPT.replace("FOLDER", name), encoding="utf-8")
        vim = ["vim", "-u", "NONE", "-i", "NONE", "-n", "-es", "-S", f"{name}/script.vim"]
        subprocess.run(vim, stdin=subprocess.DEVNULL, capture_output=True, timeout=250, check=False)
        found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return [State("\n".join([*lines, ""]), (line, column)) for line, column, lines in found]


_SCRIPT = """
set nocp sol noai encoding=utf-8 nojs cpo-=; belloff=all undoreload=0 sw=4 et nomodeline
let results = []
for case in json_decode(readfile('FOLDER/cases.json')[0])
  silent! bwipe!
  silent! exe 'edit! FOLDER/' . case[0] . '.txt'
  call cursor(1,1)
  call setreg('"','')
  for keys in case[1]
    silent! call feedkeys(keys,'xt')
  endfor
  call add(results, [line('.') - 1, charcol('.') - 1, getline(1,'$')])
endfor
call writefile([json_encode(results)], 'FOLDER/results.json')
qa!
"""


def compared(case: Case, vims: State) -> str:
    """What is otherwise than in Vim, or ""."""
    text = TEXTS[case.text]
    states = [State(text, (0, 0)), *(state for state, _ in pressed(text, *case.commands))]
    ours = states[-1]
    if not is_cursor_compared(case, states[-2].text, ours.text):
        ours = State(ours.text, vims.cursor)
    return "" if ours == vims else f"{text!r} {case.commands}: {ours}, in Vim {vims}"


def kept_results() -> list[tuple[Case, State]]:
    """What Vim made of cases when it was asked."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))
    found = []
    for number, commands, cursor, start, gone, new in rows:
        text = TEXTS[number]
        made = text[:start] + new + text[start + gone :]
        found.append((Case(number, tuple(commands)), State(made, (cursor[0], cursor[1]))))
    return found


def main() -> int:
    """Ask Vim, and keep what it does; returns how often the editor does otherwise."""
    cases = some_cases(4000, random.Random(0))
    results = in_vim(cases)
    rows = []
    for case, (made, cursor) in zip(cases, results, strict=True):
        text = TEXTS[case.text]
        pairs = zip(text, made, strict=False)
        start = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(text), len(made)))
        rest = zip(reversed(text[start:]), reversed(made[start:]), strict=False)
        same = next(
            (at for at, (a, b) in enumerate(rest) if a != b), min(len(text), len(made)) - start
        )
        changed = [start, len(text) - same - start, made[start : len(made) - same]]
        rows.append(json.dumps([case.text, case.commands, cursor, *changed]))
    RESULTS.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
    wrong = [said for said in map(compared, cases, results) if said]
    print(*wrong[:20], f"{len(cases)} cases, {len(wrong)} otherwise than in Vim", sep="\n")
    return min(len(wrong), 1)


if __name__ == "__main__":
    sys.exit(main())
