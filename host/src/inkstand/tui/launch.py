"""The way into the terminal UI, and what is done when it comes down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkstand.studio import Studio


def run(studio: Studio, path: Path | None) -> int:
    """Run the application until the writer quits; the exit status.

    Args:
        studio: The application without a face.
        path: The folder or file to work on; None shows the first-run page.

    """
    from inkstand.tui.app import InkstandApp

    app = InkstandApp(studio, path)
    app.run()
    return app.return_code or 0
