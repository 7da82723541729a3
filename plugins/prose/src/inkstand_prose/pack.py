"""What is kept of a manuscript's scenes from one process to the next: one file for each manuscript.

The file may be lost, damaged or old at any time: then everything is found again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from inkstand_prose.scene_memo import SceneMemo

_MOST_FILES = 16
_MOST_BYTES = 256 * 2**20
_SUFFIX = ".scenes"


class _File(msgspec.Struct, array_like=True):
    """`scenes` are by the digest of their text; each is decoded when it is asked for."""

    made_by: str
    scenes: dict[bytes, msgspec.Raw]


class Pack:
    """The scenes of one manuscript on disk.

    Args:
        folder: A folder of the reader's own.
        manuscript: What tells the manuscript from others.

    """

    def __init__(self, folder: Path, manuscript: str) -> None:
        name = hashlib.blake2b(manuscript.encode("utf-8", "replace"), digest_size=16).hexdigest()
        self._folder = folder
        self._path = folder / f"{name}{_SUFFIX}"
        self._scenes: dict[bytes, msgspec.Raw] | None = None

    def get(self, digest: bytes) -> SceneMemo | None:
        """What is kept of the text with that digest."""
        if self._scenes is None:
            self._scenes = self._load()
        raw = self._scenes.get(digest)
        if raw is None:
            return None
        try:
            return msgspec.msgpack.decode(raw, type=SceneMemo)
        except msgspec.MsgspecError:
            return None

    def _load(self) -> dict[bytes, msgspec.Raw]:
        try:
            file = msgspec.msgpack.decode(self._path.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError):
            return {}
        return file.scenes if file.made_by == _code() else {}

    def save(self, scenes: Mapping[bytes, SceneMemo]) -> None:
        """Keep these scenes in place of those before; the oldest manuscripts make room."""
        # Texts with halves of characters cannot be written, nor can anything on a full disk:
        # what is not kept costs time, not correctness.
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeError):
            encode = msgspec.msgpack.encode
            raw = {d: msgspec.Raw(encode(memo.to_leave())) for d, memo in scenes.items()}
            data = msgspec.msgpack.encode(_File(_code(), raw))
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, aside = tempfile.mkstemp(dir=self._folder, suffix=".new")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                Path(aside).replace(self._path)
            except BaseException:
                Path(aside).unlink(missing_ok=True)
                raise
            self._make_room()

    def _make_room(self) -> None:
        found = [(path, path.stat()) for path in self._folder.iterdir()]
        found.sort(key=lambda each: -each[1].st_mtime)
        size = 0
        for number, (path, status) in enumerate(found):
            size += status.st_size
            if number >= _MOST_FILES or (number and size > _MOST_BYTES):
                path.unlink(missing_ok=True)


@cache
def _code() -> str:
    """What tells the code that found something from code that may find something else."""
    root = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".txt", ".json", ".toml"}:
            status = path.stat()
            name = path.relative_to(root).as_posix()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
