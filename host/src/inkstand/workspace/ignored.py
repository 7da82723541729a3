"""Findings that the writer wants to see no more, each with a note of what it was.

They are a decision of the writer's, so they stand in the workspace's `inkstand.toml`; of a plain
folder or a single file they are kept in what Inkstand knows of it. Which findings a check gave
last is kept beside the history, so that an id is enough to ignore one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from inkstand import atomic
from inkstand.workspace.files import SETTINGS, read, sound
from inkstand.workspace.project import Workspace
from inkstand.workspace.saving import Saver
from inkstand.workspace.textfile import TextFile
from inkstand.workspace.turns import make_state
from inkstand_sdk.errors import InputError, NotFound, UsageError

TABLE = "ignored"
IN_STATE = "ignored.toml"
_FOUND = "findings.json"
_MOST_REMEMBERED = 5_000
_LONGEST_NOTE = 200


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that a check gave: its id, its kind, and what it is in one sentence."""

    id: str
    kind: str
    summary: str


class Ignored:
    """The ignored findings of one workspace.

    Args:
        workspace: The folder.
        saver: Gives the way in which its files are written.
        plain_state: Where they were kept while the folder had no `inkstand.toml`.

    """

    def __init__(self, workspace: Workspace, saver: Callable[[], Saver], plain_state: Path) -> None:
        self.workspace = workspace
        self._saver = saver
        self._plain = plain_state / IN_STATE

    @property
    def kept_in(self) -> Path:
        """The file that they stand in."""
        workspace = self.workspace
        return workspace.root / SETTINGS if workspace.is_project else self._plain

    def listed(self) -> dict[str, str]:
        """What is ignored: the notes by the findings' ids, in the order in which they came.

        Raises:
            InputError: the settings cannot be read.

        """
        notes = _notes(self._plain)
        if self.workspace.is_project:
            # A workspace reads its settings once, and they may have been changed since.
            now = Workspace(self.workspace.root, self.workspace.state).settings
            notes |= _table(now, self.kept_in)
        return notes

    def add(self, ids: Iterable[str], note: str = "") -> dict[str, str]:
        """Ignore findings that a check gave, and say what each is. Ignoring twice does nothing.

        Args:
            ids: Their ids, or enough of the beginning of each.
            note: What is written beside them; else what the check said.

        Raises:
            NotFound: no check gave such a finding.
            InputError: the settings cannot be read or written; nothing is ignored then.

        """
        seen = {each.id: each.summary for each in self.seen()}
        known = self.listed()
        named = {_whole(given, (*seen, *known)): None for given in ids}
        added = {
            id: " ".join((note or known.get(id) or seen.get(id, "")).split())[:_LONGEST_NOTE]
            for id in named
        }
        self._change(added, ())
        return added

    def remove(self, ids: Iterable[str]) -> dict[str, str]:
        """Ignore findings no more, and say what each was.

        Raises:
            NotFound: one of them is not ignored.
            InputError: the settings cannot be read or written; all are ignored still.

        """
        known = self.listed()
        removed = {id: known[id] for id in (_whole(given, known) for given in ids)}
        self._change({}, removed)
        return removed

    def seen(self) -> list[Seen]:
        """The findings that checks gave lately, the newest first."""
        try:
            data = (self.workspace.state / _FOUND).read_bytes()
            return msgspec.json.decode(data, type=list[Seen])
        except (OSError, msgspec.DecodeError):
            return []  # It can be found again.

    def remember(self, findings: Iterable[Mapping[str, Any]]) -> None:
        """Keep in mind what a check gave, so that its findings can be ignored by their ids.

        Raises:
            OSError: the state folder cannot be written.

        """
        new = [
            Seen(id=each["id"], kind=str(each["kind"]), summary=str(each["summary"]))
            for each in findings
        ]
        before = self.seen()
        kept = list({each.id: each for each in (*new, *before)}.values())[:_MOST_REMEMBERED]
        if kept == before:
            return
        make_state(self.workspace.state)
        text = json.dumps(msgspec.to_builtins(kept), ensure_ascii=True)
        atomic.write_text(self.workspace.state / _FOUND, text)

    def _change(self, added: Mapping[str, str], removed: Iterable[str]) -> None:
        saver = self._saver()
        with saver.alone():
            if self.workspace.is_project:
                path = self.workspace.root / SETTINGS
                basis = TextFile.of(read(path), SETTINGS)
                changed = with_ignored(basis.text, added, removed)
                if changed != basis.text:
                    saver.save(path, changed, basis=basis, why="a finding was ignored")
                added = {}
            self._change_plain(added, removed)

    def _change_plain(self, added: Mapping[str, str], removed: Iterable[str]) -> None:
        """The same in what Inkstand keeps itself, where the folder has or had no settings."""
        before = ""
        with suppress(FileNotFoundError):
            before = self._plain.read_text(encoding="utf-8")
        changed = with_ignored(before, added, removed)
        if changed == before:
            return
        try:
            make_state(self._plain.parent)
            atomic.write_text(self._plain, changed)
        except OSError as error:
            raise InputError(
                f"{sound(str(self._plain))} cannot be written: {error.strerror or error}.",
                "The disk may be full, or Inkstand may not write there. Nothing was changed.",
                "Make room, or change the permissions, and try again.",
            ) from error


def with_ignored(source: str, added: Mapping[str, str], removed: Iterable[str]) -> str:
    """The text of a TOML file with findings added and taken away, everything else as it was.

    Raises:
        InputError: it is no TOML.

    """
    # tomlkit takes 20 ms to import.
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        document = tomlkit.parse(source)
    except ParseError as error:
        raise _unreadable(SETTINGS, str(error)) from error
    _table(document, Path(SETTINGS))
    notes: Any = document.get(TABLE)
    if notes is None:
        if not added:
            return source
        document[TABLE] = tomlkit.table()
        notes = document[TABLE]
    for id, note in added.items():
        if notes.get(id) != note:
            notes[id] = note
    for id in removed:
        notes.pop(id, None)
    if not notes and not notes.as_string().strip():
        document.pop(TABLE)
    return tomlkit.dumps(document)


def _notes(path: Path) -> dict[str, str]:
    try:
        return _table(tomllib.loads(path.read_bytes().decode("utf-8")), path)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _unreadable(str(path), str(error)) from error


def _table(settings: Mapping[str, Any], path: Path) -> dict[str, str]:
    found = settings.get(TABLE, {})
    if not isinstance(found, Mapping):
        raise InputError(
            f"The ignored findings in {sound(str(path))} cannot be understood.",
            f"[{TABLE}] is a table of ids, each with a note of what it is.",
            f'For example: [{TABLE}] eye_color-0a1b2c3d = "She wears lenses."',
        )
    return {str(id): str(note) for id, note in found.items()}


def _unreadable(path: str, why: str) -> InputError:
    return InputError(
        f"{sound(path)} cannot be read: {why}.",
        "It was probably edited by hand and is no longer valid TOML.",
        "Mend that line.",
    )


def _whole(given: str, known: Iterable[str]) -> str:
    """The id that is meant by one, or by the beginning of one."""
    every = list(dict.fromkeys(known))
    if given in every:
        return given
    meant = [id for id in every if given and id.startswith(given)]
    if len(meant) > 1:
        raise UsageError(
            f"{given!r} is the beginning of several findings: {', '.join(meant[:5])}.",
            "",
            "Give more of the id.",
        )
    if not meant:
        raise NotFound(
            f"There is no finding {given!r} here.",
            "An id is of one workspace, and another one once its passages are changed.",
            "See which there are: inkstand run continuity PATH, or inkstand ignore",
        )
    return meant[0]
