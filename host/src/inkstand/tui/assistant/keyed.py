"""Labels of buttons that show the key which does the same."""

from __future__ import annotations

from textual.content import Content


def keyed(label: str, letter: str = "") -> Content:
    """A label whose key is underlined: its first letter, or the one that is named."""
    at = label.find(letter) if letter else 0
    return Content.assemble(label[:at], (label[at], "underline"), label[at + 1 :])
