"""Which files of a workspace must not leave the machine, by what `inkstand.toml` says of it."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from inkstand.workspace.files import SETTINGS
from inkstand.workspace.project import Workspace
from inkstand_sdk.errors import InputError

_NEVER = ("never", "no", "false", "off")


class CloudRules(msgspec.Struct, frozen=True):
    """What stays here: everything, or the files that a pattern fits.

    A pattern is a path from the workspace's folder on; `*` stands for anything, folders included,
    and a folder's name for all that is in it. Upper and lower case are the same.
    """

    everything: bool = False
    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> CloudRules:
        """The rules in the settings of a workspace; what cannot be understood keeps all here."""
        said = settings.get("cloud")
        if said is None:
            return cls()
        if isinstance(said, str | bool):
            return cls(everything=_is_never(said))
        if not isinstance(said, Mapping):
            return cls(everything=True)
        never = said.get("never", ())
        if isinstance(never, bool):
            return cls(everything=never)
        if isinstance(never, str):
            never = [never]
        if not isinstance(never, list | tuple) or not all(isinstance(one, str) for one in never):
            return cls(everything=True)
        patterns = tuple(pattern for one in never if (pattern := _plain(one)))
        return cls("*" in patterns or "**" in patterns, patterns)

    def keep(self, name: str) -> bool:
        """Whether the file of that name stays here."""
        if self.everything:
            return True
        plain = _plain(name) if self.patterns else ""
        return any(
            fnmatchcase(plain, pattern) or fnmatchcase(plain, f"{pattern}/*")
            for pattern in self.patterns
        )


class Marks:
    """What stays here of a folder: by its own settings, and by those of workspaces within it.

    Args:
        root: The folder.
        settings: What its `inkstand.toml` says.

    """

    def __init__(self, root: Path, settings: Mapping[str, Any]) -> None:
        self._root = root
        self._rules = CloudRules.of(settings)
        self._inner: dict[str, tuple[tuple[str, CloudRules], ...]] = {}

    @property
    def everything(self) -> bool:
        """Whether nothing may leave the folder."""
        return self._rules.everything

    def keep(self, name: str) -> bool:
        """Whether the file of that name, from the folder on, stays here."""
        if self._rules.keep(name):
            return True
        around = self._around(posixpath.dirname(name))
        return any(rules.keep(name[len(above) :]) for above, rules in around)

    def _around(self, folder: str) -> tuple[tuple[str, CloudRules], ...]:
        """The workspaces that a folder lies in, the outermost one aside, and their rules."""
        if folder in ("", "/"):
            return ()
        if folder not in self._inner:
            found = self._around(posixpath.dirname(folder))
            inner = self._root / folder
            if (inner / SETTINGS).is_file():
                found = (*found, (f"{folder}/", _rules_of(inner)))
            self._inner[folder] = found
        return self._inner[folder]


def _rules_of(folder: Path) -> CloudRules:
    try:
        return CloudRules.of(Workspace(folder, folder).settings)
    except InputError:
        return CloudRules(everything=True)  # what it says of it cannot be known


def _is_never(said: str | bool) -> bool:
    return not said if isinstance(said, bool) else said.strip().lower() in _NEVER


def _plain(name: str) -> str:
    """A name or pattern as they are compared: disks differ in how they write an é."""
    folded = unicodedata.normalize("NFC", name).replace("\\", "/").casefold()
    return folded.removeprefix("./").strip("/").replace("/**/", "/*").replace("**", "*")
