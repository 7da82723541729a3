"""A batch's output file as its own journal: what stands in it is never done again.

Answers are appended in the order of their lines, each in one write that outlives this process. An
answer that is ready too early goes to a file beside it first, and a third one has a digest of each
line that was read, so that a source that was changed meanwhile is noticed. Both lie in the state
directory. After a kill the next run cuts off a torn last line and goes on behind it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from inkstand import atomic
from inkstand.batch.lines import DIGEST, Answer, Id
from inkstand.batch.output import appended, cannot_write, settled
from inkstand.batch.record import BatchRecord, RecordFolder
from inkstand.batch.results import Results
from inkstand_sdk.errors import ErrorInfo, InputError
from inkstand_sdk.messages import GenerateResult

_MOST_EARLY = 32 * 2**20
"""Bytes of the file of early answers from which what is no longer needed is dropped."""


class _Written(msgspec.Struct):
    """As much of an answer as is needed to know where a batch stands."""

    line: int
    id: Id = None
    error: msgspec.Raw = msgspec.Raw()


class Journal(Results):
    """The answers of a batch in a file.

    Args:
        file: The output, open for reading and appending, and locked.
        record: What is known of the batch.
        folder: Where its record lies.

    """

    def __init__(self, file: BinaryIO, record: BatchRecord, folder: RecordFolder) -> None:
        super().__init__()
        self._file = file
        self._record = record
        self._folder = folder
        self._out = Path(record.out)
        self._early_path = folder.path(self._out, "early")
        folder.folder.mkdir(parents=True, exist_ok=True)
        self._digests_path = folder.path(self._out, "lines")
        self._digests_path.touch()
        self._digests: BinaryIO = self._digests_path.open("r+b", buffering=0)
        self._early: BinaryIO = self._early_path.open("a+b", buffering=0)
        self._early_size = 0
        self._noted = self._digests.seek(0, os.SEEK_END) // DIGEST
        self._kept: dict[int, Answer] = {}

    def begin_anew(self) -> None:
        """Forget whatever was there."""
        # In this order: a kill in between leaves no early answers that belong to other lines.
        self._early.truncate(0)
        self._digests.truncate(0)
        self._noted = 0
        self._file.truncate(0)
        self._folder.write(self._record)

    def go_on(self) -> None:
        """Take up what an earlier run has written.

        Raises:
            InputError: the file holds something else than a batch writes.

        """
        end, ended = 0, True
        for place, data in enumerate(_lines(self._out), 1):
            written = _decoded(data, _Written)
            if written is None or written.line <= self.last:
                if data.endswith(b"\n"):
                    raise InputError(
                        f"{self._out} is not what a batch has written: see its line {place}.",
                        "It was changed, or comes from something else.",
                        "Name another file, or put this one out of the way.",
                    )
                break
            end += len(data)
            ended = data.endswith(b"\n")
            self.last = written.line
            self.done += 1
            self.failed += bool(bytes(written.error))
        self._file.truncate(end)
        if not ended:
            appended(self._file, b"\n", self._out)
        for data in _lines(self._early_path):
            answer = _answer(data) if data.endswith(b"\n") else None
            if answer is not None and answer.line > self.last:
                self._kept[answer.line] = answer
        self._rewrite_early(self._kept)
        self._folder.write(self._record)

    def has(self, number: int, digest: bytes) -> bool:
        """Whether the line was answered before; sees that it is still the same line."""
        same = self._note(number, digest)
        if number <= self.last:
            if not same:
                raise InputError(
                    f"Line {number} of the requests is not what it was when it was answered.",
                    "They were changed since the batch began.",
                    "Put them back as they were, or begin anew with --force.",
                )
            return True
        kept = self._kept.pop(number, None)
        if kept is None:
            return False
        if not same:
            # It answers another line, and must not come back after the next kill.
            self._rewrite_early({**self._waiting, **self._kept})
            return False
        self.expect(number)
        if self.first_open == number:
            self.give(kept)
        else:
            self._waiting[number] = kept
        return True

    def ended(self, number: int) -> None:
        """See that the source has not become shorter than it was; `number` is its last line.

        Raises:
            InputError: it has.

        """
        if number < self.last:
            raise InputError(
                f"The requests end at line {number}, and line {self.last} has been answered.",
                "They were changed since the batch began.",
                "Put them back as they were, or begin anew with --force.",
            )

    def settle(self) -> None:
        """Bring everything to the disk, and the record up to date."""
        settled(self._digests, self._digests_path)
        settled(self._early, self._early_path)
        settled(self._file, self._out)
        try:
            self._write_record(complete=False)
        except OSError as error:
            raise cannot_write(self._folder.folder, error) from error

    def close(self, *, complete: bool) -> None:
        """Leave a record of how far it came; nothing of the answers is lost without it."""
        with contextlib.suppress(InputError, OSError):
            settled(self._file, self._out)
            self._write_record(complete=complete)
        for file in (self._digests, self._early, self._file):
            file.close()
        if complete:
            self._early_path.unlink(missing_ok=True)

    def _write_record(self, *, complete: bool) -> None:
        self._folder.write(
            msgspec.structs.replace(
                self._record,
                done=self.done,
                failed=self.failed,
                seen=time.time(),
                complete=complete,
            )
        )

    def _note(self, number: int, digest: bytes) -> bool:
        """Remember a line's digest; whether it is the one that was remembered, if one was."""
        place = (number - 1) * DIGEST
        if number <= self._noted:
            self._digests.seek(place)
            if self._digests.read(DIGEST) == digest:
                return True
        known = number <= self._noted
        if not known or number > self.last:
            self._digests.seek(place)
            _write(self._digests, digest, self._digests_path)
            self._noted = max(self._noted, number)
        return not known

    def _append(self, answer: Answer) -> None:
        appended(self._file, answer.encoded(), self._out)
        if self._early_size and not self._waiting and not self._kept:
            self._rewrite_early({})

    def _hold(self, answer: Answer) -> None:
        data = answer.encoded()
        appended(self._early, data, self._early_path)
        self._early_size += len(data)
        if self._early_size > _MOST_EARLY:
            self._rewrite_early({**self._waiting, **self._kept})

    def _rewrite_early(self, answers: dict[int, Answer]) -> None:
        """Keep these early answers only."""
        kept = b"".join(answer.encoded() for answer in answers.values())
        if kept:
            # Aside and renamed: a kill must not take them with it.
            self._early.close()
            try:
                atomic.write_bytes(self._early_path, kept)
            except OSError as error:
                raise cannot_write(self._early_path, error) from error
            self._early = self._early_path.open("a+b", buffering=0)
        else:
            self._early.truncate(0)
        self._early_size = len(kept)


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that is open elsewhere without a buffer."""
    with path.open("rb") as file:
        yield from file


def _write(file: BinaryIO, data: bytes, path: Path) -> None:
    try:
        file.write(data)
    except OSError as error:
        raise cannot_write(path, error) from error


def _decoded(data: bytes, kind: type[_Written]) -> _Written | None:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _answer(data: bytes) -> Answer | None:
    """An answer from its line of JSON; None if it is none."""
    try:
        fields = msgspec.json.decode(data)
        line, id_ = fields.pop("line"), fields.pop("id", None)
        if (error := fields.pop("error", None)) is not None:
            return Answer(line, id_, error=msgspec.convert(error, ErrorInfo))
        return Answer(line, id_, msgspec.convert(fields, GenerateResult))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, LookupError, AttributeError):
        return None
