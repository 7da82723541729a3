"""What commands share: the Studio, built when a command first needs it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkstand.studio import Studio


class State:
    """The object that click passes to every command."""

    def __init__(self, *, offline: bool = False) -> None:
        self.offline = offline
        self._studio: Studio | None = None

    @property
    def studio(self) -> Studio:
        """The Studio of this run."""
        if self._studio is None:
            from inkstand.cli.progress import STATUS
            from inkstand.studio import Studio

            self._studio = Studio(offline=self.offline or None, on_progress=STATUS.show)
        return self._studio

    def close(self) -> None:
        """Stop what the command started."""
        if self._studio is not None:
            self._studio.close()
            for note in self._studio.notes():
                print(f"Note: {note}", file=sys.stderr)
