"""What the tests of bibles share: a book on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.config import Config
from inkstand.desk import Desk
from inkstand.workspace.bible.bible import Bible
from inkstand.workspace.project import Workspace


class Book:
    """A folder with a text and a bible."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.write("inkstand.toml", 'title = "Lamps"\n')

    def write(self, name: str, text: str) -> Path:
        """Write a file below the folder, as it is."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def desk(self) -> Desk:
        """The folder's desk."""
        workspace = Workspace.at(self.root, self.root.parent / "data")
        return Desk(workspace, Config, pytest.fail)

    @property
    def bible(self) -> Bible:
        """The folder's bible."""
        return self.desk().bible


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book without a word in it."""
    return Book(tmp_path / "book")
