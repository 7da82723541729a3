"""What readings leave for the next one: the results of steps that work on one scene, by its text.

In memory for the next reading in the same process, and in a folder for the next process.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence

from inkstand_prose.scene_memo import SceneMemo
from inkstand_prose.scene_steps import read_text

_MOST_CHARACTERS = 8_000_000
"""Texts beyond these, the longest unused, are forgotten: a code point costs about 40 bytes."""


class Memo:
    """Results of readings in this process; safe to use from several threads."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._lock = threading.Lock()
        self._scenes: dict[bytes, tuple[int, SceneMemo]] = {}
        """By digest of the text: its length and what is kept of it, the longest unused first."""

    def of(self, texts: Sequence[str], tick: Callable[[], None]) -> Iterator[SceneMemo]:
        """What is kept of each text, or found now; `tick` is called before each."""
        for text in texts:
            tick()
            digest = digest_of(text)
            with self._lock:
                found = self._scenes.pop(digest, None)
            memo = found[1] if found is not None else read_text(text)
            with self._lock:
                self._scenes[digest] = len(text), memo
            yield memo

    def forget(self) -> None:
        """Forget the longest unused beyond the limit."""
        with self._lock:
            size = sum(length for length, _ in self._scenes.values())
            for digest, (length, _) in list(self._scenes.items()):
                if size <= self._most:
                    break
                size -= length
                del self._scenes[digest]


def digest_of(text: str) -> bytes:
    """What a text is known by."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
