"""What the UI remembers between two runs: books that were open, and how panes were set.

Nothing of it matters: a file that is gone or damaged is an empty memory.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from inkstand import atomic

_MOST = 12
_MOST_PLACES = 1_000


class BookMemory(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """A book that was open: its folder or file, its title, and where the writer was.

    `places` has code points from a scene's beginning by the scene's id, the latest ones last.
    """

    path: str
    title: str
    file: str = ""
    offset: Annotated[int, Meta(ge=0)] = 0
    places: dict[str, int] = {}


class Panes(msgspec.Struct, frozen=True):
    """Columns of the side panes, 0 where the window decides, and which of them are hidden."""

    navigator: Annotated[int, Meta(ge=0, le=1_000)] = 0
    assistant: Annotated[int, Meta(ge=0, le=1_000)] = 0
    hidden: tuple[str, ...] = ()


class Memory(msgspec.Struct, frozen=True):
    """All of it; the book that was open last comes first."""

    books: tuple[BookMemory, ...] = ()
    panes: Panes = Panes()


class Remembered:
    """The memory of one user, in one file. Thread-safe.

    Args:
        path: The file; made when first written.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def load(self) -> Memory:
        """What is remembered."""
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return msgspec.json.decode(self._path.read_bytes(), type=Memory)
        return Memory()

    def keep_book(
        self,
        path: str,
        title: str,
        file: str = "",
        offset: int = 0,
        places: Mapping[str, int] | None = None,
    ) -> None:
        """Remember a book as the one that was open last, and where the writer was in it.

        `places` are added to those that are known of it.
        """
        with self._lock:
            known = self.load()
            before = next((each.places for each in known.books if each.path == path), {})
            new = dict(places or {})
            kept = {key: at for key, at in before.items() if key not in new} | new
            latest = dict(list(kept.items())[-_MOST_PLACES:])
            book = BookMemory(path, title, file, offset, latest)
            others = tuple(each for each in known.books if each.path != book.path)
            self._write(msgspec.structs.replace(known, books=(book, *others)[:_MOST]))

    def keep_panes(self, navigator: int, assistant: int, hidden: Sequence[str]) -> None:
        """Remember how the panes are set."""
        panes = Panes(navigator, assistant, tuple(hidden))
        with self._lock:
            self._write(msgspec.structs.replace(self.load(), panes=panes))

    def _write(self, memory: Memory) -> None:
        # A disk that is full or protected costs no more than this memory.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(self._path, msgspec.json.encode(memory))
