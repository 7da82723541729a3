"""A text that grows by a token at a time."""

from __future__ import annotations


class GrowingText:
    """A text in one place: as a list of its tokens it would take twelve times as much, and as a
    string twice as much as soon as there is a dash in it.
    """

    def __init__(self) -> None:
        self._written = bytearray()

    def add(self, text: str) -> None:
        """Write on."""
        self._written += text.encode("utf-8", "surrogatepass")

    def __bool__(self) -> bool:
        return bool(self._written)

    def __str__(self) -> str:
        return self._written.decode("utf-8", "surrogatepass")
