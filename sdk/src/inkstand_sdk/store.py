"""Store: keeps chunks with their vectors. Provisional until retrieval is built."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from inkstand_sdk.capabilities import Probe
from inkstand_sdk.settings import NoSettings


class StoredChunk(msgspec.Struct, frozen=True):
    """A piece of text with its vector and where it is from."""

    id: str
    text: str
    vector: tuple[float, ...] = ()
    scene: str = ""


class Store(ABC):
    """Keeps chunks and finds the nearest ones by cosine similarity."""

    name: ClassVar[str]
    title: ClassVar[str] = ""
    Settings: ClassVar[type[msgspec.Struct]] = NoSettings

    @classmethod
    def probe(cls) -> Probe:
        """Whether the store's library is installed."""
        return Probe()

    @abstractmethod
    def open(self, path: str, settings: Any) -> None:
        """Open, or create, the store at `path` with an instance of `Settings`."""

    @abstractmethod
    def add(self, chunks: Sequence[StoredChunk]) -> None:
        """Add chunks; one with a known id replaces the old one."""

    @abstractmethod
    def query(self, vector: Sequence[float], limit: int) -> list[StoredChunk]:
        """The nearest chunks, nearest first."""

    @abstractmethod
    def remove(self, ids: Sequence[str]) -> None:
        """Remove chunks; unknown ids are ignored."""

    def close(self) -> None:
        """Close the store. May be called twice."""
