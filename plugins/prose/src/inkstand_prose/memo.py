"""What readings leave for the next one: the results of steps that work on one scene, by its text.

In memory for the next reading in the same process, and in a `Pack` for the next process.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence

from inkstand_prose.names import Key
from inkstand_prose.nearby import named_near
from inkstand_prose.pack import Pack
from inkstand_prose.running import counts
from inkstand_prose.scene_memo import Names, SceneMemo
from inkstand_prose.scene_text import read_text
from inkstand_prose.style import tally

_MOST_CHARACTERS = 8_000_000
"""Texts beyond these, the longest unused, are forgotten: a code point costs about 40 bytes."""
_FEW = 0.1
"""A share of new scenes that is not worth writing a pack for: they are soon read again."""


class Memo:
    """Results of readings in this process; safe to use from several threads."""

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._lock = threading.Lock()
        self.tallies = tally.running()
        self.lowercase = counts(_lowercase)
        self.near, self.beside = counts(_near), counts(_beside)
        self._scenes: dict[bytes, tuple[int, SceneMemo]] = {}
        """By digest of the text: its length and what is kept of it, the longest unused first."""
        self._states: dict[str, tuple[object, object]] = {}

    def __len__(self) -> int:
        return len(self._scenes)

    def of(
        self,
        texts: Sequence[str],
        next_scene: Callable[[], None],
        pack: Pack | None,
        tick: Callable[[], None] = lambda: None,
    ) -> Recalled:
        """What is kept of each text, or found now; `next_scene` is called before each, `tick`
        now and then. Both raise to stop.
        """
        kept = Recalled(self, pack)
        for text in texts:
            next_scene()
            digest = digest_of(text)
            with self._lock:
                known = self._scenes.pop(digest, None)
            memo = known[1] if known is not None else pack.get(digest) if pack is not None else None
            if memo is None:
                memo = read_text(text, tick)
                kept.new += 1
            with self._lock:
                self._scenes[digest] = len(text), memo
            kept.digests.append(digest)
            kept.scenes.append(memo)
        return kept

    def state(self, step: str, known: object) -> object:
        """Something that stands for what a step may know of the latest book: the same object as
        for the book before, if that is the same.
        """
        with self._lock:
            last = self._states.get(step)
            if last is None or last[0] != known:
                last = self._states[step] = known, object()
            return last[1]

    def forget(self) -> None:
        """Forget the longest unused beyond the limit."""
        with self._lock:
            size = sum(length for length, _ in self._scenes.values())
            for digest, (length, _) in list(self._scenes.items()):
                if size <= self._most:
                    break
                size -= length
                del self._scenes[digest]


class Recalled:
    """What is kept of the scenes of one reading; `new` counts those found now."""

    def __init__(self, memo: Memo, pack: Pack | None) -> None:
        self.memo, self._pack = memo, pack
        self.digests: list[bytes] = []
        self.scenes: list[SceneMemo] = []
        self.new = 0

    def leave(self) -> None:
        """Leave the results to the next reading, when all steps are done."""
        self.memo.forget()
        if self._pack is not None and self.new > _FEW * len(self.scenes):
            self._pack.save(dict(zip(self.digests, self.scenes, strict=True)))


def _lowercase(found: dict[str, int]) -> dict[str, int]:
    return found


def _near(names: Names) -> dict[tuple[Key, Key], int]:
    return named_near(names.keys, names.pairs, beside=False)


def _beside(names: Names) -> dict[tuple[Key, Key], int]:
    return named_near(names.keys, names.pairs, beside=True)


def digest_of(text: str) -> bytes:
    """What a text is known by."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
