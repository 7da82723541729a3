"""What the library's llama.cpp says while a model is loaded: its only account of a failure."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from inkstand_gpt4all.architectures import ANOTHER_BACKEND
from inkstand_sdk.errors import InkstandError, LoadFailed, OutOfMemory

_Callback = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_ERROR = 2  # the levels below it are the more serious ones
_NO_MEMORY = ("failed to allocate", "out of memory", "bad_alloc", "unable to allocate")
_MOST_LINES = 50


class EngineLog:
    """Collects the errors of these libraries in a `with` block; they go to stderr as well."""

    def __init__(self, libraries: Sequence[ctypes.CDLL]) -> None:
        self._libraries = libraries
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        # The libraries keep the pointer for good, so there is one function for all time.
        _listeners.append(self)
        for library in self._libraries:
            library.llama_log_set(_callback, None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _listeners.remove(self)

    def add(self, text: str) -> None:
        """Take down a line."""
        if text.strip() and len(self._lines) < _MOST_LINES:
            self._lines.append(text.strip())

    def failure(self, what: str) -> InkstandError:
        """The error for a load that failed, with the library's own words."""
        words = "\n".join(self._lines)
        if any(sign in words for sign in _NO_MEMORY):
            return OutOfMemory(
                "The model does not fit into the memory that is free.",
                f"GPT4All says: {self._lines[0]}",
                "Set a smaller `context_length`, or take a smaller quantization of the model.",
                detail=words,
            )
        said = self._lines[0].rpartition("error loading model: ")[2] if self._lines else "nothing"
        return LoadFailed(what, f"It says: {said}.", ANOTHER_BACKEND, detail=words)


_listeners: list[EngineLog] = []


def _hear(level: int, text: bytes | None, _data: int | None) -> None:
    if level <= _ERROR and text:
        sys.stderr.write(text.decode(errors="replace"))
        for listener in tuple(_listeners):
            listener.add(text.decode(errors="replace"))


_callback = _Callback(_hear)
