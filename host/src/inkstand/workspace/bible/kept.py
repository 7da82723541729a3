"""Front matter that was read before: YAML takes milliseconds a page, and most stay as they are.

It is kept in the workspace's state by the hash of the file, and can be deleted at any time.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec

from inkstand import atomic
from inkstand.workspace.bible import front
from inkstand.workspace.project import STATE
from inkstand.workspace.textfile import TextFile
from inkstand.workspace.turns import make_state
from inkstand_sdk.errors import InputError

FILE = "bible.msgpack"
FORMAT = 1
"""Raised when front matter is read in another way: what was kept is read anew."""
_FEW = 25
"""Pages that are quickly read again: a small bible leaves nothing on the disk."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    fields: dict[str, Any]
    lines: list[tuple[list[str | int], int]]
    start: int
    end: int
    text_at: int
    fault: str
    fault_line: int


class _Everything(msgspec.Struct, frozen=True, array_like=True):
    format: int
    fronts: dict[str, _Kept]


class KeptFronts:
    """The front matter of a bible's pages. Thread-safe.

    What cannot be read or written of it only costs the time to read the pages again.

    Args:
        state: The workspace's state folder.

    """

    def __init__(self, state: Path) -> None:
        self._path = state / FILE
        self._lock = threading.Lock()
        self._known: dict[str, front.Front] | None = None
        self._used: set[str] = set()
        self._fresh = 0

    def of(self, source: TextFile) -> front.Front:
        """The front matter of a file. It has no `root`: who changes it reads it again."""
        key = source.sha256
        with self._lock:
            if self._known is None:
                self._known = self._loaded()
            self._used.add(key)
            found = self._known.get(key)
        if found is None:
            found = msgspec.structs.replace(front.read(source.text), root=None)
            with self._lock:
                self._known[key] = found
                self._fresh += 1
        return found

    def flush(self) -> None:
        """Write what is new, without the pages that were not asked for since the last time."""
        with self._lock:
            known, used = self._known or {}, self._used
            self._used = set()
            if self._fresh < _FEW:
                return
            self._fresh = 0
            kept = {key: _packed(known[key]) for key in used}
        self._write(msgspec.msgpack.encode(_Everything(FORMAT, kept)))

    def _write(self, data: bytes) -> None:
        state = self._path.parent
        # A workspace that was deleted meanwhile does not come back.
        if state.name == STATE and not state.parent.is_dir():
            return
        try:
            make_state(state)
            atomic.write_bytes(self._path, data)
        except (OSError, InputError):
            return

    def _loaded(self) -> dict[str, front.Front]:
        try:
            found = msgspec.msgpack.decode(self._path.read_bytes(), type=_Everything)
        except (OSError, msgspec.DecodeError):
            return {}
        if found.format != FORMAT:
            return {}
        return {key: _unpacked(kept) for key, kept in found.fronts.items()}


def _packed(matter: front.Front) -> _Kept:
    lines = [(list(path), line) for path, line in matter.lines.items()]
    return _Kept(
        matter.fields,
        lines,
        matter.start,
        matter.end,
        matter.text_at,
        matter.fault,
        matter.fault_line,
    )


def _unpacked(kept: _Kept) -> front.Front:
    lines = {tuple(path): line for path, line in kept.lines}
    return front.Front(
        kept.fields, lines, kept.start, kept.end, kept.text_at, kept.fault, kept.fault_line
    )
