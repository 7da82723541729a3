"""The files of a project folder that another program made, read within bounds."""

from __future__ import annotations

from pathlib import Path

from inkstand_sdk.errors import InputError

_LARGEST = 64 * 2**20
_LARGEST_IN_ALL = 1_024 * 2**20


class ProjectFolder:
    """Reads files that truly lie in the folder: no link leads out of it.

    Args:
        root: The folder.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real = root.resolve()
        self._left = _LARGEST_IN_ALL

    def find(self, name: str) -> bytes | None:
        """The bytes of the file of that name in the folder; None if there is none.

        Raises:
            InputError: it cannot be read, is too large, or lies elsewhere.

        """
        path = self.root / name
        try:
            if not path.is_file():
                return None
            if not path.resolve().is_relative_to(self._real):
                raise InputError(
                    f"{name} in {self.root.name} is a link that leads out of the project.",
                    "No writing program makes such links.",
                    "Replace it with the file itself.",
                )
            size = path.stat().st_size
            if size > min(_LARGEST, self._left):
                raise InputError(
                    f"{name} in {self.root.name} is too large to be text ({size // 2**20:,} MB).",
                    "It holds pictures or recordings, or is no text at all.",
                    "Take it out of the project, and try again.",
                )
            self._left -= size
            return path.read_bytes()
        except OSError as error:
            raise InputError(
                f"{name} in {self.root.name} cannot be read: {error.strerror or error}.",
                "Inkstand may not open it, or the disk failed.",
                "Check the permissions of the project's files.",
            ) from error
