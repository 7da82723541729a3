"""The line that says how far a piece of work is, and how to stop it."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

_CELLS = 16


class WorkLine(Static):
    """Work that is going on; gone when there is none."""

    DEFAULT_CSS: ClassVar[str] = """
    WorkLine {
        height: 1; padding: 0 1; display: none; background: $panel;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    WorkLine.-on { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.said = ""

    def tell(self, said: str, share: float | None = None) -> None:
        """Say what is going on, and the share that is done, if that is known."""
        self.said = said
        parts: list[tuple[str, str] | str] = [said]
        if share is not None:
            done = max(0, min(_CELLS, round(share * _CELLS)))
            parts += [
                "  ",
                ("━" * done, "$accent"),
                ("━" * (_CELLS - done), "$foreground 20%"),
                f" {share:.0%}",
            ]
        self.update(Content.assemble(*parts, ("  Esc stops", "$foreground 60%")))
        self.add_class("-on")

    def end(self) -> None:
        """Say nothing any more."""
        self.said = ""
        self.remove_class("-on")
