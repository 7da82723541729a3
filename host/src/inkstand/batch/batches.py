"""Batches as a face deals with them: begun, gone on with, listed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import msgspec

from inkstand.batch import output
from inkstand.batch.journal import Journal
from inkstand.batch.lines import Answer, Defaults, Line, from_file, from_requests
from inkstand.batch.record import BatchRecord, RecordFolder
from inkstand.batch.results import Passed, Results, Streamed
from inkstand.batch.run import BatchOutcome, BatchProgress, BatchRun, Writer
from inkstand.jobs import CancelToken, Job
from inkstand_sdk.errors import InputError, UsageError
from inkstand_sdk.messages import GenerateRequest

Requests = Iterable[GenerateRequest | str | Mapping[str, Any]]
Source = str | Path | BinaryIO | Requests
Mode = Literal["careful", "resume", "force"]
Batch = Job[BatchOutcome]
"""A batch at work: `events()` are its `BatchProgress`, and each `Answer` if it has no file."""


class BatchState(msgspec.Struct, frozen=True):
    """A batch that writes to a file, and whether it is running, stopped or complete."""

    record: BatchRecord
    state: Literal["running", "stopped", "complete"]


class Batches:
    """The batches of an installation.

    Args:
        state: The state directory.
        writer: Makes what answers the lines of one batch, from what holds for all of them.

    """

    def __init__(self, state: Path, writer: Callable[[Defaults], Writer]) -> None:
        self._folder = RecordFolder(state)
        self._writer = writer

    def start(
        self,
        source: Source,
        out: str | Path | BinaryIO | None = None,
        *,
        defaults: Mapping[str, Any] | None = None,
        mode: Mode = "careful",
        cancel: CancelToken | None = None,
    ) -> Batch:
        """Begin a batch, or go on with it.

        Args:
            source: A file of requests by its path, an open one, or the requests themselves.
            out: The file for the answers. None makes them events of the job, and an open file
                takes them as a stream: neither can be gone on with.
            defaults: Fields of `Defaults`, which hold for lines that say nothing else.
            mode: "careful" goes on with what the same batch began, and touches no other file;
                "resume" goes on whatever the record says; "force" writes over what is there.
            cancel: A token to cancel by, if the caller has one.

        Raises:
            InputError: a file cannot be used, or is not this batch's.
            UsageError: a default is unknown, or not allowed.

        """
        chosen = _defaults(defaults or {})
        writer = self._writer(chosen)
        read = _Source(source)
        try:
            return self._job(read, self._results(read, out, chosen, mode), writer, chosen, cancel)
        except BaseException:
            read.close()
            raise

    def listed(self) -> list[BatchState]:
        """The batches that write to files, the latest first."""
        return [BatchState(record, _state(record)) for record in self._folder.all()]

    def _job(
        self,
        source: _Source,
        results: Results | None,
        writer: Writer,
        defaults: Defaults,
        cancel: CancelToken | None,
    ) -> Batch:
        def work(own: CancelToken, emit: Callable[[BatchProgress | Answer], None]) -> BatchOutcome:
            into = results if results is not None else Passed(emit)
            complete = False
            try:
                run = BatchRun(source.lines(), into, writer, defaults, source.size)
                outcome = run.run(own, emit)
                complete = True
            finally:
                into.close(complete=complete)
                source.close()
            return outcome

        return Job(work, name="batch", cancel=cancel)

    def _results(
        self, source: _Source, out: str | Path | BinaryIO | None, defaults: Defaults, mode: Mode
    ) -> Results | None:
        if out is None:
            return None
        if not isinstance(out, str | Path):
            return Streamed(out, getattr(out, "name", "the output"))
        path = Path(os.path.realpath(Path(out).expanduser()))
        if not output.is_journal(path):
            return Streamed(output.opened_stream(path), str(path))
        was_there = path.exists()
        file = output.opened(path, source.path)
        try:
            if not was_there and os.fstat(file.fileno()).st_size == 0:
                mode = "force"  # an output that was deleted is not taken up again
            return self._journal(file, path, source, defaults, mode)
        except BaseException:
            file.close()
            raise

    def _journal(
        self, file: BinaryIO, path: Path, source: _Source, defaults: Defaults, mode: Mode
    ) -> Journal:
        record = BatchRecord(source=source.name, out=str(path), defaults=defaults)
        old = self._folder.read(path)
        empty = os.fstat(file.fileno()).st_size == 0
        ours = old is not None and (old.source, old.defaults) == (record.source, record.defaults)
        goes_on = mode == "resume" or (mode == "careful" and ours)
        if mode == "careful" and not empty:
            _check_unfinished(path, old, record)
        if old is not None and goes_on:
            record = msgspec.structs.replace(record, began=old.began)
        try:
            journal = Journal(file, record, self._folder)
            if goes_on and (old is not None or not empty):
                journal.go_on()
            else:
                journal.begin_anew()
        except OSError as error:
            raise output.cannot_write(self._folder.folder, error) from error
        return journal


def _defaults(fields: Mapping[str, Any]) -> Defaults:
    try:
        return msgspec.convert(dict(fields), Defaults)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"What is to hold for the whole batch is not valid: {error}.",
            f"It may have {', '.join(Defaults.__struct_fields__)}.",
            "Put other fields into the requests.",
        ) from error


class _Source:
    """Where the lines come from: `name` for the record, and `size` as `Line.end` counts."""

    def __init__(self, source: Source) -> None:
        self.path: Path | None = None
        self.name = ""
        self.size: int | None = None
        self._file: BinaryIO | None = None
        self._owned = False
        self._requests: Requests = ()
        if isinstance(source, str | Path):
            self.path = Path(source).expanduser()
            self.name = os.path.realpath(self.path)
            self._file = _opened(self.path)
            self._owned = True
        elif hasattr(source, "readline"):
            self.name = "-"
            self._file = cast("BinaryIO", source)
        else:
            self._requests = source
            self.size = len(source) if isinstance(source, Sized) else None
        if self._file is not None:
            self.size = _size(self._file)

    def lines(self) -> Iterator[Line]:
        """The lines, once."""
        if self._file is None:
            return from_requests(self._requests)
        return from_file(self._file, str(self.path) if self.path else "Standard input")

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._owned and self._file is not None:
            self._file.close()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except IsADirectoryError as error:
        raise InputError(f"{path} is a folder.", "", "Name a file of requests.") from error
    except OSError as error:
        raise InputError(
            f"The requests in {path} cannot be read: {error.strerror or error}.",
            "",
            "Check the file's name; - is standard input.",
        ) from error


def _size(file: BinaryIO) -> int | None:
    """Bytes of a file, None of a pipe."""
    import stat

    try:
        status = os.fstat(file.fileno())
    except (OSError, AttributeError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _check_unfinished(path: Path, old: BatchRecord | None, new: BatchRecord) -> None:
    """Raise `InputError` unless the file is what the same batch left unfinished."""
    if old is None:
        raise InputError(
            f"{path} is there already, and no batch is known to have written it.",
            "Its content would be lost.",
            "Name another file, write over it with --force, or go on behind its last answer"
            " with --resume.",
        )
    if old.complete:
        raise InputError(
            f"{path} has the {old.done} answers of a batch that is complete.",
            "Nothing was done.",
            "Name another file, begin anew with --force, or answer lines that have been added"
            " with --resume.",
        )
    if old.source != new.source:
        raise InputError(
            f"{path} belongs to a batch of other requests: {old.source or 'those of a program'}.",
            "Its answers would be lost, or mixed with others.",
            "Name another file, or write over it with --force.",
        )
    if old.defaults != new.defaults:
        raise InputError(
            f"{path} was begun with other options.",
            "Its answers would be from two kinds of batch.",
            "Give the same ones, go on with the new ones by --resume, or begin anew with --force.",
        )


def _state(record: BatchRecord) -> Literal["running", "stopped", "complete"]:
    if output.in_use(Path(record.out)):
        return "running"
    return "complete" if record.complete else "stopped"
