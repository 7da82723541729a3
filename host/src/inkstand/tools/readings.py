"""Readings: made by the reader of a manuscript's language, kept by the hash of its scenes."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from inkstand.index import Descriptor
from inkstand.jobs import CancelToken
from inkstand.tools.unpacking import unpack
from inkstand.workers.connection import misunderstood
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.errors import NotFound, WorkerCrashed
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.reader import Reading, SceneReading
from inkstand_sdk.worker.protocol import Progress, Read, ToolEvent

OnProgress = Callable[[float | None, str], None]
_KEPT = 64
_MOST_BYTES = 256 * 2**20


class Readings:
    """Readings of manuscripts, cached in a folder.

    Args:
        pool: Where readers run.
        folder: The cache; it may be deleted at any time.
        readers: The usable readers, asked for when one is needed.
        spec: Makes the worker's spec for a reader's distribution.
        settings: What the configuration says for the reader of that name.

    """

    def __init__(
        self,
        pool: WorkerPool,
        folder: Path,
        readers: Callable[[], Sequence[Descriptor]],
        spec: Callable[[Descriptor], WorkerSpec],
        settings: Callable[[str], dict[str, Any]],
    ) -> None:
        self._pool = pool
        self._folder = folder
        self._readers = readers
        self._spec = spec
        self._settings = settings

    def of(
        self,
        manuscript: Manuscript,
        progress: OnProgress | None = None,
        cancel: CancelToken | None = None,
    ) -> Reading:
        """The reading of `manuscript`, from the cache if nothing in it has changed.

        Raises:
            NotFound: no reader is installed.
            WorkerCrashed: its process died, twice.

        """
        reader, note = self._reader(manuscript.language)
        path = self._folder / f"{_key(manuscript, reader, self._settings(reader.name))}.msgpack"
        reading = _kept(path)
        if reading is None:
            try:
                body = self._read(manuscript, reader, progress, cancel)
            except WorkerCrashed:
                # Nothing of it was used yet, so a fresh worker can begin again.
                body = self._read(manuscript, reader, progress, cancel)
            reading = _understood(body)
            self._keep(path, body)
        reading = _with_all_scenes(reading, len(manuscript.scenes))
        if note:
            reading = msgspec.structs.replace(reading, notes=(note, *reading.notes))
        return reading

    def _reader(self, language: str) -> tuple[Descriptor, str]:
        readers = sorted(self._readers(), key=lambda reader: reader.name)
        for reader in readers:
            if language in reader.capabilities.get("languages", ()):
                return reader, ""
        if not readers:
            raise NotFound(
                "No reader is installed, so there is nothing that can read the text.",
                "Readers come with plugins.",
                "Install one: pip install inkstand-prose",
            )
        note = (
            f"No installed reader reads the language {language!r}; {readers[0].name} was used,"
            " which was made for another."
        )
        return readers[0], note

    def _read(
        self,
        manuscript: Manuscript,
        reader: Descriptor,
        progress: OnProgress | None,
        cancel: CancelToken | None,
    ) -> msgspec.Raw:
        def on_item(event: ToolEvent) -> None:
            if progress is not None and isinstance(event, Progress):
                progress(event.fraction, event.message)

        with self._pool.lease(self._spec(reader), cancel=cancel) as worker:
            body: msgspec.Raw = worker.call(
                "read",
                Read(
                    reader=reader.name,
                    manuscript=manuscript,
                    settings=self._settings(reader.name),
                    cache=str(self._folder.absolute() / "by-scene" / reader.name),
                ),
                msgspec.Raw,
                on_item=on_item,
                item_type=ToolEvent,
                cancel=cancel,
            )
        return body

    def _keep(self, path: Path, body: bytes | msgspec.Raw) -> None:
        # A cache that cannot be written costs time, not correctness.
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            # Not synced: a reading that a power failure takes is made again.
            aside = path.with_name(f"{uuid.uuid4().hex}.new")
            aside.write_bytes(body)
            aside.replace(path)
            for old in _beyond(self._folder):
                old.unlink(missing_ok=True)


def _understood(body: msgspec.Raw) -> Reading:
    try:
        return unpack(body)
    except msgspec.MsgspecError as error:
        raise misunderstood(error) from error


def _with_all_scenes(reading: Reading, count: int) -> Reading:
    """The reading with as many scenes as the manuscript has: a reader may say nothing of some."""
    if len(reading.scenes) == count:
        return reading
    scenes = (*reading.scenes, *(SceneReading() for _ in range(count)))[:count]
    return msgspec.structs.replace(reading, scenes=scenes)


def _kept(path: Path) -> Reading | None:
    try:
        return unpack(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None


def _beyond(folder: Path) -> Iterator[Path]:
    """The files of `folder` but the newest, of which there are as many as are kept."""
    found = [(file, file.stat()) for file in folder.iterdir() if file.is_file()]
    found.sort(key=lambda each: each[1].st_mtime, reverse=True)
    size = 0
    for number, (file, status) in enumerate(found):
        size += status.st_size
        if number >= _KEPT or (number and size > _MOST_BYTES):
            yield file


def _key(manuscript: Manuscript, reader: Descriptor, settings: dict[str, Any]) -> str:
    """What a reading depends on: the scenes' texts, and the reader with version and settings.

    A reader that is being worked on keeps its version while its code changes: so its files'
    fingerprint counts too.
    """
    digest = hashlib.sha256()
    digest.update(f"{reader.name} {reader.version} {reader.fingerprint}\n".encode())
    digest.update(msgspec.json.encode(settings, order="sorted"))
    digest.update(f"{manuscript.title}\n{manuscript.language}\n".encode("utf-8", "replace"))
    for scene in manuscript.scenes:
        digest.update(f"{scene.sha256} {scene.title} {scene.chapter} {scene.pov}\n".encode())
    return digest.hexdigest()[:40]
