"""Running a tool in the test's own process, with the contract it has in a worker.

run = run_tool(MyTool, {"limit": 3}, manuscript=text, reader=MyReader())
assert run.output.people[0].name == "Ada"
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from inkstand_sdk.backend import Backend
from inkstand_sdk.capabilities import Engine
from inkstand_sdk.errors import Cancelled, NotFound, PluginError, UsageError
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import Finish, GenerateRequest, GenerateResult, TokenCount
from inkstand_sdk.reader import Reader, Reading
from inkstand_sdk.settings import build
from inkstand_sdk.structured import generate_as, request_of
from inkstand_sdk.tool import BibleEntry, ModelInfo, Proposal, Tool, ToolContext

T = TypeVar("T", bound=msgspec.Struct)


class ToolRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool gave: its output, all it showed as it went (`written`: its own text and the
    model's), its reports of progress, the requests it made of the model, and the texts that it
    proposed, in order.
    """

    output: Any
    written: str = ""
    progress: tuple[tuple[float | None, str], ...] = ()
    requests: tuple[GenerateRequest, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def run_tool(
    tool_class: type[Tool],
    input: msgspec.Struct | Mapping[str, Any] | None = None,
    *,
    manuscript: Manuscript | None = None,
    reading: Reading | None = None,
    reader: Reader | None = None,
    bible: tuple[BibleEntry, ...] = (),
    ignored: frozenset[str] = frozenset(),
    model: Backend | None = None,
    context_length: int = 0,
    engine: Engine = "analysis",
    cancelled: Callable[[], bool] = lambda: False,
) -> ToolRun:
    """Run a tool and return what it gave.

    Args:
        tool_class: The tool; a fresh instance is made.
        input: An instance of its `Input`, or plain values that are validated as a face's are.
        manuscript: What `ctx.manuscript` gives; without one it raises, as in a worker.
        reading: What `ctx.reading` gives; without one `reader` reads the manuscript when asked.
        reader: An instance of the reader to use where no `reading` is given.
        bible: What `ctx.bible` gives.
        ignored: What `ctx.ignored` gives.
        model: A backend that has already loaded a model, or None.
        context_length: What `ctx.model` says of the model's context, in tokens; 0 is unknown.
        engine: The engine to run with; must be one of the tool's.
        cancelled: Asked wherever a worker would notice that the user stopped the tool.

    Raises:
        UsageError: the input is not valid, or the tool has no such engine.
        PluginError: the tool returned something other than its `Output`, or an `Output` that
            does not survive the way to the host.
        InkstandError: whatever the tool raises.

    """
    if engine not in tool_class.capabilities.engines:
        raise UsageError(f"The tool {tool_class.name} has no engine {engine!r}.")
    ctx = _InProcess(
        engine=engine,
        manuscript=manuscript,
        reading=reading,
        reader=reader,
        bible=bible,
        ignored=ignored,
        backend=model,
        context_length=context_length,
        cancelled=cancelled,
    )
    output = tool_class().run(_input_of(tool_class, input), ctx)
    return ToolRun(
        output=_through_the_wire(tool_class, output),
        written="".join(ctx.written),
        progress=tuple(ctx.reports),
        requests=tuple(ctx.requests),
        proposals=tuple(ctx.proposals),
    )


def _input_of(tool_class: type[Tool], given: msgspec.Struct | Mapping[str, Any] | None) -> Any:
    """The tool's `Input`, validated even where an instance was given, as a face's values are."""
    plain = given if isinstance(given, Mapping) else msgspec.to_builtins(given or {})
    return build(tool_class.Input, plain, what="input")


def _through_the_wire(tool_class: type[Tool], output: Any) -> Any:
    """The output as the host gets it; what does not come through whole is the tool's fault."""
    if not isinstance(output, tool_class.Output):
        raise PluginError(
            f"The tool {tool_class.name} returned {type(output).__name__}"
            f" instead of its {tool_class.Output.__name__}."
        )
    try:
        return msgspec.msgpack.decode(msgspec.msgpack.encode(output), type=tool_class.Output)
    except (msgspec.ValidationError, TypeError) as error:
        raise PluginError(
            f"The output of the tool {tool_class.name} does not satisfy its own Struct.", str(error)
        ) from error


class _InProcess(ToolContext):
    """`ToolContext` over a backend in this process."""

    def __init__(
        self,
        *,
        engine: Engine,
        manuscript: Manuscript | None,
        reading: Reading | None,
        reader: Reader | None,
        bible: tuple[BibleEntry, ...],
        ignored: frozenset[str],
        backend: Backend | None,
        context_length: int,
        cancelled: Callable[[], bool],
    ) -> None:
        self.engine = engine
        self.written: list[str] = []
        self.reports: list[tuple[float | None, str]] = []
        self.requests: list[GenerateRequest] = []
        self.proposals: list[Proposal] = []
        self._manuscript = manuscript
        self._reading = reading
        self._reader = reader
        self._bible = bible
        self._ignored = ignored
        self._backend = backend
        self._context_length = context_length
        self._cancelled = cancelled

    @property
    def manuscript(self) -> Manuscript:
        if self._manuscript is None:
            raise UsageError("There is no text to work on.", "No manuscript was given.")
        return self._manuscript

    @property
    def reading(self) -> Reading:
        if self._reading is None:
            if self._reader is None:
                raise NotFound(f"There is no reader for {self.manuscript.language!r}.")
            self._reading = self._reader.read(
                self.manuscript, self._reader.Settings(), lambda _fraction, _message: None
            )
        return self._reading

    @property
    def bible(self) -> tuple[BibleEntry, ...]:
        return self._bible

    @property
    def ignored(self) -> frozenset[str]:
        return self._ignored

    @property
    def model(self) -> ModelInfo:
        backend = self._loaded()
        return ModelInfo(id="in-process", backend=backend.name, context_length=self._context_length)

    def generate(
        self, request: GenerateRequest | str, *, show: bool = True, **fields: Any
    ) -> GenerateResult:
        backend = self._loaded()
        asked = request_of(request, fields)
        self.requests.append(asked)
        started = time.perf_counter()
        first = 0.0
        text: list[str] = []
        finish = Finish("stop")
        for chunk in backend.generate(asked, self._cancelled):
            if chunk.text:
                first = first or time.perf_counter()
                text.append(chunk.text)
                if show:
                    self.written.append(chunk.text)
            finish = chunk.finish or finish
        if finish.reason == "cancelled" or self._cancelled():
            raise Cancelled
        return GenerateResult(
            text="".join(text),
            finish=finish.reason,
            model="in-process",
            backend=backend.name,
            usage=finish.usage,
            unsupported=finish.unsupported,
            notes=finish.notes,
            first_token_ms=(first - started) * 1000 if first else 0.0,
            total_ms=(time.perf_counter() - started) * 1000,
        )

    def generate_as(
        self,
        result: type[T],
        request: GenerateRequest | str,
        *,
        attempts: int = 2,
        **fields: Any,
    ) -> T:
        return generate_as(
            lambda asked: self.generate(asked, show=False),
            result,
            request,
            attempts=attempts,
            **fields,
        )

    def count_tokens(self, text: str) -> TokenCount:
        return self._loaded().count_tokens(text)

    def progress(self, fraction: float | None, message: str = "") -> None:
        self.check_cancelled()
        self.reports.append((fraction, message))

    def write(self, text: str) -> None:
        self.written.append(text)

    def check_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled

    def propose_as(self, proposal: Proposal) -> int:
        if proposal.scene:
            scenes = [each for each in self.manuscript.scenes if each.id == proposal.scene]
            if not scenes:
                raise UsageError(f"The manuscript has no scene {proposal.scene!r}.")
            length = len(scenes[0].text)
            if not 0 <= (proposal.start or 0) <= (proposal.end or proposal.start or 0) <= length:
                raise UsageError(f"The scene {proposal.scene!r} has {length} code points.")
        self.proposals.append(proposal)
        return len(self.proposals)

    def _loaded(self) -> Backend:
        if self._backend is None:
            raise NotFound("There is no model for this run.", "run_tool was given none.")
        return self._backend
