"""What checks found last, kept beside the history until the text is checked again."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from inkstand import atomic
from inkstand.workspace.project import Workspace
from inkstand.workspace.turns import make_state
from inkstand_sdk.errors import InputError
from inkstand_sdk.findings import Finding
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.tool import BibleEntry

CHECKED = "checked.json"


class CheckedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a check: the tool, what it was asked, what it found, and of which text.

    `text` is the fingerprint of what it looked at; `at` the time (ISO 8601, UTC).
    """

    tool: str
    title: str = ""
    values: dict[str, Any] = {}
    text: str = ""
    at: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


class Checked:
    """The last run of each check in one workspace. Thread-safe.

    Args:
        workspace: The workspace.
        manuscript: Gives the manuscript at a path of it.
        pages: Gives the pages of its bible.

    """

    def __init__(
        self,
        workspace: Workspace,
        manuscript: Callable[[Path], Manuscript],
        pages: Callable[[], tuple[BibleEntry, ...]],
    ) -> None:
        self._path = workspace.state / CHECKED
        self._manuscript = manuscript
        self._pages = pages
        self._lock = threading.Lock()
        self._runs: dict[str, CheckedRun] | None = None

    def runs(self) -> list[CheckedRun]:
        """The last run of each check, in the order of their names."""
        with self._lock:
            return sorted(self._known().values(), key=lambda run: run.tool)

    def keep(
        self,
        tool: str,
        output: Mapping[str, Any],
        *,
        title: str = "",
        values: Mapping[str, Any] | None = None,
        text: str = "",
        notes: Sequence[str] = (),
    ) -> CheckedRun:
        """Keep what a check found in the place of what it found before, and return it.

        Where it cannot be written it is known until the program ends.

        Args:
            tool: The tool.
            output: What it gave, with `findings` as the SDK has them.
            title: What it is called.
            values: What it was asked.
            text: The fingerprint of what it looked at.
            notes: Sentences for the user.

        Raises:
            InputError: its findings are not of that form.

        """
        run = CheckedRun(
            tool=tool,
            title=title or tool,
            values=dict(values or {}),
            text=text,
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            findings=_findings(tool, output),
            notes=tuple(notes),
        )
        with self._lock:
            known = self._known()
            known[tool] = run
            # What is lost can be found again.
            with contextlib.suppress(OSError):
                make_state(self._path.parent)
                atomic.write_bytes(self._path, msgspec.json.encode(list(known.values())))
        return run

    def text_at(self, path: Path) -> str:
        """The fingerprint of what a check of a file or folder looks at now.

        Raises:
            InputError: there is nothing to look at.

        """
        return fingerprint(self._manuscript(path), self._pages())

    def _known(self) -> dict[str, CheckedRun]:
        if self._runs is None:
            try:
                found = msgspec.json.decode(self._path.read_bytes(), type=list[CheckedRun])
            except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
                found = []
            self._runs = {run.tool: run for run in found}
        return self._runs


def _findings(tool: str, output: Mapping[str, Any]) -> tuple[Finding, ...]:
    try:
        return msgspec.convert(output.get("findings", ()), tuple[Finding, ...])
    except msgspec.ValidationError as error:
        raise InputError(
            f"What {tool} found cannot be read: {error}.",
            "The plugin gives findings of another form than the SDK's.",
            "Update it, or tell its author.",
        ) from error


def fingerprint(manuscript: Manuscript, entries: Iterable[BibleEntry]) -> str:
    """What a check looks at, as a hash: the scenes and the bible's pages."""
    told = hashlib.sha256()
    for scene in manuscript.scenes:
        told.update(f"{scene.id}\0{scene.sha256}\0{scene.when}\0{scene.place}\0".encode())
    told.update(msgspec.json.encode([(entry.kind, entry.name) for entry in entries]))
    for entry in entries:
        told.update(msgspec.json.encode((entry.fields, entry.text)))
    return told.hexdigest()
