"""Answers put into the order of their lines, on their way to a list or a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import BinaryIO

from inkstand.batch.lines import Answer
from inkstand_sdk.errors import InputError


class Results(ABC):
    """Takes answers as they come and passes them on in order. For one thread.

    `done` and `failed` count the answers that have been passed on, all runs of a batch together.
    """

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0
        self.last = 0
        """The number of the last line whose answer has been passed on."""
        self._order: deque[int] = deque()
        self._waiting: dict[int, Answer] = {}

    def has(self, number: int, digest: bytes) -> bool:
        """Whether a line was answered by an earlier run, so that it is not asked again.

        Raises:
            InputError: it was, but is another line now.

        """
        return False

    def expect(self, number: int) -> None:
        """Say that a line has been read whose answer will come; lines come in order."""
        self._order.append(number)

    def give(self, answer: Answer) -> None:
        """Take an answer; passes on what is complete up to here."""
        if answer.line != self._order[0]:
            self._waiting[answer.line] = answer
            self._hold(answer)
            return
        self._pass_on(answer)
        while self._order and (following := self._waiting.pop(self._order[0], None)) is not None:
            self._pass_on(following)

    def ended(self, number: int) -> None:
        """Say which line was the last one of the source.

        Raises:
            InputError: there were more once.

        """

    def settle(self) -> None:
        """Make sure that what was passed on outlasts a loss of power."""

    def close(self, *, complete: bool) -> None:
        """Let go of files; `complete` says that every line has its answer."""

    @property
    def first_open(self) -> int:
        """The number of the first line that waits for its answer; 0 if none does."""
        return self._order[0] if self._order else 0

    def _pass_on(self, answer: Answer) -> None:
        self._append(answer)
        self._order.popleft()
        self.last = answer.line
        self.done += 1
        self.failed += answer.error is not None

    @abstractmethod
    def _append(self, answer: Answer) -> None: ...

    def _hold(self, answer: Answer) -> None:
        """Keep an answer that is too early, in case this process does not outlive the wait."""


class Passed(Results):
    """Answers that go to whoever follows the job."""

    def __init__(self, emit: Callable[[Answer], None]) -> None:
        super().__init__()
        self._emit = emit

    def _append(self, answer: Answer) -> None:
        self._emit(answer)


class Streamed(Results):
    """Answers that go to a pipe or a terminal: nothing there can be gone on with later."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        super().__init__()
        self._file = file
        self._name = name

    def _append(self, answer: Answer) -> None:
        try:
            self._file.write(answer.encoded())
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise InputError(
                f"{self._name} cannot be written: {error.strerror or error}.", "", ""
            ) from error
