"""Running a tool: its worker does the work, and asks the host for text, readings and models."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from inkstand.generation.events import Events
from inkstand.generation.hooks import Hooks
from inkstand.index import Descriptor
from inkstand.jobs import CancelToken, Job
from inkstand.tools.finding import FindingsOfRun
from inkstand.tools.model import ModelOfRun
from inkstand.tools.proposing import ProposalsOfRun
from inkstand.workers.pool import WorkerPool
from inkstand.workers.spec import WorkerSpec
from inkstand_sdk.capabilities import Engine
from inkstand_sdk.errors import NotFound, UsageError
from inkstand_sdk.manuscript import Manuscript
from inkstand_sdk.messages import Chunk, GenerateResult, Usage
from inkstand_sdk.reader import Reading
from inkstand_sdk.tool import BibleEntry, Proposal, ToolCall
from inkstand_sdk.worker.protocol import ContextGenerate, Progress, RunTool, ToolEvent, Write

EngineChoice = Literal["auto", "analysis", "model"]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What one call of a model took in a run: the id of its request, by which its receipt is
    found, who answered, its tokens, and how many a second it wrote.
    """

    request_id: str
    backend: str
    model: str
    usage: Usage
    tokens_per_second: float

    @classmethod
    def of(cls, result: GenerateResult) -> Written:
        """What a generation took."""
        return cls(
            request_id=result.request_id,
            backend=result.backend,
            model=result.model,
            usage=result.usage,
            tokens_per_second=result.tokens_per_second,
        )


class ToolOutcome(msgspec.Struct, frozen=True):
    """A finished run: the tool's output as plain values, sentences for the user, the numbers
    of what it proposed for the manuscript, and what its calls of a model took.
    """

    output: dict[str, Any]
    notes: tuple[str, ...] = ()
    proposals: tuple[int, ...] = ()
    written: tuple[Written, ...] = ()


ToolRun = Job[ToolOutcome]
"""A tool at work: `events()` are its progress and its text, `result()` its outcome."""

Emit = Callable[[ToolEvent], None]
Callbacks = dict[str, Callable[[msgspec.Raw], Any]]
Bible = Callable[[], tuple[BibleEntry, ...]]


