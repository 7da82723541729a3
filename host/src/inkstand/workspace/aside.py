"""The hidden folder in which an import is written before it gets its place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from inkstand import atomic

PENDING = "pending.json"
"""What in the folder is to be moved where: pairs of paths, from it and from the one it is in."""
_ASIDE = re.compile(r"\.inkstand-import-(\d+)-\w+")


@contextlib.contextmanager
def aside_in(folder: Path) -> Iterator[Path]:
    """A hidden folder that is gone in the end, with what killed imports left beside it."""
    _sweep(folder)
    made = Path(tempfile.mkdtemp(prefix=f".inkstand-import-{os.getpid()}-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _sweep(folder: Path) -> None:
    import psutil

    for path in folder.iterdir():
        match = _ASIDE.fullmatch(path.name)
        if match and path.is_dir() and not psutil.pid_exists(int(match[1])):
            _finish(path, folder)
            shutil.rmtree(path, ignore_errors=True)


def _finish(aside: Path, folder: Path) -> None:
    """Put in its place what a killed import had begun to: its notes are there, its text is not."""
    try:
        pending = [
            (Path(source), Path(name))
            for source, name in msgspec.json.decode(
                (aside / PENDING).read_bytes(), type=list[tuple[str, str]]
            )
        ]
    except (OSError, msgspec.DecodeError, ValueError):
        return
    left = [(aside / source, folder / name) for source, name in pending]
    left = [(source, at) for source, at in left if source.exists() and not source.is_symlink()]
    if len(left) == len(pending):
        return
    for source, at in left:
        is_within = at.parent.resolve().is_relative_to(folder.resolve()) and ".." not in at.parts
        if is_within and not at.exists() and source.resolve().is_relative_to(aside.resolve()):
            source.rename(at)
            atomic.sync_folders(at.parent)
