"""A plugin that does what prompts and tool inputs tell it: a stand-in for any engine or tool."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import faulty  # type: ignore[import-not-found]
import msgspec
from msgspec import Meta

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    Event,
    Finish,
    GenerateRecord,
    GenerateRequest,
    Loaded,
    Manuscript,
    Model,
    ModelSource,
    Reader,
    ReaderCapabilities,
    Reading,
    SceneReading,
    Tool,
    ToolCall,
    ToolCapabilities,
    ToolContext,
    Usage,
    hookimpl,
)
from inkstand_sdk.errors import EngineError
from inkstand_sdk.plain_chat import NOTE as NO_TEMPLATE


class EngineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    greeting: Annotated[str, Meta(description="What it says first.")] = ""
    slots: Annotated[int, Meta(ge=1, le=8)] = 4
    words: tuple[str, ...] = ()
    chat_template: bool = True


class Scripted(Backend):
    """Writes what its prompt says."""

    name = "scripted"
    title = "Scripted"
    Settings = EngineSettings
    capabilities = BackendCapabilities(
        formats=("script",),
        sampling=("temperature", "seed"),
        concurrency=4,
        seeds=True,
        schema=True,
    )

    def load(self, model: Model, settings: EngineSettings) -> Loaded:
        self.greeting = settings.greeting
        return Loaded(
            context_length=77,
            concurrency=settings.slots,
            notes=() if settings.chat_template else (NO_TEMPLATE,),
        )

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        if self.greeting:
            yield Chunk(self.greeting)
        # What the host asks for after the script is no part of it.
        script = request.prompt_text().partition("\n\nAnswer with JSON only")[0]
        verb, _, rest = script.partition(" ")
        yield from getattr(self, "do_" + verb)(rest, request, cancelled)

    def do_say(self, rest: str, *_: Any) -> Iterator[Chunk]:
        for word in rest.split(" "):
            yield Chunk(word + " ")

    def do_write(self, rest: str, *_: Any) -> Iterator[Chunk]:
        """The text as it is, in one chunk."""
        yield Chunk(rest)

    def do_cut(self, rest: str, *_: Any) -> Iterator[Chunk]:
        yield Chunk(rest)
        yield Chunk(tokens=0, finish=Finish("length", Usage(completion_tokens=1)))

    def do_request(self, _rest: str, request: GenerateRequest, *_: Any) -> Iterator[Chunk]:
        yield Chunk(msgspec.json.encode(request).decode())

    def do_pid(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk(str(os.getpid()))

    def do_die(self, *_: Any) -> Iterator[Chunk]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield Chunk()

    def do_die_once(self, rest: str, *_: Any) -> Iterator[Chunk]:
        """Die the first time; the file says whether it was."""
        if not Path(rest).exists():
            Path(rest).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield Chunk("alive again")

    def do_die_after(self, rest: str, *_: Any) -> Iterator[Chunk]:
        yield Chunk(rest)
        time.sleep(0.05)  # what was written is read before the death is noticed
        os.kill(os.getpid(), signal.SIGKILL)

    def do_fail_after(self, rest: str, *_: Any) -> Iterator[Chunk]:
        yield Chunk(rest)
        raise EngineError("The engine is out of ink.", "It ran dry.", "Refill it.")

    def do_forever(self, rest: str, _r: Any, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk(rest or "on ")
        while not cancelled():
            yield Chunk(rest or "on ", tokens=0)  # the host ends what counts too many
            time.sleep(0.002)
        yield Chunk(tokens=0, finish=Finish("cancelled"))


class Remote(Backend):
    """Would send text away."""

    name = "faraway"
    capabilities = BackendCapabilities(formats=("remote",), remote=True)

    def load(self, model: Model, settings: Any) -> None:
        return None

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        yield Chunk("from far away")


class Models(ModelSource):
    name = "scripts"

    def models(self) -> Sequence[Model]:
        return [
            Model(id="small", format="script", size=1),
            Model(id="large", format="script", size=2, summary="The larger one."),
            Model(id="twin", format="script", path=__file__, size=1),
            Model(id="twin", format="script", path=__file__, size=1),
            Model(id="gone", format="script", path="/nowhere/gone.script", size=99),
            Model(id="unreadable", format="runes", size=100),
            *faulty.MODELS,
        ]


class Asked(msgspec.Struct, frozen=True):
    do: Annotated[str, Meta(description="What to do.")] = "echo"
    text: str = ""
    times: Annotated[int, Meta(ge=1, le=9)] = 1
    name: str = ""
    model: Annotated[str, Meta(description="Not the model of the run.")] = ""


class Given(msgspec.Struct, frozen=True):
    text: str
    name: str = ""
    engine: str = ""
    items: tuple[str, ...] = ()


class ToolSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    loud: bool = False


class Script(Tool):
    """Does what its input says."""

    name = "script"
    Settings = ToolSettings
    Input = Asked
    Output = Given
    capabilities = ToolCapabilities(needs_manuscript=False)

    def run(self, input: Asked, ctx: ToolContext) -> Given:
        text, items = getattr(self, "do_" + input.do)(input, ctx)
        return Given(text, input.name, ctx.engine, tuple(items))

    def do_echo(self, input: Asked, ctx: ToolContext) -> Any:
        return (input.text.upper() if ctx.settings.loud else input.text) * input.times, []

    def do_generate(self, input: Asked, ctx: ToolContext) -> Any:
        ctx.progress(0.5, "half way")
        return ctx.generate(input.text).text, [ctx.model.id, ctx.model.backend]

    def do_text(self, _input: Asked, ctx: ToolContext) -> Any:
        return ctx.manuscript.title, [scene.text for scene in ctx.manuscript.scenes]

    def do_read(self, _input: Asked, ctx: ToolContext) -> Any:
        return ctx.reading.reader, ctx.reading.notes

    def do_bible(self, _input: Asked, ctx: ToolContext) -> Any:
        return "", [f"{each.kind} {each.name}: {each.text}" for each in ctx.bible]

    def do_raise(self, _input: Asked, _ctx: ToolContext) -> Any:
        raise KeyError("a mistake")

    def do_wait(self, input: Asked, ctx: ToolContext) -> Any:
        ctx.write("waiting ")
        while True:
            ctx.check_cancelled()
            time.sleep(0.002)

    def do_count(self, input: Asked, ctx: ToolContext) -> Any:
        count = ctx.count_tokens(input.text)
        return str(count.count), [str(count.exact)]


class AnalysisOnly(Tool):
    name = "analysis-only"
    Output = Given
    capabilities = ToolCapabilities(engines=("analysis",))

    def run(self, input: Any, ctx: ToolContext) -> Given:
        return Given(ctx.manuscript.title, engine=ctx.engine)


class ModelOnly(Tool):
    name = "model-only"
    Output = Given
    capabilities = ToolCapabilities(engines=("model",), needs_manuscript=False)

    def run(self, input: Any, ctx: ToolContext) -> Given:
        return Given(ctx.generate("say hello").text, engine=ctx.engine)


class Xx(Reader):
    """Reads nothing much, and notes when it did."""

    name = "xx"
    capabilities = ReaderCapabilities(languages=("xx",))

    def read(
        self, manuscript: Manuscript, settings: Any, progress: Callable[[float, str], None]
    ) -> Reading:
        progress(0.5, "reading")
        _die_where_told("".join(scene.text for scene in manuscript.scenes))
        scenes = tuple(SceneReading(words=scene.words) for scene in manuscript.scenes)
        when = f"read at {time.monotonic_ns()}"
        return Reading(language="xx", reader=self.name, version="1", scenes=scenes, notes=(when,))


def _die_where_told(text: str) -> None:
    """Die at "DIE", and the first time at "DIE-ONCE file": the file says whether it was."""
    where = Path(text.partition("DIE-ONCE ")[2].strip() or os.devnull)
    if not where.exists():
        where.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if text.strip().endswith("DIE"):
        os.kill(os.getpid(), signal.SIGKILL)


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    return [Scripted, Remote, faulty.Faulty]


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    return [Script, AnalysisOnly, ModelOnly]


@hookimpl
def inkstand_readers() -> list[type[Reader]]:
    return [Xx]


@hookimpl
def inkstand_sources() -> list[type[ModelSource]]:
    return [Models]


@hookimpl
def inkstand_before_generate(request: GenerateRequest) -> GenerateRequest | None:
    prompt = request.prompt_text()
    if "HOOK-RAISES" in prompt:
        raise RuntimeError("a hook's mistake")
    if "HOOK-DIES" in prompt:
        os.kill(os.getpid(), signal.SIGKILL)
    if "HOOK-BREAKS" in prompt:
        return msgspec.structs.replace(request, messages=(), prompt=None)
    if "HOOK-CHANGES" in prompt:
        return msgspec.structs.replace(request, messages=(), prompt="say changed")
    return None


@hookimpl
def inkstand_after_generate(record: GenerateRecord) -> GenerateRecord | None:
    if "AFTER-RAISES" in record.result.text:
        raise RuntimeError("a hook's mistake")
    if "AFTER-CHANGES" in record.result.text:
        changed = msgspec.structs.replace(record.result, text="changed after")
        return msgspec.structs.replace(record, result=changed)
    return None


@hookimpl
def inkstand_before_tool(call: ToolCall) -> ToolCall | None:
    if call.input.get("text") == "BEFORE":
        return msgspec.structs.replace(call, input={**call.input, "text": "changed before"})
    return None


@hookimpl
def inkstand_after_tool(call: ToolCall) -> ToolCall | None:
    output = call.output or {}
    if output.get("text") == "AFTER":
        return msgspec.structs.replace(call, output={**output, "text": "changed after"})
    if output.get("text") == "AFTER-RAISES":
        raise RuntimeError("a hook's mistake")
    return None


@hookimpl
def inkstand_event(event: Event) -> None:
    told = os.environ.get("SCRIPTED_EVENTS")
    if told:
        with Path(told).open("a", encoding="utf-8") as file:
            file.write(msgspec.json.encode(event).decode() + "\n")
