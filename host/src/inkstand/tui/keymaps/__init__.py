"""Which keys do what: keymaps in TOML, those that come with Inkstand and the writer's own.

A file `keymaps/NAME.toml` in the configuration folder is a keymap. What it leaves out is as in the
one that it is based on:

    title = "Mine"
    base = "emacs"
    [keys]
    "app.palette" = "ctrl+space"
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec
from textual.keys import Keys

from inkstand_sdk.errors import InputError

FOLDER = "keymaps"
BUILT_IN = ("default", "vim", "emacs")
DEFAULT = "default"


class KeymapFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A keymap as a file holds it: ids of bindings, and the keys of each, divided by commas."""

    title: str = ""
    base: str = ""
    editor: Literal["", "plain", "vim", "emacs"] = ""
    keys: dict[str, str] = {}


class Keymap(msgspec.Struct, frozen=True):
    """A keymap with all that it takes from others."""

    name: str
    title: str
    editor: Literal["plain", "vim", "emacs"]
    keys: dict[str, str]


def names(folder: Path) -> list[str]:
    """The keymaps there are: those that come with Inkstand, then the writer's own."""
    own = sorted(path.stem for path in folder.glob("*.toml"))
    return [*BUILT_IN, *(name for name in own if name not in BUILT_IN)]


def load(name: str, folder: Path) -> Keymap:
    """The keymap of that name.

    Raises:
        InputError: there is none, it cannot be read, or it names a key that there is not.

    """
    title, following = "", name
    editor: Literal["", "plain", "vim", "emacs"] = ""
    keys: dict[str, str] = {}
    seen: set[str] = set()
    while following:
        if following in seen:
            raise _wrong(following, "it is based on itself")
        seen.add(following)
        told = _read(following, folder)
        title = title or told.title
        editor = editor or told.editor
        keys = {**told.keys, **keys}
        following = told.base
    for binding, named in keys.items():
        for key in filter(None, named.split(",")):
            if not _is_key(key.strip()):
                raise _wrong(name, f"{key.strip()!r} of {binding} is no key")
    return Keymap(name, title or name, editor or "plain", keys)


def _read(name: str, folder: Path) -> KeymapFile:
    path = folder / f"{name}.toml"
    try:
        if path.is_file() or name not in BUILT_IN:
            source = path.read_text(encoding="utf-8-sig")
        else:
            source = (resources.files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
        told: KeymapFile = msgspec.convert(tomllib.loads(source), KeymapFile)
    except FileNotFoundError as error:
        raise InputError(
            f"There is no keymap {name}.",
            f"There are {', '.join(names(folder))}.",
            f"Make one in {folder}, or: inkstand config set ui.keymap default",
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _wrong(name, str(error)) from error
    return told


def _is_key(key: str) -> bool:
    """Whether that is how a key is written: `ctrl+f`, `f2`, `alt+shift+up`, `question_mark`."""
    *modifiers, last = key.split("+")
    if any(each not in ("ctrl", "alt", "shift", "super", "meta", "hyper") for each in modifiers):
        return False
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    known = {each.value for each in Keys}
    return last in known or last.replace("_", "").isalnum()


_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "backspace": "Backspace",
    "delete": "Del",
    "insert": "Ins",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "full_stop": ".",
    "comma": ",",
    "minus": "-",
    "plus": "+",
    "equals_sign": "=",
    "slash": "/",
    "question_mark": "?",
    "backslash": "\\",
}


def shown_key(key: str) -> str:
    """How a key is written for people: `ctrl+f` is Ctrl+F."""
    *modifiers, last = key.split("+")
    name = _SHOWN.get(last) or (last.capitalize() if len(last) > 1 else last)
    if modifiers and len(last) == 1:
        name = last.upper()
    return "+".join([*(each.capitalize() for each in modifiers), name])


def _wrong(name: str, why: str) -> InputError:
    return InputError(
        f"The keymap {name} cannot be used: {why}.",
        'It holds lines such as "editor.find" = "ctrl+f" below [keys].',
        "See the keys and their names on the help screen (F1).",
    )
