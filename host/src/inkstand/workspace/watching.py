"""Changes that other programs make in a workspace, as they happen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from inkstand.jobs import CancelToken
from inkstand.workspace.counts import Count, Counts
from inkstand.workspace.files import sound
from inkstand.workspace.outlines import Outlines
from inkstand.workspace.project import Workspace
from inkstand_sdk.errors import InputError

# watchfiles takes 30 ms to import.

_GATHER_MS = 400
"""How long changes are gathered that come in quick succession, as when an editor saves."""
_STEP_MS = 50
LOOK_MS = 5_000
"""How often is looked in any case: network drives do not tell of changes made elsewhere."""


class FileChange(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was changed, with its words now and before."""

    name: str
    kind: Literal["added", "changed", "removed"]
    words: int
    before: int


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed at once, and the words of the workspace since: in all, and of today."""

    files: tuple[FileChange, ...]
    words: int
    today: int


class Watcher:
    """Watches one workspace from now on; what a change did not touch is not read again.

    Args:
        workspace: The folder, or the one file.
        outlines: How its files were split before.
        counts: Its words.

    Raises:
        InputError: it cannot be read.

    """

    def __init__(self, workspace: Workspace, outlines: Outlines, counts: Counts) -> None:
        self._workspace = workspace
        self._outlines = outlines
        self._counts = counts
        _, self._files = self._now()

    def follow(self, cancel: CancelToken, emit: Callable[[Changed], None]) -> None:
        """Emit each change until `cancel` is cancelled.

        Raises:
            InputError: the workspace is gone, or cannot be read.

        """
        for _ in self._moments(cancel):
            words, now = self._now()
            changes = tuple(_compared(self._files, now))
            self._files = now
            if changes and not cancel.cancelled:
                emit(Changed(files=changes, words=words.words, today=words.today))

    def _now(self) -> tuple[Count, dict[str, tuple[bytes, int]]]:
        """The words now, and each file's hash and words."""
        root, only = self._workspace.root, self._workspace.only
        if not root.is_dir():
            raise InputError(
                f"The folder {sound(str(root))} is not there any more.",
                "It was deleted or renamed, or its disk is gone.",
                "Watch it where it is now.",
            )
        count = self._counts.count(may_be_empty=True)
        known = self._outlines.known()
        names = [file.name for file in count.files]
        if only is not None and not only.exists():
            names = []
        return count, {
            name: (known[name].sha256, known[name].words) for name in names if name in known
        }

    def _moments(self, cancel: CancelToken) -> Iterator[None]:
        """Whenever something may have been changed. The first comes at once."""
        yield None  # something may have been changed before the watch began
        stop = threading.Event()
        with cancel.listening(stop.set):
            try:
                yield from self._told(stop, polling=None)
            except OSError:
                # The system watches no more folders: they are looked at again and again instead.
                yield from self._told(stop, polling=True)

    def _told(self, stop: threading.Event, *, polling: bool | None) -> Iterator[None]:
        from watchfiles import watch

        root = self._workspace.root
        if not root.is_dir():
            yield None
            return
        for _ in watch(
            root,
            watch_filter=lambda _change, path: _is_visible(Path(path), root),
            debounce=_GATHER_MS,
            step=_STEP_MS,
            stop_event=stop,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=polling,
            # The files of a folder without a project may be all that there is on a disk.
            recursive=self._workspace.only is None,
            ignore_permission_denied=True,
        ):
            yield None


def _is_visible(path: Path, root: Path) -> bool:
    """Whether a change is one of the writer's: what Inkstand keeps, and writes aside, is hidden."""
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    return not any(part.startswith(".") for part in inside.parts)


def _compared(
    old: dict[str, tuple[bytes, int]], new: dict[str, tuple[bytes, int]]
) -> Iterator[FileChange]:
    for name, (digest, words) in new.items():
        if name not in old:
            yield FileChange(name=name, kind="added", words=words, before=0)
        elif old[name][0] != digest:
            yield FileChange(name=name, kind="changed", words=words, before=old[name][1])
    for name, (_, words) in old.items():
        if name not in new:
            yield FileChange(name=name, kind="removed", words=0, before=words)
