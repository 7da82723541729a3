# noqa: INP001 - a script's part, not a package
"""The page of keys, from the bindings of the terminal UI and the tables of its editor's styles.

What Vim's and Emacs's keys do is said here, because code that is named after them need not say it;
a key that is in the code and not here, or the other way round, ends the run.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from unittest.mock import Mock

from textual.binding import Binding
from textual.keys import key_to_character

_AREAS = {
    "app": "Everywhere",
    "screen": "Screens",
    "panes": "Panes",
    "navigator": "Manuscript",
    "editor": "Text",
    "find": "Find and replace",
    "assistant": "Assistant",
    "streamed": "A text as it comes",
    "result": "A result",
    "wide": "Takes side by side",
    "receipt": "What the model was sent",
    "proposal": "A proposal",
    "bible": "Bible",
    "speech": "Who speaks to whom",
    "checks": "Checks",
    "history": "History",
    "models": "Models",
    "plugins": "Plugins",
    "usage": "Usage",
    "settings": "Settings",
    "form": "Forms",
    "list": "Lists",
    "asking": "Questions",
    "first": "The first page",
    "recovered": "Texts that were not saved",
    "help": "Help",
}
_VIM = {
    "h l j k": "a character, a line",
    "w W b B e E ge": "a word",
    "0 ^ $": "the line's beginning, its first character, its end",
    "( )": "a sentence",
    "{ }": "a paragraph",
    "gg G": "the first line, the last, or the one of that number",
    "gj gk": "a row, where a line is wrapped",
    "f F t T": "to a character of the line, or beside it",
    "; ,": "the same again, or the other way",
    "+ - _": "the first character of a line",
    "ctrl+f ctrl+b ctrl+d ctrl+u": "a page, half a page",
    "d c y": "delete, change, copy what a motion takes, or the line: `dd`",
    "gu gU g~": "small letters, capitals, the other ones",
    "> <": "indent",
    "i a I A o O": "type here, after, at the line's beginning or end, in a new line",
    "x X s S D C Y": "`dl`, `dh`, `cl`, `cc`, `d$`, `c$`, `yy`",
    "p P": "put what was deleted or copied after, before",
    "J": "join lines",
    "~": "the other case",
    "r": "replace a character",
    "u ctrl+r": "undo, redo",
    ".": "the last change again",
    "v V": "select characters, lines; `o` goes to the other end",
    "/ ? n N": "find, find backward, next, last",
    ": ZZ": "`:w` `:q` `:wq` or a line's number; save and quit (quitting always saves)",
    "zz": "bring the cursor to the middle",
    "iw aw is as ip ap": "objects: a word, a sentence, a paragraph",
    "i\" i“ i' i( i* i_": "objects: what is quoted, in brackets, emphasized; `a` with its marks",
}
_EMACS = {
    "ctrl+space ctrl+@": "set the mark",
    "ctrl+w alt+w": "kill, copy the region",
    "ctrl+k": "kill to the end of the row",
    "ctrl+y alt+y": "yank, and the kill before instead",
    "ctrl+d": "delete the character after",
    "ctrl+slash ctrl+underscore": "undo",
    "ctrl+t": "change places of two characters",
    "ctrl+o ctrl+j": "open a line, begin a new one",
    "alt+u alt+l alt+c": "capitals, small letters, a capital",
    "ctrl+l": "bring the cursor to the middle",
    "ctrl+s ctrl+r": "find, find backward",
    "alt+percent_sign": "find and replace",
    "ctrl+g escape": "end what was begun",
}
_EMACS_AFTER_X = {
    "Ctrl+S": "save",
    "U": "undo",
    "H": "select everything",
    "Ctrl+X": "change places of the cursor and the mark",
    "Ctrl+C": "quit",
}
_KEYMAPS = ("vim", "emacs")


def keys_page() -> Iterator[str]:
    """The lines of the page."""
    yield "Every key of the [terminal UI](../explanation/terminal-ui.md). The names on the left are"
    yield "what [keymaps](../how-to/change-the-keys.md) call them. F1 shows those of the screen you"
    yield "are on. A key that the Vim-like or the Emacs-like keymap has instead stands behind it."
    found = _bindings()
    areas = dict.fromkeys([*_AREAS, *(name.partition(".")[0] for name in found)])
    maps = _keymaps()
    for area in areas:
        names = [name for name in found if name.partition(".")[0] == area]
        title = _AREAS.get(area, area.capitalize())
        yield from ("", f"## {title}", "", "| Name | Keys | What they do |", "|---|---|---|")
        for name in names:
            does = _cell(found[name].description)
            yield f"| `{name}` | {_keys(name, found[name], maps)} | {does} |"
    yield from ("", "## The text as in Vim", "")
    yield "Counts go before commands and motions; motions and objects go after operators. In insert"
    yield "mode the keys are the usual ones, and Esc ends it. There is one register, and no macros."
    yield from _style_table(_VIM, _vim_keys())
    yield from ("", "## The text as in Emacs", "", "| Keys | What they do |", "|---|---|")
    yield from _emacs_moves()
    yield from _style_table(_EMACS, _emacs_keys(), head=False)
    for key, does in _EMACS_AFTER_X.items():
        yield f"| Ctrl+X {key} | {does} |"


# -- bindings -----------------------------------------------------------------------------------


def _bindings() -> dict[str, Binding]:
    """Every binding that has a name, numbered ones as one, in the order of the code."""
    import inkstand.tui

    found: dict[str, Binding] = {}
    for info in walk_packages(inkstand.tui.__path__, "inkstand.tui."):
        module = import_module(info.name)
        for cls in vars(module).values():
            if not inspect.isclass(cls) or cls.__module__ != module.__name__:
                continue
            for binding in vars(cls).get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id and binding.description:
                    found.setdefault(binding.id, binding)
    return {name: each for name, each in found.items() if not re.search(r"_[2-9]$", name)}


def _keymaps() -> dict[str, Mapping[str, str]]:
    from inkstand.tui import keymaps

    nowhere = Path("there-are-no-keymaps-of-ones-own")
    return {name: keymaps.load(name, nowhere).keys for name in _KEYMAPS}


def _keys(name: str, binding: Binding, maps: Mapping[str, Mapping[str, str]]) -> str:
    numbered = " ..." if name.endswith("_1") else ""
    shown = _shown(binding.key.split(",")) + numbered
    other = [
        f"{keymap}: {_shown(keys[name].split(','))}"
        for keymap, keys in maps.items()
        if keys.get(name, binding.key) != binding.key
    ]
    return "; ".join([shown, *other])


def _shown(keys: Iterable[str]) -> str:
    from inkstand.tui.keymaps import shown_key

    return ", ".join(_cell(shown_key(_by_character(key.strip()))) for key in keys)


def _by_character(key: str) -> str:
    """`alt+left_curly_bracket` as `alt+{`."""
    modifiers, plus, last = key.rpartition("+")
    character = "_" if last == "underscore" else key_to_character(last) if "_" in last else None
    return f"{modifiers}{plus}{character or last}"


def _cell(text: str) -> str:
    return text.replace("|", "&#124;").replace("<", "&lt;").replace("*", "&#42;")


# -- the styles of the editor -------------------------------------------------------------------


def _vim_keys() -> set[str]:
    from inkstand.tui.editor.vim import keys, motions
    from inkstand.tui.editor.vim.commands import COMMANDS

    return {*motions.MOTIONS, *COMMANDS, *keys._OPERATORS, *keys._PAGES}  # noqa: SLF001


def _emacs_keys() -> set[str]:
    from inkstand.tui.editor.emacs import EmacsKeys

    return set(EmacsKeys(Mock())._commands)  # noqa: SLF001


def _emacs_moves() -> Iterator[str]:
    from inkstand.tui.editor import commands, emacs

    for table, told in ((emacs._MOVES, commands._MOVES), (emacs._KILLS, commands._DELETIONS)):  # noqa: SLF001
        does = {name: description for name, _, description in told}
        for move in dict.fromkeys(table.values()):
            keys = [key for key, name in table.items() if name == move]
            yield f"| {_shown(keys)} | {_cell(does[move]).replace('Delete', 'Kill')} |"


def _style_table(told: Mapping[str, str], there: set[str], *, head: bool = True) -> Iterator[str]:
    described = {key for keys in told for key in keys.split()}
    if there - described:
        raise SystemExit(f"docs/keys_page.py does not say what these do: {there - described}")
    if head:
        yield from ("", "| Keys | What they do |", "|---|---|")
    for keys, does in told.items():
        shown = " ".join(
            _shown([key]) if "+" in key[1:] or len(key) > 3 else f"`{key}`" for key in keys.split()
        )
        yield f"| {shown} | {does} |"
