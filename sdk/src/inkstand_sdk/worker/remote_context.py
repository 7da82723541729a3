"""The context of a tool that runs in a worker: everything it asks for comes from the host."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from inkstand_sdk.capabilities import Engine
from inkstand_sdk.errors import Cancelled, InkstandError
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import GenerateRequest, GenerateResult, TokenCount
from inkstand_sdk.reader import Reading
from inkstand_sdk.structured import generate_as, request_of
from inkstand_sdk.tool import BibleEntry, ModelInfo, Proposal, ToolContext
from inkstand_sdk.worker.peer import Ended, Incoming, Peer
from inkstand_sdk.worker.progress import ProgressItems
from inkstand_sdk.worker.protocol import ContextGenerate, Item, Result, Write

T = TypeVar("T", bound=msgspec.Struct)


def remote_context(peer: Peer, incoming: Incoming, engine: Engine, settings: Any) -> ToolContext:
    """The context of the tool that runs for the call `incoming`."""
    return _RemoteContext(peer, incoming, engine, settings)


class _RemoteContext(ToolContext):
    """`ToolContext` over the channel; may be used from several threads of the tool."""

    def __init__(self, peer: Peer, incoming: Incoming, engine: Engine, settings: Any) -> None:
        self.engine = engine
        self.settings = settings
        self._peer = peer
        self._incoming = incoming
        self._told: dict[str, Any] = {}
        self._asking = threading.Lock()
        self._progress = ProgressItems(incoming)

    @property
    def manuscript(self) -> Manuscript:
        value: Manuscript = self._once("ctx.manuscript", Manuscript)
        return value

    @property
    def reading(self) -> Reading:
        value: Reading = self._once("ctx.reading", Reading)
        return value

    @property
    def bible(self) -> tuple[BibleEntry, ...]:
        value: tuple[BibleEntry, ...] = self._once("ctx.bible", tuple[BibleEntry, ...])
        return value

    @property
    def ignored(self) -> frozenset[str]:
        value: frozenset[str] = self._once("ctx.ignored", frozenset[str])
        return value

    @property
    def model(self) -> ModelInfo:
        value: ModelInfo = self._once("ctx.model", ModelInfo)
        return value

    def generate(
        self, request: GenerateRequest | str, *, show: bool = True, **fields: Any
    ) -> GenerateResult:
        asked = ContextGenerate(request=request_of(request, fields), show=show)
        result: GenerateResult = self._ask("ctx.generate", asked, GenerateResult)
        if result.finish == "cancelled":
            raise Cancelled
        return result

    def generate_as(
        self,
        result: type[T],
        request: GenerateRequest | str,
        *,
        attempts: int = 2,
        **fields: Any,
    ) -> T:
        ask: Callable[[GenerateRequest], GenerateResult] = lambda asked: self.generate(  # noqa: E731
            asked, show=False
        )
        return generate_as(ask, result, request, attempts=attempts, **fields)

    def count_tokens(self, text: str) -> TokenCount:
        value: TokenCount = self._ask("ctx.count_tokens", text, TokenCount)
        return value

    def progress(self, fraction: float | None, message: str = "") -> None:
        self._progress(fraction, message)

    def write(self, text: str) -> None:
        if text:
            self._incoming.item(Write(text))

    def check_cancelled(self) -> None:
        if self._incoming.cancelled():
            raise Cancelled

    def propose_as(self, proposal: Proposal) -> int:
        number: int = self._ask("ctx.propose", proposal, int)
        return number

    def _once(self, method: str, kind: Any) -> Any:
        """What the host says, asked once a run."""
        with self._asking:
            if method not in self._told:
                self._told[method] = self._ask(method, None, kind)
            return self._told[method]

    def _ask(self, method: str, params: Any, kind: Any) -> Any:
        self.check_cancelled()
        outgoing = self._peer.call(method, params, parent=self._incoming.id)
        # Cancelled while the call was on its way: nobody else would end the wait.
        if self._incoming.cancelled():
            self._peer.cancel(outgoing)
            self._peer.forget(outgoing)
            raise Cancelled
        while True:
            reply = outgoing.replies.get()
            match reply:
                case Item():
                    continue
                case Result():
                    return msgspec.msgpack.decode(reply.body, type=kind)
                case Ended():
                    self._peer.forget(outgoing)
                    raise reply.error or Cancelled()
                case _:
                    raise InkstandError.from_info(reply.error)