class ToolRunner:
    """Runs tools in the workers of their distributions."""

    def __init__(
        self,
        pool: WorkerPool,
        hooks: Hooks,
        events: Events,
        read: Callable[[Manuscript, Callable[[float | None, str], None], CancelToken], Reading],
        spec: Callable[[Descriptor], WorkerSpec],
    ) -> None:
        self._pool = pool
        self._hooks = hooks
        self._events = events
        self._read = read
        self._spec = spec

    def start(
        self,
        tool: Descriptor,
        values: dict[str, Any],
        *,
        settings: dict[str, Any],
        manuscript: Manuscript | None,
        engine: EngineChoice,
        model: ModelOfRun | None,
        bible: Bible = lambda: (),
        proposals: ProposalsOfRun | None = None,
        findings: FindingsOfRun | None = None,
    ) -> ToolRun:
        """Run `tool` with plain values for its input.

        Args:
            tool: The tool's descriptor.
            values: Its input; validated in the worker against the tool's own Struct.
            settings: Its settings from the configuration.
            manuscript: What it works on, if anything.
            engine: "auto" takes the model if one was named, else analysis.
            model: The model that it may write with.
            bible: Gives the pages of the workspace's bible, if the tool asks for them.
            proposals: Keeps what the tool proposes.
            findings: Knows which findings the writer ignores, and remembers those of this run.

        Raises:
            UsageError: it lacks that engine, or needs a text and none was given.

        """
        chosen = _engine(tool, engine, model)
        found = findings if findings is not None else FindingsOfRun()
        if manuscript is None and tool.capabilities.get("needs_manuscript", True):
            raise UsageError(
                f"The tool {tool.name} needs a text to work on.",
                "No file or folder was named, and nothing was piped in.",
                f"For example: inkstand run {tool.name} novel.md",
            )

        def work(cancel: CancelToken, emit: Emit) -> ToolOutcome:
            call = ToolCall(tool.name, values)
            call, before = self._hooks.passed_through("inkstand_before_tool", call)
            run = uuid.uuid4().hex
            params = RunTool(
                tool=tool.name, engine=chosen, input=call.input, settings=settings, id=run
            )
            said: dict[str, None] = {}
            written: list[Written] = []
            callbacks = self._callbacks(cancel, emit, manuscript, model, run, said, written)
            callbacks["ctx.bible"] = lambda _: bible()
            callbacks["ctx.ignored"] = lambda _: found.ignored()
            if proposals is not None:
                callbacks |= _proposing(dict(callbacks), tool.name, manuscript, proposals)
            with self._pool.lease(self._spec(tool), cancel=cancel) as worker:
                output = worker.call(
                    "run_tool",
                    params,
                    dict[str, Any],
                    on_item=emit,
                    item_type=ToolEvent,
                    callbacks=callbacks,
                    cancel=cancel,
                )
            call = ToolCall(tool.name, call.input, output)
            call, after = self._hooks.passed_through("inkstand_after_tool", call)
            self._events.tell("tool.finished", {"tool": tool.name, "engine": chosen})
            output = call.output if call.output is not None else output
            kept = found.keep(output)
            notes = (*(manuscript.notes if manuscript else ()), *before, *said, *after, *kept)
            return ToolOutcome(
                output,
                notes,
                tuple(proposals.kept) if proposals is not None else (),
                tuple(written),
            )

        return Job(work, name=f"tool {tool.name}")

    def _callbacks(
        self,
        cancel: CancelToken,
        emit: Emit,
        manuscript: Manuscript | None,
        model: ModelOfRun | None,
        run: str,
        notes: dict[str, None],
        written: list[Written],
    ) -> Callbacks:
        def text() -> Manuscript:
            if manuscript is None:
                raise UsageError("The tool asked for a text, and none was given.", "", "Name one.")
            return manuscript

        def reading(_: msgspec.Raw) -> Reading:
            return self._read(text(), lambda done, said: emit(Progress(done, said)), cancel)

        def writer() -> ModelOfRun:
            if model is None:
                raise NotFound(
                    "The tool asked for a model, and there is none.",
                    "",
                    "See: inkstand models list",
                )
            return model

        def on_load(share: float | None) -> None:
            emit(Progress(share, "Loading the model"))

        def generate(params: msgspec.Raw) -> Any:
            asked = msgspec.msgpack.decode(params, type=ContextGenerate)
            wrote = False

            def follow(chunk: Chunk) -> None:
                nonlocal wrote
                wrote = wrote or bool(chunk.text)
                # Once it writes, the text itself shows how far it is.
                if not wrote and (progress := Progress.of(chunk)) is not None:
                    emit(progress)
                if asked.show and chunk.text:
                    emit(Write(chunk.text))

            result = writer().generate(asked.request, cancel, run, follow)
            written.append(Written.of(result))
            # Each answer of a fallback explains itself; the user is told once.
            notes.update(dict.fromkeys(result.notes[:1] if result.failures else ()))
            return result

        return {
            "ctx.manuscript": lambda _: text(),
            "ctx.reading": reading,
            "ctx.model": lambda _: writer().info(cancel, on_load),
            "ctx.generate": generate,
            "ctx.count_tokens": lambda params: writer().count_tokens(
                msgspec.msgpack.decode(params, type=str), cancel, on_load
            ),
        }


def _proposing(
    callbacks: Callbacks, tool: str, manuscript: Manuscript | None, proposals: ProposalsOfRun
) -> Callbacks:
    """The callbacks of a tool that may propose texts."""

    def propose(params: msgspec.Raw) -> int:
        return proposals.keep(tool, msgspec.msgpack.decode(params, type=Proposal), manuscript)

    def generate(params: msgspec.Raw) -> GenerateResult:
        result: GenerateResult = callbacks["ctx.generate"](params)
        proposals.wrote(result)
        return result

    return {"ctx.propose": propose, "ctx.generate": generate}


def _engine(tool: Descriptor, wanted: EngineChoice, model: ModelOfRun | None) -> Engine:
    has: tuple[Engine, ...] = tuple(tool.capabilities.get("engines", ("analysis",)))
    if wanted == "auto":
        chosen: Engine = "model" if model is not None and "model" in has else has[0]
        return "analysis" if model is None and "analysis" in has else chosen
    if wanted not in has:
        raise UsageError(
            f"The tool {tool.name} has no {wanted} engine.",
            f"It has: {', '.join(has)}.",
            "Leave --engine out.",
        )
    return wanted
