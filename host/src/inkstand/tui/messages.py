"""Messages that cross from one part of the terminal UI to another.

A widget posts one; it bubbles up to the app, which acts on it and publishes it in `app.news`, to
which whoever wants to know subscribes: `self.app.news.subscribe(self, self.on_news)`.
"""

from __future__ import annotations

from pathlib import Path

from textual.message import Message


class Jump(Message):
    """Show a passage in the editor.

    Args:
        file: The file.
        start: Where the passage begins, in code points of the decoded file.
        end: Where it ends; equal to `start` for a place.

    """

    def __init__(self, file: Path, start: int = 0, end: int | None = None) -> None:
        super().__init__()
        self.file = file
        self.start = start
        self.end = start if end is None else end


class News(Message):
    """Something changed that other parts show."""


class ManuscriptChanged(News):
    """Texts of the book were saved, made, moved or deleted.

    Args:
        files: Which ones, if that is known; empty means any.

    """

    def __init__(self, *files: Path) -> None:
        super().__init__()
        self.files = files


class ProposalsChanged(News):
    """A proposal was made, accepted or rejected."""


class BibleChanged(News):
    """A page of the bible was made, changed or deleted."""


class SettingsChanged(News):
    """A setting was changed, or a plugin switched on or off."""


class TokensTold(News):
    """How fast a model writes, and how full its context is; for the status line.

    Args:
        speed: Tokens per second; 0 where it is not known.
        used: Tokens of the context that are used; 0 where that is not known.
        limit: Tokens that the context holds.

    """

    def __init__(self, speed: float = 0.0, used: int = 0, limit: int = 0) -> None:
        super().__init__()
        self.speed = speed
        self.used = used
        self.limit = limit


class SaveTold(News):
    """How it stands with what was typed; for the status line.

    Args:
        state: "saved", "unsaved", "saving" or "failed".
        note: In a few words, why it failed.

    """

    def __init__(self, state: str, note: str = "") -> None:
        super().__init__()
        self.state = state
        self.note = note


class BookLoaded(News):
    """What the UI knows of the book was read again.

    Args:
        part: "counts", "bible", "tools" or "standing".

    """

    def __init__(self, part: str) -> None:
        super().__init__()
        self.part = part


class WordsTold(News):
    """How many words the text in an editor has now, saved or not.

    Args:
        file: The file.
        words: Its words.

    """

    def __init__(self, file: Path, words: int) -> None:
        super().__init__()
        self.file = file
        self.words = words
