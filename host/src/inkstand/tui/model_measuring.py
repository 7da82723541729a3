"""How fast models are here: measured one after another, and shown as the figures come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import batches
from inkstand.tui.beginning import begin
from inkstand.tui.styled_table import Cell, StyledTable
from inkstand_sdk.errors import Cancelled, InkstandError

if TYPE_CHECKING:
    from inkstand.generation.measure import Measurement
    from inkstand.jobs import CancelToken

PROMPT = "Write a scene in which two people wait for a ferry."


class Measuring(Vertical):
    """A table of measurements; not there until something is measured."""

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    Measuring { height: auto; display: none; margin-top: 1; }
    Measuring > Static { height: auto; padding: 0 1; color: $foreground 60%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._token: CancelToken | None = None
        self.results: list[Measurement | InkstandError] = []
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """What goes on, and the figures."""
        yield Static("")
        yield StyledTable("Measured", "Load", "First token", "Tokens/s", "Memory", "Device", "")

    def start(self, names: list[str], *, alone: bool) -> None:
        """Measure these models; a measurement that still runs is ended."""
        from inkstand.jobs import CancelToken

        self.cancel()
        token = self._token = CancelToken()
        self.results, self._names = [], names
        self.display = True
        begin(self, "measure", lambda: self._measure(names, token, alone=alone))

    def cancel(self) -> None:
        """Stop what is being measured."""
        if self._token is not None:
            self._token.cancel()
            self._token = None

    async def _measure(self, names: list[str], token: CancelToken, *, alone: bool) -> None:
        self._tell(f"Loading {names[0]} ... Escape stops.")
        library = self.app.studio.library

        def one() -> Iterator[Measurement | InkstandError]:
            model = library.resolve(names[0])
            yield library.test(model.backend, model=model.model.id, cancel=token)

        work = one() if alone else library.compare(names, PROMPT, cancel=token)
        try:
            async for batch in batches(work):
                self.results += batch
                self._show()
                if len(self.results) < len(names):
                    self._tell(f"Loading {names[len(self.results)]} ... Escape stops.")
        except Cancelled:
            self._tell("Stopped.")
            return
        except InkstandError as error:
            self.results.append(error)
            self._show()
        finally:
            token.cancel()  # whoever left does not want the rest
        self._tell("Measured while writing 64 tokens:")

    def _tell(self, text: str) -> None:
        self.query_one(Static).update(Content(text))

    def _show(self) -> None:
        rows = [_row(name, result) for name, result in zip(self._names, self.results, strict=False)]
        self.query_one(StyledTable).show(rows)


def _row(name: str, result: Measurement | InkstandError) -> list[Cell]:
    if isinstance(result, InkstandError):
        said = " ".join(part for part in (result.what, result.fix) if part)
        return [name, "", "", "", "", "", Content.styled(said, "$text-error")]
    return [
        f"{result.backend}:{result.model}",
        f"{result.load_ms:,.0f} ms",
        f"{result.first_token_ms:,.0f} ms",
        f"{result.tokens_per_second:,.1f}",
        f"{result.memory / 1e6:,.0f} MB",
        result.device,
        "; ".join(result.notes),
    ]
