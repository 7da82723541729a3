"""The loaded engine: an xllamacpp server that nobody but us can reach."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from inkstand_llamacpp.listener import Listener
from inkstand_llamacpp.request import EngineRequest
from inkstand_llamacpp.settings import LlamaCppSettings
from inkstand_llamacpp.starting import common_params, start
from inkstand_llamacpp.stream import EngineCall, Tally, read_stream
from inkstand_sdk.errors import EngineError
from inkstand_sdk.gguf import GgufHeader
from inkstand_sdk.gguf.fit import Plan
from inkstand_sdk.messages import Chunk, Finish

if TYPE_CHECKING:
    import xllamacpp

_LOOK = 0.05  # how often a request that waits for a slot looks whether it is still wanted
_PATIENCE = 10.0  # for requests to end when the engine is closed
_PREFIX_CACHE_MIB = 512  # prompts kept in memory for when their slot was needed for another


class Engine:
    """A model in memory. Safe to use from any number of threads."""

    def __init__(self, header: GgufHeader, plan: Plan, settings: LlamaCppSettings) -> None:
        self._listener = Listener()
        try:
            params = common_params(header, settings, self._listener)
            params.n_ctx = plan.context_length * plan.slots
            params.n_parallel = plan.slots
            params.n_batch = params.n_ubatch = settings.batch
            params.cache_ram_mib = _PREFIX_CACHE_MIB
            self._server: xllamacpp.Server | None = start(params, self._listener)
            self.context_length = self._slot_context()
        except BaseException:
            self._listener.close()
            raise
        self._slots = threading.BoundedSemaphore(plan.slots)
        self._calls: set[EngineCall] = set()
        self._lock = threading.Lock()

    def stream(
        self,
        request: EngineRequest,
        cancelled: Callable[[], bool],
        finish: Callable[[Tally], Finish],
    ) -> Iterator[Chunk]:
        """Run `request` as soon as a slot is free, and yield what comes."""
        while True:
            if cancelled():
                yield Chunk(tokens=0, finish=Finish("cancelled"))
                return
            if self._slots.acquire(timeout=_LOOK):
                break
        call = self._begin(request)
        yield from read_stream(call, Tally(request.stop, request.logprobs), cancelled, finish)

    def count_tokens(self, text: str) -> int:
        """The number of tokens of `text` on its own."""
        return len(self._listener.ask("/tokenize", {"content": text})["tokens"])

    def constrains(self, grammar: str, beginning: str) -> bool:
        """Whether `grammar`, which begins with that literal, holds the engine to it.

        A grammar that does not compile is dropped without an error; so one token is generated.
        """
        body = {"prompt": ".", "max_tokens": 1, "temperature": 0, "top_k": 1, "grammar": grammar}
        text = "".join(
            chunk.text
            for chunk in self.stream(
                EngineRequest({**body, "stream": True}, chat=False),
                lambda: False,
                lambda tally: Finish(tally.reason or "stop"),
            )
        )
        return text != "" and beginning.startswith(text)

    def close(self) -> None:
        """Stop what runs and free the model; may be called twice."""
        with self._lock:
            server, self._server = self._server, None
            calls = list(self._calls)
        for call in calls:
            call.stop()
        for call in calls:
            call.join(_PATIENCE)
        # The server ends when its last reference goes: those of the calls have, so this does it.
        del server
        self._listener.close()

    def _begin(self, request: EngineRequest) -> EngineCall:
        with self._lock:
            if self._server is None:
                self._slots.release()
                raise EngineError("The model was closed.", "", "Load it again.")
            route = (
                self._server.handle_chat_completions
                if request.chat
                else self._server.handle_completions
            )
            call = EngineCall(route, request.body, self._ended)
            self._calls = {one for one in self._calls if not one.join(0)} | {call}
        return call

    def _ended(self) -> None:
        self._slots.release()

    def _slot_context(self) -> int:
        properties = self._listener.ask("/props")
        return int(properties["default_generation_settings"]["n_ctx"])
