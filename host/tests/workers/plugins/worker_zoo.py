"""A plugin that behaves, or misbehaves, as its prompts and tool inputs say."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from inkstand_sdk import (
    Backend,
    BackendCapabilities,
    Chunk,
    Finish,
    GenerateRequest,
    Loaded,
    Manuscript,
    Model,
    Reader,
    Reading,
    Tool,
    ToolContext,
    Usage,
    hookimpl,
)
from inkstand_sdk.errors import InputError, LoadFailed


def hang_with_the_interpreter_lock() -> None:
    """Sleep in native code without releasing the lock, as a broken engine may."""
    ctypes.PyDLL(None).sleep(1000)


class ZooSettings(msgspec.Struct, frozen=True):
    concurrency: int = 8
    load: str = ""
    megabytes: int = 0


class Zoo(Backend):
    name = "zoo"
    Settings = ZooSettings
    capabilities = BackendCapabilities(concurrency=2)

    def load(self, model: Model, settings: ZooSettings) -> Loaded:
        if settings.load == "refuse":
            raise LoadFailed("The zoo is closed.", detail="come back tomorrow")
        if settings.load == "segv":
            ctypes.string_at(0)
        if settings.load == "hang":
            hang_with_the_interpreter_lock()
        if settings.load.startswith("until "):
            self.loading(0.25)
            while not Path(settings.load.removeprefix("until ")).exists():
                time.sleep(0.001)
            self.loading(7)
        if settings.load == "chatter":
            for step in range(100_000):
                self.loading(step / 100_000)
        self.ballast = bytearray(os.urandom(1)) * (settings.megabytes * 1_000_000)
        return Loaded(context_length=100, concurrency=settings.concurrency, notes=(model.id,))

    def generate(self, request: GenerateRequest, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        verb, _, rest = request.prompt_text().partition(" ")
        yield from getattr(self, "do_" + verb)(rest, request, cancelled)

    def do_count(self, rest: str, *_ignored: Any) -> Iterator[Chunk]:
        """ "count A 5": A0 to A4."""
        name, number = rest.split(" ")
        for index in range(int(number)):
            yield Chunk(f"{name}{index} ")
        yield Chunk(tokens=0, finish=Finish("stop", Usage(completion_tokens=int(number))))

    def do_pid(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk(str(os.getpid()))

    def do_forever(
        self, _rest: str, _request: Any, cancelled: Callable[[], bool]
    ) -> Iterator[Chunk]:
        while not cancelled():
            yield Chunk("on ")
            time.sleep(0.001)
        yield Chunk(tokens=0, finish=Finish("cancelled", Usage(completion_tokens=1)))

    def do_deaf(self, *_: Any) -> Iterator[Chunk]:
        """Never asks whether it is cancelled."""
        while True:
            yield Chunk("on ")
            time.sleep(0.001)

    def do_hang(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk("about to hang")
        hang_with_the_interpreter_lock()

    def do_die(self, rest: str, *_: Any) -> Iterator[Chunk]:
        yield Chunk("last words")
        sys.stdout.write("said before dying\n")
        os.kill(os.getpid(), getattr(signal, rest))
        threading.Event().wait()

    def do_crash(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk("x")
        ctypes.string_at(0)

    def do_noise(self, *_: Any) -> Iterator[Chunk]:
        for index in range(200):
            os.write(1, b"\x00\x00\x00\x05noise on one\n")
            os.write(2, b"\xff\xfe noise on two\n")
            sys.stdout.write("print \ud800 odd\n")
            subprocess.run(["echo", "from a child"], check=True) if index == 0 else None
            yield Chunk(f"{index} ")
        yield Chunk(str(len(sys.stdin.read())))

    def do_close(self, *_: Any) -> Iterator[Chunk]:
        """Close every descriptor, as a careless daemon does."""
        yield Chunk("x")
        os.closerange(3, 256)
        yield Chunk("y")

    def do_raise(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk("x")
        raise ValueError("zoo fault")

    def do_exit(self, *_: Any) -> Iterator[Chunk]:
        yield Chunk("x")
        sys.exit(3)

    def do_garbage(self, *_: Any) -> Iterator[Any]:
        yield "not a chunk"

    def do_halves(self, rest: str, *_: Any) -> Iterator[Chunk]:
        """The text byte by byte, as an engine whose tokens are bytes."""
        for byte in rest.encode():
            yield Chunk(bytes([byte]).decode("utf-8", "surrogateescape"))

    def do_orphan(self, *_: Any) -> Iterator[Chunk]:
        """Start a child that would outlive the worker."""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        yield Chunk(str(child.pid))
        os._exit(5)


class ZooInput(msgspec.Struct, frozen=True):
    do: str = ""
    text: str = ""
    times: int = 1


class ZooOutput(msgspec.Struct, frozen=True):
    text: str


class ZooTool(Tool):
    name = "zoo-tool"
    Input = ZooInput
    Output = ZooOutput

    def run(self, input: ZooInput, ctx: ToolContext) -> Any:
        return getattr(self, "do_" + input.do)(input, ctx)

    def do_generate(self, input: ZooInput, ctx: ToolContext) -> ZooOutput:
        ctx.progress(0.5, "half")
        ctx.write("Here it is: ")
        return ZooOutput(" | ".join(ctx.generate(input.text).text for _ in range(input.times)))

    def do_many(self, input: ZooInput, ctx: ToolContext) -> ZooOutput:
        """Generate from several threads at once."""
        answers = [""] * input.times

        def ask(index: int) -> None:
            answers[index] = ctx.generate(f"count T{index}. 50").text

        threads = [threading.Thread(target=ask, args=(index,)) for index in range(input.times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return ZooOutput("\n".join(answers))

    def do_manuscript(self, _input: ZooInput, ctx: ToolContext) -> ZooOutput:
        assert ctx.manuscript is ctx.manuscript
        return ZooOutput(f"{ctx.manuscript.title}: {len(ctx.manuscript.scenes[0].text)}")

    def do_structured(self, _input: ZooInput, ctx: ToolContext) -> ZooOutput:
        return ctx.generate_as(ZooOutput, "give me JSON")

    def do_wait(self, _input: ZooInput, ctx: ToolContext) -> ZooOutput:
        ctx.write("waiting")
        while True:
            ctx.check_cancelled()
            time.sleep(0.001)

    def do_never(self, _input: ZooInput, ctx: ToolContext) -> ZooOutput:
        ctx.write("waiting")
        threading.Event().wait()
        return ZooOutput("never")

    def do_raise(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        raise KeyError("zoo fault")

    def do_say(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        raise InputError("There is no such thing.", "A cause.", "A fix.", wrapped={"n": 1})

    def do_exit(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        sys.exit("enough")

    def do_os_exit(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        os._exit(4)

    def do_crash(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        ctypes.string_at(0)
        return ZooOutput("")

    def do_pid(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        return ZooOutput(str(os.getpid()))

    def do_wrong(self, _input: ZooInput, _ctx: ToolContext) -> Any:
        return {"text": "a dict"}

    def do_invalid(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        return ZooOutput(7)  # type: ignore[arg-type]

    def do_path(self, _input: ZooInput, _ctx: ToolContext) -> ZooOutput:
        return ZooOutput("\n".join([sys.executable, *sys.path]))


class ZooReader(Reader):
    name = "zoo-reader"

    def read(
        self, manuscript: Manuscript, settings: Any, progress: Callable[[float, str], None]
    ) -> Reading:
        for index in range(1000):
            progress(index / 1000, "reading")
        return Reading(language=manuscript.language, reader=self.name, version="1")


@hookimpl
def inkstand_backends() -> list[type[Backend]]:
    return [Zoo]


@hookimpl
def inkstand_tools() -> list[type[Tool]]:
    return [ZooTool]


@hookimpl
def inkstand_readers() -> list[type[Reader]]:
    return [ZooReader]


@hookimpl
def inkstand_before_generate(request: GenerateRequest) -> Any:
    prompt = request.prompt_text()
    if prompt == "raise":
        raise RuntimeError("zoo hook fault")
    if prompt == "leave":
        return None
    if prompt == "garbage":
        return "not a request"
    return msgspec.structs.replace(request, prompt=prompt.upper(), messages=())
