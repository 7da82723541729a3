"""The screens of the terminal UI, each imported when it is first shown."""

from __future__ import annotations

from importlib import import_module

import msgspec
from textual.screen import Screen


class ScreenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A screen: where its class is, its key, what it is called and what it is for."""

    name: str
    source: str
    key: str
    title: str
    summary: str

    def build(self) -> Screen[None]:
        """A new one."""
        return self.load()()

    def load(self) -> type[Screen[None]]:
        """Its class, the module imported now."""
        module, _, name = self.source.partition(":")
        found: type[Screen[None]] = getattr(import_module(module), name)
        return found


def _entry(name: str, key: str, title: str, summary: str) -> ScreenEntry:
    source = f"inkstand.tui.screens.{name}:{title}Screen"
    return ScreenEntry(name=name, source=source, key=key, title=title, summary=summary)


SCREENS: dict[str, ScreenEntry] = {
    entry.name: entry
    for entry in (
        _entry("write", "f2", "Write", "The manuscript, the editor and the assistant."),
        _entry("bible", "f3", "Bible", "People, places and threads, with their evidence."),
        _entry("checks", "f4", "Checks", "Where the book contradicts itself."),
        _entry("history", "f5", "History", "What a text was, and proposals that wait."),
        _entry("models", "f6", "Models", "Engines, models, and workers that run."),
        _entry("plugins", "f7", "Plugins", "What is installed, and what is broken."),
        _entry("usage", "f8", "Usage", "Tokens, speed, and words a day."),
        _entry("settings", "f9", "Settings", "Every setting, with its bounds."),
    )
}
