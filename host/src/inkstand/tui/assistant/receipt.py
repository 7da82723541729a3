"""The receipt of a call: what the model was sent, and whether it read it all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inkstand.tui.app import InkstandApp
from inkstand.tui.background import run_blocking
from inkstand_sdk.errors import InkstandError, NotFound

if TYPE_CHECKING:
    from inkstand.records.receipts import Receipt
    from inkstand.studio import Studio

_PATIENCE_S = 3.0
"""Receipts are written behind the one who asked."""
_MUTED = "$foreground 60%"


class ReceiptScreen(ModalScreen[None]):
    """Shows a receipt.

    Args:
        request: The id of the request.

    """

    app = getters.app(InkstandApp)
    DEFAULT_CSS: ClassVar[str] = """
    ReceiptScreen { align: center middle; }
    ReceiptScreen > Vertical {
        width: 84; max-width: 96%; height: auto; max-height: 92%; background: $surface;
        padding: 1 2; border: round $border;
    }
    ReceiptScreen VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "dismiss", "Close", id="receipt.close"),
        Binding("t", "texts", "Show the texts", id="receipt.texts"),
    ]

    def __init__(self, request: str) -> None:
        super().__init__()
        self._request = request
        self._receipt: Receipt | None = None
        self._texts = False

    def compose(self) -> ComposeResult:
        """The receipt, once it is there."""
        with Vertical(), VerticalScroll():
            yield Static("Looking for the receipt …", markup=False, id="receipt")

    def on_mount(self) -> None:
        """Look for it."""
        self._find()

    @work(exclusive=True)
    async def _find(self) -> None:
        try:
            self._receipt = await run_blocking(find, self.app.studio, self._request)
        except InkstandError as error:
            self.query_one("#receipt", Static).update(str(error))
            return
        self._show()

    def action_texts(self) -> None:
        """Show the text of each block too, or no longer."""
        self._texts = not self._texts
        self._show()

    def _show(self) -> None:
        if self._receipt is not None:
            self.query_one("#receipt", Static).update(told(self._receipt, texts=self._texts))


def find(studio: Studio, request: str) -> Receipt:
    """The receipt of a request, waiting a moment for it. Blocks.

    Raises:
        NotFound: there is none; receipts may be switched off.

    """
    pause = threading.Event()
    waited = 0.0
    while True:
        try:
            return studio.receipts.find(request)
        except NotFound:
            if waited >= _PATIENCE_S:
                raise
        pause.wait(0.1)
        waited += 0.1


def told(receipt: Receipt, *, texts: bool = False) -> Content:
    """A receipt in lines."""
    lines = [
        Content.assemble(("What the model was sent", "bold $accent")),
        Content.styled(f"{receipt.backend}:{receipt.model} · ended with {receipt.outcome}", _MUTED),
        Content(""),
    ]
    widest = max((len(block.label) for block in receipt.blocks), default=0)
    for block in receipt.blocks:
        tokens = "?" if block.tokens is None else f"{block.tokens:,}"
        about = "" if block.exact or block.tokens is None else "about "
        name = block.label.ljust(min(widest, 40))
        count = f"  {about}{tokens} tokens"
        lines.append(Content.assemble(name, (count, _MUTED)))
        if texts:
            body = block.text or "(the text was not kept)"
            lines += [Content.styled(body, "$foreground 80%"), Content("")]
    lines.append(Content(""))
    lines += [Content(line) for line in _said(receipt)]
    for dropped in receipt.dropped:
        tokens = f", {dropped.tokens:,} tokens" if dropped.tokens else ""
        lines.append(
            Content.styled(f"Left out: {dropped.label}{tokens}. {dropped.why}".strip(), "$warning")
        )
    hint = "t hides the texts" if texts else "t shows the texts"
    lines += [Content(""), Content.styled(f"{hint} · esc closes", _MUTED)]
    return Content("\n").join(lines)


def _said(receipt: Receipt) -> list[str]:
    if receipt.from_cache:
        return ["The text came from the output cache: no engine read anything."]
    if receipt.evaluated is None:
        return ["The engine did not say how many tokens it read."]
    reused = f", {receipt.cached:,} of them reused" if receipt.cached else ""
    said = [f"The engine read {receipt.evaluated:,} tokens{reused}, and wrote {receipt.written:,}."]
    if receipt.unread:
        said.append(f"CUT: {receipt.unread:,} tokens of what it was sent were not read.")
    return said
